"""Tokens that are signed (JWT, RFC 7519; HMAC-SHA-256 alone): those by which apps show who is signed in, and those that
points and drivers make with their own keys. Knows no account and no store.

A token is one exact text: what other readers are lenient about, such as letters that Base64 skips, is refused."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from secrets import token_hex
from typing import Any, Final, NamedTuple

import jwt
from jwt.types import Options

from evcharging.common.moments import EPOCH
from evcharging.domain.access.keys import KeyKind
from evcharging.domain.access.people import ACCESS_LASTS

ALGORITHM: Final = "HS256"
ISSUER: Final = "evcharging"
AUDIENCE: Final = "evcharging"
CLAIMS: Final = ("exp", "iat", "sub", "jti", "aud", "iss")
LEEWAY = timedelta(seconds=30)
"""What clocks may differ by."""

ANEW: Final = "make a new one for each request, and set the clock of the machine that made it"
OWN_LASTS = timedelta(seconds=60)
LONGEST: Final = 2_000
_PARTS = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{42}[AEIMQUYcgkosw048])", re.ASCII)
"""Of a token that is signed by 32 bytes: the last letter has four bits of them, and no others."""

_OWN = re.compile(r"(point|driver)/([A-Za-z0-9._@:-]{1,64})/([1-9][0-9]{0,8})", re.ASCII)
OPTIONS: Final[Options] = {
    "require": list(CLAIMS),
    "verify_exp": False,
    "verify_iat": False,
    "verify_nbf": False,
    "verify_iss": False,
    "verify_aud": False,
}
"""Only the signature is looked at, and that nothing is missing: times are by our clock, and the rest to the letter."""

_SECONDS = 2**37
"""No moment is as many seconds after 1970."""


class BadToken(Exception):
    """A token that does not count; the text says why and what to do, and `code` says it in a word."""

    def __init__(self, text: str, code: str) -> None:
        super().__init__(text)
        self.code = code


class SigningKeys(NamedTuple):
    """The keys that count, by their IDs, and the ID of the one that signs."""

    newest: str
    keys: Mapping[str, bytes]

    def __repr__(self) -> str:
        return f"SigningKeys(newest={self.newest!r}, {len(self.keys)} keys)"


class Claims(NamedTuple):
    """What a token says that counts. `role` is said of who has signed in, and not of who has a key."""

    subject: str
    issued_at: datetime
    expires_at: datetime
    token_id: str
    role: str | None = None


def issue(keys: SigningKeys, account_id: str, role: str, now: datetime) -> str:
    """A token for somebody who has signed in."""
    said = _claims(account_id, ISSUER, now, ACCESS_LASTS)
    return jwt.encode({**said, "role": role}, keys.keys[keys.newest], ALGORITHM, headers={"kid": keys.newest})


class Signer(NamedTuple):
    """Who has made a token with a key of their own, and in which version of it, as the token says."""

    kind: KeyKind
    id: str
    version: int


def issue_by_key(signer: Signer, key: bytes, now: datetime) -> str:
    """A token that a point or a driver makes."""
    key_id = f"{signer.kind}/{signer.id}/{signer.version}"
    return jwt.encode(_claims(signer.id, signer.id, now, OWN_LASTS), key, ALGORITHM, headers={"kid": key_id})


def _claims(subject: str, issuer: str, now: datetime, lasts: timedelta) -> dict[str, Any]:
    # In microseconds, so that what is made right after a password was changed is told from what was made right before.
    said = {"iat": (now - EPOCH).total_seconds(), "exp": (now + lasts - EPOCH).total_seconds()}
    return {**said, "sub": subject, "jti": token_hex(16), "aud": AUDIENCE, "iss": issuer}


def signer_of(token: str) -> Signer | None:
    """The point or driver that has made a token; None for one that Central has made. Raises BadToken."""
    named = _OWN.fullmatch(_key_id(token))
    return Signer(KeyKind(named[1]), named[2], int(named[3])) if named else None


def read(keys: SigningKeys, token: str, now: datetime) -> Claims:
    """What the token of somebody who has signed in says; raises BadToken."""
    key = keys.keys.get(_key_id(token))
    if key is None:
        raise BadToken(
            "This token is signed by a key that does not count, or no more: sign in again", "unknown_credential"
        )
    said = _verified(token, key)
    claims = _checked(said, ISSUER, now, ACCESS_LASTS, "sign in again, or renew it")
    if not isinstance(said.get("role"), str):
        raise _malformed("it names no role")
    return claims._replace(role=said["role"])


def read_by_key(token: str, key: bytes | None, now: datetime) -> Claims:
    """What the token of a point or a driver says. `key`: theirs in the version that the token names, None where it does
    not count. Raises BadToken."""
    signer = signer_of(token)
    if signer is None or key is None:
        how = renewal(signer.kind if signer else KeyKind.POINT)
        raise BadToken(f"This token is signed by a key that does not count, or no more: {how}", "unknown_credential")
    claims = _checked(_verified(token, key), signer.id, now, OWN_LASTS, ANEW)
    if claims.subject != signer.id:
        raise _malformed(f"it is of another {signer.kind} than its key")
    return claims


def renewal(kind: KeyKind) -> str:
    """How one comes by a key that counts."""
    if kind is KeyKind.DRIVER:
        return "sign in again with `evcharging driver login`, and start the driver anew"
    return "enrol the point anew"


def _key_id(token: str) -> str:
    """The ID of the key that a token names; raises BadToken for what is no token of ours at all."""
    if len(token) > LONGEST or not _PARTS.fullmatch(token):
        raise _malformed("it is not three parts in Base64 that a key has signed")
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.InvalidTokenError, ValueError, RecursionError):
        raise _malformed("its header cannot be read") from None
    if header.keys() != {"alg", "typ", "kid"} or header["alg"] != ALGORITHM or header["typ"] != "JWT":
        raise _malformed(f"its header is not that of a JWT that is signed by {ALGORITHM}, with the ID of a key")
    return str(header["kid"])


def _verified(token: str, key: bytes) -> dict[str, Any]:
    """All that a token says, once its signature holds."""
    try:
        said: dict[str, Any] = jwt.decode(token, key, [ALGORITHM], options=OPTIONS)
    except jwt.MissingRequiredClaimError as error:
        raise _malformed(f"it does not say {error.claim}") from None
    except jwt.InvalidSignatureError:
        raise BadToken(
            "This token was not signed by the key that it names: sign in again", "unknown_credential"
        ) from None
    except (jwt.InvalidTokenError, ValueError, RecursionError):
        raise _malformed("what it says cannot be read") from None
    return said


def _checked(said: dict[str, Any], issuer: str, now: datetime, lasts: timedelta, advice: str) -> Claims:
    if said["iss"] != issuer or said["aud"] != AUDIENCE:
        raise _malformed("it is made by another or for another")
    if not all(isinstance(said[name], str) and 0 < len(said[name]) <= 64 for name in ("sub", "jti")):
        raise _malformed("it does not say whose it is")
    issued_at, expires_at = (_moment(said[name]) for name in ("iat", "exp"))
    if "nbf" in said:
        raise _malformed("it is for later")
    if issued_at > now + LEEWAY:
        raise BadToken(
            f"This token was made {(issued_at - now).total_seconds():.0f} s in the future: set the clock of the "
            "machine that made it, or of this one",
            "wrong_clock",
        )
    if expires_at > issued_at + lasts:
        raise _malformed("it counts for longer than any may")
    if now >= expires_at + LEEWAY:
        raise BadToken(f"This token has expired: {advice}", "expired")
    return Claims(said["sub"], issued_at, expires_at, said["jti"])


def _moment(seconds: object) -> datetime:
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds < _SECONDS:
        raise _malformed("it does not say when it was made, and until when it counts")
    return EPOCH + timedelta(microseconds=round(seconds * 1_000_000))


def _malformed(why: str) -> BadToken:
    return BadToken(f"This is no token of ours, {why}: sign in again", "malformed")
