"""One framed TCP link: a talk on an asyncio connection. Knows not who listens or connects, nor what payloads mean."""

import asyncio
from collections.abc import Callable
from math import inf
from typing import Final, Protocol, cast

from evcharging.adapters.deadlines import Deadlines
from evcharging.adapters.listening import address
from evcharging.protocols.budget import PER_EVENT, PER_MESSAGE, PER_READ, Budget, Purse
from evcharging.protocols.control import Opened, Received, Talk, TalkClosed, TalkEvent
from evcharging.protocols.framing import MAX_FRAME, NAK
from evcharging.protocols.stop_and_wait import QueueFull

__all__ = ["MAX_GOODBYE", "MAX_UNREAD", "Link", "LinkHandler", "LinkHost", "OnPayload", "address"]

OnPayload = Callable[["Link", bytes, bool], None]
"""Told of a payload, and whether this side has sent it."""

MAX_UNREAD: Final = 2 * MAX_FRAME
"""How many bytes may wait in this process for a peer that does not read, before it is cut."""
MAX_GOODBYE: Final = 2.0
"""How long the last bytes of a closed link may take to leave, in seconds."""


class LinkHandler(Protocol):
    """What a program does with its links. Called on the event loop, so it must not block."""

    def opened(self, link: "Link") -> None:
        """The peer agreed to talk."""

    def received(self, link: "Link", payload: bytes) -> None:
        """The peer's next payload, one JSON text; each once and in order."""

    def closed(self, link: "Link", reason: str) -> None:
        """An opened link is gone, for a reason in one sentence. Told once, and never from within a call to the link."""


class LinkHost(Protocol):
    """Where links live: a server, or the client's side of one."""

    deadlines: Deadlines
    budget: Budget
    """What each link may bring."""
    on_payload: OnPayload | None
    """Who looks on at all that is said, both ways."""

    def admit(self, link: "Link", now: float) -> Talk | None:
        """The talk of a new connection, or None if there is no room for it."""

    def handler(self, link: "Link") -> LinkHandler:
        """Who hears of a link that has opened."""

    def gone(self, link: "Link", reason: str) -> None:
        """The connection is gone, opened or not."""


