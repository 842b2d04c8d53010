"""Deliveries that wait for their receivers, and which of them are on their way. Knows no message."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from evcharging.common.utils import changed
from evcharging.domain.webhook import Delivery, DeliveryState, bounded

AT_ONCE = 8
"""How many deliveries of one webhook are on their way at once."""

PATIENCE = timedelta(seconds=30)
"""How long the outcome of an attempt is waited for; after this, who made it is gone, and it is asked for again."""


class Waiting:
    """Pending deliveries by their ID, and until when the outcome of an attempt is waited for."""

    def __init__(self, deliveries: Iterable[Delivery]) -> None:
        self._pending = {delivery.delivery_id: delivery for delivery in deliveries}
        self._away: dict[str, datetime] = {}

    def count(self, webhook_id: str) -> int:
        """How many wait of a webhook."""
        return len(self.of(webhook_id))

    def of(self, webhook_id: str) -> list[Delivery]:
        """Those that wait of a webhook."""
        return [delivery for delivery in self._pending.values() if delivery.webhook_id == webhook_id]

    def named(self, delivery_id: str) -> Delivery | None:
        """One of them."""
        return self._pending.get(delivery_id)

    def keep(self, delivery: Delivery) -> Delivery:
        """Keep in mind how a delivery stands."""
        self._away.pop(delivery.delivery_id, None)
        if delivery.state is DeliveryState.PENDING:
            self._pending[delivery.delivery_id] = delivery
        else:
            self._pending.pop(delivery.delivery_id, None)
        return delivery

    def leave(self, now: datetime) -> list[Delivery]:
        """Those that are to go now, which are on their way from then on."""
        for delivery_id in [each for each, until in self._away.items() if until <= now]:
            del self._away[delivery_id]
        away = self._away_of()
        going = []
        for delivery in sorted(self._resting(), key=_by_time):
            if _at(delivery) <= now and away[delivery.webhook_id] < AT_ONCE:
                away[delivery.webhook_id] += 1
                self._away[delivery.delivery_id] = now + PATIENCE
                going.append(delivery)
        return going

    def next_due(self) -> datetime | None:
        """When to look again, though nothing is heard."""
        away, moments = self._away_of(), [*self._away.values()]
        first: defaultdict[str, list[datetime]] = defaultdict(list)
        for delivery in self._resting():
            first[delivery.webhook_id].append(_at(delivery))
        moments += [min(found) for webhook_id, found in first.items() if away[webhook_id] < AT_ONCE]
        return min(moments, default=None)

    def begin(self, now: datetime) -> None:
        """Go on with what an earlier run left."""
        self._pending = {each.delivery_id: bounded(each, now) for each in self._pending.values()}

    def shift(self, by: timedelta) -> None:
        """The clock was set: move the moments that are waited for."""
        self._away = {delivery_id: at + by for delivery_id, at in self._away.items()}
        self._pending = {
            delivery_id: changed(delivery, next_at=_at(delivery) + by)
            for delivery_id, delivery in self._pending.items()
        }

    def _away_of(self) -> Counter[str]:
        return Counter(self._pending[delivery_id].webhook_id for delivery_id in self._away)

    def _resting(self) -> list[Delivery]:
        return [delivery for delivery in self._pending.values() if delivery.delivery_id not in self._away]


def _at(delivery: Delivery) -> datetime:
    return delivery.next_at or delivery.made_at


def _by_time(delivery: Delivery) -> tuple[datetime, datetime]:
    return _at(delivery), delivery.made_at
