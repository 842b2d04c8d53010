"""Mutants of reservations."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import partial

from evcharging.adapters.store import Ledger
from evcharging.common.messages_reservations import CancelReservation, ReserveRequest
from evcharging.common.utils import changed
from evcharging.domain import reservation as rules
from evcharging.domain.reservation import Reservation, Room
from evcharging.domain.session import Request, Session
from evcharging.roles.cadences import Cadences
from evcharging.roles.central import central, requests, reservations, room
from evcharging.roles.central.central import Central
from evcharging.roles.central.reserved import Reserved
from evcharging.roles.central.shard import LivePoint, Shard
from evcharging.roles.role import Effect, Effects
from evcharging.runtime import central_program
from evcharging.runtime.families import Family
from evcharging.tests.mutants.mutant import Target, mutant

LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@mutant("overlap-booked")
def overlap_booked() -> list[Target]:
    """A time is booked that somebody else has."""
    return [(reservations, "why_not_free", lambda asked, others: None)]


@mutant("reserved-for-all")
def reserved_for_all() -> list[Target]:
    """A point that is reserved serves whoever comes."""
    return [(room, "why_kept", lambda cp_id, first, driver_id, now, terms: None)]


@mutant("holder-refused")
def holder_refused() -> list[Target]:
    """A point that is reserved refuses its driver, too."""
    why_kept = rules.why_kept
    return [(room, "why_kept", lambda cp_id, first, _, now, terms: why_kept(cp_id, first, "nobody", now, terms))]


@mutant("fee-for-broken-point")
def fee_for_broken_point() -> list[Target]:
    """Whoever does not come pays, also where the point could not have served."""
    return [(rules, "is_no_show", lambda reservation, able_since: True)]


@mutant("blameless-central")
def blameless_central() -> list[Target]:
    """A Central that has just begun takes it that the point has served all the time."""
    follow = Reserved.follow

    def always(self: Reserved, session: Session | None, now: datetime, *, is_free: bool, is_in_service: bool) -> bool:
        news = follow(self, session, now, is_free=is_free, is_in_service=is_in_service)
        self.able_since = self.able_since and LONG_AGO
        return news

    return [(Reserved, "follow", always)]


@mutant("accepted-is-used")
def accepted_is_used() -> list[Target]:
    """A reservation is used once its driver is accepted, and no energy has flowed."""
    authorise = requests.authorise

    def at_once(shard: Shard, live: LivePoint, asked: Request, method: str | None, now: datetime) -> list[Effect]:
        effects = authorise(shard, live, asked, method, now)
        used = reservations.on_energy(shard, live, live.session, now) if live.session is not None else []
        return [*effects, *used]

    return [(requests, "authorise", at_once)]


@mutant("kept-for-ever")
def kept_for_ever() -> list[Target]:
    """A point is kept until somebody comes."""
    return [(reservations, "_ends", lambda shard, live, reservation: reservation.ends_at + timedelta(days=1))]


@mutant("walk-in-untold")
def walk_in_untold() -> list[Target]:
    """Who charges before a reservation may go on as long as others."""
    room_for = rules.room

    def endless(first: Reservation | None, driver_id: str, now: datetime) -> Room:
        has = room_for(first, driver_id, now)
        return has if has.reservation_id is not None else Room()

    return [(requests, "room", endless)]


@mutant("cancelled-at-no-cost")
def cancelled_at_no_cost() -> list[Target]:
    """Cancelling is free until the end."""
    free = partial(changed, free_until=datetime.max.replace(tzinfo=UTC))
    priced = rules.priced
    return [(reservations, "priced", lambda reservation, tariff: free(priced(reservation, tariff)))]


@mutant("cancelled-by-anybody")
def cancelled_by_anybody() -> list[Target]:
    """Whoever knows the ID of a reservation cancels it."""
    on_cancel = reservations.on_cancel

    def anybody(shard: Shard, message: CancelReservation, now: datetime) -> Effects:
        known = shard.reservation(message.reservation_id)
        return on_cancel(shard, changed(message, driver_id=known.driver_id) if known else message, now)

    return [(central, "_HANDLERS", {**central._HANDLERS, CancelReservation: anybody})]


@mutant("reservations-forgotten")
def reservations_forgotten() -> list[Target]:
    """Who takes over a point does not know for whom it is reserved."""
    recover = central_program.POINTS.recover

    def without(
        store: Ledger, partitions: int, epochs: Mapping[str, int], cadences: Cadences
    ) -> list[tuple[str, Central]]:
        found = []
        for shard, role in recover(store, partitions, epochs, cadences):
            if isinstance(role, Central):
                role._reserved = ()
                found.append((shard, role))
        return found

    forgetting = [
        Family(family.prefix, family.reads, family.recalled, without) if family is central_program.POINTS else family
        for family in central_program.FAMILIES
    ]
    return [(central_program, "FAMILIES", tuple(forgetting))]


@mutant("booked-again")
def booked_again() -> list[Target]:
    """What is said again is booked again."""
    on_reserve = reservations.on_reserve

    def again(shard: Shard, request: ReserveRequest, now: datetime) -> list[Effect]:
        known = shard.reservation(request.request_id)
        if known is not None:
            _forget(shard, known)
        return on_reserve(shard, request, now)

    return [(central, "_HANDLERS", {**central._HANDLERS, ReserveRequest: again})]


def _forget(shard: Shard, known: Reservation) -> None:
    shard.booked.pop(known.reservation_id, None)
    shard._past.pop((Reservation, known.reservation_id), None)


@mutant("notice-untold")
def notice_untold() -> list[Target]:
    """Whose point is booked while he charges is ended by Central alone, which may be away then."""
    return [(reservations, "_give_notice", lambda shard, live, booked, now: [])]
