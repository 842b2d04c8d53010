"""Each bill has the next number of its shard and year, and so has each credit note: none is missing and none is given
twice. What was held while payments were off is captured or released."""

from datetime import UTC, datetime

import pytest

from evcharging.common.messages_operators import LookUpPayment, RefundPayment
from evcharging.common.utils import changed
from evcharging.domain.alert import Alert, AlertCode, AlertState
from evcharging.domain.books import Entry, EntryKind
from evcharging.domain.payment import Payment, PaymentState
from evcharging.domain.session import Bill, Session
from evcharging.roles.cadences import Cadences
from evcharging.tests.stages.central_stage import CentralStage, ask, begun, final, ill
from evcharging.tests.stages.paying_stage import PayingStage
from evcharging.tests.stages.scenario import CP, all_of, another


@pytest.fixture
def central() -> PayingStage:
    stage = PayingStage()
    stage.open_point()
    return stage


def numbers(stage: PayingStage) -> list[str | None]:
    return [bill.number for bill in stage.every(Bill).values()]


def refund(stage: PayingStage, session_id: str, cents: int) -> None:
    order = RefundPayment(
        ts=stage.now, request_id=another("refund"), cp_id=CP, session_id=session_id, cents=cents, note="too slow"
    )
    stage.tell(order)


def waiting(stage: PayingStage) -> Session:
    """A session for which money is held, and that has not begun."""
    stage.tell(ask())
    return next(iter(stage.every(Session).values()))


def waits(stage: PayingStage) -> list[Alert]:
    """The alerts of captures that wait."""
    return [each for each in stage.every(Alert).values() if each.rule is AlertCode.CAPTURE_WAITS]


def without_payments(stage: PayingStage) -> Cadences:
    """Let the next run ask nobody to pay; the cadences of before."""
    before = stage.cadences
    stage.cadences = changed(before, payments=None)
    stage.restart()
    stage.tell(stage.status())
    return before


def test_bills_have_numbers_one_after_another_also_over_restarts(central: PayingStage) -> None:
    year, shard = central.now.year, central.name
    central.charged(request_id="R-1")
    central.restart()
    central.open_point()
    central.charged(request_id="R-2")
    assert numbers(central) == [f"{year}-{shard}-000001", f"{year}-{shard}-000002"]


def test_a_year_begins_with_the_first_number() -> None:
    central = PayingStage(datetime(2026, 12, 31, 23, 59, 30, tzinfo=UTC))
    central.open_point()
    central.charged(request_id="R-1")
    central.wait(120)
    central.charged(request_id="R-2")
    assert numbers(central) == [f"2026-{central.name}-000001", f"2027-{central.name}-000001"]


def test_a_bill_has_no_number_where_nobody_is_asked_to_pay() -> None:
    stage = CentralStage()
    stage.open_point()
    session = stage.supply()
    stage.tell(final(session, started_at=stage.now))
    assert [bill.number for bill in stage.every(Bill).values()] == [None]


def test_each_refund_has_a_credit_note_of_its_own(central: PayingStage) -> None:
    session = central.charged(energy_mwh=10_000_000, seconds=3600)
    refund(central, session.session_id, 100)
    central.restart()
    refund(central, session.session_id, 200)
    refunds = [each for each in central.every(Entry).values() if each.kind is EntryKind.REFUND]
    year, shard = central.now.year, central.name
    assert [each.number for each in refunds] == [f"C{year}-{shard}-000001", f"C{year}-{shard}-000002"]


def test_what_was_billed_while_payments_were_off_is_captured_once_they_are_on(central: PayingStage) -> None:
    session = waiting(central)
    central.tell(begun(session, 0, central.now))
    began, before = central.now, without_payments(central)
    central.wait(3600)
    central.tell(final(session, 10_000_000, started_at=began, seconds=3600))
    assert central.payment(session).state is PaymentState.HELD
    central.cadences = before
    central.restart()
    assert (central.payment(session).state, central.payment(session).captured_cents) == (PaymentState.CAPTURED, 300)
    assert central.in_books().open_items() == {}


def test_a_look_releases_what_is_held_for_a_session_that_is_over(central: PayingStage) -> None:
    session = waiting(central)
    held = central.payment(session)
    central.tell(ill("no answer"))
    central.wait(1200)
    central.records[Payment][session.session_id] = held
    before = without_payments(central)
    central.cadences = before
    central.restart()
    central.tell(LookUpPayment(ts=central.now, request_id=another("look"), cp_id=CP, session_id=session.session_id))
    assert central.payment(session).state is PaymentState.VOIDED


def test_a_look_leaves_what_is_held_for_a_session_that_goes_on(central: PayingStage) -> None:
    session = waiting(central)
    central.tell(begun(session, 0, central.now))
    order = LookUpPayment(ts=central.now, request_id=another("look"), cp_id=CP, session_id=session.session_id)
    assert all_of(Payment, central.tell(order)) == []
    assert central.payment(session).state is PaymentState.HELD


def test_a_capture_that_waits_for_15_minutes_is_an_alert_until_it_is_done(central: PayingStage) -> None:
    session = waiting(central)
    central.tell(begun(session, 0, central.now))
    began = central.now
    central.wait(3600)
    central.provider.is_away = True
    central.tell(final(session, 10_000_000, started_at=began, seconds=3600))
    central.wait(800)
    assert waits(central) == []
    central.wait(500)
    [alert] = waits(central)
    assert alert.session_id == session.session_id
    central.provider.is_away = False
    central.wait(301)
    assert central.payment(session).state is PaymentState.CAPTURED
    assert central.every(Alert)[alert.alert_id].state is AlertState.CLOSED
