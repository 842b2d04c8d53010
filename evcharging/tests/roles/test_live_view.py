"""The panel shows the newest view of every point, its last reading, and the newest notices."""

import pytest

from evcharging.common.messages import HealthReport
from evcharging.common.messages_site import SiteShown
from evcharging.common.messages_view import NoticeShown, OngoingSession, PointShown, ReadingShown, ReadingsShown
from evcharging.common.states import CPState
from evcharging.common.utils import changed
from evcharging.domain.charging_point import LastStatus, Point
from evcharging.domain.notice import Notice
from evcharging.roles.live_view import NO_WORD, NOTICES, LiveView
from evcharging.roles.role import Started
from evcharging.tests.laws.any_message import example
from evcharging.tests.stages.scenario import ALICE, CP, T0, after

SESSION = OngoingSession(
    session_id="S-1", request_id="R-1", driver_id=ALICE, status="SUPPLYING", requested_at=T0, started_at=T0
)
VIEW = PointShown(
    ts=T0,
    epoch=2,
    seq=10,
    cp_id=CP,
    state=CPState.SUPPLYING,
    since=T0,
    location="North car park",
    euros_per_kwh=0.3,
    kw_rate=22.0,
    stopped=False,
    session=SESSION,
)
READING = ReadingShown(
    ts=after(1), cp_id=CP, kw=22.0, kwh=0.006111, euros=0.0018, driver_id=ALICE, session_id="S-1", register_mwh=6_111
)


def told(reading: ReadingShown) -> ReadingsShown:
    return ReadingsShown(ts=reading.ts, cp_id=reading.cp_id, readings=(reading,))


@pytest.fixture
def panel() -> LiveView:
    """A panel that shows one supplying point."""
    panel = LiveView()
    panel.on_message(VIEW, T0)
    panel.on_message(told(READING), T0)
    return panel


def test_a_panel_decides_nothing(panel: LiveView) -> None:
    for message in (VIEW, told(READING), example(NoticeShown), example(HealthReport)):
        assert panel.on_message(message, T0) == ()
    assert panel.on_deadline(T0) == ()


def test_known_points_and_notices_are_shown_before_anybody_speaks() -> None:
    point = Point(cp_id=CP, location="North car park")
    status = LastStatus(cp_id=CP, state=CPState.SUPPLYING, last_seen=T0)
    notice = Notice(notice_id="N-1", ts=T0, level="info", text="Central status OK")
    panel = LiveView([point], [notice], [status])
    panel.on_message(Started(), after(60))
    view = panel.points[CP]
    assert (view.state, view.since, view.last_seen, view.reason) == (CPState.DISCONNECTED, T0, T0, NO_WORD)
    assert view.location == "North car park"
    assert [shown.text for shown in panel.notices] == ["Central status OK"]


def test_what_is_known_of_a_point_gives_way_to_the_first_word_of_it() -> None:
    panel = LiveView([Point(cp_id=CP)])
    panel.on_message(Started(), T0)
    panel.on_message(VIEW, after(1))
    assert panel.points == {CP: VIEW}


def test_a_point_without_a_word_from_its_central_is_never_shown_as_there_after_ten_seconds(panel: LiveView) -> None:
    panel.on_message(Started(), T0)
    for second in range(1, 9):
        panel.on_deadline(after(second))
    assert panel.points == {CP: VIEW}
    panel.on_deadline(after(9))
    view = panel.points[CP]
    assert (view.state, view.reason, view.since) == (CPState.DISCONNECTED, NO_WORD, after(9))
    panel.on_message(changed(VIEW, ts=after(10), seq=11), after(10))
    assert panel.points[CP].state is CPState.SUPPLYING


def test_a_point_that_was_unheard_before_its_central_fell_silent_is_given_so_much_less_time(panel: LiveView) -> None:
    panel.on_message(Started(), T0)
    panel.on_message(changed(VIEW, ts=after(60), seq=11, last_seen=after(53)), T0)
    panel.on_deadline(after(1))
    assert panel.points[CP].state is CPState.SUPPLYING
    panel.on_deadline(after(2))
    assert (panel.points[CP].state, panel.points[CP].last_seen) == (CPState.DISCONNECTED, after(-7))


def test_a_word_of_a_point_that_was_unheard_for_nine_seconds_does_not_show_it_as_there(panel: LiveView) -> None:
    panel.take_news()
    for age, seq in ((9.5, 11), (9.8, 12)):
        panel.on_message(changed(VIEW, ts=after(age), seq=seq, last_seen=T0), after(age))
        view = panel.points[CP]
        assert (view.state, view.reason, view.since) == (CPState.DISCONNECTED, NO_WORD, after(9))
    assert len(panel.take_news()) == 1


