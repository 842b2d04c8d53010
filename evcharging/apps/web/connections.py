"""Connections of the web server, on uvicorn: each is bounded in how long a request may take to come and an answer to be
taken. Knows no route, and not how many connections there may be."""

import asyncio
import sys
import time
from collections.abc import Callable
from math import inf
from typing import Any, cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.exceptions import InvalidState

from evcharging.apps.web.answers import WRONG_HOST, last_answer

REQUEST_WITHIN = 8.0
"""Seconds for a whole request to come, head and body."""

TAKE_WITHIN = 10.0
"""Seconds for which a client may leave what it is sent lying."""

TAKE_ALL_WITHIN = 60.0
"""Seconds for a whole answer, or a whole text over a WebSocket, to be taken."""

GOODBYE_WITHIN = 2.0
PIECE = 64 * 1024
"""How much of an answer, in bytes, or of a WebSocket's text, in characters, is given to a connection at a time."""


class _Timer:
    """The one thing that a connection waits for."""

    def __init__(self) -> None:
        self._handle: asyncio.TimerHandle | None = None

    @property
    def runs(self) -> bool:
        return self._handle is not None

    def set(self, seconds: float, late: Callable[[], object]) -> None:
        self.cancel()

        def ring() -> None:
            self._handle = None
            late()

        self._handle = asyncio.get_running_loop().call_later(seconds, ring)

    def cancel(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None


class HttpConnection(H11Protocol):
    """One client's connection. `waits_since` is the moment since when it is the client's turn to say or to take
    something; None while it is the server's."""

    waits_since: float | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._timer = _Timer()
        self._take_by = inf
        self._is_viewer = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The request must come from now on."""
        super().connection_made(cast(asyncio.Transport, transport))
        self.waits_since = time.monotonic()
        self._timer.set(REQUEST_WITHIN, self._too_late)

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Some of a request, or several."""
        super().data_received(data)
        self._follow()

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Go on as a WebSocket, with what came together with the request for it."""
        early, _ = self.conn.trailing_data
        self._is_viewer = True
        self._timer.cancel()
        super().handle_websocket_upgrade(event)
        protocol = self.transport.get_protocol()
        if early and isinstance(protocol, asyncio.Protocol):
            protocol.data_received(early)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no request, with the status that says in which way."""
        error = sys.exception()
        status = error.error_status_hint if isinstance(error, h11.RemoteProtocolError) else 400
        if "Host:" in str(error):
            self._end(421, WRONG_HOST)
        else:
            self._end(status, f"This is no HTTP request: {error}")

    def on_response_complete(self) -> None:
        """The next request may come, or the connection ends."""
        self._take_by = inf
        super().on_response_complete()
        if self.transport.is_closing():
            self._timer.set(GOODBYE_WITHIN, self.transport.abort)
        elif self.conn.their_state is h11.IDLE:
            self.waits_since = time.monotonic()
            if self.conn.trailing_data[0]:
                self._unset_keepalive_if_required()
                self._follow()

    def pause_writing(self) -> None:
        """The client does not take what it is sent."""
        super().pause_writing()
        self.waits_since = now = time.monotonic()
        self._take_by = min(self._take_by, now + TAKE_ALL_WITHIN)
        self._timer.set(min(TAKE_WITHIN, self._take_by - now), self.transport.abort)

    def resume_writing(self) -> None:
        """The client has taken it."""
        super().resume_writing()
        self._timer.cancel()
        self._follow()

    def timeout_keep_alive_handler(self) -> None:
        """No other request came."""
        super().timeout_keep_alive_handler()
        self._timer.set(GOODBYE_WITHIN, self.transport.abort)

    def make_way(self, detail: str) -> None:
        """End it, since others need its place."""
        self.waits_since = None
        if self.flow.write_paused:
            self.transport.abort()
        else:
            self._end(503, detail, also_unasked=self.cycle is None)

    def _follow(self) -> None:
        """See that a request which has begun comes to its end in time."""
        if self._is_viewer or self.transport.is_closing() or self.flow.write_paused:
            return
        if self.conn.their_state not in (h11.IDLE, h11.SEND_BODY):
            self._timer.cancel()
            self.waits_since = None
        elif not self._timer.runs:
            self._timer.set(REQUEST_WITHIN, self._too_late)
            self.waits_since = time.monotonic()

    def _too_late(self) -> None:
        self._end(408, f"The request did not come within {REQUEST_WITHIN:g} s")

    def _end(self, status: int, detail: str, also_unasked: bool = False) -> None:
        """Hang up, with this answer where one is owed."""
        self.waits_since = None
        open_cycle = self.cycle if self.cycle is not None and not self.cycle.response_complete else None
        if open_cycle is not None:
            owed = not open_cycle.response_started
            open_cycle.disconnected = True
            open_cycle.message_event.set()
        else:
            owed = also_unasked or bool(self.conn.trailing_data[0]) or self.conn.their_state is h11.ERROR
        if owed:
            self.transport.write(last_answer(status, detail))
        self.transport.close()
        self._timer.set(GOODBYE_WITHIN, self.transport.abort)


class WebSocketConnection(WebSocketsSansIOProtocol):
    """One viewer's connection."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._timer = _Timer()
        self._early = b""

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing is waited for any more."""
        self._timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """What comes before the handshake is done is kept for afterwards: nothing could be answered before."""
        if self.handshake_initiated and not self.handshake_complete:
            self._early += data
            self.transport.pause_reading()
        else:
            super().data_received(data)

    def pause_writing(self) -> None:
        """The viewer does not take what it is sent."""
        super().pause_writing()
        self._timer.set(TAKE_WITHIN, self.transport.abort)

    def resume_writing(self) -> None:
        """The viewer has taken it."""
        super().resume_writing()
        self._timer.cancel()

    async def send(self, message: Any) -> None:
        """Send what the app says; a long text in pieces, each when the one before it was taken."""
        text = message.get("text") or "" if message["type"] == "websocket.send" else ""
        if len(text) > PIECE:
            late = self.loop.call_later(TAKE_ALL_WITHIN, self.transport.abort)
            try:
                await self._send_in_pieces(text)
            finally:
                late.cancel()
        else:
            await super().send(message)
        if self.close_sent and not self.disconnected:
            self._timer.set(TAKE_WITHIN, self.transport.abort)
        elif self._early and self.handshake_complete:
            early, self._early = self._early, b""
            self.transport.resume_reading()
            self.data_received(early)

    async def _send_in_pieces(self, text: str) -> None:
        for start in range(0, len(text), PIECE):
            await self.writable.wait()
            if self.disconnected:
                raise ClientDisconnected
            send = self.conn.send_continuation if start else self.conn.send_text
            try:
                send(text[start : start + PIECE].encode(), fin=start + PIECE >= len(text))
            except InvalidState:
                raise ClientDisconnected from None
            self.transport.write(b"".join(self.conn.data_to_send()))
