"""All that one Central does with its provider of payments, beside deciding."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from evcharging.adapters.beside import beside
from evcharging.adapters.metrics import Sample
from evcharging.adapters.provider import Provider
from evcharging.apps.ev_central.commands import Commands
from evcharging.apps.ev_central.payments.asking import Asking, provider_asked
from evcharging.apps.ev_central.payments.events import ProviderEvents
from evcharging.apps.ev_central.payments.reconciling import Reconciling
from evcharging.apps.ev_central.queries import Queries
from evcharging.apps.shell.logs import LogLine
from evcharging.domain.reconcile import DESK, Comparison
from evcharging.runtime.central_program import point_home
from evcharging.runtime.errands import ProviderRunner
from evcharging.runtime.host import Host


@dataclass(frozen=True, slots=True)
class PaymentsHere:
    """What asks the provider, what hears it, and what compares."""

    asking: Asking
    events: ProviderEvents
    reconciling: Reconciling

    async def take(self, body: bytes, signature: str) -> None:
        """As the contract says."""
        await self.events.take(body, signature)

    async def compare(self, since: datetime) -> Comparison:
        """As the contract says."""
        return await self.reconciling.run(since)

    def samples(self) -> Iterator[Sample]:
        """What there is to measure."""
        yield from self.asking.samples()
        yield from self.reconciling.samples()


@asynccontextmanager
async def payments_beside(
    host: Host,
    partitions: int,
    provider: Provider | None,
    commands: Commands,
    queries: Queries,
    log: LogLine,
    passing: Callable[[ProviderRunner], ProviderRunner] = lambda run: run,
) -> AsyncIterator[PaymentsHere]:
    """The provider is asked, heard and compared with, until the block is left. `passing`: what is passed on the way to
    it, such as crash points."""
    events, reconciling = ProviderEvents(commands, queries, provider), Reconciling(commands, queries, provider, log)
    desk = point_home(partitions)(DESK)
    async with (
        provider_asked(host, partitions, provider, passing) as asking,
        beside(events.run()),
        beside(reconciling.keep_on(lambda: desk in host.hosted_roles)),
    ):
        yield PaymentsHere(asking, events, reconciling)
