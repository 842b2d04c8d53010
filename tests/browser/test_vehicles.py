"""One charge as a driver lives it: it is limited twice, tapers, comes into another price and stays plugged in too long;
the page shows all of it, and the receipt adds up."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Central, a_panel, network
from tests.browser.panel_page import PanelPage
from tests.browser.test_idle import expect_to_add_up
from tests.browser.test_limits import limit, said

CP = "CP-001"
TARIFF = {
    "version_id": "city@1",
    "zone": "Europe/Madrid",
    "elements": [
        {"energy_micro_euros_per_kwh": 600_000, "min_s": 900},
        {"energy_micro_euros_per_kwh": 500_000, "session_micro_euros": 350_000, "idle_micro_euros_per_minute": 200_000},
    ],
    "idle_grace_s": 60,
    "vat_permille": 210,
}
LIVELY = ("--vehicles", "--kw-rate", "150", "--speed", "40", "--telemetry-interval", "5", "--seed", "44")
CHARGE_MS = 150_000
"""The first vehicle that the seed brings to CP-001 charges for 25 minutes at 60 kW, and then stays for 11."""

TAPERED = """(full) => {
  const figure = document.querySelector('[data-point="CP-001"][data-state="SUPPLYING"] [data-figure="kw"]')
  return figure !== null && Number(figure.textContent) > 0 && Number(figure.textContent) < full
}"""


@pytest.fixture
def lively(tmp_path: Path) -> Iterator[Central]:
    """A Central whose points have this tariff before the first vehicle comes."""
    with network(tmp_path, "--drivers", "0") as central:
        for point in central.points():
            central.http.put(f"/api/v1/points/{point['cp_id']}/tariff", json=TARIFF).raise_for_status()
    with network(tmp_path, "--drivers", "1", *LIVELY) as central:
        yield central


@pytest.fixture
def panel(browser: Browser, lively: Central) -> Iterator[PanelPage]:
    for page in a_panel(browser, lively):
        yield page.open()


def test_a_charge_is_seen_from_its_limits_and_its_taper_to_a_receipt_that_adds_up(panel: PanelPage) -> None:
    card = panel.expect_state(CP, "SUPPLYING")
    limit(panel, CP, "70", "kW in all")
    expect(said(panel, CP)).to_contain_text("Limited to 70")
    expect(card.locator('[data-figure="kw"]')).to_have_text("70.0", timeout=CHARGE_MS)
    limit(panel, CP, "60", "kW in all")
    expect(said(panel, CP)).to_contain_text("Limited to 60")
    expect(card.locator('[data-figure="kw"]')).to_have_text("60.0", timeout=CHARGE_MS)
    expect(card.locator('[data-figure="lines"]')).to_contain_text("Energy")
    panel.page.wait_for_function(TAPERED, arg=55, timeout=CHARGE_MS)
    session_id = panel.page.request.get(f"{panel.address}/cp/{CP}").json()["session"]["session_id"]
    expect(card).to_contain_text("Idle time", timeout=CHARGE_MS)
    expect(card).to_contain_text("Since")
    panel.open(f"#/sessions/{session_id}")
    panel.page.get_by_role("link", name="Receipt").click(timeout=CHARGE_MS)
    receipt = panel.page.get_by_role("article", name="Receipt")
    for word in ("Plugged in until", "city@1", "0.50/kWh", "0.60/kWh", "Idle time"):
        expect(receipt).to_contain_text(word)
    expect_to_add_up(receipt.get_by_role("table"))


def test_a_point_where_idle_time_costs_nothing_is_occupied_until_its_vehicle_leaves(
    panel: PanelPage, lively: Central
) -> None:
    panel.expect_state(CP, "SUPPLYING")
    lively.http.delete("/api/v1/points/CP-002/tariff").raise_for_status()
    lively.order(f"/cp/{CP}/unplug")
    panel.expect_state("CP-002", "SUPPLYING")
    lively.order("/cp/CP-002/stop")
    lively.order("/cp/CP-002/resume")
    expect(panel.card("CP-002")).to_contain_text("Occupied")
    expect(panel.counter("Occupied")).to_contain_text("1")
    panel.choose("Unplug", "CP-002")
    expect(panel.card("CP-002")).to_contain_text("Free")
