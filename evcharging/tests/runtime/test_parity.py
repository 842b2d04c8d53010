"""One scenario on both hosts: virtual time and the live host publish the same messages, at the same moments."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest

from evcharging.adapters.bus import Bus
from evcharging.adapters.bus.memory import MemoryBus
from evcharging.adapters.clock import SteppedClock
from evcharging.adapters.store import Store
from evcharging.common.kafka import TOPIC_OF
from evcharging.common.messages import Action, CPTelemetry, EndReason, Limit, Message, UpdateStatus
from evcharging.common.messages_operators import AssignTariff, LimitPoint, OperatorOrder, OperatorRequest
from evcharging.common.messages_tariff import Element, Tariff
from evcharging.common.utils import to_json
from evcharging.domain.battery import Battery
from evcharging.domain.session import Bill
from evcharging.domain.vehicle import Vehicle, Visit
from evcharging.roles.driver import ChargeIntent, Driver
from evcharging.roles.engine.setup import EngineSetup
from evcharging.runtime.host import Host
from evcharging.runtime.live import LiveHost
from evcharging.runtime.virtual import VirtualTime
from evcharging.simulation.network import Network

START = datetime(2026, 1, 1, 12, tzinfo=UTC)
LENGTH = timedelta(seconds=90)
POINTS = ("CP-001", "CP-002", "CP-003")
OPERATIONS = (
    (8.25, "CP-002", Action.FAULT),
    (16.5, "CP-002", Action.RECOVER),
    (20.5, "CP-001", Action.STOP),
    (55.25, "CP-001", Action.RESUME),
    (61.75, "CP-003", Action.UNPLUG),
)

LIMITS = (
    (4.125, "CP-001", Limit(watts=11_000)),
    (7.625, "CP-002", Limit(milliamperes=0)),
    (9.375, "CP-001", None),
    (13.875, "CP-003", Limit(milliamperes=8_000)),
    (81.125, "CP-002", None),
)
ENERGY = Element(energy_micro_euros_per_kwh=300_000, idle_micro_euros_per_minute=600_000)
IDLE = Tariff(version_id="idle@1", zone="UTC", elements=(ENERGY,), idle_grace_s=1)


class Recorder(MemoryBus):
    """A bus that writes down what is published."""

    def __init__(self) -> None:
        super().__init__(partitions=4)
        self.said: list[Message] = []

    def publish_all(self, messages: Iterable[Message]) -> None:
        said = list(messages)
        self.said += said
        super().publish_all(said)


def _at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def actions() -> list[OperatorOrder]:
    return [
        OperatorRequest(ts=_at(at), request_id=f"op-{at}", cp_id=cp_id, action=action)
        for at, cp_id, action in OPERATIONS
    ]


def limits() -> list[OperatorOrder]:
    orders = [LimitPoint(ts=_at(at), request_id=f"limit-{at}", cp_id=cp, limit=limit) for at, cp, limit in LIMITS]
    tariffs = [
        AssignTariff(ts=_at(0.5 + n / 8), request_id=f"t-{n}", cp_id=cp, tariff=IDLE) for n, cp in enumerate(POINTS)
    ]
    return [*tariffs, *orders]


class Operators:
    """Operators' orders, each at its moment."""

    def __init__(self, orders: list[OperatorOrder]) -> None:
        self.deadline: datetime | None = START
        self._left = orders

    def on_message(self, message: object, now: datetime) -> list[Message]:
        self.deadline = self._left[0].ts
        return []

    def on_deadline(self, now: datetime) -> list[Message]:
        order = self._left.pop(0)
        self.deadline = self._left[0].ts if self._left else None
        return [order]


def vehicles(cp_id: str) -> Iterator[Visit]:
    """Small ones, which are full within seconds and stay for some more."""
    for number in count(int(cp_id[-1])):
        battery = Battery(
            capacity_mwh=90_000 + 7_000 * number, max_w=30_000, knee_permille=500, efficiency_permille=900
        )
        vehicle = Vehicle(model="toy", battery=battery, onboard_ma=32_000, onboard_phases=3)
        linger_us = 1_234_567 * (number % 5)
        stay_us = 9_765_432 if number % 3 == 1 else None
        yield Visit(vehicle=vehicle, arrival_mwh=30_000, stay_us=stay_us, linger_us=linger_us)


