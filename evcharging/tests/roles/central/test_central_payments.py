"""A session begins once money is held for it, and its bill is captured, once; what does not take place is released."""

import pytest

from evcharging.common.messages import DriverUpdate, EndReason, ExtendSupply, StartSupply, SupplyAwaited, UpdateStatus
from evcharging.common.messages_operators import (
    Actor,
    ActorKind,
    AssignTariff,
    EndSession,
)
from evcharging.common.messages_payments import ProviderDue
from evcharging.common.messages_tariff import Element, Tariff
from evcharging.common.utils import changed
from evcharging.domain.books import PROVIDER, RECEIVABLE
from evcharging.domain.holding import PaymentTerms
from evcharging.domain.payment import Payment, PaymentState
from evcharging.domain.provider import ProviderStatus, done, unknown
from evcharging.domain.session import Bill, Session, SessionStatus
from evcharging.roles.central.paying import AWAY, HOLD_WITHIN, TOO_LITTLE
from evcharging.tests.stages.central_stage import ask, begun, final, ill, well
from evcharging.tests.stages.paying_stage import DECLINED, VISA, PayingStage
from evcharging.tests.stages.scenario import ALICE, BOB, CP, all_of, another, the

S = PaymentState
CENT = 10_000
AN_HOUR_S = 3600


@pytest.fixture
def central() -> PayingStage:
    """A Central with one free point, whose sessions are paid."""
    stage = PayingStage()
    stage.open_point()
    return stage


def asked(stage: PayingStage, request_id: str = "R-1", method: str | None = None, kwh: float | None = None) -> Session:
    """A request, decided or waiting for the provider; its session."""
    stage.tell(changed(ask(request_id, kwh=kwh), payment_method=method))
    return next(each for each in stage.every(Session).values() if each.request_id == request_id)


def ended(stage: PayingStage, session: Session) -> None:
    """A driver ends a session."""
    actor = Actor(kind=ActorKind.DRIVER, id=ALICE, via="test")
    stage.tell(
        EndSession(
            ts=stage.now, request_id=another("end"), cp_id=session.cp_id, session_id=session.session_id, actor=actor
        )
    )


def test_a_session_waits_for_its_hold_and_begins_with_it(central: PayingStage) -> None:
    central.holds_back = True
    waiting = central.tell(ask())
    session = the(Session, waiting)
    assert session.status is SessionStatus.HOLDING
    assert all_of(StartSupply, waiting) == [] == all_of(DriverUpdate, waiting)
    assert (the(ProviderDue, waiting).operation, the(ProviderDue, waiting).cents) == ("authorize", 5000)
    begun_now = central.settle()
    assert the(Session, begun_now).status is SessionStatus.AUTHORISED
    assert the(DriverUpdate, begun_now).status is UpdateStatus.ACCEPTED
    assert the(StartSupply, begun_now).paid_mwh == 166_666_213
    assert central.payment(session).state is S.HELD


def test_a_charge_costs_no_more_than_is_held_by_what_its_engine_is_told(central: PayingStage) -> None:
    central.tell(ask(kwh=1000))
    order = the(StartSupply, central.said)
    assert order.limit_mwh == 1_000_000_000
    assert order.paid_mwh is not None
    assert order.paid_mwh * 300_000 // 10**6 <= 50 * 10**6


def test_for_a_small_wish_no_more_is_held_than_it_can_cost(central: PayingStage) -> None:
    session = asked(central, kwh=10)
    assert central.payment(session).held_cents == 300


def test_a_bill_is_captured_once_and_the_books_are_even(central: PayingStage) -> None:
    session = central.charged(energy_mwh=61_111)
    payment = central.payment(session)
    assert (payment.state, payment.captured_cents, payment.held_cents) == (S.CAPTURED, 2, 5000)
    [there] = central.at_provider(session.session_id)
    assert (there.status, there.captured_cents) == (ProviderStatus.CAPTURED, 2)
    books = central.in_books()
    assert (books.balance(RECEIVABLE), books.balance(PROVIDER)) == (0, 2 * CENT)
    assert sum(line.balance for line in books.trial_balance()) == 0


