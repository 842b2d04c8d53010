"""A payment asks its provider for one thing at a time, under a key that never changes, until the answer is certain."""

from collections.abc import Callable
from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evcharging.common.utils import changed
from evcharging.domain import payment_steps as p
from evcharging.domain.payment import MOVES, Operation, OperationKind, Payment, PaymentState, RefundAsked
from evcharging.domain.provider import (
    Dispute,
    ProviderOutcome,
    ProviderPayment,
    ProviderStatus,
    declined,
    done,
    merged,
    unknown,
)
from evcharging.tests.laws.depth import searched
from evcharging.tests.stages.scenario import ALICE, BOB, CP, T0, after, another

S, K = PaymentState, OperationKind
AWAY = unknown("no answer within 10 s")
AT_PROVIDER = ProviderPayment(
    payment_id="pi_1", reference="s-1", created_at=T0, status=ProviderStatus.HELD, held_cents=5000
)


def at_provider(status: ProviderStatus = ProviderStatus.HELD, captured: int = 0, refunded: int = 0) -> ProviderPayment:
    return changed(AT_PROVIDER, status=status, captured_cents=captured, refunded_cents=refunded)


def asked() -> Payment:
    return p.requested("s-1", ALICE, CP, "pm_card_visa", 5000, T0)


def paid_back(cents: int, request_id: str | None = None) -> RefundAsked:
    return RefundAsked(request_id=request_id or another("refund"), cents=cents, at=T0)


def operation_of(payment: Payment) -> Operation:
    assert payment.operation is not None
    return payment.operation


def answered(payment: Payment, outcome: ProviderOutcome, seconds: float = 1) -> Payment:
    return p.heard(payment, operation_of(payment).key, outcome, after(seconds))


def held() -> Payment:
    return answered(asked(), done(AT_PROVIDER))


def captured() -> Payment:
    return answered(p.billed(held(), 1234, T0), done(at_provider(ProviderStatus.CAPTURED, 1234)))


def test_a_payment_begins_with_a_hold_that_is_asked_for() -> None:
    payment = asked()
    operation = operation_of(payment)
    assert payment.state is S.REQUESTED
    assert (operation.kind, operation.cents, operation.key) == (K.AUTHORIZE, 5000, "s-1:1:authorize")
    assert held().state is S.HELD
    assert held().held_cents == 5000
    assert held().operation is None


def test_a_declined_hold_is_the_end_and_says_why() -> None:
    payment = answered(asked(), declined("insufficient_funds", "The card has too little"))
    assert (payment.state, payment.code, payment.operation) == (S.DECLINED, "insufficient_funds", None)


def test_an_unknown_outcome_is_asked_again_under_the_same_key_and_ever_later() -> None:
    payment, waits = asked(), []
    for number in range(12):
        payment = answered(payment, AWAY, number)
        operation = operation_of(payment)
        waits.append((p.tries_at(operation) - after(number)).total_seconds())
        assert operation.key == "s-1:1:authorize"
    assert payment.state is S.UNKNOWN
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]
    assert answered(payment, done(AT_PROVIDER)).state is S.HELD


def test_the_bill_is_captured_once_and_not_beyond_the_hold() -> None:
    capture = operation_of(p.billed(held(), 1234, T0))
    assert (capture.kind, capture.cents, capture.key) == (K.CAPTURE, 1234, "s-1:2:capture")
    assert operation_of(p.billed(held(), 6000, T0)).cents == 5000
    assert captured().state is S.CAPTURED
    assert p.billed(captured(), 99, T0) == captured()


def test_what_was_billed_beyond_the_hold_stays_owed() -> None:
    payment = answered(p.billed(held(), 6000, T0), done(at_provider(ProviderStatus.CAPTURED, 5000)))
    assert payment.owed_cents == 1000
    assert captured().owed_cents == 0


@pytest.mark.parametrize("end", [lambda each: p.given_up(each, T0), lambda each: p.billed(each, 0, T0)])
def test_a_session_that_costs_nothing_or_does_not_take_place_is_voided_at_once(
    end: Callable[[Payment], Payment],
) -> None:
    payment = end(held())
    assert (payment.state, operation_of(payment).kind) == (S.VOIDING, K.VOID)
    assert answered(payment, done(at_provider(ProviderStatus.VOIDED))).state is S.VOIDED


def test_a_session_that_is_given_up_before_the_hold_is_certain_is_voided_once_it_is() -> None:
    payment = p.given_up(answered(asked(), AWAY), T0)
    assert operation_of(payment).kind is K.AUTHORIZE
    assert answered(payment, done(AT_PROVIDER)).state is S.VOIDING
    assert answered(payment, declined("expired_card", "It is too old")).state is S.DECLINED


def test_a_bill_waits_for_an_increment_that_is_not_certain() -> None:
    payment = p.raised(held(), 8000, T0)
    assert operation_of(payment).kind is K.INCREMENT
    waiting = p.billed(answered(payment, AWAY), 7000, T0)
    assert operation_of(waiting).kind is K.INCREMENT
    assert operation_of(answered(waiting, declined("card_declined", "No"))).cents == 5000
    more = changed(AT_PROVIDER, held_cents=8000)
    assert operation_of(answered(waiting, done(more))).cents == 7000


