"""Asks the provider of payments what the roles of one Central want of it: some at once, each payment once at a time."""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial
from itertools import product

from evcharging.adapters.metrics import Sample
from evcharging.adapters.provider import Provider, answered
from evcharging.apps.ev_central.one_at_a_time import OneAtATime
from evcharging.apps.shell import metrics as m
from evcharging.common.messages_payments import ProviderDue
from evcharging.domain.payment import OperationKind
from evcharging.domain.provider import OutcomeKind, ProviderOutcome, unknown
from evcharging.runtime.central_program import point_home
from evcharging.runtime.errands import ProviderRunner, add_provider
from evcharging.runtime.host import Host

AT_ONCE = 64
LOOK = "look"
NO_PROVIDER = unknown("this Central has no provider of payments")


LOOK = "look"


@asynccontextmanager
async def provider_asked(
    host: Host,
    partitions: int,
    provider: Provider | None,
    passing: Callable[[ProviderRunner], ProviderRunner] = lambda run: run,
) -> AsyncIterator["Asking"]:
    """Have what a host's roles want asked of the provider, until the block is left. `passing`: what is passed on the
    way there, such as crash points."""
    asking = Asking(provider)
    add_provider(host, passing(asking), point_home(partitions))
    try:
        yield asking
    finally:
        await asking.end()


class Asking:
    """Used in the event loop alone."""

    def __init__(self, provider: Provider | None) -> None:
        self._provider = provider
        self._work = OneAtATime(AT_ONCE)
        self._outcomes: Counter[tuple[str, OutcomeKind]] = Counter()

    def __call__(self, due: ProviderDue, answer: Callable[[ProviderOutcome], None]) -> None:
        """Begin, unless the same goes on."""
        self._work.begin((due.session_id, due.key, due.is_look), partial(self._ask, due, answer))

    async def _ask(self, due: ProviderDue, answer: Callable[[ProviderOutcome], None]) -> None:
        outcome = NO_PROVIDER if self._provider is None else await answered(self._provider, due)
        self._outcomes[LOOK if due.is_look else due.operation, outcome.kind] += 1
        answer(outcome)

    async def end(self) -> None:
        """Break off what goes on."""
        await self._work.end()

    def samples(self) -> Iterator[Sample]:
        """What was asked, by what came of it."""
        for operation, outcome in product((*OperationKind, LOOK), OutcomeKind):
            yield m.PROVIDER_ANSWERS, (operation, outcome), self._outcomes[operation, outcome]
