"""A Central in one event loop whose sessions are paid, and the simulated provider that it asks."""

import asyncio
from collections.abc import Awaitable, Callable

from evcharging.adapters.provider.in_process import SECRET
from evcharging.adapters.provider.signatures import HEADER, signed
from evcharging.adapters.provider.simulated.machine import SimulatedBooks
from evcharging.adapters.store import Store
from evcharging.adapters.store.memory import MemoryStore
from evcharging.apps.ev_central.payments.asking import Asking
from evcharging.apps.ev_central.payments.beside import PaymentsHere
from evcharging.apps.ev_central.payments.events import ProviderEvents
from evcharging.apps.ev_central.payments.reconciling import Reconciling
from evcharging.domain.holding import PaymentTerms
from evcharging.domain.payment import Payment
from evcharging.runtime.central_program import point_home
from evcharging.runtime.errands import add_provider
from evcharging.tests.stages.central_world import World

VISA = "pm_card_visa"
ROUNDS = 30
"""So often everything may lead to something else."""


class PayingWorld(World):
    """The provider is `provider`, and its `books` can be changed past Central."""

    def __init__(self, store: Store) -> None:
        super().__init__(store, PaymentTerms(method=VISA))
        self.asking = asking = Asking(self.provider)
        add_provider(self._lives[0][1], asking, point_home(self.bus.partitions))
        self.events = ProviderEvents(self.commands, self.queries, self.provider)
        self.said: list[str] = []
        self.reconciling = Reconciling(
            self.commands, self.queries, self.provider, lambda level, text: self.said.append(text)
        )
        self.commands.payments = PaymentsHere(asking, self.events, self.reconciling)

    async def settle(self) -> None:
        """Let everything happen that needs no time, at the provider too."""
        for _ in range(ROUNDS):
            await super().settle()
            await asyncio.sleep(0)

    async def until(self, is_so: Callable[[], bool]) -> None:
        """Wait for something that real time brings."""
        async with asyncio.timeout(60):
            while not is_so():
                await asyncio.sleep(0.01)
                await self.settle()

    def payments(self) -> list[Payment]:
        """All payments in the ledger."""
        return self.store.select(Payment)

    def looks(self) -> dict[tuple[str, ...], object]:
        """How often the provider was asked, by for what and what came of it."""
        return {labels: count for _, labels, count in self.asking.samples()}

    def forget_all(self) -> None:
        """The provider knows nothing any more."""
        self.provider.books = self.books = SimulatedBooks()

    async def charged(self, cp_id: str = "CP-001") -> Payment:
        """A session from its request to its capture."""
        await self.drive(cp_id)
        await self.settle()
        await self.pass_time(15)
        await self.settle()
        return self.payments()[-1]

    async def event(self, body: bytes, signature: str | None = None, status: int = 200) -> str:
        """Send an event as the provider does; what is answered."""
        headers = {HEADER: signed(body, SECRET, self.clock.now()) if signature is None else signature}
        answer = await self.http.post("/payments/events", content=body, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.text


def while_paid(test: Callable[[PayingWorld], Awaitable[None]]) -> Callable[[], None]:
    """Makes a plain test of one that is given such a world with one point."""

    async def scenario() -> None:
        world = PayingWorld(MemoryStore())
        try:
            await world.add_points("CP-001")
            await test(world)
        finally:
            await world.end()

    def run() -> None:
        asyncio.run(scenario())

    run.__name__ = test.__name__
    return run
