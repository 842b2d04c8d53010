"""Signed tokens: what is issued is read again, and whatever is forged is refused with its sentence."""

import base64
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evcharging.adapters.tokens import (
    BadToken,
    Signer,
    SigningKeys,
    issue,
    issue_by_key,
    read,
    read_by_key,
    signer_of,
)
from evcharging.common.moments import EPOCH
from evcharging.domain.access.keys import KeyKind

NOW = datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC)
AT = (NOW - EPOCH).total_seconds()
KEY, OLDER, OTHER = b"k" * 32, b"o" * 32, b"x" * 32
KEYS = SigningKeys("new", {"old": OLDER, "new": KEY})
PUBLIC = "-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A\n-----END PUBLIC KEY-----\n"
GOOD: dict[str, Any] = {
    "iat": AT, "exp": AT + 600, "sub": "acc-1", "jti": "a1", "aud": "evcharging", "iss": "evcharging", "role": "admin",
}  # fmt: skip


def signed(key: bytes = KEY, *, without: str = "", header: dict[str, Any] | None = None, **said: Any) -> str:
    """A token that says what a good one does but for this."""
    claims = {name: value for name, value in {**GOOD, **said}.items() if name != without}
    return by_hand({"alg": "HS256", "typ": "JWT", "kid": "new", **(header or {})}, json.dumps(claims).encode(), key)


def by_hand(header: object, body: bytes, key: bytes = KEY) -> str:
    """A token as its parts, however wrong they are, with a signature that holds."""
    text = f"{letters(json.dumps(header).encode())}.{letters(body)}"
    return f"{text}.{letters(hmac.digest(key, text.encode(), 'sha256'))}"


