"""Accounts and what stands for them: sessions of the console, refresh tokens, links that are used once, machine keys;
and who may have which. None of it is a fact: it can be erased, and facts carry the pseudonymous `account_id` alone.
Secrets are never kept, but their hashes are. Knows no store."""

import unicodedata
from collections.abc import Collection
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from evcharging.common.lines import checked_line
from evcharging.common.messages_operators import Actor, ActorKind
from evcharging.common.utils import Frozen
from evcharging.domain.access.permissions import SCOPES, AccountRole, Permission

LINK_LASTS = timedelta(hours=1)
ENROLMENT_LASTS = timedelta(hours=24)
ACCESS_LASTS = timedelta(minutes=10)
REFRESH_LASTS = timedelta(days=30)
SESSION_LASTS = timedelta(hours=12)
SESSION_IDLES = timedelta(hours=2)
TICKET_LASTS = timedelta(seconds=30)


class Account(Frozen, frozen=True, kw_only=True):
    """A person. `name` is what is typed to sign in; `account_id` is what facts say, for a driver the driver's ID.
    Without a `password_hash` only a link lets in. What was made before `valid_from` stands for it no more."""

    account_id: str
    name: str
    role: str
    created_at: datetime
    valid_from: datetime
    password_hash: str | None = None
    disabled_at: datetime | None = None

    def __repr__(self) -> str:
        return f"Account({self.account_id}, {self.role})"

    @property
    def can_administrate(self) -> bool:
        """Whether it is an administrator's who is not disabled and can sign in."""
        return self.role == AccountRole.ADMIN and self.disabled_at is None and self.password_hash is not None


class LinkPurpose(StrEnum):
    """What a link that is used once is for."""

    SETUP = "setup"
    """To make the first administrator."""
    RESET = "reset"
    """To set the password of an account anew."""
    ENROLMENT = "enrolment"
    """To give a point its key."""


class OneTimeLink(Frozen, frozen=True, kw_only=True):
    """A secret that is used once. `subject`: the account, or the point, that it is for."""

    token_hash: str
    purpose: LinkPurpose
    expires_at: datetime
    created_at: datetime
    subject: str | None = None
    used_at: datetime | None = None


class ConsoleSession(Frozen, frozen=True, kw_only=True):
    """Somebody who is signed in at the console."""

    token_hash: str
    account_id: str
    created_at: datetime
    seen_at: datetime


class RefreshToken(Frozen, frozen=True, kw_only=True):
    """What renews an app's access once; the next of its `family` comes with that. One that is used twice was stolen:
    its family ends."""

    token_hash: str
    family: str
    account_id: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None


class MachineKey(Frozen, frozen=True, kw_only=True):
    """A key for a program: `evk_<key_id>_<secret>`. `scopes` are permissions, with spaces between."""

    key_id: str
    secret_hash: str
    label: str
    scopes: str
    created_by: str
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None


LONGEST_NAME = 100


def name_key(name: str) -> str:
    """By what an account is found: names that differ in their letters' case, or in how Unicode writes them, are one."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def why_no_name(name: str) -> str | None:
    """Why nobody may be called this, in one sentence; None where one may."""
    try:
        checked_line(name)
    except ValueError as error:
        return f"The name does not fit: {error}"
    if name != name.strip() or not 1 <= len(name) <= LONGEST_NAME:
        return f"A name has 1 to {LONGEST_NAME} characters, and no space around them"
    return None


def why_no_account(name: str, role: AccountRole, driver_id: str | None) -> str | None:
    """Why nobody is given an account with this name, role and driver's ID, in one sentence; None where one may be."""
    why_not = why_no_name(name)
    if why_not is None and driver_id is not None and role is not AccountRole.DRIVER:
        return "Only a driver has a driver's ID: leave it out"
    return why_not


def why_no_role(before: str, role: AccountRole) -> str | None:
    """Why an account with the role of before is not given this one, in one sentence; None where it may be."""
    if role != before and AccountRole.DRIVER in (role, before):
        return "A driver's account is for charging alone: make another one for other work"
    return None


def why_no_key(scopes: Collection[Permission], expires_at: datetime | None, now: datetime) -> str | None:
    """Why no machine key is made with these scopes and this end, in one sentence; None where one may be."""
    wrong = sorted(set(scopes) - SCOPES)
    if wrong or not scopes:
        return f"A machine key cannot have {', '.join(wrong)}" if wrong else "A machine key needs a scope"
    if expires_at is not None and expires_at <= now:
        return "A machine key expires later than now"
    return None


def actor_of(account: Account, via: str) -> Actor:
    """Somebody who acts for themselves."""
    kind = ActorKind.DRIVER if account.role == AccountRole.DRIVER else ActorKind.PERSON
    return Actor(kind=kind, id=account.account_id, via=via, role=account.role)


def standing_of(account: Account) -> dict[str, Any]:
    """How an account stands, as far as it is noted."""
    return {"role": account.role, "disabled": account.disabled_at is not None}
