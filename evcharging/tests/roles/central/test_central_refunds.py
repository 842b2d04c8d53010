"""An operator pays back what was captured, once by each order; a look finds what others did with the provider."""

import pytest

from evcharging.common.messages_operators import (
    LookUpPayment,
    OperatorAnswer,
    RefundPayment,
)
from evcharging.common.utils import changed
from evcharging.domain.access.action import OperatorAction
from evcharging.domain.books import PROVIDER, Entry
from evcharging.domain.payment import PaymentState
from evcharging.domain.provider import done
from evcharging.domain.session import Session, SessionStatus
from evcharging.roles.orders import USED
from evcharging.roles.role import Effect
from evcharging.tests.stages.paying_stage import PayingStage
from evcharging.tests.stages.scenario import ALICE, CP, another, the

S = PaymentState
CENT = 10_000
AN_HOUR_S = 3600


@pytest.fixture
def central() -> PayingStage:
    """A Central with one free point, whose sessions are paid."""
    stage = PayingStage()
    stage.open_point()
    return stage


def refund(stage: PayingStage, session: Session, cents: int, request_id: str | None = None) -> list[Effect]:
    """An operator pays something back."""
    return stage.tell(
        RefundPayment(
            ts=stage.now,
            request_id=request_id or another("refund"),
            cp_id=session.cp_id,
            session_id=session.session_id,
            cents=cents,
            note="the cable was broken",
        )
    )


def test_a_refund_goes_back_once_by_its_order(central: PayingStage) -> None:
    session = central.charged(energy_mwh=10_000_000, seconds=AN_HOUR_S)
    assert central.payment(session).captured_cents == 300
    effects = refund(central, session, 100, "refund-1")
    assert the(OperatorAnswer, effects).refusal is None
    assert the(OperatorAction, effects).action == "refund_payment"
    assert (central.payment(session).state, central.payment(session).refunded_cents) == (S.PART_REFUNDED, 100)
    central.restart()
    refund(central, session, 100, "refund-1")
    assert central.payment(session).refunded_cents == 100
    assert central.in_books().balance(PROVIDER) == 200 * CENT


def test_an_order_of_before_a_restart_is_not_taken_for_another_amount(central: PayingStage) -> None:
    session = central.charged(energy_mwh=10_000_000, seconds=AN_HOUR_S)
    refund(central, session, 100, "refund-1")
    central.restart()
    assert the(OperatorAnswer, refund(central, session, 200, "refund-1")).refusal == USED
    assert central.payment(session).refunded_cents == 100


def test_more_than_was_captured_is_not_refunded(central: PayingStage) -> None:
    session = central.charged(energy_mwh=10_000_000, seconds=AN_HOUR_S)
    answer = the(OperatorAnswer, refund(central, session, 301))
    assert answer.refusal == f"301 cents are more than the 300 that are left of {session.session_id}"
    assert central.payment(session).refunded_cents == 0


def test_a_refund_of_what_was_never_paid_is_refused(central: PayingStage) -> None:
    nobody = Session(
        session_id="session-0-9-9",
        request_id="R-9",
        driver_id=ALICE,
        cp_id=CP,
        status=SessionStatus.COMPLETED,
        micro_euros_per_kwh=1,
        requested_at=central.now,
    )
    assert the(OperatorAnswer, refund(central, nobody, 1)).refusal == "session-0-9-9 was not paid"


def test_a_look_finds_what_somebody_did_with_the_provider(central: PayingStage) -> None:
    session = central.charged(energy_mwh=10_000_000, seconds=AN_HOUR_S)
    [there] = central.at_provider(session.session_id)
    central.restart()
    look = LookUpPayment(ts=central.now, request_id=another("look"), cp_id=CP, session_id=session.session_id)
    central.holds_back = True
    central.tell(look)
    [due] = central.due
    assert due.is_look
    central.hear(due, done(changed(there, refunded_cents=50)))
    assert central.payment(session).refunded_cents == 50
    assert len([each for each in central.every(Entry).values() if each.kind == "refund"]) == 1
