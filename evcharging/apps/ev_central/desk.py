"""The desk between HTTP and the shards: asks the shard that decides, waits for its answer, reads panel and history.
Decides nothing itself."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from time import monotonic
from typing import Any, NamedTuple, Protocol, TypeVar
from uuid import uuid4

from evcharging.adapters.bus import Bus
from evcharging.adapters.metrics import Metrics
from evcharging.adapters.store.history import History
from evcharging.apps.ev_central.bodies import Registration
from evcharging.apps.ev_central.texts import PointTexts
from evcharging.apps.shell.status import Check
from evcharging.common.messages import Action, Message
from evcharging.common.messages_operators import (
    Actor,
    ForgetRun,
    OperatorAnswer,
    OperatorOrder,
    OperatorRequest,
    RegisterPoint,
    RetirePoint,
    SettleSession,
)
from evcharging.common.messages_site import SiteShown
from evcharging.common.messages_view import NoticeShown, PointShown
from evcharging.domain.session import Session
from evcharging.roles.central.operators import DECIDE_WITHIN
from evcharging.roles.live_view import LiveView, News
from evcharging.roles.role import Input
from evcharging.runtime.work import Work

T = TypeVar("T")

MAX_POINTS = 100_000


class UnknownResource(Exception):
    """There is no such thing; `code` says in one word what went wrong, as with the others."""

    code = "unknown_resource"


class UnknownPoint(UnknownResource):
    """No such charging point."""

    code = "unknown_point"


class UnknownSite(UnknownResource):
    """No such site."""

    code = "unknown_site"


class UnknownSession(UnknownResource):
    """No such session."""

    code = "unknown_session"


class OrderRefused(Exception):
    """Central refuses, for the reason in the text."""

    code = "refused"


class NotDecided(Exception):
    """Central could not decide in time; nothing is half done, the request may be made again."""

    code = "not_decided"


class Caller(NamedTuple):
    """Who asks; `key` is a word of the client's own: what is asked again with it is done once."""

    actor: Actor
    key: str | None = None

    def request_id(self, kind: type[OperatorOrder], cp_id: str) -> str:
        """The ID of an order, which is the same where the same caller uses the same key again at a point."""
        if self.key is None:
            return f"{kind.__name__.lower()}-{uuid4().hex}"
        said = "\n".join((self.actor.kind, self.actor.id, cp_id, self.key))
        return f"key-{sha256(said.encode()).hexdigest()}"


class Watcher(Protocol):
    """Told of all that the panel shows, as it changes."""

    def shown(self, message: News) -> None:
        """A point, a notice or a reading is new."""
        ...