def letters(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def unsigned(algorithm: str) -> str:
    head, body, _ = signed(header={"alg": algorithm}).split(".")
    return f"{head}.{body}."


def with_last_letter_changed(token: str) -> str:
    """The same signature to a reader who skips the last two bits."""
    letter = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + letter[letter.index(token[-1]) + 1]


def doubled(token: str) -> str:
    head, body, signature = token.split(".")
    return f"{head}.{body}.{signature}.{signature}"


def with_another_body(token: str) -> str:
    head, _, signature = token.split(".")
    return f"{head}.{letters(json.dumps({**GOOD, 'role': 'admin', 'sub': 'acc-2'}).encode())}.{signature}"


def cut(token: str, by: int) -> str:
    return token[:-by]


HEAD = {"alg": "HS256", "typ": "JWT", "kid": "new"}
BODY = json.dumps(GOOD).encode()
UNKNOWN, MALFORMED, EXPIRED, CLOCK = "unknown_credential", "malformed", "expired", "wrong_clock"
OURS = "This is no token of ours, "
FORGED: dict[str, tuple[str, str, str]] = {
    "no algorithm": (unsigned("none"), MALFORMED, f"{OURS}it is not three parts"),
    "no algorithm, in other letters": (unsigned("nOnE"), MALFORMED, f"{OURS}it is not three parts"),
    "no algorithm, and a signature": (signed(header={"alg": "none"}), MALFORMED, f"{OURS}its header"),
    "RS256 with a key that is public": (
        signed(PUBLIC.encode(), header={"alg": "RS256"}),
        MALFORMED,
        f"{OURS}its header",
    ),
    "HS256 with a key that is public": (signed(PUBLIC.encode()), UNKNOWN, "This token was not signed by the key"),
    "HS512": (signed(header={"alg": "HS512"}), MALFORMED, f"{OURS}its header"),
    "ES256": (signed(header={"alg": "ES256"}), MALFORMED, f"{OURS}its header"),
    "another key": (signed(OTHER), UNKNOWN, "This token was not signed by the key that it names"),
    "the key before under the newest's ID": (signed(OLDER), UNKNOWN, "This token was not signed by the key"),
    "an empty key": (signed(b"\0"), UNKNOWN, "This token was not signed by the key"),
    "an unknown key": (signed(header={"kid": "none"}), UNKNOWN, "This token is signed by a key that does not count"),
    "a path for a key": (signed(header={"kid": "../keys.json"}), UNKNOWN, "This token is signed by a key that does"),
    "SQL for a key": (signed(header={"kid": "' OR 1=1 --"}), UNKNOWN, "This token is signed by a key that does not"),
    "a number for a key": (signed(header={"kid": 7}), MALFORMED, f"{OURS}its header cannot be read"),
    "no key": (by_hand({"alg": "HS256", "typ": "JWT"}, BODY), MALFORMED, f"{OURS}its header is not"),
    "a point's key": (signed(header={"kid": "point/CP-001/1"}), UNKNOWN, "This token is signed by a key that does not"),
    "a key that it brings along": (
        signed(OTHER, header={"jwk": {"kty": "oct", "k": "eHh4"}}),
        MALFORMED,
        f"{OURS}its header",
    ),
    "a key from elsewhere": (signed(header={"jku": "http://192.0.2.1/keys"}), MALFORMED, f"{OURS}its header is not"),
    "a critical extension": (signed(header={"crit": ["exp"]}), MALFORMED, f"{OURS}its header"),
    "a body beside it": (signed(header={"b64": False}), MALFORMED, f"{OURS}its header"),
    "another type": (signed(header={"typ": "at+jwt"}), MALFORMED, f"{OURS}its header is not"),
    "no type": (by_hand({"alg": "HS256", "kid": "new"}, BODY), MALFORMED, f"{OURS}its header is not"),
    "a token in a token": (signed(header={"cty": "JWT"}), MALFORMED, f"{OURS}its header is not"),
    "a token as its body": (by_hand(HEAD, signed().encode()), MALFORMED, f"{OURS}what"),
    **{
        f"without {name}": (signed(without=name), MALFORMED, f"{OURS}it does not say {name}:")
        for name in ("exp", "iat", "sub", "jti", "aud", "iss")
    },
    "without a role": (signed(without="role"), MALFORMED, f"{OURS}it names no role"),
    "a role that is none": (signed(role=["admin"]), MALFORMED, f"{OURS}it names no role"),
    "for another": (signed(aud="elsewhere"), MALFORMED, f"{OURS}it is made by another or for another"),
    "for several": (signed(aud=["evcharging", "elsewhere"]), MALFORMED, f"{OURS}it is made by another or"),
    "by another": (signed(iss="elsewhere"), MALFORMED, f"{OURS}it is made by another or for another"),
    "by several": (signed(iss=["evcharging"]), MALFORMED, f"{OURS}it is made by another or for another"),
    "of a number": (signed(sub=1), MALFORMED, OURS),
    "of nobody": (signed(sub=""), MALFORMED, f"{OURS}it does not say whose"),
    "of somebody with a long name": (signed(sub="a" * 65), MALFORMED, f"{OURS}it does not say whose"),
    "expired": (signed(iat=AT - 640, exp=AT - 40), EXPIRED, "This token has expired: sign in again, or renew it"),
    "expired since the leeway ended": (signed(iat=AT - 630, exp=AT - 30), EXPIRED, "This token has expired"),
    "from the future": (
        signed(iat=AT + 90, exp=AT + 690),
        CLOCK,
        "This token was made 90 s in the future: set the clock",
    ),
    "not yet": (signed(nbf=AT + 5), MALFORMED, f"{OURS}it is for later"),
    "for a year": (signed(exp=AT + 31_536_000), MALFORMED, f"{OURS}it counts for longer than any may"),
    "for ever": (signed(exp=float("inf")), MALFORMED, f"{OURS}it does not say when"),
    "until no number": (signed(exp=float("nan")), MALFORMED, f"{OURS}it does not say when"),
    "until true": (signed(exp=True), MALFORMED, f"{OURS}it does not say when"),
    "until a text": (signed(exp="9999999999"), MALFORMED, f"{OURS}it does not say when"),
    "from before time": (signed(iat=-1), MALFORMED, f"{OURS}it does not say when"),
    "made at a huge number": (signed(iat=10**400), MALFORMED, OURS),
    "truncated by a letter": (cut(signed(), 1), MALFORMED, f"{OURS}it is not three parts"),
    "truncated by its signature": (cut(signed(), 43), MALFORMED, f"{OURS}it is not three parts"),
    "truncated by a part": (cut(signed(), 44), MALFORMED, f"{OURS}it is not three parts"),
    "one part more": (doubled(signed()), MALFORMED, f"{OURS}it is not three parts"),
    "a dot at its end": (f"{signed()}.", MALFORMED, f"{OURS}it is not three parts"),
    "a dot before it": (f".{signed()}", MALFORMED, f"{OURS}it is not three parts"),
    "filled up": (f"{signed()}=", MALFORMED, f"{OURS}it is not three parts"),
    "with a space": (f" {signed()}", MALFORMED, f"{OURS}it is not three parts"),
    "with a line's end": (f"{signed()}\n", MALFORMED, f"{OURS}it is not three parts"),
    "with a letter that Base64 skips": (f"{signed()[:-5]}!{signed()[-5:]}", MALFORMED, f"{OURS}it is not three parts"),
    "the same signature otherwise written": (
        with_last_letter_changed(signed()),
        MALFORMED,
        f"{OURS}it is not three parts",
    ),
    "in letters that look alike": (signed().replace("e", "е"), MALFORMED, f"{OURS}it is not three parts"),  # Cyrillic
    "in wide digits": (f"{signed()[:-1]}\uff11", MALFORMED, f"{OURS}it is not three parts"),
    "another body": (with_another_body(signed()), UNKNOWN, "This token was not signed by the key that it names"),
    "a body that is a list": (by_hand(HEAD, b"[]"), MALFORMED, f"{OURS}what it says"),
    "a body that is no JSON": (by_hand(HEAD, b"{"), MALFORMED, f"{OURS}what it says"),
    "a body that is no text": (by_hand(HEAD, b"\xff\xfe"), MALFORMED, f"{OURS}what"),
    "a deep body": (by_hand(HEAD, b"[" * 1200), MALFORMED, f"{OURS}what it says"),
    "a header that is a list": (by_hand([], BODY), MALFORMED, f"{OURS}its header cannot be read"),
    "huge": (signed(jti="a" * 100_000), MALFORMED, f"{OURS}it is not three parts"),
    "nothing": ("", MALFORMED, f"{OURS}it is not three parts"),
    "two dots": ("..", MALFORMED, f"{OURS}it is not three parts"),
    "a password": ("correct horse battery", MALFORMED, f"{OURS}it is not three parts"),
}


@pytest.mark.parametrize("kind", FORGED)
def test_a_forged_token_is_refused_with_its_sentence(kind: str) -> None:
    token, code, why = FORGED[kind]
    with pytest.raises(BadToken) as refused:
        read(KEYS, token, NOW)
    assert (refused.value.code, str(refused.value)[: len(why)]) == (code, why)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 200


def test_of_the_many_kinds_of_forged_tokens_there_are_at_least_twenty() -> None:
    assert len(FORGED) >= 20


def test_what_is_issued_is_read_again() -> None:
    token = issue(KEYS, "acc-1", "viewer", NOW)
    claims = read(KEYS, token, NOW)
    assert (claims.subject, claims.role, claims.issued_at) == ("acc-1", "viewer", NOW)
    assert claims.expires_at == NOW + timedelta(minutes=10)
    assert read(KEYS, issue(KEYS, "acc-1", "viewer", NOW), NOW).token_id != claims.token_id


def test_it_counts_until_its_leeway_ends_and_from_before_it_was_made() -> None:
    token = issue(KEYS, "acc-1", "viewer", NOW)
    for seconds in (-30, 0, 600, 629):
        assert read(KEYS, token, NOW + timedelta(seconds=seconds))
    for seconds, code in ((-31, CLOCK), (630, EXPIRED)):
        with pytest.raises(BadToken) as refused:
            read(KEYS, token, NOW + timedelta(seconds=seconds))
        assert refused.value.code == code


def test_the_key_before_counts_beside_the_newest() -> None:
    token = issue(SigningKeys("old", {"old": OLDER}), "acc-1", "viewer", NOW)
    assert read(KEYS, token, NOW).subject == "acc-1"
    with pytest.raises(BadToken, match="does not count"):
        read(SigningKeys("new", {"new": KEY}), token, NOW)


def test_keys_do_not_show_in_what_is_printed_of_them() -> None:
    assert repr(KEYS) == f"{KEYS}" == "SigningKeys(newest='new', 2 keys)"


# What points make


def test_a_points_token_is_read_by_its_key() -> None:
    token = issue_by_key(Signer(KeyKind.POINT, "CP-001", 3), KEY, NOW)
    assert signer_of(token) == (KeyKind.POINT, "CP-001", 3)
    claims = read_by_key(token, KEY, NOW + timedelta(seconds=60))
    assert (claims.subject, claims.role) == ("CP-001", None)
    assert signer_of(signed()) is None


def of_point(**said: Any) -> str:
    own = {"iss": "CP-001", "sub": "CP-001", "exp": AT + 60}
    return signed(header={"kid": "point/CP-001/1"}, without="role", **{**own, **said})


@pytest.mark.parametrize(
    ("token", "code", "why"),
    [
        (of_point(sub="CP-002"), MALFORMED, "of another point than its key"),
        (of_point(iss="CP-002"), MALFORMED, "made by another or for another"),
        (of_point(iss="evcharging"), MALFORMED, "made by another or for another"),
        (of_point(exp=AT + 61), MALFORMED, "counts for longer than any may"),
        (of_point(iat=AT - 100, exp=AT - 40), EXPIRED, "has expired: make a new one for each request"),
        (of_point(iat=AT + 40, exp=AT + 100), CLOCK, "made 40 s in the future"),
        (signed(), UNKNOWN, "enrol the point anew"),
        (issue_by_key(Signer(KeyKind.POINT, "CP-001", 1), OTHER, NOW), UNKNOWN, "not signed by the key that it names"),
        (signed(header={"kid": "point/CP 001/1"}), UNKNOWN, "enrol the point anew"),
        (signed(header={"kid": "point/CP-001/01"}), UNKNOWN, "enrol the point anew"),
    ],
)
def test_a_forged_token_of_a_point_is_refused(token: str, code: str, why: str) -> None:
    with pytest.raises(BadToken, match=why) as refused:
        read_by_key(token, KEY, NOW)
    assert refused.value.code == code


def test_a_points_token_by_a_key_that_does_not_count_is_refused() -> None:
    with pytest.raises(BadToken, match="enrol the point anew"):
        read_by_key(issue_by_key(Signer(KeyKind.POINT, "CP-001", 1), KEY, NOW), None, NOW)


@pytest.mark.parametrize("reader", [lambda token: read(KEYS, token, NOW), lambda token: read_by_key(token, KEY, NOW)])
@given(token=st.text(max_size=80) | st.tuples(*[st.text("AZaz09-_", max_size=60)] * 3).map(".".join))
def test_any_text_is_refused_as_a_token(reader: Callable[[str], object], token: str) -> None:
    with pytest.raises(BadToken):
        reader(token)