def test_more_is_asked_for_from_80_percent_on_and_not_after_a_no() -> None:
    assert not p.is_raise_due(held(), 3999)
    assert p.is_raise_due(held(), 4000)
    refused = answered(p.raised(held(), 8000, T0), declined("card_declined", "No"))
    assert (refused.state, refused.held_cents) == (S.HELD, 5000)
    assert not p.is_raise_due(refused, 5000)
    assert p.raised(refused, 9000, T0) == refused
    assert p.raised(held(), 5000, T0) == held()


def test_refunds_are_of_what_is_left_one_after_the_other() -> None:
    first = p.refunded(captured(), paid_back(1000))
    assert "waits for its provider (refund)" in (p.why_no_refund(first, 1) or "")
    part = answered(first, done(at_provider(ProviderStatus.CAPTURED, 1234, 1000)))
    assert part.state is S.PART_REFUNDED
    assert p.why_no_refund(part, 235) == "235 cents are more than the 234 that are left of s-1"
    whole = answered(p.refunded(part, paid_back(234)), done(at_provider(ProviderStatus.CAPTURED, 1234, 1234)))
    assert whole.state is S.REFUNDED
    keys = [operation_of(p.refunded(each, paid_back(234))).key for each in (captured(), part)]
    assert keys == ["s-1:3:refund", "s-1:4:refund"]


@pytest.mark.parametrize("cents", [0, -5])
def test_a_refund_of_nothing_is_refused(cents: int) -> None:
    with pytest.raises(ValueError, match="one cent at least"):
        p.refunded(captured(), paid_back(cents))


def test_what_is_not_captured_is_not_refunded() -> None:
    with pytest.raises(ValueError, match="s-1 is held: only what is captured"):
        p.refunded(held(), paid_back(1))


def test_a_refund_that_is_declined_leaves_the_payment_as_it_was() -> None:
    payment = answered(p.refunded(captured(), paid_back(1000)), declined("charge_disputed", "It is disputed"))
    assert (payment.state, payment.operation, payment.refunded_cents) == (S.CAPTURED, None, 0)


def test_a_capture_that_is_declined_is_looked_up_and_the_bill_stays_owed_where_the_hold_was_too_old() -> None:
    payment = answered(p.billed(held(), 1234, T0), declined("unexpected_state", "It is canceled"))
    assert payment.state is S.CAPTURING
    assert p.is_looked_up_first(operation_of(payment), after(2))
    found = p.looked_up(payment, "s-1:2:capture", done(at_provider(ProviderStatus.VOIDED)), after(2))
    assert (found.state, found.operation, found.owed_cents) == (S.VOIDED, None, 1234)


def test_a_capture_that_is_declined_is_asked_under_another_key_where_the_hold_is_there_and_ever_later() -> None:
    payment, waits = p.billed(held(), 1234, T0), []
    for number in range(3):
        now = after(number)
        payment = answered(payment, declined("processing_error", "No"), number)
        payment = p.looked_up(payment, operation_of(payment).key, done(AT_PROVIDER), now)
        waits.append((p.tries_at(operation_of(payment)) - now).total_seconds())
        assert operation_of(payment).key == f"s-1:{number + 3}:capture"
    assert waits == [1, 2, 4]


def test_after_20_hours_a_payment_is_looked_up_before_it_is_asked_again() -> None:
    payment = answered(asked(), AWAY)
    operation = operation_of(payment)
    assert not p.is_looked_up_first(operation, T0 + timedelta(hours=19.9))
    late = T0 + timedelta(hours=20)
    assert p.is_looked_up_first(operation, late)
    nothing = p.looked_up(payment, operation.key, done(None), late)
    assert operation_of(nothing).key == "s-1:2:authorize"
    assert p.tries_at(operation_of(nothing)) > after(1)
    assert not p.is_looked_up_first(operation_of(nothing), late)
    assert p.looked_up(payment, operation.key, done(AT_PROVIDER), late).state is S.HELD
    assert operation_of(p.looked_up(payment, operation.key, AWAY, late)).attempts == 2


def test_a_look_that_somebody_wanted_leaves_what_is_on_its_way_as_it_is() -> None:
    payment = answered(asked(), AWAY)
    late = T0 + timedelta(hours=21)
    look = p.due_of(payment, late, is_look=True)
    assert look.is_look
    assert p.looked_up(payment, look.key, done(None), late) == payment
    assert p.looked_up(payment, look.key, AWAY, late) == payment
    assert p.looked_up(payment, look.key, done(AT_PROVIDER), late).state is S.HELD


def test_an_answer_to_another_question_tells_how_the_payment_stands_and_no_more() -> None:
    payment = p.billed(held(), 1234, T0)
    late = p.heard(payment, "s-1:1:authorize", declined("card_declined", "No"), after(9))
    assert late == payment
    stranger = changed(at_provider(ProviderStatus.VOIDED), reference="s-2")
    assert p.heard(payment, "s-1:2:capture", done(stranger), after(9)) == payment
    assert p.seen(payment, changed(at_provider(ProviderStatus.VOIDED), payment_id="pi_2"), after(9)) == payment


