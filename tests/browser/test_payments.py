"""How sessions are paid, as operators see it: payments, one of them and its refund, the books, and what differs."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.browser.conftest import Central, a_panel, network
from tests.browser.panel_page import PanelPage
from tests.browser.test_accessibility import LOOKS, violations

BOOKS = {
    "sum_micro_euros": 0,
    "open_holds": 1,
    "captured_cents": 500,
    "billed_cents": 730,
    "refunded_cents": 30,
    "accounts": [
        {"account": "provider", "debit": 5_000_000, "credit": 300_000, "balance": 4_700_000},
        {"account": "receivable", "debit": 7_300_000, "credit": 5_000_000, "balance": 2_300_000},
        {"account": "revenue:energy", "debit": 300_000, "credit": 7_300_000, "balance": -7_000_000},
    ],
    "open_items": [{"subject_id": "session-1", "micro_euros": 2_300_000}],
}
RECONCILED = {
    "at": "2026-01-01T12:00:00Z",
    "compared": 12,
    "differences": [
        {"remedy": "void", "reference": "session-9", "payment_id": "pi_9", "text": "The hold pi_9 is of no session"}
    ],
}


def payments(central: Central, **asked: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = central.http.get("/api/v1/payments", params=asked).raise_for_status().json()["items"]
    return found


@pytest.fixture(scope="module")
def paid_central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Central]:
    """A Central whose provider is simulated, and that has captured what a charge cost."""
    folder: Path = tmp_path_factory.mktemp("payments")
    with network(folder, "--payments", "simulated", "--drivers", "1") as central:
        central.wait_until(lambda each: bool(payments(each, state="captured")), 60)
        yield central


@pytest.fixture
def page(paid_central: Central, browser: Browser) -> Iterator[PanelPage]:
    yield from a_panel(browser, paid_central)


def answered(panel: PanelPage, path: str, said: object) -> None:
    """Let what is at a path be this."""

    def answer(route: Route) -> None:
        route.fulfill(status=200, content_type="application/json", body=json.dumps(said))

    panel.page.route(path, answer)


def test_payments_are_found_by_their_state_and_open(page: PanelPage, paid_central: Central) -> None:
    page.open("#/payments")
    expect(page.heading("Payments")).to_be_visible()
    page.page.get_by_label("State").select_option("Captured")
    expect(page.page.locator("[data-payment]").first).to_have_text("Captured")
    page.page.get_by_label("State").select_option("Dispute lost")
    expect(page.page.get_by_text("No payment matches.")).to_be_visible()
    page.page.get_by_role("button", name="Any state").click()
    page.page.locator("[data-session] a").first.click()
    expect(page.page.get_by_role("heading", name="In the books")).to_be_visible()


def test_a_refund_asks_for_an_amount_and_a_reason_and_is_paid_back(page: PanelPage, paid_central: Central) -> None:
    session_id = next(each["session_id"] for each in payments(paid_central, state="captured"))
    page.open(f"#/payments/{session_id}")
    page.page.get_by_role("button", name="Refund").click()
    dialog = page.page.get_by_role("dialog")
    yes = dialog.get_by_role("button", name="Yes, pay")
    expect(yes).to_be_disabled()
    dialog.get_by_label("Amount in EUR").fill("0.005")
    dialog.get_by_label("Reason").fill("The cable came loose")
    expect(yes).to_be_disabled()
    dialog.get_by_label("Amount in EUR").fill("0.01")
    assert violations(page) == []
    yes.click()
    expect(page.page.locator("[data-payment]").first).to_have_text("Refunded in part")
    expect(page.page.get_by_text("The cable came loose")).to_be_visible()
    assert paid_central.http.get(f"/api/v1/payments/{session_id}").json()["refunded_cents"] == 1


def test_a_session_shows_how_it_was_paid(page: PanelPage, paid_central: Central) -> None:
    session_id = next(each["session_id"] for each in payments(paid_central) if each["captured_cents"])
    page.open(f"#/sessions/{session_id}")
    expect(page.page.get_by_role("heading", name="Payment", exact=True)).to_be_visible()
    page.page.get_by_role("link", name=f"Payment of {session_id}").click()
    expect(page.heading(f"Payment of {session_id}")).to_be_visible()


def test_the_books_of_a_time_are_told_with_what_is_owed(page: PanelPage) -> None:
    answered(page, "**/api/v1/books?*", BOOKS)
    page.open("#/books")
    expect(page.page.get_by_text("The books balance.")).to_be_visible()
    expect(page.page.get_by_role("row", name="revenue:energy")).to_contain_text("-7.0000")
    expect(page.page.get_by_role("link", name="session-1")).to_be_visible()


def test_what_differs_from_the_provider_is_told_and_compared_again(page: PanelPage) -> None:
    answered(page, "**/api/v1/payments/reconcile", None)
    page.open("#/reconciliation")
    expect(page.page.get_by_text("They were not compared yet.")).to_be_visible()
    answered(page, "**/api/v1/payments/reconcile", RECONCILED)
    page.page.get_by_role("button", name="Reconcile now").click()
    expect(page.page.get_by_text("1 difference")).to_be_visible()
    expect(page.page.get_by_text("The hold pi_9 is of no session The hold is released.")).to_be_visible()


@pytest.mark.parametrize("look", LOOKS)
def test_the_pages_of_payments_violate_no_rule(page: PanelPage, paid_central: Central, look: str) -> None:
    page.page.emulate_media(reduced_motion="reduce")
    LOOKS[look](page)
    answered(page, "**/api/v1/books?*", BOOKS)
    answered(page, "**/api/v1/payments/reconcile", RECONCILED)
    session_id = payments(paid_central)[-1]["session_id"]
    for route, heading in (
        ("payments", "Payments"),
        (f"payments/{session_id}", f"Payment of {session_id}"),
        ("books", "Books"),
        ("reconciliation", "Reconciliation"),
    ):
        page.open(f"#/{route}")
        expect(page.heading(heading)).to_be_visible()
        page.page.wait_for_load_state("networkidle")
        assert violations(page) == []
        width = page.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert width <= 0


def test_where_payments_are_off_it_is_said_how_they_are_turned_on(central: Central, browser: Browser) -> None:
    for panel in a_panel(browser, central):
        for route in ("payments", "books", "reconciliation"):
            panel.open(f"#/{route}")
            expect(panel.page.get_by_text("start Central with --payments simulated")).to_be_visible()
