"""What each minute comes to, written into the ledger when it is over."""

from datetime import datetime

from evcharging.domain.session import Bill
from evcharging.domain.totals import SPANS, Minute, Step, begin_of
from evcharging.roles.central.shard import LivePoint, Shard
from evcharging.roles.role import Effect

MINUTE = "minute"


def flowed(shard: Shard, live: LivePoint, register_mwh: int, now: datetime) -> None:
    """Count the energy since the reading before; the first one after a start of Central counts from itself on, since
    what flowed before is written down."""
    meter = live.meter
    energy = register_mwh - meter.register_mwh if meter.is_counted else 0
    meter.is_counted = True
    if shard.cadences.minutes and energy > 0:
        _running(shard, now).add(live.point.site_id, energy_mwh=energy)


def billed(shard: Shard, bill: Bill, now: datetime) -> None:
    """Count a session that was billed, or a fee."""
    if shard.cadences.minutes:
        _running(shard, now).add(bill.site_id, sessions=int(not bill.is_fee), micro_euros=bill.micro_euros)


def _running(shard: Shard, now: datetime) -> Minute:
    if shard.minute is None:
        shard.minute = Minute(begin_of(Step.MINUTE, now))
        shard.timers.set(MINUTE, "", shard.minute.at + SPANS[Step.MINUTE])
    return shard.minute


def on_over(shard: Shard, _: str, now: datetime) -> list[Effect]:
    """Write down what the minute comes to."""
    minute, shard.minute = shard.minute, None
    return [*minute.totals()] if minute is not None else []
