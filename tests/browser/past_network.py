"""The past of three points, in the ledger of a network that has not started yet: what happened, in hours before now."""

from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

from evcharging.adapters.store import Commit
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.domain.alert import AlertCode, closed, opened
from evcharging.domain.charging_point import Point
from evcharging.domain.meter_value import MeterValue
from evcharging.domain.notice import NoticeCode, noticed
from evcharging.domain.record import Record
from tests.browser.past_sessions import NOW, bill_of, past

SAID = (
    (NoticeCode.CENTRAL_OK, None, 20.0),
    (NoticeCode.POINT_REGISTERED, "CP-001", 20.0),
    (NoticeCode.POINT_REGISTERED, "CP-002", 20.0),
    (NoticeCode.POINT_REGISTERED, "CP-003", 20.0),
    (NoticeCode.POINT_ONLINE, "CP-001", 19.0),
    (NoticeCode.POINT_ONLINE, "CP-002", 19.0),
    (NoticeCode.POINT_ONLINE, "CP-003", 19.0),
    (NoticeCode.CENTRAL_OK, None, 10.0),
    (NoticeCode.POINT_ONLINE, "CP-001", 9.5),
    (NoticeCode.POINT_ONLINE, "CP-003", 9.5),
    (NoticeCode.POINT_ONLINE, "CP-002", 9.0),
    (NoticeCode.POINT_FAULTY, "CP-002", 3.0),
    (NoticeCode.POINT_IN_SERVICE, "CP-002", 2.5),
    (NoticeCode.POINT_OFFLINE, "CP-003", 2.0),
    (NoticeCode.POINT_ONLINE, "CP-003", 1.0),
)
"""CP-001 supplies 20 kWh from 2.25 hours ago on, for 65 minutes, and 15 kWh of it in the first 15."""


def ago(hours: float) -> datetime:
    """The moment so many hours before now."""
    return NOW - timedelta(hours=hours)


def keep_past(folder: Path) -> None:
    """Write it into the ledger of the network that will run in the folder."""
    notices = [
        noticed(code, f"past-{number}", ago(hours), cp_id, detail="a fuse" if code == NoticeCode.POINT_FAULTY else None)
        for number, (code, cp_id, hours) in enumerate(SAID)
    ]
    charge = past(1, ago(2.25) + timedelta(minutes=65), 20)
    began = charge.requested_at
    offline = opened(AlertCode.OFFLINE, "alert-1", ago(1.95), since=ago(2), cp_id="CP-003", site_id=None)
    records: list[Record] = [
        *(Point(cp_id=f"CP-00{number}", registered_at=ago(20), location="Calle Mayor 1") for number in (1, 2, 3)),
        *notices,
        charge,
        bill_of(charge),
        MeterValue(
            session_id=charge.session_id, at=began + timedelta(minutes=15), register_mwh=15_000_000, power_w=60_000
        ),
        closed(offline, ago(1)),
    ]
    with closing(SqlStore(f"sqlite:///{folder}/central.db")) as store:
        store.commit(Commit(records=[("0", each) for each in records]))
