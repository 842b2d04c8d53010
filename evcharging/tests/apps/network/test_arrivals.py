"""Vehicles that somebody sends come before those that come by themselves."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from evcharging.apps.ev_central.lab import NewVehicle
from evcharging.apps.network.arrivals import Arrivals, visit_of
from evcharging.domain.fleet import CITY_CAR
from evcharging.domain.offer import offer_of
from evcharging.domain.vehicle import Visit
from evcharging.runtime.programs import no_visits

SENT = NewVehicle(battery_mwh=60_000_000, charge_permille=300, power_w=11_000)
OTHER = Visit(vehicle=CITY_CAR, arrival_mwh=1)


def others(cp_id: str) -> Iterator[Visit]:
    while True:
        yield OTHER


def test_who_was_sent_last_comes_once_and_then_the_others() -> None:
    arrivals = Arrivals(others)
    visits = arrivals("CP-001")
    assert next(visits) is OTHER
    arrivals.send("CP-001", NewVehicle(battery_mwh=1_000_000, charge_permille=0, power_w=3_000))
    arrivals.send("CP-001", SENT)
    assert [next(visits), next(visits)] == [visit_of(SENT), OTHER]


def test_where_no_others_come_a_point_has_a_vehicle_only_when_one_is_sent() -> None:
    arrivals = Arrivals(no_visits)
    visits = arrivals("CP-001")
    assert next(visits, None) is None
    arrivals.send("CP-001", SENT)
    assert next(visits, None) == visit_of(SENT)
    assert next(visits, None) is None


def test_who_was_sent_still_comes_when_the_engine_begins_again() -> None:
    arrivals = Arrivals(others)
    arrivals("CP-001")
    arrivals.send("CP-001", SENT)
    assert next(arrivals("CP-001")) == visit_of(SENT)


@pytest.mark.parametrize("power_w", [1_400, 3_700, 7_360, 7_361, 11_000, 22_000])
def test_a_vehicle_takes_what_was_said_where_the_point_gives_as_much(power_w: int) -> None:
    visit = visit_of(NewVehicle(battery_mwh=60_000_000, charge_permille=300, power_w=power_w))
    assert visit.state_of_charge == pytest.approx(0.3)
    charging = visit.under(offer_of(22_000))
    assert charging.power_w(timedelta(0)) == pytest.approx(power_w, rel=0.01)


def test_it_leaves_when_it_is_full() -> None:
    charging = visit_of(SENT).under(offer_of(22_000))
    done = charging.time_until_done()
    assert done is not None
    assert charging.after(done).state_of_charge > 0.95
