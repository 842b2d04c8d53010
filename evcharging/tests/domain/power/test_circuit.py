"""Which trees of circuits can be wired."""

from typing import Any

import pytest

from evcharging.common.messages_power import Circuit, CircuitTree, FedPoint, Phase
from evcharging.common.utils import BadJson, from_json, to_json
from evcharging.domain.power.circuit import MOST_LEVELS, why_not_wired
from evcharging.tests.domain.power.sites import fed

Faulty = tuple[Circuit, ...]


def circuit(circuit_id: str, parent: str | None = None, limit_ma: int = 63_000, **fields: Any) -> Circuit:
    return Circuit(circuit_id=circuit_id, parent=parent, limit_ma=limit_ma, **fields)


def point(cp_id: str = "CP-1", most_ma: int = 32_000, **fields: Any) -> FedPoint:
    return FedPoint(cp_id=cp_id, most_ma=most_ma, **fields)


def feeding(*points: FedPoint, **fields: Any) -> Faulty:
    return (circuit("main", points=points, **fields),)


L1: tuple[Phase, ...] = ("L1",)

FAULTS: dict[str, Faulty] = {
    "there is no circuit: give at least the main one": (),
    "two circuits have the ID hall: each needs one of its own": (
        circuit("main"),
        circuit("hall", "main"),
        circuit("hall", "main"),
    ),
    "circuit hall: its parent cellar is not among the circuits": (circuit("main"), circuit("hall", "cellar")),
    "circuits feed one another in a loop: hall is fed by hall": (circuit("main"), circuit("hall", "hall")),
    "circuits feed one another in a loop: a is fed by b is fed by c is fed by a": (
        circuit("below", "a"),
        circuit("a", "b"),
        circuit("b", "c"),
        circuit("c", "a"),
    ),
    "circuits main and hall have no parent: one is the main circuit, the others need a parent": (
        circuit("main"),
        circuit("hall"),
    ),
    "circuit c-10 has more than 9 circuits above it": tuple(
        circuit(f"c-{n}", f"c-{n - 1}" if n else None) for n in range(MOST_LEVELS + 1)
    ),
    "circuit main: its limit of 0 mA on each phase is not from 6000 to 10000000 mA": (circuit("main", limit_ma=0),),
    "circuit main: its limit of 5999 mA on each phase is not from 6000 to 10000000 mA": (
        circuit("main", limit_ma=5_999),
    ),
    "circuit main: its limit of 10000001 mA on each phase is not from 6000 to 10000000 mA": (
        circuit("main", limit_ma=10_000_001),
    ),
    "circuit main has no phase: name one to three of L1, L2, L3": (circuit("main", phases=()),),
    "circuit main has the phase L1 twice": (circuit("main", phases=("L1", "L1")),),
    "circuit hall: the phase L2 does not exist in circuit main, which has L1": (
        circuit("main", phases=L1),
        circuit("hall", "main", phases=("L2",)),
    ),
    "point CP-1: the phase L2 does not exist in circuit main, which has L1": feeding(point(), phases=L1),
    "point CP-1 has the phase L2 twice": feeding(point(phases=("L2", "L2"))),
    "point CP-1 has no phase: name one to three of L1, L2, L3": feeding(point(phases=())),
    "point CP-1: at most 5999 mA on each phase is not from 6000 to 10000000 mA": feeding(point(most_ma=5_999)),
    "point CP-1: its failsafe current of 5999 mA is neither 0 nor from 6000 mA to 32000 mA, the most that it gives": (
        feeding(point(failsafe_ma=5_999))
    ),
    "point CP-1: its failsafe current of 32001 mA is neither 0 nor from 6000 mA to 32000 mA, the most that it gives": (
        feeding(point(failsafe_ma=32_001))
    ),
    "circuit main has point CP-1 twice": feeding(point(), point()),
    "point CP-1 is fed by main and by hall: leave one of them out": (
        *feeding(point()),
        circuit("hall", "main", points=(point(),)),
    ),
    "the failsafe currents of all points below circuit main come to 64000 mA on L1, above its limit of 63000 mA: "
    "lower some of them, or leave them at 0": (
        circuit("main", points=fed(1, failsafe_ma=32_000)),
        circuit("hall", "main", points=fed(2, failsafe_ma=32_000, phases=L1)),
    ),
    "the failsafe currents of all points below circuit hall come to 64000 mA on L3, above its limit of 63000 mA: "
    "lower some of them, or leave them at 0": (
        circuit("main"),
        circuit("hall", "main", points=fed(1, 2, failsafe_ma=32_000, phases=("L3",))),
    ),
}


@pytest.mark.parametrize(("why", "circuits"), FAULTS.items())
def test_what_is_wrong_with_a_tree_is_said_in_one_sentence(why: str, circuits: Faulty) -> None:
    assert why_not_wired(CircuitTree(circuits=circuits)) == why


def test_circuits_may_come_in_any_order_and_a_smaller_one_may_feed_a_larger_one() -> None:
    tree = CircuitTree(
        circuits=(
            circuit("row", "hall", phases=("L2", "L3"), points=fed(1, phases=("L3", "L2"))),
            circuit("hall", "main", limit_ma=125_000, points=fed(2, 3, failsafe_ma=6_000)),
            circuit("main"),
        )
    )
    assert why_not_wired(tree) is None


def test_failsafe_currents_may_come_to_the_whole_limit() -> None:
    phases: tuple[Phase, ...] = ("L1", "L2")
    rest = fed(3, failsafe_ma=31_000), fed(1, failsafe_ma=32_000, phases=L1), fed(2, failsafe_ma=32_000, phases=("L3",))
    assert why_not_wired(CircuitTree(circuits=feeding(*(each for some in rest for each in some)))) is None
    assert why_not_wired(CircuitTree(circuits=(circuit("main", phases=phases),))) is None


def test_a_tree_is_read_as_it_was_written() -> None:
    tree = CircuitTree(circuits=feeding(point(failsafe_ma=6_000, phases=("L2", "L3"))))
    assert from_json(CircuitTree, to_json(tree)) == tree


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b'{"circuits": [{"circuit_id": "a b", "limit_ma": 1}]}', "circuit_id"),
        (b'{"circuits": [{"circuit_id": "a", "limit_ma": -1}]}', "limit_ma"),
        (b'{"circuits": [{"circuit_id": "a", "limit_ma": 1, "phases": ["L4"]}]}', "L4"),
        (b'{"circuits": [{"circuit_id": "a", "limit_ma": 1, "phases": ["L1", "L2", "L3", "L1"]}]}', "phases"),
        (b'{"circuits": [{"circuit_id": "a", "limit_ma": 1, "points": [{"cp_id": "p"}]}]}', "most_ma"),
    ],
)
def test_what_is_no_tree_at_all_is_not_read(text: bytes, why: str) -> None:
    with pytest.raises(BadJson, match=why):
        from_json(CircuitTree, text)
