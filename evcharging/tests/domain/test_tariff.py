"""Which tariffs can be used: what is refused where it is read, and what in one sentence."""

import json
from typing import Any

import pytest

from evcharging.common.messages_tariff import Tariff
from evcharging.common.utils import BadJson, from_json

ENERGY = {"energy_micro_euros_per_kwh": 300_000}


def decoded(*elements: dict[str, Any], **fields: Any) -> Tariff:
    """A tariff as it comes."""
    return from_json(Tariff, json.dumps({"version_id": "t@1", "zone": "UTC", "elements": elements, **fields}).encode())


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
        ("version_id", "x" * 63 + "@1"),
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
