"""Who is granted how much, in numbers that people can check by head."""

from datetime import timedelta

import pytest

from evcharging.common.messages_power import PHASES, Circuit, CircuitTree, Strategy
from evcharging.common.utils import changed
from evcharging.domain.power.allocation import allocate
from evcharging.domain.power.demand import TURN, Turn
from evcharging.domain.power.wiring import Draw, Place, Wiring
from evcharging.tests.domain.power.grants import allocation, granted, wants
from evcharging.tests.domain.power.sites import fed, main_only
from evcharging.tests.stages.scenario import T0

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
KWH = 1_000_000
SITE = main_only(48_000, *fed(1, 2, 3))


def test_who_is_alone_has_what_he_wants_or_what_his_point_gives() -> None:
    assert granted(SITE, wants(1, 20_000)) == [20_000]
    assert granted(SITE, wants(1, 63_000)) == [32_000]


def test_an_equal_share_leaves_what_somebody_does_not_want_to_the_others() -> None:
    assert granted(SITE, wants(1), wants(2), wants(3)) == [16_000, 16_000, 16_000]
    assert granted(SITE, wants(1), wants(2, 10_000), wants(3)) == [19_000, 10_000, 19_000]


def test_the_last_milliamperes_go_to_some_of_them() -> None:
    assert sorted(granted(main_only(40_001, *fed(1, 2, 3)), wants(1), wants(2), wants(3))) == [13_333, 13_334, 13_334]


@pytest.mark.parametrize("strategy", Strategy)
def test_a_limit_is_kept_to_the_last_milliampere(strategy: Strategy) -> None:
    assert sum(granted(main_only(37_999, *fed(1, 2)), wants(1), wants(2, 6_000), strategy=strategy)) == 37_999
    assert sum(granted(main_only(38_000, *fed(1, 2)), wants(1), wants(2, 6_000), strategy=strategy)) == 38_000
    assert granted(main_only(11_999, *fed(1, 2)), wants(1), wants(2), strategy=strategy) == [11_999, 0]
    assert granted(main_only(12_000, *fed(1, 2)), wants(1), wants(2), strategy=strategy) == [6_000, 6_000]


def test_who_wants_less_than_six_amperes_is_granted_six_and_who_wants_nothing_nothing() -> None:
    assert granted(SITE, wants(1, 2_500), wants(2, 0)) == [6_000, 0]


def test_a_point_that_the_site_does_not_have_is_granted_nothing() -> None:
    assert granted(SITE, wants(1), wants(9)) == [32_000, 0]


def test_the_limit_of_a_circuit_and_of_those_above_it_counts() -> None:
    tree = CircuitTree(
        circuits=(
            Circuit(circuit_id="main", limit_ma=40_000, points=fed(3)),
            Circuit(circuit_id="hall", parent="main", limit_ma=20_000, points=fed(1, 2)),
        )
    )
    assert granted(tree, wants(1), wants(2), wants(3)) == [10_000, 10_000, 20_000]


def test_vehicles_of_one_phase_share_with_those_on_their_phase_alone() -> None:
    tree = main_only(32_000, *fed(1), *fed(2, phases=("L2", "L3", "L1")), *fed(3, phases=("L3", "L1", "L2")))
    assert granted(tree, wants(1, phases=1), wants(2, phases=1), wants(3, phases=1)) == [32_000, 32_000, 32_000]
    assert granted(tree, wants(1, phases=2), wants(2, phases=1), wants(3, phases=1)) == [16_000, 16_000, 32_000]
    assert granted(tree, wants(1, phases=3), wants(2, phases=1), wants(3, phases=1)) == [16_000, 16_000, 16_000]


def test_who_came_first_has_what_he_wants_and_the_others_the_least_before_that() -> None:
    cars = wants(1, arrived_at=T0 + MINUTE), wants(2), wants(3, arrived_at=T0 + 2 * MINUTE)
    assert granted(SITE, *cars, strategy=Strategy.FIRST_COME) == [10_000, 32_000, 6_000]


