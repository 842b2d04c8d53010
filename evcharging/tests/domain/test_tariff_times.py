"""Prices by the time of day, weekday and date, in zones whose clocks change. Sums are worked out by hand."""

import pytest

from evcharging.common.messages_tariff import Component, Element
from evcharging.domain.price import estimate, price
from evcharging.tests.domain.tariffs import CENT, EURO, HOUR, MADRID, charged, moment, read, tariff_of

NIGHT = Element(energy_micro_euros_per_kwh=10 * CENT, local_from="22:00", local_to="08:00")
DAY = Element(energy_micro_euros_per_kwh=40 * CENT)


def test_a_price_from_a_time_of_day_with_no_end_ends_at_midnight() -> None:
    tariff = tariff_of(Element(charging_micro_euros_per_hour=EURO, local_from="22:00"))
    found = estimate(tariff, moment("2026-11-23T21:00Z"), 0, 5 * HOUR)
    assert found.net == 2 * EURO  # from 22:00 to 24:00, of 21:00 to 02:00


def test_a_price_until_a_time_of_day_with_no_beginning_begins_at_midnight() -> None:
    tariff = tariff_of(Element(charging_micro_euros_per_hour=EURO, local_to="08:00"))
    found = estimate(tariff, moment("2026-11-23T21:00Z"), 0, 5 * HOUR)
    assert found.net == 2 * EURO  # from 00:00 to 02:00


def test_a_price_whose_time_of_day_ends_at_00_00_ends_at_midnight() -> None:
    tariff = tariff_of(Element(charging_micro_euros_per_hour=EURO, local_from="20:00", local_to="00:00"))
    assert estimate(tariff, moment("2026-11-23T19:00Z"), 0, 7 * HOUR).net == 4 * EURO  # from 20:00 to 24:00


def test_a_price_of_a_night_goes_over_midnight() -> None:
    tariff = tariff_of(NIGHT, DAY, zone=MADRID)
    found = estimate(tariff, moment("2026-11-23T21:00+01:00"), 10_000, 12 * HOUR)
    # 21 to 22: 10 kWh at 0.40; 22 to 8: 100 kWh at 0.10; 8 to 9: 10 kWh at 0.40
    assert charged(found, Component.ENERGY) == [(1, 10 * EURO), (2, 8 * EURO)]


def test_a_price_between_two_readings_changes_as_if_power_were_constant() -> None:
    begun = moment("2026-11-23T21:00+01:00")
    found = price(tariff_of(NIGHT, DAY, zone=MADRID), read(begun, (0, 0), (120, 20_000)))
    assert found.net == 4 * EURO + 1 * EURO  # 10 kWh at 0.40, 10 kWh at 0.10


@pytest.mark.parametrize(
    ("begins", "fee"),
    [
        ("2026-11-23T07:59:59+01:00", 50 * CENT),
        ("2026-11-23T08:00:00+01:00", 2 * EURO),
        ("2026-11-23T19:59:59+01:00", 2 * EURO),
        ("2026-11-23T20:00:00+01:00", 50 * CENT),
    ],
)
def test_the_price_of_a_session_is_that_of_the_time_of_day_at_which_it_begins(begins: str, fee: int) -> None:
    by_day = Element(session_micro_euros=2 * EURO, local_from="08:00", local_to="20:00")
    tariff = tariff_of(by_day, Element(session_micro_euros=50 * CENT), zone=MADRID)
    assert estimate(tariff, moment(begins), 11_000, 30 * HOUR).net == fee


def test_the_price_of_weekends_ends_on_sunday_at_midnight() -> None:
    weekend = Element(energy_micro_euros_per_kwh=20 * CENT, weekdays=("SATURDAY", "SUNDAY"))
    tariff = tariff_of(weekend, Element(energy_micro_euros_per_kwh=50 * CENT), zone=MADRID)
    found = estimate(tariff, moment("2026-11-22T23:00+01:00"), 10_000, 2 * HOUR)
    assert charged(found, Component.ENERGY) == [(1, 2 * EURO), (2, 5 * EURO)]  # 10 kWh each


def test_the_price_of_a_weekday_over_midnight_is_of_that_day_alone() -> None:
    friday = Element(charging_micro_euros_per_hour=EURO, local_from="22:00", local_to="06:00", weekdays=("FRIDAY",))
    found = estimate(tariff_of(friday, zone=MADRID), moment("2026-11-26T23:00+01:00"), 0, 27 * HOUR)
    assert found.net == (6 + 2) * EURO  # of Friday 00:00 to 06:00 and 22:00 to 24:00, and not of Saturday


def test_a_price_of_dates_counts_until_before_the_last_of_them() -> None:
    holidays = Element(charging_micro_euros_per_hour=EURO, from_date="2026-12-24", until_date="2026-12-27")
    tariff = tariff_of(holidays, zone=MADRID)
    assert estimate(tariff, moment("2026-12-23T12:00+01:00"), 0, 120 * HOUR).net == 72 * EURO  # three whole days
    assert estimate(tariff, moment("2026-12-26T23:00+01:00"), 0, 2 * HOUR).net == 1 * EURO
    assert estimate(tariff, moment("2026-12-27T00:00+01:00"), 0, 2 * HOUR).net == 0


