"""The past as rows of the ledger's tables, made as a store makes them. Knows no database."""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from typing import Any

from benchmarks.history.past import Past, Plan
from evcharging.adapters.store.sql.rows import as_values
from evcharging.common.moments import to_microseconds
from evcharging.common.utils import field_names
from evcharging.domain.charging_point import Point
from evcharging.domain.meter_value import MeterValue
from evcharging.domain.record import Record
from evcharging.domain.session import Bill, Request, Session
from evcharging.domain.totals import BILLED, SPANS, Step, Total, begin_of, shares, subjects_of

Values = list[Any]
TableRow = tuple[str, Values]
"""The name of a table, and a row of it, in the order of its record's fields."""

MEASURED: dict[type[Record], str] = {MeterValue: "meter_values", Total: "totals"}

COLUMNS = {
    **{kind.table: field_names(kind) for kind in (Point, Session, Bill, Request)},
    **{table: field_names(kind) for kind, table in MEASURED.items()},
}
"""The columns of each table that is filled; the database numbers the rows."""


class Sums:
    """Adds up bills that come in the order of their ends. What is complete is given away, so that never more is at
    hand than a few spans; energy of a bill flowed within `longest`."""

    def __init__(self, longest: timedelta) -> None:
        self._longest = longest
        self._spans: dict[Step, dict[datetime, dict[str, list[int]]]] = {step: {} for step in BILLED}

    def add(self, bill: Bill) -> None:
        """Count one more, as `totals_of` does, which would make a record of each."""
        subjects = subjects_of(bill)
        for step, spans in self._spans.items():
            shared = shares(bill.energy_mwh, bill.started_at, bill.ended_at, step)
            last = max(shared)
            for at, energy in shared.items():
                if (known := spans.get(at)) is None:
                    known = spans[at] = {}
                for subject in subjects:
                    if (sums := known.get(subject)) is None:
                        sums = known[subject] = [0, 0, 0]
                    sums[1] += energy
                    if at == last:
                        sums[0] += 1
                        sums[2] += bill.micro_euros

    def before(self, moment: datetime | None) -> Iterator[Values]:
        """The rows of what no bill that ends from this moment on adds to; all there is, without one."""
        for step, spans in self._spans.items():
            named, over = step.value, None if moment is None else moment - self._longest - SPANS[step]
            for at in [at for at in spans if over is None or at <= over]:
                begin = to_microseconds(at)
                for subject, sums in spans.pop(at).items():
                    yield [subject, named, begin, *sums]


def rows_of(plan: Plan, tables: Collection[str] = COLUMNS) -> Iterator[TableRow]:
    """Of these tables every record, and every total once it is complete."""
    sums, adds_up = Sums(plan.longest), "totals" in tables
    hour: datetime | None = None
    for record in Past(plan).records():
        table = record.table or MEASURED[type(record)]
        if table in tables:
            yield table, as_values(record)
        if adds_up and isinstance(record, Bill):
            sums.add(record)
            if hour is None or record.ended_at >= hour + SPANS[Step.HOUR]:
                hour = begin_of(Step.HOUR, record.ended_at)
                yield from (("totals", row) for row in sums.before(hour))
    yield from (("totals", row) for row in sums.before(None))
