"""An administrator's day from the console alone, on a desk and on a phone: find what is wrong, see why, act, explain a
bill, change a price, export a month, and add a colleague."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ViewportSize, expect

from tests.browser.conftest import Central
from tests.browser.panel_page import PanelPage
from tests.browser.past_network import keep_past
from tests.browser.secure_central import ADMIN, end, fill_sign_in, panel_of, secure_network

DESK, PHONE = ViewportSize(width=1280, height=900), ViewportSize(width=360, height=740)
BROKEN = "CP-002"


def are_in_service(central: Central) -> bool:
    return all(point["state"] in ("ACTIVATED", "SUPPLYING") for point in central.points())


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def panel(browser: Browser, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[PanelPage]:
    """The console of a network with a past and a point that has just broken down; nobody has signed in yet."""
    keep_past(tmp_path)
    with secure_network(tmp_path, "--drivers", "0", "--sites", "2") as central:
        central.wait_until(are_in_service, seconds=60)
        central.order(f"/cp/{BROKEN}/fault")
        panel = panel_of(browser, central)
        panel.page.set_viewport_size(request.param)
        yield panel.open()
        end(panel)


def go(panel: PanelPage, name: str) -> None:
    """To a page by the rail, or by the bar of a phone, which has the rare ones below “More”."""
    if not panel.entry(name).is_visible():
        panel.page.get_by_role("button", name="More").click()
    panel.page.get_by_role("link", name=name, exact=True).first.click()
    expect(panel.page.locator("main h2").first).to_be_visible()
    assert panel.fits_the_width()


def test_a_day_is_worked_from_the_console_alone(panel: PanelPage) -> None:
    page = panel.page
    fill_sign_in(panel, ADMIN)
    finds_what_is_wrong_and_mends_it(panel)
    explains_a_bill(panel)
    changes_a_price(panel)
    go(panel, "Money")
    page.get_by_role("button", name="Last month").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Sessions as CSV").click()
    assert download.value.suggested_filename.startswith("sessions-")
    adds_a_colleague(panel)


def finds_what_is_wrong_and_mends_it(panel: PanelPage) -> None:
    page = panel.page
    expect(panel.cards("FAULT")).to_have_count(1)
    go(panel, "Overview")
    page.get_by_role("link", name="1 point is faulty").click()
    page.get_by_role("link", name=BROKEN).click()
    expect(panel.card(BROKEN)).to_contain_text("Fault reported at the point")
    page.get_by_role("button", name=f"More orders for {BROKEN}").click()
    page.get_by_role("menuitem", name="Recover").click()
    panel.expect_state(BROKEN, "ACTIVATED")
    assert panel.fits_the_width()


def explains_a_bill(panel: PanelPage) -> None:
    page = panel.page
    go(panel, "Sessions")
    page.get_by_role("searchbox").fill("past-1")
    page.locator("tbody a").first.click()
    expect(panel.heading("Session past-1")).to_be_visible()
    page.get_by_role("link", name="Receipt").click()
    expect(page.get_by_text("€\u202f6.000").first).to_be_visible()
    assert panel.fits_the_width()


def changes_a_price(panel: PanelPage) -> None:
    page = panel.page
    go(panel, "Tariffs")
    page.get_by_role("button", name="Publish a tariff").click()
    page.get_by_label("ID of the tariff").fill("night")
    page.get_by_label("Energy, € a kWh").fill("0.25")
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Publish").click()
    expect(page.locator('[data-tariff="night"]')).to_contain_text("night@1")
    assert panel.fits_the_width()


def adds_a_colleague(panel: PanelPage) -> None:
    page = panel.page
    go(panel, "Access")
    page.get_by_role("button", name="Add somebody").click()
    page.get_by_label("Name to sign in by").fill("olga")
    page.get_by_role("button", name="Add", exact=True).click()
    once = page.get_by_role("dialog", name="The link of olga")
    expect(once.get_by_role("textbox")).not_to_have_value("")
    once.get_by_role("button", name="I have kept it").click()
    expect(page.get_by_text("olga").first).to_be_visible()
    assert panel.fits_the_width()
