"""Sends the provider's events to whoever is to hear of them, signed, until they arrive. Knows no payment."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import httpx

from evcharging.adapters.beside import beside
from evcharging.adapters.provider.signatures import HEADER, signed
from evcharging.adapters.provider.simulated.events import body_of
from evcharging.adapters.provider.simulated.file import KeptFileUnusable
from evcharging.adapters.provider.simulated.kept import KeptDelivery
from evcharging.apps.psp.service import Service
from evcharging.apps.shell.logs import LogLine

WITHIN = 10.0
LOOK_EVERY = 0.25
AT_ONCE = 16


class Sender:
    """Sends what is due; without an address there is nobody to be told, and nothing waits."""

    def __init__(self, service: Service, url: str | None, secret: str, log: LogLine) -> None:
        self._service = service
        self._url = url
        self._secret = secret
        self._say = log
        self._room = asyncio.Semaphore(AT_ONCE)
        self._client = httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=WITHIN)

    async def close(self) -> None:
        """Let go of its connections."""
        await self._client.aclose()

    async def send_due(self) -> None:
        """Send all that is due now, some at a time."""
        due = self._service.due()
        await self._service.last()
        await asyncio.gather(*map(self._send, due))

    async def _send(self, delivery: KeptDelivery) -> None:
        async with self._room:
            has_arrived = self._url is None or await self._post(self._url, delivery)
        self._service.told(delivery, has_arrived=has_arrived)

    async def _post(self, url: str, delivery: KeptDelivery) -> bool:
        if self._service.faults.is_lost(delivery.delivery_id, delivery.attempts):
            return False
        body = body_of(delivery)
        headers = {"Content-Type": "application/json", HEADER: signed(body, self._secret, self._service.now())}
        try:
            answer = await self._client.post(url, content=body, headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            self._say("warning", f"{delivery.kind} could not be sent: {type(error).__name__}; it is sent again")
            return False
        return answer.is_success


@asynccontextmanager
async def events_sent(service: Service, url: str | None, secret: str, log: LogLine) -> AsyncIterator[None]:
    """Events are sent until the block is left."""
    sender = Sender(service, url, secret, log)
    try:
        async with beside(_run(sender)):
            yield
    finally:
        await sender.close()


async def _run(sender: Sender) -> None:
    # A file that is lost ends the program, which says so itself.
    with suppress(KeptFileUnusable):
        while True:
            await sender.send_due()
            await asyncio.sleep(LOOK_EVERY)
