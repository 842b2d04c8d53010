"""What a meter said while a session ran: one value each quarter of an hour, as OCPP's clock-aligned meter values are.
Knows no message bus, store or clock."""

from datetime import datetime, timedelta
from typing import ClassVar

from evcharging.domain.record import Measured

QUARTER = timedelta(minutes=15)


class MeterValue(Measured, frozen=True, kw_only=True):
    """The register (`Energy.Active.Import.Register`, mWh) and the power (W) of a session's meter `at` a moment of
    Central's clock. Where a session began and ended is in the session."""

    key_field: ClassVar[str] = "session_id"

    session_id: str
    at: datetime
    register_mwh: int
    power_w: int


def next_quarter(now: datetime) -> datetime:
    """When the next quarter of an hour begins."""
    begin = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)
    return begin + QUARTER
