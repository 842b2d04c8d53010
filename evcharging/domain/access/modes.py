"""Whether people have to say who they are, by one truth table. Knows no setting and no socket."""

from enum import StrEnum


class Auth(StrEnum):
    """What somebody set: `auto` decides by where Central listens and whether it has an administrator."""

    AUTO = "auto"
    ON = "on"
    OFF = "off"


class Mode(StrEnum):
    """Whether a credential is needed. OPEN: it is not, and whoever reaches this machine may do everything. SECURE: it
    is, and nobody may do anything without one."""

    OPEN = "open"
    SECURE = "secure"


def mode_of(auth: Auth, *, is_local: bool, has_admin: bool) -> Mode:
    """The mode. `is_local`: HTTP, links and Kafka are all reached from this machine alone (a bus in memory is);
    `has_admin`: there is an account that can administrate."""
    if auth is not Auth.AUTO:
        return Mode.OPEN if auth is Auth.OFF else Mode.SECURE
    return Mode.OPEN if is_local and not has_admin else Mode.SECURE


def why_not_listen(
    *, is_for_this_machine: bool, has_tls: bool, is_insecure: bool, speaks_tls: bool = True
) -> str | None:
    """Why a program does not listen at an address, in one sentence; None where it may. `speaks_tls`: a certificate, if
    the program has one, is of use there."""
    if is_for_this_machine or is_insecure or (has_tls and speaks_tls):
        return None
    remedy = "give --tls-cert and --tls-key" if speaks_tls else "TLS is not spoken there, so listen at 127.0.0.1"
    return (
        "this address is reached from other machines, and what is said there could be read by others: "
        f"{remedy}, or say --insecure where something in front of it encrypts"
    )
