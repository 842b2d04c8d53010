"""Who is there: a point is shown by its monitor's newest link, by what the engine says of itself, and never as newer
than it was heard."""

import pytest

from evcharging.common.messages import (
    Action,
    CentralCommand,
    DriverUpdate,
    HealthReport,
    MonitorDisconnected,
    QueryStatus,
)
from evcharging.common.messages_operators import RegisterPoint
from evcharging.common.messages_view import NoticeShown, PointShown
from evcharging.common.states import CPState
from evcharging.common.utils import changed
from evcharging.domain.charging_point import LastStatus, Point
from evcharging.domain.notice import Notice
from evcharging.roles.central import presence, supplies
from evcharging.roles.central.shard import Shard
from evcharging.tests.stages.central_stage import CentralStage, ask, begun, final, ill, well
from evcharging.tests.stages.scenario import CP, T0, after, all_of, another, kinds, the

S = CPState


@pytest.fixture
def central() -> CentralStage:
    """A Central with one free, healthy point."""
    stage = CentralStage()
    stage.open_point()
    return stage


def gone(link: int = 1) -> MonitorDisconnected:
    return MonitorDisconnected(ts=T0, cp_id=CP, link=link)


def notices(stage: CentralStage) -> list[str]:
    """The notices that operators saw, in order."""
    return [notice.text for notice in all_of(NoticeShown, stage.said)]


# Start


def test_the_first_shard_says_that_central_is_up_and_the_others_do_not() -> None:
    assert notices(CentralStage(name="0")) == ["Central status OK"]
    assert notices(CentralStage(name="1")) == []


def test_known_points_are_shown_disconnected_until_each_connects_again(central: CentralStage) -> None:
    central.open_point("CP-002")
    views = all_of(PointShown, central.restart())
    assert [(view.cp_id, view.state, view.reason) for view in views] == [
        ("CP-001", S.DISCONNECTED, "no link to its monitor"),
        ("CP-002", S.DISCONNECTED, "no link to its monitor"),
    ]
    central.tell(well())
    assert central.shown().state is S.ACTIVATED
    assert central.shown("CP-002").state is S.DISCONNECTED


def test_a_point_is_never_there_twice(central: CentralStage) -> None:
    for _ in range(3):
        central.restart()
        central.open_point()
    assert list(central.every(Point)) == [CP]


# Links


def test_a_new_link_shows_the_point_and_asks_the_engine_how_it_is() -> None:
    stage = CentralStage()
    stage.tell(RegisterPoint(ts=T0, request_id=another("register"), cp_id=CP), stage.status())
    answers = stage.tell(well())
    assert kinds(answers) == ["QueryStatus", "PointShown", "Notice", "NoticeShown"]
    assert (the(QueryStatus, answers).cp_id, the(QueryStatus, answers).session_id) == (CP, None)
    assert (the(PointShown, answers).state, the(PointShown, answers).reason) == (S.ACTIVATED, None)
    assert the(NoticeShown, answers).text == "CP-001 online"


def test_a_new_link_asks_what_became_of_the_open_session(central: CentralStage) -> None:
    session = central.supply()
    assert the(QueryStatus, central.tell(well(link=2))).session_id == session.session_id


def test_a_report_that_says_nothing_new_changes_nothing(central: CentralStage) -> None:
    assert central.tell(well(), well()) == []


def test_a_report_about_a_point_that_nobody_knows_is_nothing() -> None:
    assert CentralStage().tell(well(), gone()) == []


def test_a_link_that_ends_shows_the_point_disconnected_at_once_and_when_it_was_seen(central: CentralStage) -> None:
    central.now = after(3)
    central.tell(well())
    central.now = after(5)
    answers = central.tell(gone())
    assert kinds(answers) == ["LastStatus", "PointShown", "Notice", "NoticeShown"]
    assert the(LastStatus, answers).last_seen == after(3)
    view = the(PointShown, answers)
    assert (view.state, view.since, view.last_seen) == (S.DISCONNECTED, after(5), after(3))
    assert the(NoticeShown, answers).text == "CP-001 offline"


def test_a_link_that_ended_cannot_end_again(central: CentralStage) -> None:
    central.tell(gone())
    assert central.tell(gone()) == []


def test_the_end_of_an_older_link_does_not_touch_the_newest(central: CentralStage) -> None:
    central.tell(well(link=2))
    assert central.tell(gone(link=1)) == []
    assert central.shown().state is S.ACTIVATED
    central.tell(gone(link=2))
    assert central.shown().state is S.DISCONNECTED


