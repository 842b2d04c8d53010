"""The limit of a point on its card: set in its menu, kept by its engine, refused where it cannot be, and taken away."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.conftest import Central, a_panel, network
from tests.browser.panel_page import PanelPage

GAP = "\u202f"
SOON_MS = 15_000


@pytest.fixture(scope="module")
def busy_central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Central]:
    """A Central whose points wait for hands; a driver is charging at one of them."""
    with network(tmp_path_factory.mktemp("limits"), "--drivers", "1", "--manual") as central:
        central.wait_until(plugged_in)
        yield central


@pytest.fixture
def busy(browser: Browser, busy_central: Central) -> Iterator[PanelPage]:
    """The panel of that Central, opened; no point of it has a limit."""
    for point in busy_central.points():
        busy_central.http.delete(f"/api/v1/points/{point['cp_id']}/limit").raise_for_status()
    for panel in a_panel(browser, busy_central):
        yield panel.open()


def plugged_in(central: Central) -> bool:
    """Plug in where the driver waits, until somebody charges."""
    for point in central.points():
        if point["session"] is not None and point["session"]["status"] == "AUTHORISED":
            central.http.post(f"/cp/{point['cp_id']}/plug")
    return any(point["state"] == "SUPPLYING" for point in central.points())


def charging(central: Central) -> str:
    return next(str(point["cp_id"]) for point in central.points() if point["state"] == "SUPPLYING")


def free(central: Central) -> str:
    return next(str(point["cp_id"]) for point in central.points() if point["free"])


def form(panel: PanelPage, cp_id: str) -> Locator:
    """The form in which an operator says what a point may give."""
    panel.choose("Limit…", cp_id)
    return panel.page.get_by_role("dialog", name=f"Limit of {cp_id}")


def limit(panel: PanelPage, cp_id: str, figure: str, unit: str) -> None:
    asked = form(panel, cp_id)
    asked.get_by_role("spinbutton", name="At most").fill(figure)
    asked.get_by_role("combobox", name="Unit").select_option(unit)
    asked.get_by_role("button", name="Set the limit").click()


def said(panel: PanelPage, cp_id: str) -> Locator:
    return panel.card(cp_id).locator('[data-figure="limit"]')


def test_a_supply_goes_on_under_each_limit_that_an_operator_sets(busy: PanelPage, busy_central: Central) -> None:
    cp_id = charging(busy_central)
    power = busy.card(cp_id).locator('[data-figure="kw"]')
    expect(power).to_have_text("22.0", timeout=SOON_MS)
    limit(busy, cp_id, "16", "A on each phase")
    expect(said(busy, cp_id)).to_have_text(f"Limited to 16{GAP}A")
    expect(power).to_have_text("11.0", timeout=SOON_MS)
    limit(busy, cp_id, "7", "kW in all")
    expect(said(busy, cp_id)).to_have_text(f"Limited to 7{GAP}kW")
    expect(power).to_have_text("7.0", timeout=SOON_MS)
    assert charging(busy_central) == cp_id


def test_a_limit_that_is_taken_away_is_gone_from_the_card(busy: PanelPage, busy_central: Central) -> None:
    cp_id = free(busy_central)
    limit(busy, cp_id, "10.5", "A on each phase")
    expect(said(busy, cp_id)).to_have_text(f"Limited to 10.5{GAP}A")
    asked = form(busy, cp_id)
    expect(asked.get_by_role("spinbutton", name="At most")).to_have_value("10.5")
    asked.get_by_role("button", name="No limit").click()
    expect(said(busy, cp_id)).to_have_count(0)
    assert busy_central.http.get(f"/api/v1/points/{cp_id}/limit").json()["limit"] is None


def test_a_limit_that_no_point_can_keep_is_refused_in_one_sentence(busy: PanelPage, busy_central: Central) -> None:
    cp_id = free(busy_central)
    limit(busy, cp_id, "3", "A on each phase")
    expect(busy.page.get_by_text("3000 mA is below 6000 mA on each phase")).to_be_visible()
    expect(said(busy, cp_id)).to_have_count(0)


def test_a_form_that_is_left_changes_nothing(busy: PanelPage, busy_central: Central) -> None:
    cp_id = free(busy_central)
    asked = form(busy, cp_id)
    asked.get_by_role("spinbutton", name="At most").fill("16")
    asked.get_by_role("button", name="Cancel").click()
    expect(asked).to_have_count(0)
    busy.page.reload()
    expect(busy.card(cp_id)).to_be_visible()
    expect(said(busy, cp_id)).to_have_count(0)


def test_a_point_that_pauses_says_so(busy: PanelPage, busy_central: Central) -> None:
    cp_id = free(busy_central)
    limit(busy, cp_id, "0", "kW in all")
    expect(said(busy, cp_id)).to_have_text("Limited to nothing: paused")


def test_a_limit_of_a_point_that_is_away_is_not_acknowledged(busy: PanelPage, busy_central: Central) -> None:
    busy_central.http.post("/cp/register", json={"cp_id": "CP-AWAY"}).raise_for_status()
    try:
        busy.expect_state("CP-AWAY", "DISCONNECTED")
        limit(busy, "CP-AWAY", "16", "A on each phase")
        expect(said(busy, "CP-AWAY")).to_have_text(f"Limit to 16{GAP}A, not yet acknowledged")
    finally:
        busy_central.http.delete("/cp/CP-AWAY").raise_for_status()
