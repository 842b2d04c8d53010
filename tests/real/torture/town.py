"""What is tortured: two Centrals, fleets of engines and monitors, and fleets of drivers who charge all the time.
Knows not who is struck."""

import time
from pathlib import Path
from typing import Protocol

from evcharging.tests.stages.postgres import Postgres
from tests.real.network import Network
from tools.broker.broker import Broker

CENTRALS = ("central 1", "central 2")
FLEETS = {"P": 16, "Q": 20, "R": 24}
"""Readings of a supply, for each fleet: they last 8, 10 and 12 s."""

POINTS = 140
DRIVERS = 120
"""Of each fleet. There are fewer drivers than points, so that most who ask find a free one."""

CROWDS = ("crowd-A", "crowd-B", "crowd-C")
KAFKA, POSTGRES = "kafka", "postgres"
EAGER = {"DRIVER_REQUEST_INTERVAL": "1"}

VICTIMS = {
    "central": CENTRALS,
    "engine": tuple(f"engine {prefix}" for prefix in FLEETS),
    "monitor": tuple(f"monitor {prefix}" for prefix in FLEETS),
    "driver": CROWDS,
    "kafka": (KAFKA,),
    "postgres": (POSTGRES,),
}
KIND_OF = {name: kind for kind, names in VICTIMS.items() for name in names}


class Victim(Protocol):
    """What can be killed, paused and started again."""

    @property
    def is_running(self) -> bool: ...
    def start(self) -> None: ...
    def kill(self) -> None: ...
    def pause(self) -> None: ...
    def resume(self) -> None: ...


class Town(Network):
    """None of its programs is started."""

    def __init__(self, folder: Path, broker: Broker, postgres: Postgres) -> None:
        super().__init__(folder, broker, postgres)
        for name in CENTRALS:
            self.add_central(name)
        for prefix, ticks in FLEETS.items():
            centrals = CENTRALS if prefix != "Q" else CENTRALS[::-1]
            self.add_fleet(prefix, POINTS, centrals, CP_ENGINE_SUPPLY_TICKS=str(ticks))
        for number, name in enumerate(CROWDS):
            # As many rounds as let drivers begin at places that are equally far apart.
            self._add_drivers(name, self.points[number :: len(CROWDS)] * (DRIVERS + 1), DRIVERS, **EAGER)

    def victim(self, name: str) -> Victim:
        """A program, Kafka or the database."""
        parts: dict[str, Victim] = {**self.programs, KAFKA: self.broker, POSTGRES: self.postgres}
        return parts[name]

    @property
    def journals(self) -> list[Path]:
        """What the engines have written down."""
        return sorted(self.folder.glob("data/*.journal"))

    @property
    def tickets(self) -> list[str]:
        """What drivers' consoles showed of bills, again after a death where they had not noted that they did."""
        return [
            line for name in self.programs if name not in KIND_OF or name in CROWDS for line in self[name].said("🎫")
        ]

    def begin(self) -> None:
        """Start all, and wait until most drivers charge."""
        self.start(*(name for name in self.programs if name not in CROWDS))
        self.until_all_are("ACTIVATED")
        self.start(*CROWDS)
        enough = DRIVERS * len(CROWDS) * 0.9
        self.until(lambda: [*self.states().values()].count("SUPPLYING") >= enough, "most drivers charge")

    def end(self) -> float:
        """All runs; let the drivers hear how their requests ended, and somebody charge at each point. Seconds until
        all was at rest."""
        began = time.monotonic()
        for name in CROWDS:
            self[name].stop()
            (self.folder / f"{name}.txt").write_text(f"{self.points[0]}\n")
            self[name].start()
        self.until(lambda: not any(self[name].is_running for name in CROWDS), "all drivers heard the end")
        self.until(self.books.is_finalised, "the ledger is settled")
        self.until_all_are("ACTIVATED")
        took = time.monotonic() - began
        self.add_drivers("probe", self.points).start()
        self.until_served("probe")
        self.until(self.books.is_finalised, "the ledger is settled")
        return took