def test_a_report_of_an_older_link_is_nothing_while_the_newest_lives(central: CentralStage) -> None:
    central.tell(well(link=2))
    assert central.tell(ill("stale", link=1)) == []
    assert central.shown().state is S.ACTIVATED


def test_a_monitor_that_comes_back_finds_its_point_again(central: CentralStage) -> None:
    central.tell(gone())
    central.tell(well(link=2))
    assert central.shown().state is S.ACTIVATED
    assert notices(central)[-2:] == ["CP-001 offline", "CP-001 online"]


def test_a_last_seen_moment_is_remembered_over_a_restart(central: CentralStage) -> None:
    central.tell(gone())
    assert the(PointShown, central.restart()).last_seen == T0


# Silence


def test_a_point_unheard_for_ten_seconds_is_no_longer_shown_as_there(central: CentralStage) -> None:
    assert central.wait(9.999) == []
    answers = central.wait(0.001)
    assert (the(PointShown, answers).state, the(PointShown, answers).last_seen) == (S.DISCONNECTED, T0)


def test_a_supplying_point_unheard_for_ten_seconds_is_not_shown_supplying(central: CentralStage) -> None:
    central.supply()
    central.wait(10)
    assert central.shown().state is S.DISCONNECTED


def test_a_point_that_reports_regularly_stays(central: CentralStage) -> None:
    for _ in range(20):
        central.wait(9)
        central.tell(well())
    assert central.shown().state is S.ACTIVATED
    central.wait(10)
    assert central.shown().state is S.DISCONNECTED


def test_a_new_link_begins_a_new_silence(central: CentralStage) -> None:
    central.wait(8)
    central.tell(gone(), well(link=2))
    central.wait(9.999)
    assert central.shown().state is S.ACTIVATED
    central.wait(0.001)
    assert central.shown().state is S.DISCONNECTED


def test_after_silence_a_report_of_any_link_counts(central: CentralStage) -> None:
    central.tell(well(link=9))
    central.wait(10)
    central.tell(well(link=2))
    assert central.shown().state is S.ACTIVATED


def test_an_alarm_for_a_point_that_nobody_knows_is_nothing() -> None:
    assert presence.on_silence(Shard("0", 1), CP, T0) == []
    assert supplies.on_start_timeout(Shard("0", 1), CP, T0) == []


def test_nothing_rings_for_a_point_that_is_away(central: CentralStage) -> None:
    central.tell(gone())
    assert central.wait(600) == []


def test_a_report_that_is_passed_on_again_makes_a_point_no_younger_than_it_is(central: CentralStage) -> None:
    central.tell(gone())
    central.now = after(20)
    central.tell(changed(well(), age_ms=4_000))
    assert central.shown().last_seen == after(16)
    central.wait(5)
    assert central.shown().state is S.ACTIVATED
    central.wait(1)
    assert central.shown().state is S.DISCONNECTED


# Faults


def test_a_fault_that_the_monitor_reports_is_shown_at_once_with_the_reason(central: CentralStage) -> None:
    central.now = after(2)
    answers = central.tell(ill("the engine does not answer"))
    view = the(PointShown, answers)
    assert (view.state, view.reason, view.since) == (S.FAULT, "the engine does not answer", after(2))
    assert (the(Notice, answers).level, the(Notice, answers).text) == (
        "error",
        "CP-001 faulty: the engine does not answer",
    )


def test_a_fault_that_changes_its_reason_is_shown_with_the_new_one_and_since_the_first(central: CentralStage) -> None:
    central.tell(ill("smoke"))
    central.now = after(5)
    view = the(PointShown, central.tell(ill("fire")))
    assert (view.reason, view.since) == ("fire", T0)


def test_a_fault_that_clears_returns_the_point_to_service(central: CentralStage) -> None:
    central.tell(ill("smoke"))
    central.tell(well())
    assert (central.shown().state, central.shown().reason) == (S.ACTIVATED, None)
    assert notices(central)[-1] == "CP-001 back in service"


def test_a_fault_that_the_engine_says_itself_counts_even_if_its_monitor_says_well(central: CentralStage) -> None:
    central.tell(changed(central.status(S.FAULT), reason="no power"))
    assert (central.shown().state, central.shown().reason) == (S.FAULT, "no power")
    central.tell(central.status(S.ACTIVATED))
    assert central.shown().state is S.ACTIVATED


