"""Exports under /api/v1: sessions, tickets and the books as files, with the filters of their lists. Knows no rule."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from starlette.responses import Response, StreamingResponse

from evcharging.apps.ev_central.answers import UNDECIDED, Responses, answers
from evcharging.apps.ev_central.api_v1.paging import From, InTime, Text, To
from evcharging.apps.ev_central.exports import (
    SESSION_COLUMNS,
    TICKET_COLUMNS,
    Export,
    Exported,
    Form,
    Piece,
    head_of,
    piece_of,
)
from evcharging.apps.ev_central.queries import Queries
from evcharging.apps.ev_central.views_ledger import SessionView, TicketView
from evcharging.apps.ev_central.web import Filter, StrictRoute, TheQueries
from evcharging.apps.shell.entry_rows import ENTRY_COLUMNS
from evcharging.common.moments import from_microseconds, in_utc, to_microseconds
from evcharging.common.utils import changed
from evcharging.domain.books import EntryKind
from evcharging.domain.session import SessionStatus

CSV = "text/csv"
TYPES = {Form.CSV: f"{CSV}; charset=utf-8; header=present", Form.JSON: "application/json"}
DAY = timedelta(days=1)

api = APIRouter(prefix="/api/v1/exports", tags=["v1"], route_class=StrictRoute)


class CsvFile(StreamingResponse):
    """What routes of CSV answer with, for their description."""

    media_type = CSV


class RowsWanted:
    """Which records are exported, but for the values of their fields."""

    def __init__(self, q: Text = None, since: From = None, to: To = None, sort: InTime = "newest") -> None:
        self._q, self._since, self._to, self._is_oldest_first = q or "", since, to, sort == "oldest"

    async def file(self, queries: Queries, what: Exported, form: Form, **where: str | None) -> Response:
        """All of them as a file, of which a piece at a time is read and sent."""
        asked = Export(
            kind=what,
            form=form,
            text=self._q,
            where=tuple((name, value) for name, value in where.items() if value is not None),
            since=self._since,
            until=self._to,
            oldest_first=self._is_oldest_first,
        )
        first = await piece_of(queries, asked)
        name = file_name(asked)
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return StreamingResponse(_parts(queries, asked, first), headers=headers, media_type=TYPES[form])


TheWanted = Annotated[RowsWanted, Depends(RowsWanted)]


async def _parts(queries: Queries, asked: Export, first: Piece) -> AsyncIterator[bytes]:
    """An export from its begin to its end. Where the ledger cannot be read any more it ends before its end, as the
    client sees."""
    between = b"" if asked.form is Form.CSV else b",\n"
    yield head_of(asked)
    piece, has_rows = first, False
    while True:
        if piece.text:
            yield between + piece.text if has_rows else piece.text
            has_rows = True
        if piece.beyond is None:
            break
        piece = await piece_of(queries, changed(asked, beyond=piece.beyond))
    if asked.form is Form.JSON:
        yield b"]\n"


def file_name(asked: Export) -> str:
    """What the file is called: by the month that it is of, or else by its days in UTC."""
    begin, end = (None if each is None else in_utc(each) for each in (asked.since, asked.until))
    if begin is not None and end is not None and _is_month(begin, end):
        days = [begin.date().isoformat()[:7]]
    else:
        first = [] if begin is None else [begin.date().isoformat()]
        last = [] if end is None else ["to", from_microseconds(to_microseconds(end) - 1).date().isoformat()]
        days = [*first, *last]
    return f"{'-'.join([asked.kind.value, *days])}.{asked.form.value}"


def _is_month(begin: datetime, end: datetime) -> bool:
    starts = all(each == each.replace(day=1, hour=0, minute=0, second=0, microsecond=0) for each in (begin, end))
    return starts and timedelta(0) < end - begin <= 31 * DAY


def _csv(columns: tuple[str, ...]) -> Responses:
    example = ",".join(columns) + "\r\n"
    schema: dict[str, Any] = {"type": "string", "description": "RFC 4180, in UTF-8", "examples": [example]}
    return {200: {"content": {CSV: {"schema": schema}}}, **UNDECIDED}


@api.get("/sessions.csv", responses=_csv(SESSION_COLUMNS), response_class=CsvFile, summary="Sessions as CSV")
async def sessions_csv(
    queries: TheQueries,
    wanted: TheWanted,
    cp_id: Filter = None,
    driver_id: Filter = None,
    status: SessionStatus | None = None,
) -> Response:
    """What `/sessions` lists, in a row each, with what its ticket came to. Moments are in UTC; a text that a
    spreadsheet would take for a formula stands behind an apostrophe."""
    return await wanted.file(
        queries, Exported.SESSIONS, Form.CSV, cp_id=cp_id, driver_id=driver_id, status=status and status.value
    )


@api.get("/sessions.json", responses=answers(list[SessionView], UNDECIDED), summary="Sessions as one JSON array")
async def sessions_json(
    queries: TheQueries,
    wanted: TheWanted,
    cp_id: Filter = None,
    driver_id: Filter = None,
    status: SessionStatus | None = None,
) -> Response:
    """What `/sessions` lists, as it lists it, each on a line."""
    return await wanted.file(
        queries, Exported.SESSIONS, Form.JSON, cp_id=cp_id, driver_id=driver_id, status=status and status.value
    )


@api.get("/tickets.csv", responses=_csv(TICKET_COLUMNS), response_class=CsvFile, summary="Tickets as CSV")
async def tickets_csv(
    queries: TheQueries, wanted: TheWanted, cp_id: Filter = None, driver_id: Filter = None
) -> Response:
    """What `/tickets` lists, in a row each; net and VAT where a tariff says them."""
    return await wanted.file(queries, Exported.TICKETS, Form.CSV, cp_id=cp_id, driver_id=driver_id)


@api.get("/entries.csv", responses=_csv(ENTRY_COLUMNS), response_class=CsvFile, summary="The books as CSV")
async def entries_csv(
    queries: TheQueries, wanted: TheWanted, subject_id: Filter = None, kind: EntryKind | None = None
) -> Response:
    """Every posting in a row, for an accountant: debit or credit, in euros with six decimals."""
    return await wanted.file(queries, Exported.ENTRIES, Form.CSV, subject_id=subject_id, kind=kind and kind.value)


@api.get("/tickets.json", responses=answers(list[TicketView], UNDECIDED), summary="Tickets as one JSON array")
async def tickets_json(
    queries: TheQueries, wanted: TheWanted, cp_id: Filter = None, driver_id: Filter = None
) -> Response:
    """What `/tickets` lists, as it lists it, each on a line, with its lines."""
    return await wanted.file(queries, Exported.TICKETS, Form.JSON, cp_id=cp_id, driver_id=driver_id)
