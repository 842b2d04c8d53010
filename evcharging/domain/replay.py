"""The network as it was: how each point stood at a moment, and what changed from one moment to another, by what the
ledger has. What it does not have is unknown, and is not guessed. Knows no message bus, store or clock."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from evcharging.common.states import CPState
from evcharging.common.utils import Frozen
from evcharging.domain.access.action import OperatorAction
from evcharging.domain.catalogue import Catalogue, resolved
from evcharging.domain.charging_point import Point, shown_state
from evcharging.domain.metered_past import NO_METER, Growth, SessionMeter, growth_at, phases, turns_of
from evcharging.domain.notice import Notice, NoticeCode
from evcharging.domain.point_past import undone
from evcharging.domain.session import Session, SessionStatus
from evcharging.domain.states_past import AFTER, PastState, lost_from
from evcharging.domain.tariff import first_energy_price


class PointPast(Frozen, frozen=True, kw_only=True):
    """What the ledger has of a point around a time, each in order: how it is now, with what was done to it since the
    time began; the last notice until then with a code of `AFTER`, those within the time, and the first one later; and
    its sessions likewise, by when they were asked for."""

    point: Point
    notices: Sequence[Notice] = ()
    sessions: Sequence[Session] = ()
    actions: Sequence[OperatorAction] = ()


class NetworkPast(Frozen, frozen=True, kw_only=True):
    """What the ledger has of all points around a time: `began` is when a Central began last before it, within it, and
    first after it; `meters` are by session, and the catalogue is as it is now."""

    points: Sequence[PointPast]
    began: Sequence[datetime] = ()
    meters: Mapping[str, SessionMeter] = {}
    catalogue: Catalogue


class SessionThen(Frozen, frozen=True, kw_only=True):
    """The session that occupied a point at a moment, with its status then. `growth` says how its energy and cost grow
    from that moment on; None until it has supplied."""

    session: Session
    status: SessionStatus
    growth: Growth | None


class PointThen(Frozen, frozen=True, kw_only=True):
    """How a point stood from a moment on. None stands for what nobody knows: the state, since when, the price (in
    micro-euro a kWh). `point` says what people had decided."""

    point: Point
    state: CPState | None
    since: datetime | None
    reason: str | None
    micro_euros_per_kwh: int | None
    session: SessionThen | None

    @property
    def is_free(self) -> bool:
        """Whether a driver could ask for it, as far as is known."""
        return self.state is CPState.ACTIVATED and self.session is None


class PointChange(Frozen, frozen=True, kw_only=True):
    """From a moment on a point stood so; None: it was in the network no more."""

    at: datetime
    cp_id: str
    then: PointThen | None


def snapshot(past: NetworkPast, at: datetime) -> dict[str, PointThen]:
    """How each point stood that was in the network."""
    found = ((each.point.cp_id, point_then(past, each, at)) for each in past.points)
    return {cp_id: then for cp_id, then in found if then is not None}


def changes(past: NetworkPast, begin: datetime, end: datetime) -> list[PointChange]:
    """What changed after `begin` and until `end`, in the order of the moments, and of the points' IDs in one moment."""
    found = [change for each in past.points for change in _changes(past, each, begin, end)]
    return sorted(found, key=lambda change: (change.at, change.cp_id))


def folded(before: Mapping[str, PointThen], later: Sequence[PointChange]) -> dict[str, PointThen]:
    """How each point stands once these changes have come to pass."""
    found = dict(before)
    for change in later:
        if change.then is None:
            found.pop(change.cp_id, None)
        else:
            found[change.cp_id] = change.then
    return found


def _changes(past: NetworkPast, of: PointPast, begin: datetime, end: datetime) -> Iterator[PointChange]:
    moments = sorted({at for at in _turns(past, of) if begin < at <= end})
    if not moments:
        return
    before = point_then(past, of, begin)
    for at in moments:
        then = point_then(past, of, at)
        if then != before:
            yield PointChange(at=at, cp_id=of.point.cp_id, then=then)
        before = then


def _turns(past: NetworkPast, of: PointPast) -> Iterator[datetime]:
    """The moments at which a point may have begun to stand otherwise."""
    if of.point.registered_at is not None:
        yield of.point.registered_at
    if of.point.retired_at is not None:
        yield of.point.retired_at
    yield from past.began
    yield from (notice.ts for notice in of.notices)
    yield from (action.at for action in of.actions)
    for session in of.sessions:
        yield from turns_of(session, past.meters.get(session.session_id, NO_METER))
    if of.point.tariff_id is not None or of.point.site_id is not None or of.actions:
        yield from (version.from_at for versions in past.catalogue.versions.values() for version in versions)
        yield from (site.named_at for site in past.catalogue.sites.values())


