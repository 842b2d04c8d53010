"""The contract of a lab: what can be done to a network whose parts all run in one process with Central, as a
simulation. A Central alone has none. Knows no part."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple, Protocol

from evcharging.common.messages_operators import Actor

MOST_POINTS: Final = 9_900
"""Points of a network to which a lab adds some, at most."""
MOST_DRIVERS: Final = 2_000
"""Drivers of such a network, at most."""


class PartKind(StrEnum):
    """The parts of a network of which there are many, as paths name them."""

    ENGINES = "engines"
    MONITORS = "monitors"
    LINKS = "links"
    DRIVERS = "drivers"


class Deed(StrEnum):
    """What is done to a part: `kill` ends it without a last word and `restart` begins it again; a link is `cut`, and
    `restore` lets it be opened again."""

    KILL = "kill"
    RESTART = "restart"
    CUT = "cut"
    RESTORE = "restore"


DEEDS: Final = {
    PartKind.ENGINES: (Deed.KILL, Deed.RESTART),
    PartKind.MONITORS: (Deed.KILL, Deed.RESTART),
    PartKind.LINKS: (Deed.CUT, Deed.RESTORE),
    PartKind.DRIVERS: (Deed.KILL, Deed.RESTART),
}
"""What can be done to which part: what takes it away, and what brings it back."""


class PartState(StrEnum):
    """How a part is. LOST: the link should be open, and is not."""

    RUNNING = "running"
    KILLED = "killed"
    CUT = "cut"
    LOST = "lost"


class LabPoint(NamedTuple):
    """A point of this run: its two programs, the monitor's link to Central, and its power in W."""

    cp_id: str
    engine: PartState
    monitor: PartState
    link: PartState
    power_w: int


class LabDriver(NamedTuple):
    """A driver of this run, and the point that is asked for, while one is."""

    driver_id: str
    state: PartState
    asks_at: str | None


class LabScenario(NamedTuple):
    """Something that can be played."""

    scenario_id: str
    title: str
    text: str
    seconds: int


class Play(NamedTuple):
    """A scenario that goes on: which, since when, and until when it will; `step` of `steps` are done."""

    scenario_id: str
    began_at: datetime
    ends_at: datetime
    step: int
    steps: int


@dataclass(frozen=True, slots=True)
class LabState:
    """A network as its lab sees it. `speed`: seconds of it in each real one, as it was started. `is_manual`: vehicles
    are plugged in by hand. `away`: parts of each kind that were killed or cut."""

    speed: float
    is_manual: bool
    central: PartState
    points: int
    drivers: int
    away: dict[PartKind, int]
    scenarios: Sequence[LabScenario]
    play: Play | None


@dataclass(frozen=True, slots=True)
class NewPoints:
    """Points that are to come. What is None is as the network was started with."""

    count: int
    site_id: str | None
    power_w: int | None
    euros_per_kwh: float | None


@dataclass(frozen=True, slots=True)
class NewDrivers:
    """Drivers who are to come: each asks so many seconds after the end of its last charge, for one point or (None) for
    one that is free."""

    count: int
    interval_s: float
    cp_id: str | None


@dataclass(frozen=True, slots=True)
class NewVehicle:
    """A vehicle that is to come: its battery in mWh, how much of it is full in permille, and what it takes at most."""

    battery_mwh: int
    charge_permille: int
    power_w: int


class Lab(Protocol):
    """What can be done to a network. Everything may raise OrderRefused, and UnknownResource for a part that is not of
    this run; what is done is noted as an action of whoever asks."""

    def state(self) -> LabState:
        """The network as a whole."""
        ...

    def points(self, after: str, limit: int, sought: str) -> Sequence[LabPoint]:
        """Points of this run whose ID has this text in it, behind one, in order of their IDs."""
        ...

    def drivers(self, after: str, limit: int, sought: str) -> Sequence[LabDriver]:
        """Drivers of this run, in the same way."""
        ...

    async def add_points(self, wanted: NewPoints, actor: Actor) -> Sequence[str]:
        """Have points come, with engine and monitor; gives their IDs. They are of this run alone: in the next one
        Central knows them, and nobody runs them."""
        ...

    async def add_drivers(self, wanted: NewDrivers, actor: Actor) -> Sequence[str]:
        """Have drivers come, until this run ends; gives their IDs."""
        ...

    async def send_vehicle(self, cp_id: str, vehicle: NewVehicle, actor: Actor) -> None:
        """Let this be the next vehicle at a point; it comes with the next supply, or is plugged in by hand."""
        ...

    async def change(self, kind: PartKind, part_id: str, deed: Deed, actor: Actor) -> None:
        """Take a part away, or bring it back."""
        ...

    async def change_central(self, deed: Deed, actor: Actor) -> None:
        """Kill Central, or begin it again from its ledger. Its web side goes on, and says that nothing is decided."""
        ...

    async def play(self, scenario_id: str, actor: Actor) -> None:
        """Begin a scenario; one at a time."""
        ...

    async def end_play(self, actor: Actor) -> None:
        """End the scenario that goes on, and undo what it did."""
        ...
