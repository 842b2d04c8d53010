"""Views of points and sessions under a name: saved, gone to, found in the palette, renamed and removed."""

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.panel_page import PanelPage

KEPT_BY_A_STRANGER = "localStorage.setItem('evcharging.views', '[{\"name\": 7}, null')"


def views(panel: PanelPage) -> Locator:
    """The saved views of the page, which are open."""
    panel.page.get_by_role("button", name="Views").click()
    return panel.page.get_by_role("dialog", name="Saved views")


def save(panel: PanelPage, name: str) -> None:
    """What is shown now, under a name."""
    shown = views(panel)
    field = shown.get_by_label("Name for what is shown now")
    expect(field).to_be_focused()
    field.fill(name)
    shown.get_by_role("button", name="Save", exact=True).click()
    expect(shown.get_by_role("status")).to_have_text(f"{name} is saved.")
    shown.get_by_role("button", name="Close").click()


@pytest.mark.parametrize(
    ("page", "query"),
    [("points", "q=CP-00&sort=-since&state=stopped&view=table"), ("sessions", "q=ann&status=SUSPECT")],
)
def test_a_view_is_saved_and_shows_the_same_again_after_a_reload(panel: PanelPage, page: str, query: str) -> None:
    panel.open(f"#/{page}?{query}")
    save(panel, "Mine")
    panel.open(f"#/{page}")
    panel.page.reload()
    views(panel).get_by_role("link", name="Mine").click()
    expect(panel.page).to_have_url(f"{panel.address}/#/{page}?{query}")
    expect(panel.page.get_by_role("dialog")).to_have_count(0)
    expect(views(panel).get_by_role("link", name="Mine")).to_have_attribute("aria-current", "true")


def test_a_view_is_found_in_the_palette_and_is_not_one_of_another_page(panel: PanelPage) -> None:
    panel.open("#/points?state=fault")
    save(panel, "Night shift")
    panel.open("#/sessions")
    expect(views(panel)).to_contain_text("No view of this page is saved.")
    panel.page.keyboard.press("Escape")
    panel.page.keyboard.press("Control+k")
    panel.page.keyboard.type("night")
    found = panel.page.get_by_role("listbox", name="What was found").get_by_role("option")
    expect(found.first).to_contain_text("Saved view of Charging points")
    panel.page.keyboard.press("Enter")
    expect(panel.page).to_have_url(f"{panel.address}/#/points?state=fault")


def test_a_view_is_renamed_but_not_to_the_name_of_another_and_removed(panel: PanelPage) -> None:
    panel.open("#/points")
    save(panel, "One")
    save(panel, "Two")
    shown = views(panel)
    shown.get_by_role("button", name="Rename One").click()
    form = shown.get_by_role("form", name="Rename One")
    expect(form.get_by_label("Name")).to_be_focused()
    form.get_by_label("Name").fill("Two")
    form.get_by_role("button", name="Save").click()
    expect(shown.get_by_role("status")).to_have_text("There is a view called Two.")
    form.get_by_label("Name").fill("Three")
    form.get_by_role("button", name="Save").click()
    expect(shown.get_by_role("link")).to_have_text(["Three", "Two"])
    expect(shown.get_by_role("button", name="Rename Three")).to_be_focused()
    shown.get_by_role("button", name="Remove Two").click()
    panel.page.reload()
    expect(views(panel).get_by_role("link")).to_have_text(["Three"])


def test_what_is_no_view_in_the_browsers_memory_is_left_out(panel: PanelPage) -> None:
    panel.page.add_init_script(KEPT_BY_A_STRANGER)
    panel.open("#/points")
    expect(views(panel)).to_contain_text("No view of this page is saved.")
