"""The past as rows of the ledger's tables, made as a store makes them. Knows no database."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from evcharging.adapters.store.sql.rows import Row, as_meter_value, as_row, as_total
from evcharging.common.moments import to_microseconds
from evcharging.domain.meter_value import MeterValue
from evcharging.domain.record import Record
from evcharging.domain.session import Bill
from evcharging.domain.totals import SPANS, Step, Total, begin_of, totals_of

TableRow = tuple[str, Row]
"""The name of a table, and a row of it, in the order of its record's fields."""


class Sums:
    """Adds up bills that come in the order of their ends. What is complete is given away, so that never more is at
    hand than a few spans; energy of a bill flowed within `longest`."""

    def __init__(self, longest: timedelta) -> None:
        self._longest = longest
        self._spans: dict[tuple[Step, datetime], dict[str, tuple[int, int, int]]] = {}

    def add(self, bill: Bill) -> None:
        """Count one more."""
        for total in totals_of(bill):
            sums = self._spans.setdefault((total.step, total.at), {})
            sessions, energy, money = sums.get(total.subject, (0, 0, 0))
            sums[total.subject] = (sessions + total.sessions, energy + total.energy_mwh, money + total.micro_euros)

    def before(self, moment: datetime | None) -> Iterator[Row]:
        """The rows of what no bill that ends from this moment on adds to; all there is, without one."""
        for step, at in [*self._spans]:
            if moment is not None and at + SPANS[step] > moment - self._longest:
                continue
            # One dictionary for each row costs a third of a Total that is taken apart again.
            named, begin = step.value, to_microseconds(at)
            for subject, (sessions, energy, money) in self._spans.pop((step, at)).items():
                yield {
                    "subject": subject,
                    "step": named,
                    "at": begin,
                    "sessions": sessions,
                    "energy_mwh": energy,
                    "micro_euros": money,
                }


def rows_of(records: Iterable[Record], longest: timedelta) -> Iterator[TableRow]:
    """Every record, and every total once it is complete."""
    sums = Sums(longest)
    hour: datetime | None = None
    for record in records:
        if isinstance(record, MeterValue):
            yield "meter_values", as_meter_value(record)
        elif isinstance(record, Total):
            yield "totals", as_total(record)
        else:
            yield record.table, as_row(record)
        if isinstance(record, Bill):
            sums.add(record)
            if hour != (hour := begin_of(Step.HOUR, record.ended_at)):
                yield from (("totals", row) for row in sums.before(hour))
    yield from (("totals", row) for row in sums.before(None))
