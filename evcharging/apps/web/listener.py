"""Where the web server takes connections, as long as there is room, and one that says nothing makes way for one
that does. Knows no HTTP but the sentence of a refusal."""

import asyncio
import socket
import sys
from collections.abc import Callable, Iterable
from typing import Any, cast

from evcharging.adapters.tcp import room_for_links
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
    that has `waits_since` can be asked to `make_way`."""

    def __init__(self, make: Callable[[], asyncio.Protocol], inside: Iterable[object], room: int) -> None:
        self._make = make
        self._inside = inside
        self._room = room
        self._refused = 0

    async def listen(self, listening: socket.socket) -> None:
        """Let clients in, one after the other."""
        loop = asyncio.get_running_loop()
        listening.setblocking(False)
        while True:
            try:
                client, _ = await loop.sock_accept(listening)
                make = self._make if self._has_room() else lambda: _Refusal(self)
                await loop.connect_accepted_socket(make, client)
            except OSError:
                # The client is gone already, or no descriptor is free just now.
                await asyncio.sleep(0.05)

    def refuse(self) -> bool:
        """Whether one more refused client may take its time."""
        self._refused += 1
        return self._refused <= LINGERING

    def forget(self) -> None:
        """A refused client is gone."""
        self._refused -= 1

    def _has_room(self) -> bool:
        inside = list(self._inside)
        if len(inside) < self._room:
            return True
        since = [getattr(each, "waits_since", None) for each in inside]
        oldest = min((moment for moment in since if moment is not None), default=None)
        if oldest is None or len(inside) >= self._room + LINGERING:
            return False
        cast(Any, inside[since.index(oldest)]).make_way(NO_ROOM)
        return True


class _Refusal(asyncio.Protocol):
    """A client for whom there is no room: it is told so, and does not have to be listened to."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        connection = cast(asyncio.Transport, transport)
        connection.write(last_answer(503, NO_ROOM))
        if self._listener.refuse():
            connection.write_eof()
            asyncio.get_running_loop().call_later(LINGER_WITHIN, connection.abort)
        else:
            connection.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._listener.forget()
