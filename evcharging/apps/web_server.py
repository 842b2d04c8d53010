"""Serves a web app on uvicorn inside a program that has signals and logs of its own."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.types import ASGIApp

from evcharging.adapters.link import address
from evcharging.adapters.listening import listen

LARGEST_HEADERS = 32 * 1024
LARGEST_FRAME = 1024
"""What a viewer may say over a WebSocket, in bytes; it has nothing to say."""


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.serving = asyncio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the program."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Tell that requests are answered from now on."""
        await super().startup(sockets)
        self.serving.set()


@asynccontextmanager
async def web_server(app: ASGIApp, host: str, port: int) -> AsyncIterator[tuple[str, int]]:
    """The app, served until the block is left; gives its address and port. Raises PortTaken or CannotListen."""
    listening = listen(host, port)
    bound: int = listening.getsockname()[1]
    config = uvicorn.Config(
        app,
        log_config=None,
        log_level="critical",
        access_log=False,
        timeout_graceful_shutdown=1,
        http="h11",  # the parser that bounds what a header may be
        h11_max_incomplete_event_size=LARGEST_HEADERS,
        ws_per_message_deflate=False,
        ws_max_size=LARGEST_FRAME,
        server_header=False,
    )
    server = _Server(config)
    task = asyncio.create_task(server.serve([listening]))
    try:
        await server.serving.wait()
        yield f"http://{address('localhost' if host == '127.0.0.1' else host, bound)}", bound
    finally:
        server.should_exit = True
        await task
