"""What the tests of TCP links share: handlers that remember, servers and callers for one scene."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from random import Random
from typing import Any

import pytest
import uvloop

from evcharging.adapters.tcp import Backoff, Connector, Link, LinkServer, serve
from evcharging.tests.stages.talk_stage import ACK, ENQ

HOST = "127.0.0.1"
QUICK = Backoff(first=0.01, last=0.05)


async def soon(awaitable: Awaitable[Any]) -> Any:
    """What never takes long, or fails."""
    return await asyncio.wait_for(awaitable, 10)


Run = Callable[[Coroutine[Any, Any, None]], None]
both_loops = pytest.mark.parametrize("run", [asyncio.run, uvloop.run], ids=["asyncio", "uvloop"])


class Ear:
    """A handler that remembers what it was told, in order, and lets a test wait for the next of it."""

    def __init__(self, *, answers: bool = False) -> None:
        self.links: list[Link] = []
        self._told: asyncio.Queue[object] = asyncio.Queue()
        self._answers = answers

    def opened(self, link: Link) -> None:
        self.links.append(link)
        self._told.put_nowait("opened")

    def received(self, link: Link, payload: bytes) -> None:
        self._told.put_nowait(payload)
        if self._answers:
            link.send(payload)

    def closed(self, link: Link, reason: str) -> None:
        self._told.put_nowait(f"closed: {reason}")

    async def next(self) -> object:
        return await soon(self._told.get())

    @property
    def quiet(self) -> bool:
        return self._told.empty()


@contextlib.asynccontextmanager
async def serving(ear: Ear, port: int = 0, **options: Any) -> AsyncIterator[LinkServer]:
    server = await serve(HOST, port, lambda link: ear, **options)
    try:
        yield server
    finally:
        await soon(server.close())


@contextlib.asynccontextmanager
async def connecting(ear: Ear, port: int, **options: Any) -> AsyncIterator[Connector]:
    connector = Connector(HOST, port, ear, chance=Random(1), backoff=QUICK, **options)
    connector.start()
    try:
        yield connector
    finally:
        await soon(connector.close())


@contextlib.asynccontextmanager
async def calling(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A bare connection, for saying what no client of ours would say."""
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


@contextlib.asynccontextmanager
async def deaf_caller(server: LinkServer) -> AsyncIterator[socket.socket]:
    """A caller that opens a talk, reads nothing by itself, and has hardly any buffers in between."""
    far, near = socket.socketpair()
    with far:
        near.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        far.send(ENQ)
        await asyncio.get_running_loop().connect_accepted_socket(lambda: Link(server), near)
        far.setblocking(False)
        yield far


async def open_raw(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(ENQ)
    assert await soon(reader.readexactly(1)) == ACK


@contextlib.contextmanager
def free_port() -> Iterator[int]:
    """A port that nobody listens on, and that nobody but a server of ours will."""
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind((HOST, 0))
        yield holder.getsockname()[1]


@contextlib.contextmanager
def silent_port() -> Iterator[int]:
    """A port whose queue is full, so that it neither accepts nor refuses."""
    with contextlib.ExitStack() as stack:
        holder = stack.enter_context(socket.socket())
        holder.bind((HOST, 0))
        holder.listen(0)
        for _ in range(4):
            caller = stack.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(holder.getsockname())
        yield holder.getsockname()[1]
