"""Reservations of the points of a shard: booked where the time is free, kept from a little before it, used by energy,
and brought to their end. The rules are in `domain.reservation`."""

from collections.abc import Sequence
from datetime import datetime

from evcharging.common.messages import UpdateStatus
from evcharging.common.messages_operators import FreeReservation
from evcharging.common.messages_reservations import (
    CancelReservation,
    ReleaseAsk,
    ReservationLost,
    ReservationStatus,
    ReservationUpdate,
    ReserveAsk,
    ReserveRequest,
)
from evcharging.common.moments import in_utc
from evcharging.common.utils import changed
from evcharging.domain.catalogue import tariff_at
from evcharging.domain.money import to_euros
from evcharging.domain.notice import NoticeCode
from evcharging.domain.queue import HOLD_FOR
from evcharging.domain.record import Record
from evcharging.domain.reservation import (
    Reservation,
    earlier,
    held,
    id_at_site,
    kept_until,
    missed,
    over,
    priced,
    used,
    wanted,
    why_no_time,
    why_not_free,
    why_still_busy,
    why_too_many,
)
from evcharging.domain.reservation_fee import fee_of, fees_of
from evcharging.domain.session import Session, SessionStatus
from evcharging.roles.central.closing import counted
from evcharging.roles.central.operators import answer
from evcharging.roles.central.orders import stop, stop_by
from evcharging.roles.central.point_view import RESERVED, follow, notice, reason_of, show, update
from evcharging.roles.central.pricing import to_look_up as to_price
from evcharging.roles.central.room import why_refused
from evcharging.roles.central.shard import Handlers, LivePoint, Shard
from evcharging.roles.orders import DECIDE_WITHIN, TOO_LATE
from evcharging.roles.role import NOTHING, Effect, Effects

S = ReservationStatus
About = ReserveRequest | CancelReservation | FreeReservation | ReserveAsk | ReleaseAsk


def on_reserve(shard: Shard, request: ReserveRequest, now: datetime) -> list[Effect]:
    """Book a point, or say why not; what was decided before is answered again."""
    asked = wanted(
        request.request_id,
        request_id=request.request_id,
        driver_id=request.driver_id,
        cp_id=request.cp_id,
        begins_at=in_utc(request.begins_at),
        ends_at=in_utc(request.ends_at),
        now=now,
        terms=shard.terms,
        payment_method=request.payment_method,
    )
    known = shard.reservation(request.request_id)
    if known is None:
        return decide(shard, asked, now)
    reason = f"request id {request.request_id} was already used for another request"
    return [told(shard, known if _is_same(known, asked) else over(asked, S.REFUSED, reason, now), now)]


def to_look_up(shard: Shard, message: About) -> Sequence[tuple[type[Record], str]]:
    """What the ledger may have of the reservation that a message is about, and of the tariff of its point."""
    match message:
        case ReserveRequest():
            reservation_id = message.request_id
        case ReserveAsk():
            reservation_id = id_at_site(message.request_id, message.attempt)
        case _:
            reservation_id = message.reservation_id
    if shard.reservation(reservation_id) is not None:
        return ()
    return [(Reservation, reservation_id), *to_price(shard, message.cp_id)]


def _is_same(known: Reservation, asked: Reservation) -> bool:
    def wish(one: Reservation) -> tuple[str, str, datetime, datetime]:
        return one.driver_id, one.cp_id, one.begins_at, one.ends_at

    return wish(known) == wish(asked)


def decide(shard: Shard, asked: Reservation, now: datetime, *, is_moved: bool = False) -> list[Effect]:
    """A reservation that is new: it is booked, or refused. The time of one that `is_moved` may have come already."""
    live = shard.known(asked.cp_id)
    no_time = None if is_moved else why_no_time(asked.begins_at, asked.ends_at, now, shard.terms)
    # Other shards have others of this driver: who books over HTTP is counted in the ledger.
    too_many = None if is_moved else why_too_many(asked.driver_id, shard.booked.values(), shard.terms)
    reason = no_time or too_many or why_not_booked(shard, live, asked, now)
    if live is None or reason is not None:
        refused = over(asked, S.REFUSED, reason or "", now)
        said = [] if asked.is_any_point else [told(shard, refused, now)]  # Of a site's, the site tells.
        return [shard.keep_reservation(refused), *said]
    placed = changed(asked, site_id=asked.site_id or live.point.site_id)
    booked = shard.keep_reservation(priced(placed, tariff_at(live.point, shard.catalogue, now)))
    noticed = _give_notice(shard, live, booked, now)
    return [booked, told(shard, booked, now), *noticed, *on_due(shard, asked.cp_id, now)]


