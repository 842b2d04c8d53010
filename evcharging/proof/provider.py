"""The provider of payments of a world, and the way to it: what is asked gets there, takes effect or not, and is
answered soon, late or never. It is nobody's of the Centrals, and trusts none. Knows no invariant."""

from collections import defaultdict
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import Any, NamedTuple, TypeVar

from evcharging.adapters.provider import answered
from evcharging.adapters.provider.in_process import InProcessProvider
from evcharging.adapters.provider.simulated.cards import CardFault
from evcharging.adapters.provider.simulated.faults import ProviderFaults
from evcharging.adapters.provider.simulated.kept import Kept, KeptPayment
from evcharging.adapters.provider.simulated.machine import KEYS_LAST as REAL_KEYS_LAST
from evcharging.adapters.provider.simulated.machine import SimulatedBooks
from evcharging.common.messages_payments import ProviderDue
from evcharging.common.utils import changed
from evcharging.domain.holding import PaymentTerms
from evcharging.domain.payment_steps import FIND_AFTER as REAL_FIND_AFTER
from evcharging.domain.provider import ProviderOutcome, ProviderPayment, ProviderStatus
from evcharging.proof.agenda import Agenda
from evcharging.proof.brisk import FIND_AFTER, KEYS_LAST, LAST_AGAIN, USED_AGAIN_WITHIN
from evcharging.proof.process import Life
from evcharging.runtime.central_program import point_home
from evcharging.runtime.crash_points import CrashingProvider
from evcharging.runtime.errands import add_provider
from evcharging.runtime.host import Host

T = TypeVar("T")

PAID = 0.35
"""The share of worlds in which payments are asked for."""

GOOD_CARD = "pm_card_visa"
CARDS = (
    *(GOOD_CARD,) * 5,
    None,
    None,
    "pm_card_timeoutAfter",
    "pm_card_timeoutBefore",
    "pm_card_incrementDeclined",
    "pm_card_chargeDeclinedInsufficientFunds",
)
"""Those of drivers; who names none has the good one."""

PRICES = (4.0, 9.5, 20.0)
"""In euros a kWh: so much that charges of a few seconds cost more than is held at first."""

MOST_CENTS = (3, 6, 15, 1_000)
"""How much is held at once."""

TIMED_OUT = 3.0
"""Seconds after which whoever asks takes it that no answer comes."""

LATE_FOR = timedelta(seconds=5)
"""For how long after it was first asked something may be late on its way there: what is asked hours later is not."""


class RoundTrip(NamedTuple):
    """How many seconds it takes to get there, and back."""

    there: float
    back: float


class WorldFaults(ProviderFaults, frozen=True, kw_only=True):
    """What goes wrong by a seed, and by `spell`, while one lasts, with every try."""

    spell: Callable[[], CardFault | None]

    def of_try(self, key: str, number: int) -> CardFault | None:
        """What goes wrong with a try."""
        return self.spell() or super().of_try(key, number)


class WorldProvider:
    """`terms`: how Centrals ask for payments; None in a world without. `history`: each payment as it ever was, by the
    provider's ID. `on_change` is told of each change. `how_late`: each time that an event is sent, after how many
    seconds. `spell`: what goes wrong with every try now. `released`: holds that no Central asked to be."""

    def __init__(self, seed: int, agenda: Agenda, on_change: Callable[[ProviderPayment], None]) -> None:
        chance = Random(f"{seed}/payments")
        is_paid, most_cents = chance.random() < PAID, chance.choice(MOST_CENTS)
        self.terms = _terms(most_cents) if is_paid else None
        self.price = chance.choice(PRICES) if is_paid else None
        self.spell: CardFault | None = None
        faults = WorldFaults(share=chance.choice((0.0, 0.1, 0.3)), seed=seed, spell=lambda: self.spell)
        self.books = SimulatedBooks(faults, self._kept, KEYS_LAST)
        self.client = InProcessProvider(self.books, lambda: agenda.now)
        self.way: Callable[[], RoundTrip] = self._quick
        self.how_late: Callable[[], list[float]] = lambda: [0.0]
        self.history: defaultdict[str, list[ProviderPayment]] = defaultdict(list)
        self.released: set[str] = set()
        self._agenda = agenda
        self._chance = chance
        self._on_change = on_change
        self._first_asked: dict[str, datetime] = {}

    def card(self) -> str | None:
        """The card of somebody who asks for a charge."""
        return self._chance.choice(CARDS) if self.terms else None

    def serve(self, life: Life, host: Host, partitions: int) -> None:
        """Have it asked for what the roles of a Central want of it."""
        way = CrashingProvider(partial(self._ask, life), life.process.reach)
        add_provider(host, way, point_home(partitions))

    def remember_keys(self) -> None:
        """Know keys for a day, as it does where clocks may be wrong by hours."""
        self.terms = self.terms and changed(self.terms, find_after=REAL_FIND_AFTER)
        self.books.keys_last = REAL_KEYS_LAST

    def recover(self) -> None:
        """Nothing goes wrong with it, or on the way to it, from now on."""
        self.client.is_away = False
        self.books.recover()
        self.spell = None
        self.way = self._quick
        self.how_late = lambda: [0.0]

    def of(self, reference: str) -> list[ProviderPayment]:
        """All payments with a reference, as they are."""
        return [stood[-1] for stood in self.history.values() if stood[-1].reference == reference]

    def was_held(self, reference: str) -> int:
        """The most that ever was held with a reference, in cents."""
        return max((each.held_cents for each in self.of(reference)), default=0)

    def with_money(self, reference: str) -> list[ProviderPayment]:
        """Those of which something is held or captured."""
        return [each for each in self.of(reference) if each.status in (ProviderStatus.HELD, ProviderStatus.CAPTURED)]

    def _kept(self, kept: Kept, is_kept: bool) -> None:
        if isinstance(kept, KeptPayment):
            self.history[kept.said.payment_id].append(kept.said)
            self._on_change(kept.said)

    def _quick(self) -> RoundTrip:
        return RoundTrip(self._chance.uniform(0.01, 0.1), self._chance.uniform(0.01, 0.2))

    def _ask(self, life: Life, due: ProviderDue, answer: Callable[[ProviderOutcome], None]) -> None:
        way = self.way()
        first = self._first_asked.setdefault(due.key, self._agenda.now)
        there = way.there if self._agenda.now - first < LATE_FOR else 0.1
        # What is on its way gets there, whether whoever asked lives or not.
        self._agenda.after(there, partial(self._arrive, life, due, answer, way.back))

    def _arrive(self, life: Life, due: ProviderDue, answer: Callable[[ProviderOutcome], None], back: float) -> None:
        outcome = at_once(answered(self.client, due))
        life.later(max(back, TIMED_OUT if self.client.is_away else 0), partial(answer, outcome))


def at_once(asked: Coroutine[Any, Any, T]) -> T:
    """What is answered without waiting."""
    try:
        asked.send(None)
    except StopIteration as end:
        found: T = end.value
        return found
    raise RuntimeError("the provider of a world waits for something")


def _terms(most_cents: int) -> PaymentTerms:
    return PaymentTerms(
        method=GOOD_CARD,
        most_cents=most_cents,
        used_again_within=USED_AGAIN_WITHIN,
        find_after=FIND_AFTER,
        last_again=LAST_AGAIN,
    )
