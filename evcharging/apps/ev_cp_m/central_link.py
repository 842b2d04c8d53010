"""One point's link to Central. Knows not at which of several Centrals, nor what is said over it."""

import asyncio
from collections.abc import Callable

from evcharging.adapters.tcp import STEADY, Connector, Link
from evcharging.apps.ev_cp_m.tally import Tally
from evcharging.common.config import Address
from evcharging.common.messages import HealthReport, LinkRefused
from evcharging.common.utils import BadJson, json_decoder, to_json
from evcharging.roles.role import Input, LinkDown, LinkUp, Peer

read_refusal = json_decoder(LinkRefused)


class CentralLink:
    """`on_failed` is told when no link comes about at the `door`, and when Central refuses it, which makes the door
    unknown. `failures`: how often that was in a row, without a link in between that lasted."""

    def __init__(
        self,
        cp_id: str,
        tell: Callable[[str, Input], None],
        say: Callable[[str, str], None],
        tally: Tally | None,
        on_failed: Callable[["CentralLink"], None],
    ) -> None:
        self.cp_id = cp_id
        self.door: Address | None = None
        self.failures = 0
        self._tell = tell
        self._say = say
        self._tally = tally
        self._on_failed = on_failed
        self._connector: Connector | None = None
        self._was_open = False

    def connect(self, door: Address, connector: Connector) -> None:
        """Open the link at a door."""
        self.door = door
        self._connector = connector
        connector.start()

    @property
    def is_open(self) -> bool:
        """Whether the peer agreed to talk."""
        link = self._connector.link if self._connector else None
        return link is not None and link.opened_at is not None

    def report(self, report: HealthReport) -> None:
        """Send; without a link it is lost."""
        link = self._connector.link if self._connector else None
        if link is not None:
            link.send(to_json(report))

    async def close(self) -> None:
        """Hang up, and connect no more."""
        connector, self._connector = self._connector, None
        if connector is not None:
            await connector.close()

    def opened(self, link: Link) -> None:
        """The role may use the link."""
        self._was_open = True
        self._say("info", f"Connected to {Peer.CENTRAL} at {link.peer}")
        if self._tally:
            self._tally.up([self.cp_id], link.peer)
        self._tell(self.cp_id, LinkUp(peer=Peer.CENTRAL))

    def received(self, link: Link, payload: bytes) -> None:
        """Central says nothing but that it refuses."""
        try:
            refusal = read_refusal(payload)
        except BadJson:
            return
        self._say("warning", f"Central refuses the link: {refusal.reason}")
        self.door = None
        self._fail(refusal.reason)

    def closed(self, link: Link, reason: str) -> None:
        """The role must do without."""
        if link.opened_at is not None and asyncio.get_running_loop().time() - link.opened_at >= STEADY:
            self.failures = 0
        self._lost(reason)

    def on_retry(self, sentence: str) -> None:
        """Say that there is no link to be had, unless it may just be another Central's turn."""
        if not self._was_open:
            self._say("warning", sentence)
        self._was_open = False
        self._fail(sentence)

    def _fail(self, why: str) -> None:
        self.failures += 1
        self._lost(why)
        self._on_failed(self)

    def _lost(self, why: str) -> None:
        if self._tally:
            self._tally.down([self.cp_id], why)
        self._tell(self.cp_id, LinkDown(peer=Peer.CENTRAL))
