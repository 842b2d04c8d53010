"""The history of a ledger that another part of this program keeps, which is read beside it. Knows no rule."""

from datetime import datetime

from evcharging.adapters.store import StoreUnavailable
from evcharging.adapters.store.sql.database import ReaderDatabase
from evcharging.adapters.store.sql.history import SqlHistory


class SqlReader(SqlHistory):
    """`url` and `patience_s` are as for `SqlStore`, which has the same ledger open meanwhile: no lock is taken, nothing
    is looked over, brought up to date or written. Raises as that does."""

    def __init__(self, url: str, *, patience_s: float = 5.0) -> None:
        self._reading = ReaderDatabase(url, patience_s=patience_s)
        super().__init__(self._reading)

    def remove_measured(self, *, values_before: datetime, minutes_before: datetime, limit: int) -> int:
        raise StoreUnavailable("This ledger is open to be read: whoever keeps it removes what is old")

    def close(self) -> None:
        """Let go of file and connections."""
        self._reading.close()
