"""Recomputes a ledger: its chains, its tables, its bills, and engines' journals beside it. Memory does not grow with
the ledger. Writes nothing."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, func, or_, select

from evcharging.adapters.store.audit.books import Bookkeeping
from evcharging.adapters.store.audit.chains import Chains
from evcharging.adapters.store.audit.joining import joined, raw
from evcharging.adapters.store.audit.readings import newest_moment_of, of_lost_memory, of_readings
from evcharging.adapters.store.audit.report import AuditReport, Head, Notes
from evcharging.adapters.store.backup.snapshot import Snapshot, counted_off
from evcharging.adapters.store.journal.reading import read_journal
from evcharging.adapters.store.sql.rows import STRUCTURED, as_record, as_row
from evcharging.adapters.store.sql.tables import ADDED, FACTS, OUTBOX, SHARDS, TABLES, TOTALS
from evcharging.common.utils import BadJson, Frozen, field_names, from_json, json_decoder, to_json
from evcharging.domain.audit import Finding, Registers, of_billing, of_fee, of_supply
from evcharging.domain.record import Record
from evcharging.domain.reservation import Reservation
from evcharging.domain.session import OPEN, Bill, Request, Session
from evcharging.domain.supply import EngineMemory, Reading, Supply
from evcharging.domain.totals import BILLED, EVERYTHING

R = TypeVar("R", bound=Record)
Progress = Callable[[int, int], None]
"""Is told the rows that were read since it was told last, and about how many there are in all."""

KINDS = {kind.__name__: kind for kind in TABLES}
SESSIONS, TICKETS, REQUESTS = TABLES[Session], TABLES[Bill], TABLES[Request]
OPEN_STATUSES = tuple(status.value for status in OPEN)
KEYS_AT_ONCE = 500
FACTS_WIN = "the facts say how it was; see who changed the table"


class Dated(Frozen, frozen=True, kw_only=True):
    """When a message was said, whatever it says."""

    ts: datetime


class Audit:
    """One audit of one snapshot. `now`: the moment of the snapshot; in a ledger whose time ran ahead of that, as with
    `--speed`, its own newest moment counts instead."""

    def __init__(self, ledger: Snapshot, now: datetime, progress: Progress = lambda done, of: None) -> None:
        self._ledger = ledger
        self._now = max(now, newest_moment_of(ledger) or now)
        self._notes = Notes()
        self._journalled: set[str] = set()
        self._counts = {kind.__name__: ledger.number(select(func.count()).select_from(TABLES[kind])) for kind in TABLES}
        facts = ledger.number(select(func.max(FACTS.c.fact_id) - func.min(FACTS.c.fact_id) + 1))
        rows = facts + 2 * sum(self._counts.values())
        self._tick = lambda done: progress(done, rows)

    def run(self, journals: Sequence[Path] = (), kept: Sequence[Head] = ()) -> AuditReport:
        """All of it; `kept`: heads of an earlier audit. Journals are read first, so that they are as old as the
        snapshot. Raises StoreUnavailable."""
        supplies = self._journals(journals)
        chains = self._chains(kept)
        self._tables()
        energy_mwh, micro_euros = self._bills()
        self._requests()
        self._supplies(supplies)
        self._notes.take(of_readings(self._ledger))
        self._notes.take(of_lost_memory(self._ledger, self._journalled, supplies, self._now))
        self._totals(energy_mwh, micro_euros)
        self._notes.take(Bookkeeping(self._ledger).findings())
        waiting = self._outbox()
        return AuditReport(
            facts=chains.count,
            sessions=self._counts[Session.__name__],
            bills=self._counts[Bill.__name__],
            energy_mwh=energy_mwh,
            micro_euros=micro_euros,
            supplies=len(supplies),
            waiting=waiting,
            differences=self._notes.differences,
            findings=self._notes.texts(is_difference=True),
            remarks=self._notes.texts(is_difference=False),
            heads=chains.heads(),
        )

    def _journals(self, paths: Sequence[Path]) -> dict[str, Supply]:
        """The newest word on each session's supply."""
        supplies: dict[str, Supply] = {}
        for path in paths:
            registers = Registers()
            for record in read_journal(path, Supply, Reading, EngineMemory):
                self._notes.take(registers.see(record))
                self._journalled.add(record.key)
                if isinstance(record, Supply):
                    supplies[record.session_id] = record
        return supplies

    def _chains(self, kept: Sequence[Head]) -> Chains:
        chains = Chains(kept)
        names = "fact_id", "shard", "kind", "key", "body", "hash"
        wanted = select(*(FACTS.c[name] for name in names)).order_by(FACTS.c.fact_id)
        for fact in counted_off(self._ledger.rows(wanted), self._tick):
            self._notes.take(chains.see(*fact))
        heads = self._ledger.rows(select(SHARDS.c.shard, SHARDS.c.head))
        self._notes.take(chains.end({shard: head for shard, head in heads if head}))
        return chains

    def _tables(self) -> None:
        """Every row is what the newest fact of its key says, and there is no other."""
        for kind, table in ((kind, table) for kind, table in TABLES.items() if kind.is_fact):
            names = field_names(kind)
            rows = self._ledger.rows(raw(kind).order_by(table.c[kind.key_field]))
            stands = ((row[names.index(kind.key_field)], dict(zip(names, row, strict=True))) for row in rows)
            facts = self._ledger.rows(_newest_facts(kind))
            decode = json_decoder(kind)
            for key, row, body in joined(counted_off(stands, self._tick), ((key, body) for key, body in facts)):
                if body is None and kind is Request and row and row["accepted"]:
                    continue  # its session says it
                self._notes.take(_of_row(f"{kind.__name__} {key}", row, body, decode))
        known = select(FACTS.c.kind, func.count()).where(FACTS.c.kind.not_in(KINDS)).group_by(FACTS.c.kind)
        for name, count in self._ledger.rows(known):
            self._notes.add(f"{count} facts are of the kind {name}, which this program does not know")

    def _bills(self) -> tuple[int, int]:
        """What all bills come to, in mWh and micro-euro."""
        energy_mwh = micro_euros = 0
        for _, session, bill in joined(self._all(Session), self._all(Bill)):
            is_fee = bill is not None and bill.is_fee
            self._notes.take(of_billing(session, None if is_fee else bill))
            if bill is not None:
                energy_mwh += bill.energy_mwh
                micro_euros += bill.micro_euros
        fees = self._all(Bill, TICKETS.c.reservation_id.is_not(None))
        for _, reservation, fee in joined(self._all(Reservation), fees):
            self._notes.take(of_fee(reservation, fee))
        often = select(FACTS.c.key).where(FACTS.c.kind == Bill.__name__).group_by(FACTS.c.key).having(func.count() > 1)
        for (key,) in self._ledger.rows(often):
            self._notes.add(f"{key} was billed more than once, as its facts say: see which bill its driver was sent")
        return energy_mwh, micro_euros

    def _all(self, kind: type[R], *where: ColumnElement[bool]) -> Iterator[tuple[str, R]]:
        table = TABLES[kind]
        wanted = raw(kind).where(*where).order_by(table.c[kind.key_field])
        for row in counted_off(self._ledger.rows(wanted), self._tick):
            with suppress(BadJson, OverflowError):  # such a row is not what a fact says, and named as that
                record = as_record(kind, row)
                yield record.key, record

    def _totals(self, energy_mwh: int, micro_euros: int) -> None:
        """All totals of each step come to what the bills come to."""
        fees = select(func.count()).select_from(TICKETS).where(TICKETS.c.reservation_id.is_not(None))
        due = (self._counts[Bill.__name__] - self._ledger.number(fees), energy_mwh, micro_euros)
        for step in BILLED:
            sums = (func.coalesce(func.sum(TOTALS.c[name]), 0) for name in ADDED)
            wanted = select(*sums).where(TOTALS.c.subject == EVERYTHING, TOTALS.c.step == step.value)
            [said] = self._ledger.rows(wanted)
            if tuple(map(int, said)) != due:
                self._notes.add(
                    f"The totals by the {step} are of {said[0]} bills, {said[1]} mWh and {said[2]} micro-euro, and"
                    f" there are {due[0]} bills of {due[1]} mWh and {due[2]} micro-euro: make them again with"
                    " `evcharging rebuild-totals`"
                )

    def _requests(self) -> None:
        """One request, one session; one open session a point."""
        request, session = SESSIONS.c.request_id, SESSIONS.c.session_id
        twice = select(request, func.count()).group_by(request).having(func.count() > 1)
        for request_id, count in self._ledger.rows(twice):
            self._notes.add(
                f"Request {request_id} has {count} sessions, of which one is too many: see which was served"
            )
        both = SESSIONS.outerjoin(REQUESTS, REQUESTS.c.request_id == request)
        strange = REQUESTS.c.session_id.is_distinct_from(session)
        for session_id, request_id in self._ledger.rows(select(session, request).select_from(both).where(strange)):
            self._notes.add(f"{session_id} says that request {request_id} led to it; that request does not say so")
        both = REQUESTS.outerjoin(SESSIONS, REQUESTS.c.session_id == session)
        lost = select(REQUESTS.c.request_id).select_from(both).where(REQUESTS.c.accepted, session.is_(None))
        for (request_id,) in self._ledger.rows(lost):
            self._notes.add(f"Request {request_id} was accepted and has no session: see whether a backup has it")
        for (request_id,) in self._ledger.rows(_accepted_otherwise()):
            self._notes.add(f"Request {request_id} is another in its table than its session says: {FACTS_WIN}")
        at = SESSIONS.c.cp_id
        busy = (
            select(at, func.count()).where(SESSIONS.c.status.in_(OPEN_STATUSES)).group_by(at).having(func.count() > 1)
        )
        for cp_id, count in self._ledger.rows(busy):
            self._notes.add(f"{cp_id} has {count} open sessions and can serve one: see in its journal which one")

    def _supplies(self, supplies: Mapping[str, Supply]) -> None:
        ids = list(supplies)
        for start in range(0, len(ids), KEYS_AT_ONCE):
            some = ids[start : start + KEYS_AT_ONCE]
            wanted = raw(Session).where(SESSIONS.c.session_id.in_(some))
            sessions = {}
            for row in self._ledger.rows(wanted):
                with suppress(BadJson, OverflowError):
                    session = as_record(Session, row)
                    sessions[session.key] = session
            for session_id in some:
                self._notes.take(of_supply(supplies[session_id], sessions.get(session_id), self._now))

    def _outbox(self) -> int:
        waiting = self._ledger.number(select(func.count()).select_from(OUTBOX))
        oldest = select(OUTBOX.c.body, OUTBOX.c.topic).order_by(OUTBOX.c.number).limit(1)
        for body, topic in self._ledger.rows(oldest):
            age_s = (self._now - from_json(Dated, body.encode()).ts).total_seconds()
            text = f"{waiting} messages wait to be sent, the oldest for {max(0, age_s):.0f} s to {topic}"
            self._notes.add(f"{text}: see that Central and Kafka run", is_difference=False)
        return waiting


