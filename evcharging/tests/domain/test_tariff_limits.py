"""The limits of a tariff: least and greatest total, grace and cap of idle time, and when idling ends. Sums are worked
out by hand."""

import pytest

from evcharging.common.messages_tariff import Component, Element
from evcharging.domain.price import IDLE_CAP, LEAST, MOST, estimate, price
from evcharging.tests.domain.tariffs import CENT, EURO, HOUR, MINUTE, charged, moment, read, tariff_of

NOON = moment("2026-11-23T12:00Z")
ENERGY = Element(energy_micro_euros_per_kwh=25 * CENT)
WITH_FEE = Element(session_micro_euros=50 * CENT, energy_micro_euros_per_kwh=25 * CENT)
IDLE = Element(idle_micro_euros_per_minute=10 * CENT)


@pytest.mark.parametrize(("wh", "added"), [(0, 50 * CENT), (1000, 25 * CENT), (2000, 0), (4000, 0)])
def test_a_price_below_the_least_is_brought_to_it(wh: int, added: int) -> None:
    found = price(tariff_of(ENERGY, least_micro_euros=50 * CENT), read(NOON, (0, 0), (30, wh)))
    assert found.of(LEAST) == added
    assert found.net == max(50 * CENT, wh * 250)


@pytest.mark.parametrize(("kwh", "net"), [(30, 8 * EURO), (38, 10 * EURO), (50, 10 * EURO)])
def test_a_price_above_the_greatest_is_brought_to_it(kwh: int, net: int) -> None:
    found = price(tariff_of(WITH_FEE, most_micro_euros=10 * EURO), read(NOON, (0, 0), (60, 1000 * kwh)))
    assert found.net == net
    assert found.of(MOST) == (-3 * EURO if kwh == 50 else 0)  # 0.50 and 12.50


def test_the_limits_of_a_price_are_before_vat() -> None:
    tariff = tariff_of(ENERGY, least_micro_euros=1 * EURO, most_micro_euros=2 * EURO, vat_permille=210)
    assert price(tariff, read(NOON, (0, 0))).gross == 121 * CENT
    assert price(tariff, read(NOON, (0, 0), (60, 50_000))).gross == 242 * CENT


@pytest.mark.parametrize("wh", [0, 10_000, 90_000])
def test_a_least_that_is_the_greatest_is_a_flat_price(wh: int) -> None:
    tariff = tariff_of(ENERGY, least_micro_euros=5 * EURO, most_micro_euros=5 * EURO)
    assert price(tariff, read(NOON, (0, 0), (60, wh))).net == 5 * EURO


@pytest.mark.parametrize(
    ("minutes", "net", "capped"), [(20, 2 * EURO, 0), (30, 3 * EURO, 0), (90, 3 * EURO, -6 * EURO)]
)
def test_the_price_of_idle_time_goes_up_to_its_cap(minutes: int, net: int, capped: int) -> None:
    found = estimate(tariff_of(IDLE, idle_cap_micro_euros=3 * EURO), NOON, 0, 1 * HOUR, minutes * MINUTE)
    assert (found.net, found.of(IDLE_CAP)) == (net, capped)


def test_a_cap_holds_for_all_prices_of_idle_time_together_and_for_nothing_else() -> None:
    first = Element(idle_micro_euros_per_minute=10 * CENT, max_s=7200)
    second = Element(idle_micro_euros_per_minute=20 * CENT)
    tariff = tariff_of(first, second, WITH_FEE, idle_cap_micro_euros=8 * EURO)
    found = estimate(tariff, NOON, 8000, 1 * HOUR, 2 * HOUR)
    assert charged(found, Component.IDLE_TIME) == [(1, 6 * EURO), (2, 12 * EURO)]
    assert found.net == 50 * CENT + 2 * EURO + 8 * EURO


