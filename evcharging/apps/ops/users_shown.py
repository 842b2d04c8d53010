"""People and links as the command line shows them: for people, and as JSON. Decides nothing."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from evcharging.common.utils import Frozen, counted, iso, utc
from evcharging.domain.access.people import Account

SHOWN = 10
"""How many points or drivers are named; of more, how many there are."""


class ShownAccount(Frozen, frozen=True, kw_only=True):
    """An account without what it is signed in by."""

    account_id: str
    name: str
    role: str
    created_at: datetime
    disabled_at: datetime | None
    has_password: bool


class ShownLink(Frozen, frozen=True, kw_only=True):
    """A link that is used once."""

    link: str
    expires_at: datetime
    account: ShownAccount | None = None


def shown(account: Account) -> ShownAccount:
    """An account as JSON has it."""
    return ShownAccount(
        account_id=account.account_id,
        name=account.name,
        role=account.role,
        created_at=utc(account.created_at),
        disabled_at=None if account.disabled_at is None else utc(account.disabled_at),
        has_password=account.password_hash is not None,
    )


def table(accounts: Sequence[Account]) -> list[str]:
    """Accounts for people, a line each below what the columns are."""
    if not accounts:
        return ["There are no accounts yet: `evcharging users link` makes a link for the first administrator"]
    rows = [("NAME", "ROLE", "ID", "SINCE", "STANDS")]
    rows += [(each.name, each.role, each.account_id, iso(each.created_at)[:10], _stands(each)) for each in accounts]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _stands(account: Account) -> str:
    if account.disabled_at is not None:
        return f"disabled since {iso(account.disabled_at)[:10]}"
    return "can sign in" if account.password_hash is not None else "has no password yet"


def link_lines(link: ShownLink) -> list[str]:
    """A link for people."""
    what = "to set a password" if link.account else "for the first administrator"
    return [f"Open this once, {what}, until {iso(link.expires_at.replace(microsecond=0))}:", f"  {link.link}"]


def named(ids: Iterable[str]) -> str:
    """Some IDs, and how many more there are."""
    some = sorted(ids)
    more = f" and {counted(len(some) - SHOWN, 'other')}" if len(some) > SHOWN else ""
    return ", ".join(some[:SHOWN]) + more
