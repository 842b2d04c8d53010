"""Reservations that a site binds to one of its points: booked for it, moved to another point where this one cannot
serve, and let go."""

from datetime import datetime

from evcharging.common.messages_reservations import (
    ReleaseAsk,
    ReservationServed,
    ReservationStatus,
    ReserveAsk,
    ReserveReply,
)
from evcharging.domain.reservation import Reservation, id_at_site, over, wanted
from evcharging.roles.central.reservations import decide, end, fail, lost
from evcharging.roles.central.shard import Handlers, LivePoint, Shard
from evcharging.roles.role import NOTHING, Effect, Effects

S = ReservationStatus
RETIRED = "the point was retired"


def on_ask(shard: Shard, ask: ReserveAsk, now: datetime) -> list[Effect]:
    """Be booked for a site, or say why not; what was decided before is answered again."""
    reservation_id = id_at_site(ask.request_id, ask.attempt)
    known, effects = shard.reservation(reservation_id), list[Effect]()
    if known is None:
        asked = wanted(
            reservation_id,
            request_id=ask.request_id,
            driver_id=ask.driver_id,
            cp_id=ask.cp_id,
            site_id=ask.site_id,
            begins_at=ask.begins_at,
            ends_at=ask.ends_at,
            now=now,
            terms=shard.terms,
            payment_method=ask.payment_method,
        )
        effects = decide(shard, asked, now, is_moved=ask.moved_from is not None)
        known = shard.reservation(reservation_id) or asked
    is_theirs = (known.cp_id, known.driver_id) == (ask.cp_id, ask.driver_id)
    reason = known.reason or "refused" if known.status is S.REFUSED or not is_theirs else None
    reply = shard.say(
        ReserveReply,
        ts=now,
        site_id=ask.site_id,
        cp_id=ask.cp_id,
        request_id=ask.request_id,
        attempt=ask.attempt,
        reason=reason,
    )
    return [*effects, reply]


def on_release(shard: Shard, ask: ReleaseAsk, now: datetime) -> Effects:
    """Another point has taken its place; or there is none, and then a point that was retired has nothing to wait for.
    What serves its driver already is not moved."""
    known = shard.reservation(ask.reservation_id)
    if known is None or (known.cp_id, known.site_id) != (ask.cp_id, ask.site_id):
        return NOTHING
    live = shard.points[known.cp_id]
    if known.status is S.USED or (known.is_active and live.reserved.is_begun(live.session)):
        return [_served(shard, known, now)] if ask.moved_to is not None else NOTHING
    if not known.is_active:
        return NOTHING
    if ask.moved_to is not None:
        return end(shard, over(known, S.MOVED, f"moved to {ask.moved_to_cp}", now, ask.moved_to), now)
    is_retired = live.point.retired_at is not None
    return fail(shard, known, f"{RETIRED}, and no other one is free", now) if is_retired else NOTHING


def _served(shard: Shard, known: Reservation, now: datetime) -> ReservationServed:
    return shard.say(
        ReservationServed,
        ts=now,
        site_id=known.site_id or "",
        cp_id=known.cp_id,
        request_id=known.request_id,
        reservation_id=known.reservation_id,
    )


def on_retired(shard: Shard, live: LivePoint, now: datetime) -> list[Effect]:
    """A point has left: its site looks for another one for those who may have any, and the others fail."""
    effects: list[Effect] = []
    for each in live.reserved.all:
        effects += [lost(shard, each, RETIRED, now)] if each.is_any_point else fail(shard, each, RETIRED, now)
    return effects


HANDLERS: Handlers = {
    ReserveAsk: on_ask,
    ReleaseAsk: on_release,
}
