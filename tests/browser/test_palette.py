"""The palette and the keys by which everything is reached, “More” on a phone, and the reader's choices."""

import re

from playwright.sync_api import Locator, ViewportSize, expect

from tests.browser.conftest import Central
from tests.browser.panel_page import PanelPage

PHONE = ViewportSize(width=360, height=740)


def palette(panel: PanelPage) -> Locator:
    return panel.page.get_by_role("combobox", name="Find a page, a point or a command")


def opened(panel: PanelPage) -> Locator:
    """The palette, once it is open."""
    expect(panel.cards().first).to_be_visible()
    panel.page.keyboard.press("Control+k")
    expect(palette(panel)).to_be_focused()
    return palette(panel)


def test_a_point_is_reached_by_keyboard_alone(panel: PanelPage) -> None:
    panel.open()
    opened(panel).fill("cp-002")
    expect(panel.page.get_by_role("option", name="CP-002").first).to_have_attribute("aria-selected", "true")
    panel.page.keyboard.press("Enter")
    expect(panel.heading("Charging point CP-002")).to_be_focused()
    expect(palette(panel)).to_have_count(0)


def test_a_page_is_chosen_with_the_arrows_and_the_palette_is_left_with_escape(panel: PanelPage) -> None:
    panel.open()
    opened(panel).fill("se")
    options = panel.page.get_by_role("listbox", name="What was found").get_by_role("option")
    expect(options.first).to_have_attribute("aria-selected", "true")
    panel.page.keyboard.press("ArrowDown")
    expect(options.nth(1)).to_have_attribute("aria-selected", "true")
    panel.page.keyboard.press("ArrowUp")
    panel.page.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    panel.page.keyboard.press("Escape")
    expect(palette(panel)).to_have_count(0)
    expect(panel.page).to_have_url(f"{panel.address}/")


def test_what_is_typed_is_looked_for_in_the_lists(panel: PanelPage) -> None:
    panel.open()
    panel.page.get_by_role("button", name="Find…").click()
    palette(panel).fill("nobody here")
    panel.page.get_by_role("option", name="Sessions with “nobody here”").click()
    expect(panel.page).to_have_url(f"{panel.address}/#/sessions?q=nobody+here")


def test_an_order_to_all_is_given_from_the_palette_and_asks_first(panel: PanelPage, central: Central) -> None:
    panel.open()
    opened(panel).fill("stop all")
    panel.page.keyboard.press("Enter")
    question = panel.page.get_by_role("dialog", name=re.compile(r"Stop all \d+ charging points\?"))
    expect(question).to_be_visible()
    panel.page.keyboard.press("Control+k")
    expect(palette(panel)).to_have_count(0)
    question.get_by_role("button", name="Stop all").click()
    central.wait_until(lambda central: {point["state"] for point in central.points()} == {"STOPPED"})


def test_single_keys_do_something_where_nobody_types_and_can_be_turned_off(panel: PanelPage) -> None:
    panel.open()
    expect(panel.cards().first).to_be_visible()
    panel.page.keyboard.press("/")
    search = panel.page.get_by_role("searchbox")
    expect(search).to_be_focused()
    panel.page.keyboard.type("?/")
    expect(search).to_have_value("?/")
    search.blur()
    keys = panel.page.get_by_role("dialog", name="Keyboard shortcuts")
    panel.page.keyboard.press("?")
    expect(keys).to_contain_text("Ctrl")
    panel.page.keyboard.press("Escape")
    expect(keys).to_be_hidden()
    panel.open("#/settings")
    panel.page.get_by_role("combobox", name="Single-key shortcuts").select_option("Off")
    panel.page.get_by_role("heading", name="Settings").first.click()
    panel.page.keyboard.press("?")
    expect(keys).to_be_hidden()


def test_on_a_phone_the_rarer_pages_are_behind_more(panel: PanelPage) -> None:
    panel.page.set_viewport_size(PHONE)
    panel.open()
    expect(panel.entry("Points")).to_be_visible()
    expect(panel.entry("Tariffs")).to_be_hidden()
    panel.bar().get_by_role("button", name="More").click()
    more = panel.page.get_by_role("navigation", name="More")
    more.get_by_role("link", name="Tariffs").click()
    expect(panel.heading("Tariffs")).to_be_visible()
    expect(more).to_be_hidden()


def test_a_density_is_chosen_and_remembered(panel: PanelPage) -> None:
    panel.open("#/settings")
    size = "parseFloat(getComputedStyle(document.documentElement).fontSize)"
    before = panel.page.evaluate(size)
    panel.page.get_by_role("combobox", name="Density").select_option("Compact")
    assert panel.page.evaluate(size) < before
    panel.page.reload()
    expect(panel.page.get_by_role("combobox", name="Density")).to_have_value("compact")
    assert panel.page.evaluate(size) < before


def test_central_says_what_it_is(panel: PanelPage, central: Central) -> None:
    panel.open("#/settings")
    about = panel.page.get_by_role("region", name="About")
    expect(about).to_contain_text(central.http.get("/health").json()["version"])
    expect(about).to_contain_text("All is well")
    about.get_by_role("link", name="The HTTP API").click()
    expect(panel.page).to_have_url(f"{panel.address}/docs")
