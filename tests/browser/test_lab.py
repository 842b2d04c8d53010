"""The lab on the panel: parts come, are taken away and brought back, scenarios are played, and bills stay right."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.conftest import Central, a_panel, network
from tests.browser.panel_page import PanelPage
from tests.browser.test_accessibility import violations

QUICK = ("--telemetry-interval", "0.2", "--supply-ticks", "10", "--request-interval", "0.2")

ASKED = {
    "Kill: engine of CP-001": "Kill the engine of CP-001?",
    "Kill: monitor of CP-001": "Kill the monitor of CP-001?",
    "Cut: link of CP-001": "Cut the link of CP-001?",
    "Break: CP-001": "Break: CP-001?",
}
"""What is asked before something that may end a supply, by the button."""


@pytest.fixture(scope="module")
def running_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Central]:
    """A network with two sites, whose supplies take two seconds."""
    with network(tmp_path_factory.mktemp("lab"), "--drivers", "2", "--sites", "2", *QUICK) as central:
        yield central


@pytest.fixture
def central(running_lab: Central) -> Iterator[Central]:
    """The network, with all of its parts before the test and after it."""
    bring_back(running_lab)
    yield running_lab
    bring_back(running_lab)


@pytest.fixture
def lab(browser: Browser, central: Central) -> Iterator[PanelPage]:
    """The page of the lab."""
    for panel in a_panel(browser, central):
        panel.open("#/lab")
        expect(point(panel, "CP-001")).to_be_visible()
        yield panel


def is_up(central: Central) -> bool:
    """Its lab says so, which begins when all points are connected."""
    return central.http.get("/api/v1/lab").status_code == 200


def bring_back(central: Central) -> None:
    central.wait_until(is_up, 60)
    lab = central.http.get("/api/v1/lab").raise_for_status().json()
    if lab["play"] is not None:
        central.http.delete("/api/v1/lab/scenarios").raise_for_status()
    if lab["central"] == "killed":
        central.order("/api/v1/lab/central/restart")
    for each in central.http.get("/api/v1/lab/points?limit=500").json()["items"]:
        for part, kind, deed in (("engine", "engines", "restart"), ("monitor", "monitors", "restart")):
            if each[part] == "killed":
                central.order(f"/api/v1/lab/{kind}/{each['cp_id']}/{deed}")
        if each["link"] == "cut":
            central.order(f"/api/v1/lab/links/{each['cp_id']}/restore")
    for each in central.http.get("/api/v1/lab/drivers?limit=500").json()["items"]:
        if each["state"] == "killed":
            central.order(f"/api/v1/lab/drivers/{each['driver_id']}/restart")
    central.wait_until(in_service)
    central.put_in_order()


def in_service(central: Central) -> bool:
    return {each["state"] for each in central.points()} <= {"ACTIVATED", "SUPPLYING", "FAULT", "STOPPED"}


def point(panel: PanelPage, cp_id: str) -> Locator:
    return panel.page.locator(f"[data-lab-point={cp_id}]")


def driver(panel: PanelPage, driver_id: str) -> Locator:
    return panel.page.locator(f"[data-lab-driver={driver_id}]")


def part(panel: PanelPage, cp_id: str, kind: str, state: str) -> Locator:
    return point(panel, cp_id).locator(f"[data-part={kind}][data-part-state={state}]")


def press(panel: PanelPage, where: Locator, name: str, yes: str) -> None:
    """Press a button, and say yes where it is asked whether a supply may end."""
    where.get_by_role("button", name=name, exact=True).click()
    question = panel.page.get_by_role("dialog").get_by_role("button", name=yes, exact=True)
    done = panel.page.locator("dialog:modal")
    if done.count():
        question.click()


def badge(panel: PanelPage, cp_id: str) -> Locator:
    return point(panel, cp_id).locator("[data-badge]")


def test_the_lab_is_in_the_rail_and_says_that_it_is_a_simulation_wherever_one_is_on_it(lab: PanelPage) -> None:
    page = lab.page
    expect(lab.entry("Lab")).to_have_attribute("aria-current", "page")
    mark = page.get_by_text("Simulation", exact=True)
    expect(mark).to_be_in_viewport()
    page.get_by_role("heading", name="Drivers of this network").scroll_into_view_if_needed()
    page.mouse.wheel(0, 10_000)
    expect(mark).to_be_in_viewport()
    expect(page.locator("[data-count=points]")).to_have_text("3")
    expect(page.locator("[data-count=drivers]")).to_have_text("2")


def test_points_and_drivers_are_added_and_charge(browser: Browser, tmp_path: Path) -> None:
    with network(tmp_path, "--drivers", "0", *QUICK) as central:
        for panel in a_panel(browser, central):
            page = panel.open("#/lab").page
            form = page.get_by_role("form", name="Add points")
            form.get_by_label("How many").fill("2")
            form.get_by_label("Site").fill("SITE-9")
            form.get_by_label("Power (kW)").fill("50")
            form.get_by_label("Price").fill("0,5")
            form.get_by_role("button", name="Add the points").click()
            expect(page.get_by_text("2 points are added, from CP-004.")).to_be_visible()
            expect(badge(panel, "CP-005")).to_have_text("ACTIVATED")
            form = page.get_by_role("form", name="Add drivers")
            form.get_by_label("How many").fill("1")
            form.get_by_label("Only at this point").fill("CP-004")
            form.get_by_role("button", name="Add the drivers").click()
            expect(page.get_by_text("1 driver is added, from driver-alice.")).to_be_visible()
            expect(driver(panel, "driver-alice")).to_contain_text("CP-004")
            expect(badge(panel, "CP-004")).to_have_text("SUPPLYING")
            central.wait_until(lambda it: bool(it.http.get("/tickets").json()))
            [ticket] = central.http.get("/tickets?limit=1").json()
            assert (ticket["cp_id"], ticket["euros_per_kwh"]) == ("CP-004", 0.5)


def test_what_does_not_fit_is_told_in_the_form(lab: PanelPage) -> None:
    page = lab.page
    form = page.get_by_role("form", name="Add points")
    form.get_by_label("How many").fill("9901")
    form.get_by_role("button", name="Add the points").click()
    expect(form.get_by_role("alert")).to_contain_text("9900")
    drivers = page.get_by_role("form", name="Add drivers")
    drivers.get_by_label("Only at this point").fill("CP-404")
    drivers.get_by_role("button", name="Add the drivers").click()
    expect(drivers.get_by_role("alert")).to_contain_text("CP-404")


def test_an_engine_and_a_monitor_are_killed_and_restarted(lab: PanelPage) -> None:
    press(lab, point(lab, "CP-001"), "Kill: engine of CP-001", "Kill")
    expect(part(lab, "CP-001", "engines", "killed")).to_be_visible()
    expect(badge(lab, "CP-001")).to_have_text("FAULT")
    press(lab, point(lab, "CP-002"), "Kill: monitor of CP-002", "Kill")
    expect(part(lab, "CP-002", "monitors", "killed")).to_be_visible()
    expect(badge(lab, "CP-002")).to_have_text("DISCONNECTED")
    expect(point(lab, "CP-002").get_by_role("button", name="Cut: link of CP-002")).to_have_count(0)
    expect(lab.page.locator("[data-count=away]")).to_have_text("2")
    point(lab, "CP-001").get_by_role("button", name="Restart: engine of CP-001").click()
    point(lab, "CP-002").get_by_role("button", name="Restart: monitor of CP-002").click()
    expect(lab.page.locator("[data-count=away]")).to_have_text("0")
    for cp_id in ("CP-001", "CP-002"):
        expect(point(lab, cp_id).locator("[data-badge=ACTIVATED], [data-badge=SUPPLYING]")).to_be_visible()


def test_a_link_is_cut_and_restored(lab: PanelPage) -> None:
    press(lab, point(lab, "CP-001"), "Cut: link of CP-001", "Cut")
    expect(part(lab, "CP-001", "links", "cut")).to_be_visible()
    expect(badge(lab, "CP-001")).to_have_text("DISCONNECTED")
    point(lab, "CP-001").get_by_role("button", name="Restore: link of CP-001").click()
    expect(part(lab, "CP-001", "links", "running")).to_be_visible()
    expect(point(lab, "CP-001").locator("[data-badge=ACTIVATED], [data-badge=SUPPLYING]")).to_be_visible()


def test_a_driver_is_killed_and_restarted(lab: PanelPage) -> None:
    alice = driver(lab, "driver-alice")
    alice.get_by_role("button", name="Kill driver-alice").click()
    expect(alice).to_contain_text("Killed")
    alice.get_by_role("button", name="Restart driver-alice").click()
    expect(alice).to_contain_text("Runs")
    expect(alice).to_contain_text("CP-00")


def test_a_point_is_broken_repaired_and_given_a_vehicle_and_who_ends_its_supply_is_asked(
    browser: Browser, tmp_path: Path
) -> None:
    with network(tmp_path, "--drivers", "0", "--manual") as central:
        for panel in a_panel(browser, central):
            page = panel.open("#/lab").page
            row = point(panel, "CP-001")
            row.get_by_role("button", name="Break: CP-001").click()
            expect(badge(panel, "CP-001")).to_have_text("FAULT")
            row.get_by_role("button", name="Repair: CP-001").click()
            expect(badge(panel, "CP-001")).to_have_text("ACTIVATED")
            row.get_by_role("button", name="Vehicle: CP-001").click()
            form = page.get_by_role("dialog", name="A vehicle at CP-001")
            form.get_by_label("State of charge").fill("120")
            form.get_by_role("button", name="Plug it in").click()
            expect(form.get_by_role("alert")).to_contain_text("charge_percent")
            form.get_by_label("State of charge").fill("30")
            form.get_by_label("Takes at most").fill("3")
            form.get_by_role("button", name="Plug it in").click()
            expect(page.get_by_text("The vehicle is plugged in at CP-001.")).to_be_visible()
            expect(badge(panel, "CP-001")).to_have_text("SUPPLYING")
            central.wait_until(lambda it: any(2.9 < each["kw"] < 3.1 for each in it.http.get("/telemetry").json()))
            for name, title in ASKED.items():
                row.get_by_role("button", name=name).click()
                question = page.get_by_role("dialog", name=title)
                expect(question).to_contain_text("This may end the supply that is running.")
                question.get_by_role("button", name="Cancel").click()
            expect(badge(panel, "CP-001")).to_have_text("SUPPLYING")
            row.get_by_role("button", name="Unplug: CP-001").click()
            page.get_by_role("dialog", name="Unplug: CP-001?").get_by_role("button", name="Unplug").click()
            expect(badge(panel, "CP-001")).to_have_text("ACTIVATED")
            central.wait_until(lambda it: len(it.http.get("/tickets").json()) == 1)


def test_central_is_killed_while_sessions_supply_and_every_session_is_billed_once(
    lab: PanelPage, central: Central
) -> None:
    page = lab.page
    card = page.locator("[data-central]")
    expect(page.locator("[data-lab-point] [data-badge=SUPPLYING]").first).to_be_visible()
    press(lab, card, "Kill Central", "Kill Central")
    expect(card).to_have_attribute("data-central", "killed")
    expect(lab.banner().filter(has_text="Central is dead.")).to_be_visible()
    assert central.http.get("/health/ready").status_code == 503
    assert central.http.post("/cp/CP-001/stop").status_code == 503
    card.get_by_role("button", name="Restart Central").click()
    expect(card).to_have_attribute("data-central", "running")
    count = len(central.http.get("/tickets?limit=500").json())
    central.wait_until(lambda it: len(it.http.get("/tickets?limit=500").json()) >= count + 3, 60)
    for each in central.http.get("/api/v1/lab/drivers").json()["items"]:
        central.order(f"/api/v1/lab/drivers/{each['driver_id']}/kill")
    central.wait_until(lambda it: all(each["session"] is None for each in it.points()), 60)
    sessions = central.http.get("/sessions?limit=500").json()
    tickets = Counter(ticket["session_id"] for ticket in central.http.get("/tickets?limit=500").json())
    assert set(tickets) == {session["session_id"] for session in sessions if session["started_at"] is not None}
    assert set(tickets.values()) == {1}
    central.order("/api/v1/ledger-audits")
    central.wait_until(lambda it: it.http.get("/api/v1/ledger-audits").json()["last"] is not None, 60)
    last = central.http.get("/api/v1/ledger-audits").json()["last"]
    assert (last["problem"], last["seen"]["differences"], last["seen"]["findings"]) == (None, 0, [])


def test_a_scenario_is_played_shows_how_far_it_is_and_is_undone_when_it_is_ended(lab: PanelPage) -> None:
    page = lab.page
    scenario = page.get_by_role("listitem", name="A site loses its network", exact=True)
    press(lab, scenario, "Play: A site loses its network", "Play")
    expect(scenario.get_by_role("progressbar")).to_be_visible()
    expect(scenario.get_by_role("status")).to_contain_text("Step 1 of 2")
    expect(part(lab, "CP-001", "links", "cut")).to_be_visible()
    expect(part(lab, "CP-002", "links", "running")).to_be_visible()
    expect(page.get_by_role("button", name="Play: Faults", exact=True)).to_be_disabled()
    scenario.get_by_role("button", name="End it now").click()
    expect(part(lab, "CP-001", "links", "running")).to_be_visible()
    expect(scenario.get_by_role("progressbar")).to_have_count(0)


def test_a_busy_evening_brings_drivers_without_a_question(lab: PanelPage) -> None:
    page = lab.page
    scenario = page.get_by_role("listitem", name="A busy evening", exact=True)
    scenario.get_by_role("button", name="Play: A busy evening").click()
    expect(page.locator("[data-count=drivers]")).to_have_text("8")
    page.get_by_role("searchbox", name="Filter drivers by ID").fill("evening-006")
    expect(page.locator("[data-lab-driver]")).to_have_count(1)
    scenario.get_by_role("button", name="End it now").click()
    expect(page.locator("[data-count=drivers]")).to_have_text("2")
    expect(page.get_by_text("No part matches.")).to_be_visible()


@pytest.mark.parametrize("look", ["light", "dark", "phone"])
def test_the_page_violates_no_rule_and_fits(lab: PanelPage, central: Central, look: str) -> None:
    lab.page.emulate_media(color_scheme="dark" if look == "dark" else "light", reduced_motion="reduce")
    lab.page.set_viewport_size({"width": 360 if look == "phone" else 1280, "height": 800})
    central.order("/api/v1/lab/engines/CP-001/kill")
    central.order("/api/v1/lab/scenarios/busy-evening")
    expect(lab.page.get_by_role("progressbar")).to_be_visible()
    expect(part(lab, "CP-001", "engines", "killed")).to_be_visible()
    assert violations(lab) == []
    assert lab.fits_the_width()


def test_a_central_without_a_lab_has_no_such_page(lab: PanelPage) -> None:
    told = lab.page.request.get(f"{lab.address}/api/v1/access").json()
    lab.answer("/api/v1/access", 200, {**told, "lab": False})
    lab.page.reload()
    expect(lab.entry("Points")).to_be_visible()
    expect(lab.entry("Lab")).to_have_count(0)
    expect(lab.heading("Lab")).to_have_count(0)
