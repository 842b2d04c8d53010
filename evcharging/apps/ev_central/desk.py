"""The desk between HTTP and the shards: asks the shard that decides, waits for its answer, reads panel and history.
Decides nothing itself."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from time import monotonic
from typing import Protocol, TypeVar
from uuid import uuid4

from evcharging.adapters.bus import Bus
from evcharging.adapters.metrics import Metrics
from evcharging.adapters.store import Store
from evcharging.apps.status import Check
from evcharging.common.messages import (
    Action,
    Message,
    NoticeShown,
    OperatorAnswer,
    OperatorRequest,
    PointShown,
    RegisterPoint,
    SettleSession,
)
from evcharging.domain.session import Session
from evcharging.roles.central.operators import DECIDE_WITHIN
from evcharging.roles.panel import News, Panel
from evcharging.roles.role import Input
from evcharging.runtime.work import Work

T = TypeVar("T")


class UnknownPoint(Exception):
    """No such charging point."""


class UnknownSession(Exception):
    """No such session."""


class Refused(Exception):
    """Central refuses, for the reason in the text."""


class NoAnswer(Exception):
    """Central could not decide in time; nothing is half done, the request may be made again."""


class Watcher(Protocol):
    """Told of all that the panel shows, as it changes."""

    def shown(self, message: News) -> None:
        """A point, a notice or a reading is new."""
        ...


class Desk:
    """One Central's counter: `failing` says why nothing can be decided, while nothing can; `obstacle`, why Central
    cannot do its work, which may have other reasons too; `tcp_port` is where monitors open their links."""

    quiet = frozenset[type[Message]]({PointShown, NoticeShown})

    def __init__(self, panel: Panel, bus: Bus, store: Store, now: Callable[[], datetime], failing: Check) -> None:
        self.panel = panel
        self.now = now
        self.began = monotonic()
        self.failing = failing
        self.obstacle = failing
        self.troubles: list[Check] = []
        """What makes the health fail, though Central can decide."""
        self.remarks: list[Check] = []
        """What is worth saying of its health, though nothing fails."""
        self.metrics = Metrics()
        self.watchers: list[Watcher] = []
        self.tcp_port = 0
        self._bus = bus
        self._store = store
        self._waiting: dict[str, asyncio.Future[OperatorAnswer]] = {}

    # What the panel's host tells

    def lasted(self, work: Work) -> None:
        """Wake who waits for an answer, and show the others what is new."""
        for _, message, _ in work.reactions:
            if isinstance(message, OperatorAnswer):
                waiting = self._waiting.get(message.request_id)
                if waiting is not None and not waiting.done():
                    waiting.set_result(message)
        for news in self.panel.take_news():
            for watcher in self.watchers:
                watcher.shown(news)

    def poisoned(self, address: str, message: Input | None, error: Exception) -> None:
        """The panel's own role handles everything; a failure there is a mistake in this program."""
        raise error

    # What HTTP asks

    def point(self, cp_id: str) -> PointShown:
        """A point as it is shown; raises UnknownPoint."""
        try:
            return self.panel.points[cp_id]
        except KeyError:
            raise UnknownPoint(f"{cp_id} is not a known charging point") from None

    async def act(self, cp_id: str, action: Action) -> PointShown:
        """An operator's action, decided and made to last; raises UnknownPoint, Refused or NoAnswer."""
        self.point(cp_id)
        await self._ask(
            OperatorRequest(ts=self.now(), request_id=f"operator-{uuid4().hex}", cp_id=cp_id, action=action)
        )
        return self.point(cp_id)

    async def register(self, cp_id: str, location: str | None, euros_per_kwh: float | None) -> PointShown:
        """Make a point known, or change its location and price; raises NoAnswer."""
        await self._ask(
            RegisterPoint(
                ts=self.now(),
                request_id=f"register-{uuid4().hex}",
                cp_id=cp_id,
                location=location,
                euros_per_kwh=euros_per_kwh,
            )
        )
        return self.point(cp_id)

    async def settle(self, session_id: str, energy_mwh: int | None, note: str, by: str) -> Session:
        """Bill a suspect session for this energy, or for its engine's figures; raises UnknownSession, Refused or
        NoAnswer."""
        session = await self._session(session_id)
        await self._ask(
            SettleSession(
                ts=self.now(),
                request_id=f"settle-{uuid4().hex}",
                cp_id=session.cp_id,
                session_id=session_id,
                energy_mwh=energy_mwh,
                note=note,
                by=by,
            )
        )
        return await self._session(session_id)

    async def _session(self, session_id: str) -> Session:
        for session in await self.history(lambda store: store.fetch(Session, [session_id])):
            return session
        raise UnknownSession(f"{session_id} is not a known session")

    async def _ask(self, message: OperatorRequest | RegisterPoint | SettleSession) -> None:
        failing = self.failing()
        if failing:
            raise NoAnswer(failing)
        future: asyncio.Future[OperatorAnswer] = asyncio.get_running_loop().create_future()
        self._waiting[message.request_id] = future
        try:
            self._bus.publish(message)
            answer = await asyncio.wait_for(future, DECIDE_WITHIN.total_seconds())
        except TimeoutError:
            raise NoAnswer(
                self.failing() or f"Central did not decide within {DECIDE_WITHIN.total_seconds():g} s"
            ) from None
        finally:
            del self._waiting[message.request_id]
        if answer.refusal:
            raise Refused(answer.refusal)

    async def history(self, question: Callable[[Store], T]) -> T:
        """Ask the store, without holding up anybody else."""
        return await asyncio.to_thread(question, self._store)
