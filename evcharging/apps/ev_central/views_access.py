"""People, what they may do and what lets them in, as HTTP shows them; `views.py` says more of such structures. A secret
is shown once, to who was just given it."""

from datetime import datetime
from typing import Annotated, Literal

from evcharging.apps.ev_central.access.contract import Who
from evcharging.apps.ev_central.views import Moment, View, utc_or_none
from evcharging.apps.ev_central.views_ledger import ActorView
from evcharging.common.messages_operators import ActorKind
from evcharging.common.utils import shown, utc
from evcharging.domain.access.modes import Mode
from evcharging.domain.access.people import Account, MachineKey
from evcharging.domain.access.permissions import AccountRole, Permission
from evcharging.domain.access.vehicles import OwnVehicle

AccountId = Annotated[str, shown("acc-7f3a9c", "What stands for a person in the ledger; a driver's is the driver's ID")]
PersonName = Annotated[str, shown("Ana Torres", "What is typed to sign in")]
KeyId = Annotated[str, shown("k3f9a0c1")]
Secret = Annotated[str, shown("XkB3rT0aQv5nQwq1u2cPpJ7fV9yZ0sM4eH6dL8gA1iE", "It is shown this once")]
Label = Annotated[str, shown("billing export")]
Seconds = Annotated[int, shown(600)]


class AccountView(View, frozen=True, kw_only=True):
    """A person who may sign in. Without a password only a link lets in."""

    account_id: AccountId
    name: PersonName
    role: AccountRole
    created_at: Moment
    disabled_at: Moment | None
    has_password: bool


class MeView(View, frozen=True, kw_only=True):
    """Who asks, and what that one may do; the account is that of a person."""

    actor: ActorView
    account: AccountView | None
    permissions: list[Permission]


class WhoView(View, frozen=True, kw_only=True):
    """Who is signed in."""

    kind: ActorKind
    id: Annotated[str, shown("acc-7f3a9c")]
    name: Annotated[str | None, shown("Ana Torres")]
    role: Annotated[str | None, shown("operator")]
    permissions: list[Permission]


class AccessView(View, frozen=True, kw_only=True):
    """Whether people have to sign in, and who has. `needs_setup`: nobody can yet, since there is no administrator.
    `lab`: all of the network runs in this process, and there is a lab for it. `payments`: sessions are paid;
    `simulated_cards`: the numbers of cards for tests are taken; `hold_limit_cents`: what is held at once at most."""

    mode: Mode
    needs_setup: bool
    lab: bool
    payments: bool
    simulated_cards: bool
    hold_limit_cents: Annotated[int, shown(5000)] | None
    who: WhoView | None


class TokensView(View, frozen=True, kw_only=True):
    """What an app needs to ask for somebody. The refresh token counts once; it is null where a cookie has it."""

    access_token: Annotated[str, shown("eyJhbGciOiJIUzI1NiIsImtpZCI6IjEifQ.e30.8b1Jj3gkJ0")]
    token_type: Literal["Bearer"]
    expires_in: Annotated[Seconds, shown(600, "Seconds")]
    refresh_token: Annotated[str | None, shown("evr_XkB3rT0aQv5nQwq1u2cPpJ7fV9yZ0sM4eH6dL8gA1iE")]
    account: AccountView


class NewDriver(View, frozen=True, kw_only=True):
    """A driver who has just made an account, and is signed in."""

    account: AccountView
    tokens: TokensView


class VehiclesView(View, frozen=True, kw_only=True):
    """The vehicles that a driver keeps on the account."""

    items: list[OwnVehicle]


class SignedIn(View, frozen=True, kw_only=True):
    """Who has just signed in at the console; the cookie comes with it."""

    account: AccountView


class SocketTicket(View, frozen=True, kw_only=True):
    """What lets one WebSocket in, as its subprotocol `ticket.` and this."""

    ticket: Secret
    expires_in: Annotated[int, shown(30, "Seconds")]


class LinkView(View, frozen=True, kw_only=True):
    """What sets a password, once; what is behind its # never leaves the browser."""

    link: Annotated[str, shown("http://localhost:8000/setup#XkB3rT0aQv5nQwq1u2cPpJ7fV9yZ0sM4eH6dL8gA1iE")]
    expires_at: Moment


class NewAccount(View, frozen=True, kw_only=True):
    """Somebody who may sign in from now on, once they have set a password by the link."""

    account: AccountView
    link: LinkView


class MachineKeyView(View, frozen=True, kw_only=True):
    """A key for a program. `scopes` are permissions."""

    key_id: KeyId
    label: Label
    scopes: list[Permission]
    created_by: AccountId
    created_at: Moment
    expires_at: Moment | None
    last_used_at: Moment | None
    revoked_at: Moment | None


class NewMachineKey(View, frozen=True, kw_only=True):
    """A key that was just made, with what is shown this once."""

    key: MachineKeyView
    secret: Annotated[str, shown("evk_k3f9a0c1_XkB3rT0aQv5nQwq1u2cPpJ7fV9yZ0sM4eH6dL8gA1iE")]


def account_view(account: Account) -> AccountView:
    """A person who may sign in."""
    return AccountView(
        account_id=account.account_id,
        name=account.name,
        role=AccountRole(account.role),
        created_at=utc(account.created_at),
        disabled_at=utc_or_none(account.disabled_at),
        has_password=account.password_hash is not None,
    )


def who_view(who: Who, name: str | None) -> WhoView:
    """Who is signed in, by this name where they have one."""
    actor = who.actor
    return WhoView(kind=actor.kind, id=actor.id, name=name, role=actor.role, permissions=sorted(who.permissions))


def me_view(who: Who, account: Account | None) -> MeView:
    """Who asks."""
    actor = who.actor
    return MeView(
        actor=ActorView(kind=actor.kind, id=actor.id, via=actor.via, role=actor.role),
        account=account_view(account) if account else None,
        permissions=sorted(who.permissions),
    )


def link_view(link: str, expires_at: datetime) -> LinkView:
    """What sets a password, once."""
    return LinkView(link=link, expires_at=utc(expires_at))


def machine_key_view(key: MachineKey) -> MachineKeyView:
    """A key for a program."""
    return MachineKeyView(
        key_id=key.key_id,
        label=key.label,
        scopes=[Permission(scope) for scope in key.scopes.split()],
        created_by=key.created_by,
        created_at=utc(key.created_at),
        expires_at=utc_or_none(key.expires_at),
        last_used_at=utc_or_none(key.last_used_at),
        revoked_at=utc_or_none(key.revoked_at),
    )
