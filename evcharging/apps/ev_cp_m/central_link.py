"""One point's link to Central. Knows not at which of several Centrals, nor what is said over it."""

import asyncio
from collections.abc import Callable

from evcharging.adapters.tcp import STEADY, Connector, Link
from evcharging.apps.ev_cp_m.link_summary import LinkSummary
from evcharging.apps.ev_cp_m.proving import GREETED_WITHIN, KeyOf, Prover, no_key
from evcharging.common.messages import HealthReport
from evcharging.common.messages_link import LinkRefused
from evcharging.common.setting_values import Address
from evcharging.common.utils import BadJson, json_decoder, to_json
from evcharging.protocols.proof import NotProven
from evcharging.roles.role import Input, LinkDown, LinkUp, Peer

read_refusal = json_decoder(LinkRefused)


def is_refusal(payload: bytes) -> bool:
    """Whether Central refuses."""
    try:
        read_refusal(payload)
    except BadJson:
        return False
    return True


class CentralLink:
    """A point that has a key proves it where Central asks for that, and is linked then. Calls `on_lost` when the link
    closes, cannot be opened (the `door` is `shut`), or is refused; the door is then cleared. `wait` is the delay level
    before another attempt: 0 is at once. Once the point `is_retired`, no more attempts are made."""

    def __init__(
        self,
        cp_id: str,
        tell: Callable[[str, Input], None],
        log: Callable[[str, str], None],
        tally: LinkSummary | None,
        on_lost: Callable[["CentralLink"], None],
        key_of: KeyOf = no_key,
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
        self._key_of = key_of
        self._prover: Prover | None = None
        self._waiting: asyncio.TimerHandle | None = None
        self._is_linked = False
        self._went_without = False

    def connect(self, door: Address, connector: Connector) -> None:
        """Open the link at a door."""
        self.door, self.shut = door, False
        self._connector = connector
        connector.start()

    @property
    def is_open(self) -> bool:
        """Whether Central hears what is reported."""
        return self._is_linked and self._connector is not None

    def report(self, report: HealthReport) -> None:
        """Send; without a link it is lost."""
        link = self._connector.link if self._connector else None
        if link is not None and self._is_linked:
            text = to_json(report)
            link.send(self._prover.wrapped(text) if self._prover else text)

    async def close(self) -> None:
        """Hang up, and connect no more."""
        connector, self._connector = self._connector, None
        if connector is not None:
            await connector.close()

    def opened(self, link: Link) -> None:
        """Central agreed to talk. One that asks for a proof does so at once."""
        held = self._key_of(self.cp_id)
        self._prover = Prover(self.cp_id, held) if held else None
        if self._prover is None:
            self._link_up(link)
        else:
            self._waiting = asyncio.get_running_loop().call_later(GREETED_WITHIN, self._go_without, link)

    def received(self, link: Link, payload: bytes) -> None:
        """Central asks for a proof, gives its own, or refuses."""
        try:
            said = self._heard(link, payload)
        except NotProven as error:
            self._say("warning", f"What answers at {link.peer} has not proven that it is Central: {error}")
            self._fail(str(error))
            return
        try:
            refusal = read_refusal(said)
        except BadJson:
            return
        self._refused(refusal)

    def _heard(self, link: Link, payload: bytes) -> bytes:
        """What Central says, or nothing where that is about proofs alone; raises NotProven."""
        prover = self._prover
        if prover is None or prover.is_done:
            return prover.heard(payload) if prover else payload
        if (proof := prover.answer_to(payload)) is not None:
            self._wait_no_longer()
            link.send(proof)
            return b""
        if not prover.is_asked or is_refusal(payload):
            return payload
        prover.agree(payload)
        self._link_up(link)
        return b""

    def _refused(self, refusal: LinkRefused) -> None:
        # Whoever has not proven that it is Central must not be able to take a point out of the network.
        is_believed = self._prover is None or self._prover.is_done or not self._prover.is_asked
        if refusal.retired and is_believed:
            self.is_retired = True
        else:
            self._say("warning", f"Central refuses the link: {refusal.reason}")
        self.door = None
        self._fail(refusal.reason)

    def _link_up(self, link: Link) -> None:
        """The role may use the link."""
        self._was_open = self._is_linked = True
        self._say("info", f"Connected to {Peer.CENTRAL} at {link.peer}")
        if self._tally:
            self._tally.up([self.cp_id], link.peer)
        self._tell(self.cp_id, LinkUp(peer=Peer.CENTRAL))

    def _go_without(self, link: Link) -> None:
        self._waiting = None
        if not self._went_without:
            self._went_without = True
            self._say("info", f"Central does not ask for the key of {self.cp_id}, which goes on without")
        self._link_up(link)

    def _wait_no_longer(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

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
        self._wait_no_longer()
        self.wait, self._is_linked = wait, False
        self._on_lost(self)
        if self._tally:
            self._tally.down([self.cp_id], why)
        self._tell(self.cp_id, LinkDown(peer=Peer.CENTRAL))
