"""What drivers with keys are told, each over a stream of Central's that tells nobody of another driver. Knows no role,
and not what the words mean."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import cycle
from random import Random
from typing import Any, Final

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, InvalidURI, WebSocketException
from websockets.frames import Close

from evcharging.adapters.link import address
from evcharging.adapters.tls import why
from evcharging.common.kafka import DRIVER_UPDATES, SCHEMAS
from evcharging.common.setting_values import Address
from evcharging.common.utils import BadJson, json_decoder, to_json
from evcharging.roles.role import Input, LinkDown, LinkUp, Peer

PATH: Final = "/api/v1/me/stream"
PATIENCE: Final = 10.0
SILENCE: Final = 15.0
"""Seconds without a word after which a stream is given up: Central says something every 5 s."""

FIRST_WAIT, LONGEST_WAIT = 0.5, 15.0
"""Seconds between attempts: twice as long each time, until a stream has lasted."""

STEADY: Final = 20.0
"""Seconds for which a stream has to last, for the next attempt to be made soon."""

GOODBYE: Final = 1.0
"""Seconds that Central has to answer that a stream ends."""

MESSAGES: Final = {"update": "DriverUpdate", "queue": "QueueUpdate", "reservation": "ReservationUpdate"}
"""The message that each frame is of."""

LARGEST: Final = 64 * 1024

read_frame = json_decoder(dict[str, Any])


class Unheard(Exception):
    """A stream cannot be opened, or has ended; the text says why, and `why` is the same for the same reason."""

    def __init__(self, why: str, text: str) -> None:
        super().__init__(text)
        self.why = why


class Streams:
    """`tokens` give what each driver says who it is by. Centrals are tried in turn; `tell` hands what was said, and
    that a stream is open or lost, to the driver's role. Each reason for which drivers hear nothing is said once for all
    of them, until all hear again."""

    def __init__(
        self,
        centrals: Sequence[Address],
        tls: ssl.SSLContext | None,
        tokens: Mapping[str, Callable[[], str]],
        log: Callable[[str, str], None],
        chance: Random,
    ) -> None:
        self._centrals = centrals
        self._tls = tls
        self._tokens = tokens
        self._say = log
        self._chance = chance
        self._troubles: dict[str, str] = {}
        self._said: set[str] = set()
        self._open: set[str] = set()
        self._tasks: dict[str, asyncio.Task[None]] = {}

    @property
    def drivers(self) -> frozenset[str]:
        """Who listens here."""
        return frozenset(self._tokens)

    def trouble(self) -> str | None:
        """Why no driver can be told anything, in one sentence."""
        if self._open or not self._tasks:
            return None
        return next(iter(self._troubles.values()), "No driver listens to Central yet")

    @asynccontextmanager
    async def heard(self, tell: Callable[[str, Input], None]) -> AsyncIterator[None]:
        """Hand on what is said, until the block is left."""
        self._tasks = {driver_id: asyncio.create_task(self._listen(driver_id, tell)) for driver_id in self._tokens}
        try:
            yield
        finally:
            tasks, self._tasks = self._tasks, {}
            for task in tasks.values():
                task.cancel()
            await asyncio.gather(*tasks.values(), return_exceptions=True)

    def leave(self, driver_id: str) -> None:
        """A driver has nothing left to hear: whoever waits for room has it then."""
        task = self._tasks.pop(driver_id, None)
        if task is not None:
            task.cancel()
            self._open.discard(driver_id)
            self._troubles.pop(driver_id, None)

    async def _listen(self, driver_id: str, tell: Callable[[str, Input], None]) -> None:
        wait, loop = FIRST_WAIT, asyncio.get_running_loop()
        for central in cycle(self._centrals):
            began = loop.time()
            try:
                await self._follow(driver_id, address(*central), tell)
            except Unheard as trouble:
                self._lost(driver_id, trouble)
            wait = FIRST_WAIT if loop.time() - began > STEADY else min(2 * wait, LONGEST_WAIT)
            # A whole fleet may have lost its streams just now: nobody comes back at once.
            await asyncio.sleep(wait * self._chance.uniform(0.5, 1))

    async def _follow(self, driver_id: str, where: str, tell: Callable[[str, Input], None]) -> None:
        """Hear one stream to its end; raises Unheard. It is open once Central has said something."""
        async with self._stream(driver_id, where) as stream:
            await _next_frame(stream)
            self._opened(driver_id)
            tell(driver_id, LinkUp(peer=Peer.CENTRAL))
            try:
                await _hear(stream, driver_id, tell)
            finally:
                tell(driver_id, LinkDown(peer=Peer.CENTRAL))

    @asynccontextmanager
    async def _stream(self, driver_id: str, where: str) -> AsyncIterator[ClientConnection]:
        """Raises Unheard, also where the block fails for what happens to the stream."""
        scheme = "ws" if self._tls is None else "wss"
        headers = {"Authorization": f"Bearer {self._tokens[driver_id]()}"}
        try:
            async with connect(
                f"{scheme}://{where}{PATH}",
                additional_headers=headers,
                ssl=self._tls,
                open_timeout=PATIENCE,
                close_timeout=GOODBYE,
                max_size=LARGEST,
                proxy=None,
            ) as stream:
                yield stream
        except (WebSocketException, OSError, TimeoutError, EOFError, ValueError) as error:
            raise _unheard(error, where, driver_id) from None

    def _opened(self, driver_id: str) -> None:
        self._open.add(driver_id)
        had = self._troubles.pop(driver_id, None)
        if had is not None and not self._troubles:
            self._said.clear()
            self._say("info", "Central tells its drivers again what becomes of their requests")

    def _lost(self, driver_id: str, trouble: Unheard) -> None:
        self._open.discard(driver_id)
        self._troubles[driver_id] = str(trouble)
        if trouble.why not in self._said:
            self._said.add(trouble.why)
            self._say("warning", f"{trouble}, retrying")


async def _next_frame(stream: ClientConnection) -> dict[str, Any]:
    """What is said next; raises BadJson for what is none of Central's."""
    said = await asyncio.wait_for(stream.recv(), SILENCE)
    frame: dict[str, Any] = read_frame(said.encode() if isinstance(said, str) else said)
    return frame


