"""The page of one charging point: as it is now, its orders, and what it did."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.conftest import Central, a_panel, network
from tests.browser.panel_page import PanelPage
from tests.browser.past_sessions import NOW, keep, past


@pytest.fixture(scope="module")
def used_central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Central]:
    """A Central whose CP-001 supplied 20 kWh two hours ago and 30 kWh at noon four days ago; its other points did
    nothing."""
    folder = tmp_path_factory.mktemp("point")
    noon = datetime.combine(NOW.date() - timedelta(days=4), time(12), UTC)
    keep(folder, past(1, NOW - timedelta(hours=2), 20), past(2, noon, 30))
    with network(folder, "--drivers", "0") as central:
        yield central


@pytest.fixture
def point(browser: Browser, used_central: Central) -> Iterator[PanelPage]:
    """The page of CP-001."""
    used_central.put_in_order()
    for panel in a_panel(browser, used_central):
        panel.open("#/points/CP-001")
        yield panel


def chart(panel: PanelPage, name: str) -> Locator:
    return panel.page.get_by_role("figure", name=name)


def test_the_id_on_a_card_leads_to_the_page_and_back_leads_to_all(point: PanelPage) -> None:
    point.open("#/points?state=free")
    point.page.get_by_role("link", name="CP-002", exact=True).click()
    expect(point.heading("Charging point CP-002")).to_be_focused()
    expect(point.cards()).to_have_count(1)
    expect(point.page.get_by_role("region", name="CP-002 now")).to_contain_text("Gives at most")
    expect(point.page.get_by_text("There was no session yet.")).to_be_visible()
    point.page.get_by_role("link", name="All charging points").click()
    expect(point.cards()).to_have_count(3)


def test_orders_are_given_on_the_page_and_seen_there(point: PanelPage) -> None:
    point.press("Stop", "CP-001")
    expect(point.cards("STOPPED")).to_have_count(1)
    point.choose("Limit…", "CP-001")
    form = point.page.get_by_role("dialog", name="Limit of CP-001")
    form.get_by_label("At most").fill("16")
    form.get_by_role("button", name="Set the limit").click()
    expect(point.page.get_by_role("region", name="CP-001 now")).to_contain_text("16")
    point.press("More orders for", "CP-001")
    expect(point.page.get_by_role("menuitem", name="Details…")).to_have_count(0)


def test_what_it_supplied_is_drawn_and_can_be_read_over_any_range(point: PanelPage) -> None:
    hours = chart(point, "Energy an hour, kWh")
    expect(hours.locator("canvas")).to_be_visible()
    expect(chart(point, "Power, kW").locator("canvas")).to_be_visible()
    hours.get_by_text("As a table").click()
    expect(hours.get_by_role("row").filter(has_text=re.compile("[1-9]\u202fkWh"))).not_to_have_count(0)
    point.page.get_by_role("button", name="30 days").click()
    days = chart(point, "Energy a day, kWh")
    expect(days.get_by_role("row", include_hidden=True).filter(has_text="30\u202fkWh")).to_have_count(1)
    assert point.page.url.endswith("#/points/CP-001?range=30d")


def test_its_newest_sessions_are_listed_and_open(point: PanelPage) -> None:
    newest = point.page.get_by_role("region", name="Newest sessions")
    expect(newest.locator("[data-session]")).to_have_count(2)
    newest.locator("[data-session='past-1']").click()
    expect(point.heading("Session past-1")).to_be_focused()
    point.page.get_by_role("link", name="CP-001", exact=True).click()
    expect(point.heading("Charging point CP-001")).to_be_focused()
    point.page.get_by_role("link", name="All sessions of CP-001").click()
    expect(point.sessions()).to_have_count(2)


def test_a_point_that_there_is_not_is_said(point: PanelPage) -> None:
    point.open("#/points/CP-404")
    expect(point.page.get_by_text("There is no charging point CP-404.")).to_be_visible()
    expect(point.cards()).to_have_count(0)


def test_the_page_fits_a_phone(point: PanelPage) -> None:
    point.page.set_viewport_size({"width": 360, "height": 740})
    expect(chart(point, "Power, kW").locator("canvas")).to_be_visible()
    expect(point.page.locator("[data-session]").first).to_be_visible()
    assert point.fits_the_width()


def test_what_the_meter_says_is_seen_to_grow(manual_panel: PanelPage, manual_central: Central) -> None:
    manual_central.order("/cp/CP-002/plug")
    manual_panel.open("#/points/CP-002")
    manual_panel.wait_for_growing_figures()


def test_a_label_has_a_code_that_leads_to_the_page_and_is_printed_alone(point: PanelPage) -> None:
    before = len(point.asked)
    point.page.get_by_role("button", name="QR code").click()
    label = point.page.get_by_role("dialog", name="CP-001")
    expect(label.get_by_role("img", name="QR code that leads to the page of CP-001")).to_be_visible()
    expect(label).to_contain_text(f"{point.address}/#/points/CP-001")
    expect(label).to_contain_text("This address works on this machine alone.")
    assert [address for address in point.asked[before:] if not address.startswith(point.address)] == []
    point.page.evaluate("window.print = () => (window.isPrinted = true)")
    label.get_by_role("button", name="Print the label").click()
    assert point.page.evaluate("window.isPrinted")
    point.page.emulate_media(media="print")
    expect(label.get_by_role("img")).to_be_visible()
    expect(point.page.get_by_role("region", name="CP-001 now", include_hidden=True)).to_be_hidden()
    expect(label.get_by_role("button", include_hidden=True).first).to_be_hidden()
    point.page.emulate_media(media="screen")
    label.get_by_role("button", name="Close").click()
    expect(point.page.get_by_role("button", name="QR code")).to_be_focused()
