"""An operator stops a point once its supply has ended: whoever charges goes on, and nobody else begins."""

import pytest

from evcharging.common.messages import Action, CentralCommand, DriverUpdate
from evcharging.common.messages_operators import OperatorAnswer, OperatorRequest, StopAfterSupply
from evcharging.common.states import CPState
from evcharging.domain.access.action import OperatorAction
from evcharging.domain.charging_point import Point
from evcharging.roles.orders import TOO_LATE
from evcharging.tests.stages.central_stage import CentralStage, ask, begun, final, well
from evcharging.tests.stages.scenario import BOB, CP, T0, all_of, another, the

S = CPState


def stop_after(cp_id: str = CP) -> StopAfterSupply:
    return StopAfterSupply(ts=T0, request_id=another("stop-after"), cp_id=cp_id)


def operate(action: Action) -> OperatorRequest:
    return OperatorRequest(ts=T0, request_id=another("operator"), cp_id=CP, action=action)


def commanded(effects: list[object]) -> list[Action]:
    return [command.action for command in all_of(CentralCommand, effects)]


def test_the_supply_goes_on_and_the_point_is_stopped_with_its_end(central: CentralStage) -> None:
    session = central.supply()
    answers = central.tell(stop_after())
    assert the(OperatorAnswer, answers).refusal is None
    assert the(OperatorAction, answers).action == "stop_after_supply"
    assert commanded([*answers]) == []
    shown = central.shown()
    assert (shown.state, shown.stopped, shown.finishing) == (S.SUPPLYING, True, True)
    ended = central.tell(final(session))
    assert commanded([*ended]) == [Action.STOP]
    assert not all_of(Point, ended)
    shown = central.shown()
    assert (shown.state, shown.stopped, shown.finishing) == (S.STOPPED, True, False)


def test_whoever_was_authorised_begins_and_nobody_else(central: CentralStage) -> None:
    session = central.authorise()
    central.tell(stop_after())
    assert central.shown().state is S.ACTIVATED
    denied = the(DriverUpdate, central.tell(ask("R-2", driver_id=BOB)))
    assert denied.reason == "CP-001 is stopped by the operator"
    central.tell(begun(session))
    assert central.shown().state is S.SUPPLYING
    central.tell(final(session))
    assert central.shown().state is S.STOPPED


def test_an_engine_that_supplies_is_not_reminded_of_the_stop_and_one_that_is_done_is(central: CentralStage) -> None:
    session = central.supply()
    central.tell(stop_after())
    assert commanded([*central.tell(central.status(S.SUPPLYING))]) == []
    central.tell(final(session))
    assert commanded([*central.tell(central.status(S.ACTIVATED))]) == [Action.STOP]


def test_a_resume_takes_it_back_and_a_stop_ends_the_supply(central: CentralStage) -> None:
    session = central.supply()
    central.tell(stop_after(), operate(Action.RESUME))
    assert (central.shown().stopped, central.shown().finishing) == (False, False)
    central.tell(stop_after())
    assert commanded([*central.tell(operate(Action.STOP))]) == [Action.STOP]
    assert not central.shown().finishing
    central.tell(final(session))
    assert central.shown().state is S.STOPPED


def test_where_nobody_charges_it_is_a_stop(central: CentralStage) -> None:
    assert commanded([*central.tell(stop_after())]) == [Action.STOP]
    assert central.shown().state is S.STOPPED


def test_a_point_that_was_stopped_while_it_supplies_is_not_let_go_on(central: CentralStage) -> None:
    central.supply()
    central.tell(operate(Action.STOP))
    assert commanded([*central.tell(stop_after())]) == [Action.STOP]
    assert not central.shown().finishing


def test_it_is_not_forgotten_with_a_start_of_central(central: CentralStage) -> None:
    session = central.supply()
    central.tell(stop_after())
    central.restart()
    central.tell(well())
    assert central.shown().finishing
    assert Action.STOP in commanded([*central.tell(final(session))])
    assert central.every(Point)[CP].stopped


@pytest.mark.parametrize(("cp_id", "late", "why"), [("CP-404", 0, "not a known"), (CP, 5.001, TOO_LATE)])
def test_it_is_refused_in_one_sentence(central: CentralStage, cp_id: str, late: float, why: str) -> None:
    central.supply()
    central.wait(late)
    refusal = the(OperatorAnswer, central.tell(stop_after(cp_id))).refusal
    assert refusal is not None
    assert why in refusal
    assert not central.shown().stopped