async def _hear(stream: ClientConnection, driver_id: str, tell: Callable[[str, Input], None]) -> None:
    """Hand on each update, until the stream ends."""
    decode = SCHEMAS[DRIVER_UPDATES.name].decode
    while True:
        frame = await _next_frame(stream)
        kind = MESSAGES.get(frame.get("type", ""))
        if kind is not None:
            said = {name: value for name, value in frame.items() if value is not None}
            tell(driver_id, decode(to_json({**said, "type": kind, "driver_id": driver_id})))


def _unheard(error: Exception, where: str, driver_id: str) -> Unheard:
    """What is wrong with a stream."""
    match error:
        case InvalidStatus():
            code, reason = _refusal(error)
            return Unheard(f"{code} at {where}", f"Central at {where} tells {driver_id} nothing: {reason}")
        case ConnectionClosed(rcvd=Close(reason=str(said))) if said:
            return Unheard(f"{said} at {where}", f"Central at {where} ends the stream: {said}")
        case ssl.SSLError():
            text = f"Cannot reach Central at {where}: {why(error)} (--central-tls, --central-ca)"
            return Unheard(text, text)
        case InvalidURI() | ValueError():
            text = f"What answers at {where} is not Central"
            return Unheard(text, text)
        case _:
            text = f"Cannot reach Central at {where}"
            return Unheard(text, text)


def _refusal(refusal: InvalidStatus) -> tuple[str, str]:
    """The code of a refusal, and what Central says about it, in a sentence."""
    status = str(refusal.response.status_code)
    try:
        problem = read_frame(bytes(refusal.response.body or b""))
        return str(problem.get("code", status)), str(problem["detail"])[:500]
    except (BadJson, KeyError):
        return status, f"it answers {status}"
