"""The contract of what is kept of people and keys: no fact, so that it can be erased. Knows no rule."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from evcharging.domain.access.action import OperatorAction
from evcharging.domain.access.keys import Identity, KeyKind
from evcharging.domain.access.people import (
    Account,
    ConsoleSession,
    LinkPurpose,
    MachineKey,
    OneTimeLink,
    RefreshToken,
)


class NameTaken(ValueError):
    """Another account has this name or ID."""


class Accounts(Protocol):
    """Synchronous, and may be used in any thread, beside whoever commits to the same database; every method may raise
    StoreUnavailable. What changes anything takes the action that it is, which becomes a fact in the same
    transaction."""

    # People

    def accounts(self, *, role: str | None = None) -> Sequence[Account]:
        """All accounts, by name."""
        ...

    def account(self, account_id: str) -> Account | None: ...

    def named(self, name: str) -> Account | None:
        """The account that is signed in to by this name, whatever its letters' case."""
        ...

    def has_admin(self) -> bool:
        """Whether there is an administrator who is not disabled and can sign in."""
        ...

    def add(self, account: Account, action: OperatorAction) -> None:
        """Raises NameTaken."""
        ...

    def change(self, account: Account, action: OperatorAction) -> None:
        """In place of the one with its ID. Where `valid_from` moves, its sessions and refresh tokens are gone."""
        ...

    def erase(self, account_id: str, action: OperatorAction) -> None:
        """Nothing that names the person is left; facts keep the ID."""
        ...

    # What stands for people

    def open_session(self, session: ConsoleSession, action: OperatorAction) -> None: ...

    def session(self, token_hash: str) -> tuple[ConsoleSession, Account] | None:
        """A session of an account that is not disabled."""
        ...

    def see_session(self, token_hash: str, at: datetime) -> None: ...

    def close_session(self, token_hash: str, action: OperatorAction) -> None: ...

    def issue(self, token: RefreshToken) -> None: ...

    def spend(self, token_hash: str, at: datetime) -> tuple[RefreshToken, Account] | None:
        """Use a refresh token, which no one else can use then, and give it as it was before: one with `used_at` was
        used already."""
        ...

    def end_family(self, family: str, action: OperatorAction) -> None: ...

    def add_link(self, link: OneTimeLink, action: OperatorAction) -> None:
        """Earlier links for the same purpose and subject count no more."""
        ...

    def use_link(self, token_hash: str, purpose: LinkPurpose, at: datetime) -> OneTimeLink | None:
        """Use a link, which counts once and until it expires; None for one that does not count."""
        ...

    # Programs and points

    def machine_keys(self) -> Sequence[MachineKey]: ...

    def machine_key(self, key_id: str) -> MachineKey | None: ...

    def put_machine_key(self, key: MachineKey, action: OperatorAction) -> None: ...

    def use_machine_key(self, key_id: str, at: datetime) -> None: ...

    def identities(self, kind: KeyKind | None = None) -> Sequence[Identity]: ...

    def identity(self, kind: KeyKind, owner: str) -> Identity | None: ...

    def put_identity(self, identity: Identity, action: OperatorAction | None) -> None:
        """In place of the one before. Without an action, only `in_use` may differ."""
        ...

    def note(self, action: OperatorAction) -> None:
        """Keep an action that changed nothing here, such as a refused sign-in."""
        ...

    def version(self) -> int:
        """A number that grows with each change of accounts, machine keys and identities: what was read before is known
        to be stale by it."""
        ...

    def tidy(self, now: datetime) -> None:
        """Remove what has expired."""
        ...
