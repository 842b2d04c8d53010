"""Reservations on the panel: booked, found, cancelled, and the times of a point that are taken."""

from datetime import datetime, timedelta

from playwright.sync_api import Locator, expect

from tests.browser.conftest import Central
from tests.browser.panel_page import PanelPage

ALICE = "driver-alice"


def rows(panel: PanelPage, driver_id: str = ALICE) -> Locator:
    return panel.page.get_by_role("listitem").filter(has_text=driver_id).filter(has=panel.page.locator("strong"))


def book(panel: PanelPage, days: int, place: str = "CP-002", hours: float = 1) -> Locator:
    """Book at noon, so many days from now, by the reader's clock."""
    noon = (datetime.now().astimezone() + timedelta(days=days)).replace(hour=12, minute=0)
    panel.page.get_by_role("button", name="Book a point").click()
    form = panel.page.get_by_role("form", name="Book a point")
    form.get_by_label("Point").fill(place)
    form.get_by_label("Driver").fill(ALICE)
    form.get_by_label("From").fill(f"{noon:%Y-%m-%dT%H:%M}")
    form.get_by_label("To").fill(f"{noon + timedelta(hours=hours):%Y-%m-%dT%H:%M}")
    form.get_by_role("button", name="Book", exact=True).click()
    return form


def test_a_point_is_booked_shown_with_it_and_cancelled(panel: PanelPage, central: Central) -> None:
    page = panel.open("#/reservations").page
    book(panel, 3)
    expect(page.get_by_text(f"CP-002 is booked for {ALICE}.")).to_be_visible()
    row = rows(panel).first
    expect(row).to_contain_text("Booked")
    row.get_by_role("link", name="CP-002").click()
    calendar = page.get_by_role("region", name="Reserved times")
    expect(calendar).to_contain_text(f"for {ALICE}")
    page.go_back()
    rows(panel).first.get_by_role("button", name=f"Cancel the reservation of {ALICE} at CP-002").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel", exact=True).last.click()
    expect(page.get_by_text(f"The reservation of {ALICE} at CP-002 is cancelled.")).to_be_visible()
    expect(rows(panel).first).to_contain_text("an operator cancelled it")
    page.get_by_label("How they stand").select_option("Booked")
    expect(page.get_by_text("No reservation is like that.")).to_be_visible()


def test_a_time_that_cannot_be_booked_says_why_and_stays_in_the_form(panel: PanelPage) -> None:
    panel.open("#/reservations")
    panel.may_refuse.add("/api/v1/reservations")
    form = book(panel, 3, hours=5)
    expect(form.get_by_role("alert")).to_contain_text("a reservation lasts 4 hours at most")
    expect(form.get_by_label("Driver")).to_have_value(ALICE)
    form.get_by_role("button", name="Cancel").click()
    expect(panel.page.get_by_role("button", name="Book a point")).to_be_focused()
