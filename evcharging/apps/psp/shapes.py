"""Payments as Stripe's API shows them: payment intents, charges, refunds, disputes and errors. Decides nothing."""

from collections.abc import Collection
from typing import Any

from evcharging.adapters.provider.simulated.cards import DECLINES, SimulatedCard, said_of
from evcharging.adapters.provider.simulated.kept import CURRENCY
from evcharging.adapters.provider.simulated.machine import KEY_REUSED
from evcharging.domain.provider import Dispute, ProviderOutcome, ProviderPayment, ProviderStatus

Shape = dict[str, Any]

STATUSES = {
    ProviderStatus.DECLINED: "requires_payment_method",
    ProviderStatus.HELD: "requires_capture",
    ProviderStatus.VOIDED: "canceled",
    ProviderStatus.CAPTURED: "succeeded",
}
DISPUTES = {Dispute.OPEN: "needs_response", Dispute.WON: "won", Dispute.LOST: "lost"}
CHARGE = "latest_charge"


def intent(payment: ProviderPayment, expand: Collection[str] = (), under: str = "") -> Shape:
    """A payment intent; its charge is whole where that is asked for."""
    is_held = payment.status is ProviderStatus.HELD
    whole = f"{under}{CHARGE}" in expand
    return {
        "id": payment.payment_id,
        "object": "payment_intent",
        "amount": payment.held_cents,
        "amount_capturable": payment.held_cents if is_held else 0,
        "amount_received": payment.captured_cents,
        "capture_method": "manual",
        "created": int(payment.created_at.timestamp()),
        "currency": CURRENCY,
        "last_payment_error": card_error(payment.code, "The card was declined") if payment.code else None,
        "latest_charge": charge(payment) if whole else charge_id(payment),
        "livemode": False,
        "metadata": {"reference": payment.reference},
        "status": STATUSES[payment.status],
    }


def charge_id(payment: ProviderPayment) -> str:
    """The ID of the charge that each payment has."""
    return payment.payment_id.replace("pi_", "ch_", 1)


def charge(payment: ProviderPayment) -> Shape:
    """What was taken from the card, and went back."""
    return {
        "id": charge_id(payment),
        "object": "charge",
        "amount": payment.held_cents,
        "amount_captured": payment.captured_cents,
        "amount_refunded": payment.refunded_cents,
        "captured": payment.status is ProviderStatus.CAPTURED,
        "currency": CURRENCY,
        "disputed": payment.dispute is not None,
        "payment_intent": payment.payment_id,
        "refunded": 0 < payment.captured_cents == payment.refunded_cents,
    }


def refund(payment: ProviderPayment, cents: int) -> Shape:
    """What was paid back at last."""
    return {
        "id": f"{payment.payment_id.replace('pi_', 're_', 1)}_{payment.refunded_cents}",
        "object": "refund",
        "amount": cents,
        "currency": CURRENCY,
        "charge": charge_id(payment),
        "payment_intent": payment.payment_id,
        "status": "succeeded",
    }


def dispute(payment: ProviderPayment) -> Shape:
    """A complaint of the cardholder's at the bank."""
    return {
        "id": payment.payment_id.replace("pi_", "dp_", 1),
        "object": "dispute",
        "amount": payment.captured_cents - payment.refunded_cents,
        "charge": charge_id(payment),
        "currency": CURRENCY,
        "payment_intent": payment.payment_id,
        "status": DISPUTES[payment.dispute or Dispute.OPEN],
    }


def method(card: SimulatedCard, expires: str | None = None) -> Shape:
    """What stands for a card; of its number nobody sees more than the last digits."""
    said = said_of(card)
    year, month = (expires or said.expires).split("-")
    return {
        "id": card.method,
        "object": "payment_method",
        "type": "card",
        "card": {"brand": said.brand, "last4": said.last4, "exp_month": int(month), "exp_year": int(year)},
        "livemode": False,
    }


def page(items: list[Shape], url: str, *, has_more: bool) -> Shape:
    """Some of a list."""
    return {"object": "list", "data": items, "has_more": has_more, "url": url}


def error(text: str, code: str | None = None, param: str | None = None, kind: str = "invalid_request_error") -> Shape:
    """Why something was not done."""
    said = {"type": kind, "message": text, "code": code, "param": param}
    return {"error": {name: value for name, value in said.items() if value is not None}}


def card_error(code: str, text: str) -> Shape:
    """Why a card was declined."""
    known = code if code in ("expired_card", "processing_error") else "card_declined"
    return {"type": "card_error", "code": known, "decline_code": code, "message": text}


def refusal(outcome: ProviderOutcome, expand: Collection[str]) -> tuple[int, Shape]:
    """The status and the error of what was declined."""
    code, text = outcome.code or "", outcome.text or ""
    if code in DECLINES:
        said = card_error(code, text)
        status = 402
    elif code == KEY_REUSED:
        return 400, error(text, code, kind="idempotency_error")
    else:
        said = error(text, code)["error"]
        status = 404 if code == "resource_missing" else 400
    if outcome.payment is not None:
        said["payment_intent"] = intent(outcome.payment, expand)
    return status, {"error": said}
