"""A live host that is killed: it loses what is in memory alone, and begins again from its store."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import wraps
from threading import Event

from evcharging.adapters.bus.memory import MemoryBus
from evcharging.adapters.clock import SteppedClock
from evcharging.adapters.store import Commit, StoreUnavailable
from evcharging.adapters.store.memory import MemoryStore
from evcharging.common.kafka import DRIVER_UPDATES
from evcharging.common.messages import DriverRequest, DriverUpdate, Message
from evcharging.domain.session import Request
from evcharging.runtime.central_program import add_central
from evcharging.runtime.host import Host
from evcharging.runtime.live import LiveHost

START = datetime(2026, 1, 1, tzinfo=UTC)


class GatedStore(MemoryStore):
    """Commits of requests wait at a gate, in their thread; the disk may be full."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = Event()
        self.gate.set()
        self.waiting = 0
        self.is_full = False

    def commit(self, commit: Commit) -> list[int]:
        if any(isinstance(record, Request) for _, record in commit.records):
            self.waiting += 1
            self.gate.wait(10)
            self.waiting -= 1
        if self.is_full:
            raise StoreUnavailable("The disk is full")
        return super().commit(commit)


class MortalHost:
    """Central with one shard on a live host, and all that it says."""

    def __init__(self) -> None:
        self.store, self.bus = GatedStore(), MemoryBus(1)
        self.live = LiveHost(SteppedClock(START), lambda text: None)
        self.host = Host(self.store, self.bus, on_ready=self.live.wake)
        self.ears = self.bus.subscribe((DRIVER_UPDATES,), group="ears", partitions=[0])
        self.answers: list[str] = []
        add_central(self.host, self.store, self.bus)

    def ask(self, cp_id: str) -> None:
        """A driver asks for a point that there is not, and is denied."""
        self.bus.publish(DriverRequest(ts=START, seq=1, request_id=f"ask-{cp_id}", driver_id="driver-1", cp_id=cp_id))

    def hear(self) -> list[str]:
        messages: list[Message] = [each for fetched in self.ears.poll(1000) for each in fetched.messages]
        self.answers += [message.cp_id for message in messages if isinstance(message, DriverUpdate)]
        return self.answers

    async def until(self, holds: Callable[[], object]) -> None:
        async with asyncio.timeout(10):
            while not holds():
                await asyncio.sleep(0)

    async def settled(self) -> None:
        for _ in range(200):
            await asyncio.sleep(0)

    def epochs(self) -> set[int]:
        return {hosted.epoch for hosted in self.host.hosted_roles.values()}


@asynccontextmanager
async def alive() -> AsyncIterator[MortalHost]:
    stage = MortalHost()
    task = asyncio.create_task(stage.live.run(stage.host))
    await stage.until(lambda: stage.host.hosted_roles)
    yield stage
    stage.store.gate.set()
    await stage.live.stop(stage.host)
    await task


def on_stage(act: Callable[[MortalHost], Awaitable[None]]) -> Callable[[], None]:
    @wraps(act)
    def test() -> None:
        async def run() -> None:
            async with alive() as stage:
                await act(stage)

        asyncio.run(run())

    del test.__dict__["__wrapped__"]  # else the stage would be sought among the fixtures
    return test


@on_stage
async def test_killed_it_has_no_roles_and_decides_nothing(stage: MortalHost) -> None:
    stage.live.kill()
    await stage.until(lambda: not stage.host.hosted_roles)
    stage.ask("CP-001")
    await stage.settled()
    assert stage.live.is_dead
    assert stage.hear() == []


@on_stage
async def test_revived_it_knows_what_lasted_and_does_what_was_asked_meanwhile_once(stage: MortalHost) -> None:
    stage.ask("CP-001")
    await stage.until(stage.hear)
    before = stage.epochs()
    stage.live.kill()
    await stage.until(lambda: not stage.host.hosted_roles)
    stage.ask("CP-002")
    stage.live.revive()
    await stage.until(lambda: "CP-002" in stage.hear())
    await stage.settled()
    # What no commit has noted as sent is said again, and whoever hears it knows that by its ID.
    assert (set(stage.hear()), stage.hear().count("CP-002")) == ({"CP-001", "CP-002"}, 1)
    assert min(stage.epochs()) > max(before)
    assert [request.cp_id for request in stage.store.select(Request)] == ["CP-001", "CP-002"]


@on_stage
async def test_what_lasted_and_was_not_said_is_said_by_the_next_life(stage: MortalHost) -> None:
    stage.store.gate.clear()
    stage.ask("CP-001")
    await stage.until(lambda: stage.store.waiting)
    stage.live.kill()
    stage.store.gate.set()
    await stage.until(lambda: not stage.host.hosted_roles)
    assert stage.hear() == []
    assert [request.cp_id for request in stage.store.select(Request)] == ["CP-001"]
    stage.live.revive()
    await stage.until(stage.hear)
    await stage.settled()
    assert stage.hear() == ["CP-001"]


@on_stage
async def test_killed_and_revived_during_one_commit_it_is_another_life_all_the_same(stage: MortalHost) -> None:
    before = stage.epochs()
    stage.store.gate.clear()
    stage.ask("CP-001")
    await stage.until(lambda: stage.store.waiting)
    stage.live.kill()
    stage.live.revive()
    stage.store.gate.set()
    await stage.until(stage.hear)
    assert min(stage.epochs()) > max(before)
    assert stage.hear() == ["CP-001"]


@on_stage
async def test_what_cannot_be_written_when_it_is_killed_is_not_tried_for_ever(stage: MortalHost) -> None:
    stage.store.is_full = True
    stage.ask("CP-001")
    await stage.until(lambda: stage.live.failing)
    stage.live.kill()
    await stage.until(lambda: not stage.host.hosted_roles)
    stage.store.is_full = False
    stage.live.revive()
    await stage.until(stage.hear)
    assert stage.hear() == ["CP-001"]


@on_stage
async def test_the_dead_end_without_a_last_word(stage: MortalHost) -> None:
    stage.live.kill()
    await stage.until(lambda: not stage.host.hosted_roles)
    assert await stage.live.stop(stage.host)


@on_stage
async def test_what_asks_the_store_waits_for_the_commit_that_is_under_way(stage: MortalHost) -> None:
    stage.store.gate.clear()
    stage.ask("CP-001")
    await stage.until(lambda: stage.store.waiting)
    asked = asyncio.create_task(stage.live.in_turn(lambda: len(stage.store.select(Request))))
    await stage.settled()
    assert not asked.done()
    stage.store.gate.set()
    assert await asked == 1
