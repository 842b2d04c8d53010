"""Accounts and what stands for them: sessions of the console, refresh tokens, links that are used once, machine keys.
None of it is a fact: it can be erased, and facts carry the pseudonymous `account_id` alone. Secrets are never kept, but
their hashes are. Knows no store."""

from datetime import datetime, timedelta
from enum import StrEnum

from evcharging.common.utils import Frozen

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
