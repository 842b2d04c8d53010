"""Where the web server takes connections, as long as there is room, and one that says nothing makes way for one
that does. Knows no HTTP but the sentence of a refusal."""

import asyncio
import socket
import ssl
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, cast

from evcharging.adapters.tcp import room_for_links
from evcharging.adapters.tls import SHAKE_HANDS_WITHIN
from evcharging.apps.shell.program import FILES
from evcharging.apps.web.answers import last_answer

if sys.platform != "win32":
    import resource

FEWEST, MOST = 16, 1024

LINGER_WITHIN = 0.5
LINGERING = 8
"""Refused clients that are given the time to read the answer at the same time."""

NO_ROOM = "There is no room for another connection just now; ask again"


def room_for_clients() -> int:
    """How many clients a process should have at the same time over HTTP: what its descriptors leave."""
    if sys.platform == "win32":
        return MOST
    allowed, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if allowed == resource.RLIM_INFINITY:
        return MOST
    return max(FEWEST, min(MOST, allowed - room_for_links() - FILES))


class Listener:
    """Takes connections until its task is cancelled. `inside` are those that were taken and are not gone; one of them
    that has `waits_since` can be asked to `make_way`. With `tls`, clients are spoken with by that alone; while they
    come to terms, they take room as well."""

    def __init__(
        self,
        make: Callable[[], asyncio.Protocol],
        inside: Iterable[object],
        room: int,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._make = make
        self._tls = tls
        self._handshakes: set[_Handshake] = set()
        self._inside = inside
        self._room = room
        self._refused = 0

    async def listen(self, listening: socket.socket) -> None:
        """Let clients in, one after the other."""
        loop = asyncio.get_running_loop()
        listening.setblocking(False)
        try:
            while True:
                try:
                    client, _ = await loop.sock_accept(listening)
                    make = self._make if self._has_room() else lambda: _Refusal(self)
                    if self._tls is None:
                        await loop.connect_accepted_socket(make, client)
                    else:
                        _Handshake(self._handshakes, self._tls, make, client)
                except OSError:
                    # The client is gone already, or no descriptor is free just now.
                    await asyncio.sleep(0.05)
        finally:
            for handshake in list(self._handshakes):
                handshake.make_way()

    def refuse(self) -> bool:
        """Whether one more refused client may take its time."""
        self._refused += 1
        return self._refused <= LINGERING

    def forget(self) -> None:
        """A refused client is gone."""
        self._refused -= 1

    def _has_room(self) -> bool:
        inside = [*self._inside, *self._handshakes]
        if len(inside) < self._room:
            return True
        since = [getattr(each, "waits_since", None) for each in inside]
        oldest = min((moment for moment in since if moment is not None), default=None)
        if oldest is None or len(inside) >= self._room + LINGERING:
            return False
        cast(Any, inside[since.index(oldest)]).make_way(NO_ROOM)
        return True


class _Handshake:
    """A client that comes to terms over TLS, beside all others: one that is slow holds up nobody."""

    def __init__(
        self,
        among: set["_Handshake"],
        tls: ssl.SSLContext,
        make: Callable[[], asyncio.Protocol],
        client: socket.socket,
    ) -> None:
        self.waits_since = time.monotonic()
        among.add(self)
        self._client = client
        self._task = asyncio.create_task(self._shake_hands(tls, make))
        self._task.add_done_callback(lambda _: self._end(among))

    def make_way(self, _: str = "") -> None:
        """Hang up: nothing can be said to it yet."""
        self._task.cancel()

    async def _shake_hands(self, tls: ssl.SSLContext, make: Callable[[], asyncio.Protocol]) -> None:
        loop = asyncio.get_running_loop()
        # Who does not speak TLS, or speaks it badly, is nobody's trouble.
        with suppress(OSError):
            await loop.connect_accepted_socket(make, self._client, ssl=tls, ssl_handshake_timeout=SHAKE_HANDS_WITHIN)
            return
        self._client.close()

    def _end(self, among: set["_Handshake"]) -> None:
        among.discard(self)
        if self._task.cancelled():
            self._client.close()


class _Refusal(asyncio.Protocol):
    """A client for whom there is no room: it is told so, and does not have to be listened to."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        connection = cast(asyncio.Transport, transport)
        connection.write(last_answer(503, NO_ROOM))
        if self._listener.refuse():
            if connection.can_write_eof():
                connection.write_eof()
            asyncio.get_running_loop().call_later(LINGER_WITHIN, connection.abort)
        else:
            connection.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._listener.forget()
