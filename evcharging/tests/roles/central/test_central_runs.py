"""Which process speaks for a point: runs dated too far ahead, two engines with one ID, and clocks that are set."""

from datetime import timedelta

import pytest

from evcharging.common.messages import CPStatus, QueryStatus, StartSupply, SupplyRefused, SupplyStarted
from evcharging.common.messages_operators import ForgetRun, OperatorAnswer
from evcharging.common.messages_view import NoticeShown
from evcharging.common.states import CPState as S
from evcharging.common.utils import changed
from evcharging.domain.charging_point import LastStatus
from evcharging.domain.plausibility import TWO_ENGINES
from evcharging.domain.session import Bill, SessionStatus
from evcharging.roles.role import ClockStepped
from evcharging.tests.roles.central.test_central_plausibility import telemetry
from evcharging.tests.stages.central_stage import CentralStage, ask, begun, final, well
from evcharging.tests.stages.scenario import CP, T0, after, all_of, kinds, the

TWO = "two engines say that they are CP-001"
TOO_FAR = int(T0.timestamp()) + 86_404


@pytest.fixture
def central() -> CentralStage:
    stage = CentralStage()
    stage.open_point()
    stage.wait(3)
    stage.tell(well())
    return stage


def answer(stage: CentralStage, asked: QueryStatus, *, run: int, epoch: int = 1) -> CPStatus:
    """What a process of the point's engine answers."""
    return changed(stage.status(), run=run, epoch=epoch, query_epoch=asked.epoch, query_seq=asked.seq)


def two_answered(stage: CentralStage) -> tuple[QueryStatus, QueryStatus]:
    """Two processes, runs 11 and 22, have answered the first question; the second one is asked."""
    stage.tell(changed(stage.status(), run=11))
    first = the(QueryStatus, stage.tell(changed(stage.status(), epoch=2, run=22)))
    stage.tell(answer(stage, first, run=11), answer(stage, first, run=22, epoch=2))
    return first, the(QueryStatus, stage.wait(2))


# Runs that are dated too far ahead


@pytest.mark.parametrize("epoch", [2**63 - 1, TOO_FAR])
def test_a_run_that_is_dated_too_far_ahead_is_refused_with_its_reason_and_the_point_hears_on(
    central: CentralStage, epoch: int
) -> None:
    answers = central.tell(changed(central.status(S.FAULT), epoch=epoch))
    assert all_of(NoticeShown, answers)[0].text == (
        f"CP-001: run {epoch} is refused: it is dated more than a day ahead of Central's clock"
    )
    assert central.shown().state is S.FAULT
    central.tell(answer(central, the(QueryStatus, answers), run=0))
    assert central.shown().state is S.ACTIVATED
    assert central.every(LastStatus)[CP].epoch == 1


def test_a_run_that_goes_on_being_dated_too_far_ahead_is_named_once_and_asked_with_each_report(
    central: CentralStage,
) -> None:
    central.tell(changed(central.status(), epoch=TOO_FAR))
    assert central.tell(changed(central.status(), epoch=TOO_FAR)) == []
    assert the(QueryStatus, central.tell(well())).cp_id == CP


def test_a_point_is_shown_as_it_is_once_any_other_process_of_it_has_spoken(central: CentralStage) -> None:
    asked = the(QueryStatus, central.tell(changed(central.status(), epoch=2, run=22)))
    central.tell(changed(central.status(), epoch=TOO_FAR))
    assert central.shown().state is S.FAULT
    central.tell(answer(central, asked, run=11))
    assert central.shown().state is S.ACTIVATED


def test_a_run_that_is_dated_less_than_a_day_ahead_counts(central: CentralStage) -> None:
    central.tell(changed(central.status(), epoch=TOO_FAR - 1))
    assert central.every(LastStatus)[CP].epoch == TOO_FAR - 1


