"""The events of the simulated provider: late, twice, and in any order, as those of real ones. Pure."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from heapq import heappop, heappush

from evcharging.adapters.provider.simulated.faults import ProviderFaults
from evcharging.adapters.provider.simulated.kept import Kept, KeptDelivery
from evcharging.common.utils import changed
from evcharging.domain.provider import ProviderPayment, ProviderStatus

KINDS = {
    "authorize": "payment_intent.amount_capturable_updated",
    "increment": "payment_intent.amount_capturable_updated",
    "capture": "payment_intent.succeeded",
    "void": "payment_intent.canceled",
    "refund": "charge.refunded",
    "dispute": "charge.dispute.created",
    "dispute_end": "charge.dispute.closed",
}
FAILED = "payment_intent.payment_failed"

MOST_ATTEMPTS = 18
FIRST_AGAIN, LAST_AGAIN = timedelta(seconds=5), timedelta(hours=12)
"""How long after an attempt that failed the next one follows: twice as long each time, and at most so long."""


class Events:
    """What is to be sent, by when."""

    def __init__(self, faults: ProviderFaults, keep: Callable[[Kept, bool], None]) -> None:
        self._faults = faults
        self._keep = keep
        self._waiting: dict[str, KeptDelivery] = {}
        self._by_time: list[tuple[datetime, str]] = []
        self._count = 0

    @property
    def next_at(self) -> datetime | None:
        """When the next one is sent."""
        return self._by_time[0][0] if self._by_time else None

    def restore(self, delivery: KeptDelivery) -> None:
        """Go on with one that an earlier run has kept."""
        self._waiting[delivery.delivery_id] = delivery
        heappush(self._by_time, (delivery.at, delivery.delivery_id))

    def add(self, payment: ProviderPayment, what: str, now: datetime) -> None:
        """Tell of what happened to a payment."""
        self._count += 1
        event_id = f"evt_{self._faults.dice('event', payment.payment_id, what, now, self._count).getrandbits(96):024x}"
        kind = FAILED if payment.status is ProviderStatus.DECLINED else KINDS[what]
        for number, delay in enumerate(self._faults.delays(event_id)):
            self._put(
                KeptDelivery(
                    delivery_id=f"{event_id}-{number}",
                    event_id=event_id,
                    kind=kind,
                    created_at=now,
                    payment=payment,
                    at=now + delay,
                )
            )

    def take(self, now: datetime) -> list[KeptDelivery]:
        """What is to be sent by now, each until it is `sent` or `failed`."""
        found: list[KeptDelivery] = []
        while self._by_time and self._by_time[0][0] <= now:
            at, delivery_id = heappop(self._by_time)
            delivery = self._waiting.get(delivery_id)
            if delivery is not None and delivery.at == at:
                found.append(delivery)
        return found

    def sent(self, delivery: KeptDelivery) -> None:
        """It has arrived."""
        self._keep(self._waiting.pop(delivery.delivery_id), False)

    def failed(self, delivery: KeptDelivery, now: datetime) -> None:
        """It has not: it is sent again later, or given up."""
        attempts = delivery.attempts + 1
        if attempts >= MOST_ATTEMPTS:
            self.sent(delivery)
        else:
            self._put(changed(delivery, attempts=attempts, at=now + min(FIRST_AGAIN * 2**attempts, LAST_AGAIN)))

    def _put(self, delivery: KeptDelivery) -> None:
        self.restore(delivery)
        self._keep(delivery, True)


def body_of(delivery: KeptDelivery) -> bytes:
    """An event as it is sent, in the shape of Stripe's."""
    payment = delivery.payment
    is_about_charge = delivery.kind.startswith("charge.")
    about = {
        "id": payment.payment_id if not is_about_charge else payment.payment_id.replace("pi_", "ch_"),
        "object": "charge" if is_about_charge else "payment_intent",
        "payment_intent": payment.payment_id if is_about_charge else None,
        "metadata": {"reference": payment.reference},
    }
    event = {
        "id": delivery.event_id,
        "object": "event",
        "type": delivery.kind,
        "created": int(delivery.created_at.timestamp()),
        "livemode": False,
        "data": {"object": about},
    }
    return json.dumps(event, separators=(",", ":")).encode()
