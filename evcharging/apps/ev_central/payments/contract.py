"""What HTTP can ask about a provider of payments."""

from datetime import datetime
from typing import Protocol

from evcharging.domain.reconcile import Comparison


class PaymentsDesk(Protocol):
    """Hears the provider, and compares payments with it."""

    async def take(self, body: bytes, signature: str) -> None:
        """Have the payment looked up that an event is about; raises BadWebhook, NotDecided or StoreUnavailable."""

    async def compare(self, since: datetime) -> Comparison:
        """Compare the payments made since then; raises OrderRefused, NotDecided or StoreUnavailable."""
        ...
