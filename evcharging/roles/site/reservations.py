"""Reservations of any point of a site: bound to the best one whose time is free, and to another one if that fails. The
shards of the points decide; one point at a time is asked for a reservation."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from evcharging.common.messages_reservations import (
    ReleaseAsk,
    ReservationLost,
    ReservationServed,
    ReservationStatus,
    ReservationUpdate,
    ReserveAsk,
    ReserveAtSite,
    ReserveReply,
)
from evcharging.common.moments import in_utc
from evcharging.common.utils import changed
from evcharging.domain.queue import IN_SERVICE, best
from evcharging.domain.reservation import Terms, id_at_site, why_no_time
from evcharging.domain.site_reservation import SiteReservation, asked_next, bound, over, refused
from evcharging.roles.role import NOTHING, Effect, Effects
from evcharging.roles.site.counts import SiteCounts
from evcharging.roles.site.parts import Handlers, Timeouts
from evcharging.roles.timers import Timers
from evcharging.roles.voice import Voice

OVER = "reservation over"
FORGOTTEN_AFTER = timedelta(minutes=10)
"""How long after its end a reservation is kept in mind."""

USED = "this request id was already used for another request"


class SiteReservations:
    """All reservations of a partition of sites that were asked for any point, in one run."""

    def __init__(
        self,
        voice: Voice,
        timers: Timers,
        counts: Mapping[str, SiteCounts],
        kept: Iterable[SiteReservation],
        terms: Terms,
    ) -> None:
        self._terms = terms
        self._voice = voice
        self._timers = timers
        self._counts = counts
        self._kept = {each.request_id: each for each in kept}

    def resume(self, now: datetime) -> None:
        """Go on with what an earlier run left, or after the clock was set: reservations are at moments of the world."""
        for each in self._kept.values():
            self._timers.set(OVER, each.request_id, each.ends_at + FORGOTTEN_AFTER)

    def knows(self, request_id: str) -> bool:
        """Whether a request is in mind."""
        return request_id in self._kept

    def remember(self, record: SiteReservation) -> None:
        """Take a request back into mind."""
        self._kept.setdefault(record.request_id, record)
        self._timers.set(OVER, record.request_id, record.ends_at + FORGOTTEN_AFTER)

    @property
    def handlers(self) -> Handlers:
        """What it hears."""
        return {
            ReserveAtSite: self.on_request,
            ReserveReply: self.on_reply,
            ReservationLost: self.on_lost,
            ReservationServed: self.on_served,
        }

    @property
    def timeouts(self) -> Timeouts:
        """What is done when its timers ring."""
        return {OVER: self.on_over}

    def on_request(self, request: ReserveAtSite, now: datetime) -> list[Effect]:
        """Ask the best point; a request that is known is answered by its point, or again with its refusal."""
        asked = SiteReservation(
            request_id=request.request_id,
            site_id=request.site_id,
            driver_id=request.driver_id,
            begins_at=in_utc(request.begins_at),
            ends_at=in_utc(request.ends_at),
            asked_at=now,
            payment_method=request.payment_method,
        )
        known = self._kept.get(request.request_id)
        if known is not None:
            is_same = (known.driver_id, known.site_id) == (asked.driver_id, asked.site_id)
            if not is_same:
                return [self._refusal(asked, USED, now)]
            return [self._refusal(known, known.reason, now)] if known.reason is not None else []
        reason = why_no_time(asked.begins_at, asked.ends_at, now, self._terms)
        return self._refuse(asked, reason, now) if reason is not None else self._next(asked, now)

    def on_reply(self, reply: ReserveReply, now: datetime) -> Effects:
        """A point is booked: it takes the place of the one before. Where it is not, the next one is asked."""
        known = self._kept.get(reply.request_id)
        if known is None or (known.attempt, known.cp_id) != (reply.attempt, reply.cp_id) or not known.is_asking:
            return NOTHING
        if reply.reason is not None:
            return self._next(changed(known, reason=None), now, reply.reason)
        after = self._keep(bound(known))
        if known.bound_id is None or known.bound_cp is None:
            return [after]
        return [after, self._release(known, known.bound_id, known.bound_cp, now, after)]

    def on_lost(self, lost: ReservationLost, now: datetime) -> Effects:
        """A point cannot serve what is bound to it: another one is asked; where one has been found, that is said
        again."""
        known = self._kept.get(lost.request_id)
        if known is None or known.is_asking:
            return NOTHING
        if known.bound_id != lost.reservation_id:
            return [self._release(known, lost.reservation_id, lost.cp_id, now, known)]
        return self._next(changed(known, tried=(*known.tried, lost.cp_id)), now, lost.reason)

    def on_served(self, served: ReservationServed, now: datetime) -> Effects:
        """The point that was to be replaced serves after all: the other one is free again."""
        known = self._kept.get(served.request_id)
        if known is None or known.bound_id in (None, served.reservation_id) or known.bound_cp is None:
            return NOTHING
        other_id, other_cp = known.bound_id, known.bound_cp
        after = self._keep(changed(known, bound_id=served.reservation_id, bound_cp=served.cp_id))
        return [after, self._release(known, str(other_id), other_cp, now, after)]

    def on_over(self, request_id: str, now: datetime) -> Effects:
        """It is long over."""
        known = self._kept.pop(request_id, None)
        return [over(known)] if known is not None else NOTHING

    def _next(self, known: SiteReservation, now: datetime, reason: str | None = None) -> list[Effect]:
        """Ask the best point that was not asked yet, or give up: what is bound stays so."""
        cp_id = self._best(known)
        if cp_id is None:
            if known.bound_id is None or known.bound_cp is None:
                why = reason or f"no point of {known.site_id} is in service"
                return self._refuse(known, why if not known.tried else f"no point is free then: {why}", now)
            kept = self._keep(changed(known, is_asking=False, cp_id=known.bound_cp))
            return [kept, self._release(known, known.bound_id, known.bound_cp, now, None)]
        asking = self._keep(asked_next(known, cp_id))
        ask = self._voice.say(
            ReserveAsk,
            ts=now,
            site_id=asking.site_id,
            cp_id=cp_id,
            request_id=asking.request_id,
            attempt=asking.attempt,
            driver_id=asking.driver_id,
            begins_at=asking.begins_at,
            ends_at=asking.ends_at,
            payment_method=asking.payment_method,
            moved_from=asking.bound_id,
        )
        return [asking, ask]

    def _best(self, known: SiteReservation) -> str | None:
        counts = self._counts.get(known.site_id)
        if counts is None:
            return None
        used = {cp_id: billed.sessions for cp_id, billed in counts.billed.items()}
        candidates = (
            point for point in counts.points.values() if point.state in IN_SERVICE and point.cp_id not in known.tried
        )
        return best(candidates, used, known.request_id)

    def _release(
        self, known: SiteReservation, reservation_id: str, cp_id: str, now: datetime, other: SiteReservation | None
    ) -> ReleaseAsk:
        """Let a point go, for the one that another reservation is bound to, or because there is none."""
        return self._voice.say(
            ReleaseAsk,
            ts=now,
            site_id=known.site_id,
            cp_id=cp_id,
            reservation_id=reservation_id,
            moved_to=other.bound_id if other is not None else None,
            moved_to_cp=other.bound_cp if other is not None else None,
        )

    def _refuse(self, asked: SiteReservation, reason: str, now: datetime) -> list[Effect]:
        return [self._keep(refused(asked, reason)), self._refusal(asked, reason, now)]

    def _keep(self, known: SiteReservation) -> SiteReservation:
        self._kept[known.request_id] = known
        self._timers.set(OVER, known.request_id, known.ends_at + FORGOTTEN_AFTER)
        return known

    def _refusal(self, asked: SiteReservation, reason: str | None, now: datetime) -> ReservationUpdate:
        return self._voice.say(
            ReservationUpdate,
            ts=now,
            request_id=asked.request_id,
            reservation_id=id_at_site(asked.request_id, asked.attempt),
            driver_id=asked.driver_id,
            site_id=asked.site_id,
            begins_at=asked.begins_at,
            ends_at=asked.ends_at,
            status=ReservationStatus.REFUSED,
            reason=reason,
        )
