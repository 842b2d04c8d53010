"""Rows of CSV by RFC 4180, whose texts no spreadsheet takes for a formula. Knows no record."""

import csv
from collections.abc import Iterable, Sequence
from datetime import datetime
from io import StringIO

from evcharging.common.utils import iso

MILLION = 1_000_000
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the begin of a formula, as OWASP lists it."""


def text_cell(text: str | None) -> str:
    """A text as a cell; one that would be a formula stands behind an apostrophe."""
    return f"'{text}" if text and text.startswith(FORMULA) else text or ""


def moment_cell(moment: datetime | None) -> str:
    """A moment in UTC by ISO 8601."""
    return iso(moment) if moment else ""


def millionths_cell(count: int | None) -> str:
    """A whole number of millionths as a decimal number, exactly: mWh as kWh, micro-euro as euros."""
    if count is None:
        return ""
    whole, part = divmod(abs(count), MILLION)
    return f"{'-' if count < 0 else ''}{whole}.{part:06}"


def csv_lines(rows: Iterable[Sequence[str]]) -> bytes:
    """Rows as lines."""
    written = StringIO()
    csv.writer(written, lineterminator="\r\n").writerows(rows)
    return written.getvalue().encode()
