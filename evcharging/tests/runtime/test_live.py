"""The live host: real waiting, commits in a thread, a store that fails and comes back, an end in good order."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from evcharging.adapters.bus.memory import MemoryBus
from evcharging.adapters.clock import SteppedClock, WallClock
from evcharging.adapters.store import Commit, Fenced, StoreUnavailable
from evcharging.adapters.store.memory import MemoryStore
from evcharging.common.kafka import CENTRAL_COMMANDS, CP_STATUS
from evcharging.common.messages import CPStatus, EndReason, Message, StartSupply, SupplyEnded
from evcharging.common.states import CPState
from evcharging.domain.supply import Supply
from evcharging.roles.engine.setup import EngineSetup
from evcharging.runtime import live as live_module
from evcharging.runtime.host import Host
from evcharging.runtime.live import LiveHost
from evcharging.runtime.programs import add_engines

START = datetime(2026, 1, 1, tzinfo=UTC)


class MoodyStore(MemoryStore):
    """Fails as often as it is told to, and counts how often it was asked."""

    def __init__(self, failures: int = 0, *, fenced: bool = False) -> None:
        super().__init__()
        self.failures = failures
        self.fenced = fenced
        self.asked = 0

    def commit(self, commit: Commit) -> list[int]:
        self.asked += 1
        if self.fenced:
            raise Fenced("Shard CP-001 is in run 2, not 1", ["CP-001"])
        if self.failures:
            self.failures -= 1
            raise StoreUnavailable("The disk is full")
        return super().commit(commit)


class Stage:
    """One engine on a live host, with a reader of what it says."""

    def __init__(self, store: MoodyStore, clock: SteppedClock | WallClock, *, inline: bool = True) -> None:
        self.warnings: list[str] = []
        self.bus = MemoryBus(1)
        self.said = self.bus.subscribe((CP_STATUS,), group="reader", partitions=[0])
        self.live = LiveHost(clock, self.warnings.append, inline=inline)
        self.store = store
        self.clock = clock
        self.host = Host(store, self.bus, on_ready=self.live.wake)
        add_engines(self.host, store, self.bus, [EngineSetup(cp_id="CP-001")])

    def order(self) -> None:
        now = self.clock.now()
        order = StartSupply(
            ts=now, epoch=1, cp_id="CP-001", session_id="s-1", request_id="r-1", driver_id="d", micro_euros_per_kwh=1
        )
        self.bus.publish(order)

    def messages(self) -> list[Message]:
        return [message for fetched in self.said.poll(100) for message in fetched.messages]


def played(act: Callable[[], Awaitable[None]], within: float = 10.0) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(within):
            await act()

    asyncio.run(bounded())


def test_a_store_that_fails_holds_everything_back_until_it_is_there_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_module, "BACKOFF", (0.0,))

    async def act() -> None:
        stage = Stage(MoodyStore(failures=3), SteppedClock(START))
        task = asyncio.create_task(stage.live.run(stage.host))
        while stage.store.asked < 2:
            assert stage.messages() == []
            await asyncio.sleep(0)
        assert stage.live.failing == "The disk is full"
        while not (said := stage.messages()):
            await asyncio.sleep(0)
        assert [type(message) for message in said] == [CPStatus]
        assert stage.live.failing is None
        assert stage.warnings == ["The disk is full; retrying", "The store answers again"]
        await stage.live.stop(stage.host)
        await task

    played(act)


def test_a_host_that_lost_its_shard_ends_with_the_reason() -> None:
    async def act() -> None:
        stage = Stage(MoodyStore(fenced=True), SteppedClock(START))
        with pytest.raises(Fenced, match="run 2"):
            await stage.live.run(stage.host)

    played(act)


def test_stopping_lets_roles_say_their_last_word_and_makes_it_last() -> None:
    async def act() -> None:
        clock = SteppedClock(START)
        stage = Stage(MoodyStore(), clock)
        task = asyncio.create_task(stage.live.run(stage.host))
        stage.order()
        await clock.run_until(START + timedelta(seconds=3, milliseconds=500))
        assert await stage.live.stop(stage.host)
        await task
        (final,) = [message for message in stage.messages() if isinstance(message, SupplyEnded)]
        assert final.ended_by is EndReason.SHUTDOWN
        assert final.register_stop_mwh == 22_000 * 3500 // 3600
        assert [supply.ended_by for supply in stage.store.select(Supply)] == [EndReason.SHUTDOWN]

    played(act)


def test_stopping_does_not_wait_for_ever_for_a_store_that_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_module, "STOP_WITHIN", 0.05)

    async def act() -> None:
        stage = Stage(MoodyStore(failures=1_000_000), SteppedClock(START))
        task = asyncio.create_task(stage.live.run(stage.host))
        await asyncio.sleep(0)
        assert not await stage.live.stop(stage.host)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    played(act)


def test_on_the_wall_clock_a_supply_goes_on_in_time_with_commits_in_a_thread() -> None:
    async def act() -> None:
        clock = WallClock(speed=50)
        stage = Stage(MoodyStore(), clock, inline=False)
        task = asyncio.create_task(stage.live.run(stage.host))
        stage.order()
        said: list[Message] = []
        while not any(isinstance(message, SupplyEnded) for message in said):
            await asyncio.sleep(0.005)
            said += stage.messages()
        (final,) = [message for message in said if isinstance(message, SupplyEnded)]
        assert final.ended_by is EndReason.COMPLETE
        assert final.register_stop_mwh == 61_111
        assert final.ts - final.started_at == timedelta(seconds=10)
        assert isinstance(said[-1], CPStatus) and said[-1].state is CPState.ACTIVATED
        await stage.live.stop(stage.host)
        await task

    played(act)


def test_a_store_that_owes_an_answer_is_known_for_how_long() -> None:
    class Slow(MoodyStore):
        may_go_on = threading.Event()

        def commit(self, commit: Commit) -> list[int]:
            assert self.may_go_on.wait(10)
            return super().commit(commit)

    async def act() -> None:
        stage = Stage(store := Slow(), WallClock(), inline=False)
        began = time.perf_counter()
        task = asyncio.create_task(stage.live.run(stage.host))
        while stage.live.asked_at is None:
            await asyncio.sleep(0.001)
        assert began <= stage.live.asked_at <= time.perf_counter()
        store.may_go_on.set()
        while not stage.messages():
            await asyncio.sleep(0.001)
        await stage.live.stop(stage.host)
        await task
        assert stage.live.asked_at is None

    played(act)


def test_messages_wake_a_host_that_waits_for_nothing() -> None:
    async def act() -> None:
        clock = SteppedClock(START)
        stage = Stage(MoodyStore(), clock)
        reader = stage.bus.subscribe((CENTRAL_COMMANDS,), group="witness", partitions=[0])
        task = asyncio.create_task(stage.live.run(stage.host))
        await clock.run_until(START)
        stage.messages()
        stage.order()
        await clock.run_until(START)
        assert reader.poll(10)
        assert stage.messages()
        await stage.live.stop(stage.host)
        await task

    played(act)
