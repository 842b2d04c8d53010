"""The one cycle: what it commits, in which order it publishes, and what a crash at any instant leaves behind."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import ClassVar

import pytest

from evcharging.adapters.bus import Fetched
from evcharging.adapters.bus.memory import MemoryBus
from evcharging.adapters.store import Commit, Fenced, Taken
from evcharging.adapters.store.memory import MemoryStore
from evcharging.common.kafka import CP_STATUS, CP_TELEMETRY, DRIVER_REQUESTS, DRIVER_UPDATES, Topic, partition_of
from evcharging.common.messages import CPTelemetry, DriverRequest, DriverUpdate, Message, UpdateStatus
from evcharging.domain.record import Record
from evcharging.roles.role import NOTHING, Effect, Effects, Input, Started, Stopping
from evcharging.runtime.host import POSITIONS_EVERY, Host, by_partition
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

    def forgotten(self, message: Message) -> tuple[type[Record], str] | None:
        if isinstance(message, DriverRequest) and message.request_id not in self.seen:
            return Seen, message.request_id
        return None

    def remember(self, record: Record) -> None:
        assert isinstance(record, Seen)
        self.seen[record.request_id] = record.times


class Watch:
    """An observer that keeps what it sees."""

    quiet = frozenset[type[Message]]({CPTelemetry})

    def __init__(self) -> None:
        self.poisons: list[Input | None] = []
        self.seen: list[Reaction] = []

    def lasted(self, work: Work) -> None:
        self.seen += work.reactions

    def poisoned(self, address: str, message: Input | None, error: Exception) -> None:
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


def test_facts_outbox_and_positions_are_one_commit() -> None:
    bus, store = MemoryBus(1), RecordingStore()
    host = clerk_host(store, bus, Clerk())
    bus.publish(request(1))
    host.cycle(NOW)
    (commit,) = store.commits
    assert [record.key for _, record in commit.records] == ["req-1"]
    assert [type(message) for _, message in commit.outbox] == [DriverUpdate]
    assert commit.positions == {(DRIVER_REQUESTS.name, 0): 1}
    assert commit.epochs == {"s": 1}


class RecordingStore(MemoryStore):
    """Keeps every commit; refuses them all once told to."""

    def __init__(self) -> None:
        super().__init__()
        self.commits: list[Commit] = []
        self.refuses = False

    def commit(self, commit: Commit) -> list[int]:
        if self.refuses:
            raise Fenced("no")
        self.commits.append(commit)
        return super().commit(commit)


def test_nothing_is_published_that_was_not_committed() -> None:
    bus, store = MemoryBus(1), RecordingStore()
    out = published(bus, DRIVER_UPDATES)
    host = clerk_host(store, bus, Clerk())
    store.refuses = True
    bus.publish(request(1))
    with pytest.raises(Fenced):
        host.cycle(NOW)
    assert out.messages() == []


def test_messages_leave_in_the_order_in_which_they_were_said() -> None:
    bus, store = MemoryBus(1), MemoryStore()
    out = published(bus, DRIVER_UPDATES)
    host = clerk_host(store, bus, Clerk())
    bus.publish(request(1))
    bus.publish(request(2))
    host.cycle(NOW)
    assert statuses(out.messages()) == [UpdateStatus.ACCEPTED, UpdateStatus.IN_PROGRESS] * 2


def test_a_crash_after_the_commit_and_before_publishing_publishes_after_the_restart() -> None:
    bus, store = MemoryBus(1), MemoryStore()
    out = published(bus, DRIVER_UPDATES)
    host = clerk_host(store, bus, Clerk())
    bus.publish(request(1))
    batch = taken(host)
    host.commit(host.fold(batch, NOW))
    assert out.messages() == []
    again = clerk_host(store, bus, Clerk())
    again.cycle(NOW)
    assert statuses(out.messages()) == [UpdateStatus.ACCEPTED]


def test_a_crash_before_the_commit_handles_the_message_again_as_if_for_the_first_time() -> None:
    bus, store = MemoryBus(1), MemoryStore()
    host = clerk_host(store, bus, Clerk())
    bus.publish(request(1))
    host.fold(taken(host), NOW)
    end(host)
    clerk_host(store, bus, Clerk()).cycle(NOW)
    assert [seen.times for seen in store.select(Seen)] == [1]


def test_after_a_restart_reading_goes_on_behind_what_was_committed() -> None:
    bus, store = MemoryBus(1), MemoryStore()
    host = clerk_host(store, bus, Clerk())
    bus.publish(request(1))
    host.cycle(NOW)
    end(host)
    bus.publish(request(2))
    clerk = Clerk()
    again = clerk_host(store, bus, clerk)
    while again.cycle(NOW):
        pass
    assert [message for message in clerk.heard if isinstance(message, DriverRequest)] == [request(2)]


def test_what_was_sent_is_not_sent_again_by_the_next_run() -> None:
    bus, store = MemoryBus(1), MemoryStore()
    host = clerk_host(store, bus, Clerk())
    bus.publish(request(1))
    host.cycle(NOW)
    bus.publish(request(2))
    host.cycle(NOW)
    assert [message.request_id for _, message in store.unsent(["s"]) if isinstance(message, DriverUpdate)] == ["req-2"]


def test_a_host_wakes_to_note_what_was_sent_though_nothing_else_happens() -> None:
    bus, store = MemoryBus(1), MemoryStore()
    host = clerk_host(store, bus, Clerk())
    bus.publish(request(1))
    host.cycle(NOW)
    assert len(store.unsent(["s"])) == 1
    due = host.next_due()
    assert due == NOW + POSITIONS_EVERY
    host.cycle(due)
    assert store.unsent(["s"]) == []
    assert host.next_due() is None


def test_an_older_run_is_fenced_off_and_writes_nothing() -> None:
    bus, store = MemoryBus(1), MemoryStore()
    old = clerk_host(store, bus, Clerk())
    bus.publish(request(1))
    work = old.fold(taken(old), NOW)
    store.claim(["s"])
    with pytest.raises(Fenced):
        old.commit(work)
    assert store.select(Seen) == []


def test_a_role_is_reminded_of_what_it_forgot_before_it_decides() -> None:
    bus, store = MemoryBus(1), MemoryStore()
    host = clerk_host(store, bus, Clerk())
    bus.publish(request(1))
    host.cycle(NOW)
    end(host)
    bus.publish(request(1))
    clerk_host(store, bus, Clerk()).cycle(NOW)
    assert [seen.times for seen in store.select(Seen)] == [2]


def test_a_poisonous_message_is_set_aside_and_the_others_are_handled() -> None:
    bus, store, watch, clerk = MemoryBus(1), MemoryStore(), Watch(), Clerk()
    host = clerk_host(store, bus, clerk, watch)
    bus.publish(request(1, driver_id="poison"))
    bus.publish(request(2))
    host.cycle(NOW)
    assert watch.poisons == [request(1, driver_id="poison")]
    assert [seen.request_id for seen in store.select(Seen)] == ["req-2"]


def test_who_looks_on_sees_what_lasts_before_anybody_else_hears_of_it() -> None:
    bus, store, clerk = MemoryBus(1), MemoryStore(), Clerk()
    reader = bus.subscribe((DRIVER_UPDATES,), group="witness", partitions=[0])
    stages: list[tuple[int, int]] = []

    class Notary(Watch):
        def lasted(self, work: Work) -> None:
            super().lasted(work)
            stages.append((len(store.select(Seen)), len(reader.poll(10))))

    notary = Notary()
    host = clerk_host(store, bus, clerk, notary)
    host.cycle(NOW)
    stages.clear()
    notary.seen.clear()
    bus.publish(request(1))
    host.cycle(NOW)
    assert stages == [(1, 0)]
    [(address, message, effects)] = notary.seen
    assert (address, message) == ("CP-001", request(1))
    assert [type(effect) for effect in effects] == [Seen, DriverUpdate, DriverUpdate]
    assert reader.poll(10)


def test_what_did_not_last_is_shown_to_nobody() -> None:
    bus, store, watch = MemoryBus(1), MemoryStore(), Watch()
    host = clerk_host(store, bus, Clerk(), watch)
    host.cycle(NOW)
    watch.seen.clear()
    store.claim(["s"])
    bus.publish(request(1))
    with pytest.raises(Fenced):
        host.cycle(NOW)
    assert watch.seen == []


def test_a_deadline_at_which_nothing_was_said_is_seen_too() -> None:
    bus, store, watch, clerk = MemoryBus(1), MemoryStore(), Watch(), Clerk()
    host = clerk_host(store, bus, clerk, watch)
    clerk.deadline = NOW
    host.cycle(NOW)
    watch.seen.clear()
    host.cycle(NOW)
    assert watch.seen == [("CP-001", None, NOTHING)]


def test_several_may_look_on() -> None:
    bus, store, first, second = MemoryBus(1), MemoryStore(), Watch(), Watch()
    host = clerk_host(store, bus, Clerk(), first)
    host.watch(second)
    bus.publish(request(1))
    bus.publish(request(2, driver_id="poison"))
    host.cycle(NOW)
    assert first.seen == second.seen != []
    assert first.poisons == second.poisons == [request(2, driver_id="poison")]


def test_messages_for_nobody_here_are_passed_over() -> None:
    bus, store, clerk = MemoryBus(1), MemoryStore(), Clerk()
    host = clerk_host(store, bus, clerk)
    bus.publish(request(1, cp_id="CP-elsewhere"))
    host.cycle(NOW)
    assert [heard for heard in clerk.heard if isinstance(heard, DriverRequest)] == []


def test_a_deadline_that_has_come_is_met_before_the_messages_of_the_same_batch() -> None:
    bus, store, clerk = MemoryBus(1), MemoryStore(), Clerk()
    host = clerk_host(store, bus, clerk)
    clerk.deadline = NOW + SECOND
    host.cycle(NOW)
    clerk.heard.clear()
    bus.publish(request(1))
    host.cycle(NOW + SECOND)
    assert clerk.heard == [None, request(1)]


def test_every_role_is_told_that_it_has_started_and_that_it_shall_stop() -> None:
    clerk = Clerk()
    host = clerk_host(MemoryStore(), MemoryBus(1), clerk)
    host.cycle(NOW)
    host.tell_all(Stopping())
    host.cycle(NOW)
    assert clerk.heard == [Started(), Stopping()]


def test_volatile_messages_alone_cost_no_commit_until_their_position_is_old() -> None:
    bus, store, clerk = MemoryBus(1), RecordingStore(), Clerk()
    host = Host(store, bus)
    host.subscribe((CP_TELEMETRY,), group="readers")
    host.add("CP-001", clerk, shard="s", epoch=store.claim(["s"])["s"])
    reading = CPTelemetry(ts=NOW, cp_id="CP-001", kw=1.0, euros=0.0, driver_id="d", session_id="s")
    bus.publish(reading)
    host.cycle(NOW)
    assert store.commits == []
    bus.publish(reading)
    host.cycle(NOW + POSITIONS_EVERY)
    assert [commit.positions for commit in store.commits] == [{(CP_TELEMETRY.name, 0): 2}]


def test_messages_with_an_outlet_of_their_own_do_not_reach_the_bus() -> None:
    bus, store = MemoryBus(1), MemoryStore()
    out = published(bus, DRIVER_UPDATES)
    host = clerk_host(store, bus, Clerk())
    left: list[Message] = []
    host.send_by(DriverUpdate, left.append)
    bus.publish(request(1))
    host.cycle(NOW)
    assert statuses(left) == [UpdateStatus.ACCEPTED, UpdateStatus.IN_PROGRESS]
    assert out.messages() == []


def test_a_host_without_anything_to_do_does_nothing() -> None:
    host = Host(MemoryStore(), MemoryBus(1))
    host.subscribe((CP_STATUS,), group="idle")
    assert not host.cycle(NOW)
    assert host.next_due() is None


class Homes:
    """Gives each partition that it is assigned a clerk, and lets clerks of lost ones go."""

    def __init__(self, bus: MemoryBus, store: MemoryStore) -> None:
        self.store = store
        self.host = Host(store, bus, address=by_partition)
        self.host.subscribe((DRIVER_REQUESTS,), group="clerks", recalled=(DRIVER_REQUESTS,), adopt=self.adopt)

    def adopt(self, assigned: frozenset[int]) -> Callable[[], None]:
        wanted = {str(number) for number in assigned}
        epochs = self.store.claim(sorted(wanted - self.host.residents.keys()))

        def move() -> None:
            for lost in self.host.residents.keys() - wanted:
                self.host.remove(lost)
            for fresh, epoch in epochs.items():
                self.host.add(fresh, Clerk(), shard=fresh, epoch=epoch)

        return move

    def settle(self) -> None:
        while self.host.cycle(NOW):
            pass


def test_a_second_process_of_a_group_takes_its_share_and_gives_it_back_when_it_ends() -> None:
    bus, store = MemoryBus(4), MemoryStore()
    first = Homes(bus, store)
    first.settle()
    assert set(first.host.residents) == {"0", "1", "2", "3"}
    second = Homes(bus, store)
    for _ in range(3):
        first.settle()
        second.settle()
    assert len(first.host.residents) == len(second.host.residents) == 2
    assert set(first.host.residents) | set(second.host.residents) == {"0", "1", "2", "3"}
    end(second.host)
    for _ in range(3):
        first.settle()
    assert set(first.host.residents) == {"0", "1", "2", "3"}


def test_a_partition_that_moves_is_read_on_where_it_was_committed() -> None:
    bus, store = MemoryBus(4), MemoryStore()
    first = Homes(bus, store)
    first.settle()
    keys = [f"CP-{number}" for number in range(12)]
    for number, key in enumerate(keys):
        bus.publish(request(number, cp_id=key))
    first.settle()
    second = Homes(bus, store)
    for number, key in enumerate(keys, len(keys)):
        bus.publish(request(number, cp_id=key))
    for _ in range(3):
        first.settle()
        second.settle()
    assert sorted(seen.request_id for seen in store.select(Seen)) == sorted(f"req-{n}" for n in range(2 * len(keys)))
    assert {seen.times for seen in store.select(Seen)} == {1}


class SharedBus(MemoryBus):
    """As if the other members of a group were in other processes."""

    is_shared = True


def in_two_partitions(number: int) -> tuple[DriverRequest, DriverRequest]:
    """One request id, asked of points in two of four partitions."""
    first = request(number, cp_id="CP-0")
    others = (request(number, cp_id=f"CP-{other}") for other in range(1, 100))
    return first, next(each for each in others if partition_of(each.cp_id, 4) != partition_of("CP-0", 4))


def test_of_two_roles_that_are_asked_the_same_at_once_the_second_knows_what_the_first_decided() -> None:
    bus, store = MemoryBus(4), MemoryStore()
    homes = Homes(bus, store)
    homes.settle()
    bus.publish_all([*in_two_partitions(1), *in_two_partitions(2)])
    homes.settle()
    assert [(seen.request_id, seen.times) for seen in store.select(Seen)] == [("req-1", 2), ("req-2", 2)]


def test_a_host_that_was_fenced_forgets_what_it_did_and_goes_on_with_what_it_is_given() -> None:
    bus, store = SharedBus(4), MemoryStore()
    out = published(bus, DRIVER_UPDATES)
    homes = Homes(bus, store)
    homes.settle()
    store.claim(["0", "1", "2", "3"])
    bus.publish(request(1))
    homes.settle()
    assert [seen.times for seen in store.select(Seen)] == [1]
    assert statuses(out.messages()) == [UpdateStatus.ACCEPTED, UpdateStatus.IN_PROGRESS]


def test_a_host_that_was_overtaken_hears_of_it_though_it_has_nothing_to_record() -> None:
    bus, store = SharedBus(1), MemoryStore()
    homes = Homes(bus, store)
    homes.settle()
    store.claim(["0"])
    bus.publish(request(1, driver_id="of no interest"))
    homes.host.cycle(NOW)
    homes.host.cycle(NOW + POSITIONS_EVERY)
    homes.settle()
    assert homes.host.residents["0"].epoch == 3
    assert store.positions(bus.log_id) == {}


def test_a_host_that_shares_with_nobody_ends_when_another_has_taken_over() -> None:
    bus, store = MemoryBus(4), MemoryStore()
    homes = Homes(bus, store)
    homes.settle()
    store.claim(["0", "1", "2", "3"])
    bus.publish(request(1))
    with pytest.raises(Fenced):
        homes.settle()


def test_a_host_whose_decision_came_second_forgets_it_and_decides_again() -> None:
    bus = MemoryBus(4)
    store = RefusingStore()
    homes = Homes(bus, store)
    homes.settle()
    store.refusals = 1
    bus.publish(request(1))
    homes.settle()
    assert [seen.times for seen in store.select(Seen)] == [1]
    assert store.refusals == 0


class RefusingStore(MemoryStore):
    """Refuses some commits, as if what they hold had been taken just before."""

    refusals = 0

    def commit(self, commit: Commit) -> list[int]:
        if self.refusals:
            self.refusals -= 1
            raise Taken("Request req-1 was recorded before")
        return super().commit(commit)
