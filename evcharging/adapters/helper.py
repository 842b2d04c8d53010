"""A process of this program's own, which answers bytes with bytes over a pair of sockets that nobody else has: no port,
no file. It ends with the program, however that ends. Knows not what is asked."""

import asyncio
import os
import socket
import sys
from asyncio import Future, IncompleteReadError, StreamReader, StreamWriter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from itertools import count
from pathlib import Path
from struct import Struct
from subprocess import DEVNULL, Popen
from time import monotonic

import evcharging

Answering = Callable[[bytes], Awaitable[bytes]]
"""Answers one question; several may be on their way at once."""

FRAME = Struct("!QI")
"""The number of a question, and how many bytes follow: of the question, or of its answer."""

GREETING = 0
"""The number of what is said first: what the process shall do, and, in answer, why it cannot, or nothing."""

PATIENCE_S = 30.0
"""After so long without an answer the process hangs, and is ended."""

PAUSE_S = 5.0
"""Between two starts."""

TIMES = 2
"""So often a question is asked where the process dies of it, or of another one beside it."""

ROOT = Path(evcharging.__file__).parents[1]


class HelperLost(Exception):
    """There was no answer, and there will be none; the text says why."""


class HelperSilent(HelperLost):
    """There was no answer for too long. Another attempt would take as long."""


class Helper:
    """The process of a module, which calls `answer_all`. It is greeted with `greeting`, started by `start`, and again
    where it has died."""

    def __init__(self, module: str, greeting: bytes, patience_s: float = PATIENCE_S) -> None:
        self._module = module
        self._greeting = greeting
        self._patience_s = patience_s
        self._run: _Run | None = None
        self._starting: asyncio.Task[None] | None = None
        self._began = -PAUSE_S
        self._is_over = False
        self.starts = 0
        """How often it was started."""
        self.trouble: str | None = None
        """Why it did not start, the last time, or is no more."""

    @property
    def pid(self) -> int | None:
        """Its number, while it is up."""
        return self._run.process.pid if self._run is not None and self._run.is_up else None

    @property
    def is_up(self) -> bool:
        """Whether it can be asked at once."""
        return self._run is not None and self._run.is_up

    def start(self) -> None:
        """Start it, if it is not there, and was not just started. Nobody waits for that."""
        waits = self._starting is not None and not self._starting.done()
        if not (self.is_up or waits or self._is_over) and monotonic() >= self._began + PAUSE_S:
            self._began = monotonic()
            self._starting = asyncio.create_task(self._start())

    async def _start(self) -> None:
        await self._end_run()
        self.starts += 1
        try:
            self._run = await _Run.begin(self._module, self._greeting, self._patience_s)
            self.trouble = None
        except (OSError, HelperLost) as error:
            self.trouble = f"{getattr(error, 'strerror', None) or error}"

    async def ask(self, question: bytes) -> bytes:
        """The answer. Where the process dies meanwhile it is started and asked once more; raises HelperLost."""
        for again in reversed(range(TIMES)):
            if self._is_over:
                break
            if not self.is_up:
                self._began = -PAUSE_S
                self.start()
                if self._starting is not None:
                    await asyncio.shield(self._starting)
            if self._run is None:
                break
            try:
                return await self._run.ask(question)
            except HelperLost as error:
                self.trouble = str(error)
                if not again or isinstance(error, HelperSilent):
                    raise
        raise HelperLost(self.trouble or "it does not start")

    async def end(self) -> None:
        """End it for good, and wait until it is gone."""
        self._is_over = True
        if self._starting is not None:
            self._starting.cancel()
            with suppress(asyncio.CancelledError):
                await self._starting
        await self._end_run()

    async def _end_run(self) -> None:
        run, self._run = self._run, None
        if run is not None:
            await run.end("it was ended")


