"""Prices by the time of day, weekday and date, in zones whose clocks change. Sums are worked out by hand."""

from evcharging.common.messages_tariff import Element
from evcharging.domain.price import estimate
from evcharging.tests.domain.tariffs import EURO, HOUR, moment, tariff_of


def test_a_price_from_a_time_of_day_with_no_end_ends_at_midnight() -> None:
    tariff = tariff_of(Element(charging_micro_euros_per_hour=EURO, local_from="22:00"))
    found = estimate(tariff, moment("2026-11-23T21:00Z"), 0, 5 * HOUR)
    assert found.net == 2 * EURO  # from 22:00 to 24:00, of 21:00 to 02:00


def test_a_price_until_a_time_of_day_with_no_beginning_begins_at_midnight() -> None:
    tariff = tariff_of(Element(charging_micro_euros_per_hour=EURO, local_to="08:00"))
    found = estimate(tariff, moment("2026-11-23T21:00Z"), 0, 5 * HOUR)
    assert found.net == 2 * EURO  # from 00:00 to 02:00
