"""Framed TCP links on asyncio: a server, and a client that connects again by itself. Knows no charging points."""

import asyncio
import os
import ssl
import sys
from collections.abc import Callable
from contextlib import nullcontext
from math import inf
from random import Random
from typing import Final

from evcharging.adapters.deadlines import Deadlines, TimeUp
from evcharging.adapters.link import Link, LinkHandler, OnPayload
from evcharging.adapters.listening import CannotListen, PortTaken, address, refusal
from evcharging.adapters.tls import SHAKE_HANDS_WITHIN, why
from evcharging.common.utils import Frozen
from evcharging.protocols.budget import Budget
from evcharging.protocols.control import Talk, Timing

if sys.platform != "win32":
    import resource

__all__ = [
    "Backoff",
    "Budget",
    "CannotListen",
    "Connector",
    "Link",
    "LinkHandler",
    "LinkServer",
    "PortTaken",
    "Timing",
    "room_for_links",
    "serve",
]

BACKLOG: Final = 4096
"""How many connections may wait to be accepted: a whole fleet comes back at once."""
CONNECT_TIMEOUT: Final = 5.0
"""How long one attempt to connect may take, in seconds."""
NO_TLS: Final = "it hung up before TLS had come about, which may not be spoken there"
STEADY: Final = 5.0
"""After a link that was open for so many seconds, the pauses start short again."""


class Backoff(Frozen):
    """The pauses between attempts to connect, in seconds: exponential backoff with jitter."""

    first: float = 0.5
    last: float = 5.0

    def pause(self, failures: int, chance: Random) -> float:
        """How long to wait after so many failures in a row."""
        return chance.uniform(self.first, max(self.first, min(self.last, self.first * 2.0 ** min(failures, 64))))


class LinkServer:
    """Listens, and holds the links that called. Made by `serve`."""

    def __init__(
        self,
        on_link: Callable[[Link], LinkHandler],
        timing: Timing,
        max_links: int,
        auto_acknowledge: bool,
        budget: Budget,
        deadlines: Deadlines | None = None,
    ) -> None:
        self.deadlines = deadlines or Deadlines()
        self.budget = budget
        self.on_payload: OnPayload | None = None
        self.links: set[Link] = set()
        """The connections that are up, opened or not yet."""
        self.handler = on_link
        self._timing = timing
        self._max_links = max_links
        self._auto_acknowledge = auto_acknowledge
        self._empty = asyncio.Event()
        self._refused = 0
        self.flooded = 0
        """How many links were cut because their callers sent what nobody had any use for."""

    async def listen(self, host: str, port: int, tls: ssl.SSLContext | None = None) -> None:
        """Starts to listen; raises PortTaken, or CannotListen."""
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(
                lambda: Link(self),
                host,
                port,
                backlog=BACKLOG,
                ssl=tls,
                ssl_handshake_timeout=SHAKE_HANDS_WITHIN if tls is not None else None,
            )
        except (OSError, UnicodeError) as error:
            raise refusal(host, port, error) from None

    @property
    def host(self) -> str:
        """The address that is listened on; of several, the first."""
        host: str = self._server.sockets[0].getsockname()[0]
        return host

    @property
    def port(self) -> int:
        """The port that is listened on there."""
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    @property
    def refused(self) -> int:
        """How often callers were answered with NAK, since the beginning; may be asked in any thread."""
        return self._refused + sum(link.refused for link in list(self.links))

    def admit(self, link: Link, now: float) -> Talk | None:
        if len(self.links) >= self._max_links:
            self._refused += 1
            return None
        self.links.add(link)
        return Talk.server(now, self._timing, auto_acknowledge=self._auto_acknowledge)

    def gone(self, link: Link, reason: str) -> None:
        if link in self.links:
            self.links.discard(link)
            self._refused += link.refused
            self.flooded += link.flooded
        if not self.links:
            self._empty.set()

    async def close(self) -> None:
        """Stops listening and ends every link politely; takes a few seconds at most."""
        self._server.close()
        for link in self.links:
            link.close()
        while self.links:
            self._empty.clear()
            await self._empty.wait()
        await self._server.wait_closed()


async def serve(
    host: str,
    port: int,
    on_link: Callable[[Link], LinkHandler],
    *,
    timing: Timing | None = None,
    max_links: int | None = None,
    auto_acknowledge: bool = True,
    budget: Budget | None = None,
    deadlines: Deadlines | None = None,
    tls: ssl.SSLContext | None = None,
) -> LinkServer:
    """A server of links, over TLS if it is given that; `on_link` gives the handler of each that opens, which may be one
    for all.

    With `auto_acknowledge` off, every payload must be acknowledged by `Link.acknowledge`, once it is safe. More than
    `max_links` connections are refused with NAK; by default as many are allowed as the process has room for. What a
    link brings beyond its `budget` waits until that allows for it.
    Raises PortTaken, or CannotListen.
    """
    server = LinkServer(
        on_link, timing or Timing(), max_links or room_for_links(), auto_acknowledge, budget or Budget(), deadlines
    )
    await server.listen(host, port, tls)
    return server


