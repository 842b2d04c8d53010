"""Notices rare states of payments when they come about. Knows no invariant."""

from collections.abc import Iterator

from evcharging.common.messages import EndReason
from evcharging.domain.payment import Payment, PaymentState
from evcharging.domain.record import Record
from evcharging.domain.session import Session
from evcharging.domain.supply import Supply
from evcharging.proof.events import Event, Journalled, Lasted
from evcharging.proof.rare import Rare
from evcharging.proof.world import World
from evcharging.roles.central.paying import AWAY, DECLINED

DENIED = {DECLINED: Rare.CARD_DECLINED, AWAY: Rare.PROVIDER_SILENT}


def notice(world: World, event: Event) -> None:
    """Look whether something rare has just come about."""
    records = event.records if isinstance(event, Lasted | Journalled) else []
    for record in records:
        for rare in _seen(world, record):
            world.seen(rare)


def _seen(world: World, record: Record) -> Iterator[Rare]:
    if isinstance(record, Payment):
        yield from _of_payment(world.money.stood.get(record.session_id), record)
    elif isinstance(record, Session) and record.ended_by is EndReason.NO_HOLD:
        reason = (record.detail or "").partition(":")[0]
        yield from [rare for text, rare in DENIED.items() if text.partition(":")[0] == reason]
    elif isinstance(record, Supply) and record.ended_by is EndReason.HOLD_USED:
        yield Rare.HOLD_USED


def _of_payment(before: Payment | None, payment: Payment) -> Iterator[Rare]:
    if payment.state is PaymentState.PASSED_ON:
        yield Rare.HOLD_USED_AGAIN
    if before is None:
        return
    if 0 < before.held_cents < payment.held_cents:
        yield Rare.HOLD_RAISED
    if payment.is_raise_declined and not before.is_raise_declined:
        yield Rare.RAISE_DECLINED
    if before.refunded_cents < payment.refunded_cents:
        yield Rare.REFUNDED
    if before.captured_cents < payment.captured_cents < (payment.due_cents or 0):
        yield Rare.OWED
    asked, asks = before.operation, payment.operation
    if asked is not None and asks is not None and asked.kind is asks.kind and asked.key != asks.key:
        yield Rare.KEY_ENDED
