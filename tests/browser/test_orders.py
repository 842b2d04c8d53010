"""Orders that a hand gives twice, or would be sorry for."""

import re

import pytest
from playwright.sync_api import Browser, Page, Request, expect

from tests.browser.conftest import Central, a_panel
from tests.browser.panel_page import PanelPage

NOTHING_ELSE_MS = 1_500


class Orders:
    """The orders that a page gave to Central."""

    def __init__(self, page: Page) -> None:
        self.given: list[str] = []
        page.on("request", self._on_request)

    def _on_request(self, request: Request) -> None:
        if request.method != "GET":
            self.given.append(f"{request.method} {re.sub('^https?://[^/]+', '', request.url)}")


@pytest.fixture
def orders(manual_panel: PanelPage) -> Orders:
    manual_panel.open()
    expect(manual_panel.card("CP-001")).to_be_visible()
    return Orders(manual_panel.page)


def middle_of(panel: PanelPage, name: str) -> tuple[float, float]:
    box = panel.card("CP-001").get_by_role("button", name=name, exact=True).bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.parametrize("pause_ms", [0, 100, 250, 400, 600])
def test_a_double_click_on_stop_stops_once(manual_panel: PanelPage, orders: Orders, pause_ms: int) -> None:
    x, y = middle_of(manual_panel, "Stop CP-001")
    manual_panel.page.mouse.click(x, y)
    manual_panel.page.wait_for_timeout(pause_ms)
    manual_panel.page.mouse.click(x, y)
    manual_panel.expect_state("CP-001", "STOPPED")
    manual_panel.page.wait_for_timeout(NOTHING_ELSE_MS)
    assert orders.given == ["POST /cp/CP-001/stop"]
    manual_panel.press("Resume", "CP-001")
    manual_panel.expect_state("CP-001", "ACTIVATED")


def test_a_real_double_click_is_one_order_also_where_the_button_does_not_change(
    manual_panel: PanelPage, orders: Orders
) -> None:
    manual_panel.page.get_by_role("button", name="Resume all").dblclick()
    expect(manual_panel.page.get_by_text("Resume all: done at")).to_be_visible()
    manual_panel.page.wait_for_timeout(NOTHING_ELSE_MS)
    assert orders.given == ["POST /cp/resume"]


def test_a_click_meant_for_stop_does_not_resume_what_somebody_else_has_just_stopped(
    manual_panel: PanelPage, manual_central: Central, orders: Orders
) -> None:
    x, y = middle_of(manual_panel, "Stop CP-001")
    manual_central.order("/cp/CP-001/stop")
    expect(manual_panel.card("CP-001").get_by_role("button", name="Resume CP-001")).to_be_visible()
    manual_panel.page.mouse.click(x, y)
    manual_panel.page.wait_for_timeout(NOTHING_ELSE_MS)
    assert orders.given == []
    manual_panel.expect_state("CP-001", "STOPPED")


def test_a_key_that_is_held_is_one_order(manual_panel: PanelPage, orders: Orders) -> None:
    manual_panel.card("CP-001").get_by_role("button", name="Stop CP-001").focus()
    for _ in range(25):
        manual_panel.page.keyboard.down("Enter")
        manual_panel.page.wait_for_timeout(60)
    manual_panel.page.keyboard.up("Enter")
    assert orders.given == ["POST /cp/CP-001/stop"]


def test_two_taps_are_one_order(browser: Browser, manual_central: Central) -> None:
    context = browser.new_context(has_touch=True, viewport={"width": 360, "height": 740})
    page = context.new_page()
    panel = PanelPage(page, manual_central.address).open()
    expect(panel.card("CP-001")).to_be_visible()
    orders = Orders(page)
    x, y = middle_of(panel, "Stop CP-001")
    page.touchscreen.tap(x, y)
    page.wait_for_timeout(150)
    page.touchscreen.tap(x, y)
    panel.expect_state("CP-001", "STOPPED")
    page.wait_for_timeout(NOTHING_ELSE_MS)
    assert orders.given == ["POST /cp/CP-001/stop"]
    context.close()


