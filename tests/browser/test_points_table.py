"""The points of a network as a table: its order, what can be done with many at once, the file of it; and the wall."""

import csv
import io
from pathlib import Path

from playwright.sync_api import Locator, expect

from tests.browser.conftest import Central
from tests.browser.panel_page import PanelPage


def row(panel: PanelPage, cp_id: str) -> Locator:
    return panel.page.locator(f"tr[data-point={cp_id}]")


def head(panel: PanelPage, name: str) -> Locator:
    return panel.page.get_by_role("columnheader", name=name, exact=True)


def ids(panel: PanelPage) -> list[str]:
    found: list[str] = panel.page.locator("tr[data-point]").evaluate_all("rows => rows.map(row => row.dataset.point)")
    return found


def choose(panel: PanelPage, *cp_ids: str) -> Locator:
    """Choose points; gives where it is said what can be done with them."""
    for cp_id in cp_ids:
        panel.page.get_by_role("checkbox", name=f"Choose {cp_id}", exact=True).check()
    return panel.page.get_by_role("region", name="Chosen points")


def test_a_point_is_seen_as_a_row_with_its_state_and_leads_to_its_page(panel: PanelPage, central: Central) -> None:
    panel.open()
    panel.page.get_by_role("button", name="Table", exact=True).click()
    expect(panel.page).to_have_url(f"{panel.address}/#/points?view=table")
    central.order("/cp/CP-002/stop")
    expect(row(panel, "CP-002")).to_contain_text("STOPPED")
    expect(row(panel, "CP-002")).to_have_attribute("aria-rowindex", "3")
    panel.page.get_by_role("link", name="CP-002", exact=True).click()
    expect(panel.heading("Charging point CP-002")).to_be_visible()
    panel.page.go_back()
    expect(row(panel, "CP-002")).to_be_visible()


def test_rows_stand_in_the_order_of_a_column_and_the_address_keeps_it(panel: PanelPage, central: Central) -> None:
    central.order("/cp/CP-002/stop")
    panel.open("#/points?view=table")
    panel.filter("CP-00")
    expect(row(panel, "CP-002")).to_contain_text("STOPPED")
    state = head(panel, "State").get_by_role("button")
    state.click()
    expect(head(panel, "State")).to_have_attribute("aria-sort", "ascending")
    assert ids(panel)[-1] == "CP-002" or "SUPPLYING" in row(panel, ids(panel)[-1]).inner_text()
    state.click()
    panel.page.reload()
    expect(head(panel, "State")).to_have_attribute("aria-sort", "descending")
    state.click()
    expect(head(panel, "ID")).to_have_attribute("aria-sort", "ascending")
    assert ids(panel) == ["CP-001", "CP-002", "CP-003"]


def test_points_that_are_chosen_are_stopped_and_resumed_together(manual_panel: PanelPage) -> None:
    panel = manual_panel
    panel.open("#/points?view=table")
    chosen = choose(panel, "CP-001", "CP-003")
    expect(chosen).to_contain_text("2 points are chosen")
    chosen.get_by_role("button", name="Stop").click()
    for cp_id in ("CP-001", "CP-003"):
        expect(row(panel, cp_id)).to_have_attribute("data-state", "STOPPED")
    expect(panel.page.get_by_text("Stop: done at 2 points.")).to_be_visible()
    expect(row(panel, "CP-002")).to_have_attribute("data-state", "ACTIVATED")
    expect(chosen).to_have_count(0)
    panel.page.get_by_role("checkbox", name="Choose all that are listed").check()
    expect(chosen).to_contain_text("3 points are chosen")
    chosen.get_by_role("button", name="Resume").click()
    expect(panel.page.locator("tr[data-state=STOPPED]")).to_have_count(0)


def test_stopping_points_where_somebody_charges_asks_first(manual_panel: PanelPage, manual_central: Central) -> None:
    panel = manual_panel
    manual_central.order("/cp/CP-002/plug")
    panel.open("#/points?view=table")
    expect(row(panel, "CP-002")).to_have_attribute("data-state", "SUPPLYING")
    chosen = choose(panel, "CP-001", "CP-002")
    chosen.get_by_role("button", name="Stop").click()
    question = panel.page.get_by_role("dialog", name="Stop 2 charging points?")
    expect(question).to_contain_text("1 running supply ends now")
    question.get_by_role("button", name="Cancel").click()
    expect(row(panel, "CP-002")).to_have_attribute("data-state", "SUPPLYING")
    expect(chosen).to_contain_text("2 points are chosen")


def test_the_points_that_are_listed_are_saved_as_a_file_in_the_order_of_their_rows(
    panel: PanelPage, tmp_path: Path
) -> None:
    panel.open("#/points?view=table&q=CP-00&sort=-id")
    expect(row(panel, "CP-001")).to_be_visible()
    with panel.page.expect_download() as download:
        panel.page.get_by_role("button", name="Save as CSV").click()
    download.value.save_as(tmp_path / "points.csv")
    assert download.value.suggested_filename == "charging-points.csv"
    rows = list(csv.DictReader(io.StringIO((tmp_path / "points.csv").read_text())))
    assert [each["cp_id"] for each in rows] == ["CP-003", "CP-002", "CP-001"]
    assert {each["euros_per_kwh"] for each in rows} == {"0.3"}


def test_the_wall_shows_points_and_nothing_to_press_but_its_filter_and_the_way_back(panel: PanelPage) -> None:
    panel.open("#/points?q=CP-001")
    panel.page.get_by_role("link", name="Wall", exact=True).click()
    expect(panel.card("CP-001")).to_be_visible()
    expect(panel.cards()).to_have_count(1)
    expect(panel.rail()).to_have_count(0)
    expect(panel.card("CP-001").get_by_role("button")).to_have_count(0)
    expect(panel.link()).to_contain_text("Live")
    panel.page.keyboard.press("Escape")
    expect(panel.page).to_have_url(f"{panel.address}/#/points?q=CP-001")
    expect(panel.heading("Charging points")).to_be_visible()