def drivers(minutes: int | None = None) -> list[Driver]:
    numbers = count(1)

    def intents(first: int) -> Iterator[ChargeIntent]:
        for turn in range(6):
            # Fractions that no other program has: between simultaneous events of two topics there is no order.
            wait = timedelta(seconds=4.037 if turn else 2.137 + 1.076 * first)
            yield ChargeIntent(
                cp_id=POINTS[(first + turn) % 3], wait=wait, kwh=0.04 if turn == 2 else None, minutes=minutes
            )

    return [Driver(f"driver-{n}", intents(n), lambda: f"req-{next(numbers)}") for n in range(2)]


Scenario = Callable[[Callable[..., Host], Bus], Network]


def by_themselves(make: Callable[..., Host], bus: Bus) -> Network:
    engines = [EngineSetup(cp_id=cp_id) for cp_id in POINTS]
    network = Network(make, bus, START, engines=engines, drivers=drivers())
    network.drivers.add("operators", Operators(actions()), shard="operators", epoch=0)
    return network


def with_vehicles(make: Callable[..., Host], bus: Bus) -> Network:
    """Limits change, one point is paused until its driver has no more time, and vehicles stay."""
    engines = [EngineSetup(cp_id=cp_id, power_w=22_000) for cp_id in POINTS]
    network = Network(make, bus, START, engines=engines, drivers=drivers(minutes=1), visits=vehicles)
    network.drivers.add("operators", Operators(limits()), shard="operators", epoch=0)
    return network


@pytest.fixture(scope="module", params=[by_themselves, with_vehicles])
def scenario(request: pytest.FixtureRequest) -> Scenario:
    chosen: Scenario = request.param
    return chosen


@pytest.fixture(scope="module")
def virtual(scenario: Scenario) -> tuple[list[Message], Network]:
    bus, time = Recorder(), VirtualTime(START)
    network = scenario(time.host, bus)
    time.run_until(START + LENGTH)
    return bus.said, network


@pytest.fixture(scope="module")
def live(scenario: Scenario) -> tuple[list[Message], Network]:
    return asyncio.run(_live(scenario))


async def _live(scenario: Scenario) -> tuple[list[Message], Network]:
    bus, clock = Recorder(), SteppedClock(START)
    tasks: list[asyncio.Task[None]] = []

    def make(store: Store, bus: Bus) -> Host:
        live = LiveHost(clock, print, inline=True)
        host = Host(store, bus, on_ready=live.wake)
        tasks.append(asyncio.create_task(live.run(host)))
        return host

    network = scenario(make, bus)
    await clock.run_until(START + LENGTH)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return bus.said, network


def stream(messages: list[Message]) -> dict[str, list[bytes]]:
    """What each reader of a topic and key is given, in its order."""
    streams: dict[str, list[bytes]] = {}
    for message in messages:
        topic = TOPIC_OF[type(message)]
        streams.setdefault(f"{topic.name}/{getattr(message, topic.key)}", []).append(to_json(message))
    return streams


def test_both_hosts_publish_the_same_messages_with_the_same_content_at_the_same_moments(
    virtual: tuple[list[Message], Network], live: tuple[list[Message], Network]
) -> None:
    assert stream(virtual[0]) == stream(live[0])


def test_both_hosts_come_to_the_same_bills(
    virtual: tuple[list[Message], Network], live: tuple[list[Message], Network]
) -> None:
    assert virtual[1].ledger.select(Bill) == live[1].ledger.select(Bill)


def test_the_scenario_is_worth_comparing(virtual: tuple[list[Message], Network], scenario: Scenario) -> None:
    said, network = virtual
    kinds = {type(message).__name__ for message in said}
    bills = network.ledger.select(Bill)
    ends = {getattr(message, "status", None) for message in said}
    assert {"CPTelemetry", "SupplyEnded", "HealthReport", "EngineHealth", "QueryStatus"} <= kinds
    if scenario is by_themselves:
        assert "CentralCommand" in kinds
        assert {UpdateStatus.COMPLETED, UpdateStatus.FAILED, UpdateStatus.DENIED} <= ends
        assert len(bills) >= 5
    else:
        assert "SetLimit" in kinds
        assert {EndReason.TIME_UP, EndReason.COMPLETE, EndReason.UNPLUGGED} <= {bill.ended_by for bill in bills}
        assert any(bill.unplugged_at is not None and bill.unplugged_at > bill.ended_at for bill in bills)
        assert len({message.kw for message in said if isinstance(message, CPTelemetry)}) > 10
