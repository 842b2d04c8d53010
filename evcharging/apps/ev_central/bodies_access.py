"""What clients send over HTTP about people and keys. What a name or a password may be is judged elsewhere. Knows no
route."""

from typing import Annotated

from evcharging.common.lines import LINE_PATTERN
from evcharging.common.messages import Id, Moment
from evcharging.common.utils import Frozen, at_most, bounded, shown
from evcharging.domain.access.permissions import AccountRole, Permission
from evcharging.domain.access.vehicles import MOST_VEHICLES, OwnVehicle

EXAMPLE = "XkB3rT0aQv5nQwq1u2cPpJ7fV9yZ0sM4eH6dL8gA1iE"

Named = Annotated[str, bounded("Ana Torres", longest=100, pattern=LINE_PATTERN)]
Password = Annotated[str, bounded("correct horse battery staple", longest=1024, shortest=0)]
Token = Annotated[str, bounded(EXAMPLE, longest=256)]
Label = Annotated[str, bounded("billing export", longest=120, pattern=LINE_PATTERN)]
WantsCookie = Annotated[bool, shown(False, "For web apps: the refresh token is set as a cookie that no script reads")]
DriverId = Annotated[Id, shown("driver-alice")]


class Sent(Frozen, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An unknown field is refused, so that a misspelt one is not silently ignored."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"


class RegisterBody(Sent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A driver makes an account; without a `driver_id` one is made up."""

    name: Named
    password: Password
    driver_id: DriverId | None = None
    cookie: WantsCookie = False


class LoginBody(Sent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An app signs somebody in."""

    name: Named
    password: Password
    cookie: WantsCookie = False


class RefreshBody(Sent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A refresh token, where it is not in the cookie."""

    refresh_token: Token | None = None


class SessionBody(Sent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody signs in at the console."""

    name: Named
    password: Password


class SetupBody(Sent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody uses a link: the first administrator makes an account, or a person sets a new password."""

    token: Token
    name: Named
    password: Password


class UserBody(Sent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Somebody who is to sign in. A driver's `driver_id` is made up where it is left out."""

    name: Named
    role: AccountRole
    driver_id: DriverId | None = None


class UserChangeBody(Sent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is to be different; what is left out stays."""

    role: AccountRole | None = None
    disabled: Annotated[bool, shown(True)] | None = None


class VehicleBody(OwnVehicle, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A vehicle as a driver describes it."""


class VehiclesBody(Sent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All vehicles of a driver."""

    items: Annotated[list[VehicleBody], at_most(MOST_VEHICLES)]


class KeyBody(Sent, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A key for a program, and what it may do."""

    label: Label
    scopes: list[Permission]
    expires_at: Annotated[Moment, shown("2030-01-01T12:00:00Z")] | None = None


ACCESS_BODIES = (
    RegisterBody,
    LoginBody,
    RefreshBody,
    SessionBody,
    SetupBody,
    UserBody,
    UserChangeBody,
    KeyBody,
    VehiclesBody,
)
