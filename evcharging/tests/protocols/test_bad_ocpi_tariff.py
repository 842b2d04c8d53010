"""Tariffs of OCPI 2.2.1 that are refused, each in one sentence: what, where, and what to do."""

from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evcharging.common.messages_tariff import Tariff
from evcharging.common.utils import from_json, to_json
from evcharging.domain.tariff import why_no_tariff
from evcharging.protocols.ocpi_tariff import BadOcpiTariff, from_ocpi
from evcharging.tests.protocols.test_ocpi_tariff import Json, cost, document, element
from evcharging.tests.stages.scenario import law

FULL = document(
    element(cost("FLAT", 1, 10)),
    element(cost("ENERGY", 0.25, 10), start_time="08:00", end_date="2027-01-07", min_kwh=5, day_of_week=["MONDAY"]),
    min_price={"excl_vat": 1},
    max_price={"excl_vat": 10, "incl_vat": 11},
)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.decimals() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)

ENERGY = cost("ENERGY", 0.25, 10)
FEE = element(cost("FLAT", 1, 10))


def refusal(said: object, zone: str = "UTC", version: int = 1) -> str:
    """Why it is refused."""
    with pytest.raises(BadOcpiTariff) as raised:
        from_ocpi(said, zone, why_no_tariff, version)
    sentence = str(raised.value)
    assert sentence.isprintable()
    assert len(sentence) < 300
    return sentence


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"currency": "USD"}, 'currency is "USD": prices here are in euro, so give EUR'),
        ({"currency": None}, "currency is missing: prices here are in euro, so give EUR"),
        ({"elements": None}, "elements is missing: give a list of 1 to 100"),
        ({"elements": []}, "elements is a list of 0: give a list of 1 to 100"),
        ({"elements": [FEE] * 101}, "elements is a list of 101: give a list of 1 to 100"),
        ({"elements": [FEE, 5]}, "elements[1] is 5: give an object"),
        ({"elements": [None]}, "elements[0] is null: give an object"),
        ({"tax_included": "YES"}, "tax_included is nothing that OCPI 2.2.1 has there: take it out"),
        ({"maxprice": {}}, "maxprice is nothing that OCPI 2.2.1 has there: take it out"),
        ({"max_price": 5}, "max_price is 5: give an object"),
        ({"max_price": {"incl_vat": 5}}, "max_price.excl_vat is missing: give a number from 0 to 1000000"),
        ({"min_price": {"excl_vat": -1}}, "min_price.excl_vat is -1: give a number from 0 to 1000000"),
        ({"min_price": {"net": 1}}, "min_price.net is nothing that OCPI 2.2.1 has there: take it out"),
        (
            {"max_price": {"excl_vat": 10, "incl_vat": 12}},
            "max_price.incl_vat is 12: with VAT of 10 % max_price.excl_vat is 11: give that, or leave this out",
        ),
        (
            {"min_price": {"excl_vat": 2}, "max_price": {"excl_vat": 1}},
            "most_micro_euros 1000000 is less than least_micro_euros 2000000",
        ),
    ],
)
def test_a_tariff_that_cannot_be_taken_over_is_refused(fields: Json, sentence: str) -> None:
    assert refusal(document(**{"elements": [element(ENERGY)], **fields})) == sentence


@pytest.mark.parametrize("said", [None, [], "tariff", 5])
def test_what_is_no_object_is_no_tariff(said: object) -> None:
    assert refusal(said).startswith("the tariff is ")


@pytest.mark.parametrize("name", ["", "a b", "DE*ALL*1", "-x", "t@1", "x" * 37, "x\n", 5, None, ["x"]])
def test_a_tariff_with_an_id_that_is_none_here_is_refused(name: object) -> None:
    assert refusal(document(FEE, id=name)).startswith("id is ")


@pytest.mark.parametrize("version", [-1, 10**9])
def test_a_version_of_a_tariff_that_is_none_is_refused(version: int) -> None:
    sentence = refusal(document(FEE), version=version)
    assert sentence == f"the version is {version}: give a whole number from 0 to 999999999"


def test_a_tariff_with_the_longest_id_has_room_for_a_version() -> None:
    tariff = from_ocpi(document(FEE, id="x" * 36), "UTC", why_no_tariff, 999_999_999)
    assert tariff.version_id == f"{'x' * 36}@999999999"
    assert from_json(Tariff, to_json(tariff)) == tariff


