"""Registration of points at Central over HTTP, again and again until it answers."""

import asyncio
from collections.abc import Callable
from random import Random

import httpx

from evcharging.adapters.link import address
from evcharging.common.config import MonitorSettings

AT_ONCE = 16
"""How many points of a fleet register at the same time."""

LONGEST_PAUSE = 5.0


class Registrar:
    """Registers points of one fleet. What it cannot do it says once, until it can again."""

    def __init__(self, settings: MonitorSettings, chance: Random, say: Callable[[str, str], None]) -> None:
        self._settings = settings
        self._chance = chance
        self._say = say
        self.central_port = settings.central_port
        self._client = httpx.AsyncClient(timeout=10, trust_env=False)
        self._room = asyncio.Semaphore(AT_ONCE)
        self._complained: str | None = None

    async def register(self, cp_id: str, location: str | None) -> int:
        """Make the point known; gives the port of Central's framed TCP links."""
        body: dict[str, object] = {"cp_id": cp_id}
        if location:
            body["location"] = location
        if self._settings.euros_per_kwh is not None:
            body["euros_per_kwh"] = self._settings.euros_per_kwh
        pause = 0.25
        while True:
            async with self._room:
                port = await self._once(body)
            if port is not None:
                self._complained = None
                return self._settings.central_tcp_port or port
            await asyncio.sleep(self._chance.uniform(0.5, 1) * pause)
            pause = min(LONGEST_PAUSE, pause * 2)

    async def _once(self, body: dict[str, object]) -> int | None:
        where = address(self._settings.central_host, self.central_port)
        try:
            answer = await self._client.post(f"http://{where}/cp/register", json=body)
            if answer.is_success:
                return int(answer.json()["tcp_port"])
            why = _detail(answer)
            self._complain(why, f"Central at {where} does not register {body['cp_id']}: {why}, retrying")
        except httpx.InvalidURL:
            self._complain("address", f"{where!r} is no address that Central could be at, retrying")
        except httpx.HTTPError:
            self._complain("away", f"Cannot reach Central at {where}, retrying")
        except (ValueError, KeyError, TypeError):
            self._complain("stranger", f"What answers at {where} is not Central, retrying")
        return None

    def _complain(self, why: str, text: str) -> None:
        if why != self._complained:
            self._complained = why
            self._say("warning", text)

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()


def _detail(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return f"status {answer.status_code}"
