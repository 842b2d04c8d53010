"""How a session comes to its end: its bill, what its driver hears, and its point free again. Decides nothing."""

from datetime import datetime

from evcharging.common.messages import Action, DriverUpdate, EndReason, UpdateStatus
from evcharging.common.messages_site import SessionAtSite
from evcharging.common.utils import changed
from evcharging.domain.notice import NoticeCode
from evcharging.domain.session import Bill, Session, SessionStatus, bill_of, failed, how_it_ended
from evcharging.domain.ticket import ticket_of
from evcharging.roles.central import minutes, payments
from evcharging.roles.central.orders import command
from evcharging.roles.central.point_view import notice, show, update
from evcharging.roles.central.shard import LivePoint, Shard
from evcharging.roles.role import Effect

AWAITED = "start awaited"
"""The time in which a point must begin a supply that it was ordered."""


def settle(shard: Shard, live: LivePoint, session: Session, doubt: str | None, now: datetime) -> list[Effect]:
    """A session has its final readings: it is billed, unless there is a doubt."""
    bill = suspect(shard, session, doubt, now) if doubt else billed(shard, live, session, now)
    return [session, *bill, final_update(shard, session, now), *close(shard, session, now)]


def billed(shard: Shard, live: LivePoint, session: Session, now: datetime) -> list[Effect]:
    """The bill of a session, of which the site of its point hears; if it was held, it is no more."""
    released = shard.alerts.release(session.session_id, now)
    return [*counted(shard, bill_of(session, live.point.site_id), now), *released]


def counted(shard: Shard, bill: Bill, now: datetime, payment_method: str | None = None) -> list[Effect]:
    """A bill, counted for its minute and its site. `payment_method` pays a fee."""
    bill, series = payments.numbered(shard, bill)
    minutes.billed(shard, bill, now)
    paid = payments.on_fee(shard, bill, payment_method, now) if bill.is_fee else payments.on_bill(shard, bill, now)
    if bill.site_id is None:
        return [*series, bill, *paid]
    told = shard.say(
        SessionAtSite,
        ts=now,
        site_id=bill.site_id,
        cp_id=bill.cp_id,
        session_id=bill.session_id,
        energy_mwh=bill.energy_mwh,
        micro_euros=bill.micro_euros,
        sessions=int(not bill.is_fee),
    )
    return [*series, bill, *paid, told]


def suspect(shard: Shard, session: Session, reason: str, now: datetime) -> list[Effect]:
    """Operators hear that a bill is held, and why."""
    said = notice(shard, NoticeCode.BILL_HELD, session.cp_id, now, session_id=session.session_id, detail=reason)
    return [*said, *shard.alerts.hold(shard.points[session.cp_id].point, session, now)]


def fail(
    shard: Shard,
    session: Session,
    reason: str,
    now: datetime,
    by: EndReason = EndReason.NOT_STARTED,
    *,
    is_tried_again: bool = False,
) -> list[Effect]:
    """A session that never began, as far as its point knows. `is_tried_again`: no vehicle was plugged in, and its
    driver may try again with what is held."""
    live = shard.points[session.cp_id]
    if _holds(live, session):
        shard.note_unmetered(session.session_id, live.meter.authorised_at)
    let_go = payments.keep_for_another_try if is_tried_again else payments.give_up
    released = let_go(shard, session.session_id, now)
    session = failed(session, now, reason, by)
    return [session, *released, final_update(shard, session, now), *close(shard, session, now)]


def close(shard: Shard, session: Session, now: datetime) -> list[Effect]:
    """The point is free again, if it was this session that it was busy with."""
    shard.keep(session)
    live = shard.points[session.cp_id]
    if not _holds(live, session):
        return []
    live.session = None
    live.meter.silent = None
    shard.timers.cancel(AWAITED, session.cp_id)
    shard.unkept.pop(session.cp_id, None)
    return [*stop_if_finished(shard, live, session, now), *show(shard, live, now)]


def stop_if_finished(shard: Shard, live: LivePoint, session: Session, now: datetime) -> list[Effect]:
    """A stop that has waited for the end of this supply holds from now on."""
    is_due = live.is_stopped and live.point.finishing == session.session_id
    return [command(shard, live, Action.STOP, now)] if is_due else []


def _holds(live: LivePoint, session: Session) -> bool:
    return live.session is not None and live.session.session_id == session.session_id


def final_update(shard: Shard, session: Session, now: datetime) -> DriverUpdate:
    """The one end of a session that its driver hears, with the ledger's figures."""
    if session.ended_by is EndReason.NO_HOLD and not session.is_finalised:
        return update(shard, session, UpdateStatus.DENIED, now, session.detail)
    status = UpdateStatus.COMPLETED if session.status is SessionStatus.COMPLETED else UpdateStatus.FAILED
    plain = update(shard, session, status, now, None if status is UpdateStatus.COMPLETED else how_it_ended(session))
    if not session.is_finalised or session.status is SessionStatus.SUSPECT:
        return plain
    ticket = ticket_of(bill_of(session))
    return changed(plain, kwh=ticket.kwh, euros=ticket.euros, ticket=ticket)
