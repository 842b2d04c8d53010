"""What holds of every allocation, at any site and by any strategy."""

from fractions import Fraction
from random import Random
from typing import TypeVar

from hypothesis import given
from hypothesis import strategies as st

from evcharging.common.amperes import LEAST_MA
from evcharging.common.messages_power import CircuitTree, Strategy
from evcharging.common.utils import changed
from evcharging.domain.power.allocation import Allocation, allocate
from evcharging.domain.power.circuit import why_not_wired
from evcharging.domain.power.demand import TURN, Demand
from evcharging.domain.power.strategy import Claim, rank
from evcharging.domain.power.wiring import Place
from evcharging.tests.laws.any_site import Site, new_sites, sites
from evcharging.tests.laws.depth import searched
from evcharging.tests.stages.scenario import T0

T = TypeVar("T")
strategies = st.sampled_from(Strategy)
IN_LINE = (Strategy.FIRST_COME, Strategy.EARLIEST_DEPARTURE, Strategy.LEAST_LAXITY)
anything = searched(300)


def allocated(site: Site, strategy: Strategy) -> Allocation:
    return allocate(site.wiring, site.demands, strategy, T0, site.carried)


def place_in_line(site: Site, strategy: Strategy, demand: Demand) -> tuple[int, int, str]:
    return rank(strategy, Claim(demand, max(site.wanted(demand), LEAST_MA), 0, demand.phases), T0)


def hungry(site: Site, found: Allocation) -> list[Demand]:
    """Those who have less than they want, and not nothing."""
    return [demand for demand in site.demands if 0 < found.grants[demand.cp_id] < site.wanted(demand)]


def full_places(site: Site, found: Allocation, demand: Demand) -> list[Place]:
    spare = site.spare(found.grants)
    return [place for place in site.places(demand) if spare[place] == 0]


@anything
@given(sites)
def test_any_site_of_these_laws_can_be_wired(site: Site) -> None:
    assert why_not_wired(site.tree) is None


@anything
@given(sites, strategies)
def test_no_circuit_carries_more_than_its_limit_on_any_phase(site: Site, strategy: Strategy) -> None:
    found = allocated(site, strategy)
    beside = site.spare(dict.fromkeys(found.grants, 0))
    for place, spare in site.spare(found.grants).items():
        assert spare >= min(beside[place], 0), "what is over without any grant has no grant below it"


@anything
@given(sites, strategies)
def test_a_grant_is_nothing_or_from_six_amperes_on_and_at_most_what_is_wanted(site: Site, strategy: Strategy) -> None:
    grants = allocated(site, strategy).grants
    assert grants.keys() == {demand.cp_id for demand in site.demands}
    for demand in site.demands:
        grant = grants[demand.cp_id]
        assert grant == 0 or LEAST_MA <= grant <= site.wanted(demand)


@searched(500)
@given(sites, st.integers(0, 2**32))
def test_it_is_the_same_in_whatever_order_demands_circuits_points_and_phases_are_given(site: Site, number: int) -> None:
    dice = Random(number)
    circuits = [
        changed(each, points=shuffled(each.points, dice), phases=shuffled(each.phases, dice))
        for each in shuffled(site.tree.circuits, dice)
    ]
    another = Site(CircuitTree(circuits=tuple(circuits)), shuffled(site.demands, dice), site.loads)
    for strategy in Strategy:
        assert allocated(another, strategy) == allocated(site, strategy)


def shuffled(values: tuple[T, ...], dice: Random) -> tuple[T, ...]:
    return tuple(dice.sample(values, len(values)))


@anything
@given(sites)
def test_no_equal_share_can_be_raised_without_lowering_one_that_is_not_larger(site: Site) -> None:
    found = allocated(site, Strategy.EQUAL_SHARE)
    for demand in hungry(site, found):
        grant = found.grants[demand.cp_id]
        assert any(
            all(found.grants[other.cp_id] <= grant + 1 for other in site.at_place[place])
            for place in full_places(site, found, demand)
        ), "it has a full circuit, where nobody has more, but for the mA that cannot be shared"


@anything
@given(sites, st.sampled_from(IN_LINE))
def test_who_is_behind_in_line_has_more_than_the_least_only_of_what_nobody_before_him_can_use(
    site: Site, strategy: Strategy
) -> None:
    found = allocated(site, strategy)
    for demand in hungry(site, found):
        behind = place_in_line(site, strategy, demand)
        assert any(
            all(
                found.grants[other.cp_id] <= LEAST_MA
                for other in site.at_place[place]
                if place_in_line(site, strategy, other) > behind
            )
            for place in full_places(site, found, demand)
        )