def _accepted_otherwise() -> Select[Any]:
    """Accepted requests that differ from what their sessions say, where no fact of their own says it."""
    told = select(FACTS.c.key).where(FACTS.c.kind == Request.__name__)
    names = "request_id", "driver_id", "cp_id", "limit_mwh", "requested_at"
    differ = or_(REQUESTS.c.reason.is_not(None), *(REQUESTS.c[n].is_distinct_from(SESSIONS.c[n]) for n in names))
    both = REQUESTS.join(SESSIONS, REQUESTS.c.session_id == SESSIONS.c.session_id)
    wanted = select(REQUESTS.c.request_id).select_from(both)
    return wanted.where(REQUESTS.c.accepted, differ, REQUESTS.c.request_id.not_in(told))


def _newest_facts(kind: type[Record]) -> Select[Any]:
    of_kind = FACTS.c.kind == kind.__name__
    newest = select(func.max(FACTS.c.fact_id).label("last")).where(of_kind).group_by(FACTS.c.key).subquery()
    facts = FACTS.join(newest, FACTS.c.fact_id == newest.c.last)
    return select(FACTS.c.key, FACTS.c.body).select_from(facts).order_by(FACTS.c.key)


def _as_now(kind: type[Record], row: Mapping[str, Any]) -> Mapping[str, Any]:
    """A row as this version writes it: an earlier one knew fewer fields of the structures that are kept as JSON."""
    as_now = dict(row)
    for name, of in STRUCTURED[kind].items():
        with suppress(BadJson):
            as_now[name] = row[name] and to_json(from_json(of, row[name].encode())).decode()
    return as_now


def _of_row(
    name: str, row: Mapping[str, Any] | None, body: str | None, decode: Callable[[bytes], Any]
) -> Iterator[Finding]:
    if body is None:
        yield Finding(f"{name} is in its table, and no fact says so: {FACTS_WIN}")
        return
    if row is None:
        yield Finding(f"{name} is missing in its table: {FACTS_WIN}")
        return
    try:
        record = decode(body.encode())
    except BadJson as error:
        yield Finding(f"The newest fact of {name} cannot be read ({error}): restore it from a backup")
        return
    found = _as_now(type(record), row)
    for field, value in as_row(record).items():
        if found[field] != value and found[field] != _plain(value):
            yield Finding(
                f"{name} has {field} {row[field]!r} in its table, its newest fact says {value!r}: {FACTS_WIN}"
            )


def _plain(value: object) -> object:
    """Text as PostgreSQL keeps it."""
    return value.replace("\0", "\N{REPLACEMENT CHARACTER}") if isinstance(value, str) else value
