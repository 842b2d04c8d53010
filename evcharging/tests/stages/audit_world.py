"""A ledger with a story, and an audit of it, for tests."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from evcharging.adapters.store import Commit
from evcharging.adapters.store.audit.audit import Audit
from evcharging.adapters.store.audit.report import AuditReport, Head
from evcharging.adapters.store.backup.snapshot import snapshot
from evcharging.adapters.store.journal.journal import JournalStore
from evcharging.adapters.store.sql.engine import open_engine
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.common.messages import EndReason, StartSupply
from evcharging.common.utils import changed
from evcharging.domain.charging_point import Point
from evcharging.domain.notice import Notice
from evcharging.domain.record import Record
from evcharging.domain.session import Request, Session, SessionStatus, bill_of, finalised, request_of, supplying
from evcharging.domain.supply import Reading, Supply, ended, final_reading, ordered, started
from evcharging.tests.stages.store_world import NOW
from evcharging.tests.stages.store_world import session as plain_session

ENDED = NOW + timedelta(seconds=10)
LONG_AFTER = ENDED + timedelta(hours=1)
ENERGY_MWH = 61_111
FOLLOWS = "does not follow from the one before"
CUT_OFF = "is not the one that its row in shards tells of"
"""What an audit says of facts that were changed, and of a chain whose end is gone."""


def supply(number: int = 1, *, start: int = 500) -> Supply:
    """A supply that is over, at a point whose number is that of its session."""
    order = StartSupply(
        ts=NOW,
        cp_id=f"CP-{number}",
        session_id=f"S-{number}",
        request_id=f"R-{number}",
        driver_id="driver-1",
        micro_euros_per_kwh=300_000,
    )
    return ended(started(ordered(order), start, NOW), start + ENERGY_MWH, ENDED, EndReason.COMPLETE, None)


def opened(number: int = 1) -> tuple[Request, Session]:
    """A request and the session that it led to."""
    own = changed(plain_session(f"S-{number}", cp_id=f"CP-{number}"), request_id=f"R-{number}")
    return request_of(own), own


def story(number: int = 1) -> list[Record]:
    """All records of one session, from its request to its bill."""
    request, session = opened(number)
    running = supplying(session, 500, NOW)
    over = finalised(running, final_reading(supply(number), epoch=1, seq=1))
    return [Point(cp_id=session.cp_id), request, session, running, over, bill_of(over)]


def held(number: int = 1) -> list[Record]:
    """All records of a session whose bill is held."""
    *before, over, _ = story(number)
    assert isinstance(over, Session)
    return [*before, changed(over, status=SessionStatus.SUSPECT, detail="the clock is wrong; the bill is held")]


def tell(url: str, *records: Record, shard: str = "0") -> None:
    """Commit records to a ledger."""
    with closing(SqlStore(url)) as store:
        store.commit(Commit(epochs=store.claim([shard]), records=[(shard, record) for record in records], serial=1))


def ledger_with_a_story(url: str) -> None:
    """Three sessions in two shards, and a message of the system."""
    tell(url, *story(1), *story(2), Notice(notice_id="N-1", ts=NOW, level="info", text="a\0b"))
    tell(url, *story(3), shard="1")


def journal(file: Path, *records: Record) -> Path:
    """An engine's journal that says so."""
    with closing(JournalStore(file)) as store:
        epochs = store.claim(["0"])
        for record in records:
            store.commit(Commit(epochs=epochs, records=[("0", record)]))
    return file


def reading(register_mwh: int, *, cp_id: str = "CP-1") -> Reading:
    return Reading(cp_id=cp_id, register_mwh=register_mwh, ts=NOW)


def audit(url: str, *journals: Path, now: datetime = LONG_AFTER, kept: Sequence[Head] = ()) -> AuditReport:
    """What an audit of the ledger finds."""
    with snapshot(url) as ledger:
        return Audit(ledger, now).run(journals, kept)


def tamper(url: str, *statements: str) -> None:
    """Change a database past the store."""
    with writing(url) as engine, engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def ask(url: str, question: str) -> Sequence[Sequence[Any]]:
    """The rows of a database, past the store."""
    with writing(url) as engine, engine.connect() as connection:
        return connection.exec_driver_sql(question).all()


@contextmanager
def writing(url: str) -> Iterator[Engine]:
    """The database itself."""
    engine = open_engine(url, patience_s=5, writes=True)
    try:
        yield engine
    finally:
        engine.dispose()
