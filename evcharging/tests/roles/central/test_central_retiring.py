"""Points that an operator takes out of the network, and what becomes of their sessions."""

from evcharging.common.messages import DriverUpdate, EndReason, StopSupply, UnreadableRequest, UpdateStatus
from evcharging.common.messages_operators import OperatorAnswer, RegisterPoint, RetirePoint
from evcharging.common.messages_view import PointShown
from evcharging.common.states import CPState as S
from evcharging.common.utils import changed
from evcharging.domain.charging_point import Point
from evcharging.domain.notice import Notice
from evcharging.domain.session import Bill, Request, SessionStatus
from evcharging.roles.live_view import LiveView
from evcharging.tests.stages.central_stage import CentralStage, ask, final, well
from evcharging.tests.stages.scenario import ALICE, CP, T0, after, all_of, another, the


def opened() -> CentralStage:
    stage = CentralStage()
    stage.open_point()
    return stage


def retire(stage: CentralStage) -> RetirePoint:
    return RetirePoint(ts=stage.now, request_id=another("retire"), cp_id=CP)


def test_a_retired_point_is_shown_to_nobody_and_serves_nobody() -> None:
    stage = opened()
    answers = stage.tell(retire(stage))
    assert the(OperatorAnswer, answers).refusal is None
    assert the(PointShown, answers).retired
    assert [notice.text for notice in all_of(Notice, answers)] == ["CP-001 was retired"]
    assert the(DriverUpdate, stage.tell(ask())).reason == "CP-001 is not a known charging point"
    assert stage.tell(well(), stage.status(S.FAULT)) == []
    assert the(OperatorAnswer, stage.tell(retire(stage))).refusal == "CP-001 is not a known charging point"


def test_a_point_that_is_away_can_be_retired_and_stays_so_over_a_restart() -> None:
    stage = opened()
    stage.wait(20)
    stage.tell(retire(stage))
    stage.restart()
    assert stage.shown().retired
    assert the(DriverUpdate, stage.tell(ask())).status is UpdateStatus.DENIED


def test_retiring_ends_a_running_supply_whose_bill_follows() -> None:
    stage = opened()
    session = stage.supply()
    stage.wait(5)
    answers = stage.tell(retire(stage))
    assert the(StopSupply, answers).session_id == session.session_id
    billed = stage.tell(final(session, 30_555, EndReason.STOPPED, seconds=5))
    assert the(Bill, billed).energy_mwh == 30_555
    assert stage.shown().retired


def test_a_supply_of_a_retired_point_whose_engine_is_silent_is_closed_with_its_last_reading() -> None:
    stage = opened()
    session = stage.supply()
    stage.tell(retire(stage))
    stage.wait(5)
    assert stage.session(session.session_id).status is SessionStatus.SUSPECT


def test_a_retired_point_that_is_registered_again_is_back_with_its_history() -> None:
    stage = opened()
    stage.tell(RegisterPoint(ts=T0, request_id="move", cp_id=CP, location="North", euros_per_kwh=0.4))
    stage.tell(retire(stage))
    stage.tell(RegisterPoint(ts=T0, request_id="again", cp_id=CP), well(link=2))
    view = stage.shown()
    assert (view.retired, view.location, view.euros_per_kwh, view.state) == (False, "North", 0.4, S.ACTIVATED)


def test_a_retirement_that_comes_too_late_is_not_carried_out() -> None:
    stage = opened()
    late = retire(stage)
    stage.wait(6)
    assert "too late" in (the(OperatorAnswer, stage.tell(late)).refusal or "")
    assert not stage.shown().retired


def test_the_live_view_drops_a_retired_point_and_takes_it_back_when_it_is_registered_again() -> None:
    stage = opened()
    view, panel = stage.shown(), LiveView()
    panel.on_message(view, T0)
    gone = changed(view, retired=True, seq=view.seq + 1)
    panel.on_message(gone, T0)
    panel.on_message(changed(gone, seq=view.seq + 2), T0)
    assert (panel.points, panel.retired, panel.take_news()) == ({}, {CP}, [view, gone])
    panel.on_deadline(after(60))
    panel.on_message(changed(view, seq=view.seq + 3, ts=after(60), last_seen=after(60)), after(60))
    assert (list(panel.points), panel.retired) == ([CP], set())


def test_a_live_view_that_begins_anew_knows_which_points_were_retired() -> None:
    stage = opened()
    stage.tell(retire(stage))
    panel = LiveView(stage.every(Point).values())
    panel._begin(T0)
    assert (panel.points, panel.retired) == ({}, {CP})


def test_a_view_that_is_dated_too_far_ahead_does_not_freeze_the_live_view() -> None:
    stage = opened()
    view, panel = stage.shown(), LiveView()
    panel.on_message(changed(view, epoch=2**63 - 1), T0)
    panel.on_message(view, T0)
    assert panel.points == {CP: view}


def test_whoever_sent_a_request_that_cannot_be_read_hears_why_and_may_ask_again() -> None:
    stage = opened()
    unreadable = UnreadableRequest(
        ts=T0, request_id="R-1", driver_id=ALICE, cp_id=CP, reason="Expected `float > 0.0` - at `$.kwh`"
    )
    denial = the(DriverUpdate, stage.tell(unreadable))
    assert (denial.status, denial.driver_id, denial.request_id) == (UpdateStatus.DENIED, ALICE, "R-1")
    assert denial.reason == "the request cannot be read: Expected `float > 0.0` - at `$.kwh`"
    assert all_of(Request, stage.said) == []
    assert stage.authorise(ask("R-1")).request_id == "R-1"
