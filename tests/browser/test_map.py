"""The map of the sites: drawn from what is in the package, live, for a mouse, a keyboard and a finger."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Route, expect

from tests.browser.conftest import Central, a_panel, network
from tests.browser.described_sites import MADRID, NORTH, SEVILLE, SOUTH, are_known, describe
from tests.browser.panel_page import PanelPage
from tests.browser.test_accessibility import violations

MANY = 1_000


@pytest.fixture(scope="module")
def sited_central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Central]:
    """A Central with two sites, at which nobody charges."""
    with network(tmp_path_factory.mktemp("map"), "--drivers", "0", "--sites", "2") as central:
        central.wait_until(are_known)
        yield central


@pytest.fixture
def map_page(browser: Browser, sited_central: Central) -> Iterator[PanelPage]:
    """The panel of that Central, on the map, with both sites on it. Nobody but Central is asked for anything."""
    sited_central.put_in_order()
    describe(sited_central, NORTH, name="North car park", at=MADRID)
    describe(sited_central, SOUTH, name="Feria", at=SEVILLE)
    for panel in a_panel(browser, sited_central):
        yield panel.open("#/map")


def the_map(panel: PanelPage) -> Locator:
    return panel.page.get_by_role("group", name="Map of the sites")


def mark(panel: PanelPage, site_id: str) -> Locator:
    return panel.page.locator(f'[data-mark="{site_id}"]')


def scale(panel: PanelPage) -> int:
    """How wide the world is drawn, in px."""
    return int(the_map(panel).get_attribute("data-scale") or 0)


def place(panel: PanelPage, site_id: str) -> tuple[float, float]:
    """Where a mark is on the screen."""
    box = mark(panel, site_id).bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_sites_are_marked_by_how_their_points_stand_live_and_lead_to_their_pages(
    map_page: PanelPage, sited_central: Central
) -> None:
    expect(map_page.entry("Map")).to_have_attribute("aria-current", "page")
    expect(mark(map_page, NORTH)).to_have_accessible_name("North car park 2 ACTIVATED")
    expect(mark(map_page, NORTH).locator("[data-worst]")).to_have_attribute("data-worst", "ACTIVATED")
    sited_central.order("/cp/CP-003/fault")
    expect(mark(map_page, NORTH)).to_have_accessible_name("North car park 1 FAULT, 1 ACTIVATED")
    expect(mark(map_page, NORTH).locator("[data-worst]")).to_have_attribute("data-worst", "FAULT")
    expect(map_page.page.get_by_role("region", name="Sites on the map")).to_contain_text("1 FAULT")
    mark(map_page, NORTH).click()
    expect(map_page.heading("Site North car park")).to_be_focused()


def test_north_is_up_and_east_is_right(map_page: PanelPage) -> None:
    expect(mark(map_page, SOUTH)).to_be_visible()
    (north_x, north_y), (south_x, south_y) = place(map_page, NORTH), place(map_page, SOUTH)
    assert north_x > south_x
    assert north_y < south_y


def test_land_is_drawn_and_a_closer_look_has_finer_coasts(map_page: PanelPage) -> None:
    the_map(map_page).press("0")
    for _ in range(8):
        the_map(map_page).press("-")
    expect(the_map(map_page)).to_have_attribute("data-coasts", "coarse")
    expect(the_map(map_page).locator("svg path").nth(100)).to_be_attached()
    the_map(map_page).press("0")
    expect(the_map(map_page)).to_have_attribute("data-coasts", "fine")
    assert [address for address in map_page.asked if "countries-50m" in address]


def test_keys_move_the_map_and_change_its_size(map_page: PanelPage) -> None:
    expect(mark(map_page, NORTH)).to_be_visible()
    all_seen, (x, y) = scale(map_page), place(map_page, NORTH)
    the_map(map_page).press("ArrowRight")
    assert place(map_page, NORTH) == pytest.approx((x - 80, y), abs=1)
    the_map(map_page).press("ArrowDown")
    assert place(map_page, NORTH) == pytest.approx((x - 80, y - 80), abs=1)
    the_map(map_page).press("+")
    assert scale(map_page) > all_seen
    the_map(map_page).press("0")
    assert scale(map_page) == all_seen
    assert place(map_page, NORTH) == pytest.approx((x, y), abs=1)


def test_a_mouse_pushes_the_map_and_presses_nothing_by_that(map_page: PanelPage) -> None:
    expect(mark(map_page, NORTH)).to_be_visible()
    x, y = place(map_page, NORTH)
    mouse = map_page.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(x + 20, y + 10)
    mouse.move(x + 60, y + 30)
    mouse.up()
    assert place(map_page, NORTH) == pytest.approx((x + 60, y + 30), abs=2)
    expect(map_page.heading("Map")).to_be_visible()
    before = scale(map_page)
    mouse.wheel(0, -240)
    expect(the_map(map_page)).not_to_have_attribute("data-scale", str(before))
    assert scale(map_page) > before
    assert place(map_page, NORTH) == pytest.approx((x + 60, y + 30), abs=2)


def test_sites_near_to_one_another_are_one_mark_until_somebody_looks_closer(
    map_page: PanelPage, sited_central: Central
) -> None:
    describe(sited_central, SOUTH, name="Feria", at=(MADRID[0] + 0.002, MADRID[1]))
    map_page.page.reload()
    together = map_page.page.get_by_role("button", name="2 sites, 3 ACTIVATED: look closer")
    assert violations(map_page) == []
    together.press("Enter")
    expect(mark(map_page, NORTH)).to_be_visible()
    expect(mark(map_page, SOUTH)).to_be_visible()
    expect(together).to_have_count(0)


def test_a_site_without_a_place_is_listed_with_how_to_give_it_one(map_page: PanelPage, sited_central: Central) -> None:
    describe(sited_central, SOUTH, name="Feria")
    map_page.page.reload()
    without = map_page.page.get_by_role("region", name="Sites without a place")
    expect(without).to_contain_text("Give a site its latitude and longitude on its page")
    expect(mark(map_page, SOUTH)).to_have_count(0)
    without.get_by_role("link", name="Feria").press("Enter")
    expect(map_page.heading("Site Feria")).to_be_focused()


def test_a_site_is_shown_on_the_map_from_its_page(map_page: PanelPage) -> None:
    map_page.open(f"#/sites/{SOUTH}")
    map_page.page.get_by_role("link", name="Show on the map").click()
    expect(mark(map_page, SOUTH)).to_be_visible()
    expect(mark(map_page, NORTH)).to_have_count(0)


def test_a_thousand_sites_are_few_marks(map_page: PanelPage, sited_central: Central) -> None:
    site = sited_central.http.get("/api/v1/sites").json()["items"][0]
    places = [{"latitude": -60 + number % 40 * 3, "longitude": -170 + number // 40 * 13} for number in range(MANY)]
    items = [{**site, "site_id": f"S-{number}", "coordinates": at} for number, at in enumerate(places)]

    def many(route: Route) -> None:
        route.fulfill(content_type="application/json", body=json.dumps({"items": items, "next": None}))

    map_page.page.route("**/api/v1/sites?*", many)
    map_page.page.reload()
    expect(map_page.page.locator("[data-cluster]").first).to_be_visible()
    drawn = map_page.page.locator("[data-cluster], [data-mark]").count()
    assert drawn < 300
    expect(map_page.page.get_by_role("button", name="Show 50 more")).to_be_visible()


def test_the_map_fits_a_phone_and_violates_no_rule(map_page: PanelPage) -> None:
    map_page.page.emulate_media(reduced_motion="reduce")
    for width, is_dark in ((1280, False), (1280, True), (390, False)):
        map_page.page.set_viewport_size({"width": width, "height": 844})
        map_page.page.emulate_media(color_scheme="dark" if is_dark else "light")
        map_page.open("#/map")
        expect(mark(map_page, NORTH)).to_be_visible()
        assert violations(map_page) == []
        assert map_page.fits_the_width()
