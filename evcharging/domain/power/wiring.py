"""A tree of circuits, made ready for counting: which circuits and phases carry what a point draws. Knows no vehicle."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from evcharging.common.messages_power import Circuit, CircuitTree, FedPoint, Phase

Place = tuple[str, Phase]
"""A circuit, by its ID, and one of its phases."""

Path = tuple[int, ...]
"""The numbers of all places that carry what somebody draws: of his circuit and of those above, on his phases."""


class Draw(NamedTuple):
    """What a point draws, or may draw: mA on each of its first `phases`."""

    cp_id: str
    ma: int
    phases: int = 3


class Wired(NamedTuple):
    """A point as it is wired: its most mA on each phase, and the numbers of its paths, by how many phases are used."""

    most_ma: int
    groups: tuple[int, ...]

    def group(self, phases: int) -> int:
        """The number of its path, where a vehicle uses so many phases, of those that the point has."""
        return self.groups[min(max(phases, 1), len(self.groups)) - 1]


class Wiring:
    """A tree in which nothing is wrong. `places` are in the order of their names, whatever that of the tree is;
    `limits_ma` are theirs; `paths` has each path once."""

    def __init__(self, tree: CircuitTree) -> None:
        self._circuits = {circuit.circuit_id: circuit for circuit in tree.circuits}
        self.places: tuple[Place, ...] = tuple(
            sorted((each.circuit_id, p) for each in tree.circuits for p in each.phases)
        )
        self.limits_ma = [self._circuits[circuit_id].limit_ma for circuit_id, _ in self.places]
        self.paths: list[Path] = []
        self.points: dict[str, Wired] = {}
        self._numbers = {place: number for number, place in enumerate(self.places)}
        groups: dict[tuple[str, tuple[Phase, ...]], int] = {}
        for _, circuit in sorted(self._circuits.items()):
            for point in sorted(circuit.points, key=lambda point: point.cp_id):
                self.points[point.cp_id] = Wired(point.most_ma, tuple(self._groups(circuit, point, groups)))

    def _groups(
        self, circuit: Circuit, point: FedPoint, groups: dict[tuple[str, tuple[Phase, ...]], int]
    ) -> Iterator[int]:
        for count in range(1, len(point.phases) + 1):
            key = (circuit.circuit_id, tuple(sorted(point.phases[:count])))
            if key not in groups:
                groups[key] = len(self.paths)
                self.paths.append(self._path(*key))
            yield groups[key]

    def _path(self, circuit_id: str, phases: Iterable[Phase]) -> Path:
        return tuple(self._numbers[above, phase] for above in self.above(circuit_id) for phase in phases)

    def above(self, circuit_id: str) -> Iterator[str]:
        """A circuit and all that feed it, up to the main one."""
        at: str | None = circuit_id
        while at is not None:
            yield at
            at = self._circuits[at].parent

    def places_of(self, cp_id: str, phases: int = 3) -> tuple[Place, ...]:
        """All places that carry what a point draws on its first `phases`."""
        return tuple(self.places[number] for number in self.paths[self.points[cp_id].group(phases)])

    def carried(self, draws: Iterable[Draw]) -> dict[Place, int]:
        """The mA that each place carries where these are drawn; a place that carries nothing is left out."""
        total: Counter[Place] = Counter()
        for draw in draws:
            for place in self.places_of(draw.cp_id, draw.phases):
                total[place] += draw.ma
        return dict(total)

    def fed(self, loads: Mapping[Place, int]) -> dict[Place, int]:
        """The mA that each place carries where these loads are fed at their places, each counted there and in all
        circuits above. A load below 0, as of a building that feeds power back, counts as none: it may end at once."""
        total: Counter[Place] = Counter()
        for (circuit_id, phase), ma in loads.items():
            for above in self.above(circuit_id):
                total[above, phase] += max(ma, 0)
        return dict(total)

    def left_ma(self, carried: Mapping[Place, int]) -> list[int]:
        """What is left of the limit of each place, in their order, where they carry so much already; below 0 where that
        is more than the limit. Raises KeyError for a place that there is not."""
        left = [*self.limits_ma]
        for place, ma in carried.items():
            left[self._numbers[place]] -= ma
        return left


def take(needs: Mapping[int, int], paths: Sequence[Path], left_ma: list[int]) -> bool:
    """Take from all places what groups need, by their numbers, if there is so much of it; whether there was."""
    total: defaultdict[int, int] = defaultdict(int)
    for group, ma in needs.items():
        for place in paths[group]:
            total[place] += ma
    if any(left_ma[place] < ma for place, ma in total.items()):
        return False
    for place, ma in total.items():
        left_ma[place] -= ma
    return True
