"""Who is there: a point is shown by its monitor's newest link, and never as newer than it was heard."""

from evcharging.common.messages import MonitorDisconnected, QueryStatus
from evcharging.common.messages_operators import RegisterPoint
from evcharging.common.messages_view import NoticeShown, PointShown
from evcharging.common.states import CPState
from evcharging.common.utils import changed
from evcharging.domain.charging_point import LastStatus, Point
from evcharging.roles.central import presence, supplies
from evcharging.roles.central.shard import Shard
from evcharging.tests.stages.central_stage import CentralStage, ill, notices, well
from evcharging.tests.stages.scenario import CP, T0, after, all_of, another, kinds, the

S = CPState


def gone(link: int = 1) -> MonitorDisconnected:
    return MonitorDisconnected(ts=T0, cp_id=CP, link=link)


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


def test_a_report_that_is_said_once_more_by_somebody_changes_nothing(central: CentralStage) -> None:
    fault, mended = (changed(word, seq=number) for number, word in enumerate((ill("too hot"), well()), 1))
    central.tell(fault, mended)
    assert central.shown().state is S.ACTIVATED
    assert central.tell(fault, mended) == []
    central.tell(gone())
    assert central.tell(fault, mended) == []
    assert central.shown().state is S.DISCONNECTED
    central.tell(changed(well(2), seq=1), gone(2))
    assert central.tell(mended, changed(well(2), seq=1)) == []


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


def test_nothing_rings_for_a_point_that_is_away_but_the_alert_that_it_is(central: CentralStage) -> None:
    central.tell(gone())
    assert kinds(central.wait(600)) == ["Alert", "AlertSaid"]


def test_a_report_that_is_passed_on_again_makes_a_point_no_younger_than_it_is(central: CentralStage) -> None:
    central.tell(gone())
    central.now = after(20)
    central.tell(changed(well(), age_ms=4_000))
    assert central.shown().last_seen == after(16)
    central.wait(5)
    assert central.shown().state is S.ACTIVATED
    central.wait(1)
    assert central.shown().state is S.DISCONNECTED
