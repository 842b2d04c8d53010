"""What the network earned, as an operator sees it: a time, its groups, its tickets, and the files of it."""

import csv
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from evcharging.adapters.store import Commit
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.common.messages_tariff import Element, Tariff
from evcharging.common.utils import changed
from evcharging.domain.session import bill_of, request_of
from tests.browser.conftest import Central, a_panel, network
from tests.browser.panel_page import PanelPage
from tests.browser.past_sessions import NOW, past
from tests.browser.secure_central import end, secure_network, signed_in

SOON_MS = 30_000
"""A process begins, and reads the ledger."""

DRAWING = "() => document.querySelector('canvas').toDataURL()"
IS_ANOTHER = "(before) => document.querySelector('canvas').toDataURL() !== before"

TARIFF = Tariff(
    version_id="day@1",
    zone="UTC",
    elements=(Element(energy_micro_euros_per_kwh=500_000),),
    vat_permille=210,
)


def earned(folder: Path) -> None:
    """20 kWh at a site by a tariff five hours ago, 10 kWh at another site three days ago, 40 kWh at none a hundred days
    ago, and a bill of 5 kWh that is held."""
    sessions = [
        changed(past(1, NOW - timedelta(hours=5), 20), tariff=TARIFF),
        past(2, NOW - timedelta(days=3), 10, "driver-bob"),
        past(3, NOW - timedelta(days=100), 40),
    ]
    held = past(4, NOW - timedelta(hours=2), 5, held=True)
    bills = [bill_of(each, site) for each, site in zip(sessions, ("SITE-A", "SITE-B", None), strict=True)]
    requests = [request_of(each) for each in (*sessions, held)]
    with closing(SqlStore(f"sqlite:///{folder}/central.db")) as store:
        records = [("0", each) for each in (*requests, *sessions, held, *bills)]
        store.commit(Commit(epochs=store.claim(["0"]), records=records))


@pytest.fixture(scope="module")
def money_central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Central]:
    folder = tmp_path_factory.mktemp("money")
    earned(folder)
    with network(folder, "--drivers", "0") as central:
        yield central


@pytest.fixture
def page(money_central: Central, browser: Browser) -> Iterator[PanelPage]:
    for panel in a_panel(browser, money_central):
        panel.open("#/money?range=30d")
        yield panel


def tile(panel: PanelPage, name: str) -> Locator:
    return panel.page.locator(f'[data-figure="{name}"]')


def groups(panel: PanelPage) -> Locator:
    return panel.page.locator("[data-group]")


def by(panel: PanelPage, name: str) -> None:
    panel.page.get_by_role("group", name="Revenue by").get_by_role("button", name=name).click()


def test_the_chart_is_of_the_time_that_is_chosen(page: PanelPage) -> None:
    expect(page.page.locator("canvas")).to_be_visible()
    for time in ("7 days", "30 days"):
        before = page.page.evaluate(DRAWING)
        page.page.get_by_role("button", name=time).click()
        page.page.wait_for_function(IS_ANOTHER, arg=before)


def test_the_figures_of_a_time_are_told_with_vat_and_what_is_held(page: PanelPage) -> None:
    expect(page.heading("Money")).to_be_visible()
    expect(tile(page, "Revenue with VAT")).to_contain_text("€\u202f15.10")
    expect(tile(page, "Revenue with VAT")).to_contain_text("Net €\u202f10.00 and VAT €\u202f2.100 of €\u202f12.10")
    expect(tile(page, "Energy billed")).to_contain_text("30.0\u202fkWh")
    expect(tile(page, "Sessions billed")).to_contain_text("2")
    expect(tile(page, "Held")).to_contain_text("€\u202f1.500")
    expect(tile(page, "Held")).to_contain_text("1 bill in doubt")


def test_revenue_is_told_by_site_and_by_whatever_else_is_chosen(page: PanelPage) -> None:
    expect(groups(page)).to_have_count(2)
    expect(groups(page).first).to_contain_text("SITE-A")
    expect(groups(page).first).to_contain_text("80.1\u202f%")
    by(page, "Tariff")
    expect(page.page.locator('[data-group="Single prices"]')).to_contain_text("€\u202f3.000")
    expect(page.page.locator('[data-group="day@1"]')).to_contain_text("€\u202f10.00")
    assert page.page.url.endswith("#/money?range=30d&by=tariff")
    page.page.reload()
    expect(page.page.locator('[data-group="day@1"]')).to_be_visible()
    by(page, "Driver")
    expect(groups(page).first).to_contain_text("driver-ann")
    by(page, "Day")
    expect(groups(page)).to_have_count(2)
    by(page, "Point")
    page.page.locator('[data-group="CP-001"]').get_by_role("link").click()
    expect(page.heading("Charging point CP-001")).to_be_visible()


def test_a_time_is_chosen_by_its_name_or_by_its_days(page: PanelPage) -> None:
    expect(tile(page, "Sessions billed")).to_contain_text("2")
    page.page.get_by_role("button", name="24 hours").click()
    expect(tile(page, "Revenue with VAT")).to_contain_text("€\u202f12.10")
    expect(page.page.get_by_role("figure", name="Revenue an hour, €").locator("canvas")).to_be_visible()
    first, last = ((NOW - timedelta(days=days)).date().isoformat() for days in (101, 99))
    page.page.get_by_label("From").fill(first)
    page.page.get_by_label("To").fill(last)
    expect(tile(page, "Revenue with VAT")).to_contain_text("€\u202f12.00")
    expect(page.page.get_by_text(f"{first} to {last}, by days in UTC")).to_be_visible()
    assert page.page.url.endswith(f"#/money?from={first}&to={last}")
    expect(groups(page)).to_have_text(["Without a site 1 40.000 €\u202f12.00 100.0\u202f%"], use_inner_text=True)
    page.page.get_by_role("button", name="This month").click()
    expect(page.page.get_by_label("From")).to_have_value("")


