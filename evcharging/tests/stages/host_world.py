"""A host for tests, whose one role records requests and answers them; and who watches it."""

from datetime import UTC, datetime, timedelta
from typing import ClassVar

from evcharging.adapters.bus import Fetched
from evcharging.adapters.bus.memory import MemoryBus
from evcharging.adapters.store.memory import MemoryStore
from evcharging.common.kafka import DRIVER_REQUESTS, Topic
from evcharging.common.messages import CPTelemetry, DriverRequest, DriverUpdate, Message, UpdateStatus
from evcharging.domain.record import Record
from evcharging.roles.role import NOTHING, Effect, Effects, Input
from evcharging.runtime.host import Host
from evcharging.runtime.work import Reaction, Work

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class Seen(Record, frozen=True, kw_only=True):
    """That a request was seen."""

    key_field: ClassVar[str] = "request_id"

    request_id: str
    times: int


class Clerk:
    """Records each request that it has not seen, and says what it did; wakes when asked to."""

    def __init__(self) -> None:
        self.deadline: datetime | None = None
        self.seen: dict[str, int] = {}
        self.heard: list[Input | None] = []

    def on_message(self, message: Input, now: datetime) -> Effects:
        self.heard.append(message)
        if not isinstance(message, DriverRequest) or message.driver_id == "of no interest":
            return NOTHING
        if message.driver_id == "poison":
            raise RuntimeError("cannot digest this")
        self.seen[message.request_id] = self.seen.get(message.request_id, 0) + 1
        record = Seen(request_id=message.request_id, times=self.seen[message.request_id])
        answer: list[Effect] = [record, update(message.request_id, UpdateStatus.ACCEPTED)]
        return [*answer, update(message.request_id, UpdateStatus.IN_PROGRESS)]

    def on_deadline(self, now: datetime) -> Effects:
        self.heard.append(None)
        self.deadline = None
        return NOTHING

    def forgotten(self, message: Message) -> list[tuple[type[Record], str]]:
        if isinstance(message, DriverRequest) and message.request_id not in self.seen:
            return [(Seen, message.request_id)]
        return []

    def remember(self, record: Record) -> None:
        assert isinstance(record, Seen)
        self.seen[record.request_id] = record.times


class Watch:
    """An observer that keeps what it sees."""

    quiet = frozenset[type[Message]]({CPTelemetry})

    def __init__(self) -> None:
        self.poisons: list[Input | None] = []
        self.seen: list[Reaction] = []

    def committed(self, work: Work) -> None:
        self.seen += work.reactions

    def failed(self, address: str, message: Input | None, error: Exception) -> None:
        self.poisons.append(message)


def request(number: int, cp_id: str = "CP-001", driver_id: str = "driver-alice") -> DriverRequest:
    return DriverRequest(ts=NOW, request_id=f"req-{number}", driver_id=driver_id, cp_id=cp_id)


def update(request_id: str, status: UpdateStatus) -> DriverUpdate:
    return DriverUpdate(ts=NOW, request_id=request_id, driver_id="driver-alice", cp_id="CP-001", status=status)


def clerk_host(store: MemoryStore, bus: MemoryBus, clerk: Clerk, watch: Watch | None = None) -> Host:
    host = Host(store, bus, observer=watch)
    host.subscribe((DRIVER_REQUESTS,), group="clerks", recalled=(DRIVER_REQUESTS,))
    host.add("CP-001", clerk, shard="s", epoch=store.claim(["s"])["s"])
    host.resend(store.unsent(["s"]))
    return host


def taken(host: Host) -> list[Fetched]:
    assert host.intake is not None
    return host.intake.take()


def end(host: Host) -> None:
    assert host.intake is not None
    host.intake.close()


def published(bus: MemoryBus, *topics: Topic) -> "Reader":
    return Reader(bus, topics)


class Reader:
    """Reads topics from the beginning."""

    def __init__(self, bus: MemoryBus, topics: tuple[Topic, ...]) -> None:
        self._subscription = bus.subscribe(topics, group="reader", partitions=range(bus.partitions))

    def messages(self) -> list[Message]:
        batches: list[Fetched] = self._subscription.poll(1000)
        return [message for fetched in batches for message in fetched.messages]


def statuses(messages: list[Message]) -> list[UpdateStatus]:
    return [message.status for message in messages if isinstance(message, DriverUpdate)]