class Link(asyncio.Protocol):
    """One talk on one connection. It reads no further while its peer has brought more than its budget allows."""

    __slots__ = (
        "_deadlines",
        "_handler",
        "_host",
        "_is_owned",
        "_leaving",
        "_purse",
        "_reason",
        "_resume_at",
        "_sending",
        "_talk",
        "_transport",
        "opened_at",
        "peer",
        "slot",
    )

    def __init__(self, host: LinkHost) -> None:
        self.peer = "?"
        """The peer's address, `host:port`."""
        self.opened_at: float | None = None
        """When the talk opened, in monotonic seconds of the loop."""
        self.slot = inf
        self._host = host
        self._deadlines = host.deadlines
        self._purse = Purse(host.budget, host.deadlines.now())
        self._resume_at = inf
        self._handler: LinkHandler | None = None
        self._reason: str | None = None
        self._is_owned = True
        self._leaving = False
        self._sending = False

    @property
    def is_paused(self) -> bool:
        """Whether the peer has brought more than its budget allows just now."""
        return self._resume_at < inf

    @property
    def flooded(self) -> bool:
        """Whether the link was cut because its peer sent what nobody had any use for."""
        return self._talk.flooded

    @property
    def refused(self) -> int:
        """How often the peer was answered with NAK."""
        return self._talk.refused

    def send(self, payload: bytes) -> None:
        """Sends one JSON text after those before it; on a link that was closed or is over, it is lost.

        A peer that leaves too many payloads unanswered is cut. Raises FrameError if the payload fits no frame.
        """
        if self._reason is not None:
            return
        self._show(payload, is_sent=True)
        try:
            self._talk.send(payload, self._deadlines.now())
        except TalkClosed:
            return
        except QueueFull as error:
            self._cut(str(error))
        else:
            self._flush()

    def acknowledge(self) -> None:
        """Tells the peer that the last payload received is safe; the peer's next one comes only after that."""
        if self._reason is None:
            self._talk.acknowledge()
            self._flush()

    def charge(self, messages: int) -> None:
        """Counts what was in the payload just received, where that was more than one message."""
        self._purse.spend(messages * PER_MESSAGE, self._deadlines.now())

    def close(self) -> None:
        """Ends the link politely, once what was sent is answered; nothing more is received."""
        self._leaving = True
        if self._reason is None:
            self._take(self._talk.close(self._deadlines.now()))

    def disown(self) -> None:
        """Forgets a connection that was given up: nothing more is said over it, and nobody is told of its end."""
        self._reason = "This side gave the connection up."
        self._is_owned = False
        self._deadlines.forget(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=MAX_UNREAD)
        peer = transport.get_extra_info("peername")
        if peer:
            self.peer = address(*peer[:2])
        now = self._deadlines.now()
        talk = self._host.admit(self, now)
        self._talk = talk or Talk.server(now)
        if talk is None:
            self._transport.write(bytes([NAK]))
            self._reason = "There is no room for another link."
        self._flush()

    def data_received(self, data: bytes) -> None:
        talk, now = self._talk, self._deadlines.now()
        before = talk.heard
        self._take(talk.receive_data(data, now))
        wait = self._purse.spend(len(data) + PER_READ + (talk.heard - before) * PER_EVENT, now)
        if wait and self._reason is None:
            self._transport.pause_reading()
            self._resume_at = now + wait
            self._deadlines.watch(self, self._resume_at)

    def on_time(self, now: float) -> None:
        """Lets the talk see that time has passed; a link that is over by now has said goodbye for long enough."""
        if self._reason is not None:
            self._transport.abort()
            return
        if self._resume_at <= now:
            self._resume_at = inf
            self._transport.resume_reading()
        deadline = self._talk.deadline
        if deadline is not None and deadline <= now:
            self._take(self._talk.on_deadline(now))
        else:
            self._flush()

    def pause_writing(self) -> None:
        self._cut("The peer does not read what it is sent.")

    def connection_lost(self, exc: Exception | None) -> None:
        reason = self._reason or ("The connection was lost." if exc else "The peer hung up without saying goodbye.")
        self._reason = reason
        self._deadlines.forget(self)
        try:
            if self._handler:
                self._handler.closed(self, reason)
        finally:
            if self._is_owned:
                self._host.gone(self, reason)

    def _take(self, events: list[TalkEvent]) -> None:
        self._sending = True
        try:
            for event in events:
                self._on_event(event)
        finally:
            self._sending = False
        self._flush()

    def _on_event(self, event: TalkEvent) -> None:
        if self._reason is not None:
            return
        if isinstance(event, Received):
            if self._handler and not self._leaving:
                self._show(event.payload, is_sent=False)
                self._handler.received(self, event.payload)
        elif isinstance(event, Opened):
            self.opened_at = self._deadlines.now()
            self._handler = self._host.handler(self)
            self._handler.opened(self)
        else:
            self._reason = event.reason

    def _show(self, payload: bytes, *, is_sent: bool) -> None:
        if self._host.on_payload is not None:
            self._host.on_payload(self, payload, is_sent)

    def _flush(self) -> None:
        if self._sending:
            return
        data = self._talk.data_to_send()
        if data and not self._transport.is_closing():
            self._transport.write(data)
        if self._reason is None:
            deadline = self._talk.deadline
            if self._resume_at < inf:
                deadline = min(deadline or inf, self._resume_at)
            self._deadlines.watch(self, deadline)
        elif not self._transport.is_closing():
            self._transport.close()
            self._deadlines.forget(self)
            self._deadlines.watch(self, self._deadlines.now() + MAX_GOODBYE)

    def _cut(self, reason: str) -> None:
        self._reason = self._reason or reason
        self._transport.abort()
