"""In which state a point was, and from when to when: what notices and sessions say of it, and nothing that they do not.
Knows no message bus, store or clock."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise

from evcharging.common.moments import LAST
from evcharging.common.utils import Frozen
from evcharging.domain.notice import Notice, NoticeCode
from evcharging.domain.session import Session, SessionStatus


class PastState(StrEnum):
    """How a point was. OCCUPIED: somebody had it, but nothing flowed. UNKNOWN: the ledger does not say."""

    FREE = "free"
    CHARGING = "charging"
    OCCUPIED = "occupied"
    STOPPED = "stopped"
    FAULTY = "faulty"
    OFFLINE = "offline"
    UNKNOWN = "unknown"


AVAILABLE = frozenset({PastState.FREE, PastState.CHARGING, PastState.OCCUPIED})
"""In which of them a point does what it is there for."""

AFTER = {
    NoticeCode.POINT_REGISTERED.value: PastState.OFFLINE,
    NoticeCode.POINT_RETIRED.value: PastState.UNKNOWN,
    NoticeCode.POINT_ONLINE.value: PastState.FREE,
    NoticeCode.POINT_OFFLINE.value: PastState.OFFLINE,
    NoticeCode.POINT_FAULTY.value: PastState.FAULTY,
    NoticeCode.POINT_STOPPED.value: PastState.STOPPED,
    NoticeCode.POINT_IN_SERVICE.value: PastState.FREE,
}
"""How a point is from a notice with this code on, whoever uses it."""

NOT_FIRST = frozenset({NoticeCode.POINT_OFFLINE.value, NoticeCode.POINT_IN_SERVICE.value})
"""Codes that a Central says only of a point of which it has said something else since it began."""


class StateSpan(Frozen, frozen=True, kw_only=True):
    """A point was in this state from `begin` until before `end`."""

    state: PastState
    begin: datetime
    end: datetime


class Facts(Frozen, frozen=True, kw_only=True):
    """What the ledger has of a point. `notices` are those of the codes in `AFTER`. `central_began`: when a Central
    began, which does not know any more how points are. `since`: from when on all of it is there."""

    notices: Sequence[Notice]
    sessions: Sequence[Session]
    central_began: Sequence[datetime] = ()
    since: datetime | None = None


def states_of(facts: Facts, begin: datetime, end: datetime) -> list[StateSpan]:
    """How a point was from begin to end: spans in order, one after the other without a gap, each in another state than
    the one before."""
    begin, told = min(begin, end), min(max(begin, facts.since or begin), end)
    found = [StateSpan(state=PastState.UNKNOWN, begin=begin, end=told), *_swept(facts, told, end)]
    return joined(span for span in found if span.begin < span.end)


def joined(spans: Iterable[StateSpan]) -> list[StateSpan]:
    """Spans in which those that follow each other in the same state are one."""
    found: list[StateSpan] = []
    for span in spans:
        goes_on = bool(found) and found[-1].state is span.state
        begin = found.pop().begin if goes_on else span.begin
        found.append(StateSpan(state=span.state, begin=begin, end=span.end))
    return found


def seconds_of(spans: Iterable[StateSpan]) -> dict[PastState, float]:
    """How long it was in each state."""
    found = dict.fromkeys(PastState, timedelta())
    for span in spans:
        found[span.state] += span.end - span.begin
    return {state: lasted.total_seconds() for state, lasted in found.items()}


def uptime_of(seconds: dict[PastState, float]) -> float | None:
    """The share of the time that is known in which it was available; None where none of it is."""
    known = sum(lasted for state, lasted in seconds.items() if state is not PastState.UNKNOWN)
    return sum(seconds[state] for state in AVAILABLE) / known if known > 0 else None


def coarser(spans: Sequence[StateSpan], most: int) -> list[StateSpan]:
    """No more spans than these: where there are more, all of the time in equal parts, each of them in the state that
    lasted longest in it."""
    if len(spans) <= most:
        return list(spans)
    begin, end = spans[0].begin, spans[-1].end
    edges = [begin + (end - begin) * number / most for number in range(most)] + [end]
    return joined(
        StateSpan(state=_longest(spans, first, last), begin=first, end=last)
        for first, last in pairwise(edges)
        if first < last
    )


def _longest(spans: Sequence[StateSpan], begin: datetime, end: datetime) -> PastState:
    """The state that lasted longest in a part of the time that the spans cover."""
    lasted: dict[PastState, timedelta] = {}
    number = bisect_right(spans, begin, key=lambda span: span.begin) - 1
    while number < len(spans) and spans[number].begin < end:
        span = spans[number]
        within = min(span.end, end) - max(span.begin, begin)
        lasted[span.state] = lasted.get(span.state, timedelta()) + within
        number += 1
    return max(lasted, key=lasted.__getitem__)


def uses_of(session: Session, end: datetime) -> Iterator[StateSpan]:
    """When a session had its point, as far as until `end`: waiting, supplying, and with its vehicle still there."""
    ended = session.ended_at or end
    started = session.started_at or ended
    left = end if session.status is SessionStatus.IDLE else session.unplugged_at or ended
    states = (PastState.OCCUPIED, PastState.CHARGING, PastState.OCCUPIED)
    moments = pairwise((session.requested_at, started, ended, left))
    for state, (first, last) in zip(states, moments, strict=True):
        if first < last:
            yield StateSpan(state=state, begin=first, end=last)


def _swept(facts: Facts, begin: datetime, end: datetime) -> Iterator[StateSpan]:
    """How it was, from moment to moment at which something changes."""
    changes: list[tuple[datetime, int, PastState]] = []
    for session in facts.sessions:
        for use in uses_of(session, end):
            changes += [(use.begin, 1, use.state), (use.end, -1, use.state)]
    changes += [(at, 0, state) for at, state in _by_notices(facts)]
    state, users = PastState.UNKNOWN, dict.fromkeys(PastState, 0)
    at = begin
    for moment, count, what in [*sorted(changes, key=lambda change: change[0]), (end, 1, PastState.UNKNOWN)]:
        until = min(max(moment, at), end)
        yield StateSpan(state=_shown(state, users), begin=at, end=until)
        at, users[what] = until, users[what] + count
        state = state if count else what


def _shown(state: PastState, users: dict[PastState, int]) -> PastState:
    """What is shown of a point, by its truth table: a supply goes before a stop, and what is wrong before a supply."""
    if users[PastState.CHARGING] > 0 and state is PastState.STOPPED:
        return PastState.CHARGING
    if state not in (PastState.FREE, PastState.UNKNOWN):
        return state
    used = (each for each in (PastState.CHARGING, PastState.OCCUPIED) if users[each] > 0)
    return next(used, state)


def _by_notices(facts: Facts) -> Iterator[tuple[datetime, PastState]]:
    """How it was from these moments on, in order, whoever used it."""
    said = sorted((notice for notice in facts.notices if notice.code in AFTER), key=lambda notice: notice.ts)
    heard = sorted(session.requested_at for session in facts.sessions)
    began = sorted(facts.central_began)
    for number, notice in enumerate(said):
        following = said[number + 1] if number + 1 < len(said) else None
        yield notice.ts, AFTER[notice.code or ""]
        unsure = lost_from(notice, following, heard, began)
        if unsure is not None:
            yield unsure, PastState.UNKNOWN


def lost_from(
    notice: Notice, following: Notice | None, heard: Sequence[datetime], began: Sequence[datetime]
) -> datetime | None:
    """From when on nobody knew how the point was until the notice that follows, if so: a Central began, and said of it
    what is said first; or the point came without having gone."""
    if AFTER[notice.code or ""] in (PastState.OFFLINE, PastState.UNKNOWN):
        return None
    if following is not None and following.code in NOT_FIRST:
        return None
    until = LAST if following is None else following.ts
    sure = _newest(heard, notice.ts, until)
    comes = following is not None and following.code == NoticeCode.POINT_ONLINE
    return _first(began, sure, until) or (sure if comes else None)


def _newest(heard: Sequence[datetime], since: datetime, until: datetime) -> datetime:
    """When a point was last known to be as it was since a moment: a request that is accepted shows that it is."""
    number = bisect_left(heard, until)
    return max(since, heard[number - 1]) if number > 0 else since


def _first(began: Sequence[datetime], since: datetime, until: datetime) -> datetime | None:
    """When a Central began after a moment, which had not heard of the point until another one."""
    number = bisect_right(began, since)
    return began[number] if number < len(began) and began[number] < until else None
