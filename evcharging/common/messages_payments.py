"""What a provider of payments is to be asked; it stays in the process."""

from evcharging.common.messages import Count, Id, Message, PaymentMethod, Reference, Text


class ProviderDue(Message, frozen=True, kw_only=True):
    """What the provider is to be asked for a payment, now: it may be asked more than once, and takes effect once by its
    `key`. `payment_id` is the provider's, once it is known. `is_look`: only how the payment stands."""

    cp_id: Id
    session_id: Reference
    key: Reference
    operation: Id
    reference: Reference
    method: PaymentMethod
    payment_id: Text | None = None
    cents: Count = 0
    is_look: bool = False
