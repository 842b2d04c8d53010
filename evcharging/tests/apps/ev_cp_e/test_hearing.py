"""What engines hear when Central's orders cannot reach them, or when what reaches them may be old."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from evcharging.adapters.bus import Bus
from evcharging.adapters.bus.memory import MemoryBus
from evcharging.adapters.clock import SteppedClock, WallClock
from evcharging.adapters.store import StoreUnavailable
from evcharging.adapters.store.memory import MemoryStore
from evcharging.apps.ev_cp_e.engines import engines
from evcharging.apps.ev_cp_e.hearing import hearing
from evcharging.apps.shell.status import STOOD_STILL, Status
from evcharging.common.config import EngineSettings, read
from evcharging.common.kafka import CENTRAL_COMMANDS
from evcharging.roles.engine.engine import Engine
from evcharging.roles.role import NOTHING, BusBack, BusLost, Effects, Input, Started
from evcharging.runtime.crash_points import CrashingBus
from evcharging.runtime.host import Host
from evcharging.runtime.live import LiveHost
from evcharging.tests.stages.bus_world import order

NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Ears:
    """A role that remembers what it hears."""

    deadline: datetime | None = None

    def __init__(self) -> None:
        self.heard: list[Input] = []

    def on_message(self, message: Input, now: datetime) -> Effects:
        self.heard.append(message)
        return NOTHING

    def on_deadline(self, now: datetime) -> Effects:
        return NOTHING


class Hand:
    """A clock that the test turns."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def two_ears(bus: Bus) -> tuple[Host, list[Ears]]:
    """A host with two roles that have begun."""
    host, ears = Host(MemoryStore(), bus), [Ears(), Ears()]
    host.subscribe([CENTRAL_COMMANDS], group="ears", partitions=range(bus.partitions))
    for name, ear in zip(("CP-1", "CP-2"), ears, strict=True):
        host.add(name, ear, shard=name, epoch=1)
    host.cycle(NOW)
    return host, ears


def go(bus: Bus, *, away: bool) -> None:
    for tell in bus.on_away:
        tell(away)


@pytest.mark.parametrize("wrapped", [False, True], ids=["plain", "with crash points"])
def test_every_engine_hears_once_that_the_bus_is_lost_and_once_that_it_is_back(wrapped: bool) -> None:
    inner = MemoryBus(1)
    bus: Bus = CrashingBus(inner, lambda point: None) if wrapped else inner
    host, ears = two_ears(bus)
    with hearing(host, bus, None):
        go(inner, away=True)
        host.cycle(NOW)
        go(inner, away=False)
        bus.publish(order(1))
        host.cycle(NOW)
    assert ears[0].heard == [Started(), BusLost(), BusBack(), order(1)]
    assert ears[1].heard == [Started(), BusLost(), BusBack()]
    assert (bus.away, bus.trouble) == (False, None)


def test_an_engine_that_begins_while_the_bus_is_away_hears_of_it_at_once() -> None:
    bus = MemoryBus(1)
    host, ears = two_ears(bus)
    bus.away = True
    with hearing(host, bus, None):
        host.cycle(NOW)
    assert ears[0].heard == [Started(), BusLost()]


def test_after_the_end_nobody_is_told_any_more() -> None:
    bus, status = MemoryBus(1), Status()
    host, _ = two_ears(bus)
    with hearing(host, bus, status):
        assert (len(bus.on_away), len(status.on_standstill)) == (1, 1)
    assert (bus.on_away, status.on_standstill) == ([], [])


def test_what_came_while_nothing_could_be_written_down_is_given_after_the_engines_were_told() -> None:
    bus = MemoryBus(1)
    host, ears = two_ears(bus)

    async def scene() -> None:
        live = LiveHost(SteppedClock(NOW), lambda text: None, inline=True)
        fails = iter([StoreUnavailable("the disk is full")])

        def job() -> list[int]:
            for failure in fails:
                raise failure
            return []

        with hearing(host, bus, None, live):
            bus.publish(order(1))
            await live._in_thread(job)
            await live._cycle(host)

    asyncio.run(scene())
    assert ears[0].heard == [Started(), BusBack(), order(1)]


@pytest.mark.parametrize("first", ["the beat", "the host"])
def test_what_came_while_the_process_stood_still_is_given_after_the_engines_were_told(first: str) -> None:
    hand, bus = Hand(), MemoryBus(1)
    status = Status(hand)
    host, ears = two_ears(bus)

    async def scene() -> None:
        live = LiveHost(SteppedClock(NOW), lambda text: None, inline=True)
        live.before_fold = status.look
        with hearing(host, bus, status):
            status.beat()
            bus.publish(order(1))
            hand.now += STOOD_STILL + 0.1
            if first == "the beat":
                status.beat()
            await live._cycle(host)
            status.beat()
            await live._cycle(host)

    asyncio.run(scene())
    assert ears[0].heard == [Started(), BusBack(), order(1)]
    assert ears[1].heard == [Started(), BusBack()]


def test_a_process_that_is_late_now_and_then_has_not_stood_still() -> None:
    hand, told = Hand(), list[str]()
    status = Status(hand)
    status.on_standstill.append(lambda: told.append("still"))
    hand.now += 60
    status.look()
    for _ in range(10):
        status.beat()
        hand.now += STOOD_STILL
        status.look()
    assert told == []
    hand.now += 0.1
    status.look()
    status.beat()
    assert told == ["still"]


@asynccontextmanager
async def opened(bus: Bus, status: Status) -> AsyncIterator[None]:
    settings = read(EngineSettings, {"health_host": "127.0.0.1"})
    async with engines(settings, ["CP-001"], MemoryStore(), bus, WallClock(), port=0, status=status):
        yield


def test_engines_as_they_are_composed_hear_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[Input] = []
    on_message: Callable[..., Any] = Engine.on_message

    def listen(engine: Engine, message: Input, now: datetime) -> Effects:
        heard.append(message)
        effects: Effects = on_message(engine, message, now)
        return effects

    monkeypatch.setattr(Engine, "on_message", listen)
    hand, bus = Hand(), MemoryBus(1)
    status = Status(hand)

    async def until(count: int) -> None:
        async with asyncio.timeout(10):
            while len([message for message in heard if isinstance(message, BusLost | BusBack)]) < count:
                await asyncio.sleep(0)

    async def scene() -> None:
        async with opened(bus, status):
            status.beat()
            go(bus, away=True)
            await until(1)
            go(bus, away=False)
            await until(2)
            hand.now += STOOD_STILL + 0.1
            status.beat()
            await until(3)

    asyncio.run(scene())
    assert [message for message in heard if isinstance(message, BusLost | BusBack)] == [
        BusLost(),
        BusBack(),
        BusBack(),
    ]
