"""Mutants of what is noted of orders."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from evcharging.common.messages import Action
from evcharging.common.messages_operators import OperatorOrder, OperatorRequest
from evcharging.common.utils import changed
from evcharging.domain.access.action import OperatorAction
from evcharging.domain.access.noting import UNCHANGED, FieldChanges, Order, action_of
from evcharging.roles import actions
from evcharging.roles.actions import Actions
from evcharging.roles.central import acting
from evcharging.roles.central.acting import on_order
from evcharging.roles.central.shard import Shard
from evcharging.tests.mutants.mutant import Target, mutant


def _unless(kinds: type | tuple[type, ...], done: Any) -> Any:
    def some(self: Actions, order: Order, changes: FieldChanges, now: datetime) -> list[OperatorAction]:
        return [] if isinstance(order, kinds) else list(done(self, order, changes, now))

    return some


@mutant("stop-unnoted")
def stop_unnoted() -> list[Target]:
    """Who stops or resumes a point, or has a hand act there, is not noted."""
    return [(Actions, "done", _unless(OperatorRequest, Actions.done))]


@mutant("hand-unnoted")
def hand_unnoted() -> list[Target]:
    """Who has a vehicle plugged in from afar is not noted."""
    done = Actions.done

    def some(self: Actions, order: Order, changes: FieldChanges, now: datetime) -> list[OperatorAction]:
        is_plug = isinstance(order, OperatorRequest) and order.action is Action.PLUG
        return [] if is_plug else done(self, order, changes, now)

    return [(Actions, "done", some)]


@mutant("action-too-late")
def action_too_late() -> list[Target]:
    """An action is written down with the next order of its shard, and not with its own."""
    waiting: dict[Shard, Sequence[Any]] = {}

    def postponed(shard: Shard, order: OperatorOrder, decide: Any, now: datetime) -> list[Any]:
        effects = on_order(shard, order, decide, now)
        due = waiting.get(shard, ())
        waiting[shard] = [each for each in effects if isinstance(each, OperatorAction)]
        return [*due, *(each for each in effects if not isinstance(each, OperatorAction))]

    return [(acting, "on_order", postponed)]


@mutant("refusal-noted-as-done")
def refusal_noted_as_done() -> list[Target]:
    """What was refused is noted as if it were done."""

    def done(self: Actions, order: Order, refusal: str, now: datetime) -> list[OperatorAction]:
        return self.done(order, UNCHANGED, now)

    return [(Actions, "refused", done)]


@mutant("refusal-unnoted")
def refusal_unnoted() -> list[Target]:
    """What was refused is not noted."""
    return [(Actions, "refused", lambda self, order, refusal, now: [])]


@mutant("actor-lost")
def actor_lost() -> list[Target]:
    """It is not noted who gave an order."""

    def nobodys(order: Order, *args: Any) -> OperatorAction:
        return action_of(changed(order, actor=None), *args)

    return [(actions, "action_of", nobodys)]


@mutant("change-unsaid")
def change_unsaid() -> list[Target]:
    """An action does not say what it changed."""
    done = Actions.done

    def silent(self: Actions, order: Order, changes: FieldChanges, now: datetime) -> list[OperatorAction]:
        return done(self, order, UNCHANGED, now)

    return [(Actions, "done", silent)]
