"""The network as it was: a link to a moment, a slider, play, incidents, and the way back to the present."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import parse_qs, quote

import pytest
from playwright.sync_api import Browser, Locator, expect

from evcharging.common.utils import iso
from tests.browser.conftest import Central, a_panel, network
from tests.browser.panel_page import PanelPage
from tests.browser.past_network import ago, keep_past
from tests.browser.test_accessibility import LOOKS, violations

HOUR, MINUTE, SECOND = timedelta(hours=1), timedelta(minutes=1), timedelta(seconds=1)
MILLISECOND = timedelta(milliseconds=1)


@pytest.fixture(scope="module")
def known_central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Central]:
    """A Central whose points have the past of `past_network`, and no driver now."""
    folder = tmp_path_factory.mktemp("replay")
    keep_past(folder)
    with network(folder, "--drivers", "0") as central:
        yield central


@pytest.fixture
def panel(browser: Browser, known_central: Central) -> Iterator[PanelPage]:
    yield from a_panel(browser, known_central)


def see(panel: PanelPage, moment: datetime, more: str = "", route: str = "replay") -> None:
    """Open the link to a moment, and wait until it is seen."""
    panel.open(f"#/{route}?at={quote(iso(moment))}{more}")
    expect_seen(panel, moment)


def bar(panel: PanelPage) -> Locator:
    return panel.page.get_by_role("region", name="Replay", exact=True)


def slider(panel: PanelPage) -> Locator:
    return bar(panel).get_by_role("slider", name="Moment")


def expect_seen(panel: PanelPage, moment: datetime) -> None:
    """The network is as it was then, to the millisecond, and the address is a link to that."""
    expect(panel.page.locator("[data-replay]")).to_have_attribute("data-replay", of(moment))
    expect(panel.page.locator("[data-seen]")).to_have_attribute("aria-busy", "false")
    expect(panel.page).to_have_url(re.compile(re.escape(quote(of(moment), safe=""))))


def of(moment: datetime) -> str:
    """The first whole millisecond at which it has come, as JavaScript writes it."""
    up = -(-moment.microsecond // 1000)
    whole = moment.replace(microsecond=0) + up * MILLISECOND
    return whole.strftime("%Y-%m-%dT%H:%M:%S.") + f"{whole.microsecond // 1000:03}Z"


def seen(panel: PanelPage) -> datetime:
    return datetime.fromisoformat(panel.page.locator("[data-replay]").get_attribute("data-replay") or "")


def test_a_link_to_a_moment_shows_the_network_as_it_was(panel: PanelPage) -> None:
    see(panel, ago(1.9))
    panel.expect_state("CP-001", "SUPPLYING")
    panel.expect_state("CP-002", "ACTIVATED")
    panel.expect_state("CP-003", "DISCONNECTED")
    clock = panel.page.evaluate("iso => new Date(iso).toTimeString().slice(0, 8)", of(ago(1.9)))
    expect(bar(panel).locator("[data-replay] strong")).to_have_text(f"Replay: {clock}")
    card = panel.card("CP-001")
    expect(card.locator("[data-figure=kw]")).to_have_text("6.0")
    expect(card.locator("[data-figure=kwh]")).to_have_text("15.600")
    expect(card.locator("[data-figure=driver]")).to_have_text("driver-ann")
    expect(card).to_contain_text("Calle Mayor 1")
    expect(panel.counter("Charging")).to_contain_text("6.0")
    expect(panel.messages().get_by_role("listitem").first).to_contain_text("CP-003 offline")
    expect(panel.requests().filter(has_text="driver-ann")).to_have_count(1)


def test_nothing_can_be_ordered_in_the_past(panel: PanelPage) -> None:
    see(panel, ago(1.9))
    orders = re.compile(r"^(Stop|Resume|Plug|Unplug|Cause|Recover|More orders|Add)\b")
    expect(panel.page.get_by_role("button", name=orders)).to_have_count(0)
    panel.page.keyboard.press("Control+k")
    panel.page.get_by_role("combobox", name="Find a page").fill("re")
    expect(panel.page.get_by_role("option", name="Replay").first).to_be_visible()
    expect(panel.page.get_by_role("option", name="Resume all")).to_have_count(0)
    panel.page.keyboard.press("Escape")
    see(panel, ago(1.9), "&view=table")
    expect(panel.page.get_by_role("checkbox")).to_have_count(0)


def test_what_nobody_knows_is_not_guessed(panel: PanelPage) -> None:
    see(panel, ago(9.25))
    expect(panel.expect_state("CP-002", "UNKNOWN")).to_contain_text("The ledger does not say how it was then.")
    panel.expect_state("CP-001", "ACTIVATED")
    panel.counter("Unknown").click()
    expect(panel.cards()).to_have_count(1)
    see(panel, ago(3.5))
    expect(panel.counter("Unknown")).to_have_count(0)


def test_playing_lets_what_happened_happen_again(panel: PanelPage) -> None:
    begin = ago(2.5) - 2 * MINUTE
    see(panel, begin)
    panel.expect_state("CP-002", "FAULT")
    bar(panel).get_by_role("button", name="×60", exact=True).click()
    bar(panel).get_by_role("button", name="Play").click()
    expect(panel.card("CP-002")).to_have_attribute("data-state", "ACTIVATED", timeout=60_000)
    bar(panel).get_by_role("button", name="Pause").click()
    expect(panel.messages().get_by_role("listitem").first).to_contain_text("CP-002 back in service")
    assert seen(panel) >= ago(2.5)
    expect_seen(panel, seen(panel))
    panel.page.reload()
    expect_seen(panel, seen(panel))
    panel.expect_state("CP-002", "ACTIVATED")


def test_figures_grow_while_it_plays(panel: PanelPage) -> None:
    see(panel, ago(2.2))
    bar(panel).get_by_role("button", name="×600").click()
    bar(panel).get_by_role("button", name="Play").click()
    panel.wait_for_growing_figures()


def test_one_jumps_from_incident_to_incident(panel: PanelPage) -> None:
    see(panel, ago(2.75))
    bar(panel).get_by_role("button", name="Previous incident").click()
    expect_seen(panel, ago(3))
    panel.expect_state("CP-002", "FAULT")
    expect(bar(panel).get_by_role("status")).to_have_text("Fault: CP-002 faulty: a fuse")
    following = bar(panel).get_by_role("button", name="Next incident")
    following.click()
    expect_seen(panel, ago(2))
    expect(bar(panel).get_by_role("status")).to_have_text("Offline: CP-003 offline")
    following.click()
    expect_seen(panel, ago(1.95))
    expect(bar(panel).get_by_role("status")).to_contain_text("Alert: CP-003 is offline")
    see(panel, ago(20))
    bar(panel).get_by_role("button", name="Previous incident").click()
    expect(bar(panel).get_by_role("status")).to_have_text("There is no incident in the 31 days before.")


def test_incidents_stand_on_the_slider_and_can_be_read_as_a_list(panel: PanelPage) -> None:
    see(panel, ago(2.75), "&span=6h")
    marks = bar(panel).locator("[data-incident]")
    expect(marks).to_have_count(4)
    assert {mark.get_attribute("data-incident") for mark in marks.all()} == {
        "central_began", "fault", "offline", "alert",
    }  # fmt: skip
    bar(panel).get_by_text("incidents on the slider").click()
    bar(panel).get_by_role("button", name="CP-002 faulty: a fuse").click()
    expect_seen(panel, ago(3))
    bar(panel).get_by_role("button", name="1 h", exact=True).click()
    expect(marks).to_have_count(1)


def test_keys_go_by_the_minute_and_by_the_hour(panel: PanelPage) -> None:
    see(panel, ago(2.75))
    slider(panel).focus()
    moment = seen(panel)
    for key, step in (("ArrowRight", MINUTE), ("ArrowLeft", -MINUTE), ("PageDown", -HOUR), ("PageUp", HOUR)):
        slider(panel).press(key)
        moment += step
        expect_seen(panel, moment)
    slider(panel).press("ArrowUp")
    expect(slider(panel)).to_be_focused()
    for _ in range(3):
        slider(panel).press("PageDown")
    expect_seen(panel, moment + MINUTE - 3 * HOUR)


def test_points_are_seen_as_a_table_on_a_wall_and_one_by_one(panel: PanelPage) -> None:
    see(panel, ago(1.9), "&view=table")
    row = panel.page.locator('tr[data-point="CP-001"]')
    expect(row).to_contain_text("SUPPLYING")
    expect(row).to_contain_text("15.600")
    row.get_by_role("link", name="CP-001").click()
    expect(panel.heading("Charging point CP-001")).to_be_visible()
    expect_seen(panel, ago(1.9))
    expect(panel.page.get_by_role("region", name="CP-001 then")).to_contain_text("driver-ann")
    panel.page.get_by_role("link", name="All charging points then").click()
    expect(row).to_be_visible()
    panel.page.get_by_role("link", name="Wall", exact=True).click()
    expect(panel.rail()).to_have_count(0)
    panel.expect_state("CP-001", "SUPPLYING")
    expect_seen(panel, ago(1.9))
    panel.page.keyboard.press("Escape")
    expect(panel.rail()).to_be_visible()
    bar(panel).get_by_role("link", name="Go live").click()
    expect(panel.heading("Charging points")).to_be_visible()
    expect(bar(panel)).to_have_count(0)
    expect(panel.page.get_by_role("button", name="Stop all")).to_be_visible()


def test_the_ribbon_an_alert_and_a_session_lead_to_their_moment(panel: PanelPage) -> None:
    panel.open("#/points/CP-002")
    ribbon = panel.page.get_by_role("figure", name="States").get_by_role("slider")
    ribbon.focus()
    ribbon.press("End")
    ribbon.press("ArrowLeft")
    ribbon.press("ArrowLeft")
    expect(ribbon).to_have_attribute("aria-valuetext", re.compile("^(Faulty|Free|Unknown)"))
    link = panel.page.get_by_role("link", name="As it was at")
    begins_at = datetime.fromisoformat(parse_qs(str(link.get_attribute("href")).partition("?")[2])["at"][0])
    link.click()
    expect_seen(panel, begins_at)
    expect(panel.heading("Charging point CP-002")).to_be_visible()
    panel.open("#/alerts?state=all")
    panel.page.locator("[data-alert=offline]").get_by_role("link", name="As it was then").last.click()
    expect_seen(panel, ago(1.95))
    panel.expect_state("CP-003", "DISCONNECTED")
    panel.open("#/sessions/past-1")
    panel.page.get_by_role("link", name="As it was then").click()
    expect_seen(panel, ago(2.25))
    panel.expect_state("CP-001", "SUPPLYING")


def test_a_moment_that_cannot_be_seen_is_told_in_a_sentence(panel: PanelPage) -> None:
    panel.may_refuse.add("/api/v1/replay")
    panel.open(f"#/replay?at={quote(iso(ago(500)))}")
    expect(panel.page.get_by_role("alert")).to_contain_text("the ledger begins at")
    panel.open("#/replay?at=yesterday")
    panel.expect_state("CP-001", "ACTIVATED")
    assert seen(panel) > ago(0)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("route", ["replay", "replay/CP-001", "replay-wall"])
def test_a_replay_violates_no_rule(panel: PanelPage, look: str, route: str) -> None:
    panel.page.emulate_media(reduced_motion="reduce")
    LOOKS[look](panel)
    see(panel, ago(1.9), route=route)
    panel.page.wait_for_load_state("networkidle")
    assert violations(panel) == []
    assert panel.fits_the_width()
