"""Alerts open once what they are about has gone on for long enough, go on over a restart, and close by themselves."""

from evcharging.common.messages import Limit
from evcharging.common.messages_operators import (
    AckAlert,
    Actor,
    ActorKind,
    LimitPoint,
    OperatorAnswer,
    RegisterPoint,
    RetirePoint,
    SettleSession,
)
from evcharging.common.states import CPState
from evcharging.common.utils import changed
from evcharging.domain.access.action import OperatorAction
from evcharging.domain.alert import Alert, AlertCode, AlertState
from evcharging.roles.orders import TOO_LATE
from evcharging.roles.role import Effect
from evcharging.tests.roles.central.test_central_plausibility import telemetry
from evcharging.tests.stages.central_stage import CentralStage, ask, begun, final, ill, well
from evcharging.tests.stages.scenario import CP, T0, after, all_of, another, the

A = AlertCode
ANA = Actor(kind=ActorKind.PERSON, id="account-1", via="http", role="operator")


def unclosed(central: CentralStage) -> list[AlertCode]:
    """The rules whose alerts go on."""
    return [alert.rule for alert in central.every(Alert).values() if alert.closed_at is None]


def offline(central: CentralStage, seconds: float) -> list[Effect]:
    """Nothing is heard of the point any more, and so much time passes after it is shown so."""
    return [*central.wait(10), *central.wait(seconds)]


def ack(alert: Alert, **fields: object) -> AckAlert:
    return changed(
        AckAlert(ts=T0, request_id=another("ack"), cp_id=alert.cp_id, alert_id=alert.alert_id, actor=ANA), **fields
    )


def test_a_fault_opens_an_alert_at_once_and_its_end_closes_it(central: CentralStage) -> None:
    opened = the(Alert, central.tell(ill("smoke")))
    assert (opened.rule, opened.state, opened.text) == (A.FAULT, AlertState.OPEN, "CP-001 is faulty: smoke")
    assert (opened.since, opened.opened_at) == (T0, T0)
    assert not all_of(Alert, central.tell(ill("fire")))
    closed = the(Alert, central.tell(well()))
    assert closed == changed(opened, state=AlertState.CLOSED, closed_at=central.now)


def test_each_fault_has_its_own_alert(central: CentralStage) -> None:
    for _ in range(2):
        central.tell(ill("smoke"), well())
    assert [alert.state for alert in central.every(Alert).values()] == [AlertState.CLOSED] * 2


def test_a_point_that_is_away_for_a_minute_is_told_of(central: CentralStage) -> None:
    assert not all_of(Alert, offline(central, 59))
    opened = the(Alert, central.wait(1))
    assert (opened.rule, opened.since, opened.opened_at) == (A.OFFLINE, after(10), after(70))
    assert the(Alert, central.tell(well(2))).state is AlertState.CLOSED


def test_a_point_that_is_soon_back_is_not_told_of(central: CentralStage) -> None:
    offline(central, 59)
    central.tell(well(2))
    central.now = after(71)
    assert unclosed(central) == []


def test_what_goes_on_over_a_restart_is_one_alert(central: CentralStage) -> None:
    central.tell(ill("smoke"))
    offline(central, 60)
    assert unclosed(central) == [A.FAULT, A.OFFLINE]
    central.restart()
    central.wait(120)
    assert unclosed(central) == [A.FAULT, A.OFFLINE]
    central.tell(ill("smoke", 2))
    assert unclosed(central) == [A.FAULT]
    central.restart()
    central.tell(well(3))
    assert unclosed(central) == []
    assert len(central.every(Alert)) == 2


def test_an_engine_that_never_speaks_is_told_of_after_a_minute() -> None:
    central = CentralStage()
    central.tell(RegisterPoint(ts=T0, request_id="R", cp_id=CP), well())
    assert unclosed(central) == []
    for link in range(13):
        central.tell(changed(well(), link=link + 2, ts=central.now))
        central.wait(5)
    assert unclosed(central) == [A.UNANNOUNCED]
    central.tell(central.status())
    assert unclosed(central) == []


