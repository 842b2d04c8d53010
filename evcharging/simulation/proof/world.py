"""The world of one seed: two Centrals on one ledger, engines with journals, monitors with links, drivers and operators,
each a process with a clock of its own. Knows no fault and no invariant."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from evcharging.adapters.door import Door
from evcharging.adapters.store import Commit, Store
from evcharging.adapters.store.memory import MemoryStore
from evcharging.common.kafka import CENTRAL_PANEL
from evcharging.common.messages import (
    Action,
    EngineHealth,
    HealthQuery,
    HealthReport,
    Message,
    OperatorAnswer,
    OperatorRequest,
    PointShown,
    RegisterPoint,
)
from evcharging.common.utils import numbered
from evcharging.domain.charging_point import Notice, Point
from evcharging.domain.record import Record
from evcharging.roles.driver import Driver, Wish
from evcharging.roles.engine import ByHand, Engine, EngineSetup
from evcharging.roles.monitor import MonitorSetup
from evcharging.roles.panel import NOTICES, Panel
from evcharging.runtime.crash_points import CrashingBus, CrashingStore, CrashPoint
from evcharging.runtime.host import by_key, by_partition, to_one
from evcharging.runtime.programs import add_central, add_drivers, add_engines, add_monitors
from evcharging.runtime.work import Reaction
from evcharging.simulation.proof.agenda import Agenda
from evcharging.simulation.proof.broker import SESSION, Broker, Client
from evcharging.simulation.proof.evidence import Evidence
from evcharging.simulation.proof.journals import FileJournal, Journal, MemoryJournal
from evcharging.simulation.proof.links import CentralLink, Connection, EngineLink
from evcharging.simulation.proof.process import Life, Process
from evcharging.simulation.proof.rare import Rare
from evcharging.simulation.proof.stores import FaultyStore, ToldStore, WatchedStore, Weather

START = datetime(2026, 1, 1, tzinfo=UTC)
MEMORY_DISK = Path("/dev") / "shm"
PANEL = "panel"
CENTRALS = ("central a", "central b")
PRICES = (300_000, 500_000, 333_333, 123_457)
POWERS = (7_400, 22_000, 50_001)


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
        self.broker = Broker(self.agenda, chance.choice((1, 2, 3, 4)), Random(f"{seed}/broker"), self._said, self.seen)
        self.cp_ids = numbered("CP-", chance.randint(2, 4))
        self.setups = {cp_id: self._setup(cp_id) for cp_id in self.cp_ids}
        self.driver_ids = numbered("driver-", 3)
        self.wishing = True
        self.panels: dict[Life, Panel] = {}
        self.doors: dict[Life, Door[Connection]] = {}
        self.clients: dict[Life, Client] = {}
        self.engine_links: dict[str, EngineLink] = {}
        self.central_links: dict[str, CentralLink] = {}
        self.journals: dict[str, Journal] = {}
        self.tearing: set[str] = set()
        self._folder: TemporaryDirectory[str] | None = None
        self.journal_weather: dict[str, Weather] = {}
        self.answers: dict[str, OperatorAnswer] = {}
        self._numbers = count(1)
        self.processes: dict[str, Process] = {}
        self._compose()

    # How it is made

    def _setup(self, cp_id: str) -> EngineSetup:
        chance = self.chance
        return EngineSetup(
            cp_id=cp_id,
            power_w=chance.choice(POWERS),
            micro_euros_per_kwh=chance.choice(PRICES),
            interval=timedelta(seconds=chance.choice((1, 2, 2.5))),
            ticks=chance.randint(2, 5),
            manual=chance.random() < 0.2,
            plug_wait=timedelta(seconds=12),
        )

    def _compose(self) -> None:
        for name in CENTRALS:
            self._process(name, self._central)
        centrals = [self.processes[name] for name in CENTRALS]
        for cp_id in self.cp_ids:
            weather = self.journal_weather[cp_id] = Weather(self.seen)
            self.journals[cp_id] = MemoryJournal()
            engine = self._process(f"engine {cp_id}", partial(self._engine, cp_id, weather))
            monitor = self._process(f"monitor {cp_id}", partial(self._monitor, cp_id))
            chance = Random(f"{self.seed}/links/{cp_id}")
            self.engine_links[cp_id] = EngineLink(cp_id, monitor, [engine], chance)
            self.central_links[cp_id] = CentralLink(cp_id, monitor, centrals, chance, self.doors, self.register)
        for driver_id in self.driver_ids:
            wishes = self._wishes(Random(f"{self.seed}/{driver_id}"))
            self._process(f"driver {driver_id}", partial(self._driver, driver_id, wishes, MemoryStore()))

    def _process(self, name: str, compose: Callable[[Life], None]) -> Process:
        process = Process(name, self.agenda, Random(f"{self.seed}/{name}"), compose)
        process.on_death.append(lambda dead: self.evidence.died(self.agenda.now, dead.name, name.rpartition(" ")[2]))
        self.processes[name] = process
        return process

    def use_files(self) -> None:
        """Let engines keep their journals in files; to be said before anything begins."""
        self._folder = TemporaryDirectory(dir=MEMORY_DISK if MEMORY_DISK.is_dir() else None)
        for cp_id in self.cp_ids:
            path = Path(self._folder.name) / f"{cp_id}.journal"
            chance = Random(f"{self.seed}/torn/{cp_id}")
            self.journals[cp_id] = FileJournal(path, partial(self._tears, cp_id), partial(self.seen, Rare.TORN), chance)

    def _tears(self, cp_id: str) -> bool:
        is_due = cp_id in self.tearing
        self.tearing.discard(cp_id)
        return is_due

    def close(self) -> None:
        """Leave nothing behind."""
        for journal in self.journals.values():
            journal.close()
        if self._folder is not None:
            self._folder.cleanup()

    def begin(self) -> None:
        """Start every process, and make the points known."""
        for process in self.processes.values():
            process.start()
        for cp_id in self.cp_ids:
            life = self.processes[CENTRALS[0]].life
            if life is not None:
                self.register(cp_id, life)

    def _central(self, life: Life) -> None:
        client = self.clients[life] = self.broker.client(life)
        reach = life.process.reach
        store = CrashingStore(FaultyStore(self.ledger, self.weather), reach)
        bus = CrashingBus(client, reach)
        host = life.host(store, bus, address=by_partition, folded=partial(self._folded, life))
        panel = self.panels[life] = Panel(
            store.select(Point), [notice for _, notice in store.page(Notice, limit=NOTICES)]
        )
        desk = life.host(MemoryStore(), bus, address=to_one(PANEL), folded=partial(self._shown, life))
        desk.subscribe((CENTRAL_PANEL,), group=f"{PANEL}-{life.name}", partitions=range(bus.partitions))
        desk.add(PANEL, panel, shard=PANEL, epoch=0)
        self.doors[life] = Door(client.publish, panel.points.__contains__, life.now, partial(self._hang_up, life))
        life.last_words.append(partial(self.panels.__delitem__, life))
        add_central(host, store, bus)

    def _hang_up(self, life: Life, there: Connection) -> None:
        life.later(0, partial(self.central_links[there.cp_id].hung_up, there))

    def _engine(self, cp_id: str, weather: Weather, life: Life) -> None:
        reach = life.process.reach
        bus = CrashingBus(self.broker.client(life), reach)
        told = partial(self._journalled, cp_id)
        journal = self.journals[cp_id]
        life.last_words.append(journal.close)
        store = CrashingStore(FaultyStore(ToldStore(journal.open(), told), weather), reach)
        host = life.host(store, bus, address=by_key, folded=partial(self._folded, life))
        host.send_by(EngineHealth, self.engine_links[cp_id].answer)
        add_engines(host, store, bus, [self.setups[cp_id]])

    def _monitor(self, cp_id: str, life: Life) -> None:
        bus = self.broker.client(life)
        host = life.host(MemoryStore(), bus, address=by_key, folded=_unseen)
        host.send_by(HealthQuery, self.engine_links[cp_id].ask)
        host.send_by(HealthReport, self.central_links[cp_id].report)
        add_monitors(host, bus, [MonitorSetup(cp_id=cp_id, interval=timedelta(seconds=2))])

    def _driver(self, driver_id: str, wishes: Iterator[Wish], disk: Store, life: Life) -> None:
        reach = life.process.reach
        bus = CrashingBus(self.broker.client(life), reach)
        store = CrashingStore(disk, reach)
        host = life.host(store, bus, address=by_key, folded=partial(self._folded, life))
        role = Driver(driver_id, wishes, partial(self.number, "req"), patience=timedelta(seconds=8))
        add_drivers(host, store, bus, [role])

    def _wishes(self, chance: Random) -> Iterator[Wish]:
        while self.wishing:
            kwh = round(chance.uniform(0.005, 0.05), 3) if chance.random() < 0.5 else None
            wait = timedelta(seconds=round(chance.uniform(0.2, 5), 3))
            yield Wish(cp_id=chance.choice(self.cp_ids), wait=wait, kwh=kwh)

    # What people do in it

    def number(self, kind: str) -> str:
        """An id that nothing else has."""
        return f"{kind}-{next(self._numbers)}"

    def register(self, cp_id: str, life: Life) -> None:
        """Ask for a point to be known, at the desk of a Central."""
        self._ask(life, RegisterPoint(ts=life.now(), request_id=self.number("register"), cp_id=cp_id))

    def operate(self, cp_id: str, action: Action, life: Life) -> str:
        """Ask for an action, at the desk of a Central; the id of the request, whose answer may come."""
        self.evidence.done[cp_id, action] = self.agenda.now
        request_id = self.number("operator")
        self._ask(life, OperatorRequest(ts=life.now(), request_id=request_id, cp_id=cp_id, action=action))
        return request_id

    def _ask(self, life: Life, message: Message) -> None:
        life.run(lambda: self.clients[life].publish(message))

    def pause(self, process: Process, seconds: float) -> None:
        """Let a process stand still for a while; its group holds it for dead when that is too long."""
        life = process.life
        if life is None or process.paused:
            return
        process.pause()
        if seconds > SESSION and life in self.clients:
            for reader in self.clients[life].readers:
                if reader.is_member:
                    self.agenda.after(SESSION, reader.expel)
        self.agenda.after(seconds, lambda: process.resume() if process.life is life else None)

    def by_hand(self, cp_id: str, action: Action) -> None:
        """Do something at the point itself, if its engine runs."""
        life = self.processes[f"engine {cp_id}"].life
        if life is not None:
            self.evidence.done[cp_id, action] = self.agenda.now
            life.tell(cp_id, ByHand(action=action))

    def engine(self, cp_id: str) -> Engine | None:
        """The engine of a point, if it runs."""
        life = self.processes[f"engine {cp_id}"].life
        resident = life.loops[0].host.residents.get(cp_id) if life is not None and life.loops else None
        return resident.role if resident is not None and isinstance(resident.role, Engine) else None

    # What is seen of it

    def seen(self, rare: Rare) -> None:
        """Something rare has come about."""
        self.rare[rare] += 1

    def _said(self, message: Message) -> None:
        self.evidence.said(self.agenda.now, message)

    def _folded(self, life: Life, reactions: list[Reaction]) -> None:
        for address, message, effects in reactions:
            self.evidence.handled(self.agenda.now, life.name, address, message, effects)

    def _shown(self, life: Life, reactions: list[Reaction]) -> None:
        for _, message, _ in reactions:
            if isinstance(message, OperatorAnswer):
                self.answers.setdefault(message.request_id, message)
        for news in self.panels[life].take_news():
            if isinstance(news, PointShown):
                self.doors[life].shown(news)

    def _journalled(self, cp_id: str, records: list[Record]) -> None:
        self.evidence.journalled(self.agenda.now, cp_id, records)

    def _lasted(self, commit: Commit, records: list[Record]) -> None:
        self.evidence.lasted(self.agenda.now, commit, records)
