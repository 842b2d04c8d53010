"""How one comes in: an open Central and its first administrator, signing in and out, links, and a session that ends."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Central, a_panel, network
from tests.browser.panel_page import PanelPage
from tests.browser.secure_central import (
    ADMIN,
    end,
    fill_sign_in,
    invite,
    panel_of,
    secure_network,
    signed_in,
)
from tests.people import PHRASE


@pytest.fixture(scope="module")
def secure_central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Central]:
    with secure_network(tmp_path_factory.mktemp("secure"), "--drivers", "0") as central:
        yield central


@pytest.fixture
def door(browser: Browser, secure_central: Central) -> Iterator[PanelPage]:
    """The panel of that Central for somebody who is not signed in."""
    yield from a_panel(browser, secure_central)


def test_an_open_central_says_so_and_leads_to_what_that_means(panel: PanelPage) -> None:
    panel.open()
    expect(panel.cards().first).to_be_visible()
    panel.page.get_by_role("link", name="Open to this machine alone").click()
    expect(panel.heading("People")).to_be_focused()
    section = panel.page.get_by_role("region", name="Require sign-in")
    expect(section).to_contain_text("whoever reaches this Central may do everything")
    expect(section).to_contain_text("each other one is shut out until it is enrolled: CP-001")


def test_the_first_administrator_makes_central_secure(browser: Browser, tmp_path: Path) -> None:
    with network(tmp_path, "--drivers", "0") as central:
        panel = panel_of(browser, central).open("#/people")
        form = panel.page.get_by_role("region", name="Require sign-in").get_by_role("form")
        form.get_by_label("Name").fill(ADMIN)
        form.get_by_label("Password", exact=True).fill(PHRASE)
        form.get_by_label("The password again").fill("another")
        form.get_by_role("button", name="Require sign-in").click()
        expect(form.get_by_role("alert")).to_have_text("The two passwords differ.")
        form.get_by_label("The password again").fill(PHRASE)
        form.get_by_role("button", name="Require sign-in").click()
        panel.page.get_by_role("dialog").get_by_role("button", name="Require sign-in").click()
        expect(panel.page.get_by_text(f"{ADMIN}, administrator")).to_be_visible()
        expect(panel.page.locator(f'[data-person="{ADMIN}"]')).to_contain_text("Active")
        expect(panel.page.get_by_role("region", name="Require sign-in")).to_have_count(0)
        assert central.http.get("/cp").status_code == 401
        end(panel)


def test_who_signs_in_comes_to_the_page_that_was_asked_for(door: PanelPage) -> None:
    door.open("#/sessions?q=nobody")
    expect(door.page).to_have_title("Sign in · EV Charging")
    expect(door.page.get_by_label("Name")).to_be_focused()
    expect(door.page.get_by_label("Name")).to_have_attribute("autocomplete", "username")
    expect(door.page.get_by_label("Password")).to_have_attribute("autocomplete", "current-password")
    fill_sign_in(door, ADMIN)
    expect(door.heading("Sessions")).to_be_visible()
    expect(door.page.get_by_role("searchbox")).to_have_value("nobody")
    expect(door.page.get_by_text(f"{ADMIN}, administrator")).to_be_visible()
    door.page.reload()
    expect(door.heading("Sessions")).to_be_visible()


def test_who_signs_out_is_out(door: PanelPage) -> None:
    door.open()
    fill_sign_in(door, ADMIN)
    expect(door.cards().first).to_be_visible()
    door.page.get_by_role("button", name="Sign out").click()
    expect(door.page.get_by_role("form", name="Sign in")).to_be_visible()
    expect(door.cards()).to_have_count(0)
    door.page.reload()
    expect(door.page.get_by_role("form", name="Sign in")).to_be_visible()


def test_a_wrong_password_is_said_in_a_sentence_and_the_name_stays(door: PanelPage) -> None:
    door.open()
    fill_sign_in(door, ADMIN, "not the password")
    expect(door.page.get_by_role("alert")).to_have_text(re.compile(r"^[A-Z].* [a-z]+"))
    expect(door.page.get_by_label("Name")).to_have_value(ADMIN)
    expect(door.page.get_by_label("Password")).to_have_value("")
    expect(door.page.get_by_label("Password")).to_be_focused()


def test_who_guesses_is_told_how_long_to_wait(browser: Browser, tmp_path: Path) -> None:
    with secure_network(tmp_path, "--drivers", "0") as central:
        panel = panel_of(browser, central).open()
        wait = panel.page.get_by_text(re.compile(r"^Try again in \d+"))
        for _ in range(6):
            fill_sign_in(panel, ADMIN, "not the password")
            expect(panel.page.get_by_role("alert")).to_be_visible()
            expect(panel.page.get_by_label("Password")).to_have_value("")
        expect(wait).to_be_visible()
        expect(panel.page.get_by_role("button", name="Sign in")).to_have_attribute("aria-disabled", "true")
        end(panel)


def test_a_link_sets_the_password_once_and_its_token_leaves_the_address(
    door: PanelPage, secure_central: Central
) -> None:
    token = invite(secure_central, "bea", "viewer")
    door.open(f"setup#{token}")
    form = door.page.get_by_role("form", name="Your name and password")
    expect(form).to_be_visible()
    assert token not in door.page.url
    form.get_by_label("Name").fill("bea")
    expect(form.get_by_label("Password", exact=True)).to_have_attribute("autocomplete", "new-password")
    for label in ("Password", "The password again"):
        form.get_by_label(label, exact=True).fill(PHRASE)
    form.get_by_role("button").click()
    expect(door.page.get_by_text("bea, viewer")).to_be_visible()
    expect(door.page).to_have_url(f"{door.address}/")
    assert not any(token in address for address in door.asked)
    door.open(f"setup#{token}")
    form.get_by_label("Name").fill("bea")
    for label in ("Password", "The password again"):
        form.get_by_label(label, exact=True).fill(PHRASE)
    form.get_by_role("button").click()
    expect(door.page.get_by_role("alert")).to_be_visible()
    expect(door.page.get_by_text("evcharging users link NAME", exact=True)).to_be_visible()


def test_a_link_without_its_token_says_how_to_get_one(door: PanelPage) -> None:
    door.open("setup")
    expect(door.page.get_by_role("alert")).to_contain_text("needs a link")
    expect(door.page.get_by_text("evcharging users link NAME", exact=True)).to_be_visible()
    door.page.get_by_role("link", name="Sign in").click()
    expect(door.page.get_by_role("form", name="Sign in")).to_be_visible()


def test_a_session_that_ends_loses_nothing_of_what_was_typed(browser: Browser, secure_central: Central) -> None:
    panel = signed_in(browser, secure_central, "cal", "admin").open("#/people")
    panel.may_refuse |= {"/cp", "/messages", "/sessions", "/api/v1/users"}
    panel.page.get_by_role("button", name="Add somebody").click()
    name = panel.page.get_by_role("form", name="Add somebody").get_by_label("Name")
    name.fill("half a na")
    assert (
        panel.page.evaluate("fetch('api/v1/auth/session', { method: 'DELETE' }).then((answer) => answer.status)") == 204
    )
    panel.page.get_by_role("button", name="Add", exact=True).click()
    again = panel.page.get_by_role("dialog", name="Sign in")
    expect(again).to_contain_text("Your session has ended.")
    panel.page.keyboard.press("Escape")
    panel.page.keyboard.press("Escape")
    expect(again).to_be_visible()
    expect(again.get_by_label("Name")).to_have_value("cal")
    fill_sign_in(panel, "cal")
    expect(again).to_have_count(0)
    expect(name).to_have_value("half a na")
    panel.complaints = [each for each in panel.complaints if "WebSocket" not in each]
    end(panel)


def test_a_viewer_is_offered_nothing_that_a_viewer_may_not_do(browser: Browser, secure_central: Central) -> None:
    panel = signed_in(browser, secure_central, "dot", "viewer").open()
    expect(panel.card("CP-001")).to_be_visible()
    expect(panel.page.get_by_text("dot, viewer")).to_be_visible()
    for name in ("Stop all", "Resume all", "Stop CP-001"):
        expect(panel.page.get_by_role("button", name=name)).to_have_count(0)
    panel.press("More orders for", "CP-001")
    expect(panel.page.get_by_role("menuitem")).to_have_text(["Details…"])
    panel.page.keyboard.press("Escape")
    expect(panel.entry("Access")).to_have_count(0)
    panel.open("#/tariffs")
    expect(panel.heading("Tariffs")).to_be_visible()
    expect(panel.page.get_by_role("button", name="Publish a tariff")).to_have_count(0)
    for route in ("people", "keys", "audit"):
        panel.open(f"#/{route}")
        expect(panel.heading("Not for your role")).to_be_visible()
        expect(panel.page.get_by_text("As viewer you may not see this page")).to_be_visible()
    end(panel)


def test_what_was_forbidden_meanwhile_is_said_and_no_longer_offered(browser: Browser, secure_central: Central) -> None:
    panel = signed_in(browser, secure_central, "eli", "operator").open()
    stop = panel.page.get_by_role("button", name="Stop CP-002")
    expect(stop).to_be_visible()
    panel.answer("/cp/CP-002/stop", 403, {"code": "forbidden", "detail": "POST needs the permission orders:write"})
    stop.click()
    said = "POST needs the permission orders:write. An administrator can change that."
    expect(panel.page.get_by_role("status").get_by_text(said)).to_be_visible()
    end(panel)


def test_the_way_in_fits_a_phone(door: PanelPage) -> None:
    door.page.set_viewport_size({"width": 390, "height": 844})
    for route in ("", "setup"):
        door.open(route)
        expect(door.page.get_by_role("heading", level=2)).to_be_visible()
        assert door.fits_the_width()


def test_the_keyboard_alone_signs_in(door: PanelPage) -> None:
    door.open()
    expect(door.page.get_by_label("Name")).to_be_focused()
    door.page.keyboard.type(ADMIN)
    door.page.keyboard.press("Tab")
    door.page.keyboard.type(PHRASE)
    door.page.keyboard.press("Enter")
    expect(door.cards().first).to_be_visible()
