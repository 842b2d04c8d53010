"""How one goes from page to page of the panel, and what the address, the theme and a phone make of it."""

import re

import pytest
from playwright.sync_api import Browser, Locator, ViewportSize, expect

from tests.browser.conftest import Central
from tests.browser.panel_page import PanelPage

PHONE = ViewportSize(width=390, height=844)
FINGER_PX = 44
NO_STORAGE = "Object.defineProperty(window, 'localStorage', { get() { throw new Error('forbidden') } })"

LAST_IS_ABOVE = """top => {
  scrollTo(0, document.documentElement.scrollHeight)
  return [...document.querySelectorAll('main section')].at(-1).getBoundingClientRect().bottom <= top
}"""
"""True once the end of the page can be seen above this height, however the page grows meanwhile."""


def top_and_bottom(seen: Locator) -> tuple[float, float]:
    box = seen.bounding_box()
    assert box
    return box["y"], box["y"] + box["height"]


def test_the_rail_leads_from_page_to_page_and_the_back_button_leads_back(panel: PanelPage) -> None:
    panel.open()
    expect(panel.entry("Points")).to_have_attribute("aria-current", "page")
    expect(panel.page).to_have_title("Charging points · EV Charging")
    panel.entry("Sessions").click()
    expect(panel.heading("Sessions")).to_be_visible()
    expect(panel.entry("Sessions")).to_have_attribute("aria-current", "page")
    expect(panel.entry("Points")).not_to_have_attribute("aria-current", "page")
    expect(panel.page).to_have_title("Sessions · EV Charging")
    expect(panel.cards()).to_have_count(0)
    expect(panel.link()).to_contain_text("Live")
    panel.page.go_back()
    expect(panel.heading("Charging points")).to_be_visible()
    expect(panel.cards().first).to_be_visible()


def test_the_heading_takes_the_focus_when_the_page_changes_and_not_before(panel: PanelPage) -> None:
    panel.open()
    expect(panel.cards().first).to_be_visible()
    expect(panel.heading("Charging points")).not_to_be_focused()
    panel.entry("Sessions").click()
    expect(panel.heading("Sessions")).to_be_focused()
    panel.entry("Points").click()
    expect(panel.heading("Charging points")).to_be_focused()


def test_a_link_with_filters_opens_filtered_and_a_reload_keeps_them(panel: PanelPage, central: Central) -> None:
    central.order("/cp/CP-002/stop")
    panel.open("#/points?state=stopped&q=cp-0")
    expect(panel.cards()).to_have_count(1)
    expect(panel.card("CP-002")).to_be_visible()
    expect(panel.counter("Stopped")).to_have_attribute("aria-pressed", "true")
    expect(panel.page.get_by_role("searchbox")).to_have_value("cp-0")
    panel.page.reload()
    expect(panel.card("CP-002")).to_be_visible()
    expect(panel.cards()).to_have_count(1)


def test_filters_stand_in_the_address_and_are_no_steps_of_the_back_button(panel: PanelPage) -> None:
    panel.open("#/sessions")
    panel.entry("Points").click()
    panel.filter("CP-003")
    panel.counter("Points").click()
    expect(panel.page).to_have_url(f"{panel.address}/#/points?q=CP-003")
    expect(panel.cards()).to_have_count(1)
    panel.page.go_back()
    expect(panel.heading("Sessions")).to_be_visible()
    panel.page.go_forward()
    expect(panel.page.get_by_role("searchbox")).to_have_value("CP-003")
    expect(panel.cards()).to_have_count(1)


def test_links_within_the_page_scroll_and_leave_the_route_as_it_is(panel: PanelPage) -> None:
    panel.page.set_viewport_size({"width": 800, "height": 500})
    panel.open("#/points?q=CP-00")
    expect(panel.cards().first).to_be_visible()
    messages = panel.page.get_by_role("heading", name="System messages")
    expect(messages).not_to_be_in_viewport()
    panel.page.get_by_role("link", name="Messages").click()
    expect(messages).to_be_in_viewport()
    expect(panel.page).to_have_url(f"{panel.address}/#/points?q=CP-00")
    expect(panel.page.get_by_role("searchbox")).to_have_value("CP-00")


def test_a_page_that_does_not_exist_says_so_and_leads_to_one_that_does(panel: PanelPage) -> None:
    panel.open("#/nowhere%")
    expect(panel.page.get_by_text("There is no page “nowhere%” here")).to_be_visible()
    expect(panel.entry("Points")).not_to_have_attribute("aria-current", "page")
    panel.page.get_by_role("link", name="go to the charging points").click()
    expect(panel.cards().first).to_be_visible()


def test_a_theme_changes_the_colours_and_is_remembered(panel: PanelPage) -> None:
    panel.page.emulate_media(color_scheme="light")
    panel.open()
    light = panel.ground()
    panel.page.emulate_media(color_scheme="dark")
    dark = panel.ground()
    assert light != dark
    panel.theme().select_option("Light")
    assert panel.ground() == light
    panel.page.reload()
    expect(panel.theme()).to_have_value("light")
    assert panel.ground() == light
    panel.page.emulate_media(color_scheme="light")
    panel.theme().select_option("Dark")
    assert panel.ground() == dark
    panel.theme().select_option("System")
    assert panel.ground() == light


def test_a_browser_that_keeps_nothing_shows_the_panel_and_changes_its_theme(panel: PanelPage) -> None:
    panel.page.add_init_script(NO_STORAGE)
    panel.page.emulate_media(color_scheme="light")
    panel.open()
    expect(panel.cards().first).to_be_visible()
    light = panel.ground()
    panel.theme().select_option("Dark")
    assert panel.ground() != light


def test_nothing_is_drawn_in_another_theme_than_the_chosen_one(browser: Browser, central: Central) -> None:
    context = browser.new_context(color_scheme="light")
    context.add_init_script("localStorage.setItem('evcharging.theme', 'dark')")
    page = context.new_page()
    panel = PanelPage(page, central.address).open()
    expect(page.locator("script[src]")).to_have_attribute("blocking", "render")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(panel.theme()).to_have_value("dark")
    context.close()


@pytest.mark.parametrize("route", ["#/points", "#/sessions"])
def test_on_a_phone_the_rail_is_a_bar_at_the_bottom_that_covers_nothing(panel: PanelPage, route: str) -> None:
    panel.page.set_viewport_size(PHONE)
    panel.open(route)
    expect(panel.cards().or_(panel.sessions()).first).to_be_visible(timeout=30_000)
    assert panel.fits_the_width()
    bar_top = top_and_bottom(panel.bar())[0]
    assert PHONE["height"] - 80 < bar_top < PHONE["height"]
    panel.page.wait_for_function(LAST_IS_ABOVE, arg=bar_top)


@pytest.mark.parametrize("width", [320, PHONE["width"]])
def test_on_a_phone_every_entry_is_as_large_as_a_finger(panel: PanelPage, width: int) -> None:
    panel.page.set_viewport_size(ViewportSize(width=width, height=PHONE["height"]))
    panel.open()
    expect(panel.entry("Sessions")).to_be_visible()
    for entry in (*panel.rail().get_by_role("link").all(), panel.bar().get_by_role("button", name="More")):
        box = entry.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= FINGER_PX
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width


def test_on_a_phone_an_answer_stands_above_the_bar(panel: PanelPage) -> None:
    panel.page.set_viewport_size(PHONE)
    panel.open("#/sessions")
    panel.resume_all()
    answer = panel.page.get_by_text(re.compile("^Resume all: done"))
    expect(answer).to_be_visible()
    assert top_and_bottom(answer)[1] < top_and_bottom(panel.bar())[0]
