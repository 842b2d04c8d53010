"""What can be done about reservations over HTTP: a point, or any point of a site, is booked for a driver, and a
reservation is cancelled. Decides nothing itself: the shard of the point and the role of the site do."""

import asyncio
from contextlib import suppress
from datetime import datetime
from functools import partial

from evcharging.adapters.store.history import History, Search
from evcharging.apps.ev_central.commands import Caller, Commands
from evcharging.apps.ev_central.driver_feed import Said
from evcharging.apps.ev_central.queries import Queries
from evcharging.apps.ev_central.refusals import NotDecided, OrderRefused, UnknownResource
from evcharging.common.messages_operators import ActorKind, FreeReservation
from evcharging.common.messages_reservations import (
    CancelReservation,
    ReservationStatus,
    ReservationUpdate,
    ReserveAtSite,
    ReserveRequest,
)
from evcharging.common.utils import Frozen
from evcharging.domain.reservation import ACTIVE_VALUES, TERMS, Reservation, why_too_many
from evcharging.domain.site_reservation import SiteReservation
from evcharging.roles.orders import DECIDE_WITHIN

LOOK_EVERY = 0.2
"""Seconds after which who waits for an answer looks whether the ledger has it."""


class Booking(Frozen, frozen=True, kw_only=True):
    """What is booked: a point or a site, for whom, and for which time; `method` stands for the card that pays."""

    driver_id: str
    begins_at: datetime
    ends_at: datetime
    cp_id: str | None = None
    site_id: str | None = None
    method: str | None = None


