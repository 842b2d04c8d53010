"""What goes wrong with the simulated provider, by a seed: the same seed gives the same faults, whoever asks when."""

from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from random import Random

from evcharging.adapters.provider.simulated.cards import CardFault
from evcharging.common.utils import Frozen

LATEST = timedelta(hours=6)
"""How late an event may be."""


class ProviderFaults(Frozen, frozen=True, kw_only=True):
    """How much goes wrong: `share` of the tries is not answered, and of the events is late or comes twice."""

    share: float = 0.0
    seed: int = 1

    def dice(self, *about: object) -> Random:
        """Dice that fall alike whenever they are thrown about the same."""
        return Random(sha256(repr((self.seed, *about)).encode()).digest())

    def of_try(self, key: str, number: int) -> CardFault | None:
        """What goes wrong with a try of what is asked under a key."""
        dice = self.dice("try", key, number)
        return dice.choice([CardFault.BEFORE, CardFault.AFTER]) if dice.random() < self.share else None

    def delays(self, event_id: str) -> Iterator[timedelta]:
        """How long after it happened an event is sent, each time that it is: soon, but not in the order of events."""
        dice = self.dice("event", event_id)
        yield timedelta(seconds=dice.uniform(0.05, 2))
        if dice.random() < self.share:
            yield timedelta(seconds=dice.uniform(1, LATEST.total_seconds()))

    def is_lost(self, event_id: str, attempt: int) -> bool:
        """Whether what an event is sent by does not get there."""
        return self.dice("sent", event_id, attempt).random() < self.share