def test_a_hold_is_used_again_by_the_same_driver_at_the_same_point_for_ten_minutes() -> None:
    assert p.is_used_again(held(), ALICE, CP, T0 + timedelta(minutes=9))
    assert not p.is_used_again(held(), ALICE, CP, T0 + timedelta(minutes=10))
    assert not p.is_used_again(held(), BOB, CP, T0)
    assert not p.is_used_again(held(), ALICE, "CP-002", T0)
    assert not p.is_used_again(p.given_up(asked(), T0), ALICE, CP, T0)
    assert not p.is_used_again(captured(), ALICE, CP, T0)
    assert not p.is_used_again(asked(), ALICE, CP, T0)


def test_a_hold_that_is_used_again_pays_the_other_session_alone() -> None:
    before, later = p.passed_on(held(), "s-2")
    assert (before.state, later.state, later.session_id) == (S.PASSED_ON, S.HELD, "s-2")
    for change in (p.given_up(before, T0), p.billed(before, 5, T0), p.seen(before, LOOKS[1], T0)):
        assert change == before
    capture = operation_of(p.billed(later, 1234, T0))
    assert capture.key == "s-1:2:capture"
    end = p.heard(p.billed(later, 1234, T0), capture.key, done(at_provider(ProviderStatus.CAPTURED, 1234)), T0)
    assert (end.state, end.session_id, end.captured_cents) == (S.CAPTURED, "s-2", 1234)


@pytest.mark.parametrize("payment", [asked, captured, lambda: p.given_up(held(), T0)])
def test_what_is_not_held_is_not_used_again(payment: Callable[[], Payment]) -> None:
    with pytest.raises(ValueError, match="cannot be used again: it is"):
        p.passed_on(payment(), "s-2")


LOOKS = (
    at_provider(),
    at_provider(ProviderStatus.CAPTURED, 1234),
    at_provider(ProviderStatus.CAPTURED, 1234, 400),
    changed(at_provider(ProviderStatus.CAPTURED, 1234, 400), dispute=Dispute.OPEN),
    changed(at_provider(ProviderStatus.CAPTURED, 1234, 400), dispute=Dispute.LOST),
)


def test_looks_come_to_the_same_in_any_order_and_however_often() -> None:
    ends = set()
    for order in permutations((*LOOKS, LOOKS[2])):
        payment = p.billed(held(), 1234, T0)
        for number, look in enumerate(order):
            payment = p.seen(payment, look, after(number))
        ends.add((payment.state, payment.known, payment.operation))
    assert ends == {(S.LOST, LOOKS[-1], None)}


def test_looks_that_are_merged_do_not_depend_on_their_order() -> None:
    for a, b, c in permutations(LOOKS, 3):
        assert merged(merged(a, b), c) == merged(a, merged(b, c)) == merged(merged(c, b), a)
        assert merged(a, a) == a


outcomes = st.sampled_from([AWAY, declined("card_declined", "No"), *map(done, LOOKS)])
steps = st.lists(
    st.one_of(
        outcomes.map(lambda outcome: ("answered", outcome)),
        st.sampled_from(LOOKS).map(lambda look: ("seen", look)),
        st.tuples(st.sampled_from(["billed", "raised", "refunded"]), st.integers(0, 9000)),
        st.just(("given_up", None)),
    ),
    max_size=12,
)


def reachable(state: PaymentState) -> set[PaymentState]:
    found = {state}
    for _ in MOVES:
        found |= {after for before in found for after in MOVES[before]}
    return found


@searched(400)
@given(steps=steps)
def test_no_step_of_a_payment_leads_back(steps: list[tuple[str, object]]) -> None:
    payment = asked()
    keys: set[str] = set()
    for number, (step, what) in enumerate(steps):
        now, before = after(number), payment
        if payment.operation is not None:
            keys.add(payment.operation.key)
        if step == "answered" and payment.operation is not None and payment.state is not S.DECLINED:
            assert isinstance(what, ProviderOutcome)
            payment = p.heard(payment, payment.operation.key, what, now)
        elif step == "seen" and payment.state is not S.DECLINED:
            assert isinstance(what, ProviderPayment)
            payment = p.seen(payment, what, now)
        elif step == "given_up":
            payment = p.given_up(payment, now)
        elif isinstance(what, int):
            payment = _ordered(payment, step, what, number)
        assert payment.state in reachable(before.state)
        assert payment.captured_cents <= payment.held_cents
        captures = {key for key in keys if key.endswith("capture")}
        assert len(captures) <= 1


def _ordered(payment: Payment, step: str, cents: int, number: int) -> Payment:
    if step == "billed":
        return p.billed(payment, cents, after(number))
    if step == "raised":
        return p.raised(payment, cents, after(number))
    return payment if p.why_no_refund(payment, cents) else p.refunded(payment, paid_back(cents, f"r-{number}"))
