"""How everything stands that must not change: each row of the ledger, and what is shown of points. Knows no attack."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import MetaData, NullPool, create_engine, select

from evcharging.common.utils import Frozen
from tests.real.breakin.place import Place

OWN_BOOKS = {"positions", "outbox", "shards", "sqlite_sequence", "access_versions", "alembic_version"}
"""What Central notes of its own work, such as how far it has read."""

NUMBERS = {"seen_at", "last_used_at", "born", "fact_id", "hash"}
"""When somebody was here, who may be; and numbers and hashes, which go on with the refusals that are kept."""

SHOWN = ("state", "session", "stopped", "limit", "reason", "plugged", "euros_per_kwh")

Row = tuple[tuple[str, Any], ...]


class Standing(Frozen, frozen=True, kw_only=True):
    """`rows` by table; `refusals`: how many actions are kept that were refused."""

    rows: dict[str, frozenset[Row]]
    shown: str
    refusals: int

    def differences(self, after: "Standing") -> list[str]:
        """What another one has otherwise, in sentences."""
        found = [
            f"{table}: {sign} {dict(row)}"[:400]
            for table in sorted({*self.rows, *after.rows})
            for sign, rows in (
                ("gone", self.rows.get(table, frozenset()) - after.rows.get(table, frozenset())),
                ("new", after.rows.get(table, frozenset()) - self.rows.get(table, frozenset())),
            )
            for row in rows
        ]
        return found if self.shown == after.shown else [*found, f"points: {self.shown} became {after.shown}"[:800]]


def rows_of(ledger: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """All rows of a ledger, with the names of their tables."""
    engine = create_engine(f"sqlite:///file:{ledger}?mode=ro&uri=true", poolclass=NullPool)
    tables = MetaData()
    with engine.connect() as connection:
        tables.reflect(connection)
        for table in tables.sorted_tables:
            for row in connection.execute(select(table)).mappings():
                yield table.name, dict(row)


def is_counted(ledger: Path) -> bool:
    """Whether every bill is counted in its minute, which follows a moment later."""
    bills = counted = 0
    for table, row in rows_of(ledger):
        bills += table == "tickets"
        if table == "totals" and (row["step"], row["subject"]) == ("minute", "all"):
            counted += row["sessions"]
    return bills == counted


def standing(place: Place) -> Standing:
    """How all stands now."""
    rows: dict[str, set[Row]] = {}
    refusals = 0
    for table, row in rows_of(place.ledger):
        if table in OWN_BOOKS:
            continue
        if table == "actions" and row["refusal"] is not None:
            refusals += 1
        elif not (table == "facts" and _is_refusal(row)):
            # An engine that is asked once more how it is says the same with its next number.
            left_out = NUMBERS | ({"seq"} if table == "statuses" else set())
            kept = {name: value for name, value in row.items() if name not in left_out}
            rows.setdefault(table, set()).add(tuple(sorted(kept.items())))
    points = sorted(place.owner.ask("GET", "/cp"), key=lambda point: str(point["cp_id"]))
    shown = [[point["cp_id"], *(point[name] for name in SHOWN)] for point in points]
    return Standing(
        rows={table: frozenset(found) for table, found in rows.items()}, shown=json.dumps(shown), refusals=refusals
    )


def _is_refusal(fact: dict[str, Any]) -> bool:
    return fact["kind"] == "OperatorAction" and json.loads(fact["body"]).get("refusal") is not None
