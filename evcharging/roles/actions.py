"""What orders are noted by, the same for all that decide: each in the commit of its effect, refused ones at a bounded
rate. Decides nothing about orders."""

from collections.abc import Callable
from datetime import datetime

from evcharging.domain.access.action import OperatorAction
from evcharging.domain.access.noting import UNCHANGED, FieldChanges, Order, action_of
from evcharging.protocols.budget import Budget, Purse

MOST_REFUSED = 20
"""How many refused orders one shard notes at once, and then in each minute: what is refused costs who asks nothing, and
facts are kept for ever."""

REFUSED = Budget(per_second=MOST_REFUSED / 60, at_once=MOST_REFUSED, at_first=MOST_REFUSED)


class Actions:
    """The actions of one shard in one run; `reference` gives an ID that nothing else has."""

    def __init__(self, reference: Callable[[], str]) -> None:
        self._reference = reference
        self._purse: Purse | None = None
        self._left_out = 0

    def shift(self) -> None:
        """The clock was set: what was refused lately, nobody knows by it."""
        self._purse = None

    def done(self, order: Order, changes: FieldChanges, now: datetime) -> list[OperatorAction]:
        """Note what an order has changed."""
        return [self._noted(order, changes, None, now)]

    def refused(self, order: Order, refusal: str, now: datetime) -> list[OperatorAction]:
        """Note that an order was refused, unless many were lately."""
        moment = now.timestamp()
        if self._purse is None:
            self._purse = Purse(REFUSED, moment)
        if not self._purse.afford(1, moment):
            self._left_out += 1
            return []
        return [self._noted(order, UNCHANGED, refusal, now)]

    def _noted(self, order: Order, changes: FieldChanges, refusal: str | None, now: datetime) -> OperatorAction:
        left_out, self._left_out = self._left_out, 0
        return action_of(order, self._reference(), now, changes, refusal, left_out)
