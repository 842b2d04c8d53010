"""What a point offers by its nameplate and under a limit, and which limits it cannot keep to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evcharging.common.amperes import LEAST_MA
from evcharging.common.messages import Limit
from evcharging.domain.offer import Offer, offer_of, phases_of, why_no_limit
from evcharging.tests.stages.scenario import law

powers = st.integers(1, 400_000)
limits = st.builds(Limit, milliamperes=st.none() | st.integers(0, 100_000), watts=st.none() | st.integers(0, 400_000))


@pytest.mark.parametrize(
    ("power_w", "phases"), [(1, 1), (3_700, 1), (7_400, 1), (7_401, 3), (43_470, 3), (43_471, 0), (350_000, 0)]
)
def test_the_nameplate_says_how_many_phases_a_point_has(power_w: int, phases: int) -> None:
    assert phases_of(power_w) == phases


def test_a_point_without_a_limit_offers_its_nameplate_power() -> None:
    assert offer_of(22_000) == Offer(watts=22_000, phases=3, ma=31_884)
    assert offer_of(150_000) == Offer(watts=150_000)
    assert offer_of(1_000).watts == 1_000


def test_a_limit_of_current_is_on_each_phase() -> None:
    assert offer_of(22_000, Limit(milliamperes=16_000)) == Offer(watts=11_040, phases=3, ma=16_000)
    assert offer_of(7_360, Limit(milliamperes=16_000)) == Offer(watts=3_680, phases=1, ma=16_000)


def test_a_limit_of_power_is_shared_by_the_phases() -> None:
    assert offer_of(22_000, Limit(watts=11_000)) == Offer(watts=10_999, phases=3, ma=15_942)
    assert offer_of(150_000, Limit(watts=60_000)) == Offer(watts=60_000)


def test_of_two_limits_the_tighter_one_counts() -> None:
    both = Limit(milliamperes=16_000, watts=7_000)
    assert offer_of(22_000, both) == offer_of(22_000, Limit(watts=7_000))


def test_a_limit_of_current_counts_where_a_point_turns_out_to_give_direct_current() -> None:
    assert offer_of(50_000, Limit(milliamperes=0)).watts == 0
    assert offer_of(50_000, Limit(milliamperes=32_000)).watts == 7_360


def test_a_limit_of_nothing_pauses() -> None:
    assert offer_of(22_000, Limit(milliamperes=0)).watts == 0
    assert offer_of(150_000, Limit(watts=0)).watts == 0


@law
@given(powers, limits)
def test_no_limit_is_ever_passed_and_what_flows_is_at_least_what_a_point_offers(power_w: int, limit: Limit) -> None:
    offer = offer_of(power_w, limit)
    assert 0 <= offer.watts <= power_w
    assert limit.watts is None or offer.watts <= limit.watts
    if offer.phases and limit.milliamperes is not None and offer.watts:
        assert offer.ma <= limit.milliamperes
        assert offer.watts * 1000 <= limit.milliamperes * offer.phases * 230 or offer.watts == power_w
    if offer.phases and offer.watts:
        assert offer.ma >= min(LEAST_MA, offer_of(power_w).ma)


@law
@given(powers, limits)
def test_a_limit_that_is_not_refused_and_not_nothing_lets_something_flow(power_w: int, limit: Limit) -> None:
    said = [value for value in (limit.milliamperes, limit.watts) if value is not None]
    if why_no_limit(limit, power_w) is None and all(said):
        assert offer_of(power_w, limit).watts > 0


@pytest.mark.parametrize(
    ("limit", "power_w", "why"),
    [
        (Limit(), 22_000, "neither milliamperes nor watts"),
        (Limit(milliamperes=5_999), 22_000, "5999 mA is below 6000 mA on each phase"),
        (Limit(watts=4_139), 22_000, "4139 W is below 4140 W, which is 6 A on 3 phases"),
        (Limit(watts=1_379), 7_000, "1379 W is below 1380 W, which is 6 A on 1 phase"),
        (Limit(watts=1_379), 150_000, "6 A on one phase"),
        (Limit(milliamperes=16_000), 150_000, "direct current"),
        (Limit(watts=1_379), 0, "1379 W is below 1380 W"),
    ],
)
def test_a_limit_that_a_point_cannot_keep_to_is_refused_in_one_sentence(limit: Limit, power_w: int, why: str) -> None:
    refusal = why_no_limit(limit, power_w)
    assert refusal is not None
    assert why in refusal


@pytest.mark.parametrize(
    "limit", [None, Limit(watts=0), Limit(milliamperes=0), Limit(milliamperes=6_000), Limit(watts=4_140)]
)
def test_a_limit_that_it_can_keep_to_is_not(limit: Limit | None) -> None:
    assert why_no_limit(limit, 22_000) is None
    assert why_no_limit(limit, 0) is None
