"""A network whose parts are killed: fleets of engines and monitors, drivers, and Centrals on one PostgreSQL, over one
Kafka. Knows no test."""

import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from evcharging.runtime.central_program import FAMILIES
from evcharging.tests.stages.kafka_world import forget_topics
from evcharging.tests.stages.postgres import Postgres
from tests.real.audit import Audit
from tests.real.stack import Program, Stack
from tools.broker.broker import Broker, free_ports

CENTRAL, ENGINE = "evcharging.apps.ev_central.main", "evcharging.apps.ev_cp_e.main"
ENGINES = {"CP_ENGINE_SUPPLY_TICKS": "12", "CP_ENGINE_TELEMETRY_INTERVAL": "0.5"}
"""A supply lasts 6 s."""

ONCE = {"DRIVER_REQUEST_INTERVAL": "3600"}
END = r"\| (COMPLETED|DENIED|FAILED)"


class Network(Stack):
    """None of its programs is started. `points` of each fleet are `P001` and so on, after the fleet's prefix."""

    def __init__(self, folder: Path, broker: Broker, postgres: Postgres) -> None:
        super().__init__(folder)
        forget_topics(broker.bootstrap)
        self.broker = broker
        self.postgres = postgres
        self.points: list[str] = []
        self._database = postgres.new_database()
        self._ports: dict[str, int] = {}
        self._drivers: dict[str, int] = {}

    # What there is

    def add_central(self, name: str = "central", *more: str, module: str = CENTRAL) -> Program:
        """A Central on the one ledger; the first one is asked until another is looked at."""
        http, links = free_ports(2)
        if not self._ports:
            self.central_port = http
        self._ports[name] = http
        words = ["--http-port", str(http), "--listen-port", str(links), "--db-url", self.ledger_url]
        command = ["python", "-m", module, "--kafka-bootstrap", self.broker.bootstrap, *words, *more]
        return self.add(name, command)

    def add_provider(self, *more: str) -> str:
        """The simulated provider of payments, `psp`; its address."""
        (port,) = free_ports(1)
        self._add("psp", "psp", "--http-port", str(port), "--file", str(self.folder / "psp.db"), *more)
        return f"http://localhost:{port}"

    def add_fleet(
        self, prefix: str, count: int, centrals: Sequence[str], module: str = ENGINE, **environment: str
    ) -> None:
        """The programs `engine P` and `monitor P`, whose monitors try these Centrals in turn."""
        self.points += [f"{prefix}{number:03}" for number in range(1, count + 1)]
        (port,) = free_ports(1)
        fleet = ["--cp-count", str(count), "--cp-prefix", prefix]
        words = ["--kafka-bootstrap", self.broker.bootstrap, *fleet, "--health-port", str(port)]
        self.add(f"engine {prefix}", ["python", "-m", module, *words], **{**ENGINES, **environment})
        hosts = ",".join(f"localhost:{self._ports[name]}" for name in centrals)
        self._add(f"monitor {prefix}", "ev_cp_m", *fleet, "--cp-e-port", str(port), "--central-host", hosts)

    def add_drivers(self, name: str, points: Sequence[str]) -> Program:
        """As many drivers as points, `name-001` and so on, each of whom asks at another of these, once."""
        self._drivers[name] = len(points)
        return self._add_drivers(name, points, len(points), **ONCE)

    def add_traveller(self, name: str, points: Sequence[str]) -> Program:
        """One driver who asks at all of these points, 4 s after one another."""
        return self._add_drivers(name, points, 1)

    def _add_drivers(self, name: str, points: Sequence[str], count: int, **environment: str) -> Program:
        requests = self.folder / f"{name}.txt"
        requests.write_text("".join(f"{cp_id}\n" for cp_id in points))
        fleet = ["--driver-count", str(count), "--driver-prefix", f"{name}-", "--requests-file", str(requests)]
        return self._add(name, "ev_driver", "--kafka-bootstrap", self.broker.bootstrap, *fleet, **environment)

    def _add(self, name: str, module: str, *words: str, **environment: str) -> Program:
        return self.add(name, ["python", "-m", f"evcharging.apps.{module}.main", *words], **environment)

    def look_at(self, central: str) -> None:
        """Ask this Central from now on."""
        self.central_port = self._ports[central]

    # How it is brought to where a test begins

    def restore(self) -> None:
        """Whatever a test has done, all runs again, and every point is free."""
        for part in (self.broker, self.postgres):
            part.resume()
            if not part.is_running:
                part.start()
        for name in [name for name in self.programs if name.startswith(("central", "engine", "monitor", "psp"))]:
            self[name].resume()
            if not self[name].is_running:
                self[name].start()
        self.until(self._is_watched, "monitors have their links to engines")
        self.until_all_are("ACTIVATED")

    def _is_watched(self) -> bool:
        """Whether every monitor has its link. Until then the points of an engine that is back are shown as they were,
        and out of order next."""
        monitors = [program for name, program in self.programs.items() if name.startswith("monitor")]
        return sum(int((program.health() or {}).get("links_to_engines", 0)) for program in monitors) == len(self.points)

    def drive(self, name: str, points: Sequence[str]) -> Program:
        """Start drivers, and wait until each has their first supply."""
        drivers = self.add_drivers(name, points)
        drivers.start()
        shown = dict.fromkeys(points, "SUPPLYING")
        self.until(lambda: shown.items() <= self.states().items(), f"{name} charge")
        return drivers

    def starts(self) -> dict[str, int]:
        """How often each program was started."""
        return {name: program.starts for name, program in self.programs.items()}

    def supplies_of(self, name: str, step: str = "started for") -> list[str]:
        """What engines said of the supplies of these drivers."""
        return [
            line
            for program in self.programs.values()
            if program.name.startswith("engine")
            for line in program.said(f"Charging session {step} {name}-")
        ]

    # What is waited for

    def until_served(self, name: str) -> None:
        """Wait until drivers have heard how their requests ended, and end their program."""
        self.until_said(name, END, self._drivers[name])
        self[name].stop()

    def states(self) -> dict[str, str]:
        """What Central shows of every point; nothing while it does not answer."""
        points = self.get("/cp") or []
        shown = {point["cp_id"]: point["state"] for point in points}
        assert len(shown) == len(points), "a point is shown twice"
        return shown

    def are(self, state: str, *but: str) -> bool:
        """Whether every point is shown, and so; or in one of those other states."""
        shown = self.states()
        return sorted(shown) == sorted(self.points) and set(shown.values()) <= {state, *but}

    def until_all_are(self, state: str) -> None:
        """Wait until every point is shown so."""
        self.until(lambda: self.are(state), f"all are {state}")

    def seconds_until(self, so: Callable[[], bool], what: str) -> float:
        """Wait until this is so; how long that took, which is shown with the test's output."""
        began = time.monotonic()
        self.until(so, what)
        took = time.monotonic() - began
        sys.stdout.write(f"{took:.1f} s until {what}\n")
        return took

    def shards_of(self, central: str) -> int:
        """How many partitions a Central says it has; it runs a role of each family in each."""
        self.look_at(central)
        answer = self.ask("/metrics")
        lines = answer.text.splitlines() if answer is not None else []
        roles = (int(float(line.split()[-1])) for line in lines if line.startswith('evcharging_roles{program="c'))
        return next(roles, 0) // len(FAMILIES)

    # What must be true whatever has died

    @property
    def ledger_url(self) -> str:
        """Where the one ledger is."""
        return self.postgres.url(self._database)

    @property
    def books(self) -> Audit:
        """The ledger and the engines' journals, as they are now."""
        return Audit(self.postgres, self._database, sorted(self.folder.glob("data/*.journal")))

    def check_books(self) -> int:
        """What drivers pay is what engines have delivered, in the end; how many tickets there are."""
        self.until(self.books.is_finalised, "the ledger is settled")
        drivers = [program for program in self.programs.values() if "evcharging.apps.ev_driver.main" in program.words]
        told = [line for program in drivers for line in program.said("🎫")]
        self.check_words()
        return self.books.check(told)
