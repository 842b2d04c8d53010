"""What holds over time where the least current is not enough for everybody: turns, and who waits for how long. Sites
without loads, looked at whenever a turn is over and each 7 minutes."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from evcharging.common.messages_power import Strategy
from evcharging.common.utils import changed
from evcharging.domain.power.allocation import Allocation, allocate
from evcharging.domain.power.demand import TURN, Demand
from evcharging.tests.laws.any_site import MINUTE, Site, crowded_sites, new_sites, sites
from evcharging.tests.laws.depth import searched
from evcharging.tests.stages.scenario import T0

EVERY = 7 * MINUTE
LEAST_W = 6 * 230
Looked = list[tuple[datetime, Allocation]]
over_time = searched(100)


def can_charge(site: Site) -> Site:
    """Those alone who could charge if nobody else did, without loads."""
    bare = Site(site.tree, site.demands, {})
    return bare.only(each for each in bare.demands if each.wanted_ma and _alone(bare, each))


def _alone(site: Site, demand: Demand) -> bool:
    return min(site.beside_loads[place] for place in site.places(demand)) >= 6_000


def looks(site: Site, strategy: Strategy, span: timedelta) -> Iterator[tuple[datetime, Allocation]]:
    """One allocation after another, each with the turns of the last."""
    now, demands = T0, site.demands
    while now < T0 + span:
        found = allocate(site.wiring, demands, strategy, now)
        yield now, found
        demands = tuple(changed(demand, turn=found.turns[demand.cp_id]) for demand in demands)
        now = min(now + EVERY, found.again_at or now + EVERY)


def stretches(looked: Looked, cp_id: str) -> list[tuple[bool, datetime, datetime]]:
    """Whether somebody charged, from when until when; the last is still going on."""
    found: list[tuple[bool, datetime, datetime]] = []
    for now, allocation in looked:
        charging = allocation.grants[cp_id] > 0
        if found and found[-1][0] is charging:
            found[-1] = (charging, found[-1][1], now)
        else:
            found[-1:] = [*[(was, begun, now) for was, begun, _ in found[-1:]], (charging, now, now)]
    return found


@over_time
@given(sites | crowded_sites)
def test_in_an_equal_share_everybody_has_a_turn_before_each_of_the_others_has_had_one(site: Site) -> None:
    site = can_charge(site)
    bound = len(site.demands) * TURN
    looked = [*looks(site, Strategy.EQUAL_SHARE, 3 * bound + TURN)]
    for demand in site.demands:
        for charging, begun, until in stretches(looked, demand.cp_id):
            assert charging or until - begun <= bound


@over_time
@given(sites | crowded_sites)
def test_everybody_of_the_highest_class_has_a_turn_before_each_of_it_has_had_one(site: Site) -> None:
    site = can_charge(site)
    highest = max((demand.priority for demand in site.demands), default=0)
    them = [demand for demand in site.demands if demand.priority == highest]
    bound = len(them) * TURN + TURN
    looked = [*looks(site, Strategy.PRIORITY, 3 * bound)]
    for demand in them:
        for charging, begun, until in stretches(looked, demand.cp_id):
            assert charging or until - begun <= bound


@over_time
@given(sites | crowded_sites, st.sampled_from(Strategy))
def test_a_turn_lasts_for_a_quarter_of_an_hour_at_least(site: Site, strategy: Strategy) -> None:
    looked = [*looks(can_charge(site), strategy, timedelta(hours=3))]
    for cp_id in looked[0][1].grants:
        for charging, begun, until in stretches(looked, cp_id)[1:-1]:
            assert not charging or until - begun >= TURN


@over_time
@given(new_sites | crowded_sites, st.sampled_from(Strategy))
def test_as_long_as_nothing_else_changes_nothing_does_before_a_turn_is_over(site: Site, strategy: Strategy) -> None:
    if strategy is Strategy.LEAST_LAXITY:
        site = site.only(changed(demand, departs_at=None) for demand in site.demands)
    site = can_charge(site)
    (_, first), *_ = looks(site, strategy, EVERY)
    then = [changed(demand, turn=first.turns[demand.cp_id]) for demand in site.demands]
    soon = (first.again_at or T0 + timedelta(hours=5)) - timedelta(seconds=1)
    assert allocate(site.wiring, then, strategy, soon).grants == first.grants


@over_time
@given(new_sites | crowded_sites, st.sampled_from(Strategy))
def test_everybody_gets_the_energy_that_he_needs_if_he_stays(site: Site, strategy: Strategy) -> None:
    site = can_charge(site)
    needed = {demand.cp_id: 10_000_000 for demand in site.demands}
    longest = sum(needed.values()) / 1_000 / LEAST_W
    now, turns = T0, dict[str, object]()
    while any(ma > 0 for ma in needed.values()):
        assert now <= T0 + timedelta(hours=longest) + 2 * len(needed) * (TURN + EVERY)
        demands = [
            changed(demand, wanted_mwh=needed[demand.cp_id], turn=turns.get(demand.cp_id))
            for demand in site.demands
            if needed[demand.cp_id] > 0
        ]
        found = allocate(site.wiring, demands, strategy, now)
        turns = {**found.turns}
        for demand in demands:
            needed[demand.cp_id] -= found.grants[demand.cp_id] * demand.phases * 230 * (EVERY // MINUTE) // 60
        now += EVERY
