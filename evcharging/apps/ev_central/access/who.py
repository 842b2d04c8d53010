"""Who asks, as a request or a viewer carries it from the gate to the route. Knows no credential."""

from starlette.types import Scope

from evcharging.apps.ev_central.access.contract import Who
from evcharging.common.messages_operators import Actor, ActorKind
from evcharging.domain.access.permissions import Permission, permissions_of

_WHO = "who"

LOCAL_ACTOR = Actor(kind=ActorKind.LOCAL, id="local", via="http")
LOCAL = Who(LOCAL_ACTOR, permissions_of(LOCAL_ACTOR))
"""Whoever reaches this machine, where nobody signs in."""

ANYBODY = Actor(kind=ActorKind.SYSTEM, id="anybody", via="http")
"""Who asks what everybody may ask, and has not said who that is."""

NEIGHBOUR = Who(
    Actor(kind=ActorKind.SYSTEM, id="loopback", via="http"),
    frozenset({Permission.METRICS_READ}),
)
"""A program on this machine that has no credential."""

READER = Who(
    Actor(kind=ActorKind.SYSTEM, id="central", via="history"),
    frozenset({Permission.LEDGER_READ, Permission.AUDIT_READ}),
)
"""Central itself, which has looked at who asks, where it asks its history process."""


def remember(scope: Scope, who: Who | None) -> None:
    """Let a scope carry who asks; None for somebody who has not said that."""
    scope.setdefault("state", {})[_WHO] = who


def who_asks(scope: Scope) -> Who | None:
    """Who asks; None where nobody has said that, or nobody was asked to."""
    found: Who | None = scope.get("state", {}).get(_WHO)
    return found
