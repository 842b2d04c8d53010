"""Drivers, engines and monitors of many points in one bare loop on Kafka: they ask for charges, serve them at once,
and note what Central says and when. `python -m benchmarks.crowd BOOTSTRAP POINTS SECONDS ARRIVES [RATE]` prints what
came of it; without arriving (0) points are taken to be there."""

import json
import sys
import time
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from itertools import count

from confluent_kafka import OFFSET_END

from benchmarks.real import PARTITIONS, PATIENCE, Raw, now
from evcharging.common.kafka import CENTRAL_COMMANDS, CENTRAL_PANEL, DRIVER_UPDATES, SCHEMAS, a_key_in_each
from evcharging.common.messages import (
    CPStatus,
    DriverRequest,
    DriverUpdate,
    EndReason,
    HealthReport,
    Message,
    StartSupply,
    SupplyEnded,
    SupplyStarted,
    UpdateStatus,
)
from evcharging.common.messages_operators import RegisterPoint
from evcharging.common.messages_view import PointShown, PointsWanted
from evcharging.common.states import CPState

ENDS = (UpdateStatus.COMPLETED, UpdateStatus.FAILED, UpdateStatus.DENIED)
REPORT_EVERY = 3.0
ENERGY_MWH = 6_000
"""What each supply delivers: a little less than 22 kW give in the second that it is said to have taken."""


@dataclass
class Outcome:
    """What came of it; latencies from request to ACCEPTED, in seconds."""

    completed: int = 0
    other_ends: int = 0
    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)


class Crowd:
    """All points, each with a driver who asks again when the last charge has ended."""

    def __init__(self, bootstrap: str, points: int) -> None:
        self.outcome = Outcome()
        self._ids = [f"CP-{number + 1:05}" for number in range(points)]
        self._raw = Raw(bootstrap)
        topics = (CENTRAL_COMMANDS, DRIVER_UPDATES, CENTRAL_PANEL)
        self._reader = self._raw.reader([topic.name for topic in topics], OFFSET_END)
        self._numbers = count(1)
        self._asked: dict[str, tuple[str, float]] = {}
        self._registers = dict.fromkeys(self._ids, 0)
        self._there: set[str] = set()
        self._report_at = 0.0
        self._reader.consume(1, 2.0)
        self._free = list(self._ids)

    def arrive(self) -> None:
        """Register all points and wait until Central shows them as free."""
        for cp_id in self._ids:
            self._say(RegisterPoint(ts=now(), request_id=f"register-{cp_id}", cp_id=cp_id))
        end = time.monotonic() + PATIENCE
        announced = 0.0
        while len(self._there) < len(self._ids):
            if time.monotonic() > end:
                raise RuntimeError(f"only {len(self._there)} of {len(self._ids)} points are there")
            if time.monotonic() > announced + 10:
                announced = time.monotonic()
                for cp_id in self._ids:
                    self._say(self._status(cp_id))
                # Central shows what has changed, and all of it again to who asks.
                for key in a_key_in_each(PARTITIONS):
                    self._say(PointsWanted(ts=now(), cp_id=key))
            self._turn()

    def _status(self, cp_id: str) -> CPStatus:
        state, seq = CPState.ACTIVATED, next(self._numbers)
        return CPStatus(
            ts=now(), epoch=1, seq=seq, cp_id=cp_id, state=state, kw_rate=22.0, euro_rate=0.3, register_mwh=0
        )

    def charge(self, seconds: float, rate: float | None) -> None:
        """Ask as fast as points are free, or so often a second; then wait for what is open."""
        began = time.monotonic()
        sent = 0
        while (passed := time.monotonic() - began) < seconds:
            due = len(self._free) if rate is None else int(passed * rate) - sent
            for _ in range(min(due, len(self._free))):
                self._ask(self._free.pop(0))
                sent += 1
            self._turn()
        self.outcome.seconds = time.monotonic() - began
        counted = self.outcome.completed
        while self._asked and time.monotonic() < began + seconds + 10:
            self._turn()
        self.outcome.other_ends += len(self._asked)
        self.outcome.completed = counted

    def _ask(self, cp_id: str) -> None:
        request_id = f"crowd-{time.time_ns()}-{next(self._numbers)}"
        self._asked[request_id] = cp_id, time.monotonic()
        self._say(DriverRequest(ts=now(), request_id=request_id, driver_id=f"driver-of-{cp_id}", cp_id=cp_id))

    def _turn(self) -> None:
        if time.monotonic() > self._report_at:
            self._report_at = time.monotonic() + REPORT_EVERY
            for cp_id in self._ids:
                self._say(HealthReport(ts=now(), cp_id=cp_id, well=True, link=1))
        for record in self._reader.consume(1000, 0.005):
            if record.error() is None:
                self._hear(SCHEMAS[record.topic() or ""].decode(record.value() or b""))
        self._raw.producer.poll(0)

    def _hear(self, message: Message) -> None:
        if isinstance(message, StartSupply):
            self._serve(message)
        elif isinstance(message, DriverUpdate) and message.request_id in self._asked:
            cp_id, asked_at = self._asked[message.request_id]
            if message.status is UpdateStatus.ACCEPTED:
                self.outcome.latencies.append(time.monotonic() - asked_at)
            elif message.status in ENDS:
                del self._asked[message.request_id]
                self._free.append(cp_id)
                self.outcome.completed += message.status is UpdateStatus.COMPLETED
                self.outcome.other_ends += message.status is not UpdateStatus.COMPLETED
        elif isinstance(message, PointShown) and message.state is CPState.ACTIVATED:
            self._there.add(message.cp_id)

    def _serve(self, order: StartSupply) -> None:
        begins = self._registers[order.cp_id]
        ends = self._registers[order.cp_id] = begins + ENERGY_MWH
        moment = now()
        started = moment - timedelta(seconds=1)
        cp_id, session_id = order.cp_id, order.session_id
        self._say(SupplyStarted(ts=started, epoch=1, cp_id=cp_id, session_id=session_id, register_mwh=begins))
        self._say(
            SupplyEnded(
                ts=moment,
                epoch=1,
                cp_id=cp_id,
                session_id=session_id,
                started_at=started,
                register_start_mwh=begins,
                register_stop_mwh=ends,
                ended_by=EndReason.COMPLETE,
            )
        )

    def _say(self, message: Message) -> None:
        self._raw.send(message)


def main() -> None:
    """Arrive, say so, charge for some seconds, and print the outcome as JSON."""
    bootstrap, points, seconds, arrives, *rate = sys.argv[1:]
    crowd = Crowd(bootstrap, int(points))
    if int(arrives):
        crowd.arrive()
    print("there", flush=True)
    crowd.charge(float(seconds), float(rate[0]) if rate else None)
    print(json.dumps(asdict(crowd.outcome)), flush=True)


if __name__ == "__main__":
    main()