def hear(central: CentralStage, seconds: int) -> None:
    """Time passes in which the monitor is heard."""
    for _ in range(seconds // 5):
        central.tell(well())
        central.wait(5)


def test_a_supply_without_readings_is_told_of_and_closes_with_the_next_one(central: CentralStage) -> None:
    session = central.supply()
    hear(central, 25)
    assert unclosed(central) == []
    hear(central, 5)
    [alert] = central.every(Alert).values()
    assert (alert.rule, alert.session_id) == (A.NO_READINGS, session.session_id)
    assert alert.text == "CP-001 supplies, and no readings come"
    central.restart()
    central.tell(well(2))
    assert unclosed(central) == [A.NO_READINGS]
    central.tell(changed(telemetry(session, 100), ts=central.now))
    assert unclosed(central) == []


def test_a_limit_that_an_engine_does_not_acknowledge_is_told_of(central: CentralStage) -> None:
    limit = Limit(watts=11_000)
    central.tell(LimitPoint(ts=T0, request_id="L", cp_id=CP, limit=limit))
    hear(central, 60)
    assert unclosed(central) == [A.LIMIT_NOT_KEPT]
    central.tell(changed(central.status(), limit=limit))
    assert unclosed(central) == []
    central.tell(LimitPoint(ts=central.now, request_id="L-2", cp_id=CP, limit=None))
    hear(central, 60)
    assert unclosed(central) == [A.LIMIT_NOT_KEPT]


def test_a_vehicle_that_stays_for_half_an_hour_is_told_of(central: CentralStage) -> None:
    central.tell(changed(central.status(), occupied=True))
    hear(central, 1800)
    assert unclosed(central) == [A.IDLE_LONG]
    central.tell(central.status())
    assert unclosed(central) == []


def test_a_held_bill_is_told_of_until_it_is_settled(central: CentralStage) -> None:
    session = central.supply()
    opened = the(Alert, central.tell(final(session, 80_000)))
    assert (opened.rule, opened.session_id, opened.severity) == (A.BILL_HELD, session.session_id, "warning")
    central.restart()
    central.tell(well(2), central.status())
    other = central.supply(ask("R-2"))
    central.tell(final(other, 80_000))
    assert unclosed(central) == [A.BILL_HELD, A.BILL_HELD]
    order = SettleSession(
        ts=T0, request_id="S", cp_id=CP, session_id=session.session_id, energy_mwh=1, note="seen", by="ana"
    )
    closed = the(Alert, central.tell(order))
    assert (closed.alert_id, closed.state) == (opened.alert_id, AlertState.CLOSED)


def test_somebody_acknowledges_it_and_who_did_so_first_is_kept(central: CentralStage) -> None:
    alert = the(Alert, central.tell(ill("smoke")))
    answers = central.tell(ack(alert, note="I look at it"))
    seen = the(Alert, answers)
    assert (seen.state, seen.acknowledged_by, seen.note) == (AlertState.ACKNOWLEDGED, ANA, "I look at it")
    assert the(OperatorAnswer, answers).refusal is None
    action = the(OperatorAction, answers)
    assert (action.action, action.subject, action.actor_id) == ("ack_alert", alert.alert_id, "account-1")
    again = central.tell(ack(alert, actor=None))
    assert the(OperatorAnswer, again).refusal is None
    assert not all_of(Alert, again)
    assert not all_of(OperatorAction, again)
    assert the(Alert, central.tell(well())).acknowledged_by == ANA


def test_what_does_not_go_on_cannot_be_acknowledged(central: CentralStage) -> None:
    alert = the(Alert, central.tell(ill("smoke")))
    central.tell(well())
    expected = f"{alert.alert_id} does not go on: nothing is left to acknowledge"
    assert the(OperatorAnswer, central.tell(ack(alert))).refusal == expected
    central.tell(ill("smoke"))
    [going_on] = [each for each in central.every(Alert).values() if each.closed_at is None]
    assert the(OperatorAnswer, central.tell(ack(going_on, cp_id="CP-002"))).refusal is not None
    central.now = after(60)
    assert the(OperatorAnswer, central.tell(ack(going_on))).refusal == TOO_LATE


def test_a_retired_point_has_no_alerts(central: CentralStage) -> None:
    central.tell(ill("smoke"))
    central.tell(RetirePoint(ts=T0, request_id="X", cp_id=CP))
    central.wait(120)
    assert unclosed(central) == []


def test_a_fault_that_begins_in_a_supply_is_told_of_with_its_session(central: CentralStage) -> None:
    session = central.authorise()
    central.tell(begun(session, 0, T0))
    alert = the(Alert, central.tell(changed(central.status(CPState.FAULT), reason="no power")))
    assert (alert.rule, alert.session_id, alert.text) == (
        A.FAULT,
        session.session_id,
        "CP-001 is faulty: no power",
    )