class _Run:
    """One process, from its start to its end."""

    def __init__(self, process: Popen[bytes], reader: StreamReader, writer: StreamWriter, patience_s: float) -> None:
        self.process = process
        self._reader = reader
        self._writer = writer
        self._patience_s = patience_s
        self._numbers = count(GREETING)
        self._waiting: dict[int, Future[bytes]] = {}
        self._why: str | None = None
        self._hearing = asyncio.create_task(self._hear())

    @classmethod
    async def begin(cls, module: str, greeting: bytes, patience_s: float) -> "_Run":
        """A process that is ready; raises OSError and HelperLost."""
        process, ours = await _spawned(module)
        try:
            streams = await asyncio.open_connection(sock=ours)
        except BaseException:
            ours.close()
            process.kill()
            await asyncio.to_thread(process.wait)
            raise
        run = cls(process, *streams, patience_s)
        try:
            refusal = await run.ask(greeting)
        except BaseException:
            await run.end("it was ended")
            raise
        if refusal:
            await run.end("it was ended")
            raise HelperLost(refusal.decode())
        return run

    @property
    def is_up(self) -> bool:
        """Whether it may be asked."""
        return self._why is None

    async def ask(self, question: bytes) -> bytes:
        """The answer; raises HelperLost."""
        if self._why is not None:
            raise HelperLost(self._why)
        number = next(self._numbers)
        answer: Future[bytes] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        _say(self._writer, number, question)
        try:
            async with asyncio.timeout(self._patience_s):
                return await answer
        except TimeoutError:
            why = f"it has not answered for {self._patience_s:g} s"
            self._lose(why)
            raise HelperSilent(why) from None
        finally:
            self._waiting.pop(number, None)

    async def _hear(self) -> None:
        with suppress(IncompleteReadError, OSError):
            while True:
                number, answer = await _frame(self._reader)
                waits = self._waiting.get(number)
                if waits is not None and not waits.done():
                    waits.set_result(answer)
        self._lose("it died")
        await asyncio.to_thread(self.process.wait)

    def _lose(self, why: str) -> None:
        self._why = self._why or why
        self.process.kill()
        self._writer.close()
        for waits in self._waiting.values():
            if not waits.done():
                waits.set_exception(HelperLost(why))

    async def end(self, why: str) -> None:
        """End it, and wait until it is gone; who waits for an answer is told why."""
        self._lose(why)
        self._hearing.cancel()
        with suppress(asyncio.CancelledError):
            await self._hearing
        await asyncio.to_thread(self.process.wait)


async def _spawned(module: str) -> tuple[Popen[bytes], socket.socket]:
    """A new process, and our end of what it is asked by."""
    ours, theirs = socket.socketpair()
    spawning = asyncio.ensure_future(asyncio.to_thread(_spawn, module, theirs))
    try:
        return await asyncio.shield(spawning), ours
    except BaseException:
        ours.close()
        process = await spawning
        process.kill()
        await asyncio.to_thread(process.wait)
        raise
    finally:
        theirs.close()


def _spawn(module: str, theirs: socket.socket) -> Popen[bytes]:
    """A session of its own, so that Ctrl+C does not reach it; `-P`, so that what lies in the folder is not imported."""
    found = os.pathsep.join(filter(None, (str(ROOT), os.environ.get("PYTHONPATH"))))
    command = [sys.executable, "-P", "-m", module]
    environment = {**os.environ, "PYTHONPATH": found}
    return Popen(
        command, stdin=theirs.fileno(), stdout=DEVNULL, stderr=DEVNULL, env=environment, start_new_session=True
    )


def answer_all(opened: Callable[[bytes], Answering]) -> None:
    """What the process does until its program lets go of it: open what the greeting asks for, and answer."""
    with socket.socket(fileno=os.dup(0)) as ours:
        asyncio.run(_answer_all(ours, opened))


async def _answer_all(ours: socket.socket, opened: Callable[[bytes], Answering]) -> None:
    reader, writer = await asyncio.open_connection(sock=ours)
    tasks: set[asyncio.Task[None]] = set()
    with suppress(IncompleteReadError, OSError):
        _, greeting = await _frame(reader)
        try:
            answer = opened(greeting)
        except Exception as error:
            _say(writer, GREETING, str(error).encode() or b"it cannot be opened")
            await writer.drain()
            return
        _say(writer, GREETING, b"")
        while True:
            number, question = await _frame(reader)
            task = asyncio.create_task(_answer(writer, number, answer, question))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
    # Threads may wait for a database still, and nobody waits for them.
    os._exit(0)


async def _answer(writer: StreamWriter, number: int, answer: Answering, question: bytes) -> None:
    _say(writer, number, await answer(question))


def _say(writer: StreamWriter, number: int, text: bytes) -> None:
    writer.write(FRAME.pack(number, len(text)) + text)


async def _frame(reader: StreamReader) -> tuple[int, bytes]:
    number, length = FRAME.unpack(await reader.readexactly(FRAME.size))
    return number, await reader.readexactly(length)
