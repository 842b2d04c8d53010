"""`evcharging price` says what a charge costs by a tariff, and what is wrong with one."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from evcharging.apps.ops.price import main

TARIFF = {
    "zone": "Europe/Madrid",
    "elements": [
        {"session_micro_euros": 1_000_000, "energy_micro_euros_per_kwh": 100_000, "local_from": "22:00"},
        {"energy_micro_euros_per_kwh": 400_000, "idle_micro_euros_per_hour": 2_000_000},
    ],
    "idle_grace_s": 600,
    "idle_cap_micro_euros": 300_000,
    "vat_permille": 210,
}
WHEN = ("--start", "2026-11-23T21:30+01:00", "--kw", "10", "--minutes", "60")


def asked(folder: Path, text: str, *arguments: str) -> Result:
    file = folder / "tariff.json"
    file.write_text(text)
    return CliRunner().invoke(main, ["--tariff", str(file), *WHEN, *arguments])


def test_a_price_is_shown_line_by_line_and_adds_up(tmp_path: Path) -> None:
    result = asked(tmp_path, json.dumps(TARIFF), "--idle-minutes", "25")
    assert result.output == (
        "10 kWh from 2026-11-23T20:30:00Z\n"
        "Energy                    5 kWh  0.10 EUR/kWh   0.50\n"
        "Energy                    5 kWh  0.40 EUR/kWh   2.00\n"
        "Idle time                15 min    2.00 EUR/h   0.50\n"
        "Idle time costs no more                        -0.20\n"
        "Net                                             2.80\n"
        "VAT                        21 %                0.588\n"
        "Total                       EUR                3.388\n"
    )


def test_scripts_get_the_price_as_one_line_of_json(tmp_path: Path) -> None:
    found = json.loads(asked(tmp_path, json.dumps(TARIFF), "--json").output)
    price = found["price"]
    assert (found["energy_mwh"], price["net"], price["vat"], price["gross"]) == (10**7, 2_500_000, 525_000, 3_025_000)
    assert [(line["component"], line["element"], line["micro_euros"]) for line in price["lines"]] == [
        ("energy", 1, 500_000),
        ("energy", 2, 2_000_000),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "Expecting property name"),
        ("[]", "Expected `object`, got `array`"),
        ('{"zone": "UTC", "zone": "UTC", "elements": []}', "JSON has the key `zone` twice"),
        ('{"zone": "UTC", "elements": []}', "the tariff has no price"),
        ('{"zone": "Mars/Base", "elements": [{"session_micro_euros": 1}]}', "'Mars/Base' is no time zone"),
        ('{"zone": "../UTC", "elements": [{"session_micro_euros": 1}]}', "'../UTC' is no time zone"),
        ('{"zone": "UTC", "elements": [{"energy_per_kwh": 1}]}', "unknown field `energy_per_kwh`"),
        ('{"zone": "UTC", "elements": [{"session_micro_euros": 1.5}]}', "Expected `int | null`, got `float`"),
        ('{"zone": "UTC", "elements": [{"session_micro_euros": -1}]}', "Expected `int` >= 0"),
        ("x" * 1_000_001, "larger than a megabyte"),
    ],
)
def test_what_is_wrong_with_a_tariff_is_said_in_one_sentence(tmp_path: Path, text: str, said: str) -> None:
    result = asked(tmp_path, text)
    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    assert result.output.startswith(f"Error: --tariff {tmp_path}/tariff.json: ")
    assert said in result.output


def test_a_tariff_that_is_not_there_is_named() -> None:
    result = CliRunner().invoke(main, ["--tariff", "/nowhere/tariff.json", *WHEN])
    assert (result.exit_code, result.output) == (1, "Error: --tariff /nowhere/tariff.json: No such file or directory\n")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--start", "tomorrow"), "--start tomorrow: give a moment such as"),
        (("--start", "0001-01-01T00:00+10:00"), "give a moment from the year 2000 to 2099"),
        (("--kw", "nan"), "nan is not a number"),
        (("--kw", "10001"), "is not in the range"),
        (("--minutes", "inf"), "is not in the range"),
        (("--idle-minutes", "-1"), "is not in the range"),
    ],
)
def test_a_price_is_asked_for_with_numbers_and_moments_that_there_are(
    tmp_path: Path, arguments: tuple[str, ...], said: str
) -> None:
    result = asked(tmp_path, json.dumps(TARIFF), *arguments)
    assert result.exit_code in (1, 2)
    assert said in result.output
    assert "Traceback" not in result.output


def test_a_tariff_of_ocpi_is_read_with_the_time_zone_of_its_place(tmp_path: Path) -> None:
    parts = [
        {"type": "ENERGY", "price": 0.25, "vat": 20.0, "step_size": 1},
        {"type": "TIME", "price": 2, "step_size": 1},
    ]
    for part in parts:
        part["vat"] = 20.0
    document = {"id": "12", "currency": "EUR", "elements": [{"price_components": parts}]}
    result = asked(tmp_path, json.dumps(document), "--ocpi-zone", "Europe/Amsterdam")
    assert result.output.splitlines()[1:] == [
        "Energy         10 kWh  0.25 EUR/kWh  2.50",
        "Charging time  60 min    2.00 EUR/h  2.00",
        "Net                                  4.50",
        "VAT              20 %                0.90",
        "Total             EUR                5.40",
    ]


def test_a_step_of_an_ocpi_tariff_is_refused_in_one_sentence(tmp_path: Path) -> None:
    part = {"type": "TIME", "price": 2, "step_size": 300}
    document = {"id": "12", "currency": "EUR", "elements": [{"price_components": [part]}]}
    result = asked(tmp_path, json.dumps(document), "--ocpi-zone", "Europe/Amsterdam")
    assert (result.exit_code, result.output.count("\n")) == (1, 1)
    assert "elements[0].price_components[0].step_size" in result.output


@pytest.mark.parametrize(("moment", "gross"), [("2026-11-23T20:30:00Z", "2.00"), ("2026-11-23T20:29:59Z", "1.00")])
def test_of_a_published_tariff_the_version_counts_that_is_in_force_when_it_begins(
    tmp_path: Path, moment: str, gross: str
) -> None:
    begins = ["2026-11-23T20:30:00Z", "2026-01-01T00:00:00Z"]
    versions = [
        {"number": number, "from": begin, "tariff": {"zone": "UTC", "elements": [{"session_micro_euros": price}]}}
        for number, begin, price in zip((2, 1), begins, (2_000_000, 1_000_000), strict=True)
    ]
    text = json.dumps({"tariff_id": "night", "items": versions, "next": None})
    assert f"EUR  {gross}" in asked(tmp_path, text, "--start", moment).output
    early = asked(tmp_path, text, "--start", "2025-01-01T00:00:00Z")
    assert early.exit_code != 0
    assert "no version of it is in force at 2025-01-01T00:00:00Z" in early.output
