"""Stands between a store and PostgreSQL, and loses what a test wants lost."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread

HOST = "127.0.0.1"
COMMIT = b"Q\x00\x00\x00\x0bCOMMIT\x00"
"""The message by which a transaction is ended."""


class Proxy:
    """Passes everything on. `loses`: what becomes of the next commits, in order: `question` cuts the connection before
    a commit reaches the server, `answer` once the server has answered. `is_open`: whether anybody is let in."""

    def __init__(self, port: int) -> None:
        self.loses: list[str] = []
        self.is_open = True
        self._server_port = port
        self._door = socket.create_server((HOST, 0))
        self._sockets = [self._door]
        self.port: int = self._door.getsockname()[1]

    def serve(self) -> None:
        """Let clients in, until it is closed."""
        with suppress(OSError):
            while True:
                client, _ = self._door.accept()
                if not self.is_open:
                    client.close()
                    continue
                talk = _Talk(self, client, socket.create_connection((HOST, self._server_port)))
                self._sockets += [client, talk.server]
                for one_way in (talk.ask, talk.answer):
                    Thread(target=one_way, daemon=True).start()

    def close(self) -> None:
        """Cut everything."""
        for one in self._sockets:
            _cut(one)


class _Talk:
    def __init__(self, proxy: Proxy, client: socket.socket, server: socket.socket) -> None:
        self.server = server
        self._client = client
        self._proxy = proxy
        self._loses: str | None = None

    def ask(self) -> None:
        with suppress(OSError):
            while question := self._client.recv(65536):
                if COMMIT in question and self._proxy.loses:
                    self._loses = self._proxy.loses.pop(0)
                if self._loses == "question":
                    break
                self.server.sendall(question)
        self._end()

    def answer(self) -> None:
        with suppress(OSError):
            while (answer := self.server.recv(65536)) and self._loses is None:
                self._client.sendall(answer)
        self._end()

    def _end(self) -> None:
        _cut(self._client)
        _cut(self.server)


@contextmanager
def proxy_to(port: int) -> Iterator[Proxy]:
    """A proxy to a server of this machine, until the block is left."""
    proxy = Proxy(port)
    server = Thread(target=proxy.serve, daemon=True)
    server.start()
    try:
        yield proxy
    finally:
        proxy.close()
        server.join()


def _cut(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()
