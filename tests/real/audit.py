"""Compares what Central's ledger says with what the engines' journals say. Knows no program."""

import shutil
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from evcharging.adapters.store.journal.file import JournalFile
from evcharging.adapters.store.journal.journal import JournalLine
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.common.utils import from_json
from evcharging.domain.books import Books, Entry
from evcharging.domain.payment import UNSETTLED_VALUES, Payment
from evcharging.domain.session import Bill, Session, SessionStatus
from evcharging.domain.supply import Reading, Supply
from evcharging.tests.stages.postgres import Postgres

GIVEN_BACK = {SessionStatus.COMPLETED, SessionStatus.FAILED}


class Journal:
    """All that a journal has ever said, also while its engines run: supplies by session, registers by point."""

    def __init__(self, path: Path) -> None:
        self.supplies: dict[str, Supply] = {}
        self.registers: dict[str, int] = {}
        with TemporaryDirectory() as folder, closing(JournalFile(Path(shutil.copy(path, folder)))) as copy:
            copy.replay(self._read)

    def _read(self, body: bytes) -> None:
        for kind, run in from_json(JournalLine, body).records:
            if kind == Supply.__name__:
                self.supplies.update((supply.session_id, supply) for supply in from_json(list[Supply], bytes(run)))
            elif kind == Reading.__name__:
                readings = from_json(list[Reading], bytes(run))
                self.registers.update((reading.cp_id, reading.register_mwh) for reading in readings)


class Money(NamedTuple):
    """All payments and bills, and the books."""

    payments: list[Payment]
    bills: list[Bill]
    books: Books


class Audit:
    """One ledger on PostgreSQL, and the journals of all its engines."""

    def __init__(self, postgres: Postgres, database: str, journals: Iterable[Path]) -> None:
        self._postgres = postgres
        self._database = database
        self._journals = list(journals)

    def is_finalised(self) -> bool:
        """Whether no session is open and nothing waits to be sent."""
        opened = (
            "SELECT 1 FROM sessions WHERE status NOT IN ('COMPLETED', 'FAILED', 'SUSPECT') UNION SELECT 1 FROM outbox"
        )
        return not self._postgres.ask(opened, self._database)

    def unsettled(self) -> list[Payment]:
        """The payments of which something is held, or asked of their provider."""
        with closing(SqlStore(self._postgres.url(self._database))) as ledger:
            return ledger.select(Payment, {"state": UNSETTLED_VALUES})

    def money(self) -> Money:
        """What the ledger says of money."""
        with closing(SqlStore(self._postgres.url(self._database))) as ledger:
            return Money(ledger.select(Payment), ledger.select(Bill), Books(ledger.select(Entry)))

    def check(self, told: list[str]) -> int:
        """Fails unless every session has one end, every supply one bill and one ticket among the lines that drivers
        were `told`, and every bill is what the register says, to the mWh; gives how many bills there are."""
        with closing(SqlStore(self._postgres.url(self._database))) as ledger:
            sessions = {session.session_id: session for session in ledger.select(Session)}
            bills = {bill.session_id: bill for bill in ledger.select(Bill)}
        journals = [Journal(path) for path in self._journals]
        supplies = {name: supply for journal in journals for name, supply in journal.supplies.items()}
        assert {session.status for session in sessions.values()} <= GIVEN_BACK
        assert {name: bill.energy_mwh for name, bill in bills.items()} == {
            name: supply.register_stop_mwh - supply.register_start_mwh
            for name, supply in supplies.items()
            if name in sessions and sessions[name].is_finalised
        }
        delivered: Counter[str] = Counter()
        for bill in bills.values():
            delivered[bill.cp_id] += bill.energy_mwh
        registers = {cp_id: mwh for journal in journals for cp_id, mwh in journal.registers.items()}
        assert +delivered == +Counter(registers)
        written = "SELECT key FROM facts WHERE kind = 'Bill'"
        assert Counter(key for (key,) in self._postgres.ask(written, self._database)) == Counter(bills.keys())
        assert Counter(line.split("🎫 ")[1].split(" ")[0] for line in told) == Counter(bills.keys())
        return len(bills)
