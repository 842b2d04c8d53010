"""Any site: a tree of circuits in which nothing is wrong, vehicles at its points, and what it carries besides. What its
circuits carry is added up here once more, by going up the tree for each point.

Dice make a site from a number, which is many times faster than to draw each part of it, and it has so many points as
are asked for: what fails is found with as few as it needs."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cached_property
from random import Random

from hypothesis import strategies as st

from evcharging.common.messages_power import PHASES, Circuit, CircuitTree, FedPoint, Phase
from evcharging.domain.power.demand import Demand, Turn
from evcharging.domain.power.wiring import Place, Wiring
from evcharging.tests.stages.scenario import T0

MINUTE = timedelta(minutes=1)


class Site:
    """A tree, the vehicles at its points, and loads that are fed besides."""

    def __init__(self, tree: CircuitTree, demands: Iterable[Demand], loads: dict[Place, int]) -> None:
        self.tree, self.demands, self.loads = tree, tuple(demands), loads
        self._circuits = {circuit.circuit_id: circuit for circuit in tree.circuits}
        self._points = {point.cp_id: (circuit, point) for circuit in tree.circuits for point in circuit.points}

    def __repr__(self) -> str:
        return f"Site({self.tree}, {self.demands}, {self.loads})"

    def only(self, demands: Iterable[Demand]) -> "Site":
        """The same site with these vehicles."""
        return Site(self.tree, demands, self.loads)

    @cached_property
    def wiring(self) -> Wiring:
        return Wiring(self.tree)

    @cached_property
    def carried(self) -> dict[Place, int]:
        return self.wiring.fed(self.loads)

    @cached_property
    def at_place(self) -> dict[Place, list[Demand]]:
        """The vehicles of which a place carries what they draw."""
        found = defaultdict(list)
        for demand in self.demands:
            for place in self.places(demand):
                found[place].append(demand)
        return found

    @cached_property
    def beside_loads(self) -> dict[Place, int]:
        """What the loads leave of each place."""
        left = Counter(
            {(each.circuit_id, phase): each.limit_ma for each in self.tree.circuits for phase in each.phases}
        )
        for (circuit_id, phase), ma in self.loads.items():
            left.subtract(dict.fromkeys([(above, phase) for above in self._above(circuit_id)], max(ma, 0)))
        return dict(left)

    def _above(self, circuit_id: str) -> list[str]:
        parent = self._circuits[circuit_id].parent
        return [circuit_id, *(self._above(parent) if parent else [])]

    def places(self, demand: Demand) -> list[Place]:
        """Those that carry what a vehicle draws."""
        circuit, point = self._points[demand.cp_id]
        return [(above, phase) for above in self._above(circuit.circuit_id) for phase in point.phases[: demand.phases]]

    def spare(self, grants: dict[str, int]) -> dict[Place, int]:
        """What each place has left beside the loads and these grants."""
        return {
            place: ma - sum(grants[demand.cp_id] for demand in self.at_place.get(place, ()))
            for place, ma in self.beside_loads.items()
        }

    def wanted(self, demand: Demand) -> int:
        """What a vehicle has where there is enough for all."""
        most_ma = self._points[demand.cp_id][1].most_ma
        return min(max(demand.wanted_ma, 6_000), most_ma) if demand.wanted_ma else 0


def tree_of(dice: Random, points: int, crowded: bool) -> CircuitTree:
    """Up to four circuits below the main one; or it alone, with current for few."""
    shapes: list[tuple[str, str | None, tuple[Phase, ...]]] = [("main", None, PHASES)]
    for number in range(0 if crowded else dice.randrange(5)):
        parent, _, phases = dice.choice(shapes)
        shapes.append((f"c-{number}", parent, dice.choice([phases, phases, phases[:1], phases[-2:]])))
    fed: list[list[FedPoint]] = [[] for _ in shapes]
    for number in range(points):
        at = dice.randrange(len(shapes))
        wired = dice.sample(shapes[at][2], dice.randint(1, len(shapes[at][2])))
        fed[at].append(FedPoint(cp_id=f"CP-{number}", phases=tuple(wired), most_ma=_current(dice, 6_000, 63_000)))
    return CircuitTree(
        circuits=tuple(
            Circuit(
                circuit_id=circuit_id,
                parent=parent,
                phases=phases,
                limit_ma=_current(dice, 6_000, 13_000 if crowded else dice.choice([20_000, 60_000, 150_000])),
                points=tuple(points),
            )
            for (circuit_id, parent, phases), points in zip(shapes, fed, strict=True)
        )
    )


def _current(dice: Random, least: int, most: int) -> int:
    """Any, and often whole steps of 6 A, where things are just enough."""
    return dice.choice([dice.randint(least, most), dice.randrange(least, most + 1, 6_000)])


def demand_of(dice: Random, point: FedPoint, new: bool) -> Demand:
    """A vehicle at a point; one that is new has no turn yet."""
    turn = Turn(charging=dice.random() < 0.5, since=T0 - dice.randint(0, 40) * MINUTE)
    return Demand(
        cp_id=point.cp_id,
        wanted_ma=dice.choice([0, dice.randint(1, 5_999), *[_current(dice, 6_000, 40_000) for _ in range(6)]]),
        arrived_at=_moment(dice),
        phases=dice.randint(1, len(point.phases)),
        departs_at=dice.choice([None, _moment(dice), _moment(dice)]),
        wanted_mwh=dice.choice([None, dice.randrange(60_000_000), dice.randrange(60_000_000)]),
        priority=dice.randrange(3),
        turn=None if new or dice.random() < 0.2 else turn,
    )


def _moment(dice: Random) -> datetime:
    return T0 + dice.randint(-20, 20) * 30 * MINUTE


def site_of(number: int, points: int, *, new: bool = False, crowded: bool = False) -> Site:
    """The site of a number: vehicles at most of its points, and perhaps loads, one of which feeds power back."""
    dice = Random(number)
    tree = tree_of(dice, points, crowded)
    demands = [
        demand_of(dice, point, new) for circuit in tree.circuits for point in circuit.points if dice.random() < 0.9
    ]
    places = [(circuit.circuit_id, phase) for circuit in tree.circuits for phase in circuit.phases]
    loads = {dice.choice(places): _current(dice, -6_000, 30_000) for _ in range(dice.choice([0, 0, 1, 2]))}
    return Site(tree, demands, loads)


numbers, sizes = st.integers(0, 2**32), st.integers(0, 10)
sites = st.builds(site_of, numbers, sizes)
new_sites = st.builds(lambda number, size: site_of(number, size, new=True), numbers, sizes)
"""Where nobody has had a turn yet."""
crowded_sites = st.builds(lambda number, size: site_of(number, size, crowded=True), numbers, sizes)
"""Where nearly everybody waits most of the time."""