@anything
@given(sites)
def test_a_lower_class_has_more_than_the_least_only_of_what_no_higher_one_can_use(site: Site) -> None:
    found = allocated(site, Strategy.PRIORITY)
    for demand in hungry(site, found):
        grant = found.grants[demand.cp_id]
        most = {other.cp_id: LEAST_MA if other.priority < demand.priority else grant + 1 for other in site.demands}
        assert any(
            all(
                found.grants[other.cp_id] <= most[other.cp_id]
                for other in site.at_place[place]
                if other.priority <= demand.priority
            )
            for place in full_places(site, found, demand)
        )


@anything
@given(new_sites, strategies)
def test_the_first_who_has_nothing_finds_no_least_current_beside_the_least_of_those_who_charge(
    site: Site, strategy: Strategy
) -> None:
    found = allocated(site, strategy)
    spare = site.spare({cp_id: LEAST_MA if grant else 0 for cp_id, grant in found.grants.items()})
    waiting = [demand for demand in site.demands if site.wanted(demand) and not found.grants[demand.cp_id]]
    for number, demand in enumerate(sorted(waiting, key=lambda each: place_in_line(site, strategy, each))):
        kept = LEAST_MA if number else 0
        assert any(spare[place] < LEAST_MA + kept for place in site.places(demand))


@anything
@given(new_sites, strategies, st.data())
def test_who_is_behind_in_line_takes_the_least_current_from_nobody(
    site: Site, strategy: Strategy, data: st.DataObject
) -> None:
    line = sorted(site.demands, key=lambda each: place_in_line(site, strategy, each))
    without = site.only(line[: data.draw(st.integers(0, len(line)))])
    with_all, alone = allocated(site, strategy).grants, allocated(without, strategy).grants
    for demand in without.demands:
        assert (with_all[demand.cp_id] > 0) is (alone[demand.cp_id] > 0)


@anything
@given(sites, strategies)
def test_whose_turn_is_not_over_goes_on_where_the_limits_let_all_of_them(site: Site, strategy: Strategy) -> None:
    found = allocated(site, strategy)
    kept = [each for each in site.demands if each.turn and each.turn.is_kept(T0) and site.wanted(each)]
    least = site.spare({each.cp_id: LEAST_MA if each in kept else 0 for each in site.demands})
    if all(ma >= 0 for ma in least.values()):
        assert all(found.grants[each.cp_id] for each in kept)


@anything
@given(sites, strategies)
def test_a_turn_says_since_when_it_is_so(site: Site, strategy: Strategy) -> None:
    found = allocated(site, strategy)
    assert found.turns.keys() == {demand.cp_id for demand in site.demands if demand.wanted_ma}
    for demand in site.demands:
        turn = found.turns.get(demand.cp_id)
        if turn is None:
            continue
        assert turn.charging is (found.grants[demand.cp_id] > 0)
        is_as_before = demand.turn is not None and demand.turn.charging is turn.charging
        assert turn == demand.turn if is_as_before else turn.since == T0
    if found.again_at is not None:
        assert T0 < found.again_at <= T0 + TURN


@anything
@given(sites)
def test_equal_share_is_what_a_slow_and_plain_solver_finds(site: Site) -> None:
    found = allocated(site, Strategy.EQUAL_SHARE)
    charging = [demand for demand in site.demands if found.grants[demand.cp_id]]
    exact = water_level(site, charging)
    for demand in charging:
        assert abs(found.grants[demand.cp_id] - exact[demand.cp_id]) < len(charging), "but for parts of a mA of each"


def water_level(site: Site, charging: list[Demand]) -> dict[str, Fraction]:
    """All rise by fractions of a mA until the next one is satisfied or the next place is full; the least current is
    theirs to begin with."""
    shares = {demand.cp_id: Fraction(LEAST_MA) for demand in charging}
    rising = [*charging]
    while rising:
        grants = {demand.cp_id: shares.get(demand.cp_id, Fraction(0)) for demand in site.demands}
        spare = _exactly_left(site, grants)
        steps = [Fraction(site.wanted(demand)) - shares[demand.cp_id] for demand in rising]
        for place, left in spare.items():
            if count := sum(place in site.places(demand) for demand in rising):
                steps.append(left / count)
        step = min(steps)
        for demand in rising:
            shares[demand.cp_id] += step
        grants |= shares
        spare = _exactly_left(site, grants)
        rising = [
            demand
            for demand in rising
            if shares[demand.cp_id] < site.wanted(demand) and all(spare[place] for place in site.places(demand))
        ]
    return shares


def _exactly_left(site: Site, grants: dict[str, Fraction]) -> dict[Place, Fraction]:
    return {
        place: ma - sum((grants[demand.cp_id] for demand in site.at_place.get(place, ())), Fraction(0))
        for place, ma in site.beside_loads.items()
    }
