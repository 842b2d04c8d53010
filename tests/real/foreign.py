"""Clients of another make: Kafka's own console producer, and a charging point with its monitor that speaks to Central
by nothing but Kafka, and puts its messages where Java's default partitioner does (murmur2)."""

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event, Thread
from typing import Any

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka import Message as Record

from tools.broker import VERSION
from tools.broker.jars import fetched_tools

BEAT = 0.2
SUPPLY_S = 1.0
Json = dict[str, Any]


def console_producer(bootstrap: str, topic: str, *lines: str) -> None:
    """Send lines as Kafka's own tool does, without a key."""
    classpath = ":".join(f"{folder.resolve()}/*" for folder in fetched_tools(VERSION))
    tool = "kafka.tools.ConsoleProducer" if VERSION.startswith("3.") else "org.apache.kafka.tools.ConsoleProducer"
    command = ["java", "-Xmx128m", "-cp", classpath, tool, "--bootstrap-server", bootstrap, "--topic", topic]
    subprocess.run(command, input="\n".join(lines), text=True, check=True, timeout=60, capture_output=True)


@contextmanager
def heard(bootstrap: str, topic: str, partitions: int) -> Iterator[Callable[[], list[Json]]]:
    """What comes in a topic from now on, until the block is left."""
    with Consumer({"bootstrap.servers": bootstrap, "group.id": "foreign", "log_level": 0}) as consumer:
        places = [TopicPartition(topic, number) for number in range(partitions)]
        for place in places:
            place.offset = consumer.get_watermark_offsets(place, 10)[1]
        consumer.assign(places)
        found: list[Json] = []

        def look() -> list[Json]:
            found.extend(json.loads(record.value() or b"") for record in consumer.consume(100, 0.1))
            return found

        yield look


class Point:
    """A charging point in a thread of its own. `partitions` is where its messages went, by topic."""

    def __init__(self, bootstrap: str, cp_id: str, partitions: int) -> None:
        self.cp_id = cp_id
        self.partitions: dict[str, set[int]] = {}
        self._bootstrap = bootstrap
        self._count = partitions
        self._seq = 0
        self._register = 0
        self._epoch = int(time.time())
        self._supply: tuple[str, str, str, float] | None = None
        self._over = Event()
        self._producer = Producer(
            {"bootstrap.servers": bootstrap, "partitioner": "murmur2_random", "linger.ms": 0, "log_level": 0}
        )
        self._thread = Thread(target=self._live, name=cp_id)

    def __enter__(self) -> "Point":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self._producer.flush(5)

    def log(self, topic: str, kind: str, **fields: object) -> None:
        """Write a message, with the point for its key."""
        self._seq += 1
        now = datetime.now(UTC).isoformat()
        message = {"type": kind, "ts": now, "epoch": self._epoch, "seq": self._seq, "cp_id": self.cp_id, **fields}
        self._producer.produce(topic, json.dumps(message).encode(), self.cp_id.encode(), on_delivery=self._note)
        self._producer.poll(0)

    def _note(self, _: object, record: Record) -> None:
        self.partitions.setdefault(record.topic() or "", set()).add(record.partition() or 0)

    def _live(self) -> None:
        with heard(self._bootstrap, "central.commands", self._count) as commands:
            self.log("operator.requests", "RegisterPoint", request_id=f"register-{self._epoch}")
            self._tell_state("ACTIVATED")
            obeyed = 0
            while not self._over.is_set():
                self.log("cp.health", "HealthReport", well=True, link=self._epoch)
                for command in commands()[obeyed:]:
                    obeyed += 1
                    if command["cp_id"] == self.cp_id:
                        self._obey(command)
                self._supply_on()
                self._over.wait(BEAT)

    def _tell_state(self, state: str) -> None:
        rates = {"kw_rate": 22.0, "euro_rate": 0.3, "register_mwh": self._register}
        self.log("cp.status", "CPStatus", state=state, **rates)

    def _obey(self, command: Json) -> None:
        if command["type"] == "StartSupply" and self._supply is None:
            began = time.monotonic()
            started_at = datetime.now(UTC).isoformat()
            self._supply = command["session_id"], command["driver_id"], started_at, began
            self.log("cp.status", "SupplyStarted", session_id=command["session_id"], register_mwh=self._register)
            self._tell_state("SUPPLYING")
        elif command["type"] == "QueryStatus":
            self._tell_state("SUPPLYING" if self._supply else "ACTIVATED")

    def _supply_on(self) -> None:
        if self._supply is None:
            return
        session_id, driver_id, started_at, began = self._supply
        took = time.monotonic() - began
        energy = int(took * 22e6 / 3600)
        now = {"session_id": session_id, "register_mwh": self._register + energy}
        self.log("cp.telemetry", "CPTelemetry", kw=22.0, euros=0.0, driver_id=driver_id, kwh=energy / 1e6, **now)
        if took >= SUPPLY_S:
            start, self._register, self._supply = self._register, self._register + energy, None
            registers = {"register_start_mwh": start, "register_stop_mwh": self._register}
            self.log(
                "cp.status",
                "SupplyEnded",
                session_id=session_id,
                started_at=started_at,
                ended_by="supply complete",
                **registers,
            )
            self._tell_state("ACTIVATED")
