"""People on the panel: added, given another role, disabled, erased; each with a link that is shown once."""

import re
from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.conftest import Central
from tests.browser.panel_page import PanelPage
from tests.browser.secure_central import (
    ADMIN,
    account_id,
    end,
    invite,
    panel_of,
    secure_network,
    signed_in,
)
from tests.people import PHRASE, token_in, use


@pytest.fixture(scope="module")
def peopled_central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Central]:
    with secure_network(tmp_path_factory.mktemp("people"), "--drivers", "0") as central:
        yield central


@pytest.fixture
def people(browser: Browser, peopled_central: Central) -> Iterator[PanelPage]:
    """The page of people, as the administrator sees it."""
    panel = panel_of(browser, peopled_central, peopled_central.http.cookies)
    yield panel.open("#/people")
    end(panel)


def row(panel: PanelPage, name: str) -> Locator:
    return panel.page.locator(f'[data-person="{name}"]')


def answer(panel: PanelPage, question: str, yes: str) -> None:
    panel.page.get_by_role("dialog", name=question).get_by_role("button", name=yes).click()


def test_somebody_is_added_and_the_link_is_shown_once(people: PanelPage, peopled_central: Central) -> None:
    people.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    people.page.get_by_role("button", name="Add somebody").click()
    form = people.page.get_by_role("form", name="Add somebody")
    form.get_by_label("Name").fill("bob")
    form.get_by_label("Role").select_option("Operator")
    expect(form).to_contain_text("gives orders to points")
    form.get_by_role("button", name="Add").click()
    shown = people.page.get_by_role("dialog", name="The link of bob")
    link = shown.get_by_role("textbox").input_value()
    shown.get_by_role("button", name="Copy").click()
    expect(shown.get_by_role("status")).to_have_text("Copied")
    assert people.page.evaluate("navigator.clipboard.readText()") == link
    shown.get_by_role("button", name="I have kept it").click()
    assert token_in(link) not in people.page.content()
    expect(row(people, "bob")).to_contain_text("Operator")
    expect(row(people, "bob")).to_contain_text("Has no password yet")
    with httpx.Client(base_url=peopled_central.address, trust_env=False) as http:
        use(http, token_in(link), "bob")
    people.page.reload()
    expect(row(people, "bob")).to_contain_text("Active")


def test_a_name_that_is_taken_is_said_at_the_form(people: PanelPage) -> None:
    people.page.get_by_role("button", name="Add somebody").click()
    form = people.page.get_by_role("form", name="Add somebody")
    form.get_by_label("Name").fill(ADMIN)
    form.get_by_role("button", name="Add").click()
    expect(form.get_by_role("alert")).to_contain_text("This name is taken")


def test_a_driver_is_added_and_told_where_drivers_sign_in(
    browser: Browser, people: PanelPage, peopled_central: Central
) -> None:
    people.page.get_by_role("button", name="Add somebody").click()
    form = people.page.get_by_role("form", name="Add somebody")
    form.get_by_label("Name").fill("Dora Diaz")
    expect(form.get_by_label("Driver ID")).to_have_count(0)
    form.get_by_label("Role").select_option("Driver")
    form.get_by_label("Driver ID").fill("no id")
    form.get_by_role("button", name="Add").click()
    expect(form.get_by_label("Driver ID")).to_be_focused()
    expect(form.get_by_label("Driver ID")).to_have_accessible_description(
        re.compile("^An ID is 1 to 64 of the characters")
    )
    expect(form.get_by_label("Name")).to_have_value("Dora Diaz")
    form.get_by_label("Driver ID").fill("driver-dora")
    form.get_by_role("button", name="Add").click()
    shown = people.page.get_by_role("dialog", name="The link of Dora Diaz")
    command = shown.get_by_role("textbox", name="What the driver does next").input_value()
    assert command.startswith("evcharging driver login --name 'Dora Diaz' --central-host 127.0.0.1 --central-port")
    expect(shown).to_contain_text("driver-dora")
    link = shown.get_by_role("textbox", name="The link of Dora Diaz").input_value()
    shown.get_by_role("button", name="I have kept it").click()
    expect(row(people, "Dora Diaz")).to_contain_text("Driver")
    assert account_id(peopled_central, "Dora Diaz") == "driver-dora"
    theirs = panel_of(browser, peopled_central)
    theirs.page.goto(link)
    theirs.page.get_by_label("Name to sign in by").fill("Dora Diaz")
    theirs.page.get_by_label("Password", exact=True).fill(PHRASE)
    theirs.page.get_by_label("The password again").fill(PHRASE)
    theirs.page.get_by_role("button", name="Set the password and sign in").click()
    expect(theirs.page.get_by_role("status")).to_contain_text("The password of Dora Diaz is set.")
    expect(theirs.page.get_by_text(command)).to_be_visible()
    end(theirs)


