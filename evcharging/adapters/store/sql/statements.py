"""The statements of a commit, in the way that costs each kind of database the least. Know no record and no rule."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from functools import cache
from typing import Any, NamedTuple

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
    make_url,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite

from evcharging.adapters.store.sql.columns import NUMBERED
from evcharging.adapters.store.sql.rows import Row
from evcharging.adapters.store.sql.tables import (
    ADDED,
    METADATA,
    METER_VALUES,
    OUTBOX,
    POSITIONS,
    SHARDS,
    TABLES,
    TOTALS,
)
from evcharging.common.utils import to_json

Insert = sqlite.Insert | postgresql.Insert


class ShardRow(NamedTuple):
    """How a shard stands: its epoch, the serial that it remembers, and the hash of its newest fact."""

    shard: str
    epoch: int = 0
    serial: int = 0
    head: str = ""


KEYED = (*TABLES.values(), POSITIONS, METER_VALUES)
VALUES = "values"
ZERO = b"\\u0000"
NO_ZERO = "\N{REPLACEMENT CHARACTER}"


class Write(NamedTuple):
    """A statement's text, and what is given to it."""

    text: str
    given: Any


class Statements(ABC):
    """Made once for a kind of database, and kept as text: to build one and to look it up costs more than to run it."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._adding = {table: self._text(self._insert(table)) for table in METADATA.sorted_tables}
        self._putting = {table: self._text(_or_update(self._insert(table), table)) for table in KEYED}
        self._remembering = self._text(_or_update(self._insert(SHARDS), SHARDS, only=("serial", "head")))
        self._adding_up = self._text(_or_add(self._insert(TOTALS), TOTALS))
        held = select(*(SHARDS.c[name] for name in ShardRow._fields)).where(self._is_given(SHARDS.c.shard))
        self._holding = self._text(held.order_by(SHARDS.c.shard).with_for_update())
        self._clearing = self._text(delete(OUTBOX).where(self._is_given(OUTBOX.c.number)))

    def hold(self, connection: Connection, shards: Collection[str]) -> Sequence[ShardRow]:
        """What is known of shards, which nobody else can write to until the transaction ends."""
        found = connection.exec_driver_sql(self._holding, self._values(shards))
        return [ShardRow(*row) for row in found]

    def remember(self, runs: Sequence[ShardRow]) -> Write:
        """Keep serials and heads with their shards, whose epochs stay."""
        return Write(self._remembering, self._rows(SHARDS, [run._asdict() for run in runs]))

    def add(self, table: Table, rows: Sequence[Row]) -> Write:
        """Add rows; raises IntegrityError where one with the same key is there."""
        return Write(self._adding[table], self._rows(table, rows))

    def put(self, table: Table, rows: Sequence[Row]) -> Write:
        """Add rows, each in place of the one with its key; no two of them may have the same."""
        return Write(self._putting[table], self._rows(table, rows))

    def add_up(self, rows: Sequence[Row]) -> Write:
        """Add to totals; no two rows may be of the same one."""
        return Write(self._adding_up, self._rows(TOTALS, rows))

    def clear(self, numbers: Collection[int]) -> Write:
        """Take messages out of the outbox."""
        return Write(self._clearing, self._values(numbers))

    def copy(self, table: Table, rows: Sequence[Row]) -> Write:
        """Add rows with the numbers that another database gave them."""
        return Write(self._text(self._insert(table, whole=True)), self._rows(table, rows))

    @abstractmethod
    def write(self, connection: Connection, steps: Sequence[Write], posts: Sequence[Row]) -> list[int]:
        """Execute the steps (at most one for each table and kind), insert the outbox rows, and return their ids in
        order."""

    @abstractmethod
    def _insert(self, table: Table, *, whole: bool = False) -> Insert:
        """Rows into a table; into the columns that the database fills by itself only for the `whole` of it."""

    @abstractmethod
    def _rows(self, table: Table, rows: Sequence[Row]) -> Any: ...

    @abstractmethod
    def _is_given(self, column: Column[Any]) -> ColumnElement[bool]:
        """Whether a column has one of the values that are given."""

    @abstractmethod
    def _values(self, values: Collection[Any]) -> dict[str, Any]: ...

    def _text(self, statement: ClauseElement) -> str:
        return str(statement.compile(dialect=self._dialect))


class SqliteStatements(Statements):
    """Each is run once for each row: nothing travels, and nobody else writes meanwhile."""

    def __init__(self) -> None:
        super().__init__(sqlite.dialect(paramstyle="named"))

    def write(self, connection: Connection, steps: Sequence[Write], posts: Sequence[Row]) -> list[int]:
        for text, given in (*steps, self.add(OUTBOX, posts)) if posts else steps:
            connection.exec_driver_sql(text, given)
        if not posts:
            return []
        last: int = connection.exec_driver_sql("SELECT last_insert_rowid()").scalar_one()
        return list(range(last - len(posts) + 1, last + 1))

    def _insert(self, table: Table, *, whole: bool = False) -> Insert:
        return sqlite.insert(table).values({name: bindparam(name) for name in _filled(table, whole=whole)})

    def _rows(self, table: Table, rows: Sequence[Row]) -> list[Row]:
        return list(rows)

    def _is_given(self, column: Column[Any]) -> ColumnElement[bool]:
        return column.in_(select(func.json_each(bindparam(VALUES)).table_valued("value")))

    def _values(self, values: Collection[Any]) -> dict[str, Any]:
        return {VALUES: to_json(list(values)).decode()}


class PostgresStatements(Statements):
    """All of them travel as one, with the rows of each table as one JSON text, which the server takes apart."""

    def __init__(self) -> None:
        super().__init__(make_url("postgresql+psycopg://").get_dialect()())
        self._posting = self._text(self._insert(OUTBOX).returning(OUTBOX.c.number))

    def write(self, connection: Connection, steps: Sequence[Write], posts: Sequence[Row]) -> list[int]:
        if posts:
            steps = [*steps, Write(self._posting, self._rows(OUTBOX, posts))]
        *others, last = steps
        ahead = ", ".join(f"step_{number} AS ({step.text})" for number, step in enumerate(others))
        given = {name: value for step in steps for name, value in step.given.items()}
        found = connection.exec_driver_sql(f"WITH {ahead} {last.text}" if ahead else last.text, given)
        return sorted(found.scalars()) if posts else []

    def _insert(self, table: Table, *, whole: bool = False) -> Insert:
        names = _filled(table, whole=whole)
        columns = [column(name, table.c[name].type) for name in names]
        rows = cast(bindparam(table.name, type_=Text), JSON)
        given = func.json_to_recordset(rows).table_valued(*columns).render_derived(with_types=True)
        return postgresql.insert(table).from_select(names, select(given))

    def _rows(self, table: Table, rows: Sequence[Row]) -> dict[str, Any]:
        return {table.name: _as_json(rows)}

    def _is_given(self, column: Column[Any]) -> ColumnElement[bool]:
        return column == any_(bindparam(VALUES, type_=postgresql.ARRAY(column.type)))

    def _values(self, values: Collection[Any]) -> dict[str, Any]:
        return {VALUES: list(values)}


@cache
def statements_for(name: str) -> Statements:
    """Those of a kind of database, by the name of its dialect."""
    return PostgresStatements() if name == "postgresql" else SqliteStatements()


def _filled(table: Table, *, whole: bool = False) -> list[str]:
    return [column.name for column in table.c if whole or column.type is not NUMBERED]


def _or_update(insert: Insert, table: Table, *, only: Sequence[str] = ()) -> Insert:
    keys = [column.name for column in table.c if column.unique] or [column.name for column in table.primary_key]
    others = only or [name for name in _filled(table) if name not in keys]
    return insert.on_conflict_do_update(index_elements=keys, set_={name: insert.excluded[name] for name in others})


def _or_add(insert: Insert, table: Table) -> Insert:
    keys = [column.name for column in table.primary_key]
    return insert.on_conflict_do_update(
        index_elements=keys, set_={name: table.c[name] + insert.excluded[name] for name in ADDED}
    )


def _as_json(rows: Sequence[Row]) -> str:
    """Rows as JSON, without U+0000, which PostgreSQL cannot hold."""
    text = to_json(rows)
    if ZERO in text:
        text = to_json([{name: _without_zeros(value) for name, value in row.items()} for row in rows])
    return text.decode()


def _without_zeros(value: object) -> object:
    return value.replace("\0", NO_ZERO) if isinstance(value, str) else value
