"""The engines' door for their monitors: framed queries in, the engines' own answers out."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from math import inf

from evcharging.adapters.tcp import Link
from evcharging.common.kafka import HEALTH_QUERIES, SCHEMAS
from evcharging.common.messages import Message
from evcharging.common.messages_link import EngineHealth, HealthQuery
from evcharging.common.utils import BadJson, changed, to_json
from evcharging.protocols.bundle import bundles, unbundled

STRAYS = 1_000
"""Points elsewhere that are asked about over all links; who asks about more is hung up on."""

ASKED_EVERY_S = 0.25
"""How often one engine is asked at most, in seconds, however many ask about it; in between its last answer is given
again, and who asks before the first one waits for it."""

FRESH_S = 0.5
"""How old that may be, in seconds."""


@dataclass(slots=True)
class _Engine:
    """Who waits for its answer, under which names they asked, and what it answered last."""

    asked_at: float = -inf
    askers: dict[tuple[Link, str], None] = field(default_factory=dict)
    answer: EngineHealth | None = None
    answered_at: float = 0.0
    """When somebody last asked before that."""


class HealthServer:
    """Handles the health links of all engines in this process. A question meant for a point that is not here is
    answered by one that is, with its own id, so that the monitor sees the mistake. Who asks for several points in one
    payload is answered for several in one, and once for each point. Nobody is answered while engines are not able to
    supply: that they say nothing is what their monitors then say."""

    def __init__(
        self,
        cp_ids: Iterable[str],
        tell: Callable[[str, HealthQuery], None],
        now: Callable[[], datetime],
        is_able: Callable[[], bool] = lambda: True,
    ) -> None:
        self._engines = {cp_id: _Engine() for cp_id in cp_ids}
        self._first = next(iter(self._engines))
        self._tell = tell
        self._now = now
        self._is_able = is_able
        self._asked_at = 0.0
        self._asked: dict[Link, set[str]] = {}
        self._strays: dict[Link, set[str]] = {}
        self._stray_count = 0
        self._bundled: dict[Link, list[bytes]] = {}

    def add(self, cp_ids: Iterable[str]) -> None:
        """Answer for these engines too."""
        for cp_id in cp_ids:
            self._engines.setdefault(cp_id, _Engine())

    def opened(self, link: Link) -> None:
        """A monitor connected; its questions will say for which point."""
        self._asked[link] = set()

    def received(self, link: Link, payload: bytes) -> None:
        """Hand each question to its engine."""
        try:
            texts = unbundled(payload)
            link.charge(len(texts))
            queries = {query.cp_id: query for query in map(SCHEMAS[HEALTH_QUERIES.name].decode, texts)}
        except BadJson:
            link.close()
            return
        if len(texts) > 1:
            self._bundled.setdefault(link, [])
        if not self._is_able():
            return
        self._asked_at = now = self._now().timestamp()
        for asked, query in queries.items():
            if asked not in self._engines and not self._may_stray(link, asked):
                link.close()
                return
            self._ask(link, query, now)

    def closed(self, link: Link, reason: str) -> None:
        """Forget who asked."""
        self._bundled.pop(link, None)
        self._stray_count -= len(self._strays.pop(link, ()))
        for cp_id in self._asked.pop(link, ()):
            engine = self._engines[cp_id]
            engine.askers = {asker: None for asker in engine.askers if asker[0] is not link}

    def answer(self, message: Message) -> None:
        """Send an engine's answer to all who asked for it and are still there."""
        if not isinstance(message, EngineHealth) or message.cp_id not in self._engines:
            return
        engine = self._engines[message.cp_id]
        engine.answer, engine.answered_at = message, self._asked_at
        askers, engine.askers = engine.askers, {}
        for link, asked in askers:
            self._reply(link, message, asked)

    def _may_stray(self, link: Link, asked: str) -> bool:
        strays = self._strays.setdefault(link, set())
        if asked not in strays:
            if self._stray_count >= STRAYS:
                return False
            strays.add(asked)
            self._stray_count += 1
        return True

    def _ask(self, link: Link, query: HealthQuery, now: float) -> None:
        """Ask an engine, unless it was asked so often just now that what it said is as good."""
        asked = query.cp_id
        cp_id = asked if asked in self._engines else self._first
        engine = self._engines[cp_id]
        is_due = not 0 <= now - engine.asked_at < ASKED_EVERY_S
        if not is_due and engine.answer is not None and now - engine.answered_at < FRESH_S:
            self._reply(link, engine.answer, asked)
            return
        self._asked[link].add(cp_id)
        engine.askers[link, asked] = None
        if is_due:
            engine.asked_at = now
            self._tell(cp_id, query if asked == cp_id else changed(query, cp_id=cp_id))

    def _reply(self, link: Link, message: EngineHealth, asked: str) -> None:
        text = to_json(message if message.asked == asked else changed(message, asked=asked))
        bundle = self._bundled.get(link)
        if bundle is None:
            link.send(text)
            return
        if not bundle:
            asyncio.get_running_loop().call_soon(self._send_bundle, link, bundle)
        bundle.append(text)

    def _send_bundle(self, link: Link, bundle: list[bytes]) -> None:
        for payload in bundles(bundle):
            link.send(payload)
        bundle.clear()
