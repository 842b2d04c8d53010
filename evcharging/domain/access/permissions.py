"""The one table of who may do what: a role has permissions, and everything else is denied. Knows no route."""

from collections.abc import Collection
from enum import StrEnum

from evcharging.common.messages_operators import Actor, ActorKind


class Permission(StrEnum):
    """What somebody may do. A machine key is given some of these as its scopes."""

    OFFER_READ = "offer:read"
    """Look at what drivers are offered: free points, tariffs, what a charge costs."""
    NETWORK_READ = "network:read"
    """Look at points, sites and what happens now, whoever charges there."""
    LEDGER_READ = "ledger:read"
    """Look at sessions, bills, requests, notices, alerts and sums."""
    ORDERS_WRITE = "orders:write"
    """Stop, resume and limit points, act as a hand at the point, acknowledge alerts, and use the lab."""
    POINTS_WRITE = "points:write"
    """Register, describe, enrol and retire points."""
    PRICES_WRITE = "prices:write"
    """Publish tariffs, and say which counts where."""
    BILLS_WRITE = "bills:write"
    """Resolve held bills, pay back what was captured, and compare payments with their provider's."""
    ALERTS_WRITE = "alerts:write"
    """See and change which webhooks are told of alerts."""
    PEOPLE_READ = "people:read"
    """Look at accounts and machine keys."""
    PEOPLE_WRITE = "people:write"
    """Add, disable and erase accounts; make and revoke machine keys."""
    AUDIT_READ = "audit:read"
    """Look at who did what, and at all that passes on the bus."""
    METRICS_READ = "metrics:read"
    """Read the numbers of this process."""
    OWN_WRITE = "own:write"
    """A driver's own sessions: begin, look at, end."""
    POINT_REPORT = "point:report"
    """A point speaks for itself."""


P = Permission


class AccountRole(StrEnum):
    """What an account is for."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMIN = "admin"
    AUDITOR = "auditor"
    DRIVER = "driver"


_LOOKS = frozenset({P.OFFER_READ, P.NETWORK_READ, P.LEDGER_READ})
_OF_OTHERS = frozenset({P.OWN_WRITE, P.POINT_REPORT})

OF_ROLE: dict[AccountRole, frozenset[Permission]] = {
    AccountRole.VIEWER: _LOOKS,
    AccountRole.OPERATOR: _LOOKS | {P.ORDERS_WRITE},
    AccountRole.ADMIN: frozenset(Permission) - _OF_OTHERS,
    AccountRole.AUDITOR: _LOOKS | {P.PEOPLE_READ, P.AUDIT_READ, P.METRICS_READ},
    AccountRole.DRIVER: frozenset({P.OFFER_READ, P.OWN_WRITE}),
}
"""What each role may do."""

SCOPES = frozenset(Permission) - _OF_OTHERS - {P.PEOPLE_WRITE}
"""What a machine key may be given: none makes people or other keys."""

OF_POINT = frozenset({P.POINT_REPORT})


def permissions_of(actor: Actor, scopes: Collection[Permission] = ()) -> frozenset[Permission]:
    """All that an actor may do; `scopes` are those of a machine key."""
    match actor.kind:
        case ActorKind.LOCAL:
            return frozenset(Permission)
        case ActorKind.PERSON | ActorKind.DRIVER if actor.role in set(AccountRole):
            return OF_ROLE[AccountRole(actor.role)]
        case ActorKind.MACHINE:
            return SCOPES.intersection(scopes)
        case ActorKind.POINT:
            return OF_POINT
        case _:
            return frozenset()