def point_then(past: NetworkPast, of: PointPast, at: datetime) -> PointThen | None:
    """How a point stood at a moment; None where it was not in the network."""
    notice, following = _around(of.notices, at)
    if _is_absent(of.point, notice, at):
        return None
    known = _state_by_notice(past, of, notice, following, at)
    newest = _newest(of.sessions, at)
    session = None if newest is None else _session_then(past, newest, at)
    supplies = session is not None and session.status is SessionStatus.SUPPLYING
    state = _shown(known, supplies=supplies, is_used=session is not None)
    point = undone(of.point, of.actions, at)
    return PointThen(
        point=point,
        state=state,
        since=None if notice is None or known is PastState.UNKNOWN else _since(newest, notice.ts, state, at),
        reason=_reason(state, notice),
        micro_euros_per_kwh=_price(past.catalogue, point, session, at),
        session=session,
    )


def _around(notices: Sequence[Notice], at: datetime) -> tuple[Notice | None, Notice | None]:
    """The last notice until a moment, and the first one after it."""
    until = [notice for notice in notices if notice.ts <= at]
    return (until[-1] if until else None), next(iter(notices[len(until) :]), None)


def _is_absent(point: Point, notice: Notice | None, at: datetime) -> bool:
    if point.registered_at is not None and at < point.registered_at:
        return True
    if notice is not None:
        return notice.code == NoticeCode.POINT_RETIRED
    return point.retired_at is not None and point.retired_at <= at


def _state_by_notice(
    past: NetworkPast, of: PointPast, notice: Notice | None, following: Notice | None, at: datetime
) -> PastState:
    """What was said of a point, unless a Central has begun since, and had not heard of it."""
    if notice is None:
        return PastState.UNKNOWN
    heard = [session.requested_at for session in of.sessions]
    lost = lost_from(notice, following, heard, past.began)
    return PastState.UNKNOWN if lost is not None and lost <= at else AFTER[notice.code or ""]


def _shown(known: PastState, *, supplies: bool, is_used: bool) -> CPState | None:
    """By the truth table; a session shows that its point is in service where nothing else says how it is."""
    if known is PastState.UNKNOWN and not is_used:
        return None
    return shown_state(
        linked=known is not PastState.OFFLINE,
        well=known is not PastState.FAULTY,
        stopped=known is PastState.STOPPED,
        supplying=supplies,
    )


def _since(newest: Session | None, said_at: datetime, state: CPState | None, at: datetime) -> datetime:
    """Since the notice, or since a supply began or ended after it."""
    if state not in (CPState.ACTIVATED, CPState.SUPPLYING) or newest is None or newest.started_at is None:
        return said_at
    turns = phases(newest)[1:3]
    return max([said_at, *(turn for turn in turns if turn is not None and turn <= at)])


REASONS = {CPState.STOPPED: "stopped by the operator", CPState.DISCONNECTED: "no link to its monitor"}


def _reason(state: CPState | None, notice: Notice | None) -> str | None:
    if state is CPState.FAULT and notice is not None:
        return notice.detail or "fault"
    return None if state is None else REASONS.get(state)


def _newest(sessions: Sequence[Session], at: datetime) -> Session | None:
    """The session that was asked for last until a moment."""
    return next((session for session in reversed(sessions) if session.requested_at <= at), None)


def _session_then(past: NetworkPast, newest: Session, at: datetime) -> SessionThen | None:
    """The session, as long as it has its point."""
    status = _status(newest, at)
    if status is None:
        return None
    growth = growth_at(newest, past.meters.get(newest.session_id, NO_METER), at)
    return SessionThen(session=newest, status=status, growth=growth)


def _status(session: Session, at: datetime) -> SessionStatus | None:
    _, started, ended, left = phases(session)
    if ended is None or at < ended:
        return SessionStatus.AUTHORISED if started is None or at < started else SessionStatus.SUPPLYING
    return SessionStatus.IDLE if left is None or at < left else None


def _price(catalogue: Catalogue, point: Point, session: SessionThen | None, at: datetime) -> int | None:
    """What a session was authorised by, or would have been; what an engine announced is not kept."""
    if session is not None:
        return session.session.micro_euros_per_kwh
    site = catalogue.sites.get(point.site_id or "")
    if site is not None and at < site.named_at and point.tariff is None:
        return None
    tariff = resolved(point, catalogue, at)[1]
    return point.own_micro_euros_per_kwh if tariff is None else first_energy_price(tariff)
