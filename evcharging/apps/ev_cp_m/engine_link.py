"""A link to the engines of some points, over which all of them are asked. Knows not what the answers mean."""

import asyncio
from collections.abc import Callable, Sequence

from evcharging.adapters.tcp import Connector, Link
from evcharging.apps.ev_cp_m.link_summary import LinkSummary
from evcharging.common.kafka import HEALTH_ANSWERS, SCHEMAS
from evcharging.common.messages_link import HealthQuery
from evcharging.common.utils import BadJson, to_json
from evcharging.protocols.bundle import bundles, unbundled
from evcharging.roles.role import Input, LinkDown, LinkUp, Peer


class EngineLink:
    """Opens the link, and opens it again whenever it is lost. The monitor of each of its points is told how it is, and
    what its engine answers; in a fleet `tally` is told too, and the log only for debugging."""

    def __init__(
        self,
        cp_ids: Sequence[str],
        tell: Callable[[str, Input], None],
        log: Callable[[str, str], None],
        tally: LinkSummary | None,
    ) -> None:
        self.cp_ids = cp_ids
        self._tell = tell
        self._say = log
        self._tally = tally
        self._connector: Connector | None = None
        self._begin: asyncio.TimerHandle | None = None
        self._asked: list[bytes] = []
        self._complained = False

    def connect(self, connector: Connector, wait: float) -> None:
        """Begin in so many seconds."""
        self._connector = connector
        self._begin = asyncio.get_running_loop().call_later(wait, connector.start)

    @property
    def is_open(self) -> bool:
        """Whether the peer agreed to talk."""
        link = self._connector.link if self._connector else None
        return link is not None and link.opened_at is not None

    def ask(self, query: HealthQuery) -> None:
        """Send a question, together with those of the same moment; without a link it is lost."""
        if not self._asked:
            asyncio.get_running_loop().call_soon(self._send)
        self._asked.append(to_json(query))

    def _send(self) -> None:
        link = self._connector.link if self._connector else None
        if link is not None:
            for payload in bundles(self._asked):
                link.send(payload)
        self._asked.clear()

    async def close(self) -> None:
        """Hang up for good."""
        if self._begin is not None:
            self._begin.cancel()
        if self._connector is not None:
            await self._connector.close()

    def opened(self, link: Link) -> None:
        """The roles may use the link."""
        self._complained = False
        self._say("debug", f"Connected to {Peer.ENGINE} at {link.peer}")
        if self._tally:
            self._tally.up(self.cp_ids, link.peer)
        self._tell_all(LinkUp(peer=Peer.ENGINE))

    def received(self, link: Link, payload: bytes) -> None:
        """Hand each answer to the monitor that asked."""
        try:
            answers = [SCHEMAS[HEALTH_ANSWERS.name].decode(text) for text in unbundled(payload)]
        except BadJson as error:
            self._say("warning", f"The engine's answer cannot be read: {error}")
            return
        for answer in answers:
            self._tell(answer.asked, answer)

    def closed(self, link: Link, reason: str) -> None:
        """The roles must do without."""
        self._lost(reason)

    def on_retry(self, sentence: str) -> None:
        """Say once that the engine cannot be reached."""
        if not self._complained:
            self._complained = True
            self._say("warning", sentence)
        self._lost(sentence)

    def _lost(self, why: str) -> None:
        if self._tally:
            self._tally.down(self.cp_ids, why)
        self._tell_all(LinkDown(peer=Peer.ENGINE))

    def _tell_all(self, signal: LinkUp | LinkDown) -> None:
        for cp_id in self.cp_ids:
            self._tell(cp_id, signal)
