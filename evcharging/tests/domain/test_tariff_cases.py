"""Which element prices what, by energy, power and duration, and how sums are rounded. Sums are worked out by hand."""

import pytest

from evcharging.common.messages_tariff import Component, Element
from evcharging.domain.price import Metered, estimate, price
from evcharging.tests.domain.tariffs import CENT, EURO, HOUR, KWH, MADRID, MINUTE, charged, moment, read, tariff_of

NOON = moment("2026-11-23T12:00Z")
ENERGY = Element(energy_micro_euros_per_kwh=30 * CENT)


def test_a_price_with_fee_energy_grace_and_vat_line_by_line() -> None:
    said = Element(
        session_micro_euros=35 * CENT, energy_micro_euros_per_kwh=45 * CENT, idle_micro_euros_per_minute=10 * CENT
    )
    tariff = tariff_of(said, zone=MADRID, idle_grace_s=900, vat_permille=210)
    found = estimate(tariff, moment("2026-11-23T18:00+01:00"), 22_000, 45 * MINUTE, 35 * MINUTE)
    assert [(line.component, line.quantity, line.micro_euros) for line in found.lines] == [
        ("session", 1, 350_000),
        ("energy", 16_500_000, 7_425_000),
        ("idle_time", 20 * 60 * 10**6, 2_000_000),
    ]
    assert (found.net, found.vat, found.gross) == (9_775_000, 2_052_750, 11_827_750)


def test_an_element_leaves_what_it_has_no_price_for_to_a_later_one() -> None:
    first = Element(energy_micro_euros_per_kwh=20 * CENT, local_from="12:00", local_to="13:00")
    second = Element(energy_micro_euros_per_kwh=50 * CENT, charging_micro_euros_per_hour=1 * EURO)
    found = estimate(tariff_of(first, second), NOON, 10_000, 2 * HOUR)
    assert charged(found, Component.ENERGY) == [(1, 2 * EURO), (2, 5 * EURO)]
    assert charged(found, Component.CHARGING_TIME) == [(2, 2 * EURO)]


def test_of_several_elements_that_hold_the_first_has_the_price() -> None:
    elements = [Element(energy_micro_euros_per_kwh=cents * CENT, local_from="08:00") for cents in (40, 20, 90)]
    assert charged(estimate(tariff_of(*elements), NOON, 10_000, 1 * HOUR), Component.ENERGY) == [(1, 4 * EURO)]


def test_a_component_without_a_price_costs_nothing_and_has_no_line() -> None:
    found = estimate(tariff_of(Element(idle_micro_euros_per_hour=EURO)), NOON, 50_000, 3 * HOUR)
    assert (found.lines, found.gross) == ((), 0)


def test_a_component_without_a_price_at_that_time_costs_nothing() -> None:
    morning = Element(energy_micro_euros_per_kwh=30 * CENT, local_to="12:00")
    assert estimate(tariff_of(morning), NOON - HOUR, 10_000, 2 * HOUR).net == 3 * EURO


def test_a_price_of_nothing_counts_before_a_later_price() -> None:
    free = Element(energy_micro_euros_per_kwh=0, max_s=1800)
    found = estimate(tariff_of(free, ENERGY), NOON, 10_000, 1 * HOUR)
    assert charged(found, Component.ENERGY) == [(1, 0), (2, 150 * CENT)]


@pytest.mark.parametrize(("wh", "net"), [(1000, 0), (10_000, 270 * CENT), (12_500, 395 * CENT)])
def test_prices_of_energy_by_tiers(wh: int, net: int) -> None:
    free = Element(energy_micro_euros_per_kwh=0, max_mwh=1 * KWH)
    middle = Element(energy_micro_euros_per_kwh=30 * CENT, min_mwh=1 * KWH, max_mwh=10 * KWH)
    last = Element(energy_micro_euros_per_kwh=50 * CENT, min_mwh=10 * KWH)
    assert price(tariff_of(free, middle, last), read(NOON, (0, 0), (60, wh))).net == net


