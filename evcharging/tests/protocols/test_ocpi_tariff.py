"""Tariffs of OCPI 2.2.1: the examples of its module Tariffs as facts, what is read, and what is refused."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from evcharging.common.messages_tariff import Component, Element, Price, Tariff
from evcharging.common.utils import from_json, to_json
from evcharging.domain.price import Metered, estimate, price
from evcharging.domain.tariff import why_no_tariff
from evcharging.protocols.ocpi_tariff import IGNORED, from_ocpi
from evcharging.tests.domain.tariffs import CENT, EURO, HOUR, KWH, MINUTE, moment

NOON = moment("2026-11-23T12:00Z")

Json = dict[str, Any]


def cost(kind: str, euros: float, vat: float | None = None, **fields: Any) -> Json:
    """A price component."""
    return {"type": kind, "price": euros, "vat": vat, "step_size": 1, **fields}


def element(*components: Json, **restrictions: Any) -> Json:
    """An element; restrictions only where there are any."""
    return {"price_components": list(components), **({"restrictions": restrictions} if restrictions else {})}


def document(*elements: Json, **fields: Any) -> Json:
    """A Tariff object with all that it must have, through JSON."""
    owner = {"country_code": "DE", "party_id": "ALL", "last_updated": "2018-12-17T11:16:55Z"}
    said: Json = json.loads(json.dumps({**owner, "id": "16", "currency": "EUR", "elements": elements, **fields}))
    return said


def imported(*elements: Json, **fields: Any) -> Tariff:
    """The tariff that it is, in UTC."""
    tariff = from_ocpi(document(*elements, **fields), "UTC", why_no_tariff)
    assert from_json(Tariff, to_json(tariff)) == tariff
    return tariff


def fed(tariff: Tariff, kwh: int, idle: timedelta = timedelta(0)) -> Price:
    """What so much energy costs within an hour."""
    readings = [Metered(at=NOON, register_mwh=0), Metered(at=NOON + HOUR, register_mwh=kwh * KWH)]
    return price(tariff, readings, None, NOON + HOUR + idle)


def test_the_example_tariff_of_a_price_by_the_kwh() -> None:
    found = fed(imported(element(cost("ENERGY", 0.25, 10))), 20)
    assert (found.net, found.gross) == (5 * EURO, 550 * CENT)


def test_the_example_tariff_with_a_start_fee() -> None:
    tariff = imported(element(cost("FLAT", 0.50, 10), cost("ENERGY", 0.25, 10)))
    assert fed(tariff, 20).net == 550 * CENT  # the example has two rates of VAT, which are refused


@pytest.mark.parametrize(("kwh", "net", "gross"), [(20, 500, 550), (1, 50, 55), (0, 50, 55), (2, 50, 55)])
def test_the_example_tariff_with_a_minimum_price(kwh: int, net: int, gross: int) -> None:
    tariff = imported(element(cost("ENERGY", 0.25, 10)), min_price={"excl_vat": 0.5, "incl_vat": 0.55})
    assert (fed(tariff, kwh).net, fed(tariff, kwh).gross) == (net * CENT, gross * CENT)


def test_the_example_tariff_with_a_parking_fee() -> None:
    fees = (cost("FLAT", 0.50, 20), cost("ENERGY", 0.25, 20), cost("PARKING_TIME", 2, 20))
    tariff = imported(element(*fees))
    assert fed(tariff, 20, 45 * MINUTE).net == 7 * EURO  # 45 min, to which the example's steps bring its 40


@pytest.mark.parametrize(("kwh", "net"), [(50, 10), (30, 8)])
def test_the_example_tariff_with_a_maximum_price(kwh: int, net: int) -> None:
    limits = {"max_price": {"excl_vat": 10, "incl_vat": 11}, "end_date_time": "2019-06-30T23:59:59Z"}
    assert fed(imported(element(cost("FLAT", 0.50, 10), cost("ENERGY", 0.25, 10)), **limits), kwh).net == net * EURO


def test_the_example_tariff_of_a_price_by_the_hour_has_none_for_parking() -> None:
    found = estimate(imported(element(cost("TIME", 2, 10))), NOON, 7000, 2.5 * HOUR, 1 * HOUR)
    assert (found.net, found.gross) == (5 * EURO, 550 * CENT)


def test_the_example_tariff_of_prices_for_charging_and_parking_time() -> None:
    tariff = imported(element(cost("TIME", 3), cost("PARKING_TIME", 5)))
    assert estimate(tariff, NOON, 7000, 150 * MINUTE, 45 * MINUTE).net == 1125 * CENT


def test_the_example_tariff_with_texts_in_several_languages() -> None:
    texts = {"type": "AD_HOC_PAYMENT", "tariff_alt_text": [{"language": "en", "text": "2.00 euro p/hour"}]}
    found = estimate(imported(element(cost("TIME", 1.9, 5.2)), **texts), NOON, 7000, 150 * MINUTE)
    assert (found.net, found.gross) == (475 * CENT, 4_997_000)  # which the example rounds to 5.00


def test_the_example_tariff_free_of_charge_has_no_vat_and_no_steps() -> None:
    tariff = imported(element({"type": "FLAT", "price": 0.0, "step_size": 0}))
    assert fed(tariff, 20, HOUR).gross == 0


def test_the_example_tariff_by_maximum_power() -> None:
    tariff = imported(
        element(cost("ENERGY", 0.20, 20), max_power=16.0),
        element(cost("ENERGY", 0.35, 20), max_power=32.0),
        element(cost("ENERGY", 0.50, 20)),
    )
    shown = ((0, 0, 6000), (10, KWH, 48_000), (60, 41 * KWH, 4000), (67.5, 41 * KWH + KWH // 2, 0))
    readings = [Metered(at=NOON + minutes * MINUTE, register_mwh=mwh, power_w=watts) for minutes, mwh, watts in shown]
    found = price(tariff, readings)
    # 0.5 kWh and 1 kWh at 0.20, 40 kWh at 0.50
    assert [(line.element, line.micro_euros) for line in found.lines] == [(1, 30 * CENT), (3, 20 * EURO)]
    assert found.net == 2030 * CENT


def test_the_example_tariff_by_maximum_duration() -> None:
    tariff = imported(
        element(cost("ENERGY", 0.0, 20), max_duration=1800),
        element(cost("ENERGY", 0.25, 20), max_duration=3600),
        element(cost("ENERGY", 0.40, 20)),
    )
    shown = ((0, 0), (30, 5 * KWH), (40, 6_200_000))
    readings = [Metered(at=NOON + minutes * MINUTE, register_mwh=mwh) for minutes, mwh in shown]
    assert price(tariff, readings).net == 30 * CENT


@pytest.mark.parametrize(
    ("begins", "charges", "parks", "net"),
    [
        ("16:55", 10, 2, 333_333),  # 0.10, 0.20, and 0.0333 for 2 min of parking
        ("16:35", 35, 0, 900_000),  # 0.50 and 0.40
        ("19:40", 12, 20, 613_333),  # 0.48, and 0.1333 for 8 min of parking
    ],
)
def test_the_example_tariff_of_steps_without_its_steps(begins: str, charges: int, parks: int, net: int) -> None:
    tariff = imported(
        element(cost("TIME", 1.2), cost("PARKING_TIME", 1), start_time="00:00", end_time="17:00"),
        element(cost("TIME", 2.4), cost("PARKING_TIME", 1), start_time="17:00", end_time="20:00"),
        element(cost("TIME", 2.4), start_time="20:00", end_time="00:00"),
    )
    begun = moment(f"2026-11-23T{begins}Z")
    assert estimate(tariff, begun, 7000, charges * MINUTE, parks * MINUTE).net == net


def test_a_tariff_has_all_that_ocpi_says() -> None:
    limits = {"min_price": {"excl_vat": 1}, "max_price": {"excl_vat": 99.999999, "incl_vat": 120.999999}}
    hours = {"start_time": "22:00", "end_time": "06:00", "start_date": "2026-12-24", "end_date": "2027-01-07"}
    meters = {"min_kwh": 0.5, "max_kwh": 20, "min_power": 3.7, "max_power": 22.125}
    times = {"min_duration": 60, "max_duration": 3600, "day_of_week": ["SUNDAY", "MONDAY"]}
    costs = (cost("ENERGY", 0.123456, 21), cost("TIME", 1.2, 21), cost("PARKING_TIME", 6, 21))
    said = document(
        element(*costs, **hours, **meters, **times), element(cost("FLAT", 0.3, 21)), id="NL-TNM:12", **limits
    )
    assert from_ocpi(said, "Europe/Amsterdam", why_no_tariff, version=7) == Tariff(
        version_id="NL-TNM:12@7",
        zone="Europe/Amsterdam",
        elements=(
            Element(
                energy_micro_euros_per_kwh=123_456,
                charging_micro_euros_per_hour=1_200_000,
                idle_micro_euros_per_hour=6_000_000,
                local_from="22:00",
                local_to="06:00",
                weekdays=("SUNDAY", "MONDAY"),
                from_date="2026-12-24",
                until_date="2027-01-07",
                min_mwh=500_000,
                max_mwh=20_000_000,
                min_s=60,
                max_s=3600,
                min_w=3700,
                max_w=22_125,
            ),
            Element(session_micro_euros=300_000),
        ),
        least_micro_euros=1_000_000,
        most_micro_euros=99_999_999,
        vat_permille=210,
    )


def test_a_tariff_of_which_nothing_is_read_but_prices_is_the_same() -> None:
    prices = element(cost("ENERGY", 0.25))
    assert imported(prices, **{name: {"any": ["thing"]} for name in IGNORED}) == imported(prices)


def test_null_in_a_tariff_is_as_good_as_nothing() -> None:
    restrictions = {"min_current": None, "reservation": None, "start_time": None, "day_of_week": None}
    plain = imported(element(cost("ENERGY", 0.25)))
    assert imported(element(cost("ENERGY", 0.25), **restrictions), max_price=None, tax_included=None) == plain
    assert imported({**element(cost("ENERGY", 0.25)), "restrictions": None}) == plain
    assert imported(element(cost("ENERGY", 0.25), day_of_week=[])) == plain


@pytest.mark.parametrize(
    ("number", "micro_euros"),
    [
        (0.1, 100_000),
        (0.000001, 1),
        (1000, 1_000_000_000),
        (0.29, 290_000),
        (-0.0, 0),
        (Decimal("0.2500000000"), 250_000),
        (Decimal("1E+2"), 100_000_000),
    ],
)
def test_a_price_is_read_exactly(number: object, micro_euros: int) -> None:
    said = document(element(cost("ENERGY", 0)))
    said["elements"][0]["price_components"][0]["price"] = number
    tariff = from_ocpi(said, "UTC", why_no_tariff)
    assert tariff.elements[0].energy_micro_euros_per_kwh == micro_euros


def test_a_tariff_for_the_whole_day_says_no_time_of_day() -> None:
    tariff = imported(element(cost("ENERGY", 0.25), start_time="00:00", end_time="00:00"))
    assert tariff == imported(element(cost("ENERGY", 0.25)))


def test_a_tariff_until_23_59_leaves_the_last_minute_out() -> None:
    tariff = imported(element(cost("TIME", 60), start_time="20:00", end_time="23:59"))
    assert estimate(tariff, moment("2026-11-23T23:00Z"), 0, 2 * HOUR).net == 59 * EURO


def test_a_tariff_may_give_vat_with_prices_and_none_with_what_is_free() -> None:
    tariff = imported(element(cost("FLAT", 0), cost("ENERGY", 0.2, 21.0)))
    assert (tariff.vat_permille, fed(tariff, 10).gross) == (210, 242 * CENT)
    assert imported(element(cost("FLAT", 1), cost("ENERGY", 0.2, 0.0))).vat_permille == 0
    assert {line.component for line in fed(tariff, 10).lines} == {Component.SESSION, Component.ENERGY}
