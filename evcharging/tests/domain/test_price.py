"""The price of a charge: the shared cases, and what holds for every tariff."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evcharging.common.messages import Mark
from evcharging.common.messages_tariff import Component, Element, Price, Tariff
from evcharging.common.utils import from_json
from evcharging.domain.meter import energy_mwh
from evcharging.domain.price import Metered, estimate, price, price_of_energy, price_of_supply
from evcharging.domain.tariff import single, why_no_tariff
from evcharging.domain.tariff_hours import edges
from evcharging.tests.stages.scenario import T0, law

VECTORS = Path(__file__).parents[1] / "fixtures" / "vectors" / "tariffs.json"
CASES: list[dict[str, Any]] = json.loads(VECTORS.read_text())["cases"]

prices = st.none() | st.integers(0, 2_000_000)
times = st.none() | st.integers(0, 23).map("{:02}:30".format)
elements = st.builds(
    Element,
    session_micro_euros=prices,
    energy_micro_euros_per_kwh=prices,
    charging_micro_euros_per_minute=prices,
    idle_micro_euros_per_hour=prices,
    local_from=times,
    local_to=times,
    weekdays=st.sampled_from([(), ("MONDAY", "SATURDAY"), ("SUNDAY",)]),
    min_mwh=st.none() | st.integers(1, 20_000_000),
    max_mwh=st.none() | st.integers(1, 20_000_000),
    min_s=st.none() | st.integers(1, 20_000),
)
tariffs = st.builds(
    Tariff,
    version_id=st.just("any@1"),
    zone=st.sampled_from(["UTC", "Europe/Madrid", "America/St_Johns", "Asia/Kathmandu"]),
    elements=st.lists(elements, min_size=1, max_size=4).map(tuple),
    idle_grace_s=st.integers(0, 1000),
    idle_cap_micro_euros=st.none() | st.integers(0, 10**7),
    least_micro_euros=st.integers(0, 10**6),
    most_micro_euros=st.none() | st.integers(10**6, 10**8),
    vat_permille=st.sampled_from([0, 40, 210]),
)
begins = st.integers(0, 365 * 86_400).map(lambda count: T0 + timedelta(seconds=count))
spans = st.integers(0, 40 * 3600 * 10**6).map(lambda count: timedelta(microseconds=count))
powers = st.integers(0, 350_000)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_the_price_of_a_shared_case_by_its_tariff(case: dict[str, Any]) -> None:
    tariff = from_json(Tariff, json.dumps({"version_id": "case@1", **case["tariff"]}).encode())
    idle = timedelta(seconds=case.get("unplugged_after_end_s", 0))
    begun = datetime.fromisoformat(case["starts_at"])
    found = estimate(tariff, begun, case["constant_w"], timedelta(seconds=case["seconds"]), idle)
    assert why_no_tariff(tariff) is None
    assert {component: found.of(component) for component in Component} == case["lines"]
    assert (found.net, found.gross) == (case["net"], case["gross"])


@law
@given(energy=st.integers(0, 10**12), unit=st.integers(0, 10**9))
def test_a_single_price_costs_to_the_micro_euro_what_it_always_did(energy: int, unit: int) -> None:
    readings = [Metered(at=T0, register_mwh=77), Metered(at=T0 + timedelta(hours=1), register_mwh=77 + energy)]
    assert price(single(unit), readings).gross == price_of_energy(energy, unit)


@law
@given(tariff=tariffs, begun=begins, span=spans, idle=spans, watts=powers, shares=st.lists(st.floats(0, 1), max_size=5))
def test_more_readings_change_no_price_but_of_time_that_is_priced_by_energy(
    tariff: Tariff, begun: datetime, span: timedelta, idle: timedelta, watts: int, shares: list[float]
) -> None:
    assume(
        not any(each.rates.get(Component.CHARGING_TIME) and (each.min_mwh or each.max_mwh) for each in tariff.elements)
    )
    moments = sorted({begun, *edges(tariff, begun, begun + span), begun + span})
    more = sorted({*moments, *(begun + share * span for share in shares)})
    few, many = ([_read(begun, at, watts) for at in each] for each in (moments, more))
    ended, unplugged = begun + span, begun + span + idle
    assert price(tariff, few, ended, unplugged) == price(tariff, many, ended, unplugged)


@law
@given(tariff=tariffs, begun=begins, span=spans, more=spans, idle=spans, watts=powers)
def test_more_time_plugged_in_and_more_energy_cost_no_less(
    tariff: Tariff, begun: datetime, span: timedelta, more: timedelta, idle: timedelta, watts: int
) -> None:
    shorter = estimate(tariff, begun, watts, span, idle)
    assert estimate(tariff, begun, watts, span, idle + more).gross >= shorter.gross
    assert estimate(tariff, begun, watts, span + more).gross >= estimate(tariff, begun, watts, span).gross


@law
@given(tariff=tariffs, begun=begins, span=spans, idle=spans, watts=powers)
def test_the_lines_of_a_price_add_up(
    tariff: Tariff, begun: datetime, span: timedelta, idle: timedelta, watts: int
) -> None:
    found = estimate(tariff, begun, watts, span, idle)
    assert found.net == sum(line.micro_euros for line in found.lines)
    assert found.gross == found.net + found.vat
    assert found.net >= tariff.least_micro_euros
    assert tariff.most_micro_euros is None or found.net <= tariff.most_micro_euros
    assert _energy(found) <= energy_mwh(watts, span)


def test_a_price_needs_a_reading() -> None:
    with pytest.raises(ValueError, match="needs the reading at which the session began"):
        price(single(300_000), [])


def test_a_session_that_begins_and_ends_at_once_costs_its_fee() -> None:
    tariff = Tariff(version_id="t@1", zone="UTC", elements=(Element(session_micro_euros=500_000),))
    assert price(tariff, [Metered(at=T0, register_mwh=5)]).gross == 500_000


def _read(begun: datetime, at: datetime, watts: int) -> Metered:
    return Metered(at=at, register_mwh=energy_mwh(watts, at - begun))


def _energy(found: Price) -> int:
    return sum(line.quantity for line in found.lines if line.component == Component.ENERGY)


def test_a_mark_at_the_moment_of_the_start_decides_no_session_fee() -> None:
    strong = Element(session_micro_euros=5_000_000, min_w=20_000)
    tariff = Tariff(zone="UTC", elements=(strong, Element(energy_micro_euros_per_kwh=1)))
    begun = T0
    ended = begun + timedelta(hours=1)
    for marks in ((), (Mark(at=begun, register_mwh=0),)):
        assert price_of_supply(tariff, begun, 0, marks, ended, 22_000_000).gross == 5_000_022