def test_a_reading_that_is_dated_too_far_ahead_does_not_silence_those_that_follow(central: CentralStage) -> None:
    session = central.supply()
    central.wait(1)
    assert central.tell(changed(telemetry(session, 1), epoch=2**63 - 1, seq=9)) == []
    assert central.tell(changed(telemetry(session, 2), epoch=1, seq=2)) != []


def test_an_operator_can_forget_the_run_of_an_engine(central: CentralStage) -> None:
    central.tell(changed(central.status(), epoch=TOO_FAR - 1))
    behind = changed(central.status(S.FAULT), epoch=1)
    assert central.tell(behind)[:1] != [behind]
    answers = central.tell(ForgetRun(ts=central.now, request_id="forget", cp_id=CP))
    assert the(OperatorAnswer, answers).refusal is None
    central.tell(changed(central.status(), epoch=1))
    assert central.every(LastStatus)[CP].epoch == 1


# Two engines with one ID


def test_two_processes_that_answer_one_query_are_a_fault_until_only_one_does(central: CentralStage) -> None:
    asked = the(QueryStatus, central.tell(changed(central.status(), epoch=2, run=22)))
    central.tell(answer(central, asked, run=11), answer(central, asked, run=22, epoch=2))
    assert (central.shown().state, central.shown().reason) == (S.FAULT, TWO)
    asked = the(QueryStatus, central.wait(2))
    central.tell(answer(central, asked, run=11), answer(central, asked, run=22, epoch=2))
    asked = the(QueryStatus, central.wait(2))
    assert central.shown().reason == TWO
    central.tell(answer(central, asked, run=22, epoch=2))
    central.wait(2)
    assert central.shown().state is S.ACTIVATED


def test_two_processes_that_began_in_the_same_second_are_told_apart(central: CentralStage) -> None:
    central.tell(changed(central.status(), run=11))
    asked = the(QueryStatus, central.tell(changed(central.status(), run=22)))
    central.tell(answer(central, asked, run=11), answer(central, asked, run=22))
    assert central.shown().reason == TWO


def test_an_engine_that_was_restarted_is_one_engine(central: CentralStage) -> None:
    asked = the(QueryStatus, central.tell(changed(central.status(), epoch=2, run=22)))
    central.tell(answer(central, asked, run=22, epoch=2))
    central.wait(5)
    assert central.shown().state is S.ACTIVATED


def test_a_supply_that_two_engines_began_makes_no_bill(central: CentralStage) -> None:
    session = central.authorise()
    central.tell(changed(begun(session, 0, central.now), run=11))
    central.tell(changed(begun(session, 700, central.now), run=22))
    assert central.shown().reason == TWO
    central.restart()
    central.tell(well(link=2))
    central.wait(5)
    answers = central.tell(final(session, 1_000, started_at=after(3), seconds=5))
    assert all_of(Bill, answers) == []
    kept = central.session(session.session_id)
    assert (kept.status, kept.detail) == (SessionStatus.SUSPECT, f"{TWO_ENGINES}; the bill is held")


def test_two_engines_of_the_same_second_are_told_apart_by_a_later_run_of_central_whichever_speaks_first(
    central: CentralStage,
) -> None:
    session = central.authorise()
    start = changed(begun(session, 0, central.now), run=11, seq=6)
    central.tell(changed(central.status(), run=11, seq=5), start)
    central.restart()
    central.tell(changed(begun(session, 0, after(4)), run=22, seq=2))
    central.tell(changed(start, seq=8))
    assert central.session(session.session_id).detail == TWO_ENGINES


def test_of_two_engines_one_that_never_began_a_session_and_then_does_keeps_it_open(central: CentralStage) -> None:
    session = central.authorise()
    central.tell(changed(begun(session, 0, central.now), run=22, seq=6))
    refused = SupplyRefused(ts=T0, epoch=1, seq=5, run=11, cp_id=CP, session_id=session.session_id, reason="no")
    central.tell(refused, changed(begun(session, 700, after(4)), run=11, seq=7))
    central.wait(5)
    assert central.session(session.session_id).status is SessionStatus.SUPPLYING
    central.tell(refused)
    central.wait(5)
    assert central.session(session.session_id).status is SessionStatus.SUSPECT