class Connector:
    """Keeps one link to a server: connects, and connects again after a pause that grows and is never quite the same."""

    def __init__(
        self,
        host: str,
        port: int,
        handler: LinkHandler,
        *,
        chance: Random,
        name: str = "the server",
        on_retry: Callable[[str], None] | None = None,
        timing: Timing | None = None,
        backoff: Backoff | None = None,
        auto_acknowledge: bool = True,
        deadlines: Deadlines | None = None,
        room: asyncio.Semaphore | None = None,
        budget: Budget | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """To be made on a running loop. `on_retry` is told in one sentence why an attempt failed; a fleet of connectors
        shares its `deadlines`, so that it has one timer, and the `room` for attempts at the same time."""
        self.deadlines = deadlines or Deadlines()
        self.budget = budget or Budget()
        self.on_payload: OnPayload | None = None
        self.link: Link | None = None
        """The link, once it is connected and until it is gone."""
        self.slot = inf
        self._host, self._port, self._name, self._tls = host, port, name, tls
        self._handler = handler
        self._chance = chance
        self._on_retry = on_retry or (lambda sentence: None)
        self._timing = timing or Timing()
        self._backoff = backoff or Backoff()
        self._auto_acknowledge = auto_acknowledge
        self._failures = 0
        self._room = room or nullcontext()
        self._attempt: asyncio.Task[None] | None = None
        self._settled = asyncio.Event()
        self._closing = False
        self._idle = asyncio.Event()

    def start(self) -> None:
        """Begins to connect, for as long as `close` is not called."""
        self._attempt = asyncio.get_running_loop().create_task(self._connect())

    async def close(self) -> None:
        """Ends the link politely and connects no more."""
        self._closing = True
        self.deadlines.forget(self)
        if self._attempt:
            self._attempt.cancel()
            await asyncio.gather(self._attempt, return_exceptions=True)
        while self.link:
            self.link.close()
            self._idle.clear()
            await self._idle.wait()

    def admit(self, link: Link, now: float) -> Talk:
        self.link = link
        return Talk.client(now, self._timing, auto_acknowledge=self._auto_acknowledge)

    def handler(self, link: Link) -> LinkHandler:
        self._settled.set()
        return self._handler

    def gone(self, link: Link, reason: str) -> None:
        self.link = None
        self._settled.set()
        self._idle.set()
        if link.opened_at is None:
            self._failed(reason)
            return
        if self.deadlines.now() - link.opened_at >= STEADY:
            self._failures = 0
        self._retry()

    def on_time(self, now: float) -> None:
        """The pause is over."""
        self.start()

    async def _connect(self) -> None:
        async with self._room:
            self._settled.clear()
            try:
                await self._open()
            except TimeoutError:
                self._failed(f"No answer within {CONNECT_TIMEOUT:g} s.")
            except (OSError, UnicodeError) as error:
                self._failed(_sentence(_why(error)))
            else:
                await self._settled.wait()

    async def _open(self) -> None:
        """Raises OSError or UnicodeError. A link that has come about is not given up any more."""
        loop = asyncio.get_running_loop()
        opening = loop.create_task(loop.create_connection(lambda: Link(self), self._host, self._port, ssl=self._tls))
        time_up = TimeUp()
        self.deadlines.watch(time_up, self.deadlines.now() + CONNECT_TIMEOUT)
        try:
            await asyncio.wait([opening, time_up.over], return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.deadlines.forget(time_up)
            if self.link is None and not opening.done():
                opening.cancel()
                await asyncio.wait([opening])
                self._forget_half_made(opening)
            if opening.done() and not opening.cancelled():
                opening.exception()  # Where this attempt was given up, nobody asks why it failed.
        if opening.cancelled():
            raise TimeoutError
        await opening

    def _forget_half_made(self, opening: asyncio.Task[object]) -> None:
        # uvloop never tells of the end of a connection that was given up while the link was just being made.
        if opening.cancelled() and self.link is not None:
            self.link.disown()
            self.link = None

    def _failed(self, reason: str) -> None:
        if not self._closing:
            self._on_retry(f"Cannot reach {self._name} at {address(self._host, self._port)}, retrying: {reason}")
        self._retry()

    def _retry(self) -> None:
        if not self._closing:
            self._failures += 1
            pause = self._backoff.pause(self._failures, self._chance)
            self.deadlines.watch(self, self.deadlines.now() + pause)


def room_for_links() -> int:
    """How many connections a process should hold: three quarters of the descriptors that it may open."""
    if sys.platform == "win32":
        return 4096
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0] * 3 // 4


def _why(error: OSError | UnicodeError) -> str:
    if isinstance(error, ssl.SSLError):
        return why(error)
    if isinstance(error, UnicodeError):
        return "that is not the name of a host"
    if error.errno and error.errno > 0:
        return os.strerror(error.errno).lower()
    return (error.strerror or str(error)).lower() or NO_TLS


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
