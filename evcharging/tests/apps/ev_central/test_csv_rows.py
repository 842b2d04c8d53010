"""CSV: what is written is read again as it was, and no spreadsheet computes with it."""

import csv
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evcharging.apps.shell.csv_rows import csv_lines, millionths_cell, moment_cell, text_cell


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=4)))
def test_any_texts_are_read_again_as_they_were_written(rows: list[list[str]]) -> None:
    text = csv_lines(rows).decode()
    assert [*csv.reader(StringIO(text, newline=""))] == rows


def test_lines_end_as_rfc_4180_says_and_a_quote_is_doubled() -> None:
    assert csv_lines([["a", 'b "c"'], ["d,e", "f\ng"]]) == b'a,"b ""c"""\r\n"d,e","f\ng"\r\n'


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_text_that_would_be_a_formula_stands_behind_an_apostrophe(text: str) -> None:
    assert text_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "CP-001", "a=b", "'=1"])
def test_any_other_text_stays_as_it_is(text: str) -> None:
    assert text_cell(text) == text


@given(st.integers(-(2**63), 2**63))
def test_millionths_are_told_exactly(count: int) -> None:
    cell = millionths_cell(count)
    assert Decimal(cell) * 1_000_000 == count
    assert "E" not in cell


def test_moments_are_in_utc_and_what_is_not_known_is_empty() -> None:
    moment = datetime(2026, 10, 1, 1, 30, tzinfo=timezone(timedelta(hours=2)))
    assert moment_cell(moment) == "2026-09-30T23:30:00Z"
    assert moment_cell(datetime(2026, 1, 1, microsecond=5, tzinfo=UTC)) == "2026-01-01T00:00:00.000005Z"
    assert (moment_cell(None), millionths_cell(None), text_cell(None)) == ("", "", "")
