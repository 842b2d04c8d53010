"""A stage for providers of payments: a provider, its books, and a clock that is turned by hand."""

import asyncio
import functools
import inspect
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Any

from evcharging.adapters.provider import Provider
from evcharging.adapters.provider.simulated.kept import KeptDelivery
from evcharging.adapters.provider.simulated.machine import SimulatedBooks
from evcharging.tests.stages.scenario import T0


class TurnedClock:
    """A clock that stands still until it is turned."""

    def __init__(self) -> None:
        self.moment = T0

    def now(self) -> datetime:
        """The moment."""
        return self.moment

    def turn(self, by: timedelta) -> None:
        """So much later."""
        self.moment += by


class ProviderWorld:
    """A provider with what it is made of; `sign` gives an event and its signature as it is sent now."""

    def __init__(
        self,
        provider: Provider,
        books: SimulatedBooks,
        clock: TurnedClock,
        sign: Callable[[KeptDelivery], tuple[bytes, str]],
    ) -> None:
        self.provider = provider
        self.books = books
        self.clock = clock
        self._sign = sign

    def sent(self) -> list[tuple[bytes, str]]:
        """The events that are due now, each with its signature."""
        return [self._sign(each) for each in self.books.events.take(self.clock.now())]


class WithProvider(ABC):
    """Tests that are given a provider."""

    @abstractmethod
    def living(self) -> AbstractAsyncContextManager[ProviderWorld]:
        """A provider until the block is left."""


def with_provider(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """Makes a plain test of one that is given a world as its first argument."""

    async def scenario(self: WithProvider, *args: Any, **kwargs: Any) -> None:
        async with self.living() as world:
            await test(self, world, *args, **kwargs)

    @functools.wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        asyncio.run(scenario(*args, **kwargs))

    own, _, *others = inspect.signature(test).parameters.values()
    vars(run)["__signature__"] = inspect.Signature([own, *others])
    return run