def test_readings_of_another_process_than_the_one_that_began_the_supply_count_for_nothing(
    central: CentralStage,
) -> None:
    session = central.authorise()
    central.tell(changed(begun(session, 0, central.now), run=11))
    central.wait(1)
    assert central.tell(changed(telemetry(session, 100), epoch=1, seq=1, run=22)) == []
    assert central.tell(changed(telemetry(session, 100), epoch=1, seq=1, run=11)) != []


def test_a_second_engine_that_knows_nothing_of_a_session_does_not_end_it(central: CentralStage) -> None:
    session = central.authorise()
    central.tell(changed(begun(session, 0, central.now), run=11))
    asked = the(QueryStatus, central.tell(changed(central.status(), epoch=2, run=22)))
    refused = SupplyRefused(ts=T0, epoch=2, run=22, cp_id=CP, session_id=session.session_id, reason="never began it")
    central.tell(answer(central, asked, run=22, epoch=2), refused, answer(central, asked, run=11))
    central.wait(2)
    assert central.session(session.session_id).status is SessionStatus.SUPPLYING


# Orders and what had been heard


def test_an_order_says_what_central_had_heard_of_the_engine(central: CentralStage) -> None:
    status = central.status()
    central.tell(status)
    order = the(StartSupply, central.tell(ask()))
    assert (order.heard_epoch, order.heard_seq, order.heard_run) == (status.epoch, status.seq, status.run)


def test_a_later_run_of_central_does_not_say_which_process_it_had_heard_until_it_hears_one(
    central: CentralStage,
) -> None:
    central.tell(changed(central.status(), run=11))
    central.restart()
    central.tell(well(link=2))
    assert the(StartSupply, central.tell(ask())).heard_run is None


def test_an_engine_that_announces_itself_while_it_is_ordered_to_supply_is_ordered_again(central: CentralStage) -> None:
    first = the(StartSupply, central.tell(ask(kwh=2.5)))
    status = central.status()
    again = the(StartSupply, central.tell(status))
    assert again == changed(first, seq=again.seq, heard_epoch=status.epoch, heard_seq=status.seq, heard_run=0)
    central.wait(5)
    assert central.every(type(central.session(first.session_id)))[first.session_id].status is SessionStatus.FAILED


# Clocks that are set


@pytest.mark.parametrize("by", [timedelta(hours=5), timedelta(hours=-5)])
def test_a_clock_that_is_set_disconnects_nobody_and_times_nothing_out(central: CentralStage, by: timedelta) -> None:
    session = central.authorise()
    central.now += by
    assert central.tell(ClockStepped(by=by)) == []
    assert set(kinds(central.wait(4))) <= {"PointShown"}
    assert central.shown().state is S.ACTIVATED
    central.tell(begun(session, 0, central.now), well())
    central.wait(5)
    assert central.shown().state is S.SUPPLYING


