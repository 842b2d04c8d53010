"""People, keys and what is noted of them, for tests."""

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

from evcharging.adapters.store.accounts import Accounts, RefreshHeir
from evcharging.common.messages_operators import Actor, ActorKind
from evcharging.domain.access.action import OperatorAction
from evcharging.domain.access.cards import Card
from evcharging.domain.access.noting import action_by
from evcharging.domain.access.people import (
    LINK_LASTS,
    REFRESH_LASTS,
    Account,
    ConsoleSession,
    LinkPurpose,
    MachineKey,
    OneTimeLink,
    RefreshToken,
)
from evcharging.tests.stages.store_world import NOW

_numbers = count(1)


def action(name: str = "add_account", subject: str = "acc-1", *, at: datetime = NOW) -> OperatorAction:
    """One that nobody has done before."""
    somebody = Actor(kind=ActorKind.PERSON, id="acc-0", via="http", role="admin")
    return action_by(somebody, f"action-{next(_numbers)}", at, name, subject)


def person(number: int = 1, *, role: str = "viewer", name: str | None = None, can_sign_in: bool = True) -> Account:
    return Account(
        account_id=f"acc-{number}",
        name=name or f"Person {number}",
        role=role,
        created_at=NOW,
        valid_from=NOW,
        password_hash="$argon2id$of-somebody" if can_sign_in else None,
    )


def admin(number: int = 1) -> Account:
    return person(number, role="admin")


def console_session(token_hash: str = "session-1", *, of: str = "acc-1") -> ConsoleSession:
    return ConsoleSession(token_hash=token_hash, account_id=of, created_at=NOW, seen_at=NOW)


def refresh_token(token_hash: str = "token-1", *, family: str = "family-1", of: str = "acc-1") -> RefreshToken:
    return RefreshToken(
        token_hash=token_hash, family=family, account_id=of, created_at=NOW, expires_at=NOW + REFRESH_LASTS
    )


def heir(token_hash: str = "token-2", *, at: datetime = NOW) -> RefreshHeir:
    return RefreshHeir(token_hash, at + REFRESH_LASTS)


def link(
    token_hash: str = "link-1", purpose: LinkPurpose = LinkPurpose.RESET, *, subject: str | None = "acc-1"
) -> OneTimeLink:
    return OneTimeLink(
        token_hash=token_hash, purpose=purpose, subject=subject, created_at=NOW, expires_at=NOW + LINK_LASTS
    )


def machine_key(key_id: str = "k1") -> MachineKey:
    return MachineKey(
        key_id=key_id,
        secret_hash="hash",
        label="Prometheus",
        scopes="metrics:read network:read",
        created_by="acc-1",
        created_at=NOW,
        expires_at=NOW + timedelta(days=1),
    )


def card(number: int = 1, *, of: str = "acc-1", is_default: bool = False) -> Card:
    return Card(
        card_id=f"card-{number}",
        account_id=of,
        method=f"pm_{number}",
        brand="visa",
        last4="4242",
        expires="2030-12",
        added_at=NOW + timedelta(seconds=number),
        is_default=is_default,
    )


def add(accounts: Accounts, *people: Account) -> None:
    for each in people:
        accounts.add(each, action(subject=each.account_id))


def grows(accounts: Accounts, change: Callable[[], object]) -> bool:
    """Whether a change is seen in the version."""
    before = accounts.version()
    change()
    return accounts.version() > before
