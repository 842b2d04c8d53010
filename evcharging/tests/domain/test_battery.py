"""A battery: full power up to the knee, a taper above it, and an end; all of it in closed form."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evcharging.common.amperes import LEAST_MA, VOLTS
from evcharging.domain.battery import CUT_OFF_W, Battery, Curve
from evcharging.domain.meter import W_US_PER_MWH
from evcharging.tests.stages.scenario import law

HOUR_US = 3_600_000_000
LOSSLESS = Battery(capacity_mwh=50_000_000, max_w=100_000, knee_permille=800, efficiency_permille=1000)
USUAL = Battery(capacity_mwh=60_000_000, max_w=90_000, knee_permille=750, efficiency_permille=900)
EVERYTHING = 1e12

batteries = st.builds(
    Battery,
    capacity_mwh=st.integers(5_000_000, 1_000_000_000),
    max_w=st.integers(CUT_OFF_W, 1_000_000),
    knee_permille=st.integers(0, 990),
    efficiency_permille=st.integers(700, 1000),
)
limits = st.integers(CUT_OFF_W, 1_000_000)
times = st.integers(0, 100 * HOUR_US)
shares = st.floats(0, 1)


@st.composite
def curves(draw: st.DrawFn) -> Curve:
    """A stretch in which energy may flow: any battery, as full as may be, under any limit."""
    battery, permille = draw(batteries), draw(st.integers(0, 1000))
    arrival_mwh = battery.capacity_mwh * permille // 1000
    begin_mwh = battery.to_permille(arrival_mwh, 1000) * draw(shares)
    wanted_mwh = begin_mwh + draw(st.floats(0, 2e9))
    return battery.curve(arrival_mwh, begin_mwh, wanted_mwh, draw(limits))


def test_below_the_knee_a_battery_takes_its_full_power() -> None:
    curve = LOSSLESS.curve(10_000_000, 0.0, EVERYTHING, limit_w=350_000)
    assert curve.power_w(0) == curve.power_w(HOUR_US // 4) == 100_000
    assert curve.drawn_mwh(HOUR_US // 4) == 25_000_000
    assert curve.taper_us == pytest.approx(0.3 * HOUR_US)


def test_above_the_knee_the_room_shrinks_exponentially() -> None:
    """The knee is reached with 10 kWh of room, after 0.3 h; the time constant is 10 kWh / 100 kW = 0.1 h."""
    curve = LOSSLESS.curve(10_000_000, 0.0, EVERYTHING, limit_w=350_000)
    for hours in (0.3, 0.35, 0.4, 0.6):
        shrunk = math.exp(-(hours - 0.3) / 0.1)
        assert curve.drawn_mwh(round(hours * HOUR_US)) == pytest.approx(40_000_000 - 10_000_000 * shrunk)
        assert curve.power_w(round(hours * HOUR_US)) == pytest.approx(100_000 * shrunk)


def test_under_a_limit_the_taper_begins_where_the_battery_would_take_no_more() -> None:
    """At 20 kW of 100 kW, a fifth of the room at the knee is left: 2 kWh, after 38 kWh at 20 kW."""
    curve = LOSSLESS.curve(10_000_000, 0.0, EVERYTHING, limit_w=20_000)
    assert curve.taper_us == pytest.approx(1.9 * HOUR_US)
    assert curve.drawn_mwh(2 * HOUR_US) == pytest.approx(40_000_000 - 2_000_000 * math.exp(-1))


def test_what_goes_into_the_battery_is_what_is_drawn_times_the_efficiency() -> None:
    assert USUAL.to_permille(0, 1000) * 0.9 == pytest.approx(60_000_000)
    assert USUAL.to_permille(30_000_000, 800) * 0.9 == pytest.approx(18_000_000)
    assert USUAL.curve(0, 0.0, EVERYTHING, limit_w=350_000).power_w(0) == 100_000


def test_a_battery_is_full_when_it_would_draw_less_than_6_amperes_on_one_phase() -> None:
    assert CUT_OFF_W == LEAST_MA * VOLTS // 1000
    curve = LOSSLESS.curve(10_000_000, 0.0, EVERYTHING, limit_w=350_000)
    assert curve.end_us is not None
    assert curve.end_us == pytest.approx((0.3 + 0.1 * math.log(100_000 / CUT_OFF_W)) * HOUR_US)
    end = math.ceil(curve.end_us)
    assert curve.power_w(end - 1) == pytest.approx(CUT_OFF_W)
    assert curve.power_w(end) == 0
    assert curve.drawn_mwh(end) == curve.drawn_mwh(10 * end) == pytest.approx(40_000_000 - 0.1 * CUT_OFF_W * 1000)


def test_under_a_limit_below_the_cut_off_nothing_flows_and_nothing_ends() -> None:
    curve = LOSSLESS.curve(10_000_000, 5.0, EVERYTHING, limit_w=CUT_OFF_W - 1)
    assert curve.end_us is None
    assert (curve.drawn_mwh(HOUR_US), curve.power_w(0)) == (5.0, 0)


@pytest.mark.parametrize("limit_w", [0, 350_000])
@pytest.mark.parametrize(
    ("arrival_mwh", "wanted_mwh"), [(10_000_000, 5.0), (10_000_000, -1.0), (50_000_000, EVERYTHING)]
)
def test_a_battery_that_wants_no_more_has_ended_at_once(limit_w: int, arrival_mwh: int, wanted_mwh: float) -> None:
    curve = LOSSLESS.curve(arrival_mwh, 5.0, wanted_mwh, limit_w)
    assert (curve.end_us, curve.drawn_mwh(0), curve.power_w(0)) == (0.0, 5.0, 0)


@law
@given(battery=batteries, permille=st.integers(0, 999))
def test_the_power_is_full_up_to_the_knee_and_in_proportion_to_the_room_above(battery: Battery, permille: int) -> None:
    begin_mwh = battery.to_permille(0, permille)
    curve = battery.curve(0, begin_mwh, EVERYTHING, limit_w=10_000_000)
    full_w = battery.max_w * 1000 / battery.efficiency_permille
    taken_w = full_w * min(1, (1000 - permille) / (1000 - battery.knee_permille))
    if taken_w >= CUT_OFF_W + 1:
        assert curve.power_w(0) == pytest.approx(taken_w, abs=1)


@law
@given(curve=curves(), first=shares, second=shares)
def test_energy_is_power_summed_over_time(curve: Curve, first: float, second: float) -> None:
    """Before the taper and in it, by Gauss's rule with two places on each of 200 parts."""
    end_us = math.ceil(curve.end_us or 0.0)
    low, high = sorted((round(first * end_us), round(second * end_us)))
    summed = 0.0
    for since, until in ((low, min(high, int(curve.taper_us))), (max(low, math.ceil(curve.taper_us)), high)):
        for part in range(200) if since < until else ():
            width = (until - since) / 200
            middle, aside = since + (part + 0.5) * width, width / math.sqrt(12)
            powers = curve.power_w(round(middle - aside)), curve.power_w(round(middle + aside))
            summed += sum(powers) / 2 * width / W_US_PER_MWH
    assert curve.drawn_mwh(high) - curve.drawn_mwh(low) == pytest.approx(summed, rel=1e-6, abs=1)


