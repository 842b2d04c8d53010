"""What an engine must remember over a crash: its supply, its register, its own condition. Knows no journal."""

from datetime import datetime, timedelta
from typing import ClassVar

from evcharging.common.messages import MOST_MARKS, EndReason, Limit, Mark, StartSupply, SupplyEnded
from evcharging.common.messages_tariff import Tariff
from evcharging.common.utils import Frozen, changed
from evcharging.domain.price import price_of_energy, price_of_supply
from evcharging.domain.record import Record

MOST_LIMIT_MARKS = MOST_MARKS * 3 // 4
"""Limits may change without end: they leave room for the marks of the clock."""


class Supply(Record, frozen=True, kw_only=True):
    """The newest supply of a point: ordered, then started, then ended. Readings in mWh, price in micro-euro a kWh, or
    by a `tariff`; `marks` are the readings at which that may change. `limit_mwh` is what its driver asked for at most,
    `paid_mwh` for how much there is money. `plugged`: it has ended, and its vehicle is still
    there; `unplugged_at`: when that left later than it ended."""

    key_field: ClassVar[str] = "cp_id"

    cp_id: str
    session_id: str
    driver_id: str
    micro_euros_per_kwh: int
    limit_mwh: int | None = None
    started_at: datetime | None = None
    register_start_mwh: int = 0
    ended_at: datetime | None = None
    register_stop_mwh: int = 0
    ended_by: EndReason | None = None
    detail: str | None = None
    tariff: Tariff | None = None
    marks: tuple[Mark, ...] = ()
    ends_by: datetime | None = None
    paid_mwh: int | None = None
    plugged: bool = False
    unplugged_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Ordered or running, not ended."""
        return self.ended_at is None


class Reading(Record, frozen=True, kw_only=True):
    """A point's register, which only grows: written down before anyone is told of it."""

    key_field: ClassVar[str] = "cp_id"

    cp_id: str
    register_mwh: int
    ts: datetime


class Managed(Frozen, frozen=True, kw_only=True):
    """The site that manages the power of a point, what the point gives while it has no grant, and the number of the
    order that said so. None instead of a current: it was let go."""

    site_id: str
    failsafe_ma: int | None
    epoch: int
    seq: int


class EngineMemory(Record, frozen=True, kw_only=True):
    """What an engine's own condition was, the limit that it keeps to, the newest word of Central that it obeyed, by
    (epoch, seq), and who manages its power."""

    key_field: ClassVar[str] = "cp_id"

    cp_id: str
    stopped: bool = False
    fault: str | None = None
    plugged: bool = False
    central_epoch: int = 0
    central_seq: int = 0
    limit: Limit | None = None
    managed: Managed | None = None


def ordered(order: StartSupply) -> Supply:
    """The supply that an order asks for, not yet started."""
    return Supply(
        cp_id=order.cp_id,
        session_id=order.session_id,
        driver_id=order.driver_id,
        micro_euros_per_kwh=order.micro_euros_per_kwh,
        limit_mwh=order.limit_mwh,
        tariff=order.tariff,
        ends_by=order.ends_by,
        paid_mwh=order.paid_mwh,
    )


def extended(supply: Supply, paid_mwh: int | None, ends_by: datetime | None) -> Supply:
    """The supply with more money for it."""
    return changed(supply, paid_mwh=paid_mwh, ends_by=ends_by)


def started(supply: Supply, register_mwh: int, at: datetime) -> Supply:
    """The supply once energy flows."""
    return changed(supply, started_at=at, register_start_mwh=register_mwh)


def redated(supply: Supply, by: timedelta) -> Supply:
    """A running supply after the clock was set."""
    marks = tuple(changed(mark, at=mark.at + by) for mark in supply.marks)
    return changed(supply, started_at=supply.started_at and supply.started_at + by, marks=marks)


def marked(supply: Supply, register_mwh: int, at: datetime, most: int = MOST_MARKS) -> Supply:
    """A running supply with a reading at which its price may change; of too many the last ones are left out, and the
    price counts the power between those that there are as constant."""
    if len(supply.marks) >= most:
        return supply
    return changed(supply, marks=(*supply.marks, Mark(at=at, register_mwh=register_mwh)))


def ended(
    supply: Supply, register_mwh: int, at: datetime, by: EndReason, detail: str | None, *, plugged: bool = False
) -> Supply:
    """The supply once energy has stopped; one that never started ends where it began."""
    begun = supply if supply.started_at is not None else started(supply, register_mwh, at)
    return changed(begun, ended_at=at, register_stop_mwh=register_mwh, ended_by=by, detail=detail, plugged=plugged)


def unplugged(supply: Supply, at: datetime) -> Supply:
    """A supply that had ended, once its vehicle has left."""
    return changed(supply, plugged=False, unplugged_at=max(at, supply.ended_at or at))


def cost_so_far(supply: Supply, register_mwh: int, at: datetime) -> int:
    """What a running supply costs by now, in micro-euro, VAT included."""
    if supply.tariff is None or supply.started_at is None:
        return price_of_energy(register_mwh - supply.register_start_mwh, supply.micro_euros_per_kwh)
    return price_of_supply(
        supply.tariff, supply.started_at, supply.register_start_mwh, supply.marks, at, register_mwh
    ).gross


def final_reading(supply: Supply, *, epoch: int, seq: int, run: int = 0) -> SupplyEnded:
    """The message that closes an ended supply; said again, it says the same."""
    if supply.started_at is None or supply.ended_at is None or supply.ended_by is None:
        raise ValueError(f"Supply {supply.session_id} has not ended")
    return SupplyEnded(
        ts=supply.ended_at,
        epoch=epoch,
        seq=seq,
        cp_id=supply.cp_id,
        session_id=supply.session_id,
        started_at=supply.started_at,
        register_start_mwh=supply.register_start_mwh,
        register_stop_mwh=supply.register_stop_mwh,
        ended_by=supply.ended_by,
        detail=supply.detail,
        run=run,
        marks=supply.marks,
        plugged=supply.plugged,
        unplugged_at=supply.unplugged_at,
    )
