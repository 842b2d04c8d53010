"""Columns in SQL, derived from the fields of records: one type of column for each type of value. Knows no table.

A structure inside of a record (a tuple, a dictionary, another structure) is kept as JSON text."""

from datetime import datetime
from enum import EnumType
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from sqlalchemy import BigInteger, Boolean, Column, Dialect, Integer, Text, TypeDecorator
from sqlalchemy.types import TypeEngine

from evcharging.common.moments import from_microseconds, to_microseconds
from evcharging.common.utils import Frozen, field_names
from evcharging.domain.record import Record


class Moment(TypeDecorator[datetime]):
    """A moment with a time zone, kept as whole microseconds since 1970 UTC. A time zone may put a moment hours outside
    of the years 1 to 9999 that can be read back; it is kept as the first or the last one that can."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else to_microseconds(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else from_microseconds(value)


NUMBERED = BigInteger().with_variant(Integer(), "sqlite")
"""A number that the database gives, never twice; SQLite does so only for this one type of column."""


class WithoutZeros(TypeDecorator[str]):
    """Text for PostgreSQL, which cannot hold U+0000 and orders by language unless told otherwise."""

    impl = Text
    cache_ok = True

    def __init__(self) -> None:
        super().__init__(collation="C")

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return value.replace("\0", "\N{REPLACEMENT CHARACTER}") if value else value


WORDS = Text().with_variant(WithoutZeros(), "postgresql")
"""Text in order of its code points, in every database as in Python."""

PLAIN: tuple[tuple[type, TypeEngine[Any]], ...] = (
    (bool, Boolean()),
    (int, BigInteger()),
    (datetime, Moment()),
    (str, WORDS),
)
"""The types of values that have a column of their own; enumerations are text, and a truth value is no number."""


def columns_of(kind: type[Record]) -> list[Column[Any]]:
    """A column for each field, in the order of their declaration; that of the key is unique."""
    return [_column(name, hint, unique=name == kind.key_field or None) for name, hint in _fields(kind)]


def keyed_columns_of(kind: type[Frozen], *keys: str) -> list[Column[Any]]:
    """The same for what is no record, where some fields are the key."""
    return [_column(name, hint, primary_key=name in keys) for name, hint in _fields(kind)]


def _fields(kind: type[Frozen]) -> list[tuple[str, Any]]:
    hints = get_type_hints(kind)
    return [(name, hints[name]) for name in field_names(kind)]


def _column(name: str, hint: Any, **options: Any) -> Column[Any]:
    return Column(name, _type_of(hint) or WORDS, nullable=_is_optional(hint), **options)


def structured(kind: type[Frozen]) -> dict[str, Any]:
    """The fields whose values are kept as JSON, with their types."""
    hints = get_type_hints(kind)
    return {name: hints[name] for name in field_names(kind) if _type_of(hints[name]) is None}


def moments(kind: type[Record]) -> tuple[str, ...]:
    """The fields that are moments."""
    hints = get_type_hints(kind)
    return tuple(name for name in field_names(kind) if isinstance(_type_of(hints[name]), Moment))


def enumerated(kind: type[Record]) -> tuple[str, ...]:
    """The fields that are enumerations."""
    hints = get_type_hints(kind)
    return tuple(name for name in field_names(kind) if any(isinstance(of, EnumType) for of in _types_of(hints[name])))


def booleans(kind: type[Record]) -> tuple[str, ...]:
    """The fields that are true or false."""
    hints = get_type_hints(kind)
    return tuple(name for name in field_names(kind) if bool in _types_of(hints[name]))


def _type_of(hint: Any) -> TypeEngine[Any] | None:
    for of in _types_of(hint):
        for plain, column in PLAIN:
            if isinstance(of, type) and issubclass(of, plain):
                return column
    return None


def _types_of(hint: Any) -> list[Any]:
    some = _without_none(hint)
    return [type(get_args(of)[0]) if get_origin(of) is Literal else of for of in some]


def _is_optional(hint: Any) -> bool:
    return get_origin(hint) in (Union, UnionType) and NoneType in get_args(hint)


def _without_none(hint: Any) -> list[Any]:
    return [of for of in get_args(hint) if of is not NoneType] if _is_optional(hint) else [hint]
