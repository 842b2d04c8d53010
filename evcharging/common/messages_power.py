"""The circuits of a site, as messages and records carry them. Decides nothing: which of them can be used says
`domain.power.circuit`."""

from typing import Annotated, Literal, get_args

from msgspec import Meta

from evcharging.common.messages import Id
from evcharging.common.utils import Frozen

Phase = Literal["L1", "L2", "L3"]
PHASES: tuple[Phase, ...] = get_args(Phase)
"""In the order of the letters on a meter."""

Milliamperes = Annotated[int, Meta(ge=0, le=10**9, examples=[32_000])]
Phases = Annotated[tuple[Phase, ...], Meta(max_length=3, examples=[["L1", "L2", "L3"]])]


class FedPoint(Frozen, frozen=True, kw_only=True):
    """A point that a circuit feeds. `phases` is its phase map: to which of the site's phases its own first, second and
    third are wired; a point of one phase has one. It gives `most_ma` at most on each of them, and, while it hears
    nothing, its failsafe current: 0, or from 6 A on."""

    cp_id: Id
    phases: Phases = PHASES
    most_ma: Milliamperes
    failsafe_ma: Milliamperes = 0


class Circuit(Frozen, frozen=True, kw_only=True):
    """A circuit of a site: what its fuse lets through on each of its phases, and the points that it feeds itself. It is
    fed by its parent; the main circuit has none."""

    circuit_id: Id
    parent: Id | None = None
    limit_ma: Milliamperes
    phases: Phases = PHASES
    points: Annotated[tuple[FedPoint, ...], Meta(max_length=10_000)] = ()


class CircuitTree(Frozen, frozen=True, kw_only=True):
    """All circuits of a site, in any order."""

    circuits: Annotated[tuple[Circuit, ...], Meta(max_length=1_000)]
