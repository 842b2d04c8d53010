"""A shard of Central whose sessions are paid, and the simulated provider that it asks."""

import asyncio
from datetime import datetime

from evcharging.adapters.provider import answered
from evcharging.adapters.provider.in_process import InProcessProvider
from evcharging.adapters.provider.simulated.machine import SimulatedBooks
from evcharging.common.messages import CPTelemetry
from evcharging.common.messages_payments import ProviderDue
from evcharging.common.utils import changed
from evcharging.domain.books import Books, Entry
from evcharging.domain.holding import PaymentTerms
from evcharging.domain.payment import Payment
from evcharging.domain.provider import ProviderOutcome, ProviderPayment
from evcharging.domain.session import Session
from evcharging.roles.cadences import FULL
from evcharging.roles.role import Effect, Effects, ProviderDone
from evcharging.tests.stages.central_stage import CentralStage, ask, begun, final
from evcharging.tests.stages.scenario import T0, all_of

VISA, DECLINED = "pm_card_visa", "pm_card_chargeDeclinedInsufficientFunds"


class PayingStage(CentralStage):
    """The provider is asked at once where nobody `holds_back` its answers; those that were asked are `due`."""

    def __init__(self, now: datetime = T0, terms: PaymentTerms | None = None) -> None:
        self.due: list[ProviderDue] = []
        self.holds_back = False
        self.books = SimulatedBooks()
        self.provider = InProcessProvider(self.books, lambda: self.now)
        super().__init__(now, cadences=changed(FULL, silent_after=None, payments=terms or PaymentTerms(method=VISA)))

    def took(self, effects: Effects) -> Effects:
        said = super().took(effects)
        self.due += all_of(ProviderDue, said)
        if self.holds_back:
            return said
        return [*said, *self.settle()]

    def settle(self) -> list[Effect]:
        """Let the provider do all that is due, and tell what came of it."""
        answers: list[Effect] = []
        while self.due:
            due = self.due.pop(0)
            answers += self.hear(due, asyncio.run(answered(self.provider, due)))
        return answers

    def hear(self, due: ProviderDue, outcome: ProviderOutcome) -> list[Effect]:
        """Tell what came of something that was due."""
        return self.tell(ProviderDone(session_id=due.session_id, key=due.key, is_look=due.is_look, outcome=outcome))

    def read(self, session: Session, register_mwh: int) -> list[Effect]:
        """A reading of a supply comes."""
        self.seq += 1
        return self.tell(
            CPTelemetry(
                ts=self.now,
                epoch=1,
                seq=self.seq,
                cp_id=session.cp_id,
                kw=22.0,
                euros=0.0,
                driver_id=session.driver_id,
                session_id=session.session_id,
                register_mwh=register_mwh,
            )
        )

    def payment(self, session: Session) -> Payment:
        """The payment of a session."""
        return self.every(Payment)[session.session_id]

    def at_provider(self, reference: str) -> list[ProviderPayment]:
        """What the provider has with a reference."""
        return list(self.books.all_of(reference, self.now))

    def in_books(self) -> Books:
        """All entries."""
        return Books(self.every(Entry).values())

    def charged(self, energy_mwh: int = 61_111, request_id: str = "R-1", seconds: float = 10) -> Session:
        """A session from its request to its bill."""
        self.tell(ask(request_id))
        session = next(each for each in self.every(Session).values() if each.request_id == request_id)
        self.tell(begun(session, 0, self.now))
        began = self.now
        self.wait(seconds)
        self.tell(final(session, energy_mwh, started_at=began, seconds=seconds))
        return self.session(session.session_id)
