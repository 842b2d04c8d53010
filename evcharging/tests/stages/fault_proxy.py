"""A TCP proxy that sits on one link and does to it what networks do: seeded, and switchable while it runs.
Knows nothing of what passes through it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random

HOST = "127.0.0.1"
CHUNK = 64 * 1024


@dataclass(frozen=True)
class Weather:
    """What befalls each segment, both ways: it takes `latency_s`, and its bytes pass at `bytes_per_s`; it is cut into
    slices of 1 to `slices` bytes; and by chance (0 to 1) one of its bytes is changed, or it comes twice. Where bytes
    equal the first of `swap`, the second come instead."""

    latency_s: float = 0.0
    bytes_per_s: float = float("inf")
    slices: int | None = None
    corruption: float = 0.0
    duplication: float = 0.0
    swap: tuple[bytes, bytes] | None = None


CALM = Weather()


@dataclass(eq=False)
class _Passage:
    """One connection through the proxy. Once silent it stays so for ever: its peers are not told of one another's end,
    as when a machine or a firewall between them has lost its memory."""

    writers: list[asyncio.StreamWriter] = field(default_factory=list)
    silent: bool = False

    def cut(self) -> None:
        for writer in self.writers:
            writer.transport.abort()


class FaultProxy:
    """Passes on what comes to `port` to the server at `to`; made by `proxied`."""

    def __init__(self, to: int, chance: Random) -> None:
        self.weather = CALM
        self.port = 0
        self.carried = 0
        """Bytes that came out at the other end."""
        self.swapped = 0
        """How often bytes were swapped for others."""
        self._to = to
        self._chance = chance
        self._silent = False
        self._refusing = False
        self._passages: set[_Passage] = set()

    @property
    def connections(self) -> int:
        """How many are up."""
        return len(self._passages)

    def cut(self) -> None:
        """Break every connection now."""
        for passage in list(self._passages):
            passage.cut()

    def go_away(self) -> None:
        """Break every connection, and each new one at once, until `heal`."""
        self._refusing = True
        self.cut()

    def fall_silent(self) -> None:
        """Half-open: swallow everything silently, on the connections that are up and on new ones, until `heal`;
        those that were up meanwhile stay silent even then."""
        self._silent = True
        for passage in self._passages:
            passage.silent = True

    def heal(self) -> None:
        """From now on everything passes as it came."""
        self.weather, self._silent, self._refusing = CALM, False, False

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        passage = _Passage([writer], silent=self._silent)
        self._passages.add(passage)
        try:
            if not self._refusing:
                await self._carry(passage, reader)
        except OSError:
            pass
        finally:
            passage.cut()
            self._passages.discard(passage)

    async def _carry(self, passage: _Passage, reader: asyncio.StreamReader) -> None:
        near = passage.writers[0]
        far_reader, far = await asyncio.open_connection(HOST, self._to)
        passage.writers.append(far)
        await asyncio.gather(self._pump(passage, reader, far), self._pump(passage, far_reader, near))
        for writer in passage.writers:
            writer.close()
            await writer.wait_closed()

    async def _pump(self, passage: _Passage, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(CHUNK):
                for segment in self._segments(data):
                    await asyncio.sleep(self.weather.latency_s + len(segment) / self.weather.bytes_per_s)
                    if not passage.silent:
                        self.carried += len(segment)
                        writer.write(segment)
                        await writer.drain()
            if not passage.silent:
                writer.write_eof()
        except OSError:
            if not passage.silent:
                passage.cut()

    def _segments(self, data: bytes) -> Iterator[bytes]:
        weather, chance, at = self.weather, self._chance, 0
        if weather.swap:
            self.swapped += data.count(weather.swap[0])
            data = data.replace(*weather.swap)
        while at < len(data):
            size = chance.randint(1, weather.slices) if weather.slices else CHUNK
            segment = data[at : at + size]
            at += size
            if chance.random() < weather.corruption:
                segment = damaged(segment, chance)
            yield segment
            if chance.random() < weather.duplication:
                yield segment


def damaged(segment: bytes, chance: Random) -> bytes:
    """The bytes with one of them changed."""
    at = chance.randrange(len(segment))
    return segment[:at] + bytes([segment[at] ^ chance.randrange(1, 256)]) + segment[at + 1 :]


@asynccontextmanager
async def proxied(to: int, seed: int = 1) -> AsyncIterator[FaultProxy]:
    """A proxy before a port of this machine, until the block is left."""
    proxy = FaultProxy(to, Random(seed))
    tasks: set[asyncio.Task[None]] = set()

    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(proxy._serve(reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        # One that is cancelled before it begins has nobody else to close its connection.
        task.add_done_callback(lambda _: writer.transport.abort())

    server = await asyncio.start_server(accept, HOST, 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()
