"""The engines' door for their monitors: framed queries in, the engines' own answers out."""

import asyncio
from collections.abc import Callable, Iterable

from evcharging.adapters.tcp import Link
from evcharging.common.kafka import HEALTH_QUERIES, SCHEMAS
from evcharging.common.messages import EngineHealth, HealthQuery, Message
from evcharging.common.utils import BadJson, to_json
from evcharging.protocols.bundle import bundles, unbundled

STRAYS = 1_000
"""Questions meant for points elsewhere that are answered at the same time; more are hung up on."""


class HealthServer:
    """Handles the health links of all engines in this process. A question meant for a point that is not here is
    answered by one that is, with its own id, so that the monitor sees the mistake. Who asks for several points in one
    payload is answered for several in one."""

    def __init__(self, cp_ids: Iterable[str], tell: Callable[[str, HealthQuery], None]) -> None:
        self._ids = tuple(cp_ids)
        self._here = frozenset(self._ids)
        self._tell = tell
        self._asking: dict[str, Link] = {}
        self._asked: dict[Link, set[str]] = {}
        self._bundled: dict[Link, list[bytes]] = {}

    def opened(self, link: Link) -> None:
        """A monitor connected; its questions will say for which point."""
        self._asked[link] = set()

    def received(self, link: Link, payload: bytes) -> None:
        """Hand each question to its engine."""
        try:
            queries = [SCHEMAS[HEALTH_QUERIES.name].decode(text) for text in unbundled(payload)]
        except BadJson:
            link.close()
            return
        if len(queries) > 1:
            self._bundled.setdefault(link, [])
        for query in queries:
            is_here = query.cp_id in self._here
            if not is_here and len(self._asking) >= len(self._here) + STRAYS:
                link.close()
                return
            self._asking[query.cp_id] = link
            self._asked[link].add(query.cp_id)
            self._tell(query.cp_id if is_here else self._ids[0], query)

    def closed(self, link: Link, reason: str) -> None:
        """Forget who asked."""
        self._bundled.pop(link, None)
        for cp_id in self._asked.pop(link, ()):
            if self._asking.get(cp_id) is link:
                del self._asking[cp_id]

    def answer(self, message: Message) -> None:
        """Send an engine's answer to who asked, if it is still there."""
        if not isinstance(message, EngineHealth) or message.asked not in self._asking:
            return
        link = self._asking[message.asked]
        bundle = self._bundled.get(link)
        if bundle is None:
            link.send(to_json(message))
            return
        if not bundle:
            asyncio.get_running_loop().call_soon(self._send_bundle, link, bundle)
        bundle.append(to_json(message))

    def _send_bundle(self, link: Link, bundle: list[bytes]) -> None:
        for payload in bundles(bundle):
            link.send(payload)
        bundle.clear()
