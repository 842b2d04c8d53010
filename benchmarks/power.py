"""How long it takes to share what a site carries among 1,000 points, by each strategy: a tree of three levels, a main
circuit, floors and rows, on three phases, with vehicles of one, two and three phases that want different currents.

The bare baseline checks that the grants keep within the limit of each circuit and phase: it adds each up once, with the
paths found beforehand, and compares the sums. Nobody can find grants with less than that.
`python -m benchmarks.power --points 1000`
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from statistics import median

from evcharging.common.messages_power import PHASES, Circuit, CircuitTree, FedPoint, Strategy
from evcharging.common.utils import changed
from evcharging.domain.power.allocation import Allocation, allocate
from evcharging.domain.power.demand import TURN, Demand
from evcharging.domain.power.wiring import Wiring

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
GOAL_MS = 20
ROWS_A_FLOOR, POINTS_A_ROW = 5, 20
AMPLE, SCARCE = 10_000, 4_000
"""mA on each phase for each point at the main circuit: enough for the least current of all, and not enough."""


@dataclass(frozen=True)
class PowerResult:
    """Milliseconds of one allocation, by strategy, the most of them, and where the least current is not enough for
    all; and those of adding grants up."""

    points: int
    strategies: dict[str, float]
    slowest_ms: float
    scarce_ms: float
    bare_ms: float

    @property
    def ratio(self) -> float:
        """The slowest strategy over adding up."""
        return self.slowest_ms / self.bare_ms


def tree(points: int, ma_a_point: int) -> CircuitTree:
    """The main circuit, floors of five rows, rows of twenty points, whose phases begin with each in turn."""
    row_ids = [f"row-{number}" for number in range(-(-points // POINTS_A_ROW))]
    floor_ids = [f"floor-{number}" for number in range(-(-len(row_ids) // ROWS_A_FLOOR))]
    rows = [
        Circuit(
            circuit_id=row_id,
            parent=floor_ids[number // ROWS_A_FLOOR],
            limit_ma=POINTS_A_ROW * (10_000 + 1_000 * (number % 5)),
            points=tuple(_points(points, number * POINTS_A_ROW)),
        )
        for number, row_id in enumerate(row_ids)
    ]
    floors = [
        Circuit(circuit_id=each, parent="main", limit_ma=ROWS_A_FLOOR * POINTS_A_ROW * 11_000) for each in floor_ids
    ]
    return CircuitTree(circuits=(Circuit(circuit_id="main", limit_ma=points * ma_a_point), *floors, *rows))


def _points(points: int, first: int) -> Iterator[FedPoint]:
    for number in range(first, min(points, first + POINTS_A_ROW)):
        turned = PHASES[number % 3 :] + PHASES[: number % 3]
        yield FedPoint(cp_id=f"CP-{number:05}", phases=turned, most_ma=32_000)


def demands(points: int, dice: Random) -> list[Demand]:
    """A vehicle at each point."""
    return [
        Demand(
            cp_id=f"CP-{number:05}",
            wanted_ma=dice.randrange(6_000, 32_001),
            phases=dice.choice((1, 1, 2, 3)),
            arrived_at=NOW - timedelta(seconds=dice.randrange(36_000)),
            departs_at=NOW + timedelta(seconds=dice.randrange(36_000)),
            wanted_mwh=dice.randrange(60_000_000),
            priority=dice.randrange(3),
        )
        for number in range(points)
    ]


def added_up(wiring: Wiring, paths: list[tuple[tuple[int, ...], int]]) -> bool:
    """Whether grants keep within all limits."""
    sums = [0] * len(wiring.places)
    for path, ma in paths:
        for place in path:
            sums[place] += ma
    return all(carried <= limit for carried, limit in zip(sums, wiring.limits_ma, strict=True))


def milliseconds(work: Callable[[], object], times: int) -> float:
    """The median CPU time of some work."""
    took = []
    for _ in range(times):
        began = time.process_time()
        work()
        took.append((time.process_time() - began) * 1000)
    return median(took)


def scarce(points: int, cars: list[Demand], times: int) -> float:
    """Where they take turns, and those who have had theirs give way."""
    wiring = Wiring(tree(points, SCARCE))
    turns = allocate(wiring, cars, Strategy.EQUAL_SHARE, NOW).turns
    waiting = [changed(car, turn=turns[car.cp_id]) for car in cars]
    return milliseconds(lambda: allocate(wiring, waiting, Strategy.EQUAL_SHARE, NOW + TURN), times)


def bare(wiring: Wiring, cars: list[Demand], found: Allocation, times: int) -> float:
    """Adding these grants up."""
    paths = [(wiring.paths[wiring.points[car.cp_id].group(car.phases)], found.grants[car.cp_id]) for car in cars]
    return milliseconds(lambda: added_up(wiring, paths), times)


def run(points: int, seed: int, times: int = 9) -> PowerResult:
    """All strategies with the vehicles of one seed."""
    wiring, cars = Wiring(tree(points, AMPLE)), demands(points, Random(seed))
    took = {each.value: milliseconds(partial(allocate, wiring, cars, each, NOW), times) for each in Strategy}
    found = allocate(wiring, cars, Strategy.EQUAL_SHARE, NOW)
    return PowerResult(points, took, max(took.values()), scarce(points, cars, times), bare(wiring, cars, found, times))


def measure(points: int = 1_000, runs: int = 3) -> PowerResult:
    """Medians over several runs, each with other vehicles."""
    done = [run(points, seed) for seed in range(1, runs + 1)]
    strategies = {name: median(each.strategies[name] for each in done) for name in done[0].strategies}
    return PowerResult(
        points=points,
        strategies=strategies,
        slowest_ms=max(strategies.values()),
        scarce_ms=median(each.scarce_ms for each in done),
        bare_ms=median(each.bare_ms for each in done),
    )


def main() -> None:
    """Print one line, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=1_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    result = measure(options.points, options.runs)
    if options.json:
        print(json.dumps(asdict(result)))
    else:
        each = ", ".join(f"{name} {took:.1f}" for name, took in result.strategies.items())
        print(
            f"{result.points:,} points, ms: {each}; by turns {result.scarce_ms:.1f}; adding up {result.bare_ms:.2f}; "
            f"{result.ratio:.1f} times the bare"
        )


if __name__ == "__main__":
    main()