def test_a_ticket_leads_to_its_session_and_to_its_receipt(page: PanelPage) -> None:
    ticket = page.page.locator('[data-ticket="past-2"]')
    expect(page.page.locator("[data-ticket]")).to_have_count(2)
    expect(ticket).to_contain_text("driver-bob")
    ticket.get_by_role("link", name="Receipt of past-2").click()
    expect(page.heading("Receipt")).to_be_visible()
    page.page.go_back()
    ticket.get_by_role("link", name="past-2", exact=True).click()
    expect(page.heading("Session past-2")).to_be_visible()


def test_a_held_bill_is_seen_and_may_be_resolved_here(page: PanelPage) -> None:
    held = page.page.get_by_role("region", name="Held bills (1)")
    held.get_by_role("button", name="Resolve past-4").click()
    expect(page.page.get_by_role("dialog")).to_contain_text("Resolve past-4?")
    page.page.get_by_role("dialog").get_by_role("button", name="Cancel").click()


def rows_of(page: PanelPage, name: str) -> list[dict[str, str]]:
    with page.page.expect_download() as found:
        page.page.get_by_role("link", name=name).click()
    return [*csv.DictReader(StringIO(found.value.path().read_text(encoding="utf-8"), newline=""))]


def test_a_file_has_the_rows_of_the_list(page: PanelPage, money_central: Central) -> None:
    expect(tile(page, "Sessions billed")).to_contain_text("2")
    rows = rows_of(page, "Tickets as CSV")
    since = (NOW - timedelta(days=31)).isoformat().replace("+00:00", "Z")
    listed = money_central.http.get(f"/api/v1/tickets?from={since}").json()["items"]
    assert [(row["session_id"], float(row["euros"]), row["ended_at"]) for row in rows] == [
        (ticket["session_id"], ticket["euros"], ticket["ended_at"]) for ticket in listed
    ]
    assert [row["net_euros"] for row in rows] == ["10.000000", ""]
    page.open("#/sessions?status=COMPLETED")
    expect(page.sessions()).to_have_count(3)
    rows = rows_of(page, "Sessions as CSV")
    assert [row["session_id"] for row in rows] == ["past-1", "past-2", "past-3"]
    assert [row["kwh"] for row in rows] == ["20.000000", "10.000000", "40.000000"]


def test_a_month_is_a_file_of_its_name(page: PanelPage) -> None:
    page.page.get_by_role("button", name="Last month").click()
    month = (NOW.replace(day=1) - timedelta(days=1)).strftime("%Y-%m")
    expect(page.page.get_by_text(f"{month}-01 to {month}-")).to_be_visible()
    with page.page.expect_download() as found:
        page.page.get_by_role("link", name="Sessions as JSON").click()
    assert found.value.suggested_filename == f"sessions-{month}.json"


def test_an_audit_is_run_and_says_that_all_is_well(page: PanelPage) -> None:
    books = page.page.get_by_role("region", name="Books")
    books.get_by_role("button", name="Run an audit").click()
    expect(books.get_by_text("All is well: there is no difference.")).to_be_visible(timeout=SOON_MS)
    expect(books).to_contain_text("4 sessions and 3 bills of €\u202f27.10")
    page.page.reload()
    expect(books).to_contain_text("Last audit")


def test_a_phone_shows_all_of_it_without_scrolling_sideways(page: PanelPage) -> None:
    page.page.set_viewport_size({"width": 360, "height": 740})
    expect(groups(page).first).to_be_visible()
    assert page.page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_central_that_is_away_is_told_and_asked_again(page: PanelPage) -> None:
    expect(tile(page, "Held")).to_be_visible()
    page.may_refuse.add("/api/v1/revenue")
    page.page.route(
        "**/api/v1/revenue**", lambda route: route.fulfill(status=503, json={"detail": "No ledger just now"})
    )
    page.page.get_by_role("button", name="7 days").click()
    alert = page.page.get_by_role("alert").filter(has_text="No ledger just now")
    expect(alert).to_be_visible()
    page.page.unroute("**/api/v1/revenue**")
    alert.get_by_role("button", name="Try again").click()
    expect(alert).to_have_count(0)
    expect(page.page.get_by_role("button", name="7 days")).to_have_attribute("aria-pressed", "true")


def test_who_may_only_look_can_take_a_file_and_neither_resolves_nor_audits(browser: Browser, tmp_path: Path) -> None:
    earned(tmp_path)
    with secure_network(tmp_path, "--drivers", "0") as central:
        panel = signed_in(browser, central, "vera", "viewer")
        panel.open("#/money?range=30d")
        expect(tile(panel, "Sessions billed")).to_contain_text("2")
        assert len(rows_of(panel, "Tickets as CSV")) == 2
        expect(panel.page.get_by_role("region", name="Held bills (1)")).to_be_visible()
        expect(panel.page.get_by_role("button", name="Resolve past-4")).to_have_count(0)
        expect(panel.page.get_by_role("region", name="Books")).to_have_count(0)
        end(panel)
