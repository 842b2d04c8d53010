"""Faults that strike points at random and are mended after a while, as operators' requests. Chance is an argument."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from heapq import heapify, heapreplace
from random import Random

from evcharging.common.messages import Action
from evcharging.common.messages_operators import OperatorRequest
from evcharging.roles.role import NOTHING, Effects, Input, Started

MEAN_REPAIR = timedelta(minutes=15)


class Faults:
    """Strikes each point `per_day` times a day on average."""

    def __init__(self, points: Sequence[str], per_day: float, chance: Random) -> None:
        self.deadline: datetime | None = None
        self._points = points
        self._mean = timedelta(days=1 / per_day)
        self._chance = chance
        self._next: list[tuple[datetime, str, Action]] = []
        self._seq = 0

    def on_message(self, message: Input, now: datetime) -> Effects:
        if isinstance(message, Started):
            self._next = [(now + self._span(self._mean), cp_id, Action.FAULT) for cp_id in self._points]
            heapify(self._next)
            self.deadline = self._next[0][0]
        return NOTHING

    def on_deadline(self, now: datetime) -> Effects:
        at, cp_id, action = self._next[0]
        then, span = (Action.RECOVER, MEAN_REPAIR) if action is Action.FAULT else (Action.FAULT, self._mean)
        heapreplace(self._next, (at + self._span(span), cp_id, then))
        self.deadline = self._next[0][0]
        self._seq += 1
        return [OperatorRequest(ts=at, seq=self._seq, request_id=f"faults-{self._seq}", cp_id=cp_id, action=action)]

    def _span(self, mean: timedelta) -> timedelta:
        return timedelta(microseconds=round(self._chance.expovariate(1.0) * mean.total_seconds() * 1_000_000))
