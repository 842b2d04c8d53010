"""What Central says aloud of payments: what is asked, held, captured, refused and paid back. Knows no log."""

from collections.abc import Iterator

from evcharging.domain.money import of_cents, to_euros
from evcharging.domain.payment import Payment, PaymentState

S = PaymentState

BAD = (S.UNKNOWN, S.DECLINED, S.DISPUTED, S.LOST)


def payment_lines(payment: Payment) -> Iterator[tuple[str, str, Payment]]:
    """What has come of a payment, such as `driver-1 at CP-001 | payment held | €50.00`; nothing of what is under way,
    but of the hold that its session waits for."""
    operation = payment.operation
    is_awaited = payment.state is S.REQUESTED or (payment.state is S.UNKNOWN and operation and operation.attempts == 1)
    is_told = payment.state is S.DECLINED and payment.is_given_up
    if is_told or (operation is not None and not is_awaited):
        return
    level = "warning" if payment.state in BAD else "info"
    yield level, f"{payment.driver_id} at {payment.cp_id} | payment {_told(payment)}", payment


def _told(payment: Payment) -> str:
    asked, held, captured = (
        payment.operation.cents if payment.operation else 0,
        payment.held_cents,
        payment.captured_cents,
    )
    refunded = f"refunded | {_euros(payment.refunded_cents)} of {_euros(captured)}"
    texts = {
        S.REQUESTED: f"waits for a hold | {_euros(asked)}",
        S.UNKNOWN: "waits for a hold | the provider does not answer",
        S.DECLINED: f"declined | {payment.code or 'by the provider'}",
        S.HELD: f"held | {_euros(held)}",
        S.CAPTURED: f"captured | {_euros(captured)}",
        S.PART_REFUNDED: refunded,
        S.REFUNDED: refunded,
        S.VOIDED: "released",
    }
    return texts.get(payment.state, payment.state.replace("_", " "))


def _euros(cents: int) -> str:
    return f"€{to_euros(of_cents(cents)):.2f}"
