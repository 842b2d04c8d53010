"""How a grant follows what was allocated: down at once, up by steps. Knows no circuit."""

from datetime import datetime, timedelta

from evcharging.common.utils import Frozen

STEP_MA = 16_000
RAISE_EVERY = timedelta(seconds=5)
"""A vehicle takes up to 5 s to follow a change of its offer (IEC 61851-1): before that, nobody sees what it draws."""


class Stepped(Frozen):
    """What a point is granted, and when that last changed; None before it ever did."""

    ma: int = 0
    changed_at: datetime | None = None


def stepped(previous: Stepped, target_ma: int, now: datetime) -> Stepped:
    """What it is granted now: at once what is less, and of what is more one step each 5 s. `target_ma` is 0 or at least
    the least current, and so is what it is granted."""
    if target_ma == previous.ma:
        return previous
    if target_ma > previous.ma and is_waiting(previous, now):
        return previous
    return Stepped(ma=min(target_ma, previous.ma + STEP_MA), changed_at=now)


def is_waiting(previous: Stepped, now: datetime) -> bool:
    """Whether the last change was less than 5 s ago."""
    at = previous.changed_at
    return at is not None and timedelta(0) <= now - at < RAISE_EVERY


def next_step_at(previous: Stepped, target_ma: int) -> datetime | None:
    """When the next step is due; None where there is none to wait for."""
    if target_ma <= previous.ma or previous.changed_at is None:
        return None
    return previous.changed_at + RAISE_EVERY
