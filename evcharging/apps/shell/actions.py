"""What is noted of something that somebody does beside the orders, which are noted where they are decided: with people,
keys, links. Knows no store."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import uuid4

from evcharging.common.messages_operators import Actor, ActorKind
from evcharging.domain.access.action import OperatorAction
from evcharging.domain.access.noting import NOTHING, FieldChanges, action_by


def noted(
    actor: Actor | None,
    action: str,
    subject: str,
    at: datetime,
    *,
    asked: Mapping[str, Any] = NOTHING,
    before: Mapping[str, Any] = NOTHING,
    after: Mapping[str, Any] = NOTHING,
    refusal: str | None = None,
) -> OperatorAction:
    """An action with an ID that nothing else has. It is kept for ever: nothing in it names a person."""
    changes = FieldChanges(before=before, after=after)
    action_id = f"action-{uuid4().hex}"
    return action_by(actor, action_id, at, action, subject, asked=asked, changes=changes, refusal=refusal)


def by_command(name: str) -> Actor:
    """Whoever gives a command of this name, and so has the machine."""
    return Actor(kind=ActorKind.SYSTEM, id=name, via="command")
