"""Which of Central's orders an engine obeys: those of Central's newest run, once, and at once or never. Knows no
engine."""

from datetime import datetime, timedelta

from evcharging.common.messages import Action, Message, Order
from evcharging.domain.plausibility import is_ahead
from evcharging.domain.supply import EngineMemory
from evcharging.roles.role import HostSignal

OBEY_WITHIN = timedelta(seconds=5)
"""For how long an order is obeyed whose sender does not say what it had heard of this engine."""


class ByHand(HostSignal, frozen=True, kw_only=True):
    """Somebody at the point itself does something."""

    action: Action


def is_current(memory: EngineMemory, order: Message, now: datetime) -> bool:
    """Whether it is of Central's newest run. One that is dated far ahead is nobody's: obeyed once, it would make the
    engine pass over every order for as long."""
    return order.epoch >= memory.central_epoch and not is_ahead(order.epoch, now)


def is_new(memory: EngineMemory, order: Message) -> bool:
    """Whether it was given after all that were obeyed."""
    return (order.epoch, order.seq) > (memory.central_epoch, memory.central_seq)


def is_fresh(order: Order, announced: tuple[int, int], run: int, now: datetime) -> bool:
    """Whether its sender still waits for it: Central gave it after the engine's last announcement (epoch and number of
    the status) or, where it does not say what it had heard, by a clock that shows it. What it had heard of another
    engine with this one's ID says nothing."""
    if order.heard_epoch is None:
        return now - order.ts <= OBEY_WITHIN
    epoch, seq = announced
    is_for_another = order.heard_run is not None and order.heard_run != run
    return not is_for_another and order.heard_epoch == epoch and order.heard_seq >= seq
