"""What idle sessions cost, said to the live view again and again, since no reading comes of them any more. The bill
does not depend on it."""

from datetime import datetime, timedelta

from evcharging.common.messages_view import ReadingShown
from evcharging.domain.meter import to_kwh
from evcharging.domain.money import to_euros
from evcharging.domain.session import Session, SessionStatus, idle_price
from evcharging.domain.tariff import why_no_tariff
from evcharging.roles.central.readings import gather
from evcharging.roles.central.shard import Shard
from evcharging.roles.role import Effect

IDLE_COST = "idle cost"
AGAIN_AFTER = timedelta(seconds=10)


def begin(shard: Shard, session: Session, now: datetime) -> None:
    """Tell the live view what a session costs that is idle, and again every few seconds while it is."""
    if shard.cadences.alive_every is None or why_no_tariff(session.tariff) is not None:
        return
    if not shard.idle:
        shard.timers.set(IDLE_COST, "", now + AGAIN_AFTER)
    shard.idle[session.cp_id] = session.idle_since or now
    _show(shard, session, now)


def on_due(shard: Shard, _: str, now: datetime) -> list[Effect]:
    """Say again what the sessions cost that are still idle."""
    for cp_id in list(shard.idle):
        live = shard.points.get(cp_id)
        if live is None or live.session is None or live.session.status is not SessionStatus.IDLE:
            del shard.idle[cp_id]
        else:
            _show(shard, live.session, now)
    if shard.idle:
        shard.timers.set(IDLE_COST, "", now + AGAIN_AFTER)
    return []


def _show(shard: Shard, session: Session, now: datetime) -> None:
    idle = max(now - shard.idle[session.cp_id], timedelta(0))
    price = idle_price(session, idle)
    if price is None or session.ended_at is None:
        return
    reading = ReadingShown(
        ts=session.ended_at + idle,
        cp_id=session.cp_id,
        driver_id=session.driver_id,
        session_id=session.session_id,
        kw=0.0,
        kwh=to_kwh(session.energy_mwh),
        euros=to_euros(price.gross),
        register_mwh=session.register_stop_mwh,
        heard_at=now,
        price=price,
    )
    gather(shard, reading, now)
