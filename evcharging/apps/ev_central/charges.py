"""What a driver can have done over HTTP: a charge is asked for, and a session of that driver's own is ended. Decides
nothing itself: the shard of the point does."""

import asyncio
from contextlib import suppress

from evcharging.adapters.store.history import History
from evcharging.apps.ev_central.commands import Caller, Commands
from evcharging.apps.ev_central.driver_feed import Said
from evcharging.apps.ev_central.queries import Queries
from evcharging.apps.ev_central.refusals import OrderRefused, UnknownSession
from evcharging.common.messages import DriverRequest, DriverUpdate, EndReason, Quote, UpdateStatus
from evcharging.common.messages_operators import Actor
from evcharging.common.utils import Frozen
from evcharging.domain.session import Request, Session, SessionStatus

LOOK_EVERY = 0.5
"""Seconds after which who waits for an answer looks whether the ledger has it."""


class Wish(Frozen, frozen=True, kw_only=True):
    """The charge that a driver asks for; `method` stands for the card that pays."""

    cp_id: str
    kwh: float | None = None
    minutes: int | None = None
    method: str | None = None


class AskedCharge(Frozen, frozen=True, kw_only=True):
    """A charge that was asked for. Without a `session_id` it is not decided yet, as far as is known."""

    request_id: str
    session_id: str | None = None
    cp_id: str | None = None
    quote: Quote | None = None


class Charges:
    """What drivers can have done by way of one Central."""

    def __init__(self, commands: Commands, queries: Queries) -> None:
        self._commands = commands
        self._queries = queries

    async def ask(self, driver: Caller, wish: Wish, wait: float) -> AskedCharge:
        """Ask for a charge, and wait for its answer for so many seconds at most. Raises UnknownPoint; OrderRefused
        where it is denied; NotDecided; or StoreUnavailable."""
        self._queries.point(wish.cp_id)
        request = DriverRequest(
            ts=self._queries.now(),
            request_id=driver.request_id(DriverRequest, "charge"),
            driver_id=driver.actor.id,
            cp_id=wish.cp_id,
            kwh=wish.kwh,
            minutes=wish.minutes,
            payment_method=wish.method,
        )
        if not wait:
            await self._commands.request(request)
            return AskedCharge(request_id=request.request_id)
        heard: asyncio.Future[DriverUpdate] = asyncio.get_running_loop().create_future()

        def hear(update: Said) -> None:
            is_mine = update.request_id == request.request_id and not heard.done()
            if is_mine and isinstance(update, DriverUpdate):
                heard.set_result(update)

        with self._commands.feed.listening(request.driver_id, hear):
            await self._commands.request(request)
            return await self._answer(request.request_id, heard, wait)

    async def end(self, driver: Caller, session_id: str) -> Session:
        """End a session of the driver's own, and give it as it is then; raises UnknownSession, OrderRefused, NotDecided
        or StoreUnavailable."""
        session = await self.session(driver.actor, session_id)
        await self._commands.end(session, driver)
        return await self._queries.session(session_id)

    async def session(self, driver: Actor, session_id: str) -> Session:
        """A session of the driver's own; those of others are unknown. Raises UnknownSession or StoreUnavailable."""
        session = await self._queries.session(session_id)
        if session.driver_id != driver.id:
            raise UnknownSession(f"{session_id} is not a known session")
        return session

    async def _answer(self, request_id: str, heard: asyncio.Future[DriverUpdate], wait: float) -> AskedCharge:
        loop = asyncio.get_running_loop()
        until = loop.time() + wait
        while (left := until - loop.time()) > 0:
            with suppress(TimeoutError):
                return _said(await asyncio.wait_for(asyncio.shield(heard), min(LOOK_EVERY, left)))
            # What was said while reading began was not heard.
            decided = await self._queries.history(lambda store: decided_of(store, request_id))
            if decided is not None:
                return decided
        return AskedCharge(request_id=request_id)


def _said(update: DriverUpdate) -> AskedCharge:
    if update.status is UpdateStatus.DENIED:
        raise OrderRefused(update.reason or "The request was denied")
    return AskedCharge(request_id=update.request_id, session_id=update.session_id, quote=update.quote)


def decided_of(store: History, request_id: str) -> AskedCharge | None:
    """What was decided of a request; None where nothing was yet, as while money is held. Raises OrderRefused."""
    request = next(iter(store.fetch(Request, [request_id])), None)
    if request is None:
        return None
    session = next(iter(store.fetch(Session, [request.session_id or ""])), None)
    if session is not None and session.status is SessionStatus.HOLDING:
        return None
    is_paid = session is None or session.is_finalised or session.ended_by is not EndReason.NO_HOLD
    if not request.accepted or not is_paid:
        reason = session.detail if session is not None and not is_paid else request.reason
        raise OrderRefused(reason or "The request was denied")
    return AskedCharge(request_id=request.request_id, session_id=request.session_id, cp_id=request.cp_id)
