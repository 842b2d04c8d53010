"""A point that no program has told of is made on the panel: where people sign in it is enrolled with that, elsewhere
its commands are shown."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.conftest import Central
from tests.browser.panel_page import PanelPage
from tests.browser.secure_central import end, panel_of, secure_network, signed_in


@pytest.fixture(scope="module")
def strict_central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Central]:
    with secure_network(tmp_path_factory.mktemp("new-points"), "--drivers", "0") as central:
        yield central


@pytest.fixture
def strict(browser: Browser, strict_central: Central) -> Iterator[PanelPage]:
    """The panel where people sign in, as its administrator sees it."""
    found = panel_of(browser, strict_central, strict_central.http.cookies)
    yield found.open()
    end(found)


def begin(panel: PanelPage) -> Locator:
    """The form of a new point."""
    panel.page.get_by_role("button", name="Add point").click()
    return panel.page.get_by_role("dialog", name="Add point")


def send(form: Locator) -> None:
    form.get_by_role("button", name="Add").click()


def point(central: Central, cp_id: str) -> dict[str, object]:
    return next(each for each in central.points() if each["cp_id"] == cp_id)


def test_a_point_is_made_and_enrolled_with_the_keyboard_alone(strict: PanelPage, strict_central: Central) -> None:
    strict.page.get_by_role("button", name="Add point").press("Enter")
    form = strict.page.get_by_role("dialog", name="Add point")
    expect(form.get_by_label("ID", exact=True)).to_be_focused()
    for typed in ("CP-901", "North car park", "SITE-1", "0,45"):
        strict.page.keyboard.type(typed)
        strict.page.keyboard.press("Tab")
    strict.page.keyboard.press("Shift+Tab")
    strict.page.keyboard.press("Enter")
    shown = strict.page.get_by_role("dialog", name="Enrol CP-901")
    expect(shown.get_by_role("img", name="The token of CP-901 as a QR code")).to_be_visible()
    token = shown.get_by_role("textbox", name="Token").input_value()
    assert f"CP_MONITOR_ENROL={token} evcharging monitor --cp-id CP-901" in (
        shown.get_by_role("textbox", name="Command").input_value()
    )
    with httpx.Client(base_url=strict_central.address, trust_env=False) as http:
        given = http.post("/api/v1/points/enrol", json={"token": token}).raise_for_status().json()
    assert given["cp_id"] == "CP-901"
    shown.get_by_role("button", name="I have kept it").press("Enter")
    strict.expect_state("CP-901", "DISCONNECTED")
    made = point(strict_central, "CP-901")
    assert (made["location"], made["site_id"], made["euros_per_kwh"]) == ("North car park", "SITE-1", 0.45)


def test_a_mistake_is_told_at_its_field_and_nothing_typed_is_lost(strict: PanelPage, strict_central: Central) -> None:
    form = begin(strict)
    cp_id, price = form.get_by_label("ID", exact=True), form.get_by_label("Price, € a kWh")
    cp_id.fill("CP 902")
    form.get_by_label("Location").fill("South car park")
    price.fill("cheap")
    send(form)
    expect(cp_id).to_be_focused()
    expect(form).to_contain_text("An ID is 1 to 64 of the characters")
    expect(form).to_contain_text("A price is a number of euros")
    cp_id.fill("CP-001")
    price.fill("")
    send(form)
    expect(form).to_contain_text("There is a point CP-001 already.")
    strict.page.keyboard.press("Escape")
    begin(strict)
    expect(cp_id).to_have_value("CP-001")
    expect(form.get_by_label("Location")).to_have_value("South car park")
    assert point(strict_central, "CP-001")["location"] != "South car park"


def test_what_central_says_of_a_field_stands_there_and_any_other_trouble_is_a_sentence(strict: PanelPage) -> None:
    form = begin(strict)
    cp_id = form.get_by_label("ID", exact=True)
    cp_id.fill("register")
    send(form)
    expect(cp_id).to_be_focused()
    expect(cp_id).to_have_attribute("aria-invalid", "true")
    expect(cp_id).to_have_accessible_description(
        "Register is a word of the API and cannot be the ID of a charging point"
    )
    strict.answer("/cp/register", 503, {"code": "not_decided", "detail": "Central did not decide within 5 s"})
    cp_id.fill("CP-903")
    send(form)
    expect(form.get_by_role("alert")).to_have_text("Central did not decide within 5 s. Try again.")
    expect(cp_id).to_have_value("CP-903")
    strict.page.unroute_all()
    send(form)
    strict.page.get_by_role("dialog", name="Enrol CP-903").get_by_role("button", name="I have kept it").click()
    expect(strict.page.get_by_role("region", name="Not enrolled")).to_contain_text("CP-903")
    expect(begin(strict).get_by_label("ID", exact=True)).to_have_value("")


def test_who_may_not_register_points_is_offered_none(browser: Browser, strict_central: Central) -> None:
    panel = signed_in(browser, strict_central, "olga", "operator").open()
    expect(panel.card("CP-001")).to_be_visible()
    expect(panel.page.get_by_role("button", name="Add point")).to_have_count(0)
    end(panel)


def test_where_nobody_signs_in_the_commands_of_a_new_point_are_shown(manual_panel: PanelPage) -> None:
    manual_panel.open()
    form = begin(manual_panel)
    form.get_by_label("ID", exact=True).fill("CP-904")
    send(form)
    shown = manual_panel.page.get_by_role("dialog", name="Start CP-904")
    expect(shown.get_by_role("textbox", name="Engine")).to_have_value(
        "evcharging engine --cp-id CP-904 --kafka-bootstrap localhost:9092 --health-port 8001"
    )
    monitor = shown.get_by_role("textbox", name="Monitor").input_value()
    assert monitor.startswith(
        "evcharging monitor --cp-id CP-904 --cp-e-host localhost --cp-e-port 8001 --central-host 127"
    )
    shown.get_by_role("button", name="Close").click()
    manual_panel.expect_state("CP-904", "DISCONNECTED")


def test_a_new_point_fits_a_phone(strict: PanelPage) -> None:
    strict.page.set_viewport_size({"width": 390, "height": 844})
    form = begin(strict)
    form.get_by_label("ID", exact=True).fill("?")
    send(form)
    expect(form.get_by_role("button", name="Add")).to_be_in_viewport()
    assert strict.fits_the_width()