def _give_notice(shard: Shard, live: LivePoint, booked: Reservation, now: datetime) -> list[Effect]:
    """A charge goes on that was told no end, or a later one: its engine hears now when it ends, and keeps to that even
    while Central is away. Its driver hears, too."""
    session = _going_on(live)
    if session is None or (session.ends_by is not None and session.ends_by <= booked.kept_from):
        return []
    live.session = session = changed(session, until=booked.kept_from)
    if session.status is SessionStatus.HOLDING:
        return [session]  # Nobody was told of it yet.
    heard = changed(update(shard, session, UpdateStatus.ACCEPTED, now), ends_by=session.until)
    return [session, heard, stop_by(shard, session, now)]


def _going_on(live: LivePoint) -> Session | None:
    session = live.session
    is_going_on = session is not None and (session.has_not_begun or session.status is SessionStatus.SUPPLYING)
    return session if is_going_on else None


def why_not_booked(shard: Shard, live: LivePoint | None, asked: Reservation, now: datetime) -> str | None:
    """Why a point cannot be booked, in one sentence; None where it can."""
    if live is None:
        return f"{asked.cp_id} is not a known charging point"
    reason = why_not_free(asked, live.reserved.all) or why_still_busy(asked, live.session, shard.terms)
    if reason is None and asked.kept_from <= now:
        return why_refused(shard, live, asked.reservation_id, asked.driver_id, now)
    is_offered = live.hold is not None and live.hold.until is not None
    if reason is None and is_offered and asked.kept_from - HOLD_FOR - shard.terms.least_charge < now:
        return f"{asked.cp_id} is offered to another driver just now: begin later"
    return reason


# What becomes of it


def on_energy(shard: Shard, live: LivePoint, session: Session, now: datetime) -> list[Effect]:
    """Energy flows in a session: a reservation that it was begun for is used."""
    reservation = live.reserved.first
    if reservation is None or reservation.reservation_id != session.reservation_id:
        return []
    return _ended(shard, used(reservation, session.session_id, now), now)


def on_cancel(shard: Shard, message: CancelReservation, now: datetime) -> Effects:
    """Its driver needs it no more; of one whose charge begins, or that is over, is said how it stands."""
    known = shard.reservation(message.reservation_id)
    if known is None or (known.driver_id, known.cp_id) != (message.driver_id, message.cp_id):
        return NOTHING
    if not known.is_active or _is_begun(shard, known):
        return [told(shard, known, now)]
    return _ended(shard, over(known, S.CANCELLED, "its driver cancelled it", now), now)


def on_free(shard: Shard, order: FreeReservation, now: datetime) -> list[Effect]:
    """An operator cancels it, at no cost."""
    known = shard.reservation(order.reservation_id)
    if known is None or known.cp_id != order.cp_id:
        return [answer(shard, order, f"{order.reservation_id} is not a known reservation", now)]
    if now - order.ts > DECIDE_WITHIN:
        return [answer(shard, order, TOO_LATE, now)]
    if not known.is_active or _is_begun(shard, known):
        return [answer(shard, order, f"{order.reservation_id} is not waiting: it is {known.status.lower()}", now)]
    return [*fail(shard, known, "an operator cancelled it", now), answer(shard, order, None, now)]


def _is_begun(shard: Shard, known: Reservation) -> bool:
    """Whether the charge of an active reservation is accepted, and no energy flows yet."""
    live = shard.points[known.cp_id]
    return live.reserved.is_begun(live.session) and known == live.reserved.first


def fail(shard: Shard, reservation: Reservation, reason: str, now: datetime) -> list[Effect]:
    """A reservation cannot be served, at no cost."""
    return _ended(shard, over(reservation, S.FAILED, reason, now), now)


def end(shard: Shard, reservation: Reservation, now: datetime) -> list[Effect]:
    """A reservation at its end, with its fee; its driver hears of both."""
    return _ended(shard, reservation, now)


def _ended(shard: Shard, reservation: Reservation, now: datetime) -> list[Effect]:
    bill = fee_of(reservation, now, shard.points[reservation.cp_id].point.site_id)
    fee = counted(shard, bill, now, reservation.payment_method) if bill is not None else []
    euros = to_euros(bill.micro_euros) if bill is not None else 0.0
    kept = shard.keep_reservation(reservation)
    said = told(shard, reservation, now, euros)
    warned = (
        notice(shard, NoticeCode.RESERVATION_FAILED, reservation.cp_id, now, detail=reservation.reason)
        if reservation.status is S.FAILED
        else []
    )
    return [kept, *fee, said, *warned, *on_due(shard, reservation.cp_id, now)]


# What time does


