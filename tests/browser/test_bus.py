"""The bus on the console: what passes, what it means, and what was set aside."""

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.conftest import Central
from tests.browser.panel_page import PanelPage
from tests.browser.secure_central import end, panel_of, secure_network, signed_in

CHARGE = ["DriverRequest", "StartSupply", "SupplyStarted", "CPTelemetry", "SupplyEnded"]
"""What a charge comes to on the bus, beside what is told of it."""


@pytest.fixture(scope="module")
def central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Central]:
    """A network with a driver, who charges again and again."""
    with secure_network(tmp_path_factory.mktemp("bus"), "--drivers", "1") as central:
        yield central


@pytest.fixture
def bus(browser: Browser, central: Central) -> Iterator[PanelPage]:
    """The page of the bus, as the administrator sees it."""
    panel = panel_of(browser, central, central.http.cookies)
    yield panel.open("#/bus")
    end(panel)


def rows(panel: PanelPage, kind: str | None = None) -> Locator:
    return panel.page.locator(f'[data-message="{kind}"]' if kind else "[data-message]")


def test_a_charge_is_seen_message_by_message(bus: PanelPage) -> None:
    for kind in CHARGE:
        expect(rows(bus, kind).first).to_be_visible(timeout=40_000)
    rate = bus.page.locator('[data-topic="cp.health"] [data-figure="rate"]')
    expect(rate).not_to_have_text("–")
    expect(rate).not_to_have_text("0.0")


def test_topic_and_text_say_what_comes_in_and_stand_in_the_address(bus: PanelPage) -> None:
    bus.page.get_by_role("button", name="cp.health").click()
    expect(bus.page.get_by_text("Whether engines are well, as their monitors report it.")).to_be_visible()
    bus.page.get_by_role("searchbox").fill("CP-002")
    expect(rows(bus, "HealthReport").nth(2)).to_be_visible()
    assert {row.get_attribute("data-topic") for row in rows(bus).all()} == {"cp.health"}
    expect(rows(bus).filter(has_not_text="CP-002")).to_have_count(0)
    assert "topic=cp.health" in bus.page.url
    assert "q=CP-002" in bus.page.url
    bus.page.reload()
    expect(rows(bus, "HealthReport").first).to_be_visible()
    bus.page.get_by_role("searchbox").fill("nobody-like-that")
    expect(bus.page.get_by_text("Nothing that matches has passed since.")).to_be_visible()
    bus.page.get_by_role("button", name="Show all").click()
    expect(rows(bus).first).to_be_visible()


def test_pause_holds_the_list_and_going_on_fills_it_again(bus: PanelPage) -> None:
    expect(rows(bus).nth(2)).to_be_visible()
    bus.page.get_by_role("button", name="Pause").click()
    expect(bus.page.get_by_role("status").filter(has_text="Paused")).to_be_visible()
    bus.page.wait_for_timeout(500)  # What was on its way has come.
    count = rows(bus).count()
    rate = bus.page.locator('[data-topic="cp.health"] [data-figure="rate"]')
    expect(rate).not_to_have_text("–")
    bus.page.wait_for_timeout(1500)
    assert rows(bus).count() == count
    bus.page.get_by_role("button", name="Go on").click()
    expect(rows(bus).nth(count)).to_be_visible()


def test_a_message_is_explained_field_by_field_and_can_be_copied(bus: PanelPage) -> None:
    bus.open("#/bus?topic=driver.updates")
    row = rows(bus, "DriverUpdate").first
    row.get_by_role("button").first.press("Enter", timeout=40_000)
    opened = bus.page.locator("[data-message]:has([aria-expanded='true'])")
    expect(opened.get_by_text("One step of a request, said to its driver alone")).to_be_visible()
    expect(opened.locator('[data-field="kwh"]')).to_contain_text("kilowatt-hours; number, 0 to 1,000,000,000")
    expect(opened.locator('[data-field="status"]')).to_contain_text("How a request stands, as its driver is told.")
    expect(bus.page.get_by_role("status").filter(has_text="Paused")).to_be_visible()
    said = json.loads(opened.get_by_label("The message as JSON", exact=True).input_value())
    assert said["type"] == "DriverUpdate"
    curl = opened.get_by_label(f"Request {said['request_id']} as curl", exact=True)
    expect(curl).to_have_value(
        f"curl -s -H \"Authorization: Bearer $TOKEN\" '{bus.address}/api/v1/requests/{said['request_id']}'"
    )
    opened.get_by_role("button").first.press("Enter")
    expect(opened).to_have_count(0)


def test_frames_of_tcp_links_stand_beside_the_messages_without_their_secrets(bus: PanelPage) -> None:
    bus.open("#/bus?topic=link.engines")
    expect(rows(bus, "HealthQuery").first).to_contain_text("Frame received", timeout=20_000)
    answer = rows(bus, "EngineHealth").first
    expect(answer).to_contain_text("Frame sent")
    answer.get_by_role("button").first.click()
    opened = bus.page.locator("[data-message]:has([aria-expanded='true'])")
    expect(opened.get_by_text(re.compile(r"Frame sent to 127\.0\.0\.1:\d+"))).to_be_visible()
    expect(opened.locator('[data-field="well"]')).to_contain_text("true or false")
    bus.open("#/bus?topic=link.central")
    report = rows(bus, "HealthReport").first
    report.get_by_role("button").first.click(timeout=20_000)
    said = opened.get_by_label("The message as JSON", exact=True).input_value()
    assert "mac" not in json.loads(said)
    bus.page.get_by_role("button", name="link.central", exact=True).click()
    expect(bus.page.locator('[data-topic="link.central"]').get_by_text("TCP frames").first).to_be_visible()


def test_where_nothing_was_set_aside_that_is_said(bus: PanelPage) -> None:
    bus.page.get_by_role("button", name="Set aside").click()
    expect(bus.page.get_by_text("This Central has set nothing aside since it began.")).to_be_visible()
    assert "view=unreadable" in bus.page.url


def test_on_a_phone_it_fits_the_width(bus: PanelPage) -> None:
    bus.page.set_viewport_size({"width": 360, "height": 740})
    expect(rows(bus).first).to_be_visible()
    rows(bus).first.get_by_role("button").first.click()
    expect(bus.page.get_by_text("Field by field")).to_be_visible()
    assert bus.fits_the_width()


def test_who_may_not_read_the_audit_does_not_see_the_page(browser: Browser, central: Central) -> None:
    panel = signed_in(browser, central, "vera", "viewer")
    panel.open("#/points")
    expect(panel.entry("Sessions")).to_be_visible()
    expect(panel.entry("Bus")).to_have_count(0)
    panel.open("#/bus")
    expect(panel.page.get_by_text("Not for your role")).to_be_visible()
    end(panel)