@pytest.mark.parametrize(
    ("component", "sentence"),
    [
        ({"price": None}, "price is missing: give a number from 0 to 1000"),
        ({"price": "0.25"}, 'price is "0.25": give a number from 0 to 1000'),
        ({"price": True}, "price is true: give a number from 0 to 1000"),
        ({"price": -0.01}, "price is -0.01: give a number from 0 to 1000"),
        ({"price": 1000.000001}, "price is 1000.000001: give a number from 0 to 1000"),
        ({"price": 1e300}, "price is 1e+300: give a number from 0 to 1000"),
        ({"price": float("nan")}, "price is NaN: give a number from 0 to 1000"),
        ({"price": float("inf")}, "price is Infinity: give a number from 0 to 1000"),
        ({"price": 0.1234567}, "price is 0.1234567: give at most 6 decimals"),
        ({"price": 0.1 + 0.2}, "price is 0.30000000000000004: give at most 6 decimals"),
        ({"price": Decimal("1E-99999999")}, "price is 1E-99999999: give at most 6 decimals"),
        ({"price": Decimal("1E+99999999")}, "price is 1E+99999999: give a number from 0 to 1000"),
        ({"price": {}}, "price is an object of 0: give a number from 0 to 1000"),
        ({"type": "CO2"}, 'type is "CO2": give one of FLAT, ENERGY, TIME, PARKING_TIME'),
        ({"type": ["FLAT"]}, "type is a list of 1: give one of FLAT, ENERGY, TIME, PARKING_TIME"),
        ({"type": None}, "type is missing: give one of FLAT, ENERGY, TIME, PARKING_TIME"),
        (
            {"step_size": None},
            "step_size is missing: only steps of 1 are read, for the examples of the standard contradict one another "
            "in larger ones: give 1",
        ),
        ({"step_size": 1.5}, "step_size is 1.5: give a whole number"),
        (
            {"step_size": 300},
            "step_size is 300: only steps of 1 are read, for the examples of the standard contradict one another in "
            "larger ones: give 1",
        ),
        ({"vat": 5.25}, "vat is 5.25: give at most 1 decimal"),
        ({"vat": 101}, "vat is 101: give a number from 0 to 100"),
        (
            {"vat": 20},
            "vat is 20: a tariff has one rate for all prices, and elements[0].price_components[0].vat makes it 10 %",
        ),
        (
            {"vat": None},
            "vat is missing: a tariff has one rate for all prices, and elements[0].price_components[0].vat makes it "
            "10 %",
        ),
        ({"tax": 1}, "tax is nothing that OCPI 2.2.1 has there: take it out"),
    ],
)
def test_a_tariff_with_a_price_that_cannot_be_taken_over_is_refused(component: Json, sentence: str) -> None:
    said = document(FEE, element(ENERGY, cost("TIME", 1, 10)))
    said["elements"][1]["price_components"][0].update(component)
    assert refusal(said) == f"elements[1].price_components[0].{sentence}"


def test_a_tariff_with_two_prices_of_a_kind_in_one_element_is_refused() -> None:
    sentence = refusal(document(element(ENERGY, ENERGY)))
    where = "elements[0].price_components[1].type"
    assert sentence == f'{where} is "ENERGY": the element has such a price already: take one of them out'


