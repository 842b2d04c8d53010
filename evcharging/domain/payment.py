"""The payment of a session, and what its provider is asked. Whole cents. Decides nothing: its steps are in
`domain.payment_steps`."""

from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from evcharging.common.messages_operators import Actor
from evcharging.common.utils import Frozen
from evcharging.domain.provider import ProviderPayment
from evcharging.domain.record import Record


class PaymentState(StrEnum):
    """How a payment stands. UNKNOWN: nobody knows yet whether there is a hold. PASSED_ON: its hold is another session's
    now."""

    REQUESTED = "requested"
    UNKNOWN = "unknown"
    DECLINED = "declined"
    HELD = "held"
    PASSED_ON = "passed_on"
    VOIDING = "voiding"
    VOIDED = "voided"
    CAPTURING = "capturing"
    CAPTURED = "captured"
    REFUNDING = "refunding"
    PART_REFUNDED = "part_refunded"
    REFUNDED = "refunded"
    DISPUTED = "disputed"
    WON = "won"
    LOST = "lost"


S = PaymentState
MOVES: dict[PaymentState, frozenset[PaymentState]] = {
    S.REQUESTED: frozenset({S.HELD, S.DECLINED, S.UNKNOWN}),
    S.UNKNOWN: frozenset({S.HELD, S.DECLINED}),
    S.DECLINED: frozenset(),
    S.HELD: frozenset({S.CAPTURING, S.VOIDING, S.VOIDED, S.PASSED_ON}),
    S.PASSED_ON: frozenset(),
    S.VOIDING: frozenset({S.VOIDED, S.CAPTURED}),
    S.VOIDED: frozenset(),
    S.CAPTURING: frozenset({S.CAPTURED, S.VOIDED}),
    S.CAPTURED: frozenset({S.REFUNDING, S.PART_REFUNDED, S.REFUNDED, S.DISPUTED}),
    S.REFUNDING: frozenset({S.CAPTURED, S.PART_REFUNDED, S.REFUNDED, S.DISPUTED}),
    S.PART_REFUNDED: frozenset({S.REFUNDING, S.REFUNDED, S.DISPUTED}),
    S.REFUNDED: frozenset({S.DISPUTED}),
    S.DISPUTED: frozenset({S.WON, S.LOST}),
    S.WON: frozenset(),
    S.LOST: frozenset(),
}
"""The steps of a payment. One look at the provider may take several at once; none leads back, but for a refund that is
declined. A hold that is too old is
released by the provider, also while it is being captured, and somebody may capture a payment by hand."""

UNSETTLED = (S.REQUESTED, S.UNKNOWN, S.HELD, S.VOIDING, S.CAPTURING, S.REFUNDING)
"""How a payment stands of which something is held, or asked of its provider."""

HOLDING = (S.HELD, S.VOIDING, S.CAPTURING)
"""How a payment stands of which something is held for certain."""

UNSETTLED_VALUES = tuple(state.value for state in UNSETTLED)
"""The same, as stores search for them."""


class OperationKind(StrEnum):
    """What a provider is asked to do."""

    AUTHORIZE = "authorize"
    INCREMENT = "increment"
    CAPTURE = "capture"
    VOID = "void"
    REFUND = "refund"


class Operation(Frozen, frozen=True, kw_only=True):
    """What the provider is asked to do. Its key is the same whenever it is asked again, until a look shows that it was
    not done. `cents`: how much is held, captured or refunded; an increment says the whole hold. `until_cents`: what is
    refunded in all with it. `is_looked_up`: how the payment stands is asked first."""

    key: str
    kind: OperationKind
    ordered_at: datetime
    cents: int = 0
    until_cents: int = 0
    attempts: int = 0
    tried_at: datetime | None = None
    is_looked_up: bool = False


class RefundAsked(Frozen, frozen=True, kw_only=True):
    """What an operator paid back, by whose order and why."""

    request_id: str
    cents: int
    at: datetime
    note: str = ""
    actor: Actor | None = None


class Payment(Record, frozen=True, kw_only=True):
    """How a session is paid. `reference` is what the provider knows it by: the session for which it was first held.
    `method` stands for the driver's card with the provider, and is no card number. `known` is
    all that was ever seen of it there, `operation` what is asked and not answered for certain. `due_cents`: what was
    billed. `is_given_up`: the session does not take place, and what is held is released.
    `refunds` are all that were ordered."""

    key_field: ClassVar[str] = "session_id"
    table: ClassVar[str] = "payments"
    searched: ClassVar[tuple[str, ...]] = ("driver_id", "cp_id", "state", "reference")
    moment: ClassVar[str] = "asked_at"
    texts: ClassVar[tuple[str, ...]] = ("session_id", "driver_id", "cp_id")

    session_id: str
    driver_id: str
    cp_id: str
    reference: str
    method: str
    asked_at: datetime
    state: PaymentState = PaymentState.REQUESTED
    known: ProviderPayment | None = None
    operation: Operation | None = None
    operations: int = 0
    due_cents: int | None = None
    is_given_up: bool = False
    is_raise_declined: bool = False
    code: str | None = None
    refunds: tuple[RefundAsked, ...] = ()

    @property
    def is_unsettled(self) -> bool:
        """Something is held, or asked of its provider."""
        return self.state in UNSETTLED

    @property
    def held_cents(self) -> int:
        """What is held, or was before the capture."""
        return self.known.held_cents if self.known else 0

    @property
    def captured_cents(self) -> int:
        """What was captured."""
        return self.known.captured_cents if self.known else 0

    @property
    def refunded_cents(self) -> int:
        """What of that was paid back."""
        return self.known.refunded_cents if self.known else 0

    @property
    def owed_cents(self) -> int:
        """What was billed and is not captured."""
        return max((self.due_cents or 0) - self.captured_cents, 0)