def test_a_declined_card_denies_the_request_and_frees_the_point(central: PayingStage) -> None:
    session = asked(central, method=DECLINED)
    told = the(DriverUpdate, central.said)
    assert (told.status, told.reason) == (UpdateStatus.DENIED, "the card was declined: insufficient_funds")
    assert central.session(session.session_id).status is SessionStatus.FAILED
    assert central.payment(session).state is S.DECLINED
    assert all_of(StartSupply, central.said) == []
    assert asked(central, "R-2").status is SessionStatus.AUTHORISED


def test_a_request_that_was_denied_for_its_card_is_denied_again(central: PayingStage) -> None:
    request = changed(ask(), payment_method=DECLINED)
    central.tell(request)
    again = the(DriverUpdate, central.tell(request))
    assert (again.status, again.reason) == (UpdateStatus.DENIED, "the card was declined: insufficient_funds")


def test_a_hold_that_does_not_cover_the_fee_of_a_session_lets_nothing_begin() -> None:
    stage = PayingStage(terms=PaymentTerms(method=VISA, most_cents=99))
    stage.open_point()
    fee = Tariff(version_id="fee@1", zone="UTC", elements=(Element(session_micro_euros=1_000_000),))
    stage.tell(AssignTariff(ts=stage.now, request_id=another("assign"), cp_id=CP, tariff=fee))
    told = the(DriverUpdate, stage.tell(ask()))
    assert (told.status, told.reason) == (UpdateStatus.DENIED, TOO_LITTLE)
    assert [each.state for each in stage.every(Payment).values()] == [S.VOIDED]


def test_without_a_card_a_request_is_denied_and_nothing_is_asked() -> None:
    stage = PayingStage(terms=PaymentTerms())
    stage.open_point()
    told = the(DriverUpdate, stage.tell(ask()))
    assert (told.status, "no card" in (told.reason or "")) == (UpdateStatus.DENIED, True)
    assert stage.every(Payment) == {}


def test_a_provider_that_does_not_answer_in_time_denies_the_request_and_what_it_held_is_released(
    central: PayingStage,
) -> None:
    central.holds_back = True
    session = asked(central)
    [due] = central.due
    central.hear(due, unknown("no answer"))
    told = the(DriverUpdate, central.wait(HOLD_WITHIN.total_seconds()))
    assert (told.status, told.reason) == (UpdateStatus.DENIED, AWAY)
    assert central.payment(session).is_given_up
    central.holds_back = False
    central.settle()
    assert central.payment(session).state is S.VOIDED
    assert [each.status for each in central.at_provider(session.session_id)] == [ProviderStatus.VOIDED]


def test_an_unknown_outcome_is_asked_again_under_the_same_key_and_held_once(central: PayingStage) -> None:
    session = asked(central, method="pm_card_timeoutAfter")
    assert central.payment(session).state is S.UNKNOWN
    central.wait(1)
    assert central.payment(session).state is S.HELD
    assert len(central.at_provider(session.session_id)) == 1
    assert central.session(session.session_id).status is SessionStatus.AUTHORISED


def test_who_ends_a_session_that_waits_for_its_hold_is_not_charged(central: PayingStage) -> None:
    central.holds_back = True
    session = asked(central)
    ended(central, session)
    assert central.session(session.session_id).status is SessionStatus.FAILED
    central.holds_back = False
    central.settle()
    assert central.payment(session).state is S.VOIDED


def test_a_point_that_fails_while_money_is_held_does_not_begin(central: PayingStage) -> None:
    central.holds_back = True
    session = asked(central)
    central.tell(ill("broken"))
    central.holds_back = False
    told = all_of(DriverUpdate, central.settle())[-1]
    assert (told.status, told.reason) == (UpdateStatus.DENIED, f"{CP} is faulty: broken")
    assert central.payment(session).state is S.VOIDED


def test_a_session_that_a_driver_ends_before_it_begins_is_released_at_once(central: PayingStage) -> None:
    session = asked(central)
    ended(central, session)
    assert central.payment(session).state is S.VOIDED


