"""What a driver can have done at a site over HTTP: any point of it is asked for, an offer is taken, the queue is left.
Decides nothing itself: the role of the site does."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from evcharging.adapters.store.history import History, Search
from evcharging.apps.ev_central.bodies import ChargeAtSite
from evcharging.apps.ev_central.charges import decided_of
from evcharging.apps.ev_central.commands import Caller, Commands
from evcharging.apps.ev_central.driver_feed import Said
from evcharging.apps.ev_central.queries import Queries
from evcharging.apps.ev_central.refusals import NotDecided, OrderRefused, UnknownResource
from evcharging.common.messages import DriverUpdate, Quote, UpdateStatus
from evcharging.common.messages_operators import Actor
from evcharging.common.messages_queue import LeaveQueue, OfferReply, QueueStatus, QueueUpdate, SiteRequest
from evcharging.common.utils import Frozen
from evcharging.domain.queue import MOST_WAITING, QueueEntry
from evcharging.roles.orders import DECIDE_WITHIN

DENIED = "The request was denied"

LOOK_EVERY = 0.5
"""Seconds after which who waits for an answer looks whether the ledger has it."""

LOOK_AGAIN = 0.1
"""Seconds after which it is looked again whether something has come of what was said."""

BEGINNING = (QueueStatus.STARTING, QueueStatus.SERVED)
"""A point has taken it; what comes of that is known once its session may begin, which waits where it has to be paid."""

LOST = (QueueStatus.DENIED, QueueStatus.EXPIRED, QueueStatus.LEFT)


class AskedAtSite(Frozen, frozen=True, kw_only=True):
    """A charge that was asked for at a site, as far as is known: how it stands in the queue, or its session."""

    request_id: str
    update: QueueUpdate | None = None
    session_id: str | None = None
    cp_id: str | None = None
    quote: Quote | None = None
    refusal: str | None = None


class SiteCharges:
    """What drivers can have done at sites by way of one Central."""

    def __init__(self, commands: Commands, queries: Queries) -> None:
        self._commands = commands
        self._queries = queries

    async def ask(
        self, driver: Caller, site_id: str, wanted: ChargeAtSite, wait: float, method: str | None = None
    ) -> AskedAtSite:
        """Ask for any point of a site, and wait for so many seconds at most until it is known how that stands;
        `method` stands for the card that pays. Raises
        UnknownSite; OrderRefused where it is denied; NotDecided; or StoreUnavailable."""
        self._queries.site(site_id)
        request = SiteRequest(
            ts=self._queries.now(),
            request_id=driver.request_id(SiteRequest, f"site charge\n{site_id}"),
            driver_id=driver.actor.id,
            site_id=site_id,
            kwh=wanted.kwh,
            minutes=wanted.minutes,
            payment_method=method,
        )
        if not wait:
            await self._commands.request(request)
            return AskedAtSite(request_id=request.request_id)
        heard: asyncio.Future[AskedAtSite] = asyncio.get_running_loop().create_future()

        def hear(said: Said) -> None:
            if said.request_id == request.request_id and not heard.done():
                answer = _answer_in(said)
                if answer is not None:
                    heard.set_result(answer)

        with self._commands.feed.listening(request.driver_id, hear):
            await self._commands.request(request)
            return _or_refused(await self._answer(request.request_id, heard, wait))

    async def take(self, driver: Caller, request_id: str) -> QueueEntry:
        """Take the point that is offered, and give the request as it stands then. Raises UnknownResource; OrderRefused
        where nothing is offered; NotDecided; or StoreUnavailable."""
        entry = await self.entry(driver.actor, request_id)
        if entry.status is not QueueStatus.OFFERED:
            raise OrderRefused(f"no point is offered for {request_id}: it is {entry.status.lower()}")
        return await self._said(OfferReply(**self._about(entry), take=True), entry)

    async def leave(self, driver: Caller, request_id: str) -> QueueEntry:
        """Wait no more, and give the request as it stands then. Raises UnknownResource; OrderRefused where it has a
        session already; NotDecided; or StoreUnavailable."""
        entry = await self.entry(driver.actor, request_id)
        if entry.status in (QueueStatus.STARTING, QueueStatus.SERVED):
            raise OrderRefused(f"{request_id} is served already: stop its session instead")
        return await self._said(LeaveQueue(**self._about(entry)), entry) if entry.is_open else entry

    def _about(self, entry: QueueEntry) -> dict[str, Any]:
        ids = {"request_id": entry.request_id, "driver_id": entry.driver_id, "site_id": entry.site_id}
        return {"ts": self._queries.now(), **ids}

    async def _said(self, message: OfferReply | LeaveQueue, before: QueueEntry) -> QueueEntry:
        """Say something about a request, and wait until the ledger has what came of it; raises NotDecided."""
        await self._commands.request(message)
        loop = asyncio.get_running_loop()
        until = loop.time() + DECIDE_WITHIN.total_seconds()
        while loop.time() < until:
            for entry in await self._queries.history(lambda store: store.fetch(QueueEntry, [before.request_id])):
                if entry != before:
                    return entry
            await asyncio.sleep(LOOK_AGAIN)
        raise NotDecided(f"The site did not decide within {DECIDE_WITHIN.total_seconds():g} s")

    async def entry(self, driver: Actor, request_id: str) -> QueueEntry:
        """A request of the driver's own; those of others are unknown. Raises UnknownResource or StoreUnavailable."""
        for entry in await self._queries.history(lambda store: store.fetch(QueueEntry, [request_id])):
            if entry.driver_id == driver.id:
                return entry
        raise UnknownResource(f"{request_id} is not a known request at a site")

    async def _answer(self, request_id: str, heard: asyncio.Future[AskedAtSite], wait: float) -> AskedAtSite:
        loop = asyncio.get_running_loop()
        until = loop.time() + wait
        while (left := until - loop.time()) > 0:
            with suppress(TimeoutError):
                return await asyncio.wait_for(asyncio.shield(heard), min(LOOK_EVERY, left))
            # What was said while reading began was not heard.
            asked = await self._queries.history(lambda store: decided_of(store, request_id))
            if asked is not None:
                return AskedAtSite(request_id=request_id, session_id=asked.session_id, cp_id=asked.cp_id)
            for entry in await self._queries.history(lambda store: store.fetch(QueueEntry, [request_id])):
                if entry.status not in BEGINNING:
                    waiting = await self._queries.history(partial(_waiting_at, site_id=entry.site_id))
                    return AskedAtSite(request_id=request_id, update=_update_of(entry, waiting))
        return AskedAtSite(request_id=request_id)


