"""What benchmarks on a real Kafka have in common: a broker of their own, programs as processes and what these
cost. Knows no benchmark."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import httpx
import psutil
from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from evcharging.adapters.bus.kafka.topics import NAMES
from evcharging.adapters.bus.kafka.writer import PRODUCER
from evcharging.adapters.seals import NO_SEALS, Seals
from evcharging.common.kafka import TOPIC_OF, key_of, partition_of
from evcharging.common.messages import Message
from evcharging.common.utils import to_json
from evcharging.protocols.seal import HEADER
from tools.broker.broker import Broker, free_ports

PARTITIONS: Final = 8
PATIENCE: Final = 120.0
QUIET: Final = {"log_level": 0, "socket.keepalive.enable": True}


@contextmanager
def kafka() -> Iterator[str]:
    """A broker of this benchmark's own, with our topics; gives its address."""
    port, controller_port = free_ports(2)
    with TemporaryDirectory() as folder:
        broker = Broker(Path(folder) / "kafka", port, controller_port)
        broker.start()
        try:
            make_topics(broker.bootstrap)
            yield broker.bootstrap
        finally:
            broker.kill()


def make_topics(bootstrap: str) -> None:
    """All topics, empty."""
    admin = AdminClient({**QUIET, "bootstrap.servers": bootstrap})
    for made in admin.create_topics([NewTopic(name, PARTITIONS) for name in sorted(NAMES)]).values():
        made.result(30)
    raw = Raw(bootstrap)
    for name in NAMES:
        until(partial(_is_settled, raw, name), lambda: "leaders of the topics")


def _is_settled(raw: "Raw", topic: str) -> bool:
    try:
        return raw.count(topic) == 0
    except KafkaException:
        return False


class Program:
    """One of the programs as a process, and what it has cost so far."""

    def __init__(self, module: str, folder: Path, *flags: str) -> None:
        self.log = folder / f"{module.rpartition('.')[2]}-{time.monotonic_ns()}.log"
        self._command = [sys.executable, "-m", module, *flags]
        self._folder = folder
        self.start()

    def start(self) -> None:
        """Begin, or begin again as before."""
        self.began = time.monotonic()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(self._command, cwd=self._folder, stdout=log, stderr=log)
        self._seen = psutil.Process(self._process.pid)

    @property
    def cpu_s(self) -> float:
        """Seconds of CPU time since it began."""
        times = self._seen.cpu_times()
        return times.user + times.system

    @property
    def rss_mb(self) -> float:
        """Memory that it holds, in MB."""
        return float(self._seen.memory_info().rss / 1e6)

    def until_said(self, text: str) -> float:
        """Seconds from its start until its log says this."""
        until(
            lambda: text in self.log.read_text(errors="replace"), lambda: f"{text!r} in {self.log.read_text()[-800:]}"
        )
        return time.monotonic() - self.began

    def said(self) -> str:
        """Its log."""
        return self.log.read_text(errors="replace")

    def stop(self) -> None:
        """Ask it to end, and wait until it has."""
        self._process.terminate()
        self._process.wait(PATIENCE)

    def kill(self) -> None:
        """kill -9."""
        self._process.kill()
        self._process.wait()


@contextmanager
def program(module: str, folder: Path, *flags: str) -> Iterator[Program]:
    """A program that is gone when the block is left."""
    running = Program(module, folder, *flags)
    try:
        yield running
    finally:
        running.kill()


def until(so: Callable[[], bool], what: Callable[[], str], seconds: float = PATIENCE, every: float = 0.02) -> None:
    """Wait until this is so; raises RuntimeError that says what was waited for."""
    end = time.monotonic() + seconds
    while not so():
        if time.monotonic() > end:
            raise RuntimeError(f"not within {seconds:g} s: {what()}")
        time.sleep(every)


def answers(url: str) -> bool:
    """Whether HTTP is answered here with 200."""
    try:
        return httpx.get(url, timeout=5).status_code == 200
    except httpx.TransportError:
        return False


class Raw:
    """A bare client: sends our messages, and counts and reads what there is, with nothing around it."""

    def __init__(self, bootstrap: str) -> None:
        self._settings = {**QUIET, "bootstrap.servers": bootstrap}
        self.producer = Producer({**PRODUCER, **self._settings})

    def send(self, message: Message, seals: Seals = NO_SEALS) -> None:
        """Send one, with its seal if it has one; wait where there is no room."""
        topic, key, body = TOPIC_OF[type(message)], key_of(message), to_json(message)
        self.put(topic.name, body, key.encode(), partition_of(key, PARTITIONS), seals.seal(topic, message, body))

    def put(self, topic: str, value: bytes, key: bytes, partition: int, seal: bytes | None = None) -> None:
        """Send what is encoded already, with its seal if it has one."""
        headers: list[tuple[str, str | bytes | None]] = [] if seal is None else [(HEADER, seal)]
        while True:
            try:
                self.producer.produce(topic, value, key, partition, headers=headers)
                break
            except BufferError:
                self.producer.poll(0.01)

    def flush(self) -> None:
        """Wait until all is sent."""
        self.producer.flush(PATIENCE)

    def reader(self, topics: Sequence[str], offset: int) -> Consumer:
        """Reads all partitions of these topics, from an offset."""
        reader = Consumer({**QUIET, **self._settings, "group.id": "bare", "enable.auto.commit": False})
        reader.assign([TopicPartition(topic, number, offset) for topic in topics for number in range(PARTITIONS)])
        return reader

    def count(self, topic: str) -> int:
        """How many messages a topic has had."""
        with Consumer({**QUIET, **self._settings, "group.id": "count"}) as asker:
            ends = [asker.get_watermark_offsets(TopicPartition(topic, number), 10) for number in range(PARTITIONS)]
        return sum(end for _, end in ends)


def now() -> datetime:
    """This moment."""
    return datetime.now(UTC)
