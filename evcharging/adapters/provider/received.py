"""Events as they come from a provider, in the shape of Stripe's: who they are from, and what they are about."""

from datetime import datetime
from typing import Annotated

from evcharging.adapters.provider import BadWebhook
from evcharging.adapters.provider.signatures import verify
from evcharging.common.moments import from_microseconds
from evcharging.common.utils import BadJson, Frozen, bounded, from_json, within
from evcharging.domain.provider import ProviderEvent

LARGEST = 256 * 1024
SECONDS = 1_000_000

Id = Annotated[str, bounded("pi_1", longest=255)]


class _Metadata(Frozen, frozen=True, kw_only=True):
    reference: Annotated[str, bounded("session-1", longest=500, shortest=0)] = ""


class _About(Frozen, frozen=True, kw_only=True):
    id: Id
    payment_intent: Id | None = None
    metadata: _Metadata = _Metadata()


class _Data(Frozen, frozen=True, kw_only=True):
    object: _About


class _Event(Frozen, frozen=True, kw_only=True):
    id: Id
    type: Id
    created: Annotated[int, within(0, 10**11, 0)]
    data: _Data


def received(body: bytes, signature: str, secret: str, now: datetime) -> ProviderEvent:
    """What an event says, if it was signed with the secret just now. Raises BadWebhook."""
    if len(body) > LARGEST:
        raise BadWebhook(f"The event is larger than {LARGEST} bytes")
    verify(body, signature, secret, now)
    try:
        event = from_json(_Event, body)
    except BadJson as error:
        raise BadWebhook(f"The event cannot be read: {error}") from None
    about = event.data.object
    return ProviderEvent(
        event_id=event.id,
        kind=event.type,
        created_at=from_microseconds(event.created * SECONDS),
        payment_id=about.payment_intent or about.id,
        reference=about.metadata.reference,
    )
