"""The world of one seed: two Centrals on one ledger, engines with journals, monitors with links, drivers and operators,
each a process with a clock of its own. Knows no fault and no invariant."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from evcharging.adapters.monitor_links import MonitorLinks
from evcharging.adapters.store import Commit, Ledger
from evcharging.adapters.store.memory import MemoryStore
from evcharging.common.kafka import SHOWN, partition_of
from evcharging.common.messages import HealthReport, Message
from evcharging.common.messages_link import EngineHealth, HealthQuery
from evcharging.common.messages_operators import RegisterPoint
from evcharging.common.messages_view import PointShown, ShardAlive
from evcharging.common.utils import changed, numbered
from evcharging.domain.charging_point import LastStatus, Point
from evcharging.domain.driving import DriverMemory
from evcharging.domain.notice import Notice
from evcharging.domain.provider import ProviderPayment
from evcharging.domain.record import Record
from evcharging.proof.actors import Actors
from evcharging.proof.agenda import Agenda
from evcharging.proof.broker import Client, FaultyBroker
from evcharging.proof.delays import Delays
from evcharging.proof.draws import Draws
from evcharging.proof.events import Noted, Placed, Provided
from evcharging.proof.evidence import Evidence
from evcharging.proof.house import House, some_setup
from evcharging.proof.journals import MemoryJournal
from evcharging.proof.links import SimulatedCentralLink, SimulatedConnection, SimulatedEngineLink
from evcharging.proof.money_seen import MoneySeen
from evcharging.proof.process import CADENCES, Life, Process
from evcharging.proof.provider import WorldProvider
from evcharging.proof.rare import Rare
from evcharging.proof.receivers import Receiver, preset
from evcharging.proof.stores import FaultyStore, ToldStore, WatchedStore, Weather
from evcharging.roles.driver import ChargeIntent, Driver
from evcharging.roles.engine.engine import Engine
from evcharging.roles.live_view import NOTICES, LiveView
from evcharging.roles.monitor import MonitorSetup
from evcharging.roles.role import BusBack, BusLost
from evcharging.runtime.addresses import to_one
from evcharging.runtime.central_program import add_central
from evcharging.runtime.crash_points import CrashingBus, CrashingStore, CrashPoint
from evcharging.runtime.programs import Visits, add_drivers, add_engines, add_monitors, no_visits
from evcharging.runtime.work import Reaction

START = datetime(2026, 1, 1, tzinfo=UTC)
MEMORY_DISK = Path("/dev") / "shm"
PANEL = "panel"
CENTRALS = ("central a", "central b")
SITES = (None, "SITE-1", "SITE-2")
"""Where a point may be registered next; None leaves it where it is."""


def _unseen(_: list[Reaction]) -> None:
    """What monitors say is seen where it arrives."""


class World:
    """Everything in it, made from a seed and standing still until `agenda` is stepped."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.chance = chance = Random(f"{seed}/world")
        self.agenda = Agenda(START)
        self.evidence = Evidence()
        self.rare: Counter[Rare] = Counter()
        self.crashes: Counter[tuple[str, CrashPoint]] = Counter()
        self.weather = Weather(self.seen)
        self.ledger = WatchedStore(self._lasted, self.seen)
        self.broker = FaultyBroker(
            self.agenda, chance.choice((1, 2, 3, 4)), Random(f"{seed}/broker"), self._said, self.seen
        )
        self.cp_ids = numbered("CP-", chance.randint(2, 4))
        self.setups = {cp_id: some_setup(chance, cp_id) for cp_id in self.cp_ids}
        self.driver_ids = numbered("driver-", 3)
        self.wishing = True
        self.receiver = Receiver()
        self.panels: dict[Life, LiveView] = {}
        self.doors: dict[Life, MonitorLinks[SimulatedConnection]] = {}
        self.clients: dict[Life, Client] = {}
        self.engine_links: dict[str, SimulatedEngineLink] = {}
        self.central_links: dict[str, SimulatedCentralLink] = {}
        self.houses: list[House] = []
        self._folder: TemporaryDirectory[str] | None = None
        self.memories: dict[str, Ledger] = {}
        self.delays = Delays(self.agenda)
        self.money = MoneySeen()
        self.provider = WorldProvider(seed, self.agenda, self._provided)
        self.is_slow = self.has_echoes = self.has_wrong_clocks = False
        self.probed: list[str] = []
        self.draws = Draws()
        self.visits: Visits = no_visits
        self.minutes: Callable[[], int | None] = lambda: None
        self._numbers, self._runs = count(1), count(1)
        self._actors = Actors()
        self.dearer = count(1)
        """What the next tariff costs more."""
        self.on_said: list[Callable[[Message], None]] = []
        self._epochs = 0
        self.processes: dict[str, Process] = {}
        self.engine_of: dict[str, Process] = {}
        self._compose()

    # How it is made

    def _compose(self) -> None:
        for name in CENTRALS:
            cadences = changed(CADENCES, payments=self.provider.terms)
            self._process(name, self._central).cadences = cadences
        centrals = [self.processes[name] for name in CENTRALS]
        in_fleet = self.chance.random() < 0.25
        for cp_ids in [self.cp_ids] if in_fleet else [[cp_id] for cp_id in self.cp_ids]:
            name = "engine fleet" if in_fleet else f"engine {cp_ids[0]}"
            house = House(name, cp_ids, Weather(self.seen), MemoryJournal(self.next_epoch))
            self.houses.append(house)
            engines = self._process(name, partial(self._engines, house), cp_ids)
            for cp_id in cp_ids:
                self.engine_of[cp_id] = engines
                self._watch_over(cp_id, engines, centrals)
        for driver_id in self.driver_ids:
            self.memories[driver_id] = MemoryStore()
            self._process(f"driver {driver_id}", partial(self._driver, driver_id))

    def _watch_over(self, cp_id: str, engines: Process, centrals: list[Process]) -> None:
        monitor = self._process(f"monitor {cp_id}", partial(self._monitor, cp_id))
        chance = Random(f"{self.seed}/links/{cp_id}")
        self.engine_links[cp_id] = SimulatedEngineLink(cp_id, monitor, [engines], chance)
        self.central_links[cp_id] = SimulatedCentralLink(
            cp_id, monitor, centrals, chance, self.doors, self.register, self._reported
        )

    def _process(self, name: str, compose: Callable[[Life], None], powers: Sequence[str] = ()) -> Process:
        process = Process(name, self.agenda, Random(f"{self.seed}/{name}"), compose)
        process.on_death.append(lambda _: self.evidence.died(self.agenda.now, name, powers))
        self.processes[name] = process
        return process

    def use_files(self) -> None:
        """Let engines keep their journals in files; to be said before anything begins."""
        self._folder = TemporaryDirectory(dir=MEMORY_DISK if MEMORY_DISK.is_dir() else None)
        folder, torn = Path(self._folder.name), partial(self.seen, Rare.TORN)
        for house in self.houses:
            house.use_file(folder, torn, Random(f"{self.seed}/{house.name}/torn"), self.next_epoch)

    def close(self) -> None:
        """Leave nothing behind."""
        for house in self.houses:
            house.journal.close()
        if self._folder is not None:
            self._folder.cleanup()

    def begin(self) -> None:
        """Start every process, and make the points known."""
        preset(self.ledger, self.broker.bus.partitions)
        for process in self.processes.values():
            process.start()
        for cp_id in self.cp_ids:
            life = self.processes[CENTRALS[0]].life
            if life is not None:
                self.register(cp_id, life, self.provider.price)

    def _central(self, life: Life) -> None:
        client = self.clients[life] = self.broker.client(life)
        reach = life.process.reach
        told = ToldStore(self.ledger, partial(self._placed, life), self._noted, partial(self._asked, life))
        store = CrashingStore(FaultyStore(told, self.weather), reach)
        bus = CrashingBus(client, reach)
        host = life.host(store, bus, folded=partial(self._folded, life))
        notices = [notice for _, notice in self.ledger.page(Notice, limit=NOTICES)]
        panel = self.panels[life] = LiveView(store.select(Point), notices, store.select(LastStatus))
        viewer = life.host(MemoryStore(), bus, address=to_one(PANEL), folded=partial(self._shown, life))
        viewer.subscribe(SHOWN, group=f"{PANEL}-{life.name}", partitions=range(bus.partitions))
        viewer.add(PANEL, panel, shard=PANEL, epoch=0)
        self.doors[life] = MonitorLinks(
            client.publish,
            panel.points.__contains__,
            life.now,
            partial(self._hang_up, life),
            steady=lambda: self.agenda.now,
        )
        life.last_words.append(partial(self.panels.__delitem__, life))
        self.receiver.serve(life, host, bus.partitions)
        self.provider.serve(life, host, bus.partitions)
        add_central(host, store, bus)

    def _hang_up(self, life: Life, there: SimulatedConnection) -> None:
        life.later(0, partial(self.central_links[there.cp_id].hung_up, there))

    def _engines(self, house: House, life: Life) -> None:
        reach = life.process.reach
        client = self.clients[life] = self.broker.client(life)
        bus = CrashingBus(client, reach)
        life.last_words.append(house.journal.close)
        told = ToldStore(house.journal.open(), partial(self._journalled, house), self._noted)
        store = CrashingStore(FaultyStore(told, house.weather), reach)
        host = life.host(store, bus, folded=partial(self._folded, life))
        host.send_by(EngineHealth, self._answer)
        add_engines(
            host, store, bus, [self.setups[cp_id] for cp_id in house.cp_ids], run=self.next_run(), visits=self.visits
        )
        client.on_away.append(lambda away: host.tell_all(BusLost() if away else BusBack()))

        def stood_still() -> None:
            host.tell_all(BusBack())
            if client.is_missed:
                host.tell_all(BusLost())

        life.on_thaw = stood_still

    def _answer(self, answer: Message) -> None:
        if isinstance(answer, EngineHealth):
            self.engine_links[answer.cp_id].answer(answer)

    def _monitor(self, cp_id: str, life: Life) -> None:
        bus = self.broker.client(life)
        host = life.host(MemoryStore(), bus, folded=_unseen)
        host.send_by(HealthQuery, self.engine_links[cp_id].ask)
        host.send_by(HealthReport, self.central_links[cp_id].report)
        add_monitors(host, bus, [MonitorSetup(cp_id=cp_id, interval=timedelta(seconds=2))])

    def _driver(self, driver_id: str, life: Life) -> None:
        reach = life.process.reach
        bus = CrashingBus(self.broker.client(life), reach)
        store = CrashingStore(ToldStore(self.memories[driver_id], sent=self._noted), reach)
        host = life.host(store, bus, folded=partial(self._folded, life))
        role = Driver(
            driver_id,
            self._wishes(Random(f"{self.seed}/{driver_id}"), Random(f"{self.seed}/{driver_id}/sites")),
            partial(self.number, "req"),
            patience=timedelta(seconds=8),
            plan="the wishes of this seed",
            memory=next(iter(store.select(DriverMemory)), None),
        )
        add_drivers(host, store, bus, [role])

    def _wishes(self, chance: Random, elsewhere: Random) -> Iterator[ChargeIntent]:
        while self.wishing:
            kwh = round(chance.uniform(0.005, 0.05), 3) if chance.random() < 0.5 else None
            wait = timedelta(seconds=round(chance.uniform(0.2, 5), 3))
            cp_id = chance.choice(self.cp_ids)
            # Where it asks at a site has a chance of its own, so that all else of a seed stays as it is.
            place = f"@{elsewhere.choice(SITES[1:])}" if elsewhere.random() < 0.25 else cp_id
            card = self.provider.card()
            yield ChargeIntent(cp_id=place, wait=wait, kwh=kwh, minutes=self.minutes(), payment_method=card)

    # What people do in it

    def number(self, kind: str) -> str:
        """An id that nothing else has."""
        return f"{kind}-{next(self._numbers)}"

    def next_epoch(self) -> int:
        """The first run of an engine without a memory: newer than all before it, as a clock makes it."""
        self._epochs += 1_000
        return self._epochs

    def next_run(self) -> int:
        """The number of an engine's process."""
        return next(self._runs)

    def register(self, cp_id: str, life: Life, euros_per_kwh: float | None = None) -> None:
        """Ask a Central for a point to be known, or for another price."""
        request_id = self.number("register")
        order = RegisterPoint(
            ts=life.now(),
            request_id=request_id,
            cp_id=cp_id,
            site_id=self.chance.choice(SITES),
            euros_per_kwh=euros_per_kwh,
        )
        self.ask(life, order)

    def ask(self, life: Life, message: Message) -> None:
        """Say something by way of a Central."""
        signed = self._actors.sign(message)
        life.run(lambda: self.clients[life].publish(signed))

    def shard_of(self, cp_id: str) -> str:
        """The shard that decides for a point."""
        return str(partition_of(cp_id, self.broker.bus.partitions))

    def engine(self, cp_id: str) -> Engine | None:
        """The engine of a point, if it runs."""
        life = self.engine_of[cp_id].life
        hosted = life.loops[0].host.hosted_roles.get(cp_id) if life is not None and life.loops else None
        return hosted.role if hosted is not None and isinstance(hosted.role, Engine) else None

    # What is seen of it

    def seen(self, rare: Rare) -> None:
        """Something rare has come about."""
        self.rare[rare] += 1

    def _said(self, message: Message) -> None:
        self.money.said(message)
        self.evidence.said(self.agenda.now, message)
        for hear in self.on_said:
            hear(message)

    def _folded(self, life: Life, reactions: list[Reaction]) -> None:
        for address, message, effects in reactions:
            self.evidence.handled(self.agenda.now, life.name, address, message, effects)

    def _shown(self, life: Life, reactions: list[Reaction]) -> None:
        for _, message, _ in reactions:
            if isinstance(message, PointShown | ShardAlive):
                self.evidence.told[life, message.shard] = self.agenda.now
        for news in self.panels[life].take_news():
            if isinstance(news, PointShown):
                self.doors[life].shown(news)

    def _noted(self, message: Message) -> None:
        self.evidence.judge(Noted(message))

    def _reported(self, cp_id: str) -> None:
        self.evidence.reported[cp_id] = self.agenda.now

    def _placed(self, life: Life, commit: Commit) -> None:
        host = life.loops[0].host
        hosted_roles, intake = host.hosted_roles, host.intake
        read = {intake.shard_at(place) for place in commit.positions} if intake is not None else set()
        runs = {shard: hosted.epoch for shard, hosted in hosted_roles.items() if shard in read}
        self.evidence.judge(Placed(life.name, runs))

    def _asked(self, life: Life) -> None:
        self.evidence.published.asked[life.name] = self.agenda.now

    def _journalled(self, house: House, commit: Commit) -> None:
        for cp_id in house.cp_ids:
            own = [record for _, record in commit.records if record.key == cp_id]
            if own:
                self.evidence.journalled(self.agenda.now, cp_id, own)

    def _provided(self, payment: ProviderPayment) -> None:
        before = self.provider.history[payment.payment_id][-2:-1]
        self.evidence.note(self.agenda.now, "provider", payment)
        self.evidence.judge(Provided(before[0] if before else None, payment))

    def _lasted(self, commit: Commit, records: list[Record]) -> None:
        self.money.lasted(self.agenda.now, records)
        self.evidence.committed(self.agenda.now, commit, records)
