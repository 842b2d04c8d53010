"""A ledger as it stands at one moment, only to be read: others may go on writing. Knows no rule."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, Select
from sqlalchemy.exc import DBAPIError, TimeoutError

from evcharging.adapters.store import StoreUnavailable, StoreUnusable
from evcharging.adapters.store.sql.engine import open_engine, read_url
from evcharging.adapters.store.sql.migrations import HEAD, revision_of
from evcharging.adapters.store.sql.sqlite import read_sqlite
from evcharging.adapters.store.sql.troubles import place, trouble

T = TypeVar("T")
PATIENCE_S = 10.0
ROWS_AT_ONCE = 1000


class Snapshot:
    """One transaction; `rows` may be asked for several times at once."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection.execution_options(stream_results=True, yield_per=ROWS_AT_ONCE)

    def rows(self, wanted: Select[Any]) -> Iterator[Sequence[Any]]:
        """The rows of a selection, read bit by bit."""
        yield from self._connection.execute(wanted)

    def number(self, wanted: Select[Any]) -> int:
        """The one number of a selection; 0 for none."""
        return int(self._connection.scalar(wanted) or 0)


@contextmanager
def snapshot(text: str) -> Iterator[Snapshot]:
    """The ledger at a URL. Raises BadStoreUrl, and StoreUnavailable for what cannot be read."""
    url = read_url(text)
    engine = _file(url) if url.get_backend_name() == "sqlite" else _server(text)
    try:
        with engine.begin() as connection:
            _must_be_current(connection, url)
            yield Snapshot(connection)
    except (DBAPIError, TimeoutError) as error:
        raise trouble(url, error) or StoreUnavailable(f"Cannot read the database {place(url)}: {error}") from error
    finally:
        engine.dispose()


def _must_be_current(connection: Connection, url: URL) -> None:
    revision = revision_of(connection)
    if revision is None:
        raise StoreUnusable(f"There is no ledger in {place(url)}: give the address of one")
    if revision != HEAD:
        raise StoreUnusable(
            f"The ledger {place(url)} is of revision {revision}, this program reads {HEAD}: start Central of this "
            "version on it once, or update this program"
        )


def _file(url: URL) -> Engine:
    file = Path(url.database or "")
    if not file.is_file():
        raise StoreUnusable(f"There is no ledger in {file}: give the path of one")
    return read_sqlite(url, PATIENCE_S)


def _server(text: str) -> Engine:
    engine = open_engine(text, patience_s=PATIENCE_S, unhurried=True)
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def counted_off(rows: Iterable[T], tick: Any) -> Iterator[T]:
    """The same, telling `tick` how many came whenever it is worth it."""
    number = 0
    for row in rows:
        yield row
        number += 1
        if number == ROWS_AT_ONCE:
            tick(number)
            number = 0
    tick(number)
