"""A change of people or keys and the fact that tells of it, in one transaction, beside whoever commits to the same
ledger. Knows no table of theirs."""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Connection, Executable, RowMapping, Select, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from evcharging.adapters.store import Commit
from evcharging.adapters.store.accounts import ACCESS_SHARD
from evcharging.adapters.store.guard import taken
from evcharging.adapters.store.sql.columns import structured
from evcharging.adapters.store.sql.commit import CommitWriter
from evcharging.adapters.store.sql.database import Database
from evcharging.adapters.store.sql.rows import Row, Rows, as_record
from evcharging.adapters.store.sql.selects import all_of
from evcharging.adapters.store.sql.statements import Insert
from evcharging.adapters.store.sql.tables import ACCESS, TABLES
from evcharging.common.utils import Frozen, as_fields, field_names, from_fields, from_json, to_json
from evcharging.domain.access.action import OperatorAction

S = TypeVar("S", bound=Frozen)
T = TypeVar("T")

Job = Callable[[Connection], T]

VERSION = "access"
"""The name of the one number in its table."""


class AccessDatabase:
    """What is asked of people and keys in a ledger's database, and how they change."""

    def __init__(self, database: Database, writer: CommitWriter) -> None:
        self._database = database
        self._writer = writer

    def version(self) -> int:
        wanted = select(ACCESS.versions.c.number).where(ACCESS.versions.c.name == VERSION)
        return self._database.read(lambda connection: connection.scalar(wanted) or 0)

    def note(self, action: OperatorAction) -> None:
        self._change(action, lambda connection: None, is_seen=False)

    def _change(self, action: OperatorAction, job: Job[None], *, is_seen: bool = True) -> None:
        """Make a change and its fact last, or neither. Changes come one after another, whichever Central makes them;
        what `is_seen` makes the version grow."""

        def both(connection: Connection) -> None:
            run = self._writer.claim(connection, [ACCESS_SHARD])
            if _has_lasted(connection, action):
                return
            self._forget_well(connection)
            job(connection)
            if is_seen:
                self._grow(connection)
            commit = Commit(epochs=run, records=[(ACCESS_SHARD, action)])
            self._writer.commit(connection, commit, Rows(commit))

        self._database.clean(both)
        self._database.must_be_there()  # only then may anybody hear of it

    def _use(self, job: Job[T]) -> T:
        """What a job that is no action gives, once that lasts; it is not done again where the answer was lost."""
        found = self._database.clean(job, repeatable=False)
        self._database.must_be_there()
        return found

    def _forget_well(self, connection: Connection) -> None:
        """Let nothing be left in the file of what is deleted or changed."""
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA secure_delete = ON")

    def _grow(self, connection: Connection) -> None:
        number = ACCESS.versions.c.number
        first = _upsert(connection, ACCESS.versions).values(name=VERSION, number=1)
        connection.execute(first.on_conflict_do_update(index_elements=["name"], set_={"number": number + 1}))

    def _all(self, kind: type[S], wanted: Select[Any]) -> list[S]:
        rows = self._database.read(lambda connection: connection.execute(wanted).mappings().all())
        return [as_structure(kind, row) for row in rows]

    def _one(self, kind: type[S], wanted: Select[Any]) -> S | None:
        return next(iter(self._all(kind, wanted)), None)


def done(connection: Connection, statement: Executable) -> None:
    """Run a statement that gives nothing."""
    connection.execute(statement)


def put(connection: Connection, table: Table, value: Frozen) -> None:
    """Keep a structure, in place of the one with its key."""
    row = row_of(value)
    keys = [column.name for column in table.primary_key]
    connection.execute(_upsert(connection, table).values(row).on_conflict_do_update(index_elements=keys, set_=row))


def _upsert(connection: Connection, table: Table) -> Insert:
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def row_of(value: Frozen) -> Row:
    """A structure as a row; enumerations as text, structures inside of it as JSON."""
    inner = {name: to_json(getattr(value, name)).decode() for name in structured(type(value))}
    return {**as_fields(value), **inner}


def as_structure(kind: type[S], row: RowMapping) -> S:
    """The structure of which a row has the fields."""
    inner = {name: from_json(of, row[name].encode()) for name, of in structured(kind).items()}
    return from_fields(kind, {**{name: row[name] for name in field_names(kind)}, **inner})


def _has_lasted(connection: Connection, action: OperatorAction) -> bool:
    """Whether an action is there already; raises Taken where another one has its ID."""
    column = TABLES[OperatorAction].c.action_id
    row = connection.execute(all_of(OperatorAction).where(column == action.action_id)).first()
    if row is None:
        return False
    if as_record(OperatorAction, row[1:]) != action:
        raise taken(action)
    return True
