"""Those outside who are told of alerts by webhooks: what they heard, and how they answer. Knows no invariant."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from random import Random
from typing import NamedTuple

from evcharging.adapters.store import Commit, Ledger
from evcharging.common.messages_alerts import ErrandDue
from evcharging.domain.webhook import ErrandOutcome, Webhook
from evcharging.proof.process import Life
from evcharging.runtime.central_program import webhooks_home
from evcharging.runtime.errands import Answer, add_errands
from evcharging.runtime.host import Host

WEBHOOKS = (
    Webhook(webhook_id="all", url="https://all.test/", added_at=datetime(2026, 1, 1, tzinfo=UTC), request_id="all"),
    Webhook(
        webhook_id="faults",
        url="https://faults.test/",
        added_at=datetime(2026, 1, 1, tzinfo=UTC),
        request_id="faults",
        rules=("fault",),
    ),
)


class Mood(NamedTuple):
    """How a receiver takes a post: after how many seconds it answers, whether it has heard it, and what it answers."""

    seconds: float
    hears: bool
    outcome: ErrandOutcome


GOOD = ErrandOutcome(status=204)
MOODS = (
    Mood(0.05, hears=True, outcome=GOOD),
    Mood(3, hears=True, outcome=GOOD),
    Mood(0.1, hears=False, outcome=ErrandOutcome(status=500)),
    Mood(0.01, hears=False, outcome=ErrandOutcome(trouble="refused")),
    Mood(10, hears=False, outcome=ErrandOutcome(trouble="no answer within 10 s")),
    # It has it, and its answer is lost.
    Mood(10, hears=True, outcome=ErrandOutcome(trouble="no answer within 10 s")),
)


def well() -> Mood:
    """The mood of somebody with whom nothing is wrong."""
    return MOODS[0]


@dataclass(frozen=True, slots=True)
class Heard:
    """One post, as it was heard."""

    webhook_id: str
    body: str


class Receiver:
    """All of them: `heard` are posts by their ID."""

    def __init__(self) -> None:
        self.mood: Callable[[], Mood] = well
        self.heard: defaultdict[str, list[Heard]] = defaultdict(list)

    def serve(self, life: Life, host: Host, partitions: int) -> None:
        """Have the errands of a Central done."""
        add_errands(host, partial(self._hear, life), webhooks_home(partitions))

    def _hear(self, life: Life, errand: ErrandDue, answer: Answer) -> None:
        """Somebody posts."""
        mood = self.mood()
        if mood.hears:
            self.heard[errand.errand_id].append(Heard(errand.webhook_id, errand.body))
        life.later(mood.seconds, partial(answer, mood.outcome))


def moody(chance: Random) -> Callable[[], Mood]:
    """The moods of somebody with whom something is wrong now and then, or always."""
    share = chance.choice((0.2, 0.6, 1.0))
    return lambda: chance.choice(MOODS) if chance.random() < share else well()


def preset(ledger: Ledger, partitions: int) -> Mapping[str, int]:
    """Let there be webhooks from the beginning."""
    home = webhooks_home(partitions)
    epochs = ledger.claim([home])
    ledger.commit(Commit(epochs=dict(epochs), records=[(home, webhook) for webhook in WEBHOOKS]))
    return epochs
