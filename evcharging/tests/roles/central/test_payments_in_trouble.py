"""What the proof found of payments: bills that come late, refunds whose bill is not in mind, looks in between, and
points that say what cannot be."""

import pytest

from evcharging.common.messages import EndReason
from evcharging.common.messages_operators import LookUpPayment, RefundPayment
from evcharging.common.messages_queue import AskOutcome, PointAsk, PointReply, Want
from evcharging.common.utils import changed
from evcharging.domain.books import PROVIDER, RECEIVABLE, ROUNDING
from evcharging.domain.holding import PaymentTerms
from evcharging.domain.payment import PaymentState
from evcharging.domain.provider import unknown
from evcharging.domain.session import Bill, Session, SessionStatus
from evcharging.tests.stages.central_stage import ask, begun, final
from evcharging.tests.stages.paying_stage import DECLINED, PayingStage
from evcharging.tests.stages.scenario import ALICE, CP, another, the

AN_HOUR_S = 3600
MOST_OF_THE_HOLD = 140_000_000
"""In mWh, of 50 euros at 30 cents a kWh."""


@pytest.fixture
def central() -> PayingStage:
    """A Central with one free point, whose sessions are paid."""
    stage = PayingStage()
    stage.open_point()
    return stage


def asked(stage: PayingStage, request_id: str = "R-1", method: str | None = None) -> Session:
    """A request, decided or waiting for the provider; its session."""
    stage.tell(changed(ask(request_id), payment_method=method))
    return next(each for each in stage.every(Session).values() if each.request_id == request_id)


def refund(stage: PayingStage, session: Session, cents: int) -> None:
    """An operator pays something back."""
    stage.tell(
        RefundPayment(
            ts=stage.now,
            request_id=another("refund"),
            cp_id=session.cp_id,
            session_id=session.session_id,
            cents=cents,
            note="the cable was broken",
        )
    )


@pytest.mark.parametrize("again", [False, True])
def test_where_all_is_refunded_nothing_of_the_bill_is_left_in_the_books(central: PayingStage, again: bool) -> None:
    session = central.charged(energy_mwh=10_000_000, seconds=AN_HOUR_S)
    if again:
        central.restart()
    refund(central, session, 300)
    assert [line.account for line in central.in_books().trial_balance() if line.balance] == []


def test_a_bill_that_comes_when_its_hold_is_released_stays_owed_in_whole_cents(central: PayingStage) -> None:
    session = asked(central)
    central.wait(600)
    assert central.payment(session).state is PaymentState.VOIDED
    central.tell(final(session, 61_111, started_at=central.now, seconds=10))
    books = central.in_books()
    bill = central.every(Bill)[session.session_id]
    assert books.balance(RECEIVABLE) == 20_000
    assert books.balance(ROUNDING) == bill.micro_euros - 20_000
    assert books.balance(PROVIDER) == 0


def test_a_bill_that_comes_while_more_is_asked_for_in_vain_is_captured_once_that_is_certain(
    central: PayingStage,
) -> None:
    session = asked(central)
    started_at = central.now
    central.tell(begun(session, 0, started_at))
    central.wait(7 * AN_HOUR_S)
    central.read(session, 132_000_000)
    central.wait(AN_HOUR_S)
    central.holds_back = True
    central.read(session, MOST_OF_THE_HOLD)
    central.hear(central.due.pop(), unknown("no answer"))
    central.tell(final(session, MOST_OF_THE_HOLD, started_at=started_at, seconds=8 * AN_HOUR_S))
    central.holds_back = False
    central.wait(2)
    assert central.payment(session).state is PaymentState.CAPTURED


def test_what_was_never_to_begin_is_not_billed_whatever_a_point_says(central: PayingStage) -> None:
    refused = asked(central, method=DECLINED)
    central.tell(final(refused, 1_000, started_at=central.now, seconds=10))
    central.holds_back = True
    waiting = asked(central, "R-2")
    central.tell(final(waiting, 1_000, started_at=central.now, seconds=10))
    assert central.every(Bill) == {}
    assert central.session(refused.session_id).ended_by is EndReason.NO_HOLD
    assert central.session(waiting.session_id).status is SessionStatus.HOLDING


def test_a_look_while_a_refund_is_on_its_way_does_not_ask_for_it_under_another_key(central: PayingStage) -> None:
    session = central.charged(energy_mwh=10_000_000, seconds=AN_HOUR_S)
    central.holds_back = True
    refund(central, session, 100)
    on_its_way = central.due.pop()
    central.tell(
        LookUpPayment(ts=central.now, request_id=another("look"), cp_id=session.cp_id, session_id=session.session_id)
    )
    central.settle()
    assert central.payment(session).operation is not None
    central.due.append(on_its_way)
    central.settle()
    central.wait(10)
    central.settle()
    [payment] = central.at_provider(session.session_id)
    assert payment.refunded_cents == 100


def test_a_site_hears_which_session_it_was_that_was_refused_at_once() -> None:
    stage = PayingStage(terms=PaymentTerms())
    stage.open_point()
    start = PointAsk(
        ts=stage.now,
        epoch=1,
        seq=1,
        site_id="SITE-1",
        cp_id=CP,
        request_id="R-1",
        driver_id=ALICE,
        want=Want.START,
    )
    reply = the(PointReply, stage.tell(start))
    [session] = stage.every(Session).values()
    assert session.ended_by is EndReason.NO_HOLD
    assert (reply.outcome, reply.session_id) == (AskOutcome.STARTED, session.session_id)
