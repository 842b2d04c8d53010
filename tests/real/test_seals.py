"""On a real Kafka where everybody seals: points and drivers with keys charge, and whatever thieves write changes
nothing."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial
from itertools import cycle, islice

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka import Message as Record

from evcharging.adapters.bus import Place
from evcharging.adapters.bus.kafka.bus import KafkaBus, open_kafka
from evcharging.adapters.central_seals import CentralSeals
from evcharging.adapters.clock import WallClock
from evcharging.adapters.key_ring import KeyRing, kept
from evcharging.adapters.own_seals import OwnSeals
from evcharging.adapters.store.memory import MemoryStore
from evcharging.apps.shell.program import running
from evcharging.common.kafka import CP_STATUS, CP_TELEMETRY, DRIVER_REQUESTS, OPERATOR_REQUESTS
from evcharging.common.messages import HealthReport
from evcharging.common.messages_operators import RegisterPoint
from evcharging.common.utils import numbered
from evcharging.domain.access.keys import Identity, KeyKind
from evcharging.domain.charging_point import Point
from evcharging.domain.record import Record as Kept
from evcharging.domain.session import Bill, Request, Session
from evcharging.domain.supply import Supply
from evcharging.proof.identities import Registry
from evcharging.protocols.seal import HEADER
from evcharging.roles.driver import ChargeIntent, Driver
from evcharging.roles.engine.setup import EngineSetup
from evcharging.runtime.central_program import add_central
from evcharging.runtime.host import Host
from evcharging.runtime.programs import add_drivers, add_engines
from evcharging.tests.stages.bus_world import PARTITIONS
from evcharging.tests.stages.kafka_world import KafkaWorld

MASTER = b"the secret of this test"
CP_IDS, DRIVER_IDS = numbered("CP-", 2), numbered("driver-", 2)
FORGED = 10_000
WITHIN = 60.0
FACTS: tuple[type[Kept], ...] = (Point, Request, Session, Bill)
STOLEN = (CP_STATUS, CP_TELEMETRY, DRIVER_REQUESTS, OPERATOR_REQUESTS)


class Sealed:
    """Central, an engine for two points, and two drivers who charge once, each with a bus and seals of its own."""

    def __init__(self) -> None:
        identities = [Identity(kind=KeyKind.POINT, id=cp_id) for cp_id in CP_IDS]
        identities += [Identity(kind=KeyKind.DRIVER, id=driver_id) for driver_id in DRIVER_IDS]
        self.registry = Registry(MASTER, identities)
        self.clock = WallClock()
        self.ledger = MemoryStore(keep_facts=True)
        self.journal = MemoryStore()
        self.drivers: list[Driver] = []
        self.central: KafkaBus | None = None
        self.engine: KafkaBus | None = None
        self.host: Host | None = None

    def log(self, level: str, text: str) -> None:
        """Nobody listens."""

    def own(self, kind: KeyKind, ids: Sequence[str]) -> OwnSeals:
        """The seals of a process with these keys."""
        return OwnSeals(self.registry.own_key(kind, owner) for owner in ids)

    @asynccontextmanager
    async def up(self, world: KafkaWorld) -> AsyncIterator[None]:
        """All of them run until the block is left."""
        ring = KeyRing(self.clock.now)
        async with AsyncExitStack() as stack:
            stack.enter_context(kept(ring, self.registry))
            seals = (
                CentralSeals(ring, self.registry.key_of),
                self.own(KeyKind.POINT, CP_IDS),
                self.own(KeyKind.DRIVER, DRIVER_IDS),
            )
            opened = [open_kafka(world.bootstrap, PARTITIONS, self.log, world.settings, each) for each in seals]
            central, engine, driver = [await stack.enter_async_context(each) for each in opened]
            self.central, self.engine = central, engine
            self.host = await self._host(stack, self.ledger, central)
            add_central(self.host, self.ledger, central)
            engines = [EngineSetup(cp_id=cp_id, interval=timedelta(seconds=0.1), ticks=3) for cp_id in CP_IDS]
            add_engines(await self._host(stack, self.journal, engine), self.journal, engine, engines, run=1)
            for cp_id in CP_IDS:
                central.publish(RegisterPoint(ts=self.clock.now(), request_id=f"register-{cp_id}", cp_id=cp_id))
            beat = asyncio.create_task(self._monitors(central))
            await until(lambda: len(self.ledger.select(Point)) == len(CP_IDS))
            memory = MemoryStore()
            self.drivers = [
                Driver(
                    driver_id,
                    iter([ChargeIntent(cp_id=cp_id, wait=timedelta(seconds=2))]),
                    partial("req-{}".format, driver_id),
                )
                for driver_id, cp_id in zip(DRIVER_IDS, CP_IDS, strict=True)
            ]
            add_drivers(await self._host(stack, memory, driver), memory, driver, self.drivers)
            yield
            beat.cancel()

    async def _host(self, stack: AsyncExitStack, store: MemoryStore, bus: KafkaBus) -> Host:
        life = await stack.enter_async_context(
            running(self.clock, self.log, lambda wake: Host(store, bus, on_ready=wake))
        )
        return life.host

    async def _monitors(self, bus: KafkaBus) -> None:
        while True:
            for cp_id in CP_IDS:
                bus.publish(HealthReport(ts=self.clock.now(), cp_id=cp_id, well=True, link=1))
            await asyncio.sleep(1)

    def has_read(self, ends: dict[Place, int]) -> bool:
        """Whether Central has read up to here."""
        intake = self.host.intake if self.host is not None else None
        return intake is not None and all(intake.positions.get(place, 0) >= end for place, end in ends.items())

    def facts(self) -> list[list[Kept]]:
        """All that lasts."""
        return [[*self.ledger.facts(kind)] for kind in FACTS] + [[*self.journal.select(Supply)]]


async def until(so: Callable[[], bool]) -> None:
    """Wait until this is so."""
    async with asyncio.timeout(WITHIN):
        while not so():
            await asyncio.sleep(0.05)


def recorded(bootstrap: str) -> list[Record]:
    """All that points, drivers and operators have said so far."""
    with Consumer({"bootstrap.servers": bootstrap, "group.id": "thief", "log_level": 0}) as thief:
        thief.assign([TopicPartition(topic.name, number, 0) for topic in STOLEN for number in range(PARTITIONS)])
        found: list[Record] = []
        while len(records := thief.consume(1000, 3.0)):
            found += [record for record in records if record.error() is None]
        return found


def ends_of(bootstrap: str) -> dict[Place, int]:
    """Where the topics end from which was stolen."""
    with Consumer({"bootstrap.servers": bootstrap, "group.id": "thief", "log_level": 0}) as thief:
        places = [(topic.name, number) for topic in STOLEN for number in range(PARTITIONS)]
        return {place: thief.get_watermark_offsets(TopicPartition(*place), 10)[1] for place in places}


def forge(bootstrap: str, stolen: Sequence[Record], count: int) -> None:
    """Write without a seal, with that of another word, with another's, and with one that nobody made."""
    producer = Producer({"bootstrap.servers": bootstrap, "linger.ms": 5, "log_level": 0})
    others = cycle(reversed(stolen))
    for number, record in enumerate(islice(cycle(stolen), count)):
        value = (record.value() or b"").replace(b'"seq":', b'"seq":9')
        false = (None, seal_in(record), seal_in(next(others)), b"point/CP-001/1/" + b"0" * 32)[number % 4]
        headers: list[tuple[str, str | bytes | None]] = [] if false is None else [(HEADER, false)]
        producer.produce(record.topic() or "", value, record.key(), record.partition() or 0, headers=headers)
        producer.poll(0)
    assert producer.flush(WITHIN) == 0