def test_people_are_sought_by_name_and_role(people: PanelPage, peopled_central: Central) -> None:
    invite(peopled_central, "cleo", "auditor")
    people.page.reload()
    people.filter("audit")
    expect(people.page.locator("[data-person]")).to_have_count(1)
    expect(row(people, "cleo")).to_be_visible()
    expect(people.page).to_have_url(f"{people.address}/#/people?q=audit")
    people.filter("nobody at all")
    expect(people.page.get_by_text("Nobody matches.")).to_be_visible()


def test_a_role_is_changed_and_an_account_disabled_and_enabled(
    browser: Browser, people: PanelPage, peopled_central: Central
) -> None:
    theirs = signed_in(browser, peopled_central, "dan", "viewer").open()
    theirs.may_refuse |= {"/cp", "/messages", "/sessions"}
    expect(theirs.page.get_by_text("dan, viewer")).to_be_visible()
    people.page.reload()
    row(people, "dan").get_by_role("link").click()
    expect(people.heading("dan")).to_be_visible()
    change = people.page.get_by_role("button", name="Change the role")
    expect(change).to_be_disabled()
    people.page.get_by_label("Role").select_option("Operator")
    change.click()
    expect(people.page.get_by_text("dan is operator now.")).to_be_visible()
    people.page.get_by_role("button", name="Disable").click()
    answer(people, "Disable dan?", "Disable")
    expect(people.page.get_by_text("dan is disabled, and signed out everywhere.")).to_be_visible()
    expect(theirs.page.get_by_role("dialog", name="Sign in")).to_be_visible(timeout=10_000)
    theirs.page.context.close()
    people.page.get_by_role("button", name="Enable").click()
    expect(people.page.get_by_text("dan can sign in again.")).to_be_visible()


def test_a_new_link_is_shown_once(people: PanelPage, peopled_central: Central) -> None:
    first = invite(peopled_central, "eve", "viewer")
    people.open(f"#/people/{account_id(peopled_central, 'eve')}")
    people.page.get_by_role("button", name="New link").click()
    shown = people.page.get_by_role("dialog", name="The link of eve")
    link = shown.get_by_role("textbox").input_value()
    assert token_in(link) not in ("", first)
    shown.get_by_role("button", name="I have kept it").click()


def test_an_account_is_erased_after_a_question_that_says_what_is_lost(
    people: PanelPage, peopled_central: Central
) -> None:
    invite(peopled_central, "fay", "viewer")
    people.page.reload()
    row(people, "fay").get_by_role("link").click()
    people.page.get_by_role("button", name="Erase…").click()
    question = people.page.get_by_role("dialog", name="Erase fay?")
    expect(question).to_contain_text("The name, the password")
    question.get_by_role("button", name="Erase").click()
    expect(people.page.get_by_text("fay is erased.")).to_be_visible()
    expect(people.heading("People")).to_be_focused()
    expect(row(people, ADMIN)).to_be_visible()
    expect(row(people, "fay")).to_have_count(0)


def test_the_last_administrator_stays(people: PanelPage, peopled_central: Central) -> None:
    people.open(f"#/people/{account_id(peopled_central, ADMIN)}")
    expect(people.page.get_by_text("This is you.")).to_be_visible()
    people.page.get_by_role("button", name="Disable").click()
    answer(people, f"Disable {ADMIN}?", "Disable")
    expect(people.page.locator('[data-tone="refused"]')).to_contain_text("last")
    expect(people.page.get_by_text("Active")).to_be_visible()


def test_an_auditor_sees_people_and_changes_nobody(browser: Browser, peopled_central: Central) -> None:
    panel = signed_in(browser, peopled_central, "gus", "auditor").open("#/people")
    row(panel, ADMIN).get_by_role("link").click()
    expect(panel.page.get_by_role("link", name="What this account did")).to_be_visible()
    expect(panel.page.get_by_role("heading", name="What can be done")).to_have_count(0)
    panel.open("#/people")
    expect(panel.page.get_by_role("button", name="Add somebody")).to_have_count(0)
    end(panel)


def test_people_fit_a_phone(people: PanelPage, peopled_central: Central) -> None:
    people.page.set_viewport_size({"width": 390, "height": 844})
    people.page.get_by_role("button", name="Add somebody").click()
    expect(row(people, ADMIN)).to_be_visible()
    assert people.fits_the_width()
    people.open(f"#/people/{account_id(peopled_central, ADMIN)}")
    expect(people.page.get_by_role("button", name="Erase…")).to_be_visible()
    assert people.fits_the_width()
