"""Payments are compared both ways: what is held for nobody is released, and what only people can know is told."""

from datetime import datetime, timedelta

from evcharging.common.utils import changed
from evcharging.domain import payment_steps as p
from evcharging.domain.payment import Payment
from evcharging.domain.provider import ProviderPayment, ProviderStatus, done, unknown
from evcharging.domain.reconcile import Remedy, differences
from evcharging.tests.domain.test_payment import AT_PROVIDER, answered, asked, at_provider, captured, held
from evcharging.tests.stages.scenario import T0

SOON, LATE = T0 + timedelta(minutes=14), T0 + timedelta(minutes=15)


def found(
    ours: list[Payment], theirs: list[ProviderPayment], now: datetime = LATE, *, ended: bool = False
) -> list[tuple[Remedy, str]]:
    """The remedies, and for which of our references."""
    moments = {"s-1": T0} if ended else {}
    return [(each.remedy, each.reference) for each in differences(ours, theirs, moments, now)]


def test_what_is_alike_needs_nothing() -> None:
    assert found([held()], [AT_PROVIDER]) == []
    assert found([captured()], [at_provider(ProviderStatus.CAPTURED, 1234)]) == []
    assert found([], []) == []


def test_a_hold_that_nobody_here_knows_is_released_once_it_is_not_young() -> None:
    orphan = changed(AT_PROVIDER, reference="s-9", payment_id="pi_9")
    assert found([held()], [AT_PROVIDER, orphan], SOON) == []
    assert found([held()], [AT_PROVIDER, orphan]) == [(Remedy.VOID, "s-9")]


def test_a_second_hold_for_the_same_session_is_released() -> None:
    second = changed(AT_PROVIDER, payment_id="pi_2")
    assert found([held()], [second, AT_PROVIDER]) == [(Remedy.VOID, "s-1")]


def test_money_that_nobody_here_knows_is_told_until_it_is_paid_back() -> None:
    taken = changed(at_provider(ProviderStatus.CAPTURED, 700), reference="s-9")
    assert found([], [taken]) == [(Remedy.TELL, "s-9")]
    assert found([], [changed(taken, refunded_cents=700)]) == []
    assert found([], [changed(taken, status=ProviderStatus.VOIDED, captured_cents=0)]) == []


def test_what_the_provider_has_otherwise_is_looked_at() -> None:
    assert found([held()], [at_provider(ProviderStatus.CAPTURED, 700)]) == [(Remedy.LOOK, "s-1")]
    assert found([asked()], [AT_PROVIDER]) == [(Remedy.LOOK, "s-1")]


def test_more_than_was_billed_is_told() -> None:
    more = changed(at_provider(ProviderStatus.CAPTURED, 2000))
    payment = p.seen(p.billed(held(), 1234, T0), more, T0)
    assert found([payment], [more]) == [(Remedy.TELL, "s-1")]
    whole = changed(more, refunded_cents=766)
    assert found([p.seen(payment, whole, T0)], [whole]) == []


def test_a_hold_is_released_a_quarter_of_an_hour_after_its_session() -> None:
    assert found([held()], [AT_PROVIDER], SOON, ended=True) == []
    assert found([held()], [AT_PROVIDER], ended=True) == [(Remedy.VOID, "s-1")]
    assert found([p.billed(held(), 1234, T0)], [AT_PROVIDER], ended=True) == []


def test_a_hold_that_was_passed_on_is_compared_once_for_the_session_that_has_it() -> None:
    both = list(p.passed_on(held(), "s-2"))
    assert found(both, [AT_PROVIDER]) == []
    assert found(both, [AT_PROVIDER], ended=True) == []
    assert found(both, [changed(AT_PROVIDER, held_cents=6000)]) == [(Remedy.LOOK, "s-1")]


def test_what_is_here_and_not_there_is_looked_for_or_told() -> None:
    assert found([answered(asked(), unknown("no answer"))], []) == [(Remedy.LOOK, "s-1")]
    assert found([captured()], []) == [(Remedy.TELL, "s-1")]
    voided = answered(p.given_up(held(), T0), done(at_provider(ProviderStatus.VOIDED)))
    assert found([voided], []) == []
