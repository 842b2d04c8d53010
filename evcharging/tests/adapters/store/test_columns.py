"""Columns are derived from the fields of records: a new field needs no table of its own hand."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import ClassVar, Literal

import pytest
from sqlalchemy import BigInteger, Boolean

from evcharging.adapters.store.sql import rows
from evcharging.adapters.store.sql.columns import WORDS, Moment, booleans, columns_of, moments, structured
from evcharging.adapters.store.sql.rows import as_record, as_row
from evcharging.common.utils import Frozen
from evcharging.domain.record import Record

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


class Colour(StrEnum):
    RED = "RED"


class Part(Frozen, frozen=True, kw_only=True):
    name: str
    at: datetime


class Whole(Record, frozen=True, kw_only=True):
    """A record with a field of each kind."""

    key_field: ClassVar[str] = "whole_id"

    whole_id: str
    count: int
    limit: int | None = None
    is_on: bool = False
    colour: Colour = Colour.RED
    level: Literal["info", "error"] = "info"
    at: datetime = NOON
    ended_at: datetime | None = None
    parts: tuple[Part, ...] = ()
    best: Part | None = None


def test_each_field_has_a_column_of_its_type() -> None:
    columns = {column.name: column for column in columns_of(Whole)}
    kinds = {name: type(column.type) for name, column in columns.items()}
    text = type(WORDS)
    assert kinds == {
        "whole_id": text,
        "count": BigInteger,
        "limit": BigInteger,
        "is_on": Boolean,
        "colour": text,
        "level": text,
        "at": Moment,
        "ended_at": Moment,
        "parts": text,
        "best": text,
    }
    assert {name for name, column in columns.items() if column.nullable} == {"limit", "ended_at", "best"}
    assert [name for name, column in columns.items() if column.unique] == ["whole_id"]
    assert (moments(Whole), structured(Whole)) == (("at", "ended_at"), {"parts": tuple[Part, ...], "best": Part | None})


@pytest.mark.parametrize(
    "record",
    [
        Whole(whole_id="w", count=1),
        Whole(
            whole_id="w",
            count=-(2**63),
            limit=0,
            is_on=True,
            ended_at=NOON,
            parts=(Part(name='"\n', at=NOON), Part(name="", at=NOON)),
            best=Part(name="b", at=NOON),
        ),
    ],
)
def test_a_record_with_structures_comes_back_from_its_row(monkeypatch: pytest.MonkeyPatch, record: Whole) -> None:
    monkeypatch.setattr(rows, "MOMENTS", {Whole: moments(Whole)})
    monkeypatch.setattr(rows, "BOOLEANS", {Whole: booleans(Whole)})
    monkeypatch.setattr(rows, "STRUCTURED", {Whole: structured(Whole)})
    row = as_row(record)
    assert {type(value) for value in row.values()} <= {str, int, bool, type(None)}
    assert as_record(Whole, row.values()) == record
