"""What Central says to engines: orders and questions. Decides nothing."""

from datetime import datetime

from evcharging.common.messages import (
    Action,
    CentralCommand,
    ExtendSupply,
    QueryStatus,
    SetLimit,
    StartSupply,
    StopSupply,
)
from evcharging.domain.holding import Paid
from evcharging.domain.session import Session, SessionStatus
from evcharging.roles.central.shard import LivePoint, Shard


def query(shard: Shard, live: LivePoint, now: datetime) -> QueryStatus:
    """The question to an engine how it is, and what became of the session that it was told of. From here on it is
    counted which processes answer it."""
    is_told = live.session is not None and live.session.status is not SessionStatus.HOLDING
    session_id = live.session.session_id if live.session is not None and is_told else None
    question = shard.say(QueryStatus, ts=now, cp_id=live.point.cp_id, session_id=session_id)
    live.roll_call, live.answered = question.seq, {}
    return question


def command(shard: Shard, live: LivePoint, action: Action, now: datetime) -> CentralCommand:
    """An action, passed on to an engine."""
    return shard.say(
        CentralCommand,
        ts=now,
        cp_id=live.point.cp_id,
        action=action,
        heard_epoch=live.status.epoch,
        heard_seq=live.status.seq,
        heard_run=_heard_run(live),
    )


def limit(shard: Shard, live: LivePoint, now: datetime) -> SetLimit:
    """What a point may give at most."""
    return shard.say(
        SetLimit,
        ts=now,
        cp_id=live.point.cp_id,
        limit=live.point.limit,
        heard_epoch=live.status.epoch,
        heard_seq=live.status.seq,
        heard_run=_heard_run(live),
    )


def start(shard: Shard, live: LivePoint, session: Session, paid: Paid | None, now: datetime) -> StartSupply:
    """The order to supply a session, for which so much is `paid`, where payments are asked for."""
    return shard.say(
        StartSupply,
        ts=now,
        cp_id=session.cp_id,
        session_id=session.session_id,
        request_id=session.request_id,
        driver_id=session.driver_id,
        micro_euros_per_kwh=session.micro_euros_per_kwh,
        limit_mwh=session.limit_mwh,
        paid_mwh=paid.mwh if paid else None,
        tariff=session.tariff,
        ends_by=paid.ends_by if paid else session.ends_by,
        heard_epoch=live.status.epoch,
        heard_seq=live.status.seq,
        heard_run=_heard_run(live),
    )


def extend(shard: Shard, session: Session, paid: Paid, now: datetime) -> ExtendSupply:
    """More is held for a session: it may go on for longer."""
    return shard.say(
        ExtendSupply,
        ts=now,
        cp_id=session.cp_id,
        session_id=session.session_id,
        paid_mwh=paid.mwh,
        ends_by=paid.ends_by,
    )


def _heard_run(live: LivePoint) -> int | None:
    """The process that spoke for the point last, which the ledger does not say."""
    return live.run[1] if live.run is not None and live.run[0] == live.status.epoch else None


def stop(shard: Shard, cp_id: str, session_id: str, now: datetime, *, by_driver: bool = False) -> StopSupply:
    """The order to end a session, or never to begin it."""
    return shard.say(StopSupply, ts=now, cp_id=cp_id, session_id=session_id, by_driver=by_driver)


def stop_by(shard: Shard, session: Session, now: datetime) -> StopSupply:
    """The order to end a session that goes on when it is to end by now, which is sooner than its engine was told."""
    ids = session.cp_id, session.session_id
    return shard.say(StopSupply, ts=now, cp_id=ids[0], session_id=ids[1], ends_by=session.ends_by)