@pytest.mark.parametrize(
    ("restrictions", "sentence"),
    [
        ({"min_current": 5}, "min_current is 5: current is not metered here: give min_power, in kW"),
        ({"max_current": 32.0}, "max_current is 32.0: current is not metered here: give max_power, in kW"),
        (
            {"reservation": "RESERVATION_EXPIRES"},
            'reservation is "RESERVATION_EXPIRES": prices of reservations are not read: take this element out, and set '
            "late_cancel_micro_euros and no_show_micro_euros",
        ),
        ({"min_voltage": 5}, "min_voltage is nothing that OCPI 2.2.1 has there: take it out"),
        ({"a\nb": 5}, r"a\nb is nothing that OCPI 2.2.1 has there: take it out"),
        ({"start_time": "24:00"}, 'start_time is "24:00": give a time such as 13:30'),
        ({"end_time": "8:00"}, 'end_time is "8:00": give a time such as 13:30'),
        ({"end_time": "08:00\n"}, r'end_time is "08:00\n": give a time such as 13:30'),
        ({"start_time": 8}, "start_time is 8: give a time such as 13:30"),
        ({"start_date": "24-12-2026"}, 'start_date is "24-12-2026": give a date such as 2015-12-24'),
        ({"end_date": 20261224}, "end_date is 20261224: give a date such as 2015-12-24"),
        ({"min_kwh": -1}, "min_kwh is -1: give a number from 0 to 1000000000"),
        ({"max_kwh": 0.0000001}, "max_kwh is 1e-07: give at most 6 decimals"),
        ({"max_power": 11.0005}, "max_power is 11.0005: give at most 3 decimals"),
        ({"max_power": "11"}, 'max_power is "11": give a number from 0 to 1000000'),
        ({"min_duration": 0.5}, "min_duration is 0.5: give a whole number"),
        ({"max_duration": 10**10}, "max_duration is 10000000000: give a number from 0 to 1000000000"),
        ({"day_of_week": "MONDAY"}, 'day_of_week is "MONDAY": give a list of 1 to 7'),
        (
            {"day_of_week": ["MONDAY", "Tuesday"]},
            "day_of_week is a list of 2: give some of MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY",
        ),
    ],
)
def test_a_tariff_with_a_restriction_that_cannot_be_taken_over_is_refused(restrictions: Json, sentence: str) -> None:
    assert refusal(document(FEE, element(ENERGY, **restrictions))) == f"elements[1].restrictions.{sentence}"


@pytest.mark.parametrize("name", ["min_kwh", "min_duration"])
def test_a_tariff_with_a_fee_that_would_never_be_due_is_refused(name: str) -> None:
    sentence = refusal(document(element(ENERGY, cost("FLAT", 1, 10), **{name: 5})))
    assert sentence == (
        f"elements[0].restrictions.{name} is 5: FLAT is a price by how things stand when a session begins, and this is "
        "reached later: leave it out, or give FLAT in an element of its own"
    )


def test_the_example_tariffs_with_two_rates_of_vat_are_refused() -> None:
    sentence = refusal(document(element(cost("FLAT", 0.50, 20), cost("ENERGY", 0.25, 10))))
    where = "elements[0].price_components[1].vat is 10"
    assert sentence.startswith(f"{where}: a tariff has one rate for all prices")


@pytest.mark.parametrize(
    ("elements", "zone", "fault"),
    [
        ([element(ENERGY)], "Mars/Olympus", "'Mars/Olympus' is no time zone"),
        ([element(ENERGY, min_kwh=5, max_kwh=5)], "UTC", "element 1: it never holds"),
        ([element(ENERGY, start_time="08:00", end_time="08:00")], "UTC", "element 1: it holds from 08:00 to 08:00"),
        ([element(ENERGY, end_date="2026-02-30")], "UTC", "element 1: until_date 2026-02-30 is no date"),
        ([element(ENERGY), element(ENERGY, max_kwh=5)], "UTC", "element 2 never counts"),
    ],
)
def test_a_tariff_that_cannot_be_used_here_is_refused(elements: list[Any], zone: str, fault: str) -> None:
    assert refusal(document(*elements), zone).startswith(fault)


def test_a_tariff_with_long_texts_is_refused_in_a_short_sentence() -> None:
    assert refusal(document(FEE, currency="x" * 10_000)).startswith('currency is "xxxx')
    assert len(refusal(document(FEE, **{"x" * 10_000: 1}))) < 120


def places(said: Any) -> list[tuple[Any, Any]]:
    """Every key of every object and list within it."""
    keys = list(said) if isinstance(said, dict) else range(len(said)) if isinstance(said, list) else ()
    return [place for key in keys for place in ((said, key), *places(said[key]))]


@law
@given(place=st.integers(0, len(places(FULL)) - 1), said=anything)
def test_a_tariff_with_anything_anywhere_is_read_or_refused(place: int, said: Any) -> None:
    changed = deepcopy(FULL)
    within, key = places(changed)[place]
    within[key] = said
    try:
        tariff = from_ocpi(changed, "UTC", why_no_tariff)
    except BadOcpiTariff as error:
        assert str(error).isprintable()
    else:
        assert from_json(Tariff, to_json(tariff)) == tariff