class Desk:
    """One Central's counter: `failing` says why nothing can be decided, while nothing can; `obstacle`, why Central
    cannot do its work, which may have other reasons too; `remarks`, what an operator should know although it works;
    `tcp_port` is where monitors open their links; `max_points`, how many points may be known."""

    quiet = frozenset[type[Message]]({PointShown, NoticeShown})

    def __init__(self, panel: LiveView, bus: Bus, store: History, now: Callable[[], datetime], failing: Check) -> None:
        self.panel = panel
        self.texts = PointTexts(panel)
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
        self.max_points = MAX_POINTS
        self._bus = bus
        self._store = store
        self._waiting: dict[str, list[tuple[datetime, asyncio.Future[OperatorAnswer]]]] = {}
        """Who waits for the answer to an order, by its ID, and when it was given."""
        self._arriving: set[str] = set()

    # What the panel's host tells

    def committed(self, work: Work) -> None:
        """Wake who waits for an answer, and show the others what is new."""
        self.texts.changed()
        for _, message, _ in work.reactions:
            if isinstance(message, OperatorAnswer):
                for asked_at, waiting in self._waiting.get(message.request_id, ()):
                    # A Central of an earlier version does not say when that was asked.
                    if not waiting.done() and message.asked_at in (None, asked_at):
                        waiting.set_result(message)
                        break
        for news in self.panel.take_news():
            for watcher in self.watchers:
                watcher.shown(news)

    def failed(self, address: str, message: Input | None, error: Exception) -> None:
        """The panel's own role handles everything; a failure there is a mistake in this program."""
        raise error

    # What HTTP asks

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

    def remark(self) -> str | None:
        """What an operator should know although Central works, if there is anything."""
        return "; ".join(found for check in self.remarks if (found := check())) or None

    async def order(self, kind: type[OperatorOrder], cp_id: str, caller: Caller, **fields: Any) -> None:
        """Have the shard of a point decide on an order, and make that last; raises UnknownPoint, OrderRefused or
        NotDecided."""
        if caller.key is None or cp_id not in self.panel.retired:  # Else its shard knows whether that was done.
            self.point(cp_id)
        await self._ask(kind, cp_id, caller, **fields)

    async def act(self, cp_id: str, action: Action, caller: Caller) -> PointShown:
        """An operator's action; raises as `order` does."""
        await self.order(OperatorRequest, cp_id, caller, action=action)
        return self.point(cp_id)

    async def retire(self, cp_id: str, caller: Caller) -> None:
        """Take a point out of the network; raises as `order` does."""
        try:
            await self.order(RetirePoint, cp_id, caller)
        except OrderRefused:
            # It may have been retired by somebody else meanwhile.
            self.point(cp_id)
            raise

    async def forget_run(self, cp_id: str, caller: Caller) -> PointShown:
        """Let the next run of a point's engine count, whatever it calls itself; raises as `order` does."""
        await self.order(ForgetRun, cp_id, caller)
        return self.point(cp_id)

    async def register(self, registration: Registration, caller: Caller) -> PointShown:
        """Make a point known, or change what is said of it; raises OrderRefused or NoAnswer."""
        cp_id = registration.cp_id
        if not self._has_room_for(cp_id):
            raise OrderRefused(
                f"{cp_id} is not known, and CENTRAL_MAX_POINTS lets Central know {self.max_points} charging points:"
                " retire one, or raise that setting"
            )
        self._arriving.add(cp_id)
        try:
            await self._ask(RegisterPoint, caller=caller, **registration.model_dump())
        finally:
            self._arriving.discard(cp_id)
        return self.point(cp_id)

    def _has_room_for(self, cp_id: str) -> bool:
        known = self.panel.points
        if cp_id in known or len(known) + len(self._arriving) < self.max_points:
            return True
        # Some that arrive are known already; to look for them costs more, and is seldom worth it.
        return len(known) + len(self._arriving - known.keys() - {cp_id}) < self.max_points

    async def settle(self, session_id: str, energy_mwh: int | None, note: str, by: str, caller: Caller) -> Session:
        """Bill a suspect session for this energy, or for its engine's figures; raises UnknownSession, Refused or
        NoAnswer."""
        session = await self._session(session_id)
        figures = {"session_id": session_id, "energy_mwh": energy_mwh, "note": note, "by": by}
        await self._ask(SettleSession, session.cp_id, caller, **figures)
        return await self._session(session_id)

    async def _session(self, session_id: str) -> Session:
        for session in await self.history(lambda store: store.fetch(Session, [session_id])):
            return session
        raise UnknownSession(f"{session_id} is not a known session")

    async def _ask(self, kind: type[OperatorOrder], cp_id: str, caller: Caller, **fields: Any) -> None:
        failing = self.failing()
        if failing:
            raise NotDecided(failing)
        request_id = caller.request_id(kind, cp_id)
        message = kind(ts=self.now(), request_id=request_id, cp_id=cp_id, actor=caller.actor, **fields)
        future: asyncio.Future[OperatorAnswer] = asyncio.get_running_loop().create_future()
        waiting = self._waiting.setdefault(request_id, [])
        waiting.append((message.ts, future))
        try:
            self._bus.publish(message)
            answer = await asyncio.wait_for(future, DECIDE_WITHIN.total_seconds())
        except TimeoutError:
            raise NotDecided(
                self.failing() or f"Central did not decide within {DECIDE_WITHIN.total_seconds():g} s"
            ) from None
        finally:
            waiting.remove((message.ts, future))
            if not waiting:
                del self._waiting[request_id]
        if answer.refusal:
            raise OrderRefused(answer.refusal)

    async def history(self, question: Callable[[History], T]) -> T:
        """Ask the store, without holding up anybody else."""
        return await asyncio.to_thread(question, self._store)
