"""How long it takes until drivers are served again: seen in what they are told over Kafka."""

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from math import inf
from threading import Event, Lock, Thread
from types import TracebackType
from typing import Self

from confluent_kafka import OFFSET_END, Consumer, TopicPartition

from evcharging.adapters.bus.kafka.topics import client_settings
from evcharging.common.kafka import DRIVER_UPDATES, SCHEMAS, partition_of
from evcharging.common.messages import DriverUpdate, UpdateStatus
from evcharging.common.utils import BadJson

SHARDS = 8
AT_ONCE = 2000
PATIENT = {"reconnect.backoff.max.ms": 200, "group.id": "torture", "enable.auto.commit": False}


def shard_part(cp_id: str) -> str:
    """The part of the network that a Central decides for together."""
    return f"shard {partition_of(cp_id, SHARDS)}"


ALL_SHARDS = frozenset(f"shard {number}" for number in range(SHARDS))


class Recovery:
    """How long a strike at `struck_at` was felt: from `since` until, in each of its parts, a driver charges who was
    accepted after that. Both in seconds since 1970."""

    def __init__(self, parts: Iterable[str], struck_at: float, since: float) -> None:
        self.struck_at = struck_at
        self.since = since
        self.seconds: float | None = None
        self.left = set(parts)

    def overlaps(self, other: "Recovery") -> bool:
        """Whether both were felt at the same time."""
        return self.struck_at <= other.until and other.struck_at <= self.until

    @property
    def until(self) -> float:
        """When it was felt no more."""
        return inf if self.seconds is None else self.since + self.seconds

    def see(self, parts: frozenset[str], accepted_at: float) -> None:
        """Somebody charges here who was accepted then."""
        if accepted_at > self.since and self.seconds is None:
            self.left -= parts
            if not self.left:
                self.seconds = time.time() - self.since


class Watch:
    """Follows the drivers' updates in a thread of its own until the block is left. `parts_of` names the parts of the
    network that an update of a driver, at a point, speaks of."""

    def __init__(self, bootstrap: str, parts_of: Callable[[DriverUpdate], frozenset[str]]) -> None:
        self._bootstrap = bootstrap
        self._parts_of = parts_of
        self._accepted: dict[str, float] = {}
        self._recoveries: list[Recovery] = []
        self._lock = Lock()
        self._ends = Event()
        self._thread = Thread(target=self._follow, daemon=True)

    def await_service(self, parts: Iterable[str], struck_at: float) -> Recovery:
        """Measures from now on."""
        recovery = Recovery(parts, struck_at, time.time())
        with self._lock:
            self._recoveries.append(recovery)
        return recovery

    @property
    def waiting(self) -> list[Recovery]:
        """Those who are not served yet."""
        with self._lock:
            return [recovery for recovery in self._recoveries if recovery.seconds is None]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._ends.set()
        self._thread.join()

    def _follow(self) -> None:
        with Consumer({**client_settings(self._bootstrap, {}), **PATIENT}) as reader:
            reader.assign([TopicPartition(DRIVER_UPDATES.name, number, OFFSET_END) for number in range(SHARDS)])
            while not self._ends.is_set():
                for record in reader.consume(AT_ONCE, 0.05):
                    value = record.value()
                    if record.error() is None and value is not None:
                        with suppress(BadJson):
                            self._see(SCHEMAS[DRIVER_UPDATES.name].decode(value))

    def _see(self, update: object) -> None:
        if not isinstance(update, DriverUpdate) or update.session_id is None:
            return
        if update.status is UpdateStatus.ACCEPTED:
            self._accepted.setdefault(update.session_id, update.ts.timestamp())
        elif update.status is UpdateStatus.IN_PROGRESS and update.kw > 0:
            accepted_at = self._accepted.pop(update.session_id, None)
            if accepted_at is not None:
                for recovery in self.waiting:
                    recovery.see(self._parts_of(update), accepted_at)
