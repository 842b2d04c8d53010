"""Every page for readers who enlarge it, choose their own colours, want no motion, or put it on paper."""

from collections.abc import Iterator
from contextlib import suppress

import pytest
from playwright.sync_api import Browser, TimeoutError, ViewportSize, expect

from tests.browser.conftest import Central
from tests.browser.panel_page import PanelPage
from tests.browser.past_sessions import NOW, keep, past
from tests.browser.secure_central import end, invite, panel_of, secure_network

ZOOMED, NARROW = ViewportSize(width=640, height=400), ViewportSize(width=320, height=640)
"""A window of 1280 × 800 at 200 %, and one of 1280 at 400 %."""

PAGES = (
    "#/overview",
    "#/points?view=cards",
    "#/points?view=table",
    "#/points/CP-001",
    "#/wall",
    "#/sessions",
    "#/sessions/past-1",
    "#/sessions/past-1/receipt",
    "#/money?range=30d",
    "#/tariffs",
    "#/tariffs/day",
    "#/bus",
    "#/alerts",
    "#/people",
    "#/keys",
    "#/audit",
    "#/settings",
)
SETTLED_MS = 10_000
FITS = "document.documentElement.scrollWidth <= innerWidth"
ON_PAPER = ("#/sessions/past-1/receipt", "#/sessions/past-1", "#/money?range=30d")

CUT = """() => [...document.querySelectorAll('body *')].flatMap((part) => {
  const style = getComputedStyle(part)
  const box = part.getBoundingClientRect()
  if (box.width < 2 || box.height < 2 || style.visibility === 'hidden' || part.closest('svg, canvas, .uplot')) return []
  const says = part.outerHTML.slice(0, 160)
  const isClipped = /hidden|clip/.test(style.overflowX) && part.scrollWidth > part.clientWidth + 1
  const isSaid = style.textOverflow === 'ellipsis' && part.closest('[title]') !== null
  if (isClipped && !isSaid) return [`cut: ${says}`]
  let around = part.parentElement
  while (around && !/auto|scroll|hidden|clip/.test(getComputedStyle(around).overflowX)) around = around.parentElement
  return around === null && box.right > innerWidth + 1 ? [`beside the page: ${says}`] : []
})"""
"""What a reader does not see all of, and cannot: cut texts that can be read by a pointer are no part of it."""

UNMARKED = """() => [...document.querySelectorAll('[aria-pressed=true], [aria-selected=true], [aria-current]')]
  .filter((part) => part.checkVisibility())
  .filter((part) => { const { outlineStyle, outlineWidth } = getComputedStyle(part)
    return outlineStyle === 'none' || parseFloat(outlineWidth) < 2 })
  .map((part) => part.outerHTML.slice(0, 160))"""
"""What is chosen and does not look so."""

MOVING = "() => document.getAnimations().filter((each) => each.playState === 'running').length"

DARK_GROUNDS = """() => [...document.querySelectorAll('body, main, main *')].filter((part) => part.checkVisibility())
  .filter((part) => !part.closest('svg, canvas, .uplot')).flatMap((part) => {
    const light = (colour) => Math.min(...colour.match(/[\\d.]+/g).slice(0, 3).map(Number))
    const { backgroundColor: ground, color } = getComputedStyle(part)
    const isSeen = !/, 0\\)$/.test(ground) && ground !== 'transparent'
    const faults = [isSeen && light(ground) < 200 ? 'a dark ground' : '', light(color) > 120 ? 'light letters' : '']
    return faults.filter(Boolean).map((fault) => `${fault}: ${part.outerHTML.slice(0, 160)}`)
  })"""


@pytest.fixture(scope="module")
def central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Central]:
    """A Central with something to see on each page: a driver, a session that was billed and one that is held, a point
    that is stopped, somebody who is invited, and a tariff."""
    folder = tmp_path_factory.mktemp("fitting")
    keep(folder, past(1, NOW, 20))
    with secure_network(folder, "--drivers", "1") as central:
        invite(central, "a-colleague-with-quite-a-long-name", "viewer")
        central.order("/cp/CP-003/stop")
        tariff = {"zone": "Europe/Madrid", "elements": [{"energy_micro_euros_per_kwh": 250_000}]}
        central.http.post("/api/v1/tariffs", json={"tariff_id": "day", "tariff": tariff}).raise_for_status()
        yield central


@pytest.fixture
def panel(browser: Browser, central: Central) -> Iterator[PanelPage]:
    found = panel_of(browser, central, central.http.cookies)
    yield found
    end(found)


def opened(panel: PanelPage, route: str) -> PanelPage:
    """The page, with all that it reads."""
    panel.open(route)
    expect(panel.page.locator("main :is(h2, [data-point])").first).to_be_visible()
    panel.page.wait_for_load_state("networkidle")
    return panel


def expect_whole(panel: PanelPage) -> None:
    """Nothing is cut off or stands beside the page, once it has settled in a window of this size."""
    with suppress(TimeoutError):
        panel.page.wait_for_function(f"() => {FITS} && ({CUT})().length === 0", timeout=SETTLED_MS)
    assert panel.page.evaluate(CUT) == []
    assert panel.fits_the_width()


@pytest.mark.parametrize("route", PAGES)
def test_a_page_can_be_enlarged_shown_in_a_readers_own_colours_and_without_motion(panel: PanelPage, route: str) -> None:
    panel.page.emulate_media(forced_colors="active", reduced_motion="reduce")
    panel.page.set_viewport_size(ZOOMED)
    opened(panel, route)
    assert panel.page.evaluate(UNMARKED) == []
    for size in (ZOOMED, NARROW):
        panel.page.set_viewport_size(size)
        expect_whole(panel)
    assert panel.page.evaluate(MOVING) == 0


def test_in_a_readers_own_colours_a_stale_point_differs_from_one_that_is_not(panel: PanelPage) -> None:
    panel.page.emulate_media(forced_colors="active")
    panel.page.clock.install()
    panel.refuse_sockets()
    opened(panel, "#/points?view=cards")
    expect(panel.card("CP-003")).to_be_visible()
    edge = "getComputedStyle(document.querySelector('[data-point=CP-003]')).borderTopStyle"
    assert panel.page.evaluate(edge) == "solid"
    panel.cut_off()
    panel.page.clock.fast_forward(11_000)
    expect(panel.cards("OLD").first).to_contain_text("as of")
    assert panel.page.evaluate(edge) == "dashed"


@pytest.mark.parametrize("route", ON_PAPER)
def test_on_paper_there_is_the_page_alone_in_black_on_white_and_all_of_it(panel: PanelPage, route: str) -> None:
    panel.page.emulate_media(color_scheme="dark")
    opened(panel, route)
    panel.page.emulate_media(media="print", color_scheme="dark")
    panel.page.set_viewport_size({"width": 718, "height": 1000})
    for part in (panel.bar(), panel.page.locator("header"), panel.page.locator("main button:not([aria-pressed=true])")):
        expect(part.locator("visible=true")).to_have_count(0)
    assert panel.page.evaluate(DARK_GROUNDS) == []
    expect_whole(panel)