def waited_in_vain(stage: PayingStage) -> Session:
    """A session whose vehicle was never plugged in."""
    session = asked(stage)
    stage.tell(SupplyAwaited(ts=stage.now, epoch=1, cp_id=CP, session_id=session.session_id))
    stage.wait(100)
    return stage.session(session.session_id)


def test_where_no_vehicle_was_plugged_in_the_next_try_uses_the_same_hold(central: PayingStage) -> None:
    first = waited_in_vain(central)
    assert (first.status, central.payment(first).state) == (SessionStatus.FAILED, S.HELD)
    second = asked(central, "R-2")
    assert central.payment(first).state is S.PASSED_ON
    assert (central.payment(second).state, central.payment(second).reference) == (S.HELD, first.session_id)
    assert central.session(second.session_id).status is SessionStatus.AUTHORISED
    central.tell(begun(second, 0, central.now), final(second, started_at=central.now))
    assert central.payment(second).state is S.CAPTURED
    assert len(central.at_provider(first.session_id)) == 1


def test_a_hold_is_kept_for_another_try_for_ten_minutes_also_over_a_restart(central: PayingStage) -> None:
    first = waited_in_vain(central)
    central.restart()
    assert central.payment(first).state is S.HELD
    central.wait(600)
    assert central.payment(first).state is S.VOIDED


def test_somebody_else_does_not_charge_with_that_hold(central: PayingStage) -> None:
    first = waited_in_vain(central)
    central.tell(changed(ask("R-2"), driver_id=BOB))
    assert central.payment(first).state is S.HELD
    assert len(central.every(Payment)) == 2


def test_at_four_fifths_of_what_is_held_more_is_asked_for_and_the_engine_hears(central: PayingStage) -> None:
    session = asked(central)
    central.tell(begun(session, 0, central.now))
    central.wait(AN_HOUR_S * 6)
    central.read(session, 132_000_000)
    assert central.payment(session).held_cents == 5000
    central.wait(AN_HOUR_S)
    effects = central.read(session, 140_000_000)
    assert central.payment(session).held_cents == 10_000
    assert the(ExtendSupply, effects).paid_mwh == 333_332_931


def test_what_is_billed_beyond_the_hold_stays_owed(central: PayingStage) -> None:
    session = asked(central)
    central.tell(begun(session, 0, central.now))
    began = central.now
    central.wait(AN_HOUR_S * 10)
    central.tell(final(session, 200_000_000, started_at=began, seconds=AN_HOUR_S * 10))
    assert central.every(Bill)[session.session_id].micro_euros == 60_000_000
    assert (central.payment(session).captured_cents, central.payment(session).owed_cents) == (5000, 1000)
    assert central.in_books().open_items() == {session.session_id: 1000 * CENT}


def test_a_restart_between_the_order_and_the_answer_asks_again_with_the_same_key(central: PayingStage) -> None:
    central.holds_back = True
    session = asked(central)
    [first] = central.due
    central.due.clear()
    central.restart()
    central.tell(central.status(), well())
    [again] = central.due
    assert (again.key, again.is_look) == (first.key, False)
    central.holds_back = False
    central.settle()
    assert central.session(session.session_id).status is SessionStatus.AUTHORISED


def test_a_central_that_begins_anew_waits_for_the_point_before_it_gives_up_a_session(central: PayingStage) -> None:
    central.holds_back = True
    session = asked(central)
    central.due.clear()
    central.restart()
    central.holds_back = False
    central.settle()
    assert central.session(session.session_id).status is SessionStatus.HOLDING
    central.tell(central.status(), well())
    central.wait(1)
    assert central.session(session.session_id).status is SessionStatus.AUTHORISED


def test_an_answer_that_comes_twice_changes_nothing(central: PayingStage) -> None:
    central.holds_back = True
    session = asked(central)
    [due] = central.due
    central.settle()
    [held] = central.at_provider(session.session_id)
    again = central.hear(due, done(held))
    assert all_of(Payment, again) == [] == all_of(StartSupply, again)


def test_a_bill_that_comes_after_the_failure_is_captured_where_money_is_still_held(central: PayingStage) -> None:
    session = waited_in_vain(central)
    central.tell(final(session, started_at=central.now, by=EndReason.COMPLETE))
    assert central.payment(session).state is S.CAPTURED
