"""What is drawn at a point adds up exactly, in whatever segments it is drawn, and however often it is read."""

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evcharging.common.messages import Limit
from evcharging.common.moments import MICROSECOND
from evcharging.domain.battery import CUT_OFF_W
from evcharging.domain.fleet import OF_TEN, VAN
from evcharging.domain.load import Load, SteadyLoad, VehicleLoad, load_of
from evcharging.domain.meter import W_US_PER_MWH, energy_mwh
from evcharging.domain.offer import Offer, offer_of
from evcharging.domain.vehicle import Visit
from evcharging.tests.stages.scenario import law

POWER_W = 22_000
HOUR_US = 3_600_000_000

offers = st.one_of(
    st.just(offer_of(POWER_W)),
    st.integers(0, 40_000).map(lambda ma: offer_of(POWER_W, Limit(milliamperes=ma))),
    st.integers(0, POWER_W).map(lambda watts: offer_of(POWER_W, Limit(watts=watts))),
)
waits = st.one_of(st.integers(0, 10), st.integers(0, 10_000_000), st.integers(0, HOUR_US)).map(
    lambda us: us * MICROSECOND
)
changes = st.lists(st.tuples(waits, offers), max_size=12)


@st.composite
def visits(draw: st.DrawFn) -> Visit:
    vehicle = draw(st.sampled_from(OF_TEN))
    return Visit(
        vehicle=vehicle,
        arrival_mwh=vehicle.battery.capacity_mwh * draw(st.integers(0, 950)) // 1000,
        target_permille=draw(st.integers(700, 1000)),
        stay_us=draw(st.none() | st.integers(0, 8 * HOUR_US)),
    )


def through(load: Load, segments: list[tuple[timedelta, Offer]]) -> tuple[Load, timedelta]:
    """The load after all changes, and how long that took."""
    elapsed = timedelta(0)
    for wait, offer in segments:
        elapsed += wait
        load = load.under(offer, elapsed)
    return load, elapsed


@law
@given(changes, waits)
def test_a_steady_load_draws_power_times_time_to_the_last_part_of_a_mwh(
    segments: list[tuple[timedelta, Offer]], last: timedelta
) -> None:
    load, elapsed = through(load_of(offer_of(POWER_W), None), segments)
    watts, flowed = POWER_W, Fraction(0)
    for wait, offer in segments:
        flowed += Fraction(watts * (wait // MICROSECOND), W_US_PER_MWH)
        watts = offer.watts
    flowed += Fraction(watts * (last // MICROSECOND), W_US_PER_MWH)
    assert load.energy_mwh(elapsed + last) == int(flowed)
    assert load.power_w(elapsed + last) == watts


@law
@given(changes, waits)
def test_a_change_that_changes_nothing_changes_no_reading(
    segments: list[tuple[timedelta, Offer]], last: timedelta
) -> None:
    whole = load_of(offer_of(POWER_W), None)
    load, elapsed = through(whole, [(wait, offer_of(POWER_W)) for wait, _ in segments])
    assert load.energy_mwh(elapsed + last) == energy_mwh(POWER_W, elapsed + last)


@law
@given(visits(), changes, waits)
def test_a_vehicle_draws_no_more_than_is_offered_and_its_register_never_runs_backwards(
    visit: Visit, segments: list[tuple[timedelta, Offer]], last: timedelta
) -> None:
    load, elapsed = load_of(offer_of(POWER_W), visit), timedelta(0)
    offer, register = offer_of(POWER_W), 0
    for wait, following in [*segments, (last, offer_of(POWER_W))]:
        elapsed += wait
        reading = load.energy_mwh(elapsed)
        assert load.power_w(elapsed) <= offer.watts
        assert register <= reading <= register + energy_mwh(offer.watts, wait) + 1
        load, offer, register = load.under(following, elapsed), following, reading
        assert load.energy_mwh(elapsed) == reading


@law
@given(visits(), changes, waits)
def test_more_segments_give_the_same_energy_to_a_mwh(
    visit: Visit, segments: list[tuple[timedelta, Offer]], last: timedelta
) -> None:
    plain, elapsed = through(load_of(offer_of(POWER_W), visit), segments)
    halves = [(wait / 2, offer) for wait, offer in segments for _ in (0, 1)]
    offers_then = [offer_of(POWER_W), *(offer for _, offer in segments)]
    split: Load = load_of(offer_of(POWER_W), visit)
    at = timedelta(0)
    for number, (wait, offer) in enumerate(segments):
        split = split.under(offers_then[number], at + halves[2 * number][0])
        at += wait
        split = split.under(offer, at)
    assert abs(split.energy_mwh(elapsed + last) - plain.energy_mwh(elapsed + last)) <= 1


@law
@given(visits(), offers, st.integers(1, 60_000_000))
def test_the_time_of_an_amount_is_the_first_moment_at_which_it_has_been_drawn(
    visit: Visit, offer: Offer, amount: int
) -> None:
    for load in (load_of(offer, None), load_of(offer, visit)):
        at = load.time_of(amount)
        if at is None:
            assert load.energy_mwh(timedelta(days=3)) < amount or load.power_w(timedelta(0)) > 0
        else:
            assert load.energy_mwh(at) >= amount
            assert load.energy_mwh(at - MICROSECOND) < amount


@law
@given(visits(), offers, st.integers(CUT_OFF_W, POWER_W))
def test_a_tapering_load_falls_below_a_power_once(visit: Visit, offer: Offer, watts: int) -> None:
    load = load_of(offer, visit)
    at = load.falls_below(watts)
    if at is not None:
        assert load.power_w(at - MICROSECOND if at else at) >= watts - 1
        assert load.power_w(at + timedelta(seconds=1)) <= watts
    elif load.power_w(timedelta(0)) > watts:
        done_at = load.done_at()
        assert done_at is not None
        assert done_at == timedelta(0) or load.power_w(done_at - MICROSECOND) >= watts - 1


def test_a_steady_load_is_never_done_and_a_paused_one_never_draws_an_amount() -> None:
    paused = SteadyLoad(watts=0)
    assert (paused.time_of(1), paused.done_at(), paused.falls_below(1)) == (None, None, None)
    assert paused.time_of(0) == timedelta(0)


@pytest.mark.parametrize("minutes", [1, 30])
def test_a_vehicle_that_leaves_draws_nothing_after(minutes: int) -> None:
    load = load_of(offer_of(POWER_W), Visit(vehicle=VAN, arrival_mwh=0, stay_us=minutes * 60_000_000))
    assert isinstance(load, VehicleLoad)
    left = timedelta(minutes=minutes)
    assert load.done_at() == left
    assert load.energy_mwh(left + timedelta(hours=1)) == load.energy_mwh(left)
    assert load.power_w(left) == 0
