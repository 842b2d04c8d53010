"""Rules look at what is known of a point, and answer yes, no, or that nobody knows."""

import pytest

from evcharging.domain.alert import BY_CODE, OF_POINTS, OF_SESSIONS, RULES, AlertCode, PointFacts

A = AlertCode
WELL = PointFacts(linked=True)


def holding(facts: PointFacts) -> set[AlertCode]:
    return {rule.code for rule in OF_POINTS if rule.holds is not None and rule.holds(facts)}


def unknown(facts: PointFacts) -> set[AlertCode]:
    return {rule.code for rule in OF_POINTS if rule.holds is not None and rule.holds(facts) is None}


@pytest.mark.parametrize(
    ("facts", "rules"),
    [
        (WELL, set()),
        (PointFacts(linked=True, trouble="smoke"), {A.FAULT}),
        (PointFacts(linked=True, trouble="no engine", announced=False), {A.UNANNOUNCED}),
        (PointFacts(linked=True, has_readings=False), {A.NO_READINGS}),
        (PointFacts(linked=True, limit_kept=False), {A.LIMIT_NOT_KEPT}),
        (PointFacts(linked=True, occupied=True), {A.IDLE_LONG}),
        (PointFacts(linked=True, reserved_in_vain=True), {A.RESERVED_IN_VAIN}),
        (PointFacts(linked=False), {A.OFFLINE}),
        (PointFacts(linked=False, trouble="smoke", limit_kept=False), {A.OFFLINE, A.LIMIT_NOT_KEPT}),
    ],
)
def test_a_rule_holds_where_what_it_is_about_is_so(facts: PointFacts, rules: set[AlertCode]) -> None:
    assert holding(facts) == rules


def test_of_a_point_that_is_not_heard_nobody_knows_what_its_engine_does() -> None:
    assert unknown(PointFacts(linked=False)) == {A.FAULT, A.UNANNOUNCED, A.NO_READINGS, A.OVERLOAD, A.IDLE_LONG}
    assert unknown(PointFacts(linked=True, has_readings=None)) == {A.NO_READINGS}
    assert unknown(WELL) == set()


def test_each_code_has_one_rule_and_only_those_of_bills_and_payments_look_at_no_point() -> None:
    assert set(BY_CODE) == set(AlertCode)
    assert len(RULES) == len(AlertCode)
    assert {rule.code for rule in RULES} - {rule.code for rule in OF_POINTS} == set(OF_SESSIONS)