def test_news_is_what_is_shown_otherwise_than_before(panel: LiveView) -> None:
    assert panel.take_news() == [VIEW, READING]
    panel.on_message(changed(VIEW, ts=after(5), seq=11, last_seen=after(4)), after(5))
    assert panel.points[CP].ts == after(5)
    assert panel.take_news() == []
    faulty = changed(VIEW, ts=after(6), seq=12, state=CPState.FAULT)
    panel.on_message(faulty, after(6))
    assert panel.take_news() == [faulty]


def test_a_panel_shows_points_with_their_last_reading(panel: LiveView) -> None:
    assert panel.points == {CP: VIEW}
    assert panel.readings == {CP: READING}


def test_a_newer_view_takes_the_place_of_an_older_one(panel: LiveView) -> None:
    newer = changed(VIEW, seq=11, state=CPState.FAULT)
    panel.on_message(newer, T0)
    assert panel.points == {CP: newer}
    assert panel.readings == {CP: READING}


@pytest.mark.parametrize(("epoch", "seq"), [(1, 900), (2, 9), (0, 0)])
def test_a_view_of_an_old_central_or_one_that_comes_again_changes_nothing(
    panel: LiveView, epoch: int, seq: int
) -> None:
    panel.on_message(changed(VIEW, epoch=epoch, seq=seq, state=CPState.ACTIVATED, session=None), T0)
    assert panel.points == {CP: VIEW}
    assert panel.readings == {CP: READING}


def test_a_view_of_a_new_run_counts_though_its_numbers_begin_again(panel: LiveView) -> None:
    newer = changed(VIEW, epoch=3, seq=1, state=CPState.DISCONNECTED)
    panel.on_message(newer, T0)
    assert panel.points == {CP: newer}


@pytest.mark.parametrize("session", [None, changed(SESSION, session_id="S-2")], ids=["none", "another"])
def test_a_reading_is_gone_with_its_session(panel: LiveView, session: OngoingSession | None) -> None:
    panel.on_message(changed(VIEW, seq=11, session=session), T0)
    assert panel.readings == {}


def test_a_reading_of_a_session_that_is_not_shown_is_not_shown(panel: LiveView) -> None:
    for stray in (changed(READING, cp_id="CP-404"), changed(READING, session_id="S-2", kw=7.0)):
        panel.on_message(told(stray), T0)
    assert panel.readings == {CP: READING}


def test_the_newest_notice_is_first_and_only_so_many_are_kept(panel: LiveView) -> None:
    notice = example(NoticeShown)
    for number in range(NOTICES + 50):
        panel.on_message(changed(notice, notice_id=f"N-{number}"), T0)
    assert len(panel.notices) == NOTICES
    assert panel.notices[0].notice_id == f"N-{NOTICES + 49}"


def test_a_notice_that_comes_again_is_shown_once(panel: LiveView) -> None:
    notice = example(NoticeShown)
    panel.on_message(notice, T0)
    panel.on_message(changed(notice, notice_id="N-2"), T0)
    panel.on_message(notice, T0)
    assert [shown.notice_id for shown in panel.notices] == ["N-2", notice.notice_id]


# Sites

SITE = SiteShown(ts=T0, epoch=2, seq=10, site_id="SITE-1", activated=2, supplying=1, sessions=7)


def test_the_newest_word_of_a_site_is_shown() -> None:
    panel = LiveView()
    panel.on_message(SITE, T0)
    panel.on_message(changed(SITE, seq=9, sessions=6), T0)
    panel.on_message(changed(SITE, epoch=1, seq=99, sessions=5), T0)
    assert panel.sites == {"SITE-1": SITE}
    newer = changed(SITE, epoch=3, seq=1, sessions=8)
    panel.on_message(newer, T0)
    assert panel.sites == {"SITE-1": newer}


def test_points_of_a_site_of_which_nobody_speaks_any_more_count_as_disconnected() -> None:
    panel = LiveView()
    panel.on_message(Started(), T0)
    panel.on_message(SITE, T0)
    panel.on_deadline(after(8.9))
    assert panel.sites["SITE-1"] == SITE
    panel.on_deadline(after(9))
    shown = panel.sites["SITE-1"]
    assert (shown.activated, shown.supplying, shown.disconnected, shown.sessions) == (0, 0, 3, 7)
    panel.on_message(changed(SITE, seq=11), after(10))
    assert panel.sites["SITE-1"].activated == 2
