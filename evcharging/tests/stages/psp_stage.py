"""`evcharging psp` in this process: its app without a network, on a clock that is turned by hand."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from pathlib import Path

import httpx
from starlette.applications import Starlette

from evcharging.adapters.provider.signatures import signed
from evcharging.adapters.provider.simulated.events import body_of
from evcharging.adapters.provider.simulated.faults import ProviderFaults
from evcharging.adapters.provider.simulated.file import KeptFile
from evcharging.adapters.provider.simulated.kept import KeptDelivery
from evcharging.adapters.provider.stripe import StripeProvider
from evcharging.apps.psp.api import create_app
from evcharging.apps.psp.service import Service
from evcharging.tests.stages.provider_world import ProviderWorld, TurnedClock

KEY, SECRET = "sk_test_stage", "whsec_stage"
BASE = "http://psp.test"


class Psp:
    """The service on a file, and its app."""

    def __init__(self, file: KeptFile, clock: TurnedClock, faults: ProviderFaults) -> None:
        self.lost: list[str] = []
        self.clock = clock
        self.service = Service(faults, file, clock.now, self.lost.append)
        self.app: Starlette = create_app(self.service, KEY)

    def sign(self, delivery: KeptDelivery) -> tuple[bytes, str]:
        """An event and its signature."""
        body = body_of(delivery)
        return body, signed(body, SECRET, self.clock.now())

    def client(self) -> httpx.AsyncClient:
        """A client with the key."""
        headers = {"Authorization": f"Bearer {KEY}"}
        return httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url=BASE, headers=headers)


@contextmanager
def psp(path: Path, clock: TurnedClock | None = None, faults: ProviderFaults | None = None) -> Iterator[Psp]:
    """The service on the file at a path until the block is left."""
    with closing(KeptFile(path)) as file:
        yield Psp(file, clock or TurnedClock(), faults or ProviderFaults())


@asynccontextmanager
async def stripe_world(path: Path) -> AsyncIterator[ProviderWorld]:
    """The provider over HTTP, asked by our own client."""
    with psp(path) as running:
        provider = StripeProvider(BASE, KEY, SECRET, httpx.ASGITransport(running.app))
        yield ProviderWorld(provider, running.service.books, running.clock, running.sign)
        await provider.close()
