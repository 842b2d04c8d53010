"""How a point was: the spans cover the time, one after the other, and say no more than notices and sessions do."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evcharging.domain.notice import NoticeCode, noticed
from evcharging.domain.session import Session, SessionStatus
from evcharging.domain.states_past import (
    AFTER,
    Facts,
    PastState,
    StateSpan,
    coarser,
    seconds_of,
    states_of,
    uptime_of,
)
from evcharging.tests.stages.scenario import law

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
END = NOON + timedelta(hours=2)
Said = tuple[NoticeCode, int]
"""A code, and how many minutes after noon it was said."""


def at(minute: float) -> datetime:
    return NOON + timedelta(minutes=minute)


def used(
    asked: int,
    started: int | None = None,
    ended: int | None = None,
    left: int | None = None,
    status: SessionStatus = SessionStatus.COMPLETED,
) -> Session:
    """A session, in minutes after noon."""
    started_at, ended_at, unplugged_at = (None if each is None else at(each) for each in (started, ended, left))
    return Session(
        session_id=f"S-{asked}",
        request_id=f"R-{asked}",
        driver_id="driver-1",
        cp_id="CP-1",
        status=status,
        micro_euros_per_kwh=300_000,
        requested_at=at(asked),
        started_at=started_at,
        ended_at=ended_at,
        unplugged_at=unplugged_at,
    )


def facts(*said: Said, sessions: Sequence[Session] = (), began: Sequence[int] = (), since: int | None = None) -> Facts:
    return Facts(
        notices=[noticed(code, f"N-{number}", at(minute), "CP-1") for number, (code, minute) in enumerate(said)],
        sessions=sessions,
        central_began=[at(minute) for minute in began],
        since=None if since is None else at(since),
    )


def told(found: Facts) -> list[tuple[str, float]]:
    """Each state, and the minute in which it began."""
    spans = states_of(found, NOON, END)
    return [(span.state.value, (span.begin - NOON) / timedelta(minutes=1)) for span in spans]


ONLINE, OFFLINE = NoticeCode.POINT_ONLINE, NoticeCode.POINT_OFFLINE
FAULTY, STOPPED, BACK = NoticeCode.POINT_FAULTY, NoticeCode.POINT_STOPPED, NoticeCode.POINT_IN_SERVICE
REGISTERED, RETIRED = NoticeCode.POINT_REGISTERED, NoticeCode.POINT_RETIRED


def test_what_is_said_before_the_time_tells_how_it_begins() -> None:
    assert told(facts((ONLINE, -60))) == [("free", 0)]
    assert told(facts((ONLINE, -60), (OFFLINE, -5))) == [("offline", 0)]


def test_where_nothing_is_said_nothing_is_known() -> None:
    assert told(facts()) == [("unknown", 0)]
    assert told(facts((FAULTY, 30))) == [("unknown", 0), ("faulty", 30)]


def test_a_point_lives_through_what_its_notices_say() -> None:
    said = (
        (REGISTERED, 5),
        (ONLINE, 10),
        (FAULTY, 20),
        (BACK, 30),
        (STOPPED, 40),
        (BACK, 50),
        (OFFLINE, 60),
        (RETIRED, 70),
    )
    assert told(facts(*said)) == [
        ("unknown", 0),
        ("offline", 5),
        ("free", 10),
        ("faulty", 20),
        ("free", 30),
        ("stopped", 40),
        ("free", 50),
        ("offline", 60),
        ("unknown", 70),
    ]


def test_a_session_waits_supplies_and_stays() -> None:
    sessions = [used(10, 12, 40, 50), used(100, 105, status=SessionStatus.SUPPLYING)]
    assert told(facts((ONLINE, -1), sessions=sessions)) == [
        ("free", 0),
        ("occupied", 10),
        ("charging", 12),
        ("occupied", 40),
        ("free", 50),
        ("occupied", 100),
        ("charging", 105),
    ]


def test_an_idle_session_goes_on_and_one_that_never_started_only_had_the_point() -> None:
    assert told(facts((ONLINE, -1), sessions=[used(10, 20, 30, status=SessionStatus.IDLE)]))[-1] == ("occupied", 30)
    failed = used(10, None, 15, status=SessionStatus.FAILED)
    assert told(facts((ONLINE, -1), sessions=[failed])) == [("free", 0), ("occupied", 10), ("free", 15)]


def test_energy_flows_whatever_was_not_said() -> None:
    assert told(facts(sessions=[used(10, 10, 20)])) == [("unknown", 0), ("charging", 10), ("unknown", 20)]


def test_a_fault_goes_before_a_supply_and_a_supply_before_a_stop() -> None:
    session = used(10, 10, 60)
    found = told(facts((ONLINE, -1), (FAULTY, 20), (BACK, 30), (STOPPED, 40), sessions=[session]))
    assert found == [("free", 0), ("charging", 10), ("faulty", 20), ("charging", 30), ("stopped", 60)]


def test_a_central_that_began_does_not_know_until_it_hears() -> None:
    assert told(facts((ONLINE, -1), (ONLINE, 31), began=[30])) == [("free", 0), ("unknown", 30), ("free", 31)]
    assert told(facts((STOPPED, -1), (STOPPED, 31), began=[30])) == [("stopped", 0), ("unknown", 30), ("stopped", 31)]
    assert told(facts((ONLINE, -1), began=[30])) == [("free", 0), ("unknown", 30)]
    assert told(facts((OFFLINE, -1), (ONLINE, 31), began=[30])) == [("offline", 0), ("free", 31)]


def test_the_central_of_another_shard_changes_nothing_of_a_point_that_is_heard_of() -> None:
    assert told(facts((ONLINE, -1), (OFFLINE, 60), began=[30])) == [("free", 0), ("offline", 60)]
    session = used(40, 40, 50)
    assert told(facts((ONLINE, -1), sessions=[session], began=[30]))[-1] == ("free", 50)


def test_a_point_that_comes_without_having_gone_was_lost_at_some_time_since_it_was_heard_of() -> None:
    session = used(20, 20, 30)
    found = told(facts((ONLINE, -1), (ONLINE, 60), sessions=[session]))
    assert found == [("free", 0), ("charging", 20), ("unknown", 30), ("free", 60)]


def test_before_what_is_there_nothing_is_known() -> None:
    assert told(facts((ONLINE, 40), sessions=[used(10, 10, 20)], since=30)) == [("unknown", 0), ("free", 40)]


def test_how_long_it_was_available_is_of_the_time_that_is_known() -> None:
    seconds = seconds_of(states_of(facts((ONLINE, 30), (FAULTY, 90)), NOON, END))
    assert (seconds[PastState.UNKNOWN], seconds[PastState.FREE], seconds[PastState.FAULTY]) == (1800, 3600, 1800)
    assert uptime_of(seconds) == pytest.approx(2 / 3)
    assert uptime_of(seconds_of(states_of(facts(), NOON, END))) is None


minutes = st.integers(-200, 200)
notices = st.lists(st.tuples(st.sampled_from([NoticeCode(code) for code in AFTER]), minutes), max_size=12)
lengths = st.none() | st.integers(0, 90)


@st.composite
def sessions(draw: st.DrawFn) -> Session:
    asked = draw(minutes)
    waited, lasted, stayed = draw(st.integers(0, 30)), draw(lengths), draw(lengths)
    ended = None if lasted is None else asked + waited + lasted
    left = None if ended is None or stayed is None else ended + stayed
    return used(asked, asked + waited, ended, left, draw(st.sampled_from(SessionStatus)))


anything = st.builds(
    lambda said, some, began, since: facts(*said, sessions=some, began=began, since=since),
    notices,
    st.lists(sessions(), max_size=8),
    st.lists(minutes, max_size=4),
    st.none() | minutes,
)


def covers(spans: Sequence[StateSpan]) -> None:
    assert (spans[0].begin, spans[-1].end) == (NOON, END)
    assert all(span.begin < span.end for span in spans)
    for one, following in pairwise(spans):
        assert one.end == following.begin
        assert one.state is not following.state


@law
@given(found=anything)
def test_spans_are_in_order_do_not_overlap_and_cover_the_time(found: Facts) -> None:
    spans = states_of(found, NOON, END)
    covers(spans)
    assert sum(seconds_of(spans).values()) == (END - NOON).total_seconds()


@law
@given(found=anything, most=st.integers(1, 12))
def test_fewer_spans_cover_the_same_time_in_states_that_were(found: Facts, most: int) -> None:
    spans = states_of(found, NOON, END)
    few = coarser(spans, most)
    covers(few)
    assert len(few) <= max(most, 1)
    assert {span.state for span in few} <= {span.state for span in spans}


@law
@given(found=anything, cut=st.integers(1, 119))
def test_a_time_is_told_the_same_whether_it_is_asked_for_at_once_or_in_two(found: Facts, cut: int) -> None:
    whole = states_of(found, NOON, END)
    parts = [*states_of(found, NOON, at(cut)), *states_of(found, at(cut), END)]
    first, last = seconds_of(whole), seconds_of(parts)
    assert first == pytest.approx(last)


def test_the_state_that_lasted_longest_stands_for_a_part() -> None:
    spans = states_of(facts((ONLINE, -1), (FAULTY, 10), (BACK, 15), (OFFLINE, 70)), NOON, END)
    assert [(span.state.value, span.end) for span in coarser(spans, 2)] == [("free", at(60)), ("offline", at(120))]


def test_a_time_that_ends_before_it_begins_has_no_span() -> None:
    assert states_of(facts((ONLINE, -1)), END, NOON) == []
