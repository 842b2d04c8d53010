"""What an audit says of the last readings that Central received, of engines that have forgotten a session, and of the
ledger's own time. Knows no journal's file."""

from collections.abc import Collection, Iterator
from datetime import datetime

from sqlalchemy import ColumnElement, Select, column, func, or_, select

from evcharging.adapters.store.backup.snapshot import Snapshot
from evcharging.adapters.store.sql.tables import TABLES
from evcharging.common.moments import FIRST_COUNT, LAST_COUNT, from_microseconds
from evcharging.domain.audit import COMPARE, ON_THE_WAY, Finding
from evcharging.domain.charging_point import LastReading, LastStatus
from evcharging.domain.notice import Notice
from evcharging.domain.session import Session, SessionStatus

SESSIONS, READINGS, STATUSES, NOTICES = (TABLES[kind] for kind in (Session, LastReading, LastStatus, Notice))
TIMES = "requested_at", "started_at", "ended_at"


def of_readings(ledger: Snapshot) -> Iterator[Finding]:
    """What is wrong between the newest reading of each point and the session that it is of."""
    both = READINGS.outerjoin(SESSIONS, SESSIONS.c.session_id == READINGS.c.session_id)
    names = READINGS.c.cp_id, READINGS.c.session_id, READINGS.c.register_mwh, SESSIONS.c.cp_id
    begun = SESSIONS.c.started_at.is_not(None)
    wanted = select(*names, SESSIONS.c.register_start_mwh).select_from(both).order_by(READINGS.c.cp_id)
    lower = begun & (READINGS.c.register_mwh < SESSIONS.c.register_start_mwh)
    strange = or_(SESSIONS.c.cp_id.is_(None), SESSIONS.c.cp_id != READINGS.c.cp_id, lower)
    for cp_id, session_id, register_mwh, at, start_mwh in ledger.rows(wanted.where(strange)):
        name = f"The newest reading of {cp_id} is of {session_id}"
        if at is None:
            yield Finding(f"{name}, which is no session of this ledger: {COMPARE}")
        elif at != cp_id:
            yield Finding(f"{name}, which is a session at {at}: {COMPARE}")
        else:
            yield Finding(f"{name} and says {register_mwh} mWh, that session began at {start_mwh} mWh: {COMPARE}")


def of_lost_memory(
    ledger: Snapshot, cp_ids: Collection[str], session_ids: Collection[str], now: datetime
) -> Iterator[Finding]:
    """Supplies that go on as the ledger says, at points whose journal was read and does not know them."""
    wanted = select(SESSIONS.c.session_id, SESSIONS.c.cp_id, column("started_at"))
    supplying = SESSIONS.c.status == SessionStatus.SUPPLYING.value
    for session_id, cp_id, started_at in ledger.rows(wanted.where(supplying).order_by(SESSIONS.c.session_id)):
        if cp_id in cp_ids and session_id not in session_ids:
            began = _moment(started_at)
            yield Finding(
                f"{session_id} is supplying at {cp_id}, and the journal of {cp_id} does not know it: it was lost or is "
                "an older one; see what Central heard last, and settle the session",
                is_difference=began is not None and now - began > ON_THE_WAY,
            )


def newest_moment_of(ledger: Snapshot) -> datetime | None:
    """The latest moment that the whole ledger tells of; as `newest_in_ledger`, but whatever is in the tables."""
    believed = SESSIONS.c.status != SessionStatus.SUSPECT.value
    asked = [
        _latest("requested_at").select_from(SESSIONS),
        *(_latest(name).select_from(SESSIONS).where(believed) for name in TIMES[1:]),
        _latest("ts").select_from(NOTICES),
        _latest("last_seen").select_from(STATUSES),
        _latest("heard_at").select_from(READINGS),
    ]
    found = (_moment(value) for wanted in asked for (value,) in ledger.rows(wanted))
    return max(filter(None, found), default=None)


def _latest(name: str) -> Select[tuple[object]]:
    kept: ColumnElement[object] = column(name)
    return select(func.max(kept))


def _moment(kept: object) -> datetime | None:
    return from_microseconds(kept) if isinstance(kept, int) and FIRST_COUNT <= kept <= LAST_COUNT else None
