"""The one cycle: what it commits, in which order it publishes, and what a crash at any instant leaves behind."""

import pytest

from evcharging.adapters.bus.memory import MemoryBus
from evcharging.adapters.store import Commit, Fenced
from evcharging.adapters.store.memory import MemoryStore
from evcharging.common.kafka import CP_STATUS, CP_TELEMETRY, DRIVER_REQUESTS, DRIVER_UPDATES
from evcharging.common.messages import CPTelemetry, DriverRequest, DriverUpdate, Message, UpdateStatus
from evcharging.roles.cadences import FULL
from evcharging.roles.role import NOTHING, Started, Stopping
from evcharging.runtime.host import Host
from evcharging.runtime.work import Work
from evcharging.tests.stages.host_world import (
    NOW,
    SECOND,
    Clerk,
    Seen,
    Watch,
    clerk_host,
    end,
    published,
    request,
    statuses,
    taken,
)


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
            raise Fenced("no", ["CP-001"])
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
    assert due == NOW + FULL.positions_every
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
        def committed(self, work: Work) -> None:
            super().committed(work)
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
    host.cycle(NOW + FULL.positions_every)
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
