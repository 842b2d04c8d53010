"""How a provider signs its events, after Stripe: `Stripe-Signature: t=SECONDS,v1=HEX`, an HMAC-SHA256 of the moment and
the body. Knows no network."""

import hmac
from datetime import datetime, timedelta
from hashlib import sha256

from evcharging.adapters.provider import BadWebhook

HEADER = "Stripe-Signature"
TOLERANCE = timedelta(minutes=5)
"""How old an event may be, or ahead of our clock: an older one may be somebody's copy."""

MOST_MARKS = 10
"""Signatures in one header: there are two while a secret is replaced."""


def signed(body: bytes, secret: str, now: datetime) -> str:
    """The header of an event that is sent now."""
    moment = int(now.timestamp())
    return f"t={moment},v1={_mark(body, secret, moment)}"


def verify(body: bytes, header: str, secret: str, now: datetime) -> None:
    """Raises BadWebhook for an event that is not the provider's, or too old."""
    pairs = [part.strip().partition("=") for part in header.split(",")[: MOST_MARKS + 1]]
    moments = [value for name, _, value in pairs if name == "t"]
    if len(moments) != 1 or not (moments[0].isascii() and moments[0].isdecimal() and len(moments[0]) <= 12):
        raise BadWebhook(f"The event has no {HEADER} with the moment at which it was signed")
    moment = int(moments[0])
    expected = _mark(body, secret, moment)
    marks = [value for name, _, value in pairs if name == "v1"]
    if not any(hmac.compare_digest(mark.encode(), expected.encode()) for mark in marks):
        raise BadWebhook("The event is not signed with the provider's secret")
    if abs(now.timestamp() - moment) > TOLERANCE.total_seconds():
        raise BadWebhook("The event was signed more than 5 minutes ago, or is ahead of our clock")


def _mark(body: bytes, secret: str, moment: int) -> str:
    return hmac.new(secret.encode(), f"{moment}.".encode() + body, sha256).hexdigest()
