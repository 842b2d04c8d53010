"""Every order of an operator by the keyboard alone, with the focus in sight at each step and never lost."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from evcharging.domain.charging_point import Point
from tests.browser.conftest import Central, a_panel, network
from tests.browser.keyboard import Keyboard
from tests.browser.panel_page import PanelPage
from tests.browser.past_sessions import NOW, keep, past

MANY = 50


@pytest.fixture(scope="module")
def worked_central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Central]:
    """A Central whose points wait for hands, with a held bill and many points that are not there yet."""
    folder = tmp_path_factory.mktemp("keyboard")
    keep(folder, past(1, NOW, 20, held=True), points=[Point(cp_id="CP-001")])
    with network(folder, "--drivers", "0", "--manual") as central:
        many = [{"cp_id": f"ZZ-{number:03}", "location": "Later"} for number in range(MANY)]
        central.http.post("/cp/register/many", json={"points": many}).raise_for_status()
        yield central


@pytest.fixture
def panel(browser: Browser, worked_central: Central) -> Iterator[PanelPage]:
    """Its console, not opened yet; every point that is there is in order."""
    worked_central.put_in_order()
    yield from a_panel(browser, worked_central)
    worked_central.put_in_order()


@pytest.fixture
def keys(panel: PanelPage) -> Keyboard:
    return Keyboard(panel.page)


def button(panel: PanelPage, name: str | re.Pattern[str]) -> Locator:
    return panel.page.get_by_role("button", name=name, exact=True)


def dialog(panel: PanelPage, name: str) -> Locator:
    return panel.page.get_by_role("dialog", name=name)


def answer(panel: PanelPage, keys: Keyboard, question: str, yes: str) -> None:
    """Yes, once the question may be answered."""
    sure = dialog(panel, question).get_by_role("button", name=yes, exact=True)
    expect(sure).to_be_enabled()
    keys.take(sure)


def row(panel: PanelPage, cp_id: str) -> Locator:
    return panel.page.locator(f"tr[data-point={cp_id}]")


def test_a_point_is_plugged_in_stopped_after_a_question_and_resumed(panel: PanelPage, keys: Keyboard) -> None:
    panel.open("#/points?q=CP-00")
    keys.take(button(panel, "Plug in CP-001"))
    card = panel.expect_state("CP-001", "SUPPLYING")
    stop = button(panel, "Stop CP-001")
    keys.to(stop, "Shift+Tab")
    expect(stop).to_be_enabled()
    keys.press("Enter")
    expect(dialog(panel, "Stop CP-001?")).to_be_visible()
    keys.press("Escape")
    expect(stop).to_be_focused()
    expect(stop).to_be_enabled()
    keys.press("Enter")
    answer(panel, keys, "Stop CP-001?", "Stop CP-001")
    panel.expect_state("CP-001", "STOPPED")
    resume = card.get_by_role("button", name="Resume CP-001")
    expect(resume).to_be_focused()
    expect(resume).to_be_enabled()
    keys.press("Enter")
    panel.expect_state("CP-001", "ACTIVATED")
    keys.take(button(panel, "Unplug CP-001"))
    expect(button(panel, "Plug in CP-001")).to_be_visible()


def test_a_limit_is_set_from_the_menu_and_the_focus_is_back_at_the_button(panel: PanelPage, keys: Keyboard) -> None:
    panel.open("#/points?q=CP-00")
    more = button(panel, "More orders for CP-002")
    keys.take(more)
    menu = panel.page.get_by_role("menu")
    expect(menu.get_by_role("menuitem").first).to_be_focused()
    keys.to(menu.get_by_role("menuitem", name="Limit…"), "ArrowDown")
    keys.press("Enter")
    form = dialog(panel, "Limit of CP-002")
    expect(form.get_by_label("At most")).to_be_focused()
    keys.type("16")
    keys.press("Enter")
    expect(panel.card("CP-002")).to_contain_text("16")
    expect(form).to_be_hidden()
    expect(more).to_be_focused()
    keys.press("Enter")
    keys.press("Escape")
    expect(more).to_be_focused()


def test_a_tariff_is_published_and_named_by_a_point(panel: PanelPage, keys: Keyboard) -> None:
    panel.open("#/tariffs")
    begin = button(panel, "Publish a tariff")
    keys.take(begin)
    form = panel.page.get_by_role("form", name="Publish a tariff")
    expect(form.get_by_label("ID of the tariff")).to_be_focused()
    keys.press("Tab")
    keys.to(form.get_by_role("button", name="Cancel"))
    keys.press("Enter")
    expect(begin).to_be_focused()
    keys.press("Enter")
    keys.type("night")
    keys.to(form.get_by_label("Energy"))
    keys.type("0.25")
    keys.take(form.get_by_role("button", name="Publish"))
    answer(panel, keys, "Publish night?", "Publish")
    expect(panel.page.get_by_text("night@1 is published.")).to_be_visible()
    expect(begin).to_be_focused()
    keys.take(panel.page.get_by_role("link", name="night"))
    expect(panel.heading("Tariff night")).to_be_focused()
    keys.to(panel.page.get_by_label("Point or site"))
    keys.type("CP-003")
    keys.press("Enter")
    keys.take(button(panel, "Charge by night"))
    expect(panel.page.get_by_text("CP-003 charges by night")).to_be_visible()


def test_a_held_bill_is_settled(panel: PanelPage, keys: Keyboard) -> None:
    panel.open()
    keys.take(button(panel, "Resolve past-1"))
    form = dialog(panel, "Resolve past-1?")
    keys.to(form.get_by_label("Why"))
    keys.type("The meter was read")
    keys.press("Enter")
    expect(panel.held_bill("past-1")).to_have_count(0)
    expect(panel.heading("Charging points")).to_be_focused()


def test_an_alert_is_acknowledged(panel: PanelPage, keys: Keyboard, worked_central: Central) -> None:
    worked_central.order("/cp/CP-001/fault")
    panel.open("#/alerts?q=CP-001")
    alert = panel.page.locator("[data-alert=fault]")
    begin = alert.get_by_role("button", name="Acknowledge")
    keys.take(begin)
    keys.to(alert.get_by_role("button", name="Cancel"))
    keys.press("Enter")
    expect(begin).to_be_focused()
    keys.press("Enter")
    expect(alert.get_by_label("Note")).to_be_focused()
    keys.type("On the way")
    keys.press("Enter")
    expect(alert).to_contain_text("On the way")
    expect(alert.get_by_role("link").last).to_be_focused()


def test_a_colleague_is_added_and_the_focus_is_back_at_the_button(panel: PanelPage, keys: Keyboard) -> None:
    panel.open("#/people")
    add = button(panel, "Add somebody")
    keys.take(add)
    form = panel.page.get_by_role("form", name="Add somebody")
    expect(form.get_by_label("Name")).to_be_focused()
    keys.type("carla")
    keys.to(form.get_by_label("Role"))
    keys.type("Operator")
    keys.take(form.get_by_role("button", name="Add"))
    shown = dialog(panel, "The link of carla")
    keys.take(shown.get_by_role("button", name="I have kept it"))
    expect(add).to_be_focused()
    expect(panel.page.locator('[data-person="carla"]')).to_contain_text("Operator")


def test_all_points_are_stopped_and_resumed_from_the_palette(panel: PanelPage, keys: Keyboard) -> None:
    panel.open("#/points?q=CP-00")
    expect(panel.cards()).to_have_count(3)
    keys.press("Control+k")
    keys.type("stop all")
    keys.press("Enter")
    answer(panel, keys, f"Stop all {MANY + 3} charging points?", "Stop all")
    expect(panel.cards("STOPPED")).to_have_count(3)
    keys.press("Control+k")
    keys.type("resume all")
    keys.press("Enter")
    expect(panel.cards("ACTIVATED")).to_have_count(3)


def test_the_focus_goes_with_a_row_that_moves_and_waits_for_one_that_is_away(
    panel: PanelPage, keys: Keyboard, worked_central: Central
) -> None:
    panel.open("#/points?view=table&sort=state")
    more = button(panel, "More orders for CP-002")
    keys.to(more)
    worked_central.order("/cp/CP-002/stop")
    expect(more).to_have_count(0)
    expect(panel.page.locator("tbody[tabindex]")).to_be_focused()
    worked_central.order("/cp/CP-002/resume")
    expect(more).to_be_focused()
    keys.scroll("End")
    expect(row(panel, "CP-002")).to_have_count(0)
    keys.scroll("Home")
    expect(more).to_be_focused()


COME_AND_GO = """async (id) => {
  const row = document.querySelector(`tr[data-point="${id}"]`)
  const next = row.nextSibling
  const settled = async () => { for (let turn = 0; turn < 3; turn++) await null }
  row.remove()
  await settled()
  next.before(row)
  await settled()
  row.remove()
  await new Promise((done) => setTimeout(done, 50))
  next.before(row)
}"""
"""A row that comes and goes again at once, as under load, and comes back later."""


def test_the_focus_waits_for_a_row_that_comes_and_goes_within_a_moment(panel: PanelPage, keys: Keyboard) -> None:
    panel.open("#/points?view=table&q=CP-00")
    more = button(panel, "More orders for CP-002")
    keys.to(more)
    panel.page.evaluate(COME_AND_GO, "CP-002")
    expect(more).to_be_focused()


def test_who_presses_on_the_ground_gives_the_focus_up(panel: PanelPage, keys: Keyboard) -> None:
    panel.open("#/points?view=table&q=CP-00")
    keys.to(button(panel, "More orders for CP-002"))
    panel.page.mouse.click(640, 880)
    panel.page.evaluate(COME_AND_GO, "CP-002")
    expect(button(panel, "More orders for CP-002")).not_to_be_focused()


def test_points_are_chosen_in_the_table_and_ordered_together(panel: PanelPage, keys: Keyboard) -> None:
    panel.open("#/points?view=table&q=CP-00")
    state = panel.page.get_by_role("columnheader", name="State").get_by_role("button")
    keys.take(state)
    expect(panel.page.get_by_role("columnheader", name="State")).to_have_attribute("aria-sort", "ascending")
    expect(state).to_be_focused()
    for cp_id in ("CP-001", "CP-003"):
        keys.take(panel.page.get_by_role("checkbox", name=f"Choose {cp_id}"), "Space")
    chosen = panel.page.get_by_role("region", name="Chosen points")
    keys.to(chosen.get_by_role("button", name="Stop"), "Shift+Tab")
    keys.press("Enter")
    expect(panel.cards("STOPPED")).to_have_count(2)
    expect(panel.heading("Charging points")).to_be_focused()
