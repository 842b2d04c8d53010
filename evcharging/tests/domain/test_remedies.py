"""What is done about payments that differ: looked up here, released there, or told to somebody."""

from datetime import timedelta

from evcharging.common.utils import changed
from evcharging.domain import payment_steps as p
from evcharging.domain.provider import ProviderStatus
from evcharging.domain.reconcile import RELEASED_WITHIN
from evcharging.domain.remedies import Remedies, remedies, void_key
from evcharging.tests.domain.test_payment import AT_PROVIDER, at_provider, held
from evcharging.tests.stages.scenario import T0

LATE = T0 + RELEASED_WITHIN


def test_each_difference_has_its_remedy() -> None:
    orphan = changed(AT_PROVIDER, reference="s-8", payment_id="pi_8")
    taken = changed(at_provider(ProviderStatus.CAPTURED, 700), reference="s-9", payment_id="pi_9")
    to_do = remedies([held()], [at_provider(ProviderStatus.CAPTURED, 700), orphan, taken], {}, LATE)
    assert to_do.looks == (held(),)
    assert to_do.voids == ("pi_8",)
    assert [each.reference for each in to_do.told] == ["s-9"]


def test_the_session_that_uses_a_hold_again_is_looked_up_and_not_the_one_before() -> None:
    before, payment = p.passed_on(held(), "s-2")
    to_do = remedies([before, payment], [at_provider(ProviderStatus.VOIDED)], {}, T0)
    assert [each.session_id for each in to_do.looks] == ["s-2"]


def test_how_long_a_hold_may_be_left_over_is_said_by_who_asks() -> None:
    ended, within = {"s-1": T0}, timedelta(seconds=8)
    assert remedies([held()], [AT_PROVIDER], ended, T0 + within) == Remedies()
    assert remedies([held()], [AT_PROVIDER], ended, T0 + within, within).voids == ("pi_1",)


def test_a_hold_is_released_under_the_same_key_however_often_it_is_found() -> None:
    assert void_key("pi_8") == "reconcile:pi_8:void"
