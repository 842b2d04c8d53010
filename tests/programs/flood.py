"""Callers that take all they can get from a port of framed links, in a process of their own, for a bounded time:
`python -m tests.programs.flood KIND PORT LINKS SECONDS`. It says how often they connected and how much they sent."""

import json
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from itertools import count, repeat

from evcharging.common.messages import HealthReport, Message
from evcharging.common.messages_link import HealthQuery
from evcharging.common.utils import to_json
from evcharging.protocols.bundle import bundles
from evcharging.protocols.framing import ACK, ENQ, NAK, STX, encode_frame

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
PORTION = 64 * 1024
POINTS = ("CP-001", "CP-002")
FLOODER = "FLOODER-{}"
"""The points that floods of reports are about; a test registers them."""


def framed(n: int, *messages: Message) -> bytes:
    payload = b"".join(bundles(map(to_json, messages)))
    return encode_frame(b'{"n":%d,"body":%b}' % (n, payload))


def report(number: int, n: int) -> bytes:
    """The reports about a point change with each frame."""
    reason = None if n % 2 else f"smoke {n}"
    return framed(n, HealthReport(ts=NOW, cp_id=FLOODER.format(number), well=bool(n % 2), reason=reason))


def strays(n: int) -> bytes:
    return framed(n, *(HealthQuery(ts=NOW, cp_id=f"S-{number}") for number in range(300)))


def many_questions(n: int) -> bytes:
    return framed(n, *(HealthQuery(ts=NOW, cp_id=POINTS[number % 2]) for number in range(300)))


def question(n: int) -> bytes:
    return framed(n, HealthQuery(ts=NOW, cp_id=POINTS[n % 2]))


def packed(frames: Iterator[bytes]) -> Iterator[bytes]:
    """As many frames at a time as a segment carries."""
    while True:
        portion = b""
        while len(portion) < PORTION // 4:
            portion += next(frames)
        yield portion


Portions = Callable[[int], Iterator[bytes]]

PUSHED: dict[str, Portions] = {
    "ack": lambda _: repeat(bytes([ACK]) * PORTION),
    "nak": lambda _: repeat(bytes([NAK]) * PORTION),
    "one ack at a time": lambda _: repeat(bytes([ACK])),
    "copies": lambda number: repeat(report(number, 1) * 100),
    "reports": lambda number: packed(report(number, n) for n in count(1)),
    "garbage": lambda _: repeat(bytes(range(128, 256)) * 512),
    "half a frame": lambda _: repeat(bytes([STX]) + b"a" * 1000),
    "drops of a frame": lambda _: iter([bytes([STX]), *repeat(b"a", 60_000)]),
    "questions": lambda _: packed(question(n) for n in count(1)),
    "nothing": lambda _: iter(()),
}
"""What is sent after the greeting without waiting for anything, by the number of the link."""

ACKED: dict[str, Portions] = {
    "reports, acknowledged": lambda number: (report(number, n) for n in count(1)),
    "questions, acknowledged": lambda _: (question(n) for n in count(1)),
    "bundles, acknowledged": lambda _: (many_questions(n) for n in count(1)),
    "bundles about points elsewhere": lambda _: (strays(n) for n in count(1)),
}
"""Frames of which each waits for something to be answered to the one before, and that answer every answer."""


class Flood:
    """Many links at once, each opened again once it is cut."""

    def __init__(self, port: int, seconds: float) -> None:
        self.connected = 0
        self.sent = 0
        self._port = port
        self._until = time.monotonic() + seconds
        self._lock = threading.Lock()

    def run(self, kind: str, links: int) -> None:
        """Until the time is up."""
        threads = [threading.Thread(target=self._keep_on, args=(kind, number), daemon=True) for number in range(links)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _keep_on(self, kind: str, number: int) -> None:
        while self._is_time():
            with suppress(OSError), socket.create_connection(("127.0.0.1", self._port), 1) as caller:
                caller.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                with self._lock:
                    self.connected += 1
                    if self.connected == 1:
                        sys.stdout.write("begun\n")
                        sys.stdout.flush()
                caller.settimeout(0.2)
                caller.sendall(bytes([ENQ]))
                if kind in PUSHED:
                    self._push(caller, PUSHED[kind](number))
                else:
                    self._take_turns(caller, ACKED[kind](number))

    def _push(self, caller: socket.socket, portions: Iterator[bytes]) -> None:
        for portion in portions:
            self._send(caller, portion)
            caller.setblocking(False)
            with suppress(BlockingIOError):
                if not caller.recv(PORTION):
                    return
            caller.settimeout(0.2)
            if not self._is_time():
                return

    def _take_turns(self, caller: socket.socket, frames: Iterator[bytes]) -> None:
        caller.recv(1)
        for frame in frames:
            self._send(caller, frame)
            heard = b""
            while not heard:
                if not self._is_time():
                    return
                with suppress(TimeoutError):
                    heard = caller.recv(PORTION)
                    if not heard:
                        return
            self._send(caller, bytes([ACK]) * heard.count(bytes([STX])))

    def _send(self, caller: socket.socket, data: bytes) -> None:
        left = memoryview(data)
        while left and self._is_time():
            with suppress(TimeoutError):
                gone = caller.send(left)
                left = left[gone:]
                with self._lock:
                    self.sent += gone

    def _is_time(self) -> bool:
        return time.monotonic() < self._until


def main(kind: str, port: str, links: str, seconds: str) -> None:
    """One flood."""
    flood = Flood(int(port), float(seconds))
    flood.run(kind, int(links))
    sys.stdout.write(json.dumps({"connected": flood.connected, "sent": flood.sent}))


if __name__ == "__main__":
    main(*sys.argv[1:])
