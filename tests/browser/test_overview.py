"""The network at a glance: what needs attention, what it did over a range and how that was before."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.conftest import Central, a_panel, network
from tests.browser.panel_page import PanelPage
from tests.browser.past_sessions import NOW, keep, past

IS_PAINTED = """canvas => canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data
  .some((part) => part > 0)"""


@pytest.fixture(scope="module")
def ledger_central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Central]:
    """A Central whose points are idle: 20 kWh were billed five hours ago, 10 kWh thirty hours ago, 40 kWh twelve days
    ago, and a bill is held."""
    folder = tmp_path_factory.mktemp("overview")
    ends = ((1, timedelta(hours=5), 20), (2, timedelta(hours=30), 10), (3, timedelta(days=12), 40))
    ended = [past(number, NOW - ago, kwh) for number, ago, kwh in ends]
    keep(folder, *ended, past(4, NOW - timedelta(hours=2), 5, held=True))
    with network(folder, "--drivers", "0") as central:
        yield central


@pytest.fixture
def page(ledger_central: Central, browser: Browser) -> Iterator[PanelPage]:
    for panel in a_panel(browser, ledger_central):
        panel.open("#/overview")
        yield panel


def tile(panel: PanelPage, name: str) -> Locator:
    return panel.page.locator(f'[data-figure="{name}"]')


def test_the_figures_of_a_day_stand_beside_those_of_the_day_before(page: PanelPage) -> None:
    expect(page.heading("Overview")).to_be_visible()
    expect(tile(page, "Energy billed")).to_contain_text("20.0")
    expect(tile(page, "Energy billed")).to_contain_text("100 % more than in the 24 hours before: 10.0")
    expect(tile(page, "Revenue")).to_contain_text("6.000")
    expect(tile(page, "Sessions ended")).to_contain_text("1")
    expect(tile(page, "Power now")).to_contain_text("0 charging, 3 free")


def test_the_range_is_chosen_and_stays_in_the_address(page: PanelPage) -> None:
    page.page.get_by_role("button", name="7 days").click()
    expect(tile(page, "Energy billed")).to_contain_text("30.0")
    expect(tile(page, "Energy billed")).to_contain_text("25 % less than in the 7 days before: 40.0")
    assert page.page.url.endswith("#/overview?range=7d")
    page.page.reload()
    expect(page.page.get_by_role("button", name="7 days")).to_have_attribute("aria-pressed", "true")
    expect(tile(page, "Energy billed")).to_contain_text("30.0")
    page.page.get_by_role("button", name="30 days").click()
    expect(tile(page, "Energy billed")).to_contain_text("70.0")
    expect(tile(page, "Energy billed")).to_contain_text("Nothing in the 30 days before")


def test_what_needs_attention_is_named_and_leads_to_it(page: PanelPage, ledger_central: Central) -> None:
    attention = page.page.get_by_role("region", name="Needs attention")
    expect(attention.get_by_role("link")).to_have_text(["1 bill is held"])
    ledger_central.order("/cp/CP-002/fault")
    expect(attention.get_by_role("link", name="1 point is faulty")).to_be_visible()
    attention.get_by_role("link", name="1 point is faulty").click()
    expect(page.cards()).to_have_count(1)
    expect(page.card("CP-002")).to_be_visible()
    ledger_central.order("/cp/CP-002/recover")
    page.page.go_back()
    expect(attention.get_by_role("link", name="1 point is faulty")).to_have_count(0)
    attention.get_by_role("link", name="1 bill is held").click()
    expect(page.session("past-4")).to_be_visible()
    expect(page.sessions()).to_have_count(1)


def test_a_figure_leads_to_the_sessions_that_it_is_the_sum_of(page: PanelPage) -> None:
    page.page.get_by_role("button", name="7 days").click()
    expect(tile(page, "Energy billed")).to_contain_text("30.0")
    tile(page, "Energy billed").click()
    expect(page.session("past-1")).to_be_visible()
    expect(page.session("past-2")).to_be_visible()
    expect(page.session("past-3")).to_have_count(0)


def test_a_chart_is_drawn_and_can_be_read_as_a_table(page: PanelPage) -> None:
    chart = page.page.get_by_role("figure", name="Revenue an hour, €")
    expect(chart.locator("canvas")).to_be_visible()
    assert chart.locator("canvas").evaluate(IS_PAINTED)
    chart.get_by_text("As a table").click()
    expect(chart.get_by_role("row").filter(has_text="6.000")).to_have_count(1)
    expect(chart.get_by_role("row")).to_have_count(25)


def test_a_phone_shows_all_of_it_without_scrolling_sideways(page: PanelPage) -> None:
    page.page.set_viewport_size({"width": 360, "height": 740})
    expect(tile(page, "Energy billed")).to_be_visible()
    expect(page.page.get_by_role("figure", name="Power, kW").locator("canvas")).to_be_visible()
    assert page.page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_central_that_is_away_is_told_and_asked_again(page: PanelPage) -> None:
    expect(tile(page, "Energy billed")).to_be_visible()
    page.may_refuse.add("/api/v1/series")
    page.page.route(
        "**/api/v1/series**", lambda route: route.fulfill(status=503, json={"detail": "No ledger just now"})
    )
    page.page.get_by_role("button", name="30 days").click()
    alert = page.page.get_by_role("alert").filter(has_text="No ledger just now")
    expect(alert).to_be_visible()
    page.page.unroute("**/api/v1/series**")
    alert.get_by_role("button", name="Try again").click()
    expect(tile(page, "Energy billed")).to_contain_text("70.0")
    expect(alert).to_have_count(0)