def test_a_fault_without_a_reason_is_a_fault(central: CentralStage) -> None:
    central.tell(central.status(S.FAULT))
    assert (central.shown().state, central.shown().reason) == (S.FAULT, "fault")


def test_an_engine_that_was_shut_down_is_no_healthy_point(central: CentralStage) -> None:
    central.tell(central.status(S.DISCONNECTED))
    assert (central.shown().state, central.shown().reason) == (S.FAULT, "the engine has not announced itself")


def test_a_fault_during_a_supply_is_shown_until_it_clears_and_the_supply_with_it(central: CentralStage) -> None:
    session = central.supply()
    central.tell(ill("smoke"))
    assert central.shown().state is S.FAULT
    assert central.shown().session is not None
    central.tell(well())
    assert central.shown().state is S.SUPPLYING
    central.tell(final(session))
    assert central.shown().state is S.ACTIVATED


def test_reasons_as_long_as_they_may_be_can_be_quoted_to_everybody(central: CentralStage) -> None:
    central.supply()
    central.tell(ill("x" * 250))
    assert central.shown().reason == "x" * 250


# What engines say


def test_an_engine_that_nobody_registered_makes_no_point_known() -> None:
    stage = CentralStage()
    denial = the(DriverUpdate, stage.tell(stage.status(), well(), ask()))
    assert denial.reason == "CP-001 is not a known charging point"


def test_what_an_engine_said_before_its_point_was_registered_counts_then() -> None:
    stage = CentralStage()
    stage.tell(stage.status())
    stage.tell(RegisterPoint(ts=T0, request_id=another("register"), cp_id=CP), well())
    assert (stage.shown().state, stage.shown().kw_rate) == (S.ACTIVATED, 22.0)


def test_only_so_many_engines_of_unknown_points_are_remembered() -> None:
    stage = CentralStage()
    for number in range(1_001):
        stage.tell(stage.status(cp_id=f"X-{number}"))
    for cp_id in ("X-0", "X-1"):
        stage.tell(RegisterPoint(ts=T0, request_id=another("register"), cp_id=cp_id), well(cp_id=cp_id))
    assert [stage.shown(cp_id).kw_rate for cp_id in ("X-0", "X-1")] == [0.0, 22.0]


def test_a_word_of_an_engine_without_a_number_makes_no_point_known() -> None:
    stage = CentralStage()
    assert stage.tell(changed(stage.status(), epoch=0, seq=0), well()) == []


def test_an_engine_says_its_power_and_price(central: CentralStage) -> None:
    central.tell(changed(central.status(), kw_rate=50.0, euro_rate=0.45, manual=True, plugged=True))
    view = central.shown()
    assert (view.kw_rate, view.euros_per_kwh, view.manual, view.plugged) == (50.0, 0.45, True, True)


def test_an_old_or_repeated_word_of_an_engine_is_nothing(central: CentralStage) -> None:
    old = central.status(S.FAULT)
    central.tell(central.status(S.ACTIVATED))
    assert central.tell(old) == []
    assert central.tell(changed(old, seq=central.seq)) == []
    assert kinds(central.tell(changed(old, epoch=0, seq=2**63 - 1))) == ["QueryStatus"]
    assert central.shown().state is S.ACTIVATED


def test_old_words_stay_old_over_a_restart_of_central(central: CentralStage) -> None:
    old = central.status(S.FAULT)
    central.tell(central.status(S.ACTIVATED))
    central.restart()
    assert central.tell(old) == []


def test_the_first_word_of_a_new_run_of_an_engine_is_news(central: CentralStage) -> None:
    central.tell(changed(central.status(S.FAULT), epoch=2, seq=1))
    assert central.shown().state is S.FAULT


def test_an_engine_that_missed_the_operators_stop_hears_it_again(central: CentralStage) -> None:
    central.tell(changed(central.status(), state=S.STOPPED))
    command = the(CentralCommand, central.said)
    assert (command.cp_id, command.action) == (CP, Action.RESUME)


def test_the_state_that_is_shown_begins_when_it_changes_not_when_it_is_said_again(central: CentralStage) -> None:
    session = central.authorise()
    central.now = after(2)
    central.tell(begun(session))
    central.now = after(4)
    central.tell(changed(central.status(S.SUPPLYING), plugged=True))
    assert (central.shown().state, central.shown().since, central.shown().ts) == (S.SUPPLYING, after(2), after(4))


def test_a_monitor_never_brings_more_than_health(central: CentralStage) -> None:
    report = HealthReport(ts=T0, cp_id=CP, well=True, reason=None, link=1)
    assert central.tell(report) == []
