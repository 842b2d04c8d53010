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
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
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
"""Seconds between attempts: twice as long each time."""

LARGEST: Final = 64 * 1024

read_frame = json_decoder(dict[str, Any])


class Unheard(Exception):
    """A stream cannot be opened, or has ended; the text says why."""


class Streams:
    """`tokens` give what each driver says who it is by. Centrals are tried in turn; `tell` hands what was said, and
    that a stream is open or lost, to the driver's role. What is wrong is said once for all drivers, until it is so no
    more."""

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
        self._open: set[str] = set()

    @property
    def drivers(self) -> frozenset[str]:
        """Who listens here."""
        return frozenset(self._tokens)

    def trouble(self) -> str | None:
        """Why no driver can be told anything, in one sentence."""
        if self._open or not self._tokens:
            return None
        return next(iter(self._troubles.values()), "No driver listens to Central yet")

    @asynccontextmanager
    async def heard(self, tell: Callable[[str, Input], None]) -> AsyncIterator[None]:
        """Hand on what is said, until the block is left."""
        tasks = [asyncio.create_task(self._listen(driver_id, tell)) for driver_id in self._tokens]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _listen(self, driver_id: str, tell: Callable[[str, Input], None]) -> None:
        wait = FIRST_WAIT
        for central in cycle(self._centrals):
            was_open = False
            try:
                async with self._stream(driver_id, address(*central)) as stream:
                    self._opened(driver_id)
                    was_open = True
                    tell(driver_id, LinkUp(peer=Peer.CENTRAL))
                    await _hear(stream, driver_id, tell)
            except Unheard as trouble:
                self._lost(driver_id, str(trouble))
            if was_open:
                tell(driver_id, LinkDown(peer=Peer.CENTRAL))
            wait = FIRST_WAIT if was_open else min(2 * wait, LONGEST_WAIT)
            # A whole fleet may have lost its streams just now: nobody comes back at once.
            await asyncio.sleep(wait * self._chance.uniform(0.5, 1))

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
                max_size=LARGEST,
                proxy=None,
            ) as stream:
                yield stream
        except (ConnectionClosed, InvalidHandshake, OSError, TimeoutError, EOFError, BadJson) as error:
            raise Unheard(_sentence(error, where, driver_id)) from None

    def _opened(self, driver_id: str) -> None:
        self._open.add(driver_id)
        had = self._troubles.pop(driver_id, None)
        if had is not None and not self._troubles:
            self._say("info", "Central tells its drivers again what becomes of their requests")

    def _lost(self, driver_id: str, trouble: str) -> None:
        self._open.discard(driver_id)
        is_new = trouble not in self._troubles.values()
        self._troubles[driver_id] = trouble
        if is_new:
            self._say("warning", f"{trouble}, retrying")


async def _hear(stream: ClientConnection, driver_id: str, tell: Callable[[str, Input], None]) -> None:
    """Hand on each update, until the stream ends; raises BadJson for what is none of Central's."""
    decode = SCHEMAS[DRIVER_UPDATES.name].decode
    while True:
        said = await asyncio.wait_for(stream.recv(), SILENCE)
        frame = read_frame(said.encode() if isinstance(said, str) else said)
        if frame.get("type") == "update":
            tell(driver_id, decode(to_json({**frame, "type": "DriverUpdate", "driver_id": driver_id})))


def _sentence(error: Exception, where: str, driver_id: str) -> str:
    """What is wrong with a stream."""
    match error:
        case InvalidStatus():
            return f"Central at {where} tells {driver_id} nothing: {_reason(error)}"
        case ConnectionClosed(rcvd=Close(reason=str(said))) if said:
            return f"Central at {where} ends the stream: {said}"
        case ssl.SSLError():
            return f"Cannot reach Central at {where}: {why(error)} (--central-tls, --central-ca)"
        case BadJson():
            return f"What answers at {where} is not Central"
        case _:
            return f"Cannot reach Central at {where}"


def _reason(refusal: InvalidStatus) -> str:
    try:
        return str(read_frame(bytes(refusal.response.body or b""))["detail"])[:500]
    except (BadJson, KeyError):
        return f"it answers {refusal.response.status_code}"
