"""Which tariffs can be used: what is refused where it is read, and what in one sentence."""

import json
from typing import Any

import pytest

from evcharging.common.messages_tariff import Tariff, TariffBody, as_tariff
from evcharging.common.utils import BadJson, changed, from_json, to_json
from evcharging.domain.tariff import single, why_no_tariff

ENERGY = {"energy_micro_euros_per_kwh": 300_000}


def decoded(*elements: dict[str, Any], **fields: Any) -> Tariff:
    """A tariff as it comes."""
    text = json.dumps({"version_id": "t@1", "zone": "UTC", "elements": elements, **fields}).encode()
    return as_tariff(from_json(TariffBody, text))


@pytest.mark.parametrize(
    ("element", "fault"),
    [
        ({}, "it has no price"),
        ({"local_from": "08:00"}, "it has no price"),
        (
            {"charging_micro_euros_per_minute": 1, "charging_micro_euros_per_hour": 60},
            "the charging time has a price by the minute and one by the hour: give one of them",
        ),
        (
            {"idle_micro_euros_per_minute": 1, "idle_micro_euros_per_hour": 60},
            "the idle time has a price by the minute and one by the hour: give one of them",
        ),
        (
            {"session_micro_euros": 1, "min_s": 5},
            "its session fee is never due: a session begins after no time and no energy",
        ),
        ({**ENERGY, "min_mwh": 5, "max_mwh": 5}, "it never holds: max_mwh 5 is not above min_mwh 5"),
        ({**ENERGY, "max_mwh": 0}, "it never holds: max_mwh 0 is not above min_mwh 0"),
        ({**ENERGY, "min_s": 60, "max_s": 30}, "it never holds: max_s 30 is not above min_s 60"),
        ({**ENERGY, "min_w": 2, "max_w": 1}, "it never holds: max_w 1 is not above min_w 2"),
        (
            {**ENERGY, "local_from": "08:00", "local_to": "08:00"},
            "it holds from 08:00 to 08:00, which is no time: leave both out for all day",
        ),
        ({**ENERGY, "from_date": "2026-02-29"}, "from_date 2026-02-29 is no date"),
        ({**ENERGY, "until_date": "2026-13-01"}, "until_date 2026-13-01 is no date"),
        ({**ENERGY, "until_date": "0000-01-01"}, "until_date 0000-01-01 is no date"),
        (
            {**ENERGY, "from_date": "2026-12-24", "until_date": "2026-12-24"},
            "it never holds: until_date 2026-12-24 is not above from_date 2026-12-24",
        ),
    ],
)
def test_a_tariff_with_an_element_that_says_nothing_is_refused(element: dict[str, Any], fault: str) -> None:
    beside = {"session_micro_euros": 1}
    assert why_no_tariff(decoded(beside, element)) == f"element 2: {fault}"


def test_a_tariff_without_any_price_is_refused() -> None:
    fault = "the tariff has no price: give an element one of session, energy, charging or idle"
    assert why_no_tariff(decoded()) == fault
    assert why_no_tariff(decoded({}, {"min_s": 5})) == fault


@pytest.mark.parametrize("zone", ["Europe/Atlantis", "", "Europe", "../etc/passwd", "CEST", "x" * 5000, "UTC\x00"])
def test_a_tariff_in_a_zone_that_there_is_not_is_refused(zone: str) -> None:
    fault = why_no_tariff(changed(decoded(ENERGY), zone=zone))
    assert fault == f"{zone[:64]!r} is no time zone: give a name such as Europe/Madrid or UTC"


def test_a_tariff_whose_greatest_total_is_below_its_least_is_refused() -> None:
    tariff = decoded(ENERGY, least_micro_euros=2, most_micro_euros=1)
    assert why_no_tariff(tariff) == "most_micro_euros 1 is less than least_micro_euros 2"
    assert why_no_tariff(decoded(ENERGY, least_micro_euros=2, most_micro_euros=2)) is None


def test_a_tariff_with_an_element_behind_one_that_always_holds_is_refused() -> None:
    night = {**ENERGY, "local_from": "22:00"}
    assert why_no_tariff(decoded(ENERGY, night)) == "element 2 never counts: element 1 has its prices, always"
    assert why_no_tariff(decoded(night, ENERGY)) is None


def test_a_tariff_may_have_elements_that_overlap_for_the_first_counts() -> None:
    assert why_no_tariff(decoded({**ENERGY, "local_to": "12:00"}, {**ENERGY, "local_from": "08:00"}, ENERGY)) is None
    assert why_no_tariff(decoded(ENERGY, {**ENERGY, "session_micro_euros": 5})) is None


@pytest.mark.parametrize(
    "restriction",
    [
        {"local_from": "22:00", "local_to": "06:00"},
        {"local_from": "20:00", "local_to": "00:00"},
        {"local_to": "08:00"},
        {"weekdays": ["SUNDAY"]},
        {"from_date": "2028-02-29"},
        {"from_date": "2026-12-31", "until_date": "2027-01-01"},
        {"min_mwh": 0, "max_mwh": 1},
        {"min_s": 10**9},
        {"max_w": 2**53},
    ],
)
def test_a_tariff_that_can_be_used_reads_back_from_its_json(restriction: dict[str, Any]) -> None:
    tariff = decoded({**ENERGY, **restriction})
    assert why_no_tariff(tariff) is None
    assert from_json(Tariff, to_json(tariff)) == tariff


def test_a_single_price_is_a_tariff_that_can_be_used() -> None:
    assert why_no_tariff(single(0)) is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("session_micro_euros", -1),
        ("energy_micro_euros_per_kwh", 10**9 + 1),
        ("energy_micro_euros_per_kwh", 0.5),
        ("charging_micro_euros_per_minute", "1"),
        ("idle_micro_euros_per_hour", True),
        ("local_from", "24:00"),
        ("local_from", "8:00"),
        ("local_to", "08:00\n"),
        ("from_date", "2026-1-1"),
        ("until_date", "tomorrow"),
        ("weekdays", ["monday"]),
        ("min_mwh", -1),
        ("max_mwh", 2**53 + 1),
        ("min_s", 10**9 + 1),
        ("max_s", -1),
        ("max_w", 0.5),
        ("energy_micro_euros_per_kWh", 1),
    ],
)
def test_an_element_of_a_tariff_that_is_out_of_bounds_is_not_read(field: str, value: object) -> None:
    with pytest.raises(BadJson, match=rf"elements\[1\].*|unknown field `{field}`"):
        decoded(ENERGY, {**ENERGY, field: value})


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("version_id", "no space@1"),
        ("version_id", "x" * 54 + "@1"),
        ("version_id", "without a version"),
        ("version_id", "t@-1"),
        ("zone", ""),
        ("elements", [ENERGY] * 101),
        ("idle_grace_s", -1),
        ("idle_grace_s", 10**9 + 1),
        ("idle_cap_micro_euros", -1),
        ("least_micro_euros", 10**12 + 1),
        ("most_micro_euros", "5"),
        ("vat_permille", 1001),
        ("vat_permille", 21.5),
        ("late_cancel_micro_euros", -1),
        ("no_show_micro_euros", 10**9 + 1),
        ("currency", "EUR"),
    ],
)
def test_a_tariff_that_is_out_of_bounds_is_not_read(field: str, value: object) -> None:
    with pytest.raises(BadJson, match=field):
        decoded(**{"elements": [ENERGY], field: value})
