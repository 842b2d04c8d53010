"""A folder with a ledger and journals, and the commands that back it up and restore it, for tests."""

from contextlib import closing
from pathlib import Path

from click.testing import Result

from evcharging.adapters.store.journal.journal import JournalStore
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.domain.session import Bill, Session
from evcharging.domain.supply import EngineMemory, Supply
from evcharging.tests.stages.cli_stage import evcharging
from evcharging.tests.stages.store_world import put

LEDGER = "sqlite:///data/central.db"
FILE = "backup.zip"


def write_journal(name: str, *records: Supply | EngineMemory) -> None:
    with closing(JournalStore(Path("data", name))) as store:
        put(store, *records)


def files() -> dict[str, bytes]:
    """What is in `data` and is no lock."""
    return {path.name: path.read_bytes() for path in Path("data").iterdir() if path.suffix != ".lock"}


def backup(*arguments: str) -> Result:
    return evcharging("backup", *arguments)


def restore(*arguments: str) -> Result:
    return evcharging("restore", *arguments)


def answers() -> list[object]:
    with closing(SqlStore(LEDGER)) as ledger, closing(JournalStore("data/engines.journal")) as journal:
        return [ledger.select(Session), ledger.select(Bill), ledger.facts(Bill), journal.select(Supply)]


def use_the_ledger() -> object:
    return SqlStore(LEDGER)


def use_a_journal() -> object:
    return JournalStore("data/engines.journal")