def _answer_in(said: Said) -> AskedAtSite | None:
    if isinstance(said, QueueUpdate):
        return AskedAtSite(request_id=said.request_id, update=said)
    if isinstance(said, DriverUpdate) and said.status is UpdateStatus.ACCEPTED:
        return _accepted(said)
    if isinstance(said, DriverUpdate) and said.status is UpdateStatus.DENIED:
        return AskedAtSite(request_id=said.request_id, refusal=said.reason or DENIED)
    return None


def _accepted(said: DriverUpdate) -> AskedAtSite:
    return AskedAtSite(request_id=said.request_id, session_id=said.session_id, cp_id=said.cp_id, quote=said.quote)


def _waiting_at(store: History, site_id: str) -> list[QueueEntry]:
    """Those who wait at a site, in their order."""
    where = {"site_id": [site_id], "status": [QueueStatus.QUEUED.value, QueueStatus.HOLDING.value]}
    found = store.search(QueueEntry, Search(limit=MOST_WAITING, where=where))
    return sorted((entry for _, entry in found.records), key=lambda each: each.number)


def _update_of(entry: QueueEntry, waiting: Sequence[QueueEntry]) -> QueueUpdate:
    """What its driver was told, as far as the ledger says it."""
    places = [each.request_id for each in waiting]
    return QueueUpdate(
        ts=entry.asked_at,
        request_id=entry.request_id,
        driver_id=entry.driver_id,
        site_id=entry.site_id,
        status=entry.status,
        place=places.index(entry.request_id) + 1 if entry.request_id in places else 0,
        waiting=len(places),
        cp_id=entry.cp_id,
        until=entry.offered_until,
        reason=entry.reason,
    )


def _or_refused(asked: AskedAtSite) -> AskedAtSite:
    """Raises OrderRefused for one that has ended without a session."""
    update = asked.update
    if asked.refusal is not None:
        raise OrderRefused(asked.refusal)
    if update is not None and update.status in LOST:
        raise OrderRefused(update.reason or DENIED)
    return asked
