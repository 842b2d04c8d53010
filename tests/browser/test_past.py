"""How a point was and when it is used, as charts: a ribbon of its states, and the hours of the week."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Locator, expect

from evcharging.domain.notice import NoticeCode, noticed
from tests.browser.conftest import Central, a_panel, network
from tests.browser.panel_page import PanelPage
from tests.browser.past_sessions import NOW, keep, past

SAID = ((NoticeCode.POINT_ONLINE, 20), (NoticeCode.POINT_FAULTY, 10), (NoticeCode.POINT_IN_SERVICE, 8))
"""What was said of CP-001, and how many hours ago."""

DRAWN = "rects => rects.map((rect) => [rect.dataset.span, Math.round(parseFloat(rect.getAttribute('width')))])"
FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def known_central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Central]:
    """A Central whose CP-001 came 20 hours ago, was faulty for two hours, and supplied 20 kWh until five hours ago;
    three days ago it had supplied 30 kWh."""
    folder = tmp_path_factory.mktemp("past")
    notices = [
        noticed(code, f"past-{hours}", NOW - timedelta(hours=hours), "CP-001", detail="a fuse") for code, hours in SAID
    ]
    keep(folder, past(1, NOW - timedelta(hours=5), 20), past(2, NOW - timedelta(days=3), 30), notices=notices)
    with network(folder, "--drivers", "0") as central:
        yield central


@pytest.fixture
def point(browser: Browser, known_central: Central) -> Iterator[PanelPage]:
    """The page of CP-001."""
    for panel in a_panel(browser, known_central):
        panel.open("#/points/CP-001")
        yield panel


def ribbon(panel: PanelPage) -> Locator:
    return panel.page.get_by_role("figure", name="States")


def week(panel: PanelPage, name: str) -> Locator:
    return panel.page.get_by_role("figure", name=name)


def wide(panel: PanelPage) -> list[tuple[str, int]]:
    """The spans that are at least 1 % of the ribbon, with their width in percent."""
    return [(state, width) for state, width in ribbon(panel).locator("[data-span]").evaluate_all(DRAWN) if width > 0]


def test_the_ribbon_shows_when_a_point_was_in_which_state(point: PanelPage) -> None:
    expect(ribbon(point).locator("[data-figure=available]")).to_have_text(
        re.compile(r"^Available 90(\.\d)?\s%, charging 5\.\d\s% of the 20\sh \d\d\smin that are known$")
    )
    states = [state for state, _ in wide(point)]
    assert states == ["unknown", "free", "faulty", "free", "charging", "free"]
    assert dict(wide(point))["faulty"] == 8
    shares = ribbon(point).get_by_role("listitem")
    expect(shares.filter(has_text="Charging")).to_contain_text(re.compile(r"1\sh 05\smin"))
    expect(shares.filter(has_text="Faulty")).to_contain_text(re.compile(r"2\sh 00\smin"))


def test_a_pointer_and_arrow_keys_go_along_the_ribbon(point: PanelPage) -> None:
    slider = ribbon(point).get_by_role("slider", name="States")
    box = slider.bounding_box()
    assert box
    slider.hover(position={"x": box["width"] * (1 - 9 / 24), "y": 10})
    expect(slider).to_have_attribute("aria-valuetext", re.compile(r"^Faulty from .+, 2\sh 00\smin$"))
    expect(ribbon(point).locator(".said")).to_contain_text("Faulty from")
    slider.focus()
    slider.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("^Free from"))
    slider.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("^Unknown from"))
    slider.press("End")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("^Free from"))


def test_the_ribbon_can_be_read_as_a_table(point: PanelPage) -> None:
    ribbon(point).get_by_text("As a table").click()
    row = ribbon(point).get_by_role("row").filter(has_text="Faulty")
    expect(row).to_have_count(1)
    expect(row).to_contain_text(re.compile(r"2\sh 00\smin"))


def test_another_range_shows_its_own_past(point: PanelPage) -> None:
    expect(ribbon(point)).to_be_visible()
    point.page.get_by_role("button", name="7 days").click()
    expect(ribbon(point).get_by_role("listitem").filter(has_text="Charging")).to_contain_text(
        re.compile(r"2\sh 10\smin")
    )
    assert [state for state, _ in wide(point)][:2] == ["unknown", "charging"]


def test_the_hours_of_the_week_show_when_a_point_supplied(point: PanelPage) -> None:
    chart = week(point, "Time in which it supplied, by hour of the week")
    began, ended = NOW - timedelta(hours=5, minutes=65), NOW - timedelta(hours=5)
    expect(chart).to_contain_text(re.compile(r"Most on (Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d\d:00: \d"))
    filled = len({(began + timedelta(minutes=minute)).hour for minute in range(65)} | {began.hour, ended.hour})
    expect(chart.locator("[class*=level-]")).to_have_count(filled)
    expect(chart).to_contain_text("Hours are in UTC.")
    slider = chart.get_by_role("slider")
    slider.focus()
    slider.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("^Mon 00:00: "))
    slider.press("ArrowDown")
    expect(slider).to_have_attribute("aria-valuetext", re.compile("^Tue 00:00: "))
    chart.get_by_text("As a table").click()
    expect(chart.get_by_role("row")).to_have_count(25)


def test_the_overview_shows_when_in_the_week_power_flows(point: PanelPage) -> None:
    point.open("#/overview?range=7d")
    chart = week(point, "Mean power by hour of the week")
    expect(chart.locator("[data-figure=week]")).to_have_text(re.compile(r"^Most on \w{3} \d\d:00: \d+\.\d\skW$"))
    assert chart.locator("[class*=level-]").count() in range(3, 7)


def test_a_phone_has_room_for_both(point: PanelPage) -> None:
    point.page.set_viewport_size({"width": 320, "height": 740})
    for route in ("#/points/CP-001", "#/overview"):
        point.open(route)
        expect(point.page.get_by_role("slider").last).to_be_visible()
        for table in point.page.get_by_text("As a table").all():
            table.click()
        assert point.page.evaluate(FITS), route


def test_where_colours_are_forced_states_differ_by_their_lines(point: PanelPage) -> None:
    point.page.emulate_media(forced_colors="active")
    expect(ribbon(point)).to_be_visible()
    grounds = (
        ribbon(point).locator("pattern .ground").evaluate_all("all => all.map((one) => getComputedStyle(one).fill)")
    )
    assert len(set(grounds)) == 2
