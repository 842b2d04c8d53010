"""Vehicles: what they draw under an offer, in whole numbers that add up over any stretches."""

from datetime import timedelta
from itertools import islice
from random import Random

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evcharging.common.moments import MICROSECOND
from evcharging.common.utils import as_fields, changed, from_fields, from_json, to_json
from evcharging.domain import meter
from evcharging.domain.battery import CUT_OFF_W
from evcharging.domain.fleet import CITY_CAR, COMPACT, OF_TEN, SALOON, VAN, arrivals, pick
from evcharging.domain.offer import offer_of
from evcharging.domain.vehicle import Charging, Vehicle, Visit
from evcharging.tests.domain.test_battery import batteries
from evcharging.tests.stages.scenario import law

HOUR = timedelta(hours=1)
DAY_US = 24 * 3_600_000_000
CLOSE = 1e-6
"""How far doubles may round off, in mWh: a thousandth of what is asked for."""

counts = st.integers(0, DAY_US // 1000) | st.integers(0, DAY_US // 24) | st.integers(0, DAY_US)
times = counts.map(lambda us: us * MICROSECOND)
limits = st.one_of(st.just(0), st.integers(CUT_OFF_W, 30_000), st.integers(0, 400_000))
vehicles = st.builds(
    Vehicle,
    model=st.just("any"),
    battery=batteries,
    onboard_ma=st.integers(0, 80_000),
    onboard_phases=st.integers(1, 3),
    dc_max_w=st.integers(0, 400_000),
)


@st.composite
def visits(draw: st.DrawFn) -> Visit:
    """Any vehicle, as full as may be, at the beginning of its visit or later."""
    vehicle = draw(vehicles)
    capacity_mwh = vehicle.battery.capacity_mwh
    arrival_mwh = capacity_mwh * draw(st.integers(0, 1000)) // 1000
    visit = Visit(
        vehicle=vehicle,
        arrival_mwh=arrival_mwh,
        wanted_mwh=draw(st.none() | st.integers(0, 2 * capacity_mwh)),
        target_permille=draw(st.integers(0, 1000)),
        stay_us=draw(st.none() | counts),
    )
    return visit.charging(draw(limits)).after(draw(times))


charges = st.builds(lambda visit, limit_w: visit.charging(limit_w), visits(), limits)


def of(vehicle: Vehicle, permille: int) -> Visit:
    """A vehicle that came with a state of charge."""
    return Visit(vehicle=vehicle, arrival_mwh=vehicle.battery.capacity_mwh * permille // 1000)


@pytest.mark.parametrize(
    ("vehicle", "offered_ma", "offered_phases", "power_w"),
    [
        (CITY_CAR, 32_000, 3, 7_360),
        (CITY_CAR, 16_000, 3, 3_680),
        (COMPACT, 32_000, 3, 11_040),
        (COMPACT, 32_000, 1, 3_680),
        (VAN, 32_000, 3, 22_080),
        (VAN, 6_000, 3, 4_140),
        (VAN, 6_000, 1, 1_380),
        (VAN, 6_001, 1, 1_380),
        (VAN, 5_999, 3, 0),
        (VAN, 0, 3, 0),
    ],
)
def test_on_ac_the_least_of_offer_and_onboard_charger_counts(
    vehicle: Vehicle, offered_ma: int, offered_phases: int, power_w: int
) -> None:
    assert vehicle.ac_w(offered_ma, offered_phases) == power_w
    assert of(vehicle, 300).charging(power_w).power_w(HOUR) == power_w


@pytest.mark.parametrize(
    ("vehicle", "offered_w", "power_w"),
    [(SALOON, 350_000, 220_000), (SALOON, 50_000, 50_000), (SALOON, 1_379, 0), (CITY_CAR, 50_000, 0)],
)
def test_on_dc_the_least_of_offer_and_vehicle_counts(vehicle: Vehicle, offered_w: int, power_w: int) -> None:
    assert vehicle.dc_w(offered_w) == power_w


@law
@given(vehicle=vehicles, ma=st.integers(0, 80_000), more=st.integers(0, 80_000), phases=st.integers(1, 3))
def test_a_greater_offer_never_gives_less_power(vehicle: Vehicle, ma: int, more: int, phases: int) -> None:
    assert vehicle.ac_w(ma + more, phases) >= vehicle.ac_w(ma, phases)
    assert vehicle.ac_w(ma, 3) >= vehicle.ac_w(ma, phases)
    assert vehicle.dc_w(ma + more) >= vehicle.dc_w(ma)


def test_a_vehicle_ends_at_what_it_wanted_exactly() -> None:
    charging = changed(of(CITY_CAR, 200), wanted_mwh=7_360_000).charging(7_360)
    assert charging.time_until_done() == charging.time_until(7_360_000) == HOUR
    assert charging.energy_mwh(HOUR) == charging.energy_mwh(2 * HOUR) == 7_360_000
    assert (charging.power_w(HOUR - MICROSECOND), charging.power_w(HOUR)) == (7_360, 0)
    assert charging.time_until(7_360_001) is None


def test_a_vehicle_ends_at_its_target_state_of_charge() -> None:
    charging = changed(of(CITY_CAR, 200), target_permille=500).charging(7_360)
    done = charging.time_until_done()
    assert done is not None
    assert charging.after(done).state_of_charge == pytest.approx(0.5, abs=1e-12)
    assert charging.energy_mwh(done) == 12_000_000


def test_a_vehicle_that_leaves_draws_no_more() -> None:
    charging = changed(of(CITY_CAR, 200), stay_us=DAY_US // 24).charging(7_360)
    assert charging.time_until_done() == HOUR
    assert charging.energy_mwh(HOUR) == charging.energy_mwh(2 * HOUR) == 7_360_000
    assert charging.time_until(7_360_000) == HOUR
    assert charging.time_until(7_360_001) is None
    assert charging.power_w(HOUR) == 0
    assert charging.after(HOUR / 4).stay_us == DAY_US // 32
    assert charging.after(2 * HOUR).stay_us == 0


def test_where_nothing_flows_nothing_is_ever_done_before_the_vehicle_leaves() -> None:
    charging = of(CITY_CAR, 200).charging(0)
    assert charging.time_until_done() is None
    assert charging.time_until(1) is None
    assert (charging.power_w(HOUR), charging.energy_mwh(HOUR)) == (0, 0)
    assert changed(of(CITY_CAR, 200), stay_us=1_000_000).charging(0).time_until_done() == timedelta(seconds=1)


def test_a_battery_that_is_full_is_done_at_once() -> None:
    charging = of(SALOON, 1000).charging(220_000)
    assert charging.time_until_done() == timedelta(0)
    assert (charging.power_w(timedelta(0)), charging.energy_mwh(HOUR)) == (0, 0)


@law
@given(charging=charges)
def test_what_has_ended_has_ended_for_every_later_stretch(charging: Charging) -> None:
    done = charging.time_until_done()
    assume(done is not None and charging.visit.stay_us is None)
    assert done is not None
    for limit_w in (charging.curve.constant_w, 1_000_000):
        assert charging.after(done).charging(limit_w).time_until_done() == timedelta(0)


@law
@given(
    limit_w=st.integers(CUT_OFF_W, 40_000), elapsed=st.integers(0, HOUR // MICROSECOND).map(lambda us: us * MICROSECOND)
)
def test_below_the_taper_energy_is_what_the_meter_makes_of_the_limit(limit_w: int, elapsed: timedelta) -> None:
    charging = of(SALOON, 100).charging(limit_w)
    assert charging.energy_mwh(elapsed) == meter.energy_mwh(limit_w, elapsed)


@law
@given(charging=charges, parts=st.lists(times, max_size=20))
def test_a_stretch_in_any_parts_gives_what_it_gives_in_one(charging: Charging, parts: list[timedelta]) -> None:
    visit, energy = charging.visit, 0
    for part in parts:
        stretch = visit.charging(charging.curve.constant_w)
        energy, visit = energy + stretch.energy_mwh(part), stretch.after(part)
    whole = charging.after(sum(parts, timedelta(0)))
    assert visit.drawn_mwh == pytest.approx(whole.drawn_mwh, rel=0, abs=CLOSE)
    assert visit.stored_mwh == pytest.approx(whole.stored_mwh, rel=0, abs=CLOSE)
    assert visit.stay_us == whole.stay_us
    assert abs(energy - charging.energy_mwh(sum(parts, timedelta(0)))) <= (visit.drawn_mwh != whole.drawn_mwh)


@law
@given(visit=visits(), stretches=st.lists(st.tuples(limits, times), max_size=20))
def test_the_stretches_of_a_visit_add_up_to_all_that_was_drawn(
    visit: Visit, stretches: list[tuple[int, timedelta]]
) -> None:
    energy, first_mwh = 0, int(visit.drawn_mwh)
    for limit_w, elapsed in stretches:
        stretch = visit.charging(limit_w)
        energy, visit = energy + stretch.energy_mwh(elapsed), stretch.after(elapsed)
    assert energy == int(visit.drawn_mwh) - first_mwh


@law
@given(charging=charges, elapsed=times)
def test_the_battery_gains_what_is_drawn_times_the_efficiency(charging: Charging, elapsed: timedelta) -> None:
    before, behind = charging.visit, charging.after(elapsed)
    efficiency = before.vehicle.battery.efficiency_permille / 1000
    gained, drawn = behind.stored_mwh - before.stored_mwh, behind.drawn_mwh - before.drawn_mwh
    assert gained == pytest.approx(drawn * efficiency, rel=0, abs=CLOSE)


@law
@given(charging=charges, elapsed=times)
def test_a_vehicle_is_never_above_its_target(charging: Charging, elapsed: timedelta) -> None:
    visit = charging.after(elapsed)
    if visit.drawn_mwh > charging.visit.drawn_mwh:
        assert visit.wanted_mwh is None or visit.drawn_mwh <= visit.wanted_mwh
        target_mwh = visit.vehicle.battery.capacity_mwh * visit.target_permille / 1000
        assert visit.stored_mwh <= target_mwh + CLOSE


@law
@given(charging=charges, elapsed=times, more=times)
def test_energy_never_shrinks_and_power_never_grows_with_time(
    charging: Charging, elapsed: timedelta, more: timedelta
) -> None:
    assert 0 <= charging.energy_mwh(elapsed) <= charging.energy_mwh(elapsed + more)
    assert charging.power_w(elapsed) >= charging.power_w(elapsed + more)


@law
@given(visit=visits(), limit_w=limits, more_w=limits, elapsed=times)
def test_a_higher_limit_never_gives_less_energy(visit: Visit, limit_w: int, more_w: int, elapsed: timedelta) -> None:
    less, more = visit.charging(limit_w).after(elapsed), visit.charging(limit_w + more_w).after(elapsed)
    assert more.drawn_mwh >= less.drawn_mwh - CLOSE


@law
@given(charging=charges, amount=st.integers(1, 100_000_000))
def test_the_time_until_an_energy_is_the_least_that_gives_it(charging: Charging, amount: int) -> None:
    needed, most = charging.time_until(amount), charging.energy_mwh(timedelta(days=300))
    assert (needed is None) == (amount > most)
    if needed is not None:
        assert charging.energy_mwh(needed - MICROSECOND) < amount <= charging.energy_mwh(needed)


@pytest.mark.parametrize(
    ("vehicle", "arrival_mwh", "begin_mwh", "limit_w", "reading_mwh"),
    [
        (COMPACT, 44_022_000, 198_670.66666666666, 22_080, 767_568),
        (COMPACT, 1_392_000, 87_263.66666666667, 7_360, 38_775_257),
        (CITY_CAR, 14_400_000, 0.0, 22_080, 23_680_660),
        (SALOON, 2_700_000, 0.0, 150_000, 96_683_597),
    ],
)
def test_an_energy_that_comes_with_a_whole_microsecond_is_not_reached_a_microsecond_later(
    vehicle: Vehicle, arrival_mwh: int, begin_mwh: float, limit_w: int, reading_mwh: int
) -> None:
    charging = Visit(vehicle=vehicle, arrival_mwh=arrival_mwh, drawn_mwh=begin_mwh).charging(limit_w)
    assert charging.curve.us_until(reading_mwh) % 1 < 1e-4
    amount = reading_mwh - int(begin_mwh)
    needed = charging.time_until(amount)
    assert needed is not None
    assert charging.energy_mwh(needed - MICROSECOND) < amount <= charging.energy_mwh(needed)


@law
@given(charging=charges, elapsed=times)
def test_an_energy_is_reached_no_later_than_when_it_is_read(charging: Charging, elapsed: timedelta) -> None:
    needed = charging.time_until(charging.energy_mwh(elapsed))
    assert needed is not None
    assert needed <= elapsed


@law
@given(charging=charges, later=times)
def test_once_done_nothing_more_flows(charging: Charging, later: timedelta) -> None:
    done = charging.time_until_done()
    if done is not None:
        assert charging.energy_mwh(done) == charging.energy_mwh(done + later)
        assert charging.power_w(done) == charging.power_w(done + later) == 0
        assert done == timedelta(0) or charging.curve.constant_w == 0 or charging.power_w(done - MICROSECOND) > 0


@law
@given(charging=charges, elapsed=times)
def test_a_visit_comes_back_from_its_record_bit_by_bit(charging: Charging, elapsed: timedelta) -> None:
    visit = charging.after(elapsed)
    assert from_json(Visit, to_json(visit)) == visit
    assert from_fields(Visit, as_fields(visit)) == visit
    assert from_json(Charging, to_json(charging)) == charging


def test_every_vehicle_of_the_mix_charges_with_ac_and_is_done_some_time() -> None:
    for vehicle in OF_TEN:
        charging = of(vehicle, 100).charging(vehicle.ac_w(32_000, 3))
        done = charging.time_until_done()
        assert done is not None
        assert HOUR < done < 24 * HOUR
        assert 0.98 < charging.after(done).state_of_charge < 1


@given(seed=st.integers())
@law
def test_who_comes_wants_to_charge(seed: int) -> None:
    visit = pick(Random(seed))
    assert 0.1 <= visit.state_of_charge <= 0.6 < visit.target_permille / 1000 <= 1
    assert visit.stay_us is not None
    assert timedelta(minutes=20) <= visit.stay_us * MICROSECOND <= timedelta(hours=8)
    assert visit.charging(visit.vehicle.ac_w(16_000, 3)).time_until_done()


def test_the_same_seed_brings_the_same_vehicles() -> None:
    first, second = Random("7/CP-001"), Random("7/CP-001")
    came = [pick(first) for _ in range(200)]
    assert came == [pick(second) for _ in range(200)]
    assert {visit.vehicle.model for visit in came} == {"city car", "compact", "van", "saloon"}


def test_the_numbers_of_a_visit_never_change() -> None:
    charging = of(SALOON, 100).charging(SALOON.dc_w(150_000))
    read = [(charging.energy_mwh(at), charging.power_w(at)) for at in (HOUR / 4, HOUR / 2, HOUR, 2 * HOUR)]
    assert read == [(37500000, 150000), (72688129, 96177), (88923608, 5980), (89751600, 0)]
    assert charging.time_until_done() == timedelta(hours=1, minutes=15, microseconds=50_181_564)


@pytest.mark.parametrize(("power_w", "models"), [(22_000, 4), (150_000, 3), (1_000, 4)])
def test_only_those_come_that_can_charge_there_if_any_can(power_w: int, models: int) -> None:
    came = [visit.vehicle for visit in islice(arrivals(Random(1), power_w), 200)]
    assert len({vehicle.model for vehicle in came}) == models
    assert power_w < 1_380 or all(vehicle.takes_w(offer_of(power_w)) for vehicle in came)