def on_due(shard: Shard, cp_id: str, now: datetime) -> list[Effect]:
    """Do what is due at a point, and plan what is next."""
    live = shard.points.get(cp_id)
    if live is None:
        return []
    if live.reserved.due_at is not None and now - live.reserved.due_at > shard.terms.away_after:
        live.reserved.able_since = live.reserved.able_since and now
    live.reserved.due_at = None
    effects: list[Effect] = show(shard, live, now)
    reservation = live.reserved.first
    if reservation is not None:
        if reservation.status is S.BOOKED and now >= reservation.kept_from:
            kept = shard.keep_reservation(held(reservation))
            return [*effects, *_last_call(shard, live, now), kept, told(shard, kept, now), *on_due(shard, cp_id, now)]
        if reservation.status is S.HELD and now >= _ends(shard, live, reservation):
            able_since = None if live.reserved.is_excused(live.session) else live.reserved.able_since
            return [*effects, *_ended(shard, missed(reservation, able_since, now), now)]
        effects += _moved(shard, live, reservation, now)
    plan(shard, live, now)
    return effects


def _last_call(shard: Shard, live: LivePoint, now: datetime) -> list[Effect]:
    """Engines end by themselves what is in the way; one that has not heard that, or has another clock, is told now."""
    session = _going_on(live)
    return [] if session is None else [stop(shard, session.cp_id, session.session_id, now)]


def _moved(shard: Shard, live: LivePoint, reservation: Reservation, now: datetime) -> list[Effect]:
    """A point that cannot serve when the time has come: its site looks for another one for who may have any, and the
    others hear where to ask."""
    at = _moves_at(shard, live, reservation)
    if at is None or now < at:
        return []
    live.reserved.moving = reservation.reservation_id
    why = reason_of(live) or "its point is still occupied"
    if reservation.is_any_point:
        return [lost(shard, reservation, why, now)]
    offer = f"{why}: ask at {reservation.site_id} for any other point, and this reservation costs nothing"
    return [told(shard, changed(reservation, reason=offer), now)]


def _moves_at(shard: Shard, live: LivePoint, reservation: Reservation) -> datetime | None:
    is_wanted = reservation.site_id is not None and reservation.status is S.HELD
    is_asked = live.reserved.moving == reservation.reservation_id
    if not is_wanted or is_asked or live.reserved.unable_since is None:
        return None
    return max(reservation.begins_at, live.reserved.unable_since) + shard.terms.moved_after


def _ends(shard: Shard, live: LivePoint, reservation: Reservation) -> datetime:
    """Until when a point is kept, as things stand."""
    if live.reserved.is_begun(live.session):
        return reservation.ends_at + shard.terms.begins_within
    return kept_until(reservation, live.reserved.able_since)


def plan(shard: Shard, live: LivePoint, now: datetime) -> None:
    """Set when something is due next at a point. Reservations are at moments that people have named: no clock that is
    set moves them."""
    reservation, cp_id = live.reserved.first, live.point.cp_id
    if reservation is None:
        shard.timers.cancel(RESERVED, cp_id)
        return
    if reservation.status is S.HELD:
        moments = [_moves_at(shard, live, reservation) or reservation.ends_at, _ends(shard, live, reservation)]
    else:
        moments = [earlier(reservation.kept_from, shard.terms.least_charge), reservation.kept_from]
    live.reserved.due_at = min((at for at in moments if at > now), default=now + shard.terms.away_after)
    shard.timers.set(RESERVED, cp_id, live.reserved.due_at)


def resume(shard: Shard, live: LivePoint, now: datetime) -> None:
    """Go on with what an earlier run left: whether the point could serve meanwhile, nobody knows."""
    if live.reserved.first is not None:
        shard.timers.set(RESERVED, live.point.cp_id, now)


def on_clock_set(shard: Shard, now: datetime) -> list[Effect]:
    """What was measured by the old clock counts no more."""
    effects: list[Effect] = []
    for live in shard.points.values():
        if live.reserved.first is not None:
            live.reserved.forget()
            follow(shard, live, now)
            effects += on_due(shard, live.point.cp_id, now)
    return effects


def lost(shard: Shard, reservation: Reservation, reason: str, now: datetime) -> ReservationLost:
    """Tell its site that a point cannot serve a reservation."""
    return shard.say(
        ReservationLost,
        ts=now,
        site_id=reservation.site_id or "",
        cp_id=reservation.cp_id,
        request_id=reservation.request_id,
        reservation_id=reservation.reservation_id,
        reason=reason,
    )


def told(shard: Shard, reservation: Reservation, now: datetime, euros: float = 0.0) -> ReservationUpdate:
    """How a reservation stands, for its driver."""
    late_cancel, no_show = fees_of(reservation)
    return shard.say(
        ReservationUpdate,
        ts=now,
        request_id=reservation.request_id,
        reservation_id=reservation.reservation_id,
        driver_id=reservation.driver_id,
        cp_id=reservation.cp_id,
        site_id=reservation.site_id,
        begins_at=reservation.begins_at,
        ends_at=reservation.ends_at,
        status=reservation.status,
        late_cancel_euros=to_euros(late_cancel),
        no_show_euros=to_euros(no_show),
        euros=euros,
        moved_to=reservation.moved_to,
        reason=reservation.reason,
    )


HANDLERS: Handlers = {
    ReserveRequest: on_reserve,
    CancelReservation: on_cancel,
    FreeReservation: on_free,
}
