"""A vehicle that stays plugged in after its charge: on the card while it costs, and on the receipt once it has left."""

import re
from collections.abc import Iterator
from decimal import Decimal

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.conftest import Central, a_panel, network
from tests.browser.panel_page import PanelPage

PRICES = {
    "session_micro_euros": 350_000,
    "energy_micro_euros_per_kwh": 400_000,
    "idle_micro_euros_per_minute": 600_000,
}
TARIFF = {"version_id": "idle@1", "zone": "UTC", "elements": [PRICES], "vat_permille": 210}
SOON_MS = 30_000


@pytest.fixture(scope="module")
def slow_drivers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Central]:
    """A Central at whose points a driver charges a little, and leaves the plug in until a hand pulls it out."""
    options = ("--drivers", "1", "--manual", "--kwh", "0.02", "--speed", "10")
    with network(tmp_path_factory.mktemp("idle"), *options) as central:
        for point in central.points():
            central.http.put(f"/api/v1/points/{point['cp_id']}/tariff", json=TARIFF).raise_for_status()
        yield central


@pytest.fixture
def panel(browser: Browser, slow_drivers: Central) -> Iterator[PanelPage]:
    for page in a_panel(browser, slow_drivers):
        yield page.open()


@pytest.fixture
def cp_id(slow_drivers: Central) -> Iterator[str]:
    """A point where a vehicle idles; in the end none does any more."""
    found: list[str] = []
    slow_drivers.wait_until(lambda central: idles(central, found), 60)
    yield found[0]
    for point in slow_drivers.points():
        if point["plugged"]:
            slow_drivers.order(f"/cp/{point['cp_id']}/unplug")


def idles(central: Central, found: list[str]) -> bool:
    """Plug in where the driver waits, until a vehicle idles there."""
    for point in central.points():
        status = point["session"] and point["session"]["status"]
        if status == "AUTHORISED":
            central.http.post(f"/cp/{point['cp_id']}/plug")
        elif status == "IDLE":
            found.append(str(point["cp_id"]))
    return bool(found)


def amount(row: Locator) -> Decimal:
    """The money in the last cell of a row."""
    return Decimal(re.sub(r"[^0-9.]", "", row.get_by_role("cell").last.inner_text()))


def expect_to_add_up(table: Locator) -> None:
    """The lines come to the net, and with the VAT to the total."""
    rows = table.get_by_role("row")
    sums = [amount(rows.filter(has=table.page.get_by_role("rowheader", name=name))) for name in ("Net", "VAT", "Total")]
    lines = [amount(rows.nth(number)) for number in range(1, rows.count() - 3)]
    assert sum(lines) == sums[0]
    assert sums[0] + sums[1] == sums[2]


def test_a_card_says_that_a_vehicle_idles_since_when_and_what_it_costs(panel: PanelPage, cp_id: str) -> None:
    card = panel.card(cp_id)
    expect(card).to_contain_text("Idle", timeout=SOON_MS)
    expect(card.locator('[data-figure="idle"]')).to_have_text(re.compile(r"Since [-0-9: ]+, \d+"))
    lines = card.locator('[data-figure="lines"]')
    for name in ("Session fee", "Energy", "Idle time", "VAT"):
        expect(lines).to_contain_text(name, timeout=SOON_MS)
    expect(panel.counter("Occupied")).to_contain_text("1")
    expect(panel.counter("Waiting")).to_contain_text("0")
    for figure in ("idle", "euros"):
        shown = card.locator(f'[data-figure="{figure}"]')
        expect(shown).not_to_have_text(shown.inner_text(), timeout=SOON_MS)


def test_the_page_of_a_point_has_all_lines_of_what_it_costs_so_far(
    panel: PanelPage, slow_drivers: Central, cp_id: str
) -> None:
    expect(panel.card(cp_id)).to_contain_text("Idle time", timeout=SOON_MS)
    panel.choose("Details…", cp_id)
    details = panel.page.get_by_role("region", name=f"{cp_id} now")
    for word in ("Power now", "Idle since", "Cost so far", "Idle time"):
        expect(details).to_contain_text(word)
    expect(details.get_by_role("table")).to_be_visible()
    slow_drivers.order(f"/cp/{cp_id}/unplug")
    expect(details).not_to_contain_text("Idle since", timeout=SOON_MS)
    panel.page.go_back()
    expect(panel.card(cp_id)).to_be_visible()
    expect(details).to_have_count(0)


def test_once_the_vehicle_has_left_its_receipt_says_until_when_and_adds_up(
    panel: PanelPage, slow_drivers: Central, cp_id: str
) -> None:
    expect(panel.card(cp_id)).to_contain_text("Idle time", timeout=SOON_MS)
    point = slow_drivers.http.get(f"/api/v1/points/{cp_id}").json()
    session_id = point["session"]["session_id"]
    panel.open(f"#/sessions/{session_id}")
    expect(panel.page.get_by_text("The vehicle is still plugged in")).to_be_visible()
    slow_drivers.order(f"/cp/{cp_id}/unplug")
    panel.page.get_by_role("link", name="Receipt").click(timeout=SOON_MS)
    receipt = panel.page.get_by_role("article", name="Receipt")
    for word in ("Charged", "Plugged in until", "idle@1", "Idle time"):
        expect(receipt).to_contain_text(word)
    expect_to_add_up(receipt.get_by_role("table"))
    receipt.get_by_role("link", name="As a page").click()
    expect(panel.page.get_by_role("heading", level=1, name="Receipt")).to_be_visible()
    expect_to_add_up(panel.page.get_by_role("table").filter(has_text="Unit price"))
