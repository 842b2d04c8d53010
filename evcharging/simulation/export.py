"""The sessions of a simulation as a table: text for CSV or JSON. Knows no file."""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from evcharging.adapters.store.history import History
from evcharging.common.utils import Frozen, as_fields, field_names, iso, to_json
from evcharging.domain.charging_point import Point
from evcharging.domain.meter import to_kwh
from evcharging.domain.money import to_euros
from evcharging.domain.session import Bill, Session, how_it_ended
from evcharging.domain.site import station_of

KINDS = (".csv", ".json")


class SessionRow(Frozen, frozen=True, kw_only=True):
    """One session, as it stood at the end; energy in kWh and money in euros. The energy of one that goes on is what has
    flowed so far, and it has no bill yet."""

    session_id: str
    request_id: str
    driver_id: str
    cp_id: str
    station_id: str
    site_id: str | None
    status: str
    requested_at: str
    started_at: str | None
    ended_at: str | None
    kwh: float
    euros_per_kwh: float
    euros: float | None
    ended_by: str | None


class End(NamedTuple):
    """How a simulation ended: the ledger, the moment, and what the meter of each point shows, in mWh."""

    ledger: History
    at: datetime
    registers: Mapping[str, int]


def delivered_mwh(session: Session, registers: Mapping[str, int]) -> int:
    """What has flowed for a session until the end: by its final readings, or by the meter where it goes on."""
    if session.started_at is None:
        return 0
    if session.ended_at is not None:
        return session.energy_mwh
    return registers[session.cp_id] - session.register_start_mwh


def rows_of(end: End) -> Iterable[SessionRow]:
    """Each session that was ever authorised, oldest first."""
    ledger = end.ledger
    points = {point.cp_id: point for point in ledger.select(Point)}
    bills = {bill.session_id: bill for bill in ledger.select(Bill)}
    for session in ledger.select(Session):
        point, bill = points[session.cp_id], bills.get(session.session_id)
        yield SessionRow(
            session_id=session.session_id,
            request_id=session.request_id,
            driver_id=session.driver_id,
            cp_id=session.cp_id,
            station_id=station_of(point.cp_id, point.station_id),
            site_id=point.site_id,
            status=session.status.value,
            requested_at=iso(session.requested_at),
            started_at=iso(session.started_at) if session.started_at else None,
            ended_at=iso(session.ended_at) if session.ended_at else None,
            kwh=to_kwh(delivered_mwh(session, end.registers)),
            euros_per_kwh=to_euros(session.micro_euros_per_kwh),
            euros=to_euros(bill.micro_euros) if bill else None,
            ended_by=None if session.ended_at is None else how_it_ended(session),
        )


def as_json(rows: Iterable[SessionRow]) -> str:
    """An array, with a row a line."""
    return "[\n" + ",\n".join(to_json(row).decode() for row in rows) + "\n]\n"


def as_csv(rows: Iterable[SessionRow]) -> str:
    """A line of names, then a row a line; what is not known is empty."""
    text = io.StringIO()
    table = csv.DictWriter(text, field_names(SessionRow), lineterminator="\n")
    table.writeheader()
    table.writerows(as_fields(row) for row in rows)
    return text.getvalue()