def test_the_price_of_time_changes_at_a_tier_of_energy() -> None:
    first = Element(charging_micro_euros_per_hour=4 * EURO, max_mwh=5 * KWH)
    tariff = tariff_of(first, Element(charging_micro_euros_per_hour=120 * CENT))
    found = price(tariff, read(NOON, (0, 0), (60, 20_000)))  # 5 kWh after 15 min
    assert charged(found, Component.CHARGING_TIME) == [(1, 1 * EURO), (2, 90 * CENT)]


def test_idle_time_has_the_price_of_the_tier_that_was_reached() -> None:
    much = Element(idle_micro_euros_per_minute=50 * CENT, min_mwh=10 * KWH)
    tariff = tariff_of(much, Element(idle_micro_euros_per_minute=10 * CENT))
    assert estimate(tariff, NOON, 10_000, 1 * HOUR, 10 * MINUTE).net == 5 * EURO
    assert estimate(tariff, NOON, 9_999, 1 * HOUR, 10 * MINUTE).net == 1 * EURO


@pytest.mark.parametrize("shown", [(100_000, 40_000, 0), (None, None, None)])
def test_a_price_of_fast_charging_ends_when_power_tapers_below_it(shown: tuple[int | None, ...]) -> None:
    fast = Element(energy_micro_euros_per_kwh=60 * CENT, min_w=50_000)
    moments, registers = (0, 6, 21), (0, 10 * KWH, 20 * KWH)  # 100 kW for 6 min, 40 kW for 15 min
    readings = [
        Metered(at=NOON + minutes * MINUTE, register_mwh=mwh, power_w=watts)
        for minutes, mwh, watts in zip(moments, registers, shown, strict=True)
    ]
    found = price(tariff_of(fast, ENERGY), readings)
    assert charged(found, Component.ENERGY) == [(1, 6 * EURO), (2, 3 * EURO)]


@pytest.mark.parametrize(("watts", "element"), [(49_999, 2), (50_000, 1), (79_999, 1), (80_000, 2)])
def test_a_price_by_power_counts_from_its_least_until_before_its_greatest(watts: int, element: int) -> None:
    between = Element(energy_micro_euros_per_kwh=60 * CENT, min_w=50_000, max_w=80_000)
    found = estimate(tariff_of(between, ENERGY), NOON, watts, 1 * HOUR)
    assert [number for number, _ in charged(found, Component.ENERGY)] == [element]


def test_idle_time_has_the_price_of_no_power() -> None:
    low = Element(idle_micro_euros_per_hour=EURO, max_w=1)
    high = Element(idle_micro_euros_per_hour=9 * EURO, min_w=1)
    assert estimate(tariff_of(high, low), NOON, 50_000, 1 * HOUR, 1 * HOUR).net == 1 * EURO


def test_the_price_of_a_session_by_power_is_that_of_its_first_reading_even_before_a_second() -> None:
    tariff = tariff_of(Element(session_micro_euros=EURO, max_w=50_000), Element(session_micro_euros=3 * EURO))
    first = Metered(at=NOON, register_mwh=0, power_w=100_000)
    assert price(tariff, [first]).net == 3 * EURO
    assert price(tariff, [first, *read(NOON, (6, 10_000))]).net == 3 * EURO


def test_a_price_by_duration_counts_from_the_second_it_says() -> None:
    late = Element(charging_micro_euros_per_minute=5 * CENT, min_s=7200)
    assert estimate(tariff_of(late), NOON, 11_000, 2 * HOUR).net == 0
    assert estimate(tariff_of(late), NOON, 11_000, 3 * HOUR).net == 3 * EURO


def test_a_price_by_duration_between_two_readings_takes_its_share_of_the_energy() -> None:
    free = Element(energy_micro_euros_per_kwh=0, max_s=900)
    assert price(tariff_of(free, ENERGY), read(NOON, (0, 0), (60, 20_000))).net == 15 * 30 * CENT


