"""What Central shows of a point is computed from four facts; who may charge there follows from what is shown."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evcharging.common.messages import CPStatus
from evcharging.common.messages_operators import RegisterPoint
from evcharging.common.states import CPState
from evcharging.common.utils import changed, from_json, to_json
from evcharging.domain.charging_point import (
    LastStatus,
    Point,
    is_news,
    price_of,
    refusal,
    registered,
    reported,
    shown_state,
)
from evcharging.tests.laws.any_message import any_of
from evcharging.tests.stages.scenario import CP, T0, after, law

S = CPState
POINT = Point(cp_id=CP)
UNHEARD = LastStatus(cp_id=CP)
ASKED = LastStatus(cp_id=CP, micro_euros_per_kwh=300_000)


# The truth table


@pytest.mark.parametrize(("well", "stopped", "supplying"), list(product([False, True], repeat=3)))
def test_without_a_link_a_point_is_disconnected_whatever_else_is_said(
    well: bool, stopped: bool, supplying: bool
) -> None:
    assert shown_state(linked=False, well=well, stopped=stopped, supplying=supplying) is S.DISCONNECTED


@pytest.mark.parametrize(("stopped", "supplying"), list(product([False, True], repeat=2)))
def test_a_linked_point_whose_engine_is_not_well_is_in_fault(stopped: bool, supplying: bool) -> None:
    assert shown_state(linked=True, well=False, stopped=stopped, supplying=supplying) is S.FAULT


@pytest.mark.parametrize(
    ("stopped", "supplying", "state"),
    [
        (False, False, S.ACTIVATED),
        (False, True, S.SUPPLYING),
        (True, False, S.STOPPED),
        (True, True, S.SUPPLYING),
    ],
)
def test_a_linked_and_well_point_shows_what_it_does(stopped: bool, supplying: bool, state: CPState) -> None:
    assert shown_state(linked=True, well=True, stopped=stopped, supplying=supplying) is state


# Who may charge


def test_a_free_healthy_point_refuses_nobody() -> None:
    assert refusal(CP, S.ACTIVATED, None, busy=False, stopped=False) is None


@pytest.mark.parametrize(
    ("shown", "reason", "busy", "stopped", "sentence"),
    [
        (S.DISCONNECTED, None, False, False, "CP-001 is offline"),
        (S.DISCONNECTED, None, True, True, "CP-001 is offline"),
        (S.FAULT, "no power", False, False, "CP-001 is faulty: no power"),
        (S.FAULT, None, False, False, "CP-001 is faulty: fault"),
        (S.FAULT, "no power", True, True, "CP-001 is faulty: no power"),
        (S.STOPPED, None, False, True, "CP-001 is stopped by the operator"),
        (S.STOPPED, None, True, True, "CP-001 is stopped by the operator"),
        (S.SUPPLYING, None, True, False, "CP-001 is busy"),
        (S.SUPPLYING, None, True, True, "CP-001 is stopped by the operator"),
        (S.ACTIVATED, None, True, False, "CP-001 is busy"),
    ],
)
def test_a_point_that_cannot_serve_refuses_in_one_sentence(
    shown: CPState, reason: str | None, busy: bool, stopped: bool, sentence: str
) -> None:
    assert refusal(CP, shown, reason, busy=busy, stopped=stopped) == sentence


# Registration


def registration(location: str | None = None, euros_per_kwh: float | None = None) -> RegisterPoint:
    return RegisterPoint(ts=T0, request_id="R-1", cp_id=CP, location=location, euros_per_kwh=euros_per_kwh)


def test_a_registration_says_where_a_point_is_and_what_it_costs() -> None:
    point = registered(POINT, registration("North car park", 0.35), T0)
    assert (point.location, point.own_micro_euros_per_kwh, point.registered_at) == ("North car park", 350_000, T0)


def test_what_a_registration_leaves_out_stays_as_it_was() -> None:
    point = registered(registered(POINT, registration("North car park", 0.35), T0), registration(), after(60))
    assert (point.location, point.own_micro_euros_per_kwh, point.registered_at) == ("North car park", 350_000, T0)


def test_a_registration_without_details_leaves_the_defaults() -> None:
    point = registered(POINT, registration(), T0)
    assert (point.location, point.own_micro_euros_per_kwh) == ("unknown location", None)


def test_a_price_of_nothing_is_a_price() -> None:
    assert price_of(registered(POINT, registration(euros_per_kwh=0.0), T0), ASKED) == 0


def test_the_price_of_the_engine_counts_until_one_is_registered() -> None:
    assert price_of(POINT, ASKED) == 300_000
    assert price_of(registered(POINT, registration(euros_per_kwh=0.25), T0), ASKED) == 250_000


@law
@given(message=any_of(RegisterPoint))
def test_a_registration_that_comes_twice_changes_nothing_more(message: RegisterPoint) -> None:
    once = registered(POINT, message, T0)
    assert registered(once, message, after(60)) == once


# What engines say


def test_an_engine_says_its_power_price_and_condition() -> None:
    said = CPStatus(
        ts=T0,
        epoch=3,
        seq=7,
        cp_id=CP,
        state=S.FAULT,
        kw_rate=22.5,
        euro_rate=0.3,
        register_mwh=5,
        manual=True,
        plugged=True,
        reason="no power",
    )
    status = reported(UNHEARD, said)
    assert (status.power_w, status.micro_euros_per_kwh, status.epoch, status.seq) == (22_500, 300_000, 3, 7)
    assert (status.state, status.reason, status.manual, status.plugged) == (S.FAULT, "no power", True, True)


@pytest.mark.parametrize(
    ("epoch", "seq", "news"),
    [(2, 6, True), (3, 1, True), (2, 5, False), (2, 4, False), (1, 900, False), (2**63 - 1, 2**63 - 1, True)],
)
def test_only_what_an_engine_said_after_its_last_known_word_is_news(epoch: int, seq: int, news: bool) -> None:
    said = CPStatus(ts=T0, cp_id=CP, state=S.ACTIVATED, kw_rate=22, euro_rate=0.3, register_mwh=0, epoch=epoch, seq=seq)
    assert is_news(changed(UNHEARD, epoch=2, seq=5), said) is news


@law
@given(message=any_of(CPStatus), earlier=st.booleans())
def test_what_an_engine_said_is_not_news_a_second_time(message: CPStatus, earlier: bool) -> None:
    status = reported(UNHEARD, message)
    assert not is_news(status, message)
    assert not is_news(status, changed(message, seq=max(0, message.seq - earlier)))


# Records


def test_a_point_is_known_by_its_id_and_comes_back_from_its_record() -> None:
    assert POINT.key == CP
    assert from_json(Point, to_json(POINT)) == POINT
