"""Sessions of a while ago and their bills, in the ledger of a Central that has not started yet."""

from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from evcharging.adapters.store import Commit
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.common.messages import EndReason
from evcharging.domain.charging_point import Point
from evcharging.domain.notice import Notice
from evcharging.domain.plausibility import TOO_MUCH
from evcharging.domain.session import HELD, Bill, Session, SessionStatus

PRICE = 300_000
NOW = datetime.now(UTC)


def past(number: int, ended_at: datetime, kwh: int, driver_id: str = "driver-ann", held: bool = False) -> Session:
    """It lasted 65 minutes, at CP-001."""
    began = ended_at - timedelta(minutes=65)
    return Session(
        session_id=f"past-{number}",
        request_id=f"request-{number}",
        driver_id=driver_id,
        cp_id="CP-001",
        status=SessionStatus.SUSPECT if held else SessionStatus.COMPLETED,
        micro_euros_per_kwh=PRICE,
        requested_at=began,
        started_at=began,
        ended_at=ended_at,
        register_stop_mwh=kwh * 1_000_000,
        ended_by=EndReason.COMPLETE,
        detail=TOO_MUCH + HELD if held else None,
    )


def bill_of(session: Session) -> Bill:
    assert session.started_at
    assert session.ended_at
    return Bill(
        session_id=session.session_id,
        driver_id=session.driver_id,
        cp_id=session.cp_id,
        started_at=session.started_at,
        ended_at=session.ended_at,
        energy_mwh=session.energy_mwh,
        micro_euros_per_kwh=PRICE,
        micro_euros=session.energy_mwh * PRICE // 1_000_000,
        ended_by="supply complete",
    )


def keep(folder: Path, *sessions: Session, notices: Sequence[Notice] = (), points: Sequence[Point] = ()) -> None:
    """Write them into the ledger of the network that will run in the folder, each with a bill unless that is held,
    which needs its point as well."""
    bills = [bill_of(each) for each in sessions if each.status is SessionStatus.COMPLETED]
    with closing(SqlStore(f"sqlite:///{folder}/central.db")) as store:
        store.commit(Commit(records=[("0", each) for each in (*points, *sessions, *bills, *notices)]))
