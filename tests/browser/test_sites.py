"""Sites on the panel: found in a list, described by a form, with a plan that is changed by hand and by keys."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.conftest import Central, a_panel, network
from tests.browser.described_sites import MADRID, NORTH, SOUTH, are_known, describe, plan_of, planned
from tests.browser.panel_page import PanelPage
from tests.browser.secure_central import end, secure_network, signed_in
from tests.browser.test_accessibility import violations

PLAN = planned(CP_001=(2.0, 3.0, 0), CP_003=(6.0, 3.0, 0))
PHONE = 390


@pytest.fixture(scope="module")
def sited_central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Central]:
    """A Central with two sites, at which nobody charges."""
    with network(tmp_path_factory.mktemp("sites"), "--drivers", "0", "--sites", "2") as central:
        central.wait_until(are_known)
        yield central


@pytest.fixture
def sites(browser: Browser, sited_central: Central) -> Iterator[PanelPage]:
    """The panel of that Central, on the page of sites, of which one is described."""
    sited_central.put_in_order()
    describe(sited_central, NORTH, name="North car park", address="Calle Mayor 1", at=MADRID, plan=PLAN)
    describe(sited_central, SOUTH)
    for panel in a_panel(browser, sited_central):
        yield panel.open("#/sites")


def row(panel: PanelPage, site_id: str) -> Locator:
    return panel.page.locator(f'[data-site="{site_id}"]')


def fact(panel: PanelPage, name: str) -> Locator:
    return panel.page.locator(f'[data-fact="{name}"]')


def placed(panel: PanelPage, cp_id: str) -> Locator:
    return panel.page.locator(f'[data-placed="{cp_id}"]')


def changing(panel: PanelPage, button: str = "Change the plan") -> None:
    panel.page.get_by_role("button", name=button).click()


def save(panel: PanelPage) -> None:
    panel.page.get_by_role("button", name="Save the plan").click()
    expect(panel.page.get_by_text(f"The plan of {NORTH} is saved.").first).to_be_visible()


def test_sites_are_listed_with_how_their_points_stand_and_are_found_and_sorted(sites: PanelPage) -> None:
    expect(sites.entry("Sites")).to_have_attribute("aria-current", "page")
    expect(row(sites, NORTH)).to_contain_text("North car park")
    expect(row(sites, NORTH)).to_contain_text("2 ACTIVATED")
    expect(row(sites, SOUTH)).to_contain_text("not on the map")
    sites.page.get_by_label("Order").select_option("Name")
    expect(sites.page.locator("[data-site]").first).to_have_attribute("data-site", NORTH)
    sites.page.get_by_label("Search sites").fill("mayor")
    expect(row(sites, SOUTH)).to_have_count(0)
    assert "q=mayor" in sites.page.url
    row(sites, NORTH).get_by_role("link").click()
    expect(sites.heading("Site North car park")).to_be_focused()


def test_a_site_shows_its_points_live_and_leads_to_them(sites: PanelPage, sited_central: Central) -> None:
    sites.open(f"#/sites/{NORTH}")
    expect(fact(sites, "points")).to_contain_text("2 ACTIVATED")
    expect(placed(sites, "CP-001").get_by_role("link", name="CP-001, ACTIVATED")).to_be_visible()
    sited_central.order("/cp/CP-001/stop")
    expect(placed(sites, "CP-001").get_by_role("link", name="CP-001, STOPPED")).to_be_visible()
    expect(fact(sites, "points")).to_contain_text("1 STOPPED")
    expect(fact(sites, "tariff")).to_contain_text("none")
    fact(sites, "points").get_by_role("link").click()
    expect(sites.cards()).to_have_count(2)
    sites.page.go_back()
    placed(sites, "CP-001").get_by_role("link").click()
    expect(sites.heading("Charging point CP-001")).to_be_visible()


def test_a_site_is_described_by_a_form_that_says_what_is_wrong(sites: PanelPage, sited_central: Central) -> None:
    sites.open(f"#/sites/{SOUTH}")
    sites.page.get_by_role("button", name="Describe this site").click()
    form = sites.page.get_by_role("form", name="Describe this site")
    expect(form.get_by_label("Name")).to_be_focused()
    form.get_by_label("Name").fill("South")
    form.get_by_label("Latitude").fill("95")
    form.get_by_role("button", name="Save").click()
    alert = form.get_by_role("alert")
    expect(alert).to_have_text("Latitude and longitude belong together: give both, or neither.")
    form.get_by_label("Longitude").fill("-5,9845")
    form.get_by_role("button", name="Save").click()
    expect(alert).to_have_text("Latitude is a number from -90 to 90.")
    form.get_by_label("Latitude").fill("37.3891")
    form.get_by_label("Time zone").fill("Europe/Nowhere")
    sites.may_refuse.add(f"/api/v1/sites/{SOUTH}")
    form.get_by_role("button", name="Save").click()
    expect(alert).to_contain_text("is no time zone")
    form.get_by_label("Time zone").fill("Europe/Madrid")
    form.get_by_role("button", name="Save").click()
    expect(sites.heading("Site South")).to_be_visible()
    expect(fact(sites, "place")).to_contain_text("37.3891, -5.9845")
    assert sited_central.http.get(f"/api/v1/sites/{SOUTH}").json()["time_zone"] == "Europe/Madrid"


def test_a_plan_is_changed_by_keys_alone(sites: PanelPage, sited_central: Central) -> None:
    sites.open(f"#/sites/{NORTH}")
    sites.page.get_by_role("button", name="Change the plan").focus()
    keys = sites.page.keyboard
    keys.press("Enter")
    sites.page.get_by_role("button", name="Arrange in rows").focus()
    for _ in range(3):
        keys.press("Tab")
    expect(placed(sites, "CP-001")).to_be_focused()
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowDown", "ArrowUp", "r"):
        keys.press(key)
    expect(
        sites.page.get_by_role("status").filter(has_text="CP-001: 3 m right, 7.5 m down, turned 15°")
    ).to_be_attached()
    keys.press("Tab")
    expect(placed(sites, "CP-003")).to_be_focused()
    keys.press("Delete")
    expect(placed(sites, "CP-003")).to_have_count(0)
    expect(placed(sites, "CP-001")).to_be_focused()
    keys.press("Tab")
    expect(sites.page.get_by_role("button", name="Place CP-003")).to_be_focused()
    keys.press("Enter")
    expect(placed(sites, "CP-003")).to_be_focused()
    keys.press("ArrowRight")
    for _ in range(2):
        keys.press("Shift+Tab")
    expect(sites.page.get_by_role("button", name="Save the plan")).to_be_focused()
    keys.press("Enter")
    expect(sites.page.get_by_text(f"The plan of {NORTH} is saved.")).to_be_visible()
    assert plan_of(sited_central) == {"CP-001": (3.0, 7.5, 15), "CP-003": (6.5, 7.5, 0)}


def test_a_point_is_dragged_to_its_place_with_the_mouse(sites: PanelPage, sited_central: Central) -> None:
    sites.open(f"#/sites/{NORTH}")
    changing(sites)
    box = placed(sites, "CP-001").bounding_box()
    assert box is not None
    x, y, metre = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, box["height"] / 5
    mouse = sites.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(x + metre, y + metre)
    mouse.move(x + 2 * metre, y + 4 * metre)
    mouse.up()
    save(sites)
    right, down, angle = plan_of(sited_central)["CP-001"]
    assert (abs(right - 4) < 0.3, abs(down - 7) < 0.3, angle) == (True, True, 0)
    assert plan_of(sited_central)["CP-003"] == (6.0, 3.0, 0)


def test_a_plan_begins_with_rows_and_points_can_be_put_into_rows_again(
    sites: PanelPage, sited_central: Central
) -> None:
    describe(sited_central, NORTH)
    sites.open(f"#/sites/{NORTH}")
    changing(sites, "Draw a plan")
    placed(sites, "CP-001").press("Shift+ArrowRight")
    sites.page.get_by_role("button", name="Arrange in rows").click()
    save(sites)
    assert plan_of(sited_central) == {"CP-001": (1.3, 2.5, 0), "CP-003": (4.3, 2.5, 0)}


def test_a_finger_turns_a_point_takes_it_out_and_places_it(sites: PanelPage, sited_central: Central) -> None:
    sites.open(f"#/sites/{NORTH}")
    changing(sites)
    placed(sites, "CP-003").click()
    sites.page.get_by_role("button", name="Turn CP-003").click()
    placed(sites, "CP-001").click()
    sites.page.get_by_role("button", name="Take CP-001 out").click()
    sites.page.get_by_role("button", name="Place CP-001").click()
    save(sites)
    assert plan_of(sited_central) == {"CP-003": (6.0, 3.0, 15), "CP-001": (9.0, 3.0, 0)}


def test_what_is_not_saved_leaves_the_plan_as_it_was(sites: PanelPage, sited_central: Central) -> None:
    before = plan_of(sited_central)
    sites.open(f"#/sites/{NORTH}")
    changing(sites)
    placed(sites, "CP-001").press("Delete")
    sites.page.get_by_role("button", name="Cancel").click()
    expect(placed(sites, "CP-001").get_by_role("link")).to_be_visible()
    assert plan_of(sited_central) == before


def test_a_point_that_is_not_at_the_site_is_shown_as_such(sites: PanelPage, sited_central: Central) -> None:
    describe(sited_central, NORTH, plan=planned(CP_001=(2.0, 3.0, 0), CP_002=(6.0, 3.0, 0)))
    sites.open(f"#/sites/{NORTH}")
    expect(placed(sites, "CP-002").get_by_role("img", name="CP-002, not at this site")).to_be_visible()
    expect(sites.page.get_by_text("In the plan and not at this site: CP-002")).to_be_visible()


def test_a_site_that_is_not_known_is_said_to_be_so(sites: PanelPage) -> None:
    sites.may_refuse.update({"/api/v1/sites/SITE-404"})
    sites.open("#/sites/SITE-404")
    expect(sites.banner()).to_contain_text("SITE-404 is not a known site")


@pytest.mark.parametrize("route", ["#/sites", f"#/sites/{NORTH}"])
def test_sites_fit_a_phone_and_violate_no_rule(sites: PanelPage, route: str) -> None:
    sites.page.emulate_media(reduced_motion="reduce")
    for width, scheme in ((1280, "light"), (1280, "dark"), (PHONE, "light")):
        sites.page.set_viewport_size({"width": width, "height": 844})
        sites.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        sites.open(route)
        expect(sites.page.get_by_text("North car park").first).to_be_visible()
        if route != "#/sites":
            expect(placed(sites, "CP-001")).to_be_visible()
        sites.page.wait_for_load_state("networkidle")
        assert violations(sites) == []
        assert sites.fits_the_width()
    if route != "#/sites":
        changing(sites)
        assert violations(sites) == []


def test_who_only_looks_sees_a_plan_and_cannot_change_it(browser: Browser, tmp_path: Path) -> None:
    with secure_network(tmp_path, "--drivers", "0", "--sites", "2") as central:
        central.wait_until(are_known)
        describe(central, NORTH, name="North car park", plan=PLAN)
        panel = signed_in(browser, central, "vera", "viewer")
        panel.open(f"#/sites/{NORTH}")
        expect(placed(panel, "CP-001").get_by_role("link")).to_be_visible()
        for button in ("Change the plan", "Describe this site"):
            expect(panel.page.get_by_role("button", name=button)).to_have_count(0)
        end(panel)
