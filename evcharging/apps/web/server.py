"""Serves a web app on uvicorn inside a program that has signals and logs of its own."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from evcharging.adapters.listening import listen
from evcharging.apps.web.answers import url_of
from evcharging.apps.web.connections import PIECE, HttpConnection, WebSocketConnection
from evcharging.apps.web.listener import Listener, room_for_clients

LARGEST_HEADERS = 32 * 1024
LARGEST_FRAME = 160 * 1024
"""What a viewer may say over a WebSocket at once, in bytes: more than the longest list of points to ask for."""


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

    def connection(self) -> HttpConnection:
        """What a client's connection is served by."""
        return HttpConnection(self.config, self.server_state, self.lifespan.state)


@asynccontextmanager
async def web_server(
    app: ASGIApp, host: str, port: int, room: int | None = None, tls: ssl.SSLContext | None = None
) -> AsyncIterator[tuple[str, int]]:
    """The app, served until the block is left, to as many clients at a time as there is room for, by `tls` or in the
    open; gives its address and port. Raises PortTaken or CannotListen."""
    listening = listen(host, port)
    bound: int = listening.getsockname()[1]
    config = uvicorn.Config(
        _in_pieces(app),
        log_config=None,
        log_level="critical",
        access_log=False,
        timeout_graceful_shutdown=1,
        http=HttpConnection,  # on h11, the parser that bounds what a header may be
        h11_max_incomplete_event_size=LARGEST_HEADERS,
        ws=WebSocketConnection,
        ws_per_message_deflate=False,
        ws_max_size=LARGEST_FRAME,
        server_header=False,
        proxy_headers=False,  # whom to believe is a setting of the app
    )
    server = _Server(config)
    # No socket is given to it: its own loop would take connections without end.
    task = asyncio.create_task(server.serve([]))
    listener = Listener(server.connection, server.server_state.connections, room or room_for_clients(), tls)
    try:
        await server.serving.wait()
        taking = asyncio.create_task(listener.listen(listening))
        try:
            yield url_of(host, bound, has_tls=tls is not None), bound
        finally:
            taking.cancel()
            with suppress(asyncio.CancelledError):
                await taking
    finally:
        listening.close()
        server.should_exit = True
        await task


def _in_pieces(app: ASGIApp) -> ASGIApp:
    """The app, whose answers are given to a connection piece by piece, so that one which is not taken does not pile
    up."""

    async def pieced(scope: Scope, receive: Receive, send: Send) -> None:
        async def sending(message: Message) -> None:
            body = memoryview(message.get("body", b""))
            while len(body) > PIECE:
                await send({"type": message["type"], "body": body[:PIECE], "more_body": True})
                body = body[PIECE:]
            await send({**message, "body": body} if "body" in message else message)

        await app(scope, receive, sending if scope["type"] == "http" else send)

    return pieced
