"""A session ends before its time: its driver ends it, or an operator, and it bills exactly what flowed."""

from datetime import timedelta

import pytest

from evcharging.common.messages import DriverUpdate, EndReason, StopSupply, UpdateStatus
from evcharging.common.messages_operators import Actor, ActorKind, AssignTariff, EndSession, OperatorAnswer
from evcharging.common.messages_tariff import Element, Tariff
from evcharging.common.utils import changed
from evcharging.domain.access.action import OperatorAction
from evcharging.domain.session import Bill, Session, SessionStatus, how_it_ended
from evcharging.roles.central.ending import OVER, STAYS
from evcharging.roles.orders import TOO_LATE, USED
from evcharging.tests.stages.central_stage import CentralStage, ask, begun, final
from evcharging.tests.stages.scenario import ALICE, BOB, CP, T0, after, all_of, another, kinds, the

ELEMENT = Element(energy_micro_euros_per_kwh=200_000, idle_micro_euros_per_minute=100_000)
IDLE = Tariff(version_id="idle@1", zone="UTC", elements=(ELEMENT,))
OPERATOR = Actor(kind=ActorKind.PERSON, id="account-1", via="http", role="operator")


def driver(driver_id: str) -> Actor:
    return Actor(kind=ActorKind.DRIVER, id=driver_id, via="http", role="driver")


def end(session: Session, actor: Actor | None = None, **fields: object) -> EndSession:
    order = EndSession(
        ts=T0,
        request_id=another("end"),
        cp_id=session.cp_id,
        session_id=session.session_id,
        actor=actor or driver(session.driver_id),
    )
    return changed(order, **fields)


def refusal(central: CentralStage, order: EndSession) -> str | None:
    """The sentence with which nothing is done."""
    answers = central.tell(order)
    said = the(OperatorAnswer, answers).refusal
    assert kinds(answers) == ["OperatorAnswer", *(["OperatorAction"] if said else [])]
    return said


@pytest.mark.parametrize(
    ("actor", "by", "status"),
    [
        (driver(ALICE), EndReason.DRIVER, UpdateStatus.COMPLETED),
        (OPERATOR, EndReason.STOPPED, UpdateStatus.FAILED),
    ],
)
def test_a_session_that_is_ended_bills_exactly_what_flowed(
    central: CentralStage, actor: Actor, by: EndReason, status: UpdateStatus
) -> None:
    session = central.supply()
    answers = central.tell(end(session, actor))
    assert kinds(answers) == ["StopSupply", "OperatorAnswer", "OperatorAction"]
    action = the(OperatorAction, answers)
    assert (action.action, action.subject, action.actor_id) == ("end_session", session.session_id, actor.id)
    order = the(StopSupply, answers)
    assert (order.session_id, order.by_driver) == (session.session_id, by is EndReason.DRIVER)
    assert the(OperatorAnswer, answers).refusal is None
    ended = central.tell(final(session, 30_555, by, seconds=5))
    bill, update = the(Bill, ended), the(DriverUpdate, ended)
    assert (bill.energy_mwh, bill.ended_by) == (30_555, by.value)
    assert update.ticket is not None
    assert (update.status, update.ticket.ended_by) == (status, by.value)


def test_what_has_not_begun_never_begins_and_its_point_is_free(central: CentralStage) -> None:
    session = central.authorise()
    answers = central.tell(end(session))
    assert kinds(answers) == ["StopSupply", "Session", "DriverUpdate", "PointShown", "OperatorAnswer", "OperatorAction"]
    failed, update = the(Session, answers), the(DriverUpdate, answers)
    assert (failed.status, failed.ended_by) == (SessionStatus.FAILED, EndReason.DRIVER)
    assert how_it_ended(failed) == "stopped by the driver: it had not begun"
    assert (update.status, update.reason, update.ticket) == (UpdateStatus.FAILED, how_it_ended(failed), None)
    assert all_of(StopSupply, central.wait(6)) == []
    assert central.authorise(ask("R-2")).session_id != session.session_id


def test_what_had_begun_meanwhile_is_stopped_again_and_billed(central: CentralStage) -> None:
    session = central.authorise()
    central.tell(end(session))
    assert the(StopSupply, central.tell(begun(session))).session_id == session.session_id
    bill = the(Bill, central.tell(final(session, 6_111, EndReason.DRIVER, seconds=1)))
    assert (bill.energy_mwh, bill.ended_by) == (6_111, "stopped by the driver")


def test_the_session_of_another_driver_is_as_unknown_as_one_that_there_is_not(central: CentralStage) -> None:
    session = central.supply()
    assert refusal(central, end(session, driver(BOB))) == f"{session.session_id} is not a known session"
    assert refusal(central, end(session, session_id="S-none")) == "S-none is not a known session"
    assert refusal(central, end(session, cp_id="CP-002")) == f"{session.session_id} is not a known session"
    central.tell(final(session))
    assert refusal(central, end(session, driver(BOB))) == f"{session.session_id} is not a known session"


def test_who_asks_again_is_told_that_it_is_done(central: CentralStage) -> None:
    session = central.supply()
    order = end(session)
    central.tell(order)
    assert refusal(central, changed(order, ts=after(1))) is None
    central.tell(final(session, 30_555, EndReason.DRIVER, seconds=5))
    assert refusal(central, end(session)) is None
    central.restart()
    assert refusal(central, end(session)) is None
    assert refusal(central, end(session, OPERATOR)) == OVER.format(session.session_id)


def test_a_key_that_was_used_for_another_session_is_refused(central: CentralStage) -> None:
    session = central.supply()
    order = end(session)
    central.tell(order)
    assert refusal(central, changed(order, session_id="S-other")) == USED


def test_what_has_ended_otherwise_cannot_be_ended(central: CentralStage) -> None:
    session = central.supply()
    central.tell(final(session))
    assert refusal(central, end(session)) == OVER.format(session.session_id)


def test_an_idle_session_ends_with_the_unplugging_alone(central: CentralStage) -> None:
    central.tell(AssignTariff(ts=T0, request_id=another("assign"), cp_id=CP, tariff=IDLE))
    session = central.supply()
    central.tell(changed(final(session), plugged=True))
    assert central.session(session.session_id).status is SessionStatus.IDLE
    assert refusal(central, end(session)) == STAYS.format(session.session_id)


def test_an_order_that_comes_too_late_is_not_carried_out(central: CentralStage) -> None:
    session = central.supply()
    central.now += timedelta(seconds=6)
    assert refusal(central, end(session)) == TOO_LATE
