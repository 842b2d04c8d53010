"""What is exported of the ledger: sessions, tickets and the books, as CSV and as JSON, piece by piece, so that it never
is in memory as a whole. Knows no request."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import chain
from typing import Any

from evcharging.adapters.store import StoreUnavailable
from evcharging.adapters.store.history import History, Search
from evcharging.apps.ev_central.queries import PageAnswer, PageQuestion, Queries
from evcharging.apps.ev_central.views_ledger import session_view, ticket_view
from evcharging.apps.shell.csv_rows import csv_lines, millionths_cell, moment_cell, text_cell
from evcharging.apps.shell.entry_rows import ENTRY_COLUMNS, entry_rows
from evcharging.common.utils import Frozen, from_json, to_json
from evcharging.domain.books import Entry
from evcharging.domain.record import Record
from evcharging.domain.session import Bill, Session, how_it_ended

PIECE = 250
"""So many rows are read at a time."""

PATH = "piece of an export"
"""What the history process is asked for; no route has such a path."""

NEXT = "next"


class Exported(StrEnum):
    """What is exported."""

    SESSIONS = "sessions"
    TICKETS = "tickets"
    ENTRIES = "entries"


class Form(StrEnum):
    """How it is written."""

    CSV = "csv"
    JSON = "json"


class Export(Frozen, frozen=True, kw_only=True):
    """What is asked for, in the order of its moments, with `where` as fields and their values; it goes on `beyond` the
    moment and number of a record."""

    kind: Exported
    form: Form
    text: str = ""
    where: tuple[tuple[str, str], ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    oldest_first: bool = False
    beyond: tuple[datetime, int] | None = None

    def search(self) -> Search:
        """The next records of it."""
        where = {name: [value] for name, value in self.where}
        return Search(PIECE, where, {}, self.text, self.since, self.until, self.oldest_first, self.beyond)


@dataclass(frozen=True, slots=True)
class Piece:
    """Some rows, and beyond which record the next ones are; None behind the last."""

    text: bytes
    beyond: tuple[datetime, int] | None


class Beyond(Frozen, frozen=True, kw_only=True):
    """Where a piece ends, as the history process says it."""

    beyond: tuple[datetime, int] | None


SESSION_COLUMNS = (
    "session_id", "request_id", "status", "cp_id", "driver_id", "requested_at", "started_at", "ended_at",
    "unplugged_at", "kwh", "euros_per_kwh", "euros", "tariff", "ended_by", "settled_at", "settled_by", "settled_note",
)  # fmt: skip
TICKET_COLUMNS = (
    "session_id", "cp_id", "site_id", "driver_id", "started_at", "ended_at", "unplugged_at", "kwh", "euros_per_kwh",
    "net_euros", "vat_percent", "vat_euros", "euros", "tariff", "ended_by", "reservation_id",
)  # fmt: skip


def _session_row(session: Session, bill: Bill | None) -> Sequence[str]:
    has_ended = session.ended_at is not None
    return (
        text_cell(session.session_id),
        text_cell(session.request_id),
        session.status.value,
        text_cell(session.cp_id),
        text_cell(session.driver_id),
        moment_cell(session.requested_at),
        moment_cell(session.started_at),
        moment_cell(session.ended_at),
        moment_cell(session.unplugged_at),
        millionths_cell(session.energy_mwh if has_ended else None),
        millionths_cell(session.micro_euros_per_kwh),
        millionths_cell(bill.micro_euros if bill else None),
        text_cell(session.tariff.version_id if session.tariff else None),
        text_cell(how_it_ended(session) if has_ended else None),
        moment_cell(session.settled_at),
        text_cell(session.settled_by),
        text_cell(session.settled_note),
    )


def _ticket_row(bill: Bill) -> Sequence[str]:
    price = bill.price
    return (
        text_cell(bill.session_id),
        text_cell(bill.cp_id),
        text_cell(bill.site_id),
        text_cell(bill.driver_id),
        moment_cell(bill.started_at),
        moment_cell(bill.ended_at),
        moment_cell(bill.unplugged_at),
        millionths_cell(bill.energy_mwh),
        millionths_cell(bill.micro_euros_per_kwh),
        millionths_cell(price.net if price else None),
        f"{price.vat_permille / 10:g}" if price else "",
        millionths_cell(price.vat if price else None),
        millionths_cell(bill.micro_euros),
        text_cell(bill.tariff),
        text_cell(bill.ended_by),
        text_cell(bill.reservation_id),
    )


def _session_rows(store: History, sessions: Sequence[Session]) -> list[Sequence[str]]:
    bills = {bill.session_id: bill for bill in store.fetch(Bill, [each.session_id for each in sessions])}
    return [_session_row(session, bills.get(session.session_id)) for session in sessions]


@dataclass(frozen=True, slots=True)
class _Way:
    """How a kind is exported."""

    record: type[Record]
    columns: Sequence[str]
    rows: Callable[[History, Sequence[Any]], list[Sequence[str]]]
    view: Callable[[Any], object]


WAYS: Mapping[Exported, _Way] = {
    Exported.SESSIONS: _Way(Session, SESSION_COLUMNS, _session_rows, session_view),
    Exported.TICKETS: _Way(Bill, TICKET_COLUMNS, lambda _, bills: [*map(_ticket_row, bills)], ticket_view),
    Exported.ENTRIES: _Way(
        Entry, ENTRY_COLUMNS, lambda _, entries: [*chain.from_iterable(map(entry_rows, entries))], lambda entry: entry
    ),
}


def head_of(asked: Export) -> bytes:
    """What an export begins with."""
    return csv_lines([WAYS[asked.kind].columns]) if asked.form is Form.CSV else b"["


def read_piece(store: History, asked: Export) -> Piece:
    """The next rows of an export; raises StoreUnavailable."""
    way = WAYS[asked.kind]
    found = store.search(way.record, asked.search())
    records = [record for _, record in found.records]
    beyond = found.looked_to
    if len(records) == PIECE:
        number, last = found.records[-1]
        beyond = getattr(last, way.record.moment), number
    if asked.form is Form.CSV:
        return Piece(csv_lines(way.rows(store, records)), beyond)
    return Piece(b",\n".join(to_json(way.view(record)) for record in records), beyond)


def answered(store: History, question: PageQuestion) -> PageAnswer:
    """The piece that Central asks its history process for."""
    try:
        piece = read_piece(store, from_json(Export, question.query))
    except StoreUnavailable as error:
        return PageAnswer(503, (), str(error).encode())
    return PageAnswer(200, ((NEXT, to_json(Beyond(beyond=piece.beyond)).decode()),), piece.text)


async def piece_of(queries: Queries, asked: Export) -> Piece:
    """The next rows, read elsewhere where that can be, and else here; raises StoreUnavailable."""
    if queries.elsewhere is not None:
        found = await queries.elsewhere.answer(PageQuestion(PATH, to_json(asked), "", queries.now()))
        if found is not None and found.status != 200:
            raise StoreUnavailable(found.body.decode())
        if found is not None:
            return Piece(found.body, from_json(Beyond, dict(found.headers)[NEXT].encode()).beyond)
    return await queries.history(lambda store: read_piece(store, asked))
