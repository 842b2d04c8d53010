"""What is held covers what is charged: no price within the bounds that follow from a hold is above it."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evcharging.common.messages_tariff import Element, Tariff
from evcharging.common.utils import changed
from evcharging.domain.ceiling import ChargeBounds, bounds_within, hold_cents, most_within
from evcharging.domain.money import cents_up, of_cents, to_cents
from evcharging.domain.price import Metered, price
from evcharging.domain.tariff import single
from evcharging.tests.domain.tariffs import CENT, EURO, HOUR, KWH, MADRID, MINUTE, tariff_of
from evcharging.tests.domain.test_price import begins, elements, tariffs
from evcharging.tests.laws.depth import searched
from evcharging.tests.stages.scenario import T0

by_power = st.builds(
    Element,
    session_micro_euros=st.none() | st.integers(0, EURO),
    energy_micro_euros_per_kwh=st.integers(0, EURO),
    charging_micro_euros_per_hour=st.none() | st.integers(0, EURO),
    idle_micro_euros_per_minute=st.none() | st.integers(0, EURO),
    min_w=st.none() | st.integers(1, 100_000),
    max_s=st.none() | st.integers(1, 20_000),
)
any_tariffs = st.builds(changed, tariffs, elements=st.lists(elements | by_power, min_size=1, max_size=4).map(tuple))
spans = st.integers(0, 12 * 3600 * 10**6).map(lambda count: timedelta(microseconds=count))
shares = st.floats(0, 1)
wanted_bounds = st.builds(
    lambda begins_from, span, limit_mwh, idle: ChargeBounds(
        begins_from=begins_from, ends_by=begins_from + span, limit_mwh=limit_mwh, idle=idle
    ),
    begins,
    spans,
    st.integers(0, 40 * KWH),
    st.sampled_from([timedelta(0), 15 * MINUTE, 3 * HOUR]),
)


def charge_within(bounds: ChargeBounds, start: float, points: list[tuple[float, float]], left: float) -> list[Metered]:
    """Readings of a charge that keeps within bounds, by shares of its time and energy."""
    begun = bounds.begins_from + start * (bounds.ends_by - bounds.begins_from)
    moments = sorted(begun + share * (bounds.ends_by - begun) for share, _ in points)
    registers = sorted(int(share * bounds.limit_mwh) for _, share in points)
    return [
        Metered(at=begun, register_mwh=7),
        *(Metered(at=at, register_mwh=7 + mwh) for at, mwh in zip(moments, registers, strict=True)),
        Metered(at=bounds.ends_by, register_mwh=7 + (registers[-1] if left < 0.5 and registers else bounds.limit_mwh)),
    ]


@searched(400)
@given(
    tariff=any_tariffs,
    bounds=wanted_bounds,
    start=shares,
    points=st.lists(st.tuples(shares, shares), max_size=4),
    left=shares,
)
def test_no_charge_within_bounds_costs_more_than_its_ceiling(
    tariff: Tariff, bounds: ChargeBounds, start: float, points: list[tuple[float, float]], left: float
) -> None:
    readings = charge_within(bounds, start, points, left)
    found = price(tariff, readings, None, readings[-1].at + bounds.idle)
    assert found.gross <= most_within(tariff, bounds)


@searched(200)
@given(
    tariff=any_tariffs,
    wanted=wanted_bounds,
    held=st.integers(0, 10_000),
    start=shares,
    points=st.lists(st.tuples(shares, shares), max_size=4),
    left=shares,
)
def test_what_a_hold_allows_is_captured_whole(
    tariff: Tariff, wanted: ChargeBounds, held: int, start: float, points: list[tuple[float, float]], left: float
) -> None:
    bounds = bounds_within(tariff, held, wanted)
    assume(bounds is not None)
    assert bounds is not None
    assert bounds.limit_mwh <= wanted.limit_mwh
    assert bounds.ends_by <= wanted.ends_by
    readings = charge_within(bounds, start, points, left)
    found = price(tariff, readings, None, readings[-1].at + bounds.idle)
    assert found.gross <= of_cents(held)
    assert to_cents(found.gross) <= held


@searched(100)
@given(tariff=any_tariffs, wanted=wanted_bounds)
def test_the_hold_of_a_wish_allows_all_of_it(tariff: Tariff, wanted: ChargeBounds) -> None:
    assert bounds_within(tariff, hold_cents(tariff, wanted, 10**9), wanted) == wanted


@searched(100)
@given(tariff=any_tariffs, bounds=wanted_bounds, energy=st.integers(0, KWH), time=spans, idle=spans)
def test_a_ceiling_grows_with_each_bound(
    tariff: Tariff, bounds: ChargeBounds, energy: int, time: timedelta, idle: timedelta
) -> None:
    least = most_within(tariff, bounds)
    assert most_within(tariff, changed(bounds, limit_mwh=bounds.limit_mwh + energy)) >= least
    assert most_within(tariff, changed(bounds, ends_by=bounds.ends_by + time)) >= least
    assert most_within(tariff, changed(bounds, idle=bounds.idle + idle)) >= least


ROUNDED_UP = 1
"""Two lines, each of which may be rounded up by half a micro-euro."""

DAY = ChargeBounds(begins_from=T0, ends_by=T0 + 24 * HOUR, limit_mwh=100 * KWH)


def test_by_a_single_price_the_whole_hold_can_be_charged() -> None:
    bounds = bounds_within(single(300_000), 1500, DAY)
    assert bounds is not None
    assert bounds.ends_by == DAY.ends_by
    assert 49_970_000 <= bounds.limit_mwh <= 50 * KWH


def test_where_time_costs_and_energy_does_not_the_hold_is_a_time() -> None:
    bounds = bounds_within(tariff_of(Element(charging_micro_euros_per_minute=100_000)), 600, DAY)
    assert bounds is not None
    assert bounds.limit_mwh == DAY.limit_mwh
    assert timedelta(0) <= T0 + HOUR - bounds.ends_by < timedelta(seconds=30)


def test_where_both_cost_each_is_cut_down() -> None:
    both = tariff_of(Element(energy_micro_euros_per_kwh=300_000, charging_micro_euros_per_minute=100_000))
    bounds = bounds_within(both, 2000, DAY)
    assert bounds is not None
    assert 0 < bounds.limit_mwh < DAY.limit_mwh
    assert T0 < bounds.ends_by < DAY.ends_by
    assert 0 <= of_cents(2000) - most_within(both, bounds) < 10 * CENT


def test_a_step_of_energy_is_priced_by_each_of_its_prices() -> None:
    cheap = Element(energy_micro_euros_per_kwh=200_000, max_mwh=10 * KWH)
    steps = tariff_of(cheap, Element(energy_micro_euros_per_kwh=500_000))
    assert most_within(steps, changed(DAY, limit_mwh=12 * KWH)) == 3 * EURO + ROUNDED_UP


def test_a_dearer_hour_that_may_be_met_counts_and_one_that_cannot_does_not() -> None:
    evening = Element(energy_micro_euros_per_kwh=EURO, local_from="18:00", local_to="20:00")
    by_day = tariff_of(evening, Element(energy_micro_euros_per_kwh=200_000), zone=MADRID)
    noon = ChargeBounds(begins_from=T0, ends_by=T0 + HOUR, limit_mwh=10 * KWH)
    assert most_within(by_day, noon) == 2 * EURO
    assert most_within(by_day, changed(noon, ends_by=T0 + 8 * HOUR)) == 10 * EURO + ROUNDED_UP


@pytest.mark.parametrize(("cap", "most"), [(None, 30), (10, 10)])
def test_idle_time_is_held_up_to_its_cap(cap: int | None, most: int) -> None:
    limits: dict[str, Any] = {} if cap is None else {"idle_cap_micro_euros": cap * EURO}
    idle = tariff_of(Element(idle_micro_euros_per_minute=EURO), idle_grace_s=600, **limits)
    assert most_within(idle, changed(DAY, idle=40 * MINUTE)) == most * EURO


def test_vat_and_limits_of_the_total_are_held() -> None:
    tariff = tariff_of(Element(energy_micro_euros_per_kwh=EURO), most_micro_euros=20 * EURO, vat_permille=210)
    assert most_within(tariff, DAY) == 24_200_000
    assert hold_cents(tariff, DAY, 10_000) == 2420
    assert hold_cents(tariff, DAY, 2000) == 2000


def test_a_hold_below_the_session_fee_allows_nothing() -> None:
    fee = tariff_of(Element(session_micro_euros=EURO), Element(energy_micro_euros_per_kwh=EURO))
    assert bounds_within(fee, 99, DAY) is None
    bounds = bounds_within(fee, 100, DAY)
    assert bounds is not None
    assert bounds.limit_mwh == 0


def test_what_covers_an_amount_is_rounded_up_and_what_is_captured_to_the_nearest() -> None:
    assert [cents_up(each) for each in (0, 1, 10_000, 10_001)] == [0, 1, 1, 2]
    assert [to_cents(each) for each in (0, 4_999, 5_000, 14_999)] == [0, 0, 1, 1]
