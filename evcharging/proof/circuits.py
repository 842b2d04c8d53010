"""The circuits of the sites of a world. Knows no role and no invariant."""

from dataclasses import dataclass, field
from datetime import datetime

from evcharging.common.messages_power import CircuitTree


@dataclass(slots=True)
class Circuits:
    """The trees of the sites that have any; `described`: the requests by which they were told, and which were
    answered. `armed`: sites all points of which have written down that they are managed. `overdrawn`: the points whose
    vehicles draw more than they may, since when; `over`: the places of sites that carry too much, likewise. `steady`:
    which points of a site charge, and since when these do."""

    trees: dict[str, CircuitTree] = field(default_factory=dict)
    described: set[str] = field(default_factory=set)
    armed: set[str] = field(default_factory=set)
    overdrawn: dict[str, datetime] = field(default_factory=dict)
    over: dict[str, dict[tuple[str, str], datetime]] = field(default_factory=dict)
    steady: dict[str, tuple[frozenset[str], datetime]] = field(default_factory=dict)
