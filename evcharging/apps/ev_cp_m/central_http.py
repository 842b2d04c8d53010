"""What monitors ask of Central over HTTP, with or without TLS: the status and the body of an answer, in bounded time
and memory. Knows not what is asked."""

import asyncio
import ssl

import httpx

from evcharging.adapters.link import address
from evcharging.common.setting_values import Address
from evcharging.common.utils import BadJson

PATIENCE, PATIENCE_TO_LOOK = 10.0, 3.0
"""Seconds that Central has for its whole answer, where it has to decide something and where it has not."""

LONGEST_ANSWER = 64 * 1024


class CentralHttp:
    """A client of whichever Central; `tls` is what trusts them, where they are reached over TLS."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._scheme = "http" if tls is None else "https"
        timeout = httpx.Timeout(PATIENCE, connect=PATIENCE_TO_LOOK)
        self._client = httpx.AsyncClient(timeout=timeout, trust_env=False, verify=tls or True)

    async def say(
        self,
        method: str,
        central: Address,
        path: str,
        *,
        patience: float = PATIENCE,
        body: object = None,
        token: str | None = None,
    ) -> tuple[int, bytes]:
        """The status and the body of an answer, in bounded time and memory. Raises what httpx does, TimeoutError or
        BadJson."""
        who = {"Authorization": f"Bearer {token}"} if token else None
        url = f"{self._scheme}://{address(*central)}{path}"
        async with asyncio.timeout(patience), self._client.stream(method, url, json=body, headers=who) as answer:
            text = b""
            async for part in answer.aiter_bytes():
                text += part
                if len(text) > LONGEST_ANSWER:
                    raise BadJson("The answer is too long")
            return answer.status_code, text

    async def close(self) -> None:
        """Let go of connections."""
        await self._client.aclose()
