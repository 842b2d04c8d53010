"""The page that describes the HTTP API: what it shows, and that what it tries out is asked of this Central alone."""

import re

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.browser.conftest import Central
from tests.browser.panel_page import PanelPage

SMALL = 500
STATS = "/api/v1/stats"
UNDERSCORES = "Deprecated: escaping deep link whitespace with `_`"
"""What Swagger UI says of every link to an operation with an underscore in its name, and opens it all the same."""


def operation(panel: PanelPage, path: str) -> Locator:
    """An operation, by its path."""
    return panel.page.locator(".opblock").filter(has=panel.page.locator(f'[data-path="{path}"]'))


def try_out(panel: PanelPage, path: str) -> Locator:
    """The answer to an operation without parameters, once it is there."""
    asked = operation(panel, path)
    asked.get_by_role("button", name=path).first.click()
    asked.get_by_role("button", name="Try it out").click()
    asked.get_by_role("button", name="Execute").click()
    return asked.get_by_role("table").first


@pytest.fixture
def below(panel: PanelPage) -> str:
    """Where Central is below a path, as a proxy may put it; nothing else of its host answers."""
    address = f"{panel.address}/grid/north"

    def pass_on(route: Route) -> None:
        route.fulfill(response=route.fetch(url=route.request.url.replace(address, panel.address)))

    panel.page.route(f"{panel.address}/**", lambda route: route.abort())
    panel.page.route(f"{address}/**", pass_on)
    return address


def test_every_group_of_the_api_is_shown_in_the_order_of_its_name(panel: PanelPage) -> None:
    panel.open("docs")
    expect(panel.page).to_have_title("HTTP API · EV Charging")
    names = (
        "charging points",
        "drivers",
        "health",
        "keys of points",
        "lab",
        "ledger",
        "payments",
        "people",
        "queue",
        "reservations",
        "signing in",
        "simulated hand",
        "sites",
        "v1",
    )
    expect(panel.page.locator("h3[data-tag]")).to_have_text([re.compile(name) for name in names])
    for path in ("/cp", "/health", "/sessions", STATS):
        expect(operation(panel, path)).to_be_visible()


def test_its_policy_allows_nothing_inline_and_no_other_host(panel: PanelPage) -> None:
    panel.open("docs")
    policy = panel.page.locator("meta[http-equiv=Content-Security-Policy]").get_attribute("content")
    assert policy is not None
    allowed = {source for rule in policy.split("; ") for source in rule.split()[1:]}
    assert allowed == {"'none'", "'self'", "data:"}


def test_an_operation_is_tried_out_at_this_central(panel: PanelPage) -> None:
    panel.open("docs")
    answer = try_out(panel, STATS)
    expect(answer).to_contain_text("200")
    expect(answer).to_contain_text('"ACTIVATED"')
    assert panel.asked[-1] == panel.address + STATS


def test_below_a_proxys_path_everything_is_asked_below_it(panel: PanelPage, below: str) -> None:
    panel.page.goto(f"{below}/docs")
    expect(try_out(panel, STATS)).to_contain_text("200")
    assert below + STATS in panel.asked
    assert [address for address in panel.asked if not address.startswith(f"{below}/")] == []


def test_a_link_to_an_operation_opens_it(panel: PanelPage) -> None:
    panel.open("docs")
    try_out(panel, STATS)
    link = panel.page.url
    panel.page.goto("about:blank")
    panel.page.goto(link)
    expect(operation(panel, STATS).get_by_role("button", name="Try it out")).to_be_visible()
    panel.complaints = [said for said in panel.complaints if not said.startswith(UNDERSCORES)]


def test_the_page_is_dark_where_the_system_is_and_fits_a_phone(panel: PanelPage) -> None:
    panel.page.set_viewport_size({"width": 390, "height": 844})
    panel.page.emulate_media(color_scheme="light")
    panel.open("docs")
    expect(operation(panel, STATS)).to_be_visible()
    light = panel.ground()
    panel.page.emulate_media(color_scheme="dark")
    expect(panel.page.locator("html")).to_have_class("dark-mode")
    assert panel.ground() != light
    assert panel.fits_the_width()


def test_scripts_and_styles_come_compressed(central: Central) -> None:
    for page in ("/", "/docs"):
        named = re.findall(r'(?:src|href)="\./(assets/[^"]+\.(?:js|css))"', central.http.get(page).text)
        assert len(named) >= 2
        for name in named:
            answer = central.http.get(f"/{name}", headers={"Accept-Encoding": "gzip"})
            assert answer.status_code == 200
            # What is smaller than a packet is not worth it.
            assert answer.headers.get("Content-Encoding") == "gzip" or len(answer.content) < SMALL
