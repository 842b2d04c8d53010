"""A driver's request: decided once, by the rules, and never served twice."""

from datetime import datetime

from evcharging.common.messages import DriverRequest, DriverUpdate, UnreadableRequest, UpdateStatus
from evcharging.common.messages_queue import PointAsk
from evcharging.common.utils import changed
from evcharging.domain.catalogue import tariff_at
from evcharging.domain.charging_point import price_of
from evcharging.domain.meter import to_mwh
from evcharging.domain.reservation import room
from evcharging.domain.session import Request, Session, SessionStatus, request_of
from evcharging.roles.central.closing import final_update
from evcharging.roles.central.paying import hold
from evcharging.roles.central.point_view import show, update
from evcharging.roles.central.room import why_refused
from evcharging.roles.central.shard import Handlers, LivePoint, Meter, Shard
from evcharging.roles.central.starting import accepted, let_begin
from evcharging.roles.role import Effect


def on_driver_request(shard: Shard, request: DriverRequest, now: datetime) -> list[Effect]:
    """Accept and order the supply, or deny with the reason; a request that was decided before is answered again."""
    known = shard.request(request.request_id)
    if known is not None:
        return _answer_again(shard, known, request, now)
    asked = undecided(request, _limit(request), now)
    live = shard.known(request.cp_id)
    if live is None:
        return _deny(shard, asked, f"{request.cp_id} is not a known charging point", now)
    reason = why_refused(shard, live, request.request_id, request.driver_id, now)
    return _deny(shard, asked, reason, now) if reason else authorise(shard, live, asked, request.payment_method, now)


def on_unreadable_request(shard: Shard, request: UnreadableRequest, now: datetime) -> list[Effect]:
    """Its driver hears why. Nothing is recorded, so that the same id may be used once the request is right."""
    return [_denial(shard, request, f"the request cannot be read: {request.reason}"[:500], now)]


def _limit(request: DriverRequest) -> int | None:
    return None if request.kwh is None else to_mwh(request.kwh)


def undecided(asked: DriverRequest | PointAsk, limit_mwh: int | None, now: datetime) -> Request:
    """A request before it is decided."""
    return Request(
        request_id=asked.request_id,
        driver_id=asked.driver_id,
        cp_id=asked.cp_id,
        limit_mwh=limit_mwh,
        minutes=asked.minutes,
        requested_at=now,
        accepted=False,
    )


def authorise(shard: Shard, live: LivePoint, asked: Request, payment_method: str | None, now: datetime) -> list[Effect]:
    """Accept a request: its session begins, and the engine is told, once money is held where payments are asked for."""
    is_free = shard.payments is None
    tariff, has = tariff_at(live.point, shard.catalogue, now), room(live.reserved.first, asked.driver_id, now)
    session = live.session = Session(
        session_id=shard.reference("session"),
        request_id=asked.request_id,
        driver_id=asked.driver_id,
        cp_id=asked.cp_id,
        status=SessionStatus.AUTHORISED if is_free else SessionStatus.HOLDING,
        micro_euros_per_kwh=price_of(live.point, live.status, tariff),
        requested_at=now,
        limit_mwh=asked.limit_mwh,
        minutes=asked.minutes,
        tariff=tariff,
        until=has.until,
        reservation_id=has.reservation_id,
    )
    live.meter = Meter(now, authorised_at=now)
    decision, kept_no_more = shard.keep(request_of(session)), shard.let_go(live)
    begun = let_begin(shard, live, session, None, now) if is_free else hold(shard, live, session, payment_method, now)
    return [decision, session, *kept_no_more, *begun, *show(shard, live, now)]


def _deny(shard: Shard, asked: Request, reason: str, now: datetime) -> list[Effect]:
    return [shard.keep(changed(asked, reason=reason)), _denial(shard, asked, reason, now)]


def _denial(
    shard: Shard, request: DriverRequest | UnreadableRequest | Request, reason: str | None, now: datetime
) -> DriverUpdate:
    return shard.say(
        DriverUpdate,
        ts=now,
        request_id=request.request_id,
        driver_id=request.driver_id,
        cp_id=request.cp_id,
        status=UpdateStatus.DENIED,
        reason=reason,
    )


def _answer_again(shard: Shard, known: Request, request: DriverRequest, now: datetime) -> list[Effect]:
    asked = request.driver_id, request.cp_id, _limit(request), request.minutes
    if asked != (known.driver_id, known.cp_id, known.limit_mwh, known.minutes):
        reason = f"request id {request.request_id} was already used for another request"
        return [_denial(shard, request, reason, now)]
    if known.session_id is None:
        return [_denial(shard, request, known.reason, now)]
    session = shard.open_session(known.cp_id, known.session_id)
    if session is not None:
        if session.status is SessionStatus.HOLDING:
            return []
        if session.status is SessionStatus.AUTHORISED:
            return [accepted(shard, shard.points[session.cp_id], session, now)]
        return [update(shard, session, UpdateStatus.IN_PROGRESS, now)]
    past = shard.past_session(known.session_id)
    return [final_update(shard, past, now)] if past else []


HANDLERS: Handlers = {
    DriverRequest: on_driver_request,
    UnreadableRequest: on_unreadable_request,
}
