"""A meter of its own on Kafka: what engines say that they draw, point by point, at which moment. Knows no test."""

import json
import threading
from collections import defaultdict
from datetime import datetime
from types import TracebackType
from typing import Self

from confluent_kafka import Consumer

READS = ("cp.telemetry", "cp.status")
STEP_S = 0.1


class PowerMeter:
    """Reads from the end of the topics on, in a thread of its own. A point draws what its last reading said, until its
    supply ends or its engine is killed."""

    def __init__(self, bootstrap: str) -> None:
        self._consumer = Consumer(
            {"bootstrap.servers": bootstrap, "group.id": "meter", "auto.offset.reset": "earliest"}
        )
        self._changes: list[tuple[float, str, float]] = []
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._consumer.subscribe(list(READS))
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._ends.set()
        self._thread.join()
        self._consumer.close()

    def _run(self) -> None:
        while not self._ends.is_set():
            message = self._consumer.poll(0.2)
            if message is not None and message.error() is None:
                self._read(json.loads(message.value() or b"{}"))

    def _read(self, said: dict[str, object]) -> None:
        if said.get("type") in ("CPTelemetry", "SupplyEnded"):
            at = datetime.fromisoformat(str(said["ts"])).timestamp()
            self._changes.append((at, str(said["cp_id"]), float(str(said.get("kw", 0.0)))))

    def killed(self, at: float, *cp_ids: str) -> None:
        """These draw nothing any more: their engine is dead."""
        self._changes += [(at, cp_id, 0.0) for cp_id in cp_ids]

    def now_kw(self) -> float:
        """What is drawn by all that is known."""
        in_order = sorted(self._changes, key=lambda change: change[0])
        return sum({cp_id: kw for _, cp_id, kw in in_order}.values())

    def most_kw(self) -> float:
        """The most that was drawn together, looked at each 100 ms: of what changes within one, the least counts, since
        a lowering and the raising that follows it may bear the same moment."""
        by_step: defaultdict[int, dict[str, float]] = defaultdict(dict)
        for at, cp_id, kw in sorted(self._changes, key=lambda change: change[0]):
            by_step[int(at / STEP_S)][cp_id] = kw
        most, latest = 0.0, dict[str, float]()
        for _, changes in sorted(by_step.items()):
            latest |= changes
            most = max(most, sum(latest.values()))
        return most
