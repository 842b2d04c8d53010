"""Things to store, for tests: records of every kind, messages, and a short way to commit them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep

from evcharging.adapters.store import Commit, Store
from evcharging.common.messages import (
    CPTelemetry,
    DriverUpdate,
    EndReason,
    Message,
    StopSupply,
    SupplyEnded,
    Ticket,
    UpdateStatus,
)
from evcharging.common.states import CPState
from evcharging.domain.charging_point import LastStatus, Point
from evcharging.domain.notice import Notice
from evcharging.domain.record import Record
from evcharging.domain.session import Bill, Request, Session, SessionStatus

NOW = datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC)
LATER = NOW + timedelta(minutes=10)
LOG = "log-1"
WAIT_S = 60.0


def session(
    session_id: str = "S-1",
    *,
    status: SessionStatus = SessionStatus.AUTHORISED,
    cp_id: str = "CP-1",
    driver_id: str = "driver-1",
    stop: int = 0,
) -> Session:
    return Session(
        session_id=session_id,
        request_id=f"R-{session_id}",
        driver_id=driver_id,
        cp_id=cp_id,
        status=status,
        micro_euros_per_kwh=300_000,
        requested_at=NOW,
        register_stop_mwh=stop,
    )


def request(
    request_id: str = "R-1", *, driver_id: str = "driver-1", accepted: bool = False, session_id: str | None = None
) -> Request:
    return Request(
        request_id=request_id,
        driver_id=driver_id,
        cp_id="CP-1",
        limit_mwh=None,
        requested_at=NOW,
        accepted=accepted,
        session_id=session_id,
    )


def order(name: str) -> StopSupply:
    return StopSupply(ts=NOW, cp_id="CP-1", session_id=name)


def names(messages: list[tuple[int, Message]]) -> list[str]:
    return [message.session_id for _, message in messages if isinstance(message, StopSupply)]


def put(store: Store, *records: Record, outbox: tuple[str, ...] = (), shard: str = "0") -> list[int]:
    """Commit records and orders to one shard, as the newest run of it."""
    epochs = store.claim([shard])
    return store.commit(
        Commit(
            epochs=epochs,
            records=[(shard, record) for record in records],
            outbox=[(shard, order(name)) for name in outbox],
        )
    )


def one(serial: int, epochs: dict[str, int]) -> Commit:
    """A record and two messages, named by their number."""
    name = str(serial)
    return Commit(
        epochs=epochs,
        records=[("0", session(name))],
        outbox=[("0", order(f"{name}a")), ("0", order(f"{name}b"))],
        serial=serial,
    )


def wait_until(holds: Callable[[], bool]) -> None:
    end = monotonic() + WAIT_S
    while not holds():
        assert monotonic() < end
        sleep(0.002)


WHOLE: tuple[Record, ...] = (
    Point(
        cp_id="CP-1",
        location="Calle Mayor 1, «Alcoy» ⚡",
        registered_at=NOW,
        own_micro_euros_per_kwh=350_000,
        stopped=True,
    ),
    LastStatus(
        cp_id="CP-1",
        state=CPState.FAULT,
        reason="line one\nline two \"quoted\" 'and' %s",
        epoch=7,
        seq=2**63 - 1,
        micro_euros_per_kwh=300_000,
        power_w=22_000,
        manual=True,
        plugged=True,
        last_seen=LATER,
    ),
    Session(
        session_id="S-1",
        request_id="R-1",
        driver_id="driver-1",
        cp_id="CP-1",
        status=SessionStatus.COMPLETED,
        micro_euros_per_kwh=300_000,
        requested_at=NOW,
        started_at=NOW.astimezone(),
        ended_at=LATER,
        register_start_mwh=5,
        register_stop_mwh=2**63 - 1,
        ended_by=EndReason.COMPLETE,
        detail="",
    ),
    Bill(
        session_id="S-1",
        driver_id="driver-1",
        cp_id="CP-1",
        started_at=NOW,
        ended_at=LATER,
        energy_mwh=-1,
        micro_euros_per_kwh=0,
        micro_euros=10**15,
        ended_by="supply complete",
    ),
    Request(
        request_id="R-1",
        driver_id="driver-1",
        cp_id="CP-1",
        limit_mwh=1000,
        requested_at=datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
        accepted=False,
        reason="none",
        session_id="S-1",
    ),
    Notice(
        notice_id="N-1", ts=datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC), level="info", text="t", cp_id="c"
    ),
)
BARE: tuple[Record, ...] = (
    Point(cp_id="CP-2"),
    session("S-2"),
    Request(request_id="R-2", driver_id="d", cp_id="CP-2", limit_mwh=None, requested_at=NOW, accepted=False),
    Notice(notice_id="N-2", ts=NOW, level="error", text=""),
)
"""Records with every field filled, and with every field that may be empty so."""

UPDATE = DriverUpdate(
    ts=NOW,
    request_id="R-1",
    driver_id="driver-1",
    cp_id="CP-1",
    status=UpdateStatus.COMPLETED,
    kwh=0.1,
    ticket=Ticket(
        session_id="S-1",
        cp_id="CP-1",
        started_at=NOW,
        ended_at=LATER,
        kwh=1 / 3,
        euros_per_kwh=0.3,
        euros=0.1,
        ended_by="supply complete",
    ),
)
MESSAGES = (
    UPDATE,
    order("S-1"),
    CPTelemetry(ts=NOW, cp_id="CP-1", kw=22.0, euros=0.01, driver_id="driver-1", session_id="S-1"),
    SupplyEnded(
        ts=LATER,
        cp_id="CP-1",
        session_id="S-1",
        started_at=NOW,
        register_start_mwh=0,
        register_stop_mwh=7,
        ended_by=EndReason.FAULT,
        detail="«é» ⚡ \\",
    ),
)