def test_who_departs_first_has_what_he_wants_and_who_does_not_say_is_last() -> None:
    cars = wants(1), wants(2, departs_at=T0 + 2 * HOUR), wants(3, departs_at=T0 + HOUR)
    assert granted(SITE, *cars, strategy=Strategy.EARLIEST_DEPARTURE) == [6_000, 10_000, 32_000]


def test_who_has_the_least_time_to_lose_has_what_he_wants() -> None:
    cars = (
        wants(1, departs_at=T0 + HOUR, wanted_mwh=2 * KWH),
        wants(2, departs_at=T0 + 3 * HOUR, wanted_mwh=60 * KWH),
        wants(3, departs_at=T0 + 3 * HOUR),
    )
    assert granted(SITE, *cars, strategy=Strategy.LEAST_LAXITY) == [10_000, 32_000, 6_000]


def test_laxity_goes_by_the_power_that_a_vehicle_can_take() -> None:
    fast, slow = (wants(n, phases=n, departs_at=T0 + 3 * HOUR, wanted_mwh=14 * KWH) for n in (3, 1))
    assert granted(SITE, fast, slow, strategy=Strategy.LEAST_LAXITY) == [32_000, 16_000]


def test_two_who_are_as_urgent_do_not_change_places_at_each_look() -> None:
    first, second = (wants(n, departs_at=T0 + (2 * HOUR - 5 * n * MINUTE), wanted_mwh=15 * KWH) for n in (1, 2))
    assert granted(SITE, first, second, strategy=Strategy.LEAST_LAXITY) == [32_000, 16_000]


def test_a_higher_class_has_what_it_wants_and_those_of_a_class_share() -> None:
    cars = wants(1), wants(2, 20_000, priority=1), wants(3)
    assert granted(SITE, *cars, strategy=Strategy.PRIORITY) == [14_000, 20_000, 14_000]


@pytest.mark.parametrize("strategy", Strategy)
def test_where_six_amperes_are_not_enough_for_all_some_wait(strategy: Strategy) -> None:
    tree = main_only(13_000, *fed(1, 2, 3))
    cars = [wants(n, arrived_at=T0 + n * MINUTE) for n in (1, 2, 3)]
    found = allocation(tree, *cars, strategy=strategy)
    assert sum(found.grants.values()) == 13_000
    assert found.turns["CP-3"] == Turn(charging=False, since=T0)
    assert found.again_at == T0 + TURN
    assert allocation(tree, *cars[:2], strategy=strategy).again_at is None


def test_in_an_equal_share_who_waits_is_next_once_a_turn_is_over() -> None:
    wiring = Wiring(main_only(12_000, *fed(1, 2, 3)))
    cars, charging = [wants(n, arrived_at=T0 + n * MINUTE) for n in (1, 2, 3)], []
    for quarter in range(6):
        found = allocate(wiring, cars, Strategy.EQUAL_SHARE, T0 + quarter * TURN)
        cars = [changed(car, turn=found.turns[car.cp_id]) for car in cars]
        charging.append("".join(cp_id[-1] for cp_id, ma in found.grants.items() if ma))
    assert charging == ["12", "13", "23", "12", "13", "23"]


def test_who_came_first_goes_on_until_he_is_done() -> None:
    wiring = Wiring(main_only(6_000, *fed(1, 2)))
    cars = [wants(1), wants(2, arrived_at=T0 + MINUTE)]
    for quarter in range(6):
        found = allocate(wiring, cars, Strategy.FIRST_COME, T0 + quarter * TURN)
        cars = [changed(car, turn=found.turns[car.cp_id]) for car in cars]
        assert found.grants == {"CP-1": 6_000, "CP-2": 0}


def test_who_is_more_urgent_waits_until_a_turn_is_over() -> None:
    wiring = Wiring(main_only(6_000, *fed(1, 2)))
    early = wants(2, departs_at=T0 + HOUR)
    late = wants(1, departs_at=T0 + 2 * HOUR, turn=Turn(charging=True, since=T0 - 10 * MINUTE))
    found = allocate(wiring, [late, early], Strategy.EARLIEST_DEPARTURE, T0)
    assert found.grants == {"CP-1": 6_000, "CP-2": 0}
    assert found.again_at == T0 + 5 * MINUTE
    then = allocate(wiring, [late, early], Strategy.EARLIEST_DEPARTURE, T0 + 5 * MINUTE)
    assert then.grants == {"CP-1": 0, "CP-2": 6_000}


