"""The tables in docs/permissions.md, made from the one table of permissions and the one of routes.
`python -m tools.docs.permission_docs --check`, or `--write`."""

import inspect
import re
import sys
from collections.abc import Iterable, Sequence

from evcharging.apps.ev_central.access.contract import Who
from evcharging.apps.ev_central.access.guarded import allows
from evcharging.apps.ev_central.access.routes import PUBLIC, ROUTES, SIGNED_IN, SOCKET, Needs, permissions_for
from evcharging.common.messages_operators import Actor, ActorKind
from evcharging.domain.access.permissions import OF_POINT, OF_ROLE, SCOPES, AccountRole, Permission
from tools.docs.generated_docs import DOCS, keep

PAGE = DOCS / "permissions.md"
YES = "yes"


def _row(cells: Iterable[str]) -> str:
    return "".join(f"| {cell} " if cell else "| " for cell in cells) + "|"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    return "\n".join([_row(head), "|" + "---|" * len(head), *map(_row, rows)])


def roles() -> str:
    """One row for each permission: what it is for, and who has it."""
    said = dict(re.findall(r'([A-Z_]+) = "[a-z:]+"\n    """(.+?)"""', inspect.getsource(Permission), re.DOTALL))
    head = ("Permission", "What for", *AccountRole, "machine key", "charging point")
    return _table(head, (_role_row(each, said[each.name]) for each in Permission))


def _role_row(permission: Permission, purpose: str) -> list[str]:
    holders = [*OF_ROLE.values(), SCOPES, OF_POINT]
    return [f"`{permission}`", " ".join(purpose.split()), *(YES if permission in each else "" for each in holders)]


def routes() -> str:
    """One row for each route: what it needs, and which roles have that."""
    head = ("Route", "Needs", *AccountRole)
    return _table(head, (_route_row(*asked, needs) for asked, needs in ROUTES.items()))


def _route_row(method: str, path: str, needs: Needs) -> list[str]:
    named = f"`{path}`, a WebSocket" if method == SOCKET else f"`{method} {path}`"
    return [named, _needed(needs), *(YES if allows(needs, somebody(role)) else "" for role in AccountRole)]


def _needed(needs: Needs) -> str:
    if needs is PUBLIC:
        return "nothing"
    return "a credential" if needs is SIGNED_IN else " or ".join(f"`{each}`" for each in permissions_for(needs))


def somebody(role: AccountRole) -> Who:
    """Somebody with this role."""
    actor = Actor(kind=ActorKind.PERSON, id=role, via="http", role=role)
    return Who(actor, OF_ROLE[role])


def blocks() -> dict[str, str]:
    """What the page is to say."""
    return {"permissions": roles(), "routes": routes()}


if __name__ == "__main__":
    keep(PAGE, blocks, sys.argv[1:])
