"""What operators ask: a point becomes known, is taken out of service and brought back; hands at the point from afar."""

import pytest

from evcharging.common.messages import Action, CentralCommand, DriverUpdate, EndReason, UpdateStatus
from evcharging.common.messages_operators import (
    AssignTariff,
    NameTariff,
    OperatorAnswer,
    OperatorRequest,
    RegisterPoint,
    RetirePoint,
)
from evcharging.common.messages_view import NoticeShown, PointShown
from evcharging.common.states import CPState
from evcharging.common.utils import changed
from evcharging.domain.charging_point import Point
from evcharging.domain.notice import Notice
from evcharging.domain.session import Bill, Session
from evcharging.roles.central import shard
from evcharging.roles.orders import TOO_LATE, USED
from evcharging.tests.stages.central_stage import CentralStage, ask, final, ill, well
from evcharging.tests.stages.scenario import BOB, CP, T0, all_of, another, kinds, the

S = CPState
BY_HAND = [Action.PLUG, Action.UNPLUG, Action.FAULT, Action.RECOVER]


def register(
    cp_id: str = CP, location: str | None = None, euros_per_kwh: float | None = None, request_id: str = "register-2"
) -> RegisterPoint:
    return RegisterPoint(ts=T0, request_id=request_id, cp_id=cp_id, location=location, euros_per_kwh=euros_per_kwh)


def operate(action: Action, cp_id: str = CP) -> OperatorRequest:
    return OperatorRequest(ts=T0, request_id=another("operator"), cp_id=cp_id, action=action)


def test_a_request_that_nobody_waits_for_any_more_is_not_carried_out(central: CentralStage) -> None:
    central.wait(5.001)
    answers = central.tell(operate(Action.STOP))
    assert kinds(answers) == ["OperatorAnswer", "OperatorAction"]
    assert the(OperatorAnswer, answers).refusal == TOO_LATE
    assert central.shown().state is S.ACTIVATED


@pytest.mark.parametrize("kind", [AssignTariff, NameTariff])
def test_a_tariff_that_is_given_again_later_changes_nothing(
    central: CentralStage, kind: type[AssignTariff | NameTariff]
) -> None:
    fields = {"tariff_id": "day"} if kind is NameTariff else {"tariff": None}
    central.wait(5.001)
    order = kind(ts=T0, request_id=another("tariff"), cp_id=CP, **fields)
    answers = central.tell(order)
    assert kinds(answers) == ["OperatorAnswer", "OperatorAction"]
    assert the(OperatorAnswer, answers).refusal == TOO_LATE


# Registration


def test_a_registration_that_is_said_again_later_changes_nothing_and_brings_no_retired_point_back(
    central: CentralStage,
) -> None:
    central.wait(5.001)
    late = register(location="North car park", request_id=another("register"))
    assert the(OperatorAnswer, central.tell(late)).refusal == TOO_LATE
    assert kinds(central.tell(register(request_id=another("register")))) == ["OperatorAnswer"]
    central.tell(RetirePoint(ts=central.now, request_id=another("retire"), cp_id=CP))
    back = central.tell(register(request_id=another("register")))
    assert the(OperatorAnswer, back).refusal == TOO_LATE
    assert "Point" not in kinds(back)


def test_a_point_that_was_never_known_may_be_registered_late() -> None:
    stage = CentralStage()
    stage.wait(3600)
    assert the(OperatorAnswer, stage.tell(register())).refusal is None


def test_a_point_that_registers_becomes_known_and_is_shown_disconnected() -> None:
    stage = CentralStage()
    answers = stage.tell(register(location="North car park", euros_per_kwh=0.35))
    made = ["Point", "Notice", "NoticeShown", "QueryStatus", "PointShown", "OperatorAnswer", "OperatorAction"]
    assert kinds(answers) == made
    view = the(PointShown, answers)
    assert (view.cp_id, view.state, view.location, view.euros_per_kwh) == (CP, S.DISCONNECTED, "North car park", 0.35)
    answer = the(OperatorAnswer, answers)
    assert (answer.request_id, answer.cp_id, answer.refusal) == ("register-2", CP, None)
    assert the(NoticeShown, answers).text == "CP-001 registered"


def test_registering_again_answers_and_changes_nothing(central: CentralStage) -> None:
    assert kinds(central.tell(register())) == ["OperatorAnswer"]


def test_registering_again_with_details_changes_just_these(central: CentralStage) -> None:
    answers = central.tell(register(location="North car park"))
    assert kinds(answers) == ["Point", "PointShown", "OperatorAnswer", "OperatorAction"]
    assert (central.shown().location, central.shown().euros_per_kwh) == ("North car park", 0.30)


def test_registering_never_touches_a_running_session(central: CentralStage) -> None:
    session = central.supply()
    central.tell(register(location="South car park", euros_per_kwh=0.99))
    assert central.every(Session) == {session.session_id: session}
    assert central.shown().state is S.SUPPLYING
    assert the(Bill, central.tell(final(session))).micro_euros == 18_333


def test_a_registration_lasts_over_a_restart(central: CentralStage) -> None:
    central.tell(register(location="North car park", euros_per_kwh=0.35))
    central.restart()
    assert (central.shown().location, central.shown().euros_per_kwh) == ("North car park", 0.35)


# Stop and resume


def test_stop_shows_the_point_out_of_order_and_tells_its_engine(central: CentralStage) -> None:
    answers = central.tell(operate(Action.STOP))
    said = ["Point", "CentralCommand", "PointShown", "Notice", "NoticeShown", "OperatorAnswer", "OperatorAction"]
    assert kinds(answers) == said
    assert the(CentralCommand, answers).action is Action.STOP
    view = the(PointShown, answers)
    assert (view.state, view.stopped, view.reason) == (S.STOPPED, True, "stopped by the operator")
    assert (the(Notice, answers).level, the(Notice, answers).text) == (
        "warning",
        "CP-001 stopped by the operator",
    )


