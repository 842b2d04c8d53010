"""What is done with people and keys, whoever asks for it and wherever they are kept: each change with what is noted of
it, which names nobody. Knows no request."""

from collections.abc import Callable, Sequence
from datetime import datetime
from secrets import token_hex
from typing import NamedTuple

from evcharging.adapters.secret_words import MACHINE, hash_of_word, new_machine_word, new_word
from evcharging.adapters.store.accounts import Accounts
from evcharging.apps.shell.actions import noted
from evcharging.common.messages_operators import Actor
from evcharging.common.utils import changed
from evcharging.domain.access.action import OperatorAction
from evcharging.domain.access.people import (
    LINK_LASTS,
    Account,
    LinkPurpose,
    MachineKey,
    OneTimeLink,
    standing_of,
    why_no_account,
    why_no_key,
    why_no_role,
)
from evcharging.domain.access.permissions import AccountRole, Permission

Now = Callable[[], datetime]


class BadChoice(ValueError):
    """What was chosen does not fit: a name, a password, a role; the text says why in one sentence."""


class NoSuchAccount(LookupError):
    """There is no account with this ID or name."""


class NoSuchKey(LookupError):
    """There is no machine key with this ID."""


class SecretLink(NamedTuple):
    """A link that is used once: its secret, and until when it counts."""

    token: str
    expires_at: datetime

    def __repr__(self) -> str:
        return f"SecretLink({self.expires_at})"


class Newcomer(NamedTuple):
    """An account that was just made, and the link by which its password is set."""

    account: Account
    link: SecretLink


class NewKey(NamedTuple):
    """A machine key that was just made, and what a program says to show that it has it."""

    key: MachineKey
    word: str

    def __repr__(self) -> str:
        return f"NewKey({self.key.key_id})"


class People:
    """Synchronous, in any thread. What is refused raises BadChoice, NoSuchAccount, NameTaken, LastAdministrator or
    Overtaken, each with its sentence."""

    def __init__(self, accounts: Accounts, now: Now) -> None:
        self._accounts = accounts
        self._now = now

    def found(self, account_id: str) -> Account:
        """The account with this ID; raises NoSuchAccount."""
        account = self._accounts.account(account_id)
        if account is None:
            raise NoSuchAccount(f"There is no account {account_id}: see all with `evcharging users list`")
        return account

    def add(self, actor: Actor, name: str, role: AccountRole, driver_id: str | None = None) -> Newcomer:
        """Somebody who can sign in once they have set a password by the link. A driver's ID is made up where it is left
        out."""
        account = self.drafted(name, role, driver_id)
        after = standing_of(account)
        self._accounts.add(account, noted(actor, "add_account", account.account_id, account.created_at, after=after))
        return Newcomer(account, self.link(actor, account.account_id))

    def drafted(self, name: str, role: AccountRole, driver_id: str | None = None) -> Account:
        """An account that is not kept yet; raises BadChoice."""
        _refuse_if(why_no_account(name, role, driver_id))
        made_up = f"{'driver' if role is AccountRole.DRIVER else 'acc'}-{token_hex(6)}"
        now = self._now()
        return Account(account_id=driver_id or made_up, name=name, role=role.value, created_at=now, valid_from=now)

    def change(
        self, actor: Actor, account_id: str, *, role: AccountRole | None = None, disabled: bool | None = None
    ) -> Account:
        """Give somebody another role, disable an account, or let it in again; what is None stays."""
        before, now = self.found(account_id), self._now()
        after = before
        if role is not None:
            _refuse_if(why_no_role(before.role, role))
            after = changed(after, role=role.value)
        if disabled is not None and disabled != (before.disabled_at is not None):
            after = changed(after, disabled_at=now if disabled else None)
        if after == before:
            return before
        self._accounts.change(after, self._change_of(actor, before, after, now), before=before)
        return after

    def _change_of(self, actor: Actor, before: Account, after: Account, at: datetime) -> OperatorAction:
        was, became = standing_of(before), standing_of(after)
        names = [name for name in was if was[name] != became[name]]
        return noted(
            actor,
            "change_account",
            after.account_id,
            at,
            before={name: was[name] for name in names},
            after={name: became[name] for name in names},
        )

    def set_password(self, account: Account, password_hash: str, actor: Actor) -> Account:
        """Somebody chose another password: who is signed in by the one before is so no more."""
        now = self._now()
        after = changed(account, password_hash=password_hash, valid_from=now)
        self._accounts.change(after, noted(actor, "set_password", account.account_id, now), before=account)
        return after

    def erase(self, actor: Actor, account_id: str) -> None:
        """Forget who somebody was."""
        before = self.found(account_id)
        action = noted(actor, "erase_account", account_id, self._now(), before=standing_of(before))
        self._accounts.erase(account_id, action)

    def link(self, actor: Actor, account_id: str) -> SecretLink:
        """A link by which somebody sets a password; earlier ones count no more. Raises BadChoice for an account that is
        disabled."""
        if self.found(account_id).disabled_at is not None:
            raise BadChoice(f"The account {account_id} is disabled: let it in again first")
        return self._link(actor, LinkPurpose.RESET, account_id)

    def setup_link(self, actor: Actor) -> SecretLink:
        """A link by which the first administrator is made; raises BadChoice where there is one."""
        if self._accounts.has_admin():
            raise BadChoice("There is an administrator already, who makes links for others")
        return self._link(actor, LinkPurpose.SETUP, None)

    def _link(self, actor: Actor, purpose: LinkPurpose, subject: str | None) -> SecretLink:
        token, now = new_word(), self._now()
        link = OneTimeLink(
            token_hash=hash_of_word(token),
            purpose=purpose,
            subject=subject,
            created_at=now,
            expires_at=now + LINK_LASTS,
        )
        action = noted(actor, "make_link", subject or "central", now, asked={"purpose": purpose.value})
        self._accounts.add_link(link, action)
        return SecretLink(token, link.expires_at)

    def add_key(
        self, actor: Actor, label: str, scopes: Sequence[Permission], expires_at: datetime | None = None
    ) -> NewKey:
        """A key for a program, which may do no more than who makes it could let it."""
        now, word = self._now(), new_machine_word()
        _refuse_if(why_no_key(scopes, expires_at, now))
        key = MachineKey(
            key_id=word.key_id,
            secret_hash=hash_of_word(word.secret),
            label=label,
            scopes=" ".join(sorted(set(scopes))),
            created_by=actor.id,
            created_at=now,
            expires_at=expires_at,
        )
        self._accounts.put_machine_key(key, noted(actor, "make_key", key.key_id, now, asked={"scopes": key.scopes}))
        return NewKey(key, f"{MACHINE}{word.key_id}_{word.secret}")

    def revoke_key(self, actor: Actor, key_id: str) -> MachineKey:
        """A machine key counts no more; raises NoSuchKey."""
        key, now = self._accounts.machine_key(key_id), self._now()
        if key is None:
            raise NoSuchKey(f"There is no machine key {key_id}")
        if key.revoked_at is not None:
            return key
        revoked = changed(key, revoked_at=now)
        self._accounts.put_machine_key(revoked, noted(actor, "revoke_key", key_id, now))
        return revoked


def _refuse_if(why_not: str | None) -> None:
    if why_not is not None:
        raise BadChoice(why_not)
