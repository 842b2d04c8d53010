"""Every page as axe sees it: no violation of its rules, in light, in dark and on a phone."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ViewportSize, expect

from tests.browser.conftest import Central
from tests.browser.panel_page import PanelPage
from tests.browser.past_sessions import NOW, keep, past
from tests.browser.secure_central import end, invite, panel_of, secure_network

AXE = Path(__file__).parents[2] / "console/node_modules/axe-core/axe.min.js"
VIOLATIONS = """async () => (await axe.run()).violations.flatMap(
  ({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target}: ${failureSummary}`))"""
DESK, PHONE = ViewportSize(width=1280, height=900), ViewportSize(width=360, height=740)

Look = Callable[[PanelPage], object]

LOOKS: dict[str, Look] = {
    "light": lambda panel: panel.page.set_viewport_size(DESK),
    "dark": lambda panel: panel.page.emulate_media(color_scheme="dark", reduced_motion="reduce"),
    "phone": lambda panel: panel.page.set_viewport_size(PHONE),
}

PAGES = {
    "#/overview": "Overview",
    "#/points": "Charging points",
    "#/points/CP-001": "Charging point CP-001",
    "#/sites": "Sites",
    "#/reservations": "Reservations",
    "#/map": "Map",
    "#/sessions": "Sessions",
    "#/sessions/past-1": "past-1",
    "#/sessions/past-1/receipt": "Receipt",
    "#/money?range=30d": "Money",
    "#/payments": "Payments",
    "#/books": "Books",
    "#/reconciliation": "Reconciliation",
    "#/tariffs": "Tariffs",
    "#/bus": "Bus",
    "#/lab": "Lab",
    "#/alerts": "Alerts",
    "#/people": "People",
    "#/keys": "Machine keys",
    "#/audit": "Audit",
    "#/settings": "Settings",
    "#/replay": "Charging points",
}


@pytest.fixture(scope="module")
def central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Central]:
    """A Central with an administrator, a driver, a session that was billed, an invitation and a stopped point."""
    folder = tmp_path_factory.mktemp("accessibility")
    keep(folder, past(1, NOW, 20))
    with secure_network(folder, "--drivers", "1") as central:
        invite(central, "bob", "viewer")
        central.order("/cp/CP-003/stop")
        yield central


@pytest.fixture(params=LOOKS)
def panel(browser: Browser, central: Central, request: Any) -> Iterator[PanelPage]:
    found = panel_of(browser, central, central.http.cookies)
    found.page.emulate_media(reduced_motion="reduce")
    LOOKS[request.param](found)
    yield found
    end(found)


def violations(panel: PanelPage) -> list[str]:
    panel.page.evaluate(AXE.read_text())
    found: list[str] = panel.page.evaluate(VIOLATIONS)
    return found


@pytest.mark.parametrize("route", PAGES)
def test_a_page_violates_no_rule(panel: PanelPage, route: str) -> None:
    panel.open(route)
    expect(panel.page.get_by_role("heading", name=PAGES[route]).first).to_be_visible()
    panel.page.wait_for_load_state("networkidle")
    assert violations(panel) == []


def test_the_menu_of_a_point_and_a_question_violate_no_rule(panel: PanelPage) -> None:
    panel.open("#/points")
    panel.card("CP-003").get_by_role("button", name="More orders").click()
    assert violations(panel) == []
    panel.page.keyboard.press("Escape")
    panel.page.get_by_role("button", name="Stop all").click()
    expect(panel.page.get_by_role("dialog")).to_be_visible()
    assert violations(panel) == []


def test_the_palette_and_the_list_of_keys_violate_no_rule(panel: PanelPage) -> None:
    panel.open("#/settings")
    expect(panel.heading("Settings")).to_be_visible()
    panel.page.keyboard.press("Control+k")
    panel.page.get_by_role("combobox", name="Find a page").fill("cp")
    expect(panel.page.get_by_role("option", name="CP-001").first).to_be_visible()
    assert violations(panel) == []
    panel.page.keyboard.press("Escape")
    expect(panel.page.get_by_role("combobox", name="Find a page")).to_have_count(0)
    panel.page.keyboard.press("?")
    expect(panel.page.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    assert violations(panel) == []


def test_an_open_message_of_the_bus_and_what_was_set_aside_violate_no_rule(panel: PanelPage) -> None:
    panel.open("#/bus?topic=cp.health")
    panel.page.locator("[data-message] > button").first.click()
    expect(panel.page.locator("[data-field] .what").first).not_to_have_text("")
    assert violations(panel) == []
    panel.page.get_by_role("button", name="Set aside").click()
    expect(panel.page.get_by_text("This Central has set nothing aside since it began.")).to_be_visible()
    assert violations(panel) == []


@pytest.mark.parametrize("route", ["#/points?view=table", "#/wall"])
def test_points_as_a_table_and_on_a_wall_violate_no_rule(panel: PanelPage, route: str) -> None:
    panel.open(route)
    expect(panel.page.locator("[data-point]").first).to_be_visible()
    assert violations(panel) == []


def test_what_violates_a_rule_is_found(panel: PanelPage) -> None:
    panel.open("#/points")
    expect(panel.card("CP-003")).to_be_visible()
    panel.page.evaluate("document.querySelector('main').append(document.createElement('button'))")
    assert [each.split(":")[0] for each in violations(panel)] == ["button-name"]


def test_the_way_in_violates_no_rule(browser: Browser, central: Central) -> None:
    door = panel_of(browser, central)
    door.may_refuse.add("/api/v1/session")
    door.open()
    expect(door.page.get_by_role("form", name="Sign in")).to_be_visible()
    assert violations(door) == []
    end(door)