def test_a_stop_that_ends_a_running_supply_says_whose_and_asks(manual_panel: PanelPage, orders: Orders) -> None:
    manual_panel.press("Plug in", "CP-001")
    manual_panel.expect_state("CP-001", "SUPPLYING")
    question = manual_panel.page.get_by_role("dialog", name="Stop CP-001?")
    manual_panel.press("Stop", "CP-001")
    expect(question).to_contain_text("walk-in is charging there")
    question.get_by_role("button", name="Cancel").click()
    expect(question).to_be_hidden()
    manual_panel.expect_state("CP-001", "SUPPLYING")
    assert orders.given == ["POST /cp/CP-001/plug"]
    manual_panel.press("Stop", "CP-001")
    question.get_by_role("button", name="Stop CP-001").click()
    manual_panel.expect_state("CP-001", "STOPPED")
    assert orders.given[1:] == ["POST /cp/CP-001/stop"]


def test_the_second_click_of_a_double_click_answers_no_question(manual_panel: PanelPage, orders: Orders) -> None:
    manual_panel.press("Plug in", "CP-001")
    manual_panel.expect_state("CP-001", "SUPPLYING")
    manual_panel.press("Stop", "CP-001")
    sure = manual_panel.page.get_by_role("dialog").get_by_role("button", name="Stop CP-001")
    box = sure.bounding_box()
    assert box
    manual_panel.page.mouse.click(box["x"] + 5, box["y"] + 5)
    manual_panel.page.wait_for_timeout(100)
    expect(sure).to_be_visible()
    assert orders.given == ["POST /cp/CP-001/plug"]


def test_a_point_is_retired_from_its_menu_after_a_question_and_its_card_goes_everywhere(
    manual_panel: PanelPage, manual_central: Central, browser: Browser
) -> None:
    other = next(a_panel(browser, manual_central)).open()
    manual_panel.open()
    for panel in (manual_panel, other):
        expect(panel.card("CP-002")).to_be_visible()
    manual_panel.choose("Retire", "CP-002")
    question = manual_panel.page.get_by_role("dialog", name="Retire CP-002?")
    expect(question).to_contain_text("Its sessions, tickets and messages stay")
    question.get_by_role("button", name="Cancel").click()
    expect(manual_panel.card("CP-002")).to_be_visible()
    manual_panel.choose("Retire", "CP-002")
    question.get_by_role("button", name="Retire CP-002").click()
    for panel in (manual_panel, other):
        expect(panel.card("CP-002")).to_have_count(0)
        expect(panel.cards()).to_have_count(2)
    expect(manual_panel.page.get_by_text("CP-002 is retired.")).to_be_visible()
    assert manual_central.http.get("/cp/CP-002").status_code == 404
    other.page.context.close()


def test_figures_that_stand_still_say_how_old_they_are(manual_panel: PanelPage) -> None:
    manual_panel.lose_readings()
    manual_panel.open()
    manual_panel.press("Plug in", "CP-001")
    card = manual_panel.expect_state("CP-001", "SUPPLYING")
    expect(card.locator("[data-figure=age]")).to_have_count(0)
    expect(card.locator("[data-figure=age]")).to_have_text(re.compile(r"^[4-9]\u202fs ago$"), timeout=15_000)


def test_a_point_is_stopped_after_its_supply_which_is_shown_and_can_be_taken_back(
    manual_panel: PanelPage, orders: Orders
) -> None:
    manual_panel.press("Plug in", "CP-001")
    card = manual_panel.expect_state("CP-001", "SUPPLYING")
    manual_panel.choose("Stop after this supply", "CP-001")
    expect(card).to_contain_text("Stops after this supply")
    expect(manual_panel.page.get_by_text("CP-001 is stopped once its supply has ended.")).to_be_visible()
    expect(card.get_by_role("button", name="Keep CP-001 in service")).to_be_enabled()
    card.get_by_role("button", name="Keep CP-001 in service").click()
    expect(card).not_to_contain_text("Stops after this supply")
    manual_panel.expect_state("CP-001", "SUPPLYING")
    manual_panel.choose("Stop after this supply", "CP-001")
    expect(card).to_contain_text("Stops after this supply")
    expect(card.get_by_role("button", name="Unplug CP-001")).to_be_enabled()
    manual_panel.press("Unplug", "CP-001")
    manual_panel.expect_state("CP-001", "STOPPED")
    assert orders.given == [
        "POST /cp/CP-001/plug",
        "POST /api/v1/points/CP-001/stop-after-supply",
        "POST /cp/CP-001/resume",
        "POST /api/v1/points/CP-001/stop-after-supply",
        "POST /cp/CP-001/unplug",
    ]
