"""Energy: whole mWh from power and time, never drifting, never running backwards."""

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evcharging.common.moments import MICROSECOND
from evcharging.domain.meter import energy_mwh, time_to_deliver, to_kw, to_kwh, to_mwh, to_watts
from evcharging.tests.stages.scenario import law

powers = st.integers(0, 1_000_000)
times = st.integers(0, 10**14).map(lambda microseconds: timedelta(microseconds=microseconds))
amounts = st.integers(0, 10**9)


@pytest.mark.parametrize(
    ("power_w", "seconds", "energy"),
    [
        (22_000, 10, 61_111),  # the specification's own session: 61,111.1 mWh
        (22_000, 1, 6_111),
        (22_000, 3600, 22_000_000),
        (3_600, 1, 1_000),
        (3_600_000, 0.000001, 1),
        (3_599_999, 0.000001, 0),
        (0, 3600, 0),
        (22_000, 0, 0),
    ],
)
def test_energy_is_power_times_time_in_whole_mwh_rounded_down(power_w: int, seconds: float, energy: int) -> None:
    assert energy_mwh(power_w, timedelta(seconds=seconds)) == energy


@law
@given(power=powers, elapsed=times)
def test_energy_is_within_one_mwh_of_the_exact_product(power: int, elapsed: timedelta) -> None:
    exact = Fraction(power * (elapsed // MICROSECOND), 3_600_000)
    assert 0 <= exact - energy_mwh(power, elapsed) < 1


@law
@given(power=powers, first=times, second=times)
def test_energy_adds_up_over_time_within_one_mwh(power: int, first: timedelta, second: timedelta) -> None:
    apart = energy_mwh(power, first) + energy_mwh(power, second)
    assert 0 <= energy_mwh(power, first + second) - apart <= 1


@law
@given(power=powers, elapsed=times, more=times)
def test_energy_never_shrinks_with_time(power: int, elapsed: timedelta, more: timedelta) -> None:
    assert energy_mwh(power, elapsed + more) >= energy_mwh(power, elapsed)


@law
@given(power=powers, more=powers, elapsed=times)
def test_energy_never_shrinks_with_power(power: int, more: int, elapsed: timedelta) -> None:
    assert energy_mwh(power + more, elapsed) >= energy_mwh(power, elapsed)


@law
@given(power=powers, interval=st.integers(1, 10_000_000))
def test_ten_thousand_ticks_by_the_schedule_give_what_one_long_tick_gives(power: int, interval: int) -> None:
    tick, ticks = timedelta(microseconds=interval), 10_000
    register = 0
    for number in (*range(1, 50), *range(ticks - 50, ticks + 1)):
        before, register = register, energy_mwh(power, tick * number)
        assert register >= before
    assert register == energy_mwh(power, tick * ticks)
    assert Fraction(power * interval * ticks, 3_600_000) - register < 1


@law
@given(power=st.integers(1, 1_000_000), amount=amounts)
def test_the_time_to_deliver_is_the_least_that_delivers(power: int, amount: int) -> None:
    needed = time_to_deliver(power, amount)
    assert energy_mwh(power, needed) >= amount
    assert amount == 0 or energy_mwh(power, needed - MICROSECOND) < amount


@law
@given(energy=st.integers(0, 10**14))
def test_mwh_come_back_unchanged_from_kwh(energy: int) -> None:
    assert to_mwh(to_kwh(energy)) == energy


@law
@given(watts=st.integers(0, 10**10))
def test_watts_come_back_unchanged_from_kw(watts: int) -> None:
    assert to_watts(to_kw(watts)) == watts


@pytest.mark.parametrize(("kw", "watts"), [(22.0, 22_000), (22.5, 22_500), (7.36, 7_360), (0.0, 0), (0.0004, 0)])
def test_kilowatts_of_a_setting_become_the_watts_that_were_meant(kw: float, watts: int) -> None:
    assert to_watts(kw) == watts


@pytest.mark.parametrize(("kwh", "energy"), [(0.06, 60_000), (1.1, 1_100_000), (1000.0, 10**9), (1e-9, 0)])
def test_kilowatt_hours_of_a_wish_become_the_mwh_that_were_meant(kwh: float, energy: int) -> None:
    assert to_mwh(kwh) == energy
