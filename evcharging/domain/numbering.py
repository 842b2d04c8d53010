"""Numbers of receipts and credit notes: one after another in each shard and year, without gaps. Knows no store or
clock."""

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from evcharging.common.moments import in_utc
from evcharging.common.utils import changed
from evcharging.domain.record import Record

CREDIT = "C"
"""What the numbers of credit notes begin with."""

DIGITS = 6


class ReceiptSeries(Record, frozen=True, kw_only=True):
    """How many numbers a shard has given of a series, such as `2026-3`; kept in the commit of what bears the last."""

    key_field: ClassVar[str] = "series"
    table: ClassVar[str] = "receipt_series"
    is_fact: ClassVar[bool] = False

    series: str
    shard: str
    last: int = 0

    @property
    def number(self) -> str:
        """The last number."""
        return f"{self.series}-{self.last:0{DIGITS}}"


def series_of(shard: str, at: datetime, prefix: str = "") -> str:
    """The series of a shard in the year of a moment, in UTC."""
    return f"{prefix}{in_utc(at).year:04}-{shard}"


def read_number(number: str) -> tuple[str, int]:
    """The series of a number, and which one of it it is; raises ValueError."""
    series, _, count = number.rpartition("-")
    if not series or len(count) < DIGITS or not (count.isascii() and count.isdigit()):
        raise ValueError(f"{number!r} is no number of a receipt")
    return series, int(count)


class Numbers:
    """The numbers of one shard, given one after another."""

    def __init__(self, shard: str, given: Iterable[ReceiptSeries] = ()) -> None:
        self._shard = shard
        self._last = {each.series: each for each in given}

    def next(self, at: datetime, prefix: str = "") -> ReceiptSeries:
        """The series as it is with one number more, which is to be kept with what bears it."""
        series = series_of(self._shard, at, prefix)
        known = self._last.get(series) or ReceiptSeries(series=series, shard=self._shard)
        self._last[series] = changed(known, last=known.last + 1)
        return self._last[series]
