"""Strategies for whole messages, read off their declared types: whatever the agreement allows may come."""

from datetime import UTC, datetime, timedelta, timezone
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st
from msgspec import Meta

from evcharging.common.messages import ID_PATTERN, LINE_PATTERN, Message
from evcharging.common.utils import Frozen

EDGE = "abcXYZ019"
INNER = EDGE + "._@:-"
LETTERS = st.characters(exclude_categories=("Cc", "Cs"))

zones = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
moments = st.datetimes(timezones=zones)


def ids(longest: int) -> st.SearchStrategy[str]:
    """Ids as the agreement allows them."""
    inner = st.text(INNER, max_size=longest - 2)
    long = st.tuples(st.sampled_from(EDGE), inner, st.sampled_from(EDGE)).map("".join)
    return st.sampled_from(EDGE) | long


def _limited(base: Any, meta: Meta) -> st.SearchStrategy[Any]:
    if base is int:
        return st.integers(_whole(meta.ge), _whole(meta.le))
    if base is float:
        return st.floats(meta.ge if meta.gt is None else meta.gt, meta.le, exclude_min=meta.gt is not None)
    if base is str:
        longest = meta.max_length or 0
        if meta.pattern not in (None, ID_PATTERN, LINE_PATTERN):
            return st.from_regex(meta.pattern.removeprefix("^").removesuffix(r"$(?!\n)"), fullmatch=True)
        return (
            ids(longest)
            if meta.pattern == ID_PATTERN
            else st.text(LETTERS, min_size=meta.min_length or 0, max_size=longest)
        )
    if get_origin(base) is tuple:
        few = st.lists(values(get_args(base)[0]), min_size=meta.min_length or 0, max_size=2)
        return few.map(tuple)
    return values(base)


def _whole(bound: float | None) -> int | None:
    return None if bound is None else int(bound)


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Values of a declared type."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _limited(parts[0], parts[1])
    if origin in (Union, UnionType):
        return st.one_of([values(part) for part in parts])
    if origin is Literal:
        return st.sampled_from(parts)
    if isinstance(hint, type) and issubclass(hint, Frozen):
        return st.builds(hint, **{name: values(part) for name, part in declared(hint).items()})
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    return {NoneType: st.none(), bool: st.booleans(), datetime: moments}[hint]


def declared(kind: type[Frozen]) -> dict[str, Any]:
    """The fields of a structure with their types and limits."""
    return get_type_hints(kind, include_extras=True)


def example(hint: Any) -> Any:
    """One value of a declared type, with all that is optional in it."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Annotated:
        shown = parts[1].examples or ([1] if parts[0] in (int, float) else [])
        value = shown[0] if shown else example(parts[0])
        return tuple(value) if get_origin(parts[0]) is tuple else value
    if origin is tuple:
        return (example(parts[0]),)
    if origin in (Union, UnionType, Literal):
        return example(parts[0]) if origin is not Literal else parts[0]
    if isinstance(hint, type) and issubclass(hint, Frozen):
        return hint(**{name: example(part) for name, part in declared(hint).items()})
    if isinstance(hint, type) and issubclass(hint, Enum):
        return next(iter(hint))
    return {bool: True, str: "a", datetime: datetime(2026, 3, 1, 12, tzinfo=UTC)}[hint]


def any_of(*kinds: type[Message]) -> st.SearchStrategy[Message]:
    """Any message of these kinds."""
    return st.one_of([values(kind) for kind in kinds])