def test_who_needs_three_phases_is_not_passed_for_ever_by_those_who_need_one() -> None:
    wiring = Wiring(main_only(6_000, *fed(1), *fed(2, 3, phases=("L1",)), *fed(4, 5, phases=("L2",))))
    waiting = wants(1, turn=Turn(charging=False, since=T0 - HOUR))
    half = wants(4, phases=1, turn=Turn(charging=True, since=T0 - 8 * MINUTE))
    found = allocate(wiring, [waiting, wants(2, phases=1), half], Strategy.EQUAL_SHARE, T0)
    assert found.grants == {"CP-1": 0, "CP-2": 0, "CP-4": 6_000}
    assert found.again_at == T0 + 7 * MINUTE
    then = allocate(wiring, [waiting, wants(2, phases=1), half], Strategy.EQUAL_SHARE, T0 + 7 * MINUTE)
    assert then.grants == {"CP-1": 6_000, "CP-2": 0, "CP-4": 0}


def test_room_is_kept_for_the_first_who_waits_and_for_nobody_else() -> None:
    tree = main_only(6_000, *fed(1), *fed(2, 3, phases=("L1",)), *fed(4, phases=("L2",)))
    charging, before = Turn(charging=True, since=T0 - MINUTE), Turn(charging=False, since=T0 - HOUR)
    cars = wants(1, turn=before), wants(2, phases=1), wants(3, phases=1, turn=charging), wants(4, phases=1)
    assert granted(tree, *cars) == [0, 0, 6_000, 0]
    assert granted(tree, *cars[1:]) == [0, 6_000, 6_000]


def test_who_has_had_his_turn_goes_on_where_room_is_kept_until_it_is_needed() -> None:
    tree = main_only(6_000, *fed(1), *fed(2, phases=("L1",)), *fed(3, phases=("L2",)))
    over, charging = (Turn(charging=True, since=T0 - minutes * MINUTE) for minutes in (20, 5))
    waiting = wants(1, turn=Turn(charging=False, since=T0 - HOUR))
    assert granted(tree, waiting, wants(2, turn=over), wants(3, turn=charging)) == [0, 6_000, 6_000]
    assert granted(tree, waiting, wants(2, turn=over)) == [6_000, 0]


def test_no_room_is_kept_for_who_could_not_charge_if_he_were_alone() -> None:
    circuits = (
        Circuit(circuit_id="main", limit_ma=12_000, points=fed(2, 3)),
        Circuit(circuit_id="hall", parent="main", limit_ma=12_000, points=fed(1)),
    )
    waiting = wants(1, turn=Turn(charging=False, since=T0 - HOUR))
    carried: dict[Place, int] = {("hall", "L1"): 7_000}
    tree = CircuitTree(circuits=circuits)
    assert granted(tree, waiting, wants(2), wants(3), carried=carried) == [0, 6_000, 6_000]


def test_what_somebody_draws_without_obeying_is_taken_from_the_others() -> None:
    carried = Wiring(SITE).carried([Draw("CP-3", 20_000)])
    assert granted(SITE, wants(1), wants(2), carried=carried) == [14_000, 14_000]
    too_much = dict.fromkeys([("main", phase) for phase in PHASES], 50_000)
    assert granted(SITE, wants(1), wants(2), carried=too_much) == [0, 0]


def test_a_limit_that_falls_is_kept_to_at_once_although_turns_are_not_over() -> None:
    begun = Turn(charging=True, since=T0 - MINUTE)
    carried: dict[Place, int] = {("main", "L1"): 37_000}
    found = allocate(Wiring(SITE), [wants(n, turn=begun) for n in (1, 2, 3)], Strategy.EQUAL_SHARE, T0, carried)
    assert [*found.grants.values()] == [11_000, 0, 0]
    assert found.turns["CP-2"] == Turn(charging=False, since=T0)
