"""Registration of points at Central over HTTP, again and again until it answers."""

import asyncio
from collections.abc import Callable
from random import Random

import httpx

from evcharging.adapters.link import address
from evcharging.common.config import MonitorSettings
from evcharging.common.utils import BadJson, Frozen, json_decoder

AT_ONCE = 16
"""How many points of a fleet register at the same time."""

LONGEST_PAUSE = 5.0
PATIENCE = 10.0
"""Seconds that Central has for its whole answer."""


LONGEST_ANSWER = 64 * 1024
LONGEST_REASON = 200


class Registered(Frozen):
    """What Central answers, as far as it matters here."""

    tcp_port: int


class Refusal(Frozen):
    """Why Central does not register a point."""

    detail: str


read_answer = json_decoder(Registered)
read_refusal = json_decoder(Refusal)


class Registrar:
    """Registers points of one fleet. What it cannot do it says once, until it can again."""

    def __init__(self, settings: MonitorSettings, chance: Random, say: Callable[[str, str], None]) -> None:
        self._settings = settings
        self._chance = chance
        self._say = say
        self.central_port = settings.central_port
        self._client = httpx.AsyncClient(timeout=PATIENCE, trust_env=False)
        self._room = asyncio.Semaphore(AT_ONCE)
        self._complained: str | None = None

    async def register(self, cp_id: str, location: str | None) -> int:
        """Make the point known, however long that takes; gives the port of Central's framed TCP links."""
        pause = 0.25
        while (port := await self.ask(cp_id, location)) is None:
            await asyncio.sleep(self._chance.uniform(0.5, 1) * pause)
            pause = min(LONGEST_PAUSE, pause * 2)
        return port

    async def ask(self, cp_id: str, location: str | None) -> int | None:
        """The same, tried once; None where that failed."""
        body: dict[str, object] = {"cp_id": cp_id}
        if location:
            body["location"] = location
        if self._settings.euros_per_kwh is not None:
            body["euros_per_kwh"] = self._settings.euros_per_kwh
        async with self._room:
            port = await self._once(body)
        if port is None:
            return None
        self._complained = None
        return self._settings.central_tcp_port or port

    async def _once(self, body: dict[str, object]) -> int | None:
        where = address(self._settings.central_host, self.central_port)
        try:
            status, answer = await self._post(f"http://{where}/cp/register", body)
            if httpx.codes.is_success(status):
                return _port_in(answer)
            why = _reason_in(answer) or f"status {status}"
            self._complain(why, f"Central at {where} does not register {body['cp_id']}: {why}, retrying")
        except httpx.InvalidURL:
            self._complain("address", f"{where!r} is no address that Central could be at, retrying")
        except (httpx.HTTPError, TimeoutError):
            self._complain("away", f"Cannot reach Central at {where}, retrying")
        except BadJson:
            self._complain("stranger", f"What answers at {where} is not Central, retrying")
        return None

    async def _post(self, url: str, body: dict[str, object]) -> tuple[int, bytes]:
        async with asyncio.timeout(PATIENCE), self._client.stream("POST", url, json=body) as answer:
            text = b""
            async for part in answer.aiter_bytes():
                text += part
                if len(text) > LONGEST_ANSWER:
                    raise BadJson("The answer is too long")
            return answer.status_code, text

    def _complain(self, why: str, text: str) -> None:
        if why != self._complained:
            self._complained = why
            self._say("warning", text)

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()


def _port_in(answer: bytes) -> int:
    registered: Registered = read_answer(answer)
    if not 0 < registered.tcp_port < 65_536:
        raise BadJson("That is no port")
    return registered.tcp_port


def _reason_in(answer: bytes) -> str | None:
    try:
        refusal: Refusal = read_refusal(answer)
    except BadJson:
        return None
    return refusal.detail[:LONGEST_REASON]