def test_the_cap_of_idle_time_comes_before_the_greatest_price() -> None:
    tariff = tariff_of(IDLE, WITH_FEE, idle_cap_micro_euros=3 * EURO, most_micro_euros=5 * EURO)
    found = estimate(tariff, NOON, 10_000, 1 * HOUR, 1 * HOUR)  # 0.50, 2.50, and 6.00 of which 3.00 count
    assert (found.of(IDLE_CAP), found.of(MOST), found.net) == (-3 * EURO, -1 * EURO, 5 * EURO)


def test_a_cap_of_nothing_is_idle_time_without_a_price() -> None:
    assert estimate(tariff_of(IDLE, idle_cap_micro_euros=0), NOON, 0, 1 * HOUR, 5 * HOUR).gross == 0


@pytest.mark.parametrize(("seconds", "net"), [(599, 0), (600, 0), (606, CENT), (1500, 150 * CENT)])
def test_idle_time_within_its_grace_has_no_price(seconds: int, net: int) -> None:
    found = estimate(tariff_of(IDLE, idle_grace_s=600), NOON, 11_000, 1 * HOUR, seconds * MINUTE / 60)
    assert found.net == net  # 0.10 a minute, from ten minutes on


def test_grace_takes_from_the_price_at_which_idling_begins() -> None:
    evening = Element(idle_micro_euros_per_minute=1 * EURO, local_to="22:00")
    tariff = tariff_of(evening, IDLE, idle_grace_s=600)
    found = estimate(tariff, moment("2026-11-23T20:55Z"), 11_000, 1 * HOUR, 40 * MINUTE)
    assert charged(found, Component.IDLE_TIME) == [(2, 3 * EURO)]  # from 22:05 to 22:35


def test_the_longest_grace_and_durations_have_a_price() -> None:
    late = Element(charging_micro_euros_per_minute=1 * EURO, min_s=10**9)
    found = estimate(tariff_of(late, WITH_FEE, idle_grace_s=10**9), NOON, 1000, 1 * HOUR, 1 * HOUR)
    assert found.net == 75 * CENT


def test_idle_time_by_duration_has_the_price_of_the_time_since_the_session_began() -> None:
    free, then = Element(idle_micro_euros_per_hour=0, max_s=10_800), Element(idle_micro_euros_per_hour=2 * EURO)
    found = estimate(tariff_of(free, then), NOON, 7000, 2 * HOUR, 3 * HOUR)
    assert charged(found, Component.IDLE_TIME) == [(1, 0), (2, 4 * EURO)]  # an hour until 15:00, two from there


def test_a_price_ends_idle_time_with_a_fault_whenever_the_plug_is_out() -> None:
    faulted = NOON + 50 * MINUTE
    found = price(tariff_of(IDLE), read(NOON, (0, 0), (30, 5000)), NOON + 30 * MINUTE, faulted)
    assert found.net == 2 * EURO  # 20 min


def test_a_price_has_no_idle_time_where_a_fault_ended_the_supply() -> None:
    faulted = NOON + 30 * MINUTE
    found = price(tariff_of(IDLE, ENERGY), read(NOON, (0, 0), (30, 8000)), faulted, faulted)
    assert (found.of(Component.IDLE_TIME), found.net) == (0, 2 * EURO)


def test_a_price_has_no_idle_time_before_the_end_of_the_supply() -> None:
    found = price(tariff_of(IDLE, ENERGY), read(NOON, (0, 0), (30, 8000)), NOON + 30 * MINUTE, NOON + 10 * MINUTE)
    assert found.net == 2 * EURO


def test_a_price_has_no_idle_time_while_the_vehicle_is_plugged_in_and_charges() -> None:
    assert price(tariff_of(IDLE, ENERGY), read(NOON, (0, 0), (300, 8000))).net == 2 * EURO


def test_prices_of_reservations_are_none_of_a_session() -> None:
    tariff = tariff_of(ENERGY, late_cancel_micro_euros=3 * EURO, no_show_micro_euros=9 * EURO)
    assert price(tariff, read(NOON, (0, 0), (30, 4000))).gross == 1 * EURO