def test_a_price_of_dates_counts_by_the_day_of_its_zone() -> None:
    new_year = Element(charging_micro_euros_per_hour=EURO, from_date="2027-01-01")
    tariff = tariff_of(new_year, zone="Pacific/Auckland")
    assert estimate(tariff, moment("2026-12-31T10:00Z"), 0, 3 * HOUR).net == 2 * EURO  # it is 2027 there at 11:00 UTC


def test_idle_time_over_midnight_comes_into_another_price() -> None:
    by_day = Element(idle_micro_euros_per_minute=10 * CENT, local_from="08:00", local_to="00:00")
    tariff = tariff_of(by_day, Element(idle_micro_euros_per_minute=2 * CENT), zone=MADRID)
    found = estimate(tariff, moment("2026-11-23T22:00+01:00"), 11_000, 1 * HOUR, 2 * HOUR)
    assert charged(found, Component.IDLE_TIME) == [(1, 6 * EURO), (2, 120 * CENT)]  # 60 min each


@pytest.mark.parametrize(
    ("local_from", "local_to", "hours"),
    [("02:00", "03:00", 0), ("02:30", "04:00", 1), ("01:30", "02:30", 0.5), ("00:00", "06:00", 5)],
)
def test_in_spring_a_price_of_the_hour_that_there_is_not_costs_nothing(
    local_from: str, local_to: str, hours: float
) -> None:
    tariff = tariff_of(
        Element(charging_micro_euros_per_hour=EURO, local_from=local_from, local_to=local_to), zone=MADRID
    )
    found = estimate(tariff, moment("2026-03-28T23:00+01:00"), 0, 9 * HOUR)  # at 02:00 it is 03:00
    assert found.net == hours * EURO


@pytest.mark.parametrize(
    ("local_from", "local_to", "hours"),
    [("02:00", "03:00", 2), ("02:30", "02:45", 0.5), ("01:30", "02:30", 1.5), ("00:00", "06:00", 7)],
)
def test_in_autumn_a_price_of_the_hour_that_comes_twice_counts_twice(
    local_from: str, local_to: str, hours: float
) -> None:
    tariff = tariff_of(
        Element(charging_micro_euros_per_hour=EURO, local_from=local_from, local_to=local_to), zone=MADRID
    )
    found = estimate(tariff, moment("2026-10-24T23:00+02:00"), 0, 10 * HOUR)  # at 03:00 it is 02:00
    assert found.net == hours * EURO


def test_the_price_of_a_day_that_begins_at_one_in_the_morning_has_23_hours() -> None:
    sunday = Element(charging_micro_euros_per_hour=EURO, weekdays=("SUNDAY",))
    tariff = tariff_of(sunday, zone="America/Santiago")
    assert estimate(tariff, moment("2026-09-05T22:00-04:00"), 0, 30 * HOUR).net == 23 * EURO


@pytest.mark.parametrize(
    ("zone", "begins", "watts", "net"),
    [
        ("America/St_Johns", "2026-11-23T21:30-03:30", 10_000, 4 * EURO // 2 + EURO // 2),  # half an hour each
        ("Asia/Kolkata", "2026-11-23T21:30+05:30", 10_000, 4 * EURO // 2 + EURO // 2),
        ("Asia/Kathmandu", "2026-11-23T21:45+05:45", 20_000, 5 * 40 * CENT + 15 * 10 * CENT),  # a quarter, and the rest
    ],
)
def test_prices_by_the_time_of_day_in_zones_of_half_hours(zone: str, begins: str, watts: int, net: int) -> None:
    assert estimate(tariff_of(NIGHT, DAY, zone=zone), moment(begins), watts, 1 * HOUR).net == net


def test_a_price_in_a_zone_whose_clocks_change_by_half_an_hour() -> None:
    twice = Element(charging_micro_euros_per_hour=EURO, local_from="01:30", local_to="02:00")
    tariff = tariff_of(twice, zone="Australia/Lord_Howe")
    assert estimate(tariff, moment("2026-04-05T00:00+11:00"), 0, 4 * HOUR).net == 1 * EURO


@pytest.mark.parametrize(
    ("begins", "hours", "by_night"),
    [("2026-11-23T00:00+01:00", 168, 70), ("2026-10-19T00:00+02:00", 169, 71), ("2026-03-23T00:00+01:00", 167, 69)],
)
def test_the_price_of_a_week_has_all_its_nights(begins: str, hours: int, by_night: int) -> None:
    found = estimate(tariff_of(NIGHT, DAY, zone=MADRID), moment(begins), 1000, hours * HOUR)
    assert charged(found, Component.ENERGY) == [(1, by_night * 10 * CENT), (2, 98 * 40 * CENT)]
