"""Which circuits and phases carry what points draw."""

import pytest

from evcharging.common.messages_power import Circuit, CircuitTree
from evcharging.domain.power.wiring import Draw, Place, Wiring
from evcharging.tests.domain.power.sites import fed

WIRING = Wiring(
    CircuitTree(
        circuits=(
            Circuit(circuit_id="main", limit_ma=63_000, points=fed(1)),
            Circuit(circuit_id="hall", parent="main", limit_ma=40_000, phases=("L2", "L3")),
            Circuit(circuit_id="row", parent="hall", limit_ma=32_000, phases=("L3",), points=fed(2, phases=("L3",))),
            Circuit(circuit_id="yard", parent="main", limit_ma=32_000, points=fed(3, phases=("L2", "L3", "L1"))),
        )
    )
)


def test_what_a_point_draws_is_carried_by_its_circuit_and_all_above_on_the_phases_that_it_is_wired_to() -> None:
    assert WIRING.places_of("CP-2") == (("row", "L3"), ("hall", "L3"), ("main", "L3"))
    assert WIRING.places_of("CP-3", 1) == (("yard", "L2"), ("main", "L2"))
    assert {*WIRING.places_of("CP-3")} == {(each, phase) for each in ("yard", "main") for phase in ("L1", "L2", "L3")}


def test_a_vehicle_uses_as_many_phases_as_its_point_has_and_one_at_least() -> None:
    assert WIRING.places_of("CP-2", 3) == WIRING.places_of("CP-2", 1) == WIRING.places_of("CP-2", 0)


def test_draws_are_added_up_for_each_circuit_and_phase() -> None:
    draws = Draw("CP-1", 16_000), Draw("CP-2", 10_000), Draw("CP-3", 6_000, phases=2), Draw("CP-1", 1_000, phases=1)
    assert WIRING.carried(draws) == {
        ("main", "L1"): 17_000,
        ("main", "L2"): 22_000,
        ("main", "L3"): 32_000,
        ("hall", "L3"): 10_000,
        ("row", "L3"): 10_000,
        ("yard", "L2"): 6_000,
        ("yard", "L3"): 6_000,
    }


def test_a_load_counts_in_its_circuit_and_all_above_and_what_is_fed_back_does_not_count() -> None:
    loads: dict[Place, int] = {("hall", "L2"): 5_000, ("main", "L2"): 3_000, ("row", "L3"): -2_000}
    assert WIRING.fed(loads) == {
        ("hall", "L2"): 5_000,
        ("main", "L2"): 8_000,
        ("row", "L3"): 0,
        ("hall", "L3"): 0,
        ("main", "L3"): 0,
    }


def test_what_is_left_of_a_limit_may_be_less_than_nothing() -> None:
    left = dict(zip(WIRING.places, WIRING.left_ma({("row", "L3"): 33_000, ("main", "L1"): 3_000}), strict=True))
    assert left["row", "L3"] == -1_000
    assert left["main", "L1"] == 60_000
    assert left["hall", "L2"] == 40_000


def test_a_place_that_there_is_not_is_no_place_for_a_load() -> None:
    with pytest.raises(KeyError):
        WIRING.left_ma({("row", "L1"): 1})
    with pytest.raises(KeyError):
        WIRING.places_of("CP-9")
