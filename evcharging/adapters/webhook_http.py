"""Posts webhooks, signed as Standard Webhooks says: to the address that a name resolves to at that moment and nowhere
else. Knows no role."""

import asyncio
import base64
import hmac
import socket
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from hashlib import sha256
from urllib.parse import urlsplit, urlunsplit

import httpx

from evcharging.common.messages_alerts import ErrandDue
from evcharging.domain.webhook import ErrandOutcome, why_not_public

WITHIN = 10.0
LOOKUPS = 4
"""Seconds in which a receiver has to answer, whatever it does meanwhile."""

SECRET = "whsec_"  # noqa: S105  # what a secret begins with
PRIVATE = "CENTRAL_WEBHOOKS_PRIVATE=1 lets webhooks go to private addresses"


class NoTarget(Exception):
    """Nothing may be posted there; the text says why."""


def secret_text(key: bytes) -> str:
    """A secret as receivers are given it."""
    return SECRET + base64.b64encode(key).decode()


def signed(errand: ErrandDue, key: bytes, now: datetime) -> dict[str, str]:
    """The headers of Standard Webhooks."""
    moment = str(int(now.timestamp()))
    said = f"{errand.errand_id}.{moment}.{errand.body}".encode()
    mark = base64.b64encode(hmac.digest(key, said, sha256)).decode()
    return {"webhook-id": errand.errand_id, "webhook-timestamp": moment, "webhook-signature": f"v1,{mark}"}


class WebhookPoster:
    """Posts, by one client that follows no redirect and knows no proxy; `key_of` gives the key of a webhook.
    `private`: addresses that are not public are allowed."""

    def __init__(self, key_of: Callable[[str], bytes], now: Callable[[], datetime], *, private: bool = False) -> None:
        self._key_of = key_of
        self._now = now
        self._private = private
        self._client = httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=WITHIN)
        # A resolver that does not answer holds up other webhooks, and nothing else.
        self._lookups = ThreadPoolExecutor(LOOKUPS, thread_name_prefix="webhook-names")

    async def close(self) -> None:
        """Let go of its connections."""
        await self._client.aclose()
        self._lookups.shutdown(wait=False, cancel_futures=True)

    async def post(self, errand: ErrandDue) -> ErrandOutcome:
        """Post once; whatever goes wrong is the outcome."""
        try:
            async with asyncio.timeout(WITHIN):
                return ErrandOutcome(status=await self._post(errand))
        except NoTarget as error:
            return ErrandOutcome(trouble=str(error))
        except TimeoutError:
            return ErrandOutcome(trouble=f"no answer within {WITHIN:g} s")
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError) as error:
            return ErrandOutcome(trouble=_sentence(error))

    async def _post(self, errand: ErrandDue) -> int:
        parts = urlsplit(errand.url)
        host, port = parts.hostname or "", parts.port
        address = await self._address(host, port or (443 if parts.scheme == "https" else 80))
        literal = f"[{address}]" if ":" in address else address
        place = urlunsplit(
            (parts.scheme, literal if port is None else f"{literal}:{port}", parts.path, parts.query, "")
        )
        headers = {
            "Host": parts.netloc,
            "Content-Type": "application/json",
            "User-Agent": "evcharging",
            **signed(errand, self._key_of(errand.webhook_id), self._now()),
        }
        # The connection goes to the address that was looked at; the certificate is that of the name.
        named = {"sni_hostname": host}
        # What the receiver says beyond the status is not read, and no cookie of it is kept.
        self._client.cookies.clear()
        async with self._client.stream(
            "POST", place, content=errand.body.encode(), headers=headers, extensions=named
        ) as answer:
            return answer.status_code

    async def _address(self, host: str, port: int) -> str:
        """Where to connect to; raises NoTarget where that must not be."""
        look = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
        found = await asyncio.get_running_loop().run_in_executor(self._lookups, look)
        addresses = [str(entry[4][0]) for entry in found]
        if not addresses:
            raise NoTarget(f"{host} has no address")
        if not self._private:
            for address in addresses:
                if (why := why_not_public(address)) is not None:
                    raise NoTarget(f"{why}: {PRIVATE}")
        return addresses[0]


def _sentence(error: Exception) -> str:
    """What went wrong, on one line."""
    said = str(error) or type(error).__name__
    return " ".join("".join(letter if letter.isprintable() else " " for letter in said).split())[:200]