@pytest.mark.parametrize(("mwh", "micro_euros"), [(499_999, 0), (500_000, 1), (1_499_999, 1), (1_500_000, 2)])
def test_the_price_of_a_line_is_rounded_half_up(mwh: int, micro_euros: int) -> None:
    tariff = tariff_of(Element(energy_micro_euros_per_kwh=1))
    readings = [Metered(at=NOON, register_mwh=0), Metered(at=NOON + HOUR, register_mwh=mwh)]
    assert price(tariff, readings).gross == micro_euros


def test_a_price_is_rounded_once_a_line() -> None:
    half = Element(energy_micro_euros_per_kwh=1, max_mwh=KWH // 2)
    tariff = tariff_of(half, Element(energy_micro_euros_per_kwh=1))
    assert price(tariff, read(NOON, (0, 0), (30, 500))).net == 1
    assert price(tariff, read(NOON, (0, 0), (10, 100), (20, 400), (60, 1000))).net == 1 + 1


def test_the_price_of_a_second_by_the_hour() -> None:
    tariff = tariff_of(Element(charging_micro_euros_per_hour=EURO))
    assert estimate(tariff, NOON, 0, MINUTE / 60).net == 278  # 277.8
    assert estimate(tariff, NOON, 0, 9 * MINUTE / 60).net == 2500


@pytest.mark.parametrize(
    ("net", "permille", "vat"), [(9, 50, 0), (10, 50, 1), (50, 210, 11), (49, 210, 10), (7, 1000, 7), (7, 0, 0)]
)
def test_the_vat_of_a_price_is_rounded_half_up(net: int, permille: int, vat: int) -> None:
    found = price(tariff_of(Element(session_micro_euros=net), vat_permille=permille), read(NOON, (0, 0)))
    assert (found.net, found.vat, found.gross) == (net, vat, net + vat)


def test_the_vat_of_a_price_is_rounded_once_and_not_a_line() -> None:
    tariff = tariff_of(Element(session_micro_euros=1, energy_micro_euros_per_kwh=1), vat_permille=500)
    assert price(tariff, read(NOON, (0, 0), (60, 1000))).gross == 3


def test_a_session_of_no_time_costs_its_price_and_that_of_its_idle_time() -> None:
    tariff = tariff_of(Element(session_micro_euros=EURO, idle_micro_euros_per_minute=10 * CENT), ENERGY)
    assert estimate(tariff, NOON, 50_000, 0 * HOUR, 0 * HOUR).net == 1 * EURO
    assert estimate(tariff, NOON, 50_000, 0 * HOUR, 10 * MINUTE).net == 2 * EURO


def test_energy_within_no_time_has_its_price() -> None:
    first = Element(energy_micro_euros_per_kwh=10 * CENT, max_mwh=2 * KWH)
    found = price(tariff_of(first, ENERGY), read(NOON, (0, 0), (0, 5000)))
    assert found.net == 20 * CENT + 90 * CENT


def test_a_price_counts_from_the_register_at_which_the_session_began() -> None:
    first = Element(energy_micro_euros_per_kwh=10 * CENT, max_mwh=2 * KWH)
    found = price(tariff_of(first, ENERGY), read(NOON, (0, 1_000_000), (30, 1_005_000)))
    assert found.net == 20 * CENT + 90 * CENT


def test_charging_time_has_a_price_until_the_supply_ended_and_energy_as_far_as_it_was_read() -> None:
    tariff = tariff_of(Element(energy_micro_euros_per_kwh=30 * CENT, charging_micro_euros_per_hour=2 * EURO))
    readings = read(NOON, (0, 0), (30, 10_000))
    assert price(tariff, readings, NOON + 45 * MINUTE).net == 3 * EURO + 150 * CENT
    assert price(tariff, readings, NOON + 15 * MINUTE).net == 3 * EURO + 1 * EURO  # a reading says that it went on
