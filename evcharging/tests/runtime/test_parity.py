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
from evcharging.common.messages import Action, Message, UpdateStatus
from evcharging.common.messages_operators import OperatorRequest
from evcharging.common.utils import to_json
from evcharging.domain.session import Bill
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


class Recorder(MemoryBus):
    """A bus that writes down what is published."""

    def __init__(self) -> None:
        super().__init__(partitions=4)
        self.said: list[Message] = []

    def publish_all(self, messages: Iterable[Message]) -> None:
        said = list(messages)
        self.said += said
        super().publish_all(said)


class Operators:
    """Operators' requests at given moments."""

    def __init__(self) -> None:
        self.deadline: datetime | None = START
        self._left = [(START + timedelta(seconds=at), cp_id, action) for at, cp_id, action in OPERATIONS]

    def on_message(self, message: object, now: datetime) -> list[Message]:
        self.deadline = self._left[0][0]
        return []

    def on_deadline(self, now: datetime) -> list[Message]:
        at, cp_id, action = self._left.pop(0)
        self.deadline = self._left[0][0] if self._left else None
        return [OperatorRequest(ts=at, request_id=f"op-{at:%M%S}", cp_id=cp_id, action=action)]


def drivers() -> list[Driver]:
    numbers = count(1)

    def intents(first: int) -> Iterator[ChargeIntent]:
        for turn in range(6):
            # Fractions that no other program has: between simultaneous events of two topics there is no order.
            wait = timedelta(seconds=4.037 if turn else 2.137 + 1.076 * first)
            yield ChargeIntent(cp_id=POINTS[(first + turn) % 3], wait=wait, kwh=0.04 if turn == 2 else None)

    return [Driver(f"driver-{n}", intents(n), lambda: f"req-{next(numbers)}") for n in range(2)]


def build(make: Callable[..., Host], bus: Bus) -> Network:
    engines = [EngineSetup(cp_id=cp_id) for cp_id in POINTS]
    network = Network(make, bus, START, engines=engines, drivers=drivers())
    network.drivers.add("operators", Operators(), shard="operators", epoch=0)
    return network


@pytest.fixture(scope="module")
def virtual() -> tuple[list[Message], Network]:
    bus, time = Recorder(), VirtualTime(START)
    network = build(time.host, bus)
    time.run_until(START + LENGTH)
    return bus.said, network


@pytest.fixture(scope="module")
def live() -> tuple[list[Message], Network]:
    return asyncio.run(_live())


async def _live() -> tuple[list[Message], Network]:
    bus, clock = Recorder(), SteppedClock(START)
    tasks: list[asyncio.Task[None]] = []

    def make(store: Store, bus: Bus) -> Host:
        live = LiveHost(clock, print, inline=True)
        host = Host(store, bus, on_ready=live.wake)
        tasks.append(asyncio.create_task(live.run(host)))
        return host

    network = build(make, bus)
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


def test_the_scenario_is_worth_comparing(virtual: tuple[list[Message], Network]) -> None:
    said, network = virtual
    kinds = {type(message).__name__ for message in said}
    assert {"CPTelemetry", "SupplyEnded", "HealthReport", "EngineHealth", "CentralCommand", "QueryStatus"} <= kinds
    ends = {getattr(message, "status", None) for message in said}
    assert {UpdateStatus.COMPLETED, UpdateStatus.FAILED, UpdateStatus.DENIED} <= ends
    assert len(network.ledger.select(Bill)) >= 5
