"""What a site asks of its points is done once and answered: a session begins, or the point is kept for one driver."""

from collections.abc import Sequence
from datetime import timedelta

from evcharging.common.messages import DriverUpdate, StartSupply, UpdateStatus
from evcharging.common.messages_operators import RegisterPoint
from evcharging.common.messages_queue import AskOutcome, PointAsk, PointReply, Want
from evcharging.common.messages_site import PointAtSite
from evcharging.common.utils import changed
from evcharging.domain.hold import AnsweredAsk, Hold
from evcharging.domain.queue import HOLD_FOR
from evcharging.domain.session import Request, Session
from evcharging.roles.role import ClockStepped, Effect
from evcharging.tests.stages.central_stage import CentralStage, ask, well
from evcharging.tests.stages.scenario import ALICE, BOB, CP, all_of, the

HOLD_S = int(HOLD_FOR.total_seconds())


def asks(stage: CentralStage, want: Want, seq: int = 1, *, request_id: str = "R-9", driver_id: str = ALICE) -> PointAsk:
    return PointAsk(
        ts=stage.now,
        epoch=1,
        seq=seq,
        site_id="SITE-1",
        cp_id=CP,
        request_id=request_id,
        driver_id=driver_id,
        want=want,
        limit_mwh=5_000_000 if want is Want.START else None,
        hold_s=HOLD_S if want is Want.HOLD else 0,
    )


def outcome(effects: Sequence[Effect]) -> AskOutcome:
    return the(PointReply, effects).outcome


def test_a_start_that_is_asked_begins_a_session_like_a_drivers_own_request(central: CentralStage) -> None:
    effects = central.tell(asks(central, Want.START))
    session, order = the(Session, effects), the(StartSupply, effects)
    assert (session.driver_id, session.request_id, session.limit_mwh) == (ALICE, "R-9", 5_000_000)
    assert order.session_id == session.session_id
    assert the(Request, effects).accepted
    assert the(DriverUpdate, effects).status is UpdateStatus.ACCEPTED
    reply = the(PointReply, effects)
    assert (reply.outcome, reply.session_id, reply.ask_seq) == (AskOutcome.STARTED, session.session_id, 1)


def test_an_ask_that_comes_twice_is_answered_twice_and_done_once(central: CentralStage) -> None:
    started = central.tell(asks(central, Want.START))
    again = central.tell(asks(central, Want.START))
    assert changed(the(PointReply, again), seq=0) == changed(the(PointReply, started), seq=0)
    assert all_of(Session, again) == []


def test_an_ask_older_than_the_newest_one_changes_nothing(central: CentralStage) -> None:
    central.tell(asks(central, Want.HOLD, 1), asks(central, Want.RELEASE, 2))
    assert central.tell(asks(central, Want.HOLD, 1)) == []
    assert outcome(central.tell(asks(central, Want.START, 3, request_id="R-10", driver_id=BOB))) is AskOutcome.STARTED


def test_a_run_that_follows_knows_what_was_answered_and_who_is_waited_for(central: CentralStage) -> None:
    central.tell(asks(central, Want.HOLD, 1))
    central.restart()
    central.tell(well(link=2))
    assert outcome(central.tell(asks(central, Want.HOLD, 1))) is AskOutcome.HELD
    denied = the(DriverUpdate, central.tell(ask("R-2", driver_id=BOB)))
    assert denied.reason == f"{CP} is kept for another driver"


def test_a_point_that_is_kept_is_refused_to_others_and_begins_for_whom_it_is_kept(central: CentralStage) -> None:
    held = central.tell(asks(central, Want.HOLD))
    assert (outcome(held), the(Hold, held).driver_id) == (AskOutcome.HELD, ALICE)
    shown = central.shown()
    assert shown.held_until == central.now + HOLD_FOR
    refused = the(DriverUpdate, central.tell(ask("R-2", driver_id=BOB)))
    assert (refused.status, refused.reason) == (UpdateStatus.DENIED, f"{CP} is kept for another driver")
    other = central.tell(asks(central, Want.HOLD, 2, request_id="R-10", driver_id=BOB))
    assert outcome(other) is AskOutcome.REFUSED
    started = central.tell(asks(central, Want.START, 3))
    assert outcome(started) is AskOutcome.STARTED
    assert the(Hold, started).request_id is None
    assert central.shown().held_until is None


def test_a_point_is_kept_no_longer_than_that_or_until_it_is_let_go(central: CentralStage) -> None:
    central.tell(asks(central, Want.HOLD))
    assert all_of(Hold, central.wait(HOLD_S - 1)) == []
    assert the(Hold, central.wait(1)).request_id is None
    central.tell(well(), asks(central, Want.HOLD, 2))
    assert outcome(central.tell(asks(central, Want.RELEASE, 3, request_id="R-other"))) is AskOutcome.RELEASED
    assert central.shown().held_until is not None
    central.tell(asks(central, Want.RELEASE, 4))
    assert central.shown().held_until is None


def test_a_start_that_is_refused_records_no_request_so_that_another_point_can_serve_it(central: CentralStage) -> None:
    central.supply()
    effects = central.tell(asks(central, Want.START))
    reply = the(PointReply, effects)
    assert (reply.outcome, reply.reason) == (AskOutcome.REFUSED, f"{CP} is busy")
    assert all_of(Request, effects) == []
    assert the(AnsweredAsk, effects).outcome is AskOutcome.REFUSED


def test_the_word_that_a_point_is_free_again_comes_after_the_answer(central: CentralStage) -> None:
    central.tell(RegisterPoint(ts=central.now, request_id="register-9", cp_id=CP, site_id="SITE-1"))
    central.tell(asks(central, Want.HOLD))
    effects = central.tell(asks(central, Want.RELEASE, 2))
    reply, word = the(PointReply, effects), the(PointAtSite, effects)
    assert word.free
    assert (word.epoch, word.seq) > (reply.epoch, reply.seq)


def test_an_unknown_point_refuses(central: CentralStage) -> None:
    strange = changed(asks(central, Want.START), cp_id="CP-404")
    assert the(PointReply, central.tell(strange)).reason == "CP-404 is not a known charging point"


def test_a_clock_that_is_set_makes_no_point_kept_for_longer(central: CentralStage) -> None:
    central.tell(asks(central, Want.HOLD))
    central.now += timedelta(hours=1)
    central.tell(ClockStepped(by=timedelta(hours=1)), well())
    central.tell(central.status(manual=True))
    assert central.shown().held_until == central.now + HOLD_FOR
    assert the(Hold, central.wait(HOLD_S)).request_id is None
