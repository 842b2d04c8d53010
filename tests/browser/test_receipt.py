"""A ticket by lines on the panel, and its receipt on the screen and on paper."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.conftest import Central, a_panel, network
from tests.browser.panel_page import PanelPage

TARIFF = {
    "version_id": "steps@1",
    "zone": "Europe/Madrid",
    "elements": [
        {"energy_micro_euros_per_kwh": 400_000, "min_s": 3},
        {"energy_micro_euros_per_kwh": 200_000},
    ],
    "vat_permille": 210,
}
CHARGE_S = 60.0
GAP = "\u202f"

Ticket = dict[str, Any]


def tickets_by_lines(central: Central) -> list[Ticket]:
    """The tickets whose price changed on the way."""
    found: list[Ticket] = central.http.get("/api/v1/tickets").raise_for_status().json()["items"]
    return [ticket for ticket in found if ticket["price"] and len(ticket["price"]["lines"]) == 2]


@pytest.fixture(scope="module")
def priced_central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Central]:
    """A Central whose points have a tariff with two prices; a driver has charged by it."""
    with network(tmp_path_factory.mktemp("receipts"), "--drivers", "1", "--sites", "1") as central:
        for point in central.points():
            central.http.put(f"/api/v1/points/{point['cp_id']}/tariff", json=TARIFF).raise_for_status()
        central.wait_until(lambda each: bool(tickets_by_lines(each)), CHARGE_S)
        yield central


@pytest.fixture(scope="module")
def ticket(priced_central: Central) -> Ticket:
    session_id = tickets_by_lines(priced_central)[-1]["session_id"]
    found: Ticket = priced_central.http.get(f"/api/v1/tickets/{session_id}").raise_for_status().json()
    return found


@pytest.fixture
def priced(browser: Browser, priced_central: Central) -> Iterator[PanelPage]:
    """The panel of that Central, not opened yet."""
    yield from a_panel(browser, priced_central)


def money(micro_euros: int) -> str:
    """As a price stands on the panel: two decimals, or as many more as it has."""
    whole, decimals = f"{Decimal(micro_euros) / 1_000_000:.6f}".split(".")
    return f"€{GAP}{whole}.{decimals[:2]}{decimals[2:].rstrip('0')}"


def expect_price(place: Locator, ticket: Ticket) -> None:
    """Both lines stand there, and what they come to."""
    price = ticket["price"]
    rows = place.get_by_role("table", name="What the price is made of").get_by_role("row")
    expect(rows).to_have_count(6)
    for line, unit in zip(price["lines"], (400_000, 200_000), strict=True):
        kwh = f"{(Decimal(line['quantity']) / 1_000_000).normalize():f}"
        row = rows.filter(has_text=f"{money(unit)}/kWh")
        for word in ("Energy", f"{kwh}{GAP}kWh", money(line["micro_euros"])):
            expect(row).to_contain_text(word)
    for name, amount in (("Net", price["net"]), (f"VAT 21{GAP}%", price["vat"]), ("Total", price["gross"])):
        expect(rows.filter(has=place.page.get_by_role("rowheader", name=name))).to_contain_text(money(amount))
    assert price["gross"] == round(ticket["euros"] * 1_000_000)


def test_a_session_shows_the_lines_of_its_ticket_and_leads_to_the_receipt(priced: PanelPage, ticket: Ticket) -> None:
    session_id = ticket["session_id"]
    priced.open(f"#/sessions/{session_id}?q=driver")
    shown = priced.page.get_by_role("region", name="Ticket")
    expect(shown).to_contain_text("steps@1")
    expect_price(shown, ticket)
    shown.get_by_role("link", name="Receipt").click()
    expect(priced.heading("Receipt")).to_be_focused()
    expect(priced.page).to_have_url(f"{priced.address}/#/sessions/{session_id}/receipt?q=driver")
    priced.page.get_by_role("link", name=f"Session {session_id}").click()
    expect(priced.heading(f"Session {session_id}")).to_be_focused()


def test_a_receipt_says_who_charged_where_how_much_and_for_how_much(priced: PanelPage, ticket: Ticket) -> None:
    priced.open(f"#/sessions/{ticket['session_id']}/receipt")
    receipt = priced.page.get_by_role("article", name="Receipt")
    point = priced.page.request.get(f"{priced.address}/api/v1/points/{ticket['cp_id']}").json()
    named = [ticket[name] for name in ("session_id", "driver_id", "cp_id", "tariff")]
    for word in (*named, point["site_id"], point["station_id"], f"{ticket['kwh']}{GAP}kWh"):
        expect(receipt).to_contain_text(word)
    expect_price(receipt, ticket)


def test_on_paper_a_receipt_stands_alone_and_is_light(priced: PanelPage, ticket: Ticket) -> None:
    priced.page.emulate_media(color_scheme="dark")
    priced.open(f"#/sessions/{ticket['session_id']}/receipt")
    expect(priced.page.get_by_role("button", name="Print")).to_be_visible()
    priced.theme().select_option("Dark")
    priced.page.emulate_media(media="print")
    expect_price(priced.page.get_by_role("article", name="Receipt"), ticket)
    for unprinted in (priced.bar(), priced.link(), priced.page.locator("main > a"), priced.page.get_by_text("Print")):
        expect(unprinted).to_be_hidden()
    assert priced.ground() == "rgb(255, 255, 255)"


def test_a_session_without_a_ticket_has_no_receipt(priced: PanelPage) -> None:
    priced.may_refuse.add("/api/v1/tickets/nobody")
    priced.open("#/sessions/nobody/receipt")
    expect(priced.page.get_by_text("This session has no ticket.")).to_be_visible()
    expect(priced.page.get_by_role("button", name="Print")).to_have_count(0)


def test_lines_and_receipt_fit_a_phone(priced: PanelPage, ticket: Ticket) -> None:
    priced.page.set_viewport_size({"width": 360, "height": 740})
    priced.open(f"#/sessions/{ticket['session_id']}")
    expect_price(priced.page.get_by_role("region", name="Ticket"), ticket)
    assert priced.fits_the_width()
    priced.page.get_by_role("link", name="Receipt").click()
    expect_price(priced.page.get_by_role("article", name="Receipt"), ticket)
    assert priced.fits_the_width()
