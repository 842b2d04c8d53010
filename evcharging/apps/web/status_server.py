"""A small HTTP server for programs without a web framework: health and metrics, answered in threads of their own, so
that it speaks even where the event loop does not. Knows not how the program is."""

import io
import re
import socket
import ssl
import threading
import time
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager, closing, suppress
from http.server import BaseHTTPRequestHandler
from typing import Any

from evcharging.adapters.listening import listen
from evcharging.apps.shell.logs import LogLine
from evcharging.apps.shell.status import Status, beating, verdict
from evcharging.apps.web.answers import PROBLEM_JSON, WRONG_HOST, problem_json, url_of
from evcharging.common.hosts import is_for_this_machine, is_known
from evcharging.common.utils import to_json

AT_ONCE = 8
"""Maximum number of connections at the same time. One more closes the longest silent one, or is closed itself."""

WITHIN = 5.0
"""Seconds that a request may take to come, and its answer to be taken."""

GOODBYE_WITHIN = 0.2
LARGEST_HEAD = 8 * 1024
JSON = "application/json"
END_OF_HEAD = re.compile(rb"\r?\n\r?\n")

Answer = tuple[int, str, bytes]
"""The status, the media type and the body."""

Page = Callable[[str], Answer]
"""Answers one request; it is given what the client accepts."""


def pages(status: Status) -> dict[str, Page]:
    """What a program's status port has, by path."""
    return {
        "/health": lambda _: _judged(status.obstacle(), status.health()),
        "/health/live": lambda _: _judged(found := status.dead(), verdict(found)),
        "/health/ready": lambda _: _judged(found := status.obstacle(), verdict(found)),
        "/metrics": lambda accept: (200, *status.metrics.text(accept)),
    }


def _judged(reason: str | None, view: Mapping[str, object]) -> Answer:
    return 503 if reason else 200, JSON, to_json(view)


@asynccontextmanager
async def status_port(
    status: Status, host: str, port: int, log: LogLine, tls: ssl.SSLContext | None = None
) -> AsyncIterator[int]:
    """The status of this process over HTTP, or over HTTPS by `tls`, until the block is left; gives the port. Raises
    CannotListen."""
    # Where others reach it, it is called by names that nobody here knows; what it tells is no secret to them.
    names = () if is_for_this_machine(host) else None
    with closing(StatusServer(pages(status), host, port, names=names, tls=tls)) as server:
        log("info", f"Health and metrics at {url_of(host, server.port, has_tls=tls is not None)}")
        async with beating(status):
            yield server.port


class StatusServer:
    """Answers requests, one for each connection, until it is closed: those for a page with it, and all others, where
    that is given, `otherwise`. With `names` it answers to them, IP addresses and localhost alone, and by `tls` to
    those who speak that. Raises CannotListen."""

    def __init__(
        self,
        found: Mapping[str, Page],
        host: str,
        port: int,
        otherwise: Page | None = None,
        names: Collection[str] | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._pages = found
        self._tls = tls
        self._otherwise = otherwise
        self._names = names
        self._listening = listen(host, port)
        self._room = threading.BoundedSemaphore(AT_ONCE)
        self._silent: dict[socket.socket, None] = {}
        self._closed = threading.Event()
        self.port: int = self._listening.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, name="status", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Take no more connections, and free the port."""
        self._closed.set()
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._thread.join(WITHIN)

    def _accept(self) -> None:
        while not self._closed.is_set():
            try:
                connection, _ = self._listening.accept()
            except OSError:
                # No descriptor is free just now.
                self._closed.wait(0.1)
                continue
            if self._room.acquire(blocking=False) or self._makes_room():
                self._begin(connection)
            else:
                connection.close()

    def _begin(self, connection: socket.socket) -> None:
        if self._tls is not None:
            connection = self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        self._silent[connection] = None
        try:
            threading.Thread(target=self._serve, args=(connection,), name="status", daemon=True).start()
        except RuntimeError:
            # No thread is free just now.
            del self._silent[connection]
            connection.close()
            self._room.release()
            self._closed.wait(0.1)

    def _makes_room(self) -> bool:
        """Close the connection that has waited longest for its request; whether there is room now."""
        for connection in list(self._silent)[:1]:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        return self._room.acquire(timeout=GOODBYE_WITHIN)

    def _serve(self, connection: socket.socket) -> None:
        try:
            # A client that goes away, or is too slow, is nobody's trouble.
            with connection, suppress(OSError):
                try:
                    _shake_hands(connection)
                    head = _head(connection)
                finally:
                    del self._silent[connection]
                connection.settimeout(WITHIN)
                connection.sendall(_Request(self._pages, self._otherwise, self._names, head).answer)
                _wait_for_goodbye(connection)
        finally:
            self._room.release()


def _shake_hands(connection: socket.socket) -> None:
    """Come to terms with a client that speaks TLS; raises OSError with one that does not."""
    if isinstance(connection, ssl.SSLSocket):
        connection.settimeout(WITHIN)
        connection.do_handshake()


def _wait_for_goodbye(connection: socket.socket) -> None:
    """Let the client read the answer before it hears that the rest of its request is not wanted."""
    connection.shutdown(socket.SHUT_WR)
    late = time.monotonic() + GOODBYE_WITHIN
    while (left := late - time.monotonic()) > 0:
        connection.settimeout(left)
        if not connection.recv(LARGEST_HEAD):
            return


def _head(connection: socket.socket) -> bytes:
    """The head of a request, or nothing of one that does not end; raises TimeoutError for one that takes too long."""
    head, late = b"", time.monotonic() + WITHIN
    while not END_OF_HEAD.search(head):
        connection.settimeout(max(0.001, late - time.monotonic()))
        part = connection.recv(LARGEST_HEAD)
        head += part
        if not part or len(head) > LARGEST_HEAD:
            return b""
    return head


class _Request(BaseHTTPRequestHandler):
    """One request, from bytes to bytes."""

    server_version = "evcharging"
    sys_version = ""
    error_message_format = "%(message)s\n"
    error_content_type = "text/plain"

    def __init__(
        self, found: Mapping[str, Page], otherwise: Page | None, names: Collection[str] | None, head: bytes
    ) -> None:
        self._pages = found
        self._otherwise = otherwise
        self._names = names
        self.rfile = io.BytesIO(head)
        self.wfile = answer = io.BytesIO()
        self.handle()
        self.answer = answer.getvalue()
        """What is to be sent."""

    def do_GET(self) -> None:
        """Answer with a page."""
        status, kind, body = self._page()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_POST(self) -> None:
        """Answer as to a page that there is not."""
        if self._otherwise is None:
            self.send_error(501, "Nothing can be changed here")
        else:
            self.do_GET()

    def do_HEAD(self) -> None:
        """Answer without the page's body."""
        self.do_GET()

    def _page(self) -> Answer:
        hosts = [host.encode("latin-1") for host in self.headers.get_all("Host", [])]
        if self._names is not None and not is_known(hosts, self._names):
            return 421, PROBLEM_JSON, problem_json(421, WRONG_HOST)
        page = self._pages.get(self.path.partition("?")[0], self._otherwise)
        if page is None:
            return 404, JSON, to_json({"reason": f"There is nothing here but {', '.join(self._pages)}"})
        try:
            return page(self.headers.get("Accept", ""))
        except Exception as error:
            return 500, JSON, to_json({"reason": f"A mistake in this program: {error!r}"})

    def log_message(self, format: str, *args: Any) -> None:
        """Who asks is not worth a line."""