def test_a_clock_that_is_set_back_makes_no_honest_supply_suspect(central: CentralStage) -> None:
    session = central.supply()
    for _ in range(40):
        central.wait(60)
        central.tell(well())
    central.now -= timedelta(minutes=39)
    central.tell(ClockStepped(by=timedelta(minutes=-39)))
    end = final(session, 22_000_000 * 40 // 60, started_at=after(3), seconds=2_400)
    assert the(Bill, central.tell(end)).energy_mwh == 22_000_000 * 40 // 60


def test_an_engine_whose_clock_was_set_may_repeat_the_start_with_another_date(central: CentralStage) -> None:
    session = central.authorise()
    start = changed(begun(session, 500, central.now), run=11)
    central.tell(start)
    moved = changed(start, ts=start.ts + timedelta(hours=2))
    central.tell(moved)
    assert isinstance(moved, SupplyStarted)
    end = final(session, register_start_mwh=500, started_at=moved.ts)
    central.wait(10)
    assert the(Bill, central.tell(end)).energy_mwh == 61_111


# Old words


def test_an_older_word_that_a_supply_began_does_not_move_its_start_back(central: CentralStage) -> None:
    session = central.authorise()
    first = changed(begun(session, 0, central.now), run=11, seq=5)
    redated = changed(first, ts=after(-3_600), seq=7)
    central.tell(first, redated, first)
    assert central.session(session.session_id).started_at == redated.ts


def test_nor_does_it_after_a_restart_of_central(central: CentralStage) -> None:
    session = central.authorise()
    first = changed(begun(session, 0, central.now), run=11, seq=5)
    redated = changed(first, ts=after(-3_600), seq=7)
    central.tell(first, redated, changed(central.status(S.SUPPLYING), seq=8, run=11))
    central.restart()
    central.tell(first)
    assert central.session(session.session_id).started_at == redated.ts


def test_the_engine_that_is_left_of_two_is_asked_after_a_restart_of_central_though_its_run_is_the_older_one(
    central: CentralStage,
) -> None:
    central.tell(changed(central.status(), epoch=1_000, run=22))
    central.restart()
    central.tell(well())
    asked = the(QueryStatus, central.tell(changed(central.status(), epoch=5, run=11)))
    central.tell(answer(central, asked, run=11, epoch=5))
    central.wait(2)
    assert central.every(LastStatus)[CP].epoch == 5
    order = the(StartSupply, central.tell(ask()))
    assert (order.heard_epoch, order.heard_run) == (5, 11)


def test_who_speaks_after_another_has_answered_is_asked_too(central: CentralStage) -> None:
    central.restart()
    asked = all_of(QueryStatus, central.said)[-1]
    central.tell(answer(central, asked, run=11))
    assert all_of(QueryStatus, central.tell(changed(central.status(), run=22))) != []


def test_many_answers_to_an_earlier_run_of_central_make_one_question(central: CentralStage) -> None:
    central.tell(changed(central.status(), run=11))
    asked = the(QueryStatus, central.tell(changed(central.status(), epoch=2, run=22)))
    central.restart()
    central.tell(well(link=2), changed(central.status(), run=11))
    old = [answer(central, asked, run=22, epoch=2) for _ in range(50)]
    assert len(all_of(QueryStatus, central.tell(*old))) <= 1


def test_who_answers_an_earlier_question_than_the_newest_does_not_speak_for_the_point(central: CentralStage) -> None:
    first, newest = two_answered(central)
    central.tell(answer(central, newest, run=11))
    central.wait(2)
    central.tell(answer(central, first, run=22, epoch=2))
    assert central.every(LastStatus)[CP].epoch == 1


def test_the_engine_that_is_left_of_two_is_asked_by_what_it_said_last(central: CentralStage) -> None:
    _, asked = two_answered(central)
    central.tell(answer(central, asked, run=11))
    newest = changed(central.status(), run=11)
    asked = the(QueryStatus, central.tell(newest))
    central.tell(answer(central, asked, run=11))
    central.wait(2)
    central.tell(ask())
    [order] = all_of(StartSupply, central.said)
    assert (order.heard_epoch, order.heard_run) == (newest.epoch, 11)
    assert order.heard_seq > newest.seq


def test_a_lie_about_a_session_that_failed_is_measured_by_what_this_run_has_seen(central: CentralStage) -> None:
    session = central.authorise()
    central.wait(6)
    central.tell(ClockStepped(by=timedelta(hours=2)))
    lie = final(session, 22_000_000, started_at=after(3), seconds=3_600)
    assert all_of(Bill, central.tell(lie)) == []
    assert central.session(session.session_id).status is SessionStatus.SUSPECT