@law
@given(curve=curves(), us=times, more=times)
def test_energy_never_shrinks_and_power_never_grows_with_time(curve: Curve, us: int, more: int) -> None:
    assert curve.begin_mwh <= curve.drawn_mwh(us) <= curve.drawn_mwh(us + more) <= curve.end_mwh
    assert curve.power_w(us) >= curve.power_w(us + more) - 1e-3


@law
@given(curve=curves(), share=shares)
def test_each_microsecond_in_which_energy_flows_adds_some(curve: Curve, share: float) -> None:
    us = int(share * (curve.end_us or 0.0))
    for at in (us, int(curve.taper_us)):
        if curve.end_us is not None and at + 1 < curve.end_us:
            assert curve.drawn_mwh(at + 1) - curve.drawn_mwh(at) > 0.0003


@law
@given(curve=curves(), share=shares)
def test_the_time_until_an_energy_is_the_time_when_it_is_drawn(curve: Curve, share: float) -> None:
    if curve.end_us:
        us = int(share * curve.end_us)
        assert curve.us_until(curve.drawn_mwh(us)) == pytest.approx(us, abs=0.01)


@law
@given(curve=curves())
def test_a_stretch_is_continuous_where_the_taper_begins_and_where_it_ends(curve: Curve) -> None:
    if curve.end_us:
        for moment in (curve.taper_us, curve.end_us):
            before, behind = curve.drawn_mwh(math.floor(moment)), curve.drawn_mwh(math.floor(moment) + 1)
            assert 0 <= behind - before <= curve.constant_w / W_US_PER_MWH + 1e-6


def test_the_bits_of_a_stretch_never_change() -> None:
    curve = USUAL.curve(12_345_678, 1_000_000.5, EVERYTHING, limit_w=43_210)
    drawn = [curve.drawn_mwh(us).hex() for us in (0, HOUR_US, 4_200_000_001, 6_000_000_007)]
    assert drawn == ["0x1.e848100000000p+19", "0x1.514ba84000000p+25", "0x1.7af26cb0b7a03p+25", "0x1.9237475555555p+25"]
    assert curve.end_us is not None
    assert curve.end_us.hex() == "0x1.5960fa423b0abp+32"
