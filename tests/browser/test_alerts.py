"""Alerts on the panel: they open on a fault, are acknowledged, and close by themselves."""

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import Central
from tests.browser.panel_page import PanelPage

NOTE = "The electrician comes at ten"


def alerts(panel: PanelPage, rule: str = "fault") -> Locator:
    return panel.page.locator(f"[data-alert={rule}]")


@pytest.fixture
def faulty(panel: PanelPage, central: Central) -> PanelPage:
    """The page of alerts, once a point is in fault."""
    panel.open("#/alerts")
    central.order("/cp/CP-001/fault")
    return panel


def test_a_fault_is_acknowledged_with_a_note_and_closes_by_itself(faulty: PanelPage, central: Central) -> None:
    page = faulty.page
    alert = alerts(faulty).first
    expect(alert).to_contain_text("CP-001 is faulty: fault reported at the point")
    alert.get_by_role("button", name="Acknowledge").click()
    form = page.get_by_role("form", name="Acknowledge: CP-001 is faulty")
    expect(form.get_by_label("Note")).to_be_focused()
    form.get_by_label("Note").fill(NOTE)
    form.get_by_role("button", name="Acknowledge").click()
    expect(page.get_by_text("Acknowledged: CP-001 is faulty: fault reported at the point.")).to_be_visible()
    expect(alert).to_contain_text("Acknowledged by Somebody at this machine")
    expect(alert).to_contain_text(NOTE)
    expect(alert.get_by_role("button")).to_have_count(0)
    central.order("/cp/CP-001/recover")
    expect(alerts(faulty)).to_have_count(0)
    page.get_by_label("State").select_option("Closed")
    expect(alert).to_contain_text(NOTE)
    expect(alert).to_contain_text("closed")


def test_filters_are_in_the_address_and_an_alert_leads_to_its_point(faulty: PanelPage) -> None:
    page = faulty.page
    page.get_by_label("Rule").select_option("Offline")
    expect(page.get_by_text("No alert matches.")).to_be_visible()
    page.reload()
    expect(page.get_by_text("No alert matches.")).to_be_visible()
    page.get_by_role("button", name="Show what is open").click()
    alerts(faulty).first.get_by_role("link", name="CP-001").click()
    expect(faulty.heading("Charging point CP-001")).to_be_visible()


def test_the_rules_are_told_and_all_of_it_fits_a_phone(faulty: PanelPage) -> None:
    page = faulty.page
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_text("Rules", exact=True).click()
    expect(page.get_by_role("row", name="Offline Error After 1\u202fmin its monitor is heard again")).to_be_visible()
    alerts(faulty).first.get_by_role("button", name="Acknowledge").click()
    assert faulty.fits_the_width()
