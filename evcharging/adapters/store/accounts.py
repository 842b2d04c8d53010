"""The contract of what is kept of people and keys: no fact, so that it can be erased. Knows no role and no password.
`sql` and `memory_accounts` keep it; one suite holds them to it."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, Protocol

from evcharging.domain.access.action import OperatorAction
from evcharging.domain.access.cards import Card
from evcharging.domain.access.keys import Identity, KeyKind
from evcharging.domain.access.people import (
    Account,
    ConsoleSession,
    LinkPurpose,
    MachineKey,
    OneTimeLink,
    RefreshToken,
)
from evcharging.domain.access.vehicles import Garage

ACCESS_SHARD = "access"
"""The shard of the facts about who did what to people and keys."""


class NameTaken(ValueError):
    """Another account has this name or ID, or had the ID until it was erased."""


class LastAdministrator(ValueError):
    """Nobody could administrate any more."""


class Overtaken(ValueError):
    """Somebody else has changed it since it was read."""


class RefreshHeir(NamedTuple):
    """The refresh token that comes after one that is used."""

    token_hash: str
    expires_at: datetime


class Accounts(Protocol):
    """Synchronous, and may be used in any thread, beside whoever commits to the same database; every method may raise
    StoreUnavailable. What changes anything takes the action that it is, which becomes a fact in the same transaction;
    the same action given again, after StoreUnavailable, changes nothing if it had lasted."""

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

    def change(self, account: Account, action: OperatorAction, *, before: Account | None = None) -> None:
        """In place of the one with its ID, which must be there. Where `valid_from` moves, or it is disabled, its
        sessions and refresh tokens are gone, and its key as a driver is revoked. Raises NameTaken; LastAdministrator
        where it was the last one who can administrate, and could not any more; Overtaken where it is not as it was
        `before`, if that is said."""
        ...

    def erase(self, account_id: str, action: OperatorAction) -> None:
        """Nothing that names the person is left, whose key as a driver is revoked; facts keep the ID, which nobody is
        given again. Raises LastAdministrator."""
        ...

    def garage(self, account_id: str) -> Garage:
        """The vehicles of an account, which are none where nothing was said."""
        ...

    def put_garage(self, garage: Garage) -> None:
        """In place of the ones before. Nothing is kept for an account that is not there."""
        ...

    # What stands for people

    def open_session(self, session: ConsoleSession, action: OperatorAction) -> None: ...

    def session(self, token_hash: str) -> tuple[ConsoleSession, Account] | None:
        """A session of an account that is not disabled."""
        ...

    def see_session(self, token_hash: str, at: datetime) -> None:
        """Somebody came with it just now."""
        ...

    def close_session(self, token_hash: str, action: OperatorAction) -> None: ...

    def issue(self, token: RefreshToken) -> None: ...

    def spend(self, token_hash: str, at: datetime, heir: RefreshHeir) -> tuple[RefreshToken, Account] | None:
        """Use a refresh token, which no one else can use then, and issue the next of its family with that. It is given
        as it was before: one with `used_at` was used already, and had expired if `expires_at` was not after this
        moment; neither has an heir. None for one that is not there, or whose account is disabled."""
        ...

    def end_family(self, family: str, action: OperatorAction) -> None: ...

    def add_link(self, link: OneTimeLink, action: OperatorAction) -> None:
        """Earlier links for the same purpose and subject count no more."""
        ...

    def link(self, token_hash: str) -> OneTimeLink | None:
        """A link as it is, be it used or expired."""
        ...

    def use_link(self, token_hash: str, purpose: LinkPurpose, at: datetime) -> OneTimeLink | None:
        """Use a link, which counts once and until it expires; None for one that does not count."""
        ...

    def cards(self, account_id: str) -> Sequence[Card]:
        """What an account pays by, in the order in which it was added. It is erased with the account."""
        ...

    def put_cards(
        self, account_id: str, cards: Sequence[Card], action: OperatorAction, *, before: Sequence[Card]
    ) -> None:
        """In place of all that there are. Raises Overtaken where there are others than `before`, or no account."""
        ...

    # Programs and points

    def machine_keys(self) -> Sequence[MachineKey]: ...

    def machine_key(self, key_id: str) -> MachineKey | None: ...

    def put_machine_key(self, key: MachineKey, action: OperatorAction) -> None: ...

    def use_machine_key(self, key_id: str, at: datetime) -> None: ...

    def identities(self, kind: KeyKind | None = None) -> Sequence[Identity]: ...

    def identity(self, kind: KeyKind, owner: str) -> Identity | None: ...

    def put_identity(
        self, identity: Identity, action: OperatorAction | None, *, before: Identity | None = None
    ) -> None:
        """In place of the one before. Without an action, only `in_use` counts, which grows. Raises Overtaken where the
        one there is not as it was `before`, if that is said, but for `in_use`: a key that was revoked meanwhile is not
        renewed."""
        ...

    def note(self, action: OperatorAction) -> None:
        """Keep an action that changed nothing here, such as a refused sign-in."""
        ...

    def version(self) -> int:
        """A number that grows with each change of accounts, machine keys and identities, and where a session or family
        ends: what was read before is known to be stale by it."""
        ...

    def tidy(self, now: datetime) -> None:
        """Remove what has expired."""
        ...
