"""One point's link to Central. Knows not at which of several Centrals, nor what is said over it."""

import asyncio
from collections.abc import Callable

from evcharging.adapters.tcp import STEADY, Connector, Link
from evcharging.apps.ev_cp_m.link_summary import LinkSummary
from evcharging.common.messages import HealthReport, LinkRefused
from evcharging.common.setting_values import Address
from evcharging.common.utils import BadJson, json_decoder, to_json
from evcharging.roles.role import Input, LinkDown, LinkUp, Peer

read_refusal = json_decoder(LinkRefused)


class CentralLink:
    """Calls `on_lost` when the link closes, cannot be opened (the `door` is `shut`), or is refused; the door is then
    cleared. `wait` is the delay level before another attempt: 0 is at once. Once the point `is_retired`, no more
    attempts are made."""

    def __init__(
        self,
        cp_id: str,
        tell: Callable[[str, Input], None],
        log: Callable[[str, str], None],
        tally: LinkSummary | None,
        on_lost: Callable[["CentralLink"], None],
    ) -> None:
        self.cp_id = cp_id
        self.door: Address | None = None
        self.shut = False
        self.wait = 0
        self.is_retired = False
        self._failures = 0
        self._tell = tell
        self._say = log
        self._tally = tally
        self._on_lost = on_lost
        self._connector: Connector | None = None
        self._was_open = False

    def connect(self, door: Address, connector: Connector) -> None:
        """Open the link at a door."""
        self.door, self.shut = door, False
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
        if refusal.retired:
            self.is_retired = True
        else:
            self._say("warning", f"Central refuses the link: {refusal.reason}")
        self.door = None
        self._fail(refusal.reason)

    def closed(self, link: Link, reason: str) -> None:
        """The role must do without. A whole fleet may have lost its links just now: nobody comes back at once."""
        lasted = link.opened_at is not None and asyncio.get_running_loop().time() - link.opened_at >= STEADY
        self._failures = 0 if lasted else self._failures + 1
        self._lose(reason, wait=1 + self._failures)

    def on_retry(self, sentence: str) -> None:
        """Say that there is no link to be had, unless it may just be another Central's turn."""
        if not self._was_open:
            self._say("warning", sentence)
        self._was_open, self.shut = False, True
        self._fail(sentence)

    def _fail(self, why: str) -> None:
        self._failures += 1
        self._lose(why, wait=self._failures if self._failures > 1 else 0)

    def _lose(self, why: str, wait: int) -> None:
        self.wait = wait
        self._on_lost(self)
        if self._tally:
            self._tally.down([self.cp_id], why)
        self._tell(self.cp_id, LinkDown(peer=Peer.CENTRAL))