def test_resume_brings_the_point_back(central: CentralStage) -> None:
    central.tell(operate(Action.STOP))
    answers = central.tell(operate(Action.RESUME))
    assert the(CentralCommand, answers).action is Action.RESUME
    assert (the(PointShown, answers).state, the(PointShown, answers).stopped) == (S.ACTIVATED, False)
    assert the(NoticeShown, answers).text == "CP-001 back in service"


def test_resuming_what_was_never_stopped_is_answered_and_shows_nothing_new(central: CentralStage) -> None:
    answers = central.tell(operate(Action.RESUME))
    assert the(OperatorAnswer, answers).refusal is None
    assert all_of(PointShown, answers) == []


def test_a_stopped_point_serves_nobody(central: CentralStage) -> None:
    central.tell(operate(Action.STOP))
    update = the(DriverUpdate, central.tell(ask()))
    assert (update.status, update.reason) == (
        UpdateStatus.DENIED,
        "CP-001 is stopped by the operator",
    )


def test_a_stop_ends_the_running_supply_when_the_engine_says_so_and_nobody_may_follow(central: CentralStage) -> None:
    session = central.supply()
    answers = central.tell(operate(Action.STOP))
    assert the(PointShown, answers).stopped
    assert the(DriverUpdate, central.tell(ask("R-2", driver_id=BOB))).reason == ("CP-001 is stopped by the operator")
    ended = central.tell(final(session, 30_000, EndReason.STOPPED))
    assert the(DriverUpdate, ended).status is UpdateStatus.FAILED
    assert the(Bill, ended).energy_mwh == 30_000
    assert central.shown().state is S.STOPPED


def test_a_stop_lasts_over_a_restart_and_while_the_point_is_away(central: CentralStage) -> None:
    central.tell(operate(Action.STOP))
    central.restart()
    assert (central.shown().state, central.shown().stopped) == (S.DISCONNECTED, True)
    central.tell(well())
    assert central.shown().state is S.STOPPED


def test_a_point_may_be_stopped_and_resumed_while_it_is_away() -> None:
    stage = CentralStage()
    stage.tell(register())
    assert the(OperatorAnswer, stage.tell(operate(Action.STOP))).refusal is None
    assert stage.every(Point)[CP].stopped
    assert the(OperatorAnswer, stage.tell(operate(Action.RESUME))).refusal is None
    assert not stage.every(Point)[CP].stopped


def test_an_engine_that_was_away_hears_of_the_stop_when_it_comes_back(central: CentralStage) -> None:
    central.tell(operate(Action.STOP))
    assert the(CentralCommand, central.tell(central.status(S.ACTIVATED))).action is Action.STOP
    assert all_of(CentralCommand, central.tell(central.status(S.STOPPED))) == []


def test_a_stopped_point_that_breaks_and_recovers_is_stopped(central: CentralStage) -> None:
    central.tell(operate(Action.STOP), ill("smoke"))
    assert central.shown().state is S.FAULT
    central.tell(well())
    assert central.shown().state is S.STOPPED


# Hands from afar


@pytest.mark.parametrize("action", BY_HAND)
def test_a_hand_from_afar_reaches_the_engine_and_changes_nothing_else(central: CentralStage, action: Action) -> None:
    before = central.shown()
    answers = central.tell(operate(action))
    assert kinds(answers) == ["CentralCommand", "OperatorAnswer", "OperatorAction"]
    assert the(CentralCommand, answers).action is action
    assert the(OperatorAnswer, answers).refusal is None
    assert central.shown() == before


@pytest.mark.parametrize("action", BY_HAND)
def test_a_hand_from_afar_needs_the_point_to_be_there(action: Action) -> None:
    stage = CentralStage()
    stage.tell(register())
    answers = stage.tell(operate(action))
    assert kinds(answers) == ["OperatorAnswer", "OperatorAction"]
    answer = the(OperatorAnswer, answers)
    assert answer.refusal == f"CP-001 is offline and cannot {action}"


@pytest.mark.parametrize("action", Action)
def test_an_action_at_an_unknown_point_is_refused(central: CentralStage, action: Action) -> None:
    order = operate(action, "CP-404")
    answers = central.tell(order)
    assert kinds(answers) == ["OperatorAnswer", "OperatorAction"]
    answer = the(OperatorAnswer, answers)
    assert (answer.request_id, answer.cp_id) == (order.request_id, "CP-404")
    assert answer.refusal == "CP-404 is not a known charging point"


# The same order again


def test_an_order_that_comes_again_is_answered_and_done_once(central: CentralStage) -> None:
    order = operate(Action.STOP)
    central.tell(order, operate(Action.RESUME))
    [answer] = central.tell(changed(order, ts=central.now))
    assert isinstance(answer, OperatorAnswer)
    assert (answer.request_id, answer.refusal) == (order.request_id, None)
    assert not central.shown().stopped


def test_the_id_of_an_order_that_was_done_serves_no_other_order(central: CentralStage) -> None:
    order = operate(Action.STOP)
    central.tell(order)
    answers = central.tell(changed(operate(Action.RESUME), request_id=order.request_id))
    assert kinds(answers) == ["OperatorAnswer", "OperatorAction"]
    assert the(OperatorAnswer, answers).refusal == USED
    assert central.shown().stopped


def test_the_oldest_orders_are_forgotten(central: CentralStage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shard, "REMEMBERED", 2)
    first = operate(Action.STOP)
    central.tell(first, *(operate(Action.RESUME) for _ in range(2)))
    assert "CentralCommand" in kinds(central.tell(first))
