"""What an operator sees of bills that are held, and how they resolve them."""

from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from evcharging.adapters.store import Commit
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.common.messages import EndReason
from evcharging.domain.plausibility import BACKWARDS, TOO_MUCH
from evcharging.domain.session import HELD, Session, SessionStatus
from tests.browser.conftest import Central, a_panel, network
from tests.browser.panel_page import PanelPage

BEGAN = datetime(2026, 1, 1, 12, tzinfo=UTC)


def suspect(session_id: str, doubt: str, register_start_mwh: int, register_stop_mwh: int) -> Session:
    return Session(
        session_id=session_id,
        request_id=f"request-of-{session_id}",
        driver_id="driver-alice",
        cp_id="CP-001",
        status=SessionStatus.SUSPECT,
        micro_euros_per_kwh=300_000,
        requested_at=BEGAN,
        started_at=BEGAN,
        ended_at=BEGAN + timedelta(seconds=10),
        register_start_mwh=register_start_mwh,
        register_stop_mwh=register_stop_mwh,
        ended_by=EndReason.COMPLETE,
        detail=doubt + HELD,
    )


@pytest.fixture
def held_central(tmp_path: Path) -> Iterator[Central]:
    """A Central whose ledger holds two bills."""
    sessions = (suspect("past-1", TOO_MUCH, 0, 50_000_000), suspect("past-2", BACKWARDS, 2_000_000, 500_000))
    with closing(SqlStore(f"sqlite:///{tmp_path}/central.db")) as store:
        store.commit(Commit(records=[("0", session) for session in sessions]))
    with network(tmp_path, "--drivers", "0") as central:
        yield central


@pytest.fixture
def held_panel(browser: Browser, held_central: Central) -> Iterator[PanelPage]:
    """The panel of a Central that holds bills, not opened yet."""
    yield from a_panel(browser, held_central)


def test_held_bills_are_resolved_by_the_engines_figures_or_an_operators_own(
    held_panel: PanelPage, held_central: Central
) -> None:
    panel = held_panel.open()
    much, backwards = panel.held_bill("past-1"), panel.held_bill("past-2")
    for word in ("CP-001", "driver-alice", "more energy than the point can give", "50\u202fkWh", "€\u202f15.00"):
        expect(much).to_contain_text(word)
    expect(backwards).to_contain_text("cannot be billed")

    form = panel.begin_to_resolve("past-1")
    form.get_by_label("Why").fill("the meter was exchanged")
    expect(form).to_contain_text("The driver is billed €\u202f15.00")
    form.get_by_role("button", name="Resolve").click()
    expect(much).to_have_count(0)
    expect(panel.messages()).to_contain_text("past-1 was resolved by operator with 50.0 kWh: the meter was exchanged")

    form = panel.begin_to_resolve("past-2")
    expect(form.get_by_label("Accept the engine’s figures")).to_be_disabled()
    form.get_by_label("kWh", exact=True).fill("0.5")
    form.get_by_role("button", name="Resolve").click()
    expect(form).to_be_visible()  # a reason is missing
    form.get_by_label("Why").fill("as the display said")
    form.get_by_role("button", name="Resolve").click()
    expect(panel.page.get_by_role("heading", name="Held bills")).to_have_count(0)

    tickets = held_central.http.get("/tickets").raise_for_status().json()
    assert {ticket["session_id"]: ticket["euros"] for ticket in tickets} == {"past-1": 15.0, "past-2": 0.15}


def test_a_form_that_is_cancelled_resolves_nothing(held_panel: PanelPage, held_central: Central) -> None:
    panel = held_panel.open()
    form = panel.begin_to_resolve("past-1")
    form.get_by_label("Nothing").check()
    form.get_by_label("Why").fill("a mistake")
    form.get_by_role("button", name="Cancel").click()
    expect(form).to_be_hidden()
    expect(panel.held_bill("past-1")).to_be_visible()
    assert held_central.http.get("/tickets").raise_for_status().json() == []


def test_held_bills_fit_a_phone(held_panel: PanelPage) -> None:
    held_panel.page.set_viewport_size({"width": 360, "height": 740})
    panel = held_panel.open()
    form = panel.begin_to_resolve("past-2")
    expect(form).to_be_visible()
    assert panel.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
