"""The statements of a commit, in the way that costs each kind of database the least. Know no record and no rule."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import (
    JSON,
    ClauseElement,
    Column,
    ColumnElement,
    Connection,
    Dialect,
    Table,
    Text,
    any_,
    bindparam,
    cast,
    column,
    delete,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite

from evcharging.adapters.store.sql_rows import Row
from evcharging.adapters.store.tables import METADATA, NUMBERED, OUTBOX, POSITIONS, SHARDS, TABLES
from evcharging.common.utils import to_json

Insert = sqlite.Insert | postgresql.Insert
Run = tuple[str, int, int]
"""A shard, its epoch, and the serial that it remembers."""

KEYED = (*TABLES.values(), POSITIONS)
ZERO = b"\\u0000"
NO_ZERO = "\N{REPLACEMENT CHARACTER}"


class Statements(ABC):
    """Made once for an engine, and kept as text: to build one and to look it up costs more than to run it."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._adding = {table: self._text(self._insert(table)) for table in METADATA.sorted_tables}
        self._putting = {table: self._text(_or_update(self._insert(table), table)) for table in KEYED}
        self._remembering = self._text(_or_update(self._insert(SHARDS), SHARDS, only="serial"))
        held = select(SHARDS.c.shard, SHARDS.c.epoch, SHARDS.c.serial).where(self._is_among(SHARDS.c.shard))
        self._holding = self._text(held.order_by(SHARDS.c.shard).with_for_update())
        self._clearing = self._text(delete(OUTBOX).where(self._is_among(OUTBOX.c.number)))

    def hold(self, connection: Connection, shards: Collection[str]) -> Sequence[Run]:
        """What is known of shards, which nobody else can write to until the transaction ends."""
        found = connection.exec_driver_sql(self._holding, {"values": self._list(shards)})
        return [(shard, epoch, serial) for shard, epoch, serial in found]

    def remember(self, connection: Connection, run: Run) -> None:
        """Keep a serial with its shard, whose epoch stays."""
        shard, epoch, serial = run
        self._run(connection, self._remembering, [{"shard": shard, "epoch": epoch, "serial": serial}])

    def add(self, connection: Connection, table: Table, rows: Sequence[Row]) -> None:
        """Add rows; raises IntegrityError where one with the same key is there."""
        self._run(connection, self._adding[table], rows)

    def put(self, connection: Connection, table: Table, rows: Sequence[Row]) -> None:
        """Add rows, each in place of the one with its key; no two of them may have the same."""
        self._run(connection, self._putting[table], rows)

    def clear(self, connection: Connection, numbers: Collection[int]) -> None:
        """Take messages out of the outbox."""
        connection.exec_driver_sql(self._clearing, {"values": self._list(numbers)})

    @abstractmethod
    def post(self, connection: Connection, rows: Sequence[Row]) -> list[int]:
        """Put messages into the outbox; their numbers, in order."""

    @abstractmethod
    def _insert(self, table: Table) -> Insert:
        """Rows into the columns that the database does not fill by itself."""

    @abstractmethod
    def _is_among(self, column: Column[Any]) -> ColumnElement[bool]:
        """Whether a column has one of the `values`."""

    @abstractmethod
    def _list(self, values: Collection[Any]) -> Any: ...

    @abstractmethod
    def _run(self, connection: Connection, text: str, rows: Sequence[Row]) -> Any: ...

    def _text(self, statement: ClauseElement) -> str:
        return str(statement.compile(dialect=self._dialect))


class SqliteStatements(Statements):
    """Run once for each row: nothing travels, and nobody else writes meanwhile."""

    def __init__(self, _: Dialect) -> None:
        super().__init__(sqlite.dialect(paramstyle="named"))

    def post(self, connection: Connection, rows: Sequence[Row]) -> list[int]:
        self.add(connection, OUTBOX, rows)
        last: int = connection.exec_driver_sql("SELECT last_insert_rowid()").scalar_one()
        return list(range(last - len(rows) + 1, last + 1))

    def _insert(self, table: Table) -> Insert:
        return sqlite.insert(table).values({name: bindparam(name) for name in _filled(table)})

    def _is_among(self, column: Column[Any]) -> ColumnElement[bool]:
        return column.in_(select(func.json_each(bindparam("values")).table_valued("value")))

    def _list(self, values: Collection[Any]) -> str:
        return to_json(list(values)).decode()

    def _run(self, connection: Connection, text: str, rows: Sequence[Row]) -> Any:
        return connection.exec_driver_sql(text, list(rows))


class PostgresStatements(Statements):
    """All rows travel as one JSON text, which the server takes apart."""

    def __init__(self, dialect: Dialect) -> None:
        super().__init__(dialect)
        self._posting = self._text(self._insert(OUTBOX).returning(OUTBOX.c.number))

    def post(self, connection: Connection, rows: Sequence[Row]) -> list[int]:
        return sorted(self._run(connection, self._posting, rows).scalars())

    def _insert(self, table: Table) -> Insert:
        names = _filled(table)
        columns = [column(name, table.c[name].type) for name in names]
        given = func.json_to_recordset(cast(bindparam("rows", type_=Text), JSON)).table_valued(*columns)
        return postgresql.insert(table).from_select(names, select(given.render_derived(with_types=True)))

    def _is_among(self, column: Column[Any]) -> ColumnElement[bool]:
        return column == any_(bindparam("values", type_=postgresql.ARRAY(column.type)))

    def _list(self, values: Collection[Any]) -> list[Any]:
        return list(values)

    def _run(self, connection: Connection, text: str, rows: Sequence[Row]) -> Any:
        return connection.exec_driver_sql(text, {"rows": _as_json(rows)})


def _filled(table: Table) -> list[str]:
    return [column.name for column in table.c if column.type is not NUMBERED]


def _or_update(insert: Insert, table: Table, *, only: str | None = None) -> Insert:
    keys = [column.name for column in table.c if column.unique] or [column.name for column in table.primary_key]
    others = [only] if only else [name for name in _filled(table) if name not in keys]
    return insert.on_conflict_do_update(index_elements=keys, set_={name: insert.excluded[name] for name in others})


def _as_json(rows: Sequence[Row]) -> str:
    """Rows as JSON, without U+0000, which PostgreSQL cannot hold."""
    text = to_json(rows)
    if ZERO in text:
        text = to_json([{name: _without_zeros(value) for name, value in row.items()} for row in rows])
    return text.decode()


def _without_zeros(value: object) -> object:
    return value.replace("\0", NO_ZERO) if isinstance(value, str) else value