class Bookings:
    """What can be done about reservations by way of one Central."""

    def __init__(self, commands: Commands, queries: Queries) -> None:
        self._commands = commands
        self._queries = queries

    async def book(self, caller: Caller, wanted: Booking) -> Reservation:
        """Book it, and give the reservation. Raises UnknownPoint or UnknownSite; OrderRefused where the time is not
        free, or the driver has too many already; NotDecided; or StoreUnavailable."""
        request = self._request(caller, wanted)
        await self._queries.history(partial(_may_ask, request=request))
        heard: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        def hear(said: Said) -> None:
            is_answer = isinstance(said, ReservationUpdate) and said.request_id == request.request_id
            if is_answer and isinstance(said, ReservationUpdate) and not heard.done():
                if said.status is ReservationStatus.REFUSED:
                    heard.set_exception(OrderRefused(said.reason or "The reservation was refused"))
                else:
                    heard.set_result(said.reservation_id)

        with self._commands.feed.listening(request.driver_id, hear):
            await self._commands.request(request)
            booked = await self._booked(request.request_id, heard)
        if (booked.begins_at, booked.ends_at) != (wanted.begins_at, wanted.ends_at):
            raise OrderRefused("this Idempotency-Key was already used for another time")
        return booked

    def _request(self, caller: Caller, wanted: Booking) -> ReserveRequest | ReserveAtSite:
        if wanted.cp_id is not None:
            self._queries.point(wanted.cp_id)
            return ReserveRequest(
                ts=self._queries.now(),
                request_id=caller.request_id(ReserveRequest, f"reservation\n{wanted.driver_id}\n{wanted.cp_id}"),
                driver_id=wanted.driver_id,
                cp_id=wanted.cp_id,
                begins_at=wanted.begins_at,
                ends_at=wanted.ends_at,
                payment_method=wanted.method,
            )
        site_id = wanted.site_id or ""
        self._queries.site(site_id)
        return ReserveAtSite(
            ts=self._queries.now(),
            request_id=caller.request_id(ReserveAtSite, f"reservation\n{wanted.driver_id}\nsite\n{site_id}"),
            driver_id=wanted.driver_id,
            site_id=site_id,
            begins_at=wanted.begins_at,
            ends_at=wanted.ends_at,
            payment_method=wanted.method,
        )

    async def _booked(self, request_id: str, heard: asyncio.Future[str]) -> Reservation:
        """What was decided, as the ledger has it; what was said while reading began was not heard."""
        loop = asyncio.get_running_loop()
        until = loop.time() + DECIDE_WITHIN.total_seconds()
        reservation_id: str | None = None
        while loop.time() < until:
            with suppress(TimeoutError):
                reservation_id = await asyncio.wait_for(asyncio.shield(heard), LOOK_EVERY)
            decided = await self._queries.history(partial(_decided, request_id=reservation_id or request_id))
            if decided is not None and decided.status is ReservationStatus.REFUSED:
                raise OrderRefused(decided.reason or "The reservation was refused")
            if decided is not None:
                return decided
        raise NotDecided(f"The reservation was not decided within {DECIDE_WITHIN.total_seconds():g} s")

    async def cancel(self, caller: Caller, reservation_id: str) -> Reservation:
        """Cancel a reservation, and give it as it is then: one's own as a driver, with its fee, or any one as an
        operator, without. Raises UnknownResource; OrderRefused where its charge begins; NotDecided; or
        StoreUnavailable."""
        known = await self.reservation(caller, reservation_id)
        if not known.is_active:
            return known
        if caller.actor.kind is not ActorKind.DRIVER:
            await self._commands.order(FreeReservation, known.cp_id, caller, reservation_id=reservation_id)
            return await self.reservation(caller, reservation_id)
        said = CancelReservation(
            ts=self._queries.now(), reservation_id=reservation_id, driver_id=known.driver_id, cp_id=known.cp_id
        )
        return await self._cancelled(caller, said)

    async def _cancelled(self, caller: Caller, said: CancelReservation) -> Reservation:
        answered = asyncio.Event()

        def hear(update: Said) -> None:
            if isinstance(update, ReservationUpdate) and update.reservation_id == said.reservation_id:
                answered.set()

        with self._commands.feed.listening(said.driver_id, hear):
            await self._commands.request(said)
            loop = asyncio.get_running_loop()
            until = loop.time() + DECIDE_WITHIN.total_seconds()
            while loop.time() < until:
                with suppress(TimeoutError):
                    await asyncio.wait_for(answered.wait(), LOOK_EVERY)
                known = await self.reservation(caller, said.reservation_id)
                if not known.is_active:
                    return known
                if answered.is_set():
                    raise OrderRefused(f"the charge of {said.reservation_id} begins: stop its session instead")
        raise NotDecided(f"The point did not decide within {DECIDE_WITHIN.total_seconds():g} s")

    async def reservation(self, caller: Caller, reservation_id: str) -> Reservation:
        """A reservation; to a driver those of others are unknown. Raises UnknownResource or StoreUnavailable."""
        for known in await self._queries.history(lambda store: store.fetch(Reservation, [reservation_id])):
            if caller.actor.kind is not ActorKind.DRIVER or known.driver_id == caller.actor.id:
                return known
        raise UnknownResource(f"{reservation_id} is not a known reservation")


def _may_ask(store: History, request: ReserveRequest | ReserveAtSite) -> None:
    """Raises OrderRefused for a driver who has too many reservations, unless this request was decided already."""
    search = Search(limit=TERMS.most_open, where={"driver_id": [request.driver_id], "status": ACTIVE_VALUES})
    others = (each for _, each in store.search(Reservation, search).records)
    reason = why_too_many(request.driver_id, others)
    if reason is not None and _decided(store, request.request_id) is None:
        raise OrderRefused(reason)


def _decided(store: History, request_id: str) -> Reservation | None:
    """The reservation that a request led to, as far as it is decided. Raises OrderRefused where a site has refused."""
    for at_site in store.fetch(SiteReservation, [request_id]):
        if at_site.reason is not None:
            raise OrderRefused(at_site.reason)
        return next(iter(store.fetch(Reservation, [at_site.bound_id])), None) if at_site.bound_id else None
    return next(iter(store.fetch(Reservation, [request_id])), None)