def say_again(bootstrap: str, stolen: Sequence[Record]) -> None:
    """Write all once more, word for word."""
    producer = Producer({"bootstrap.servers": bootstrap, "log_level": 0})
    for record in stolen:
        producer.produce(
            record.topic() or "", record.value(), record.key(), record.partition() or 0, headers=record.headers() or []
        )
    assert producer.flush(WITHIN) == 0


def seal_in(record: Record) -> bytes | None:
    """The seal of a record."""
    found = dict(record.headers() or []).get(HEADER)
    return found if isinstance(found, bytes) else None


def test_points_and_drivers_with_keys_charge_and_ten_thousand_forged_messages_change_nothing(world: KafkaWorld) -> None:
    world.run(_charge_among_thieves(world))


async def _charge_among_thieves(world: KafkaWorld) -> None:
    sealed = Sealed()
    async with sealed.up(world):
        await until(lambda: len(sealed.ledger.facts(Bill)) == len(DRIVER_IDS) and all(d.done for d in sealed.drivers))
        assert sealed.central is not None
        assert sealed.engine is not None
        assert (sealed.central.unbelieved, sealed.central.dead_letters, sealed.engine.unbelieved) == (0, 0, 0)
        stolen = await asyncio.to_thread(recorded, world.bootstrap)
        assert all(seal_in(record) for record in stolen)
        assert {record.topic() for record in stolen} == {topic.name for topic in STOLEN}
        before = sealed.facts()
        await asyncio.to_thread(forge, world.bootstrap, stolen, FORGED)
        central = sealed.central
        await until(lambda: central.unbelieved == FORGED)
        await asyncio.to_thread(say_again, world.bootstrap, stolen)
        await until(
            lambda: sealed.host is not None and sealed.host.intake is not None and not sealed.host.intake.waiting
        )
        assert sealed.facts() == before
        assert central.unbelieved == FORGED
