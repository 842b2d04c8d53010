"""What HTTP and WebSocket clients can read: the present state, from the live view, and the past, from the store.
Changes nothing."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from evcharging.adapters.store.history import GroupTotal, History
from evcharging.apps.ev_central.ledger_audits import LedgerAudits
from evcharging.apps.ev_central.refusals import UnknownPoint, UnknownResource, UnknownSession, UnknownSite
from evcharging.apps.ev_central.texts import PointTexts
from evcharging.common.messages_site import SiteShown
from evcharging.common.messages_view import PointShown
from evcharging.domain.alert import Alert
from evcharging.domain.payment import Payment
from evcharging.domain.session import Bill, Request, Session
from evcharging.roles.live_view import LiveView, News
from evcharging.roles.role import Input
from evcharging.runtime.work import ALL_KINDS, Work

T = TypeVar("T")


class Watcher(Protocol):
    """Told of all that the panel shows, as it changes."""

    def shown(self, message: News) -> None:
        """A point, a notice or a reading is new."""
        ...


@dataclass(frozen=True, slots=True)
class PageQuestion:
    """A question about the past, as it came over HTTP, at a moment."""

    path: str
    query: bytes
    accept_encoding: str
    now: datetime
    root_path: str = ""


@dataclass(frozen=True, slots=True)
class PageAnswer:
    """Its answer, which is compressed as the question allows."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


class Elsewhere(Protocol):
    """Answers questions about the past outside of this interpreter."""

    async def answer(self, question: PageQuestion) -> PageAnswer | None:
        """The answer, or None while it cannot be had there; raises StoreUnavailable."""
        ...


class Queries:
    """What one Central can tell: the live view on its `panel`, the `texts` of it, and the history in its store. It
    watches the panel's host, and passes its news on to the `watchers`."""

    quiet = ALL_KINDS

    def __init__(self, panel: LiveView, store: History, now: Callable[[], datetime]) -> None:
        self.panel = panel
        self.texts = PointTexts(panel)
        self.now = now
        self.watchers: list[Watcher] = []
        self.one_at_a_time = asyncio.Lock()
        """For questions that take seconds: they must not occupy all threads."""
        self.elsewhere: Elsewhere | None = None
        """Who answers questions about the past instead, where somebody does."""
        self.audits: LedgerAudits | None = None
        """Who audits the ledger, where there is one that can be."""
        self._store = store

    def committed(self, work: Work) -> None:
        """Show the watchers what is new."""
        self.texts.changed()
        for news in self.panel.take_news():
            for watcher in self.watchers:
                watcher.shown(news)

    def failed(self, address: str, message: Input | None, error: Exception) -> None:
        """The panel's own role handles everything; a failure there is a mistake in this program, and is raised."""
        raise error

    def point(self, cp_id: str) -> PointShown:
        """A point as it is shown; raises UnknownPoint."""
        try:
            return self.panel.points[cp_id]
        except KeyError:
            raise UnknownPoint(f"{cp_id} is not a known charging point") from None

    def site(self, site_id: str) -> SiteShown:
        """A site as it is shown; raises UnknownSite."""
        try:
            return self.panel.sites[site_id]
        except KeyError:
            raise UnknownSite(f"{site_id} is not a known site: it has no charging point") from None

    async def session(self, session_id: str) -> Session:
        """A session as it stands in the store; raises UnknownSession, or StoreUnavailable."""
        for session in await self.history(lambda store: store.fetch(Session, [session_id])):
            return session
        raise UnknownSession(f"{session_id} is not a known session")

    async def payment(self, session_id: str) -> Payment | None:
        """The payment of a session, if there is one; raises StoreUnavailable."""
        return next(iter(await self.history(lambda store: store.fetch(Payment, [session_id]))), None)

    async def alert(self, alert_id: str) -> Alert:
        """An alert as it stands in the store; raises UnknownResource, or StoreUnavailable."""
        for alert in await self.history(lambda store: store.fetch(Alert, [alert_id])):
            return alert
        raise UnknownResource(f"{alert_id} is not a known alert")

    async def drivers(
        self, after: str, limit: int, only: str | None = None
    ) -> list[tuple[GroupTotal, GroupTotal | None]]:
        """What drivers asked for, by their ID, and what they were billed, if anything; or one of them alone. Raises
        StoreUnavailable."""
        return await self.history(lambda store: _drivers(store, after, limit, only))

    async def history(self, question: Callable[[History], T]) -> T:
        """Ask the store in a thread, which holds up nobody else; raises StoreUnavailable."""
        return await asyncio.to_thread(question, self._store)


def _drivers(store: History, after: str, limit: int, only: str | None) -> list[tuple[GroupTotal, GroupTotal | None]]:
    sums = ("energy_mwh", "micro_euros")
    asked = store.tally(Request, "driver_id", after=after, only=only, limit=limit)
    billed = store.tally(Bill, "driver_id", sums=sums, after=after, only=only, limit=limit)
    bills = {total.value: total for total in billed}
    return [(total, bills.get(total.value)) for total in asked]
