"""Stages for tests of roles: a role with its records and a clock that is turned by hand.
Whatever a role says on a stage must be readable by its own schema, and whatever it records must read back."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TypeVar

from hypothesis import settings

from evcharging.common.kafka import SCHEMAS, TOPIC_OF
from evcharging.common.messages import (
    Message,
)
from evcharging.common.utils import from_json, to_json
from evcharging.domain.record import Record
from evcharging.roles.role import Effect, Effects, Input, Role

T = TypeVar("T")
R = TypeVar("R", bound=Record)

T0 = datetime(2026, 3, 1, 12, tzinfo=UTC)
CP = "CP-001"
ALICE, BOB = "driver-alice", "driver-bob"

law = settings(derandomize=True, deadline=None, max_examples=100)
story = settings(derandomize=True, deadline=None, max_examples=50, stateful_step_count=50)


_numbers = count(1)


def another(kind: str) -> str:
    """The ID of an order, which no other order has, and no test writes by itself."""
    return f"{kind}-another-{next(_numbers)}"


def after(seconds: float) -> datetime:
    """A moment so many seconds into a test."""
    return T0 + timedelta(seconds=seconds)


def all_of(kind: type[T], effects: Iterable[object]) -> list[T]:
    """The effects of one kind, in order."""
    return [effect for effect in effects if isinstance(effect, kind)]


def the(kind: type[T], effects: Iterable[object]) -> T:
    """The one effect of a kind that there must be."""
    [effect] = all_of(kind, effects)
    return effect


def kinds(effects: Iterable[object]) -> list[str]:
    """What kinds of effects there are, in order."""
    return [type(effect).__name__ for effect in effects]


def hold_to_agreement(effects: Iterable[Effect]) -> None:
    """Every message can be read by whoever reads its topic, every record by whoever starts again from it."""
    for effect in effects:
        text = to_json(effect)
        if isinstance(effect, Message):
            assert SCHEMAS[TOPIC_OF[type(effect)].name].decode(text) == effect
        else:
            assert from_json(type(effect), text) == effect


class Stage:
    """A role on its own: `said` is all that it ever answered, `records` what a store would have of it."""

    role: Role

    def __init__(self, now: datetime = T0) -> None:
        self.now = now
        self.said: list[Effect] = []
        self.records: defaultdict[type[Record], dict[str, Record]] = defaultdict(dict)

    def tell(self, *messages: Input) -> list[Effect]:
        """Hand the role some messages at this moment; what it answers."""
        answers: list[Effect] = []
        for message in messages:
            answers += self.took(self.role.on_message(message, self.now))
        return answers

    def wait(self, seconds: float) -> list[Effect]:
        """Let time pass, from one deadline to the next; what the role answers."""
        end = self.now + timedelta(seconds=seconds)
        answers: list[Effect] = []
        while self.role.deadline is not None and self.role.deadline <= end:
            self.now = max(self.now, self.role.deadline)
            answers += self.took(self.role.on_deadline(self.now))
        self.now = end
        return answers

    def every(self, kind: type[R]) -> dict[str, R]:
        """The newest records of a kind, by key."""
        return {key: record for key, record in self.records[kind].items() if isinstance(record, kind)}

    def took(self, effects: Effects) -> Effects:
        """Keep what a role answered."""
        hold_to_agreement(effects)
        self.said += effects
        for effect in effects:
            if isinstance(effect, Record):
                self.records[type(effect)][effect.key] = effect
        return effects
