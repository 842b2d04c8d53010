"""The circuits of a site, as messages and records carry them. Decides nothing: which of them can be used says
`domain.power.circuit`."""

from enum import StrEnum
from typing import Annotated, Literal, get_args

from msgspec import Meta

from evcharging.common.messages import Id
from evcharging.common.utils import Frozen

Phase = Literal["L1", "L2", "L3"]
PHASES: tuple[Phase, ...] = get_args(Phase)
"""In the order of the letters on a meter."""

MOST_CIRCUITS, MOST_FED = 1_000, 10_000
"""Of one site, and points of one circuit."""

Milliamperes = Annotated[int, Meta(ge=0, le=10**9, examples=[32_000])]
Phases = Annotated[tuple[Phase, ...], Meta(max_length=3, examples=[["L1", "L2", "L3"]])]


class Strategy(StrEnum):
    """How the current of a circuit is shared where it is not enough for all."""

    EQUAL_SHARE = "equal"
    FIRST_COME = "fcfs"
    EARLIEST_DEPARTURE = "edf"
    LEAST_LAXITY = "llf"
    PRIORITY = "priority"


FedId = Annotated[Id, Meta(examples=["CP-001"])]
CircuitId = Annotated[Id, Meta(examples=["hall"])]


class FedPoint(Frozen, frozen=True, kw_only=True):
    """A point that a circuit feeds. `phases` is its phase map: to which of the site's phases its own first, second and
    third are wired; a point of one phase has one. It gives `most_ma` at most on each of them, and, while it hears
    nothing, its failsafe current: 0, or from 6 A on. Vehicles at a point of a higher `priority` come first, by the
    strategy of that name."""

    cp_id: FedId
    phases: Phases = PHASES
    most_ma: Milliamperes
    failsafe_ma: Milliamperes = 0
    priority: Annotated[int, Meta(ge=0, le=9, examples=[0])] = 0


class Circuit(Frozen, frozen=True, kw_only=True):
    """A circuit of a site: what its fuse lets through on each of its phases, and the points that it feeds itself. It is
    fed by its parent; the main circuit has none. `building_ma`: what it feeds beside points and circuits takes so much
    at most on each phase, which is counted while no meter says how much."""

    circuit_id: CircuitId
    parent: Annotated[Id, Meta(examples=["main"])] | None = None
    limit_ma: Milliamperes
    phases: Phases = PHASES
    points: Annotated[tuple[FedPoint, ...], Meta(max_length=MOST_FED)] = ()
    building_ma: Milliamperes = 0


class CircuitTree(Frozen, frozen=True, kw_only=True):
    """All circuits of a site, in any order."""

    circuits: Annotated[tuple[Circuit, ...], Meta(max_length=MOST_CIRCUITS)]
