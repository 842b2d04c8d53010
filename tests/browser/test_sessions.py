"""How the ledger's sessions are looked through on the panel."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Central, a_panel, network
from tests.browser.panel_page import PanelPage
from tests.browser.past_sessions import keep, past

FIRST_END = datetime(2026, 1, 1, 13, 5, tzinfo=UTC)
PAGE = 50
SESSIONS = 60


@pytest.fixture(scope="module")
def ledger_central(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Central]:
    """A Central whose ledger has sessions of long ago, the newest of which is held; nobody charges."""
    folder = tmp_path_factory.mktemp("ledger")
    ends = [FIRST_END + timedelta(hours=number) for number in range(SESSIONS)]
    drivers = ["driver-ann" if number % 10 == 0 else "driver-bob" for number in range(SESSIONS - 1)]
    ended = [past(number, ends[number], 10, driver) for number, driver in enumerate(drivers)]
    keep(folder, *ended, past(SESSIONS - 1, ends[-1], 10, "driver-cleo", held=True))
    with network(folder, "--drivers", "0") as central:
        yield central


@pytest.fixture
def ledger(browser: Browser, ledger_central: Central) -> Iterator[PanelPage]:
    """The panel of that Central, not opened yet."""
    yield from a_panel(browser, ledger_central)


def test_sessions_are_listed_with_the_newest_first_and_more_on_demand(ledger: PanelPage) -> None:
    ledger.open("#/sessions")
    expect(ledger.sessions()).to_have_count(PAGE)
    expect(ledger.sessions().first).to_have_attribute("data-session", f"past-{SESSIONS - 1}")
    row = ledger.session(f"past-{SESSIONS - 2}")
    for word in ("CP-001", "driver-bob", "Completed", "10.000", "€\u202f3.000", "1\u202fh 05\u202fmin"):
        expect(row).to_contain_text(word)
    ledger.page.get_by_role("button", name="Show more").click()
    expect(ledger.sessions()).to_have_count(SESSIONS)
    expect(ledger.sessions().last).to_have_attribute("data-session", "past-0")
    expect(ledger.page.get_by_role("button", name="Show more")).to_have_count(0)


def test_sessions_are_found_by_text_and_by_status_and_the_address_says_which(ledger: PanelPage) -> None:
    ledger.open("#/sessions")
    ledger.filter("ANN")
    expect(ledger.sessions()).to_have_count(6)
    expect(ledger.page).to_have_url(f"{ledger.address}/#/sessions?q=ANN")
    ledger.filter("")
    ledger.page.get_by_role("combobox", name="Status").select_option("Held")
    expect(ledger.sessions()).to_have_count(1)
    expect(ledger.sessions().first).to_contain_text("driver-cleo")
    ledger.filter("ann")
    expect(ledger.page.get_by_text("No session matches.")).to_be_visible()
    ledger.page.get_by_role("button", name="Show all").click()
    expect(ledger.sessions()).to_have_count(PAGE)


def test_a_link_to_some_days_shows_the_sessions_of_these_days(ledger: PanelPage) -> None:
    ledger.open("#/sessions?from=2026-01-01&to=2026-01-01&q=ann")
    expect(ledger.page.get_by_label("From")).to_have_value("2026-01-01")
    expect(ledger.session("past-0")).to_be_visible()
    for when in ledger.page.locator("[data-session] time").all():
        expect(when).to_contain_text("2026-01-01")


def test_a_session_opens_with_its_ticket_and_the_way_back_keeps_the_filters(ledger: PanelPage) -> None:
    ledger.open("#/sessions?q=ann")
    ledger.session("past-10").get_by_role("link").click()
    expect(ledger.heading("Session past-10")).to_be_focused()
    expect(ledger.page.get_by_role("region", name="Session past-10")).to_contain_text("driver-ann")
    ticket = ledger.page.get_by_role("region", name="Ticket")
    for word in ("€\u202f3.000", "10\u202fkWh", "€\u202f0.30/kWh", "Supply complete"):
        expect(ticket).to_contain_text(word)
    drawn = ledger.page.get_by_role("figure", name="Energy so far, kWh")
    expect(drawn.locator("canvas")).to_be_visible()
    expect(drawn.get_by_role("cell", include_hidden=True)).to_contain_text(["0\u202fkWh", "10\u202fkWh"])
    ledger.page.get_by_role("link", name="All sessions").click()
    expect(ledger.heading("Sessions")).to_be_focused()
    expect(ledger.sessions()).to_have_count(6)
    expect(ledger.page.get_by_role("searchbox")).to_have_value("ann")


def test_a_held_session_says_that_its_bill_waits(ledger: PanelPage) -> None:
    ledger.open(f"#/sessions/past-{SESSIONS - 1}")
    expect(ledger.page.get_by_role("region", name="Ticket")).to_contain_text("The bill is held")


def test_an_id_that_no_session_has_is_told_with_what_to_do(ledger: PanelPage) -> None:
    ledger.may_refuse.add("/api/v1/sessions/nobody")
    ledger.open("#/sessions/nobody")
    expect(
        ledger.page.get_by_text("nobody is not a known session. Look for it in the list of sessions.")
    ).to_be_visible()
    ledger.page.get_by_role("link", name="All sessions").click()
    expect(ledger.sessions()).to_have_count(PAGE)


def test_sessions_that_cannot_be_read_are_asked_for_again_on_demand(ledger: PanelPage) -> None:
    sentence = "The database does not answer."
    ledger.answer("/api/v1/sessions", 503, {"title": "Unavailable", "status": 503, "detail": sentence})
    ledger.open("#/sessions")
    expect(ledger.page.get_by_text(sentence)).to_be_visible()
    ledger.page.unroute_all()
    ledger.page.get_by_role("button", name="Try again").click()
    expect(ledger.sessions()).to_have_count(PAGE)
    expect(ledger.page.get_by_text(sentence)).to_have_count(0)


def test_a_session_that_begins_comes_to_stand_first_by_itself(panel: PanelPage) -> None:
    panel.open("#/sessions")
    first = panel.sessions().first
    newest = first.get_attribute("data-session", timeout=40_000)
    assert newest
    expect(first).not_to_have_attribute("data-session", newest, timeout=60_000)


def test_sessions_fit_a_phone(ledger: PanelPage) -> None:
    ledger.page.set_viewport_size({"width": 360, "height": 740})
    ledger.open("#/sessions")
    expect(ledger.sessions()).to_have_count(PAGE)
    assert ledger.fits_the_width()
    ledger.sessions().nth(1).get_by_role("link").click()
    expect(ledger.page.get_by_role("region", name="Ticket")).to_be_visible()
    assert ledger.fits_the_width()
