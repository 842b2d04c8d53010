"""The simulated provider in this process keeps the contract, and fails as it is told to."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from evcharging.adapters.provider import ProviderAway
from evcharging.adapters.provider.in_process import InProcessProvider
from evcharging.adapters.provider.simulated.machine import SimulatedBooks
from evcharging.domain.provider import OutcomeKind
from evcharging.tests.contracts.provider_contract import VISA, ProviderContract, paid
from evcharging.tests.stages.provider_world import ProviderWorld, TurnedClock
from evcharging.tests.stages.scenario import T0


class TestInProcess(ProviderContract):
    """The one in this process."""

    @asynccontextmanager
    async def living(self) -> AsyncIterator[ProviderWorld]:
        """A provider whose books are empty."""
        clock, books = TurnedClock(), SimulatedBooks()
        provider = InProcessProvider(books, clock.now)
        yield ProviderWorld(provider, books, clock, provider.event)
        await provider.close()


def test_nothing_reaches_a_provider_that_is_away() -> None:
    async def story() -> None:
        provider = InProcessProvider(SimulatedBooks(), TurnedClock().now)
        provider.is_away = True
        for outcome in (
            await provider.authorize("k", "s-1", VISA, 100),
            await provider.look("pi_1"),
            await provider.find("s-1"),
        ):
            assert outcome.kind is OutcomeKind.UNKNOWN
        with pytest.raises(ProviderAway):
            await provider.list(T0)
        provider.is_away = False
        assert (await provider.find("s-1")).payment is None
        paid(await provider.authorize("k", "s-1", VISA, 100))

    asyncio.run(story())
