"""Frozen structures, their JSON, and UTC moments. Knows no word of the domain."""

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, TypeVar, dataclass_transform

import msgspec

T = TypeVar("T")

Raw = msgspec.Raw
"""A piece of JSON that is carried and not read."""


class BadJson(ValueError):
    """The text is not the JSON that was expected."""


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Frozen(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A value that never changes once made; validated where it is decoded, cheap where it is built.
    It holds only other such values, so there are no cycles for the garbage collector to look for."""


F = TypeVar("F", bound=Frozen)

_ENCODER = msgspec.json.Encoder()


def to_json(value: object) -> bytes:
    """Compact JSON, UTF-8, keys in declaration order; moments as ISO 8601 with Z."""
    return _ENCODER.encode(value)


def json_decoder(kind: Any) -> Callable[[bytes], Any]:
    """A reader of JSON into `kind` (a type or a union of tagged types); it raises BadJson in one sentence."""
    decode = msgspec.json.Decoder(kind).decode

    def read(text: bytes) -> Any:
        try:
            return decode(text)
        except RecursionError:
            raise BadJson("JSON is nested too deeply") from None
        except (ValueError, msgspec.MsgspecError) as error:
            raise BadJson(_sentence(str(error))) from None

    return read


class Pairs(list[tuple[str, Any]]):
    """A JSON object as it was written: its keys and values in their order, a key that comes twice included."""


def json_pairs(text: bytes) -> Any:
    """JSON with every object as `Pairs`, and None for every number; raises BadJson. It is more lenient than
    `json_decoder`, and much slower."""
    try:
        return json.loads(text, object_pairs_hook=Pairs, parse_int=_none, parse_float=_none, parse_constant=_none)
    except (ValueError, RecursionError) as error:
        raise BadJson(_sentence(str(error))) from None


def _none(_: str) -> None:
    return None


def refuse_doubled_keys(text: bytes) -> None:
    """Raises BadJson where an object has a key twice: which of the two is meant, nobody knows."""
    try:
        json.loads(text, object_pairs_hook=_each_once, parse_int=str, parse_float=str, parse_constant=str)
    except RecursionError:
        raise BadJson("JSON is nested too deeply") from None
    except ValueError as error:
        raise BadJson(_sentence(str(error))) from None


def _each_once(pairs: list[tuple[str, Any]]) -> None:
    if len(keys := [key for key, _ in pairs]) != len(set(keys)):
        doubled = next(key for key in keys if keys.count(key) > 1)
        raise BadJson(f"JSON has the key `{doubled}` twice")


def _sentence(text: str) -> str:
    """What is wrong, in one line of at most 200 letters, whatever it quotes."""
    if len(text) > 200:
        text = f"{text[:99]} … {text[-98:]}"
    return "".join(letter if letter.isprintable() else " " for letter in text)


def from_json(kind: type[T], text: bytes) -> T:
    """One JSON text as `kind`; raises BadJson naming the field that is wrong."""
    value: T = json_decoder(kind)(text)
    return value


def json_schema(kind: Any) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a type."""
    schema: dict[str, Any] = msgspec.json.schema(kind)
    return schema


def named_schemas(kinds: Iterable[Any], reference: str) -> tuple[tuple[dict[str, Any], ...], dict[str, Any]]:
    """The JSON Schemas of types, and those of all structures in them by name; `reference` is where a `{name}` is."""
    return msgspec.json.schema_components(kinds, ref_template=reference)


def shown(example: object, description: str | None = None) -> Any:
    """Says of a field what may stand in it, and what that means: `Annotated[str, shown("CP-001")]`."""
    return msgspec.Meta(examples=[example], description=description)


def bounded(example: str, *, longest: int, shortest: int = 1, pattern: str | None = None) -> Any:
    """Says of a text how long it may be, and what may stand in it."""
    return msgspec.Meta(min_length=shortest, max_length=longest, pattern=pattern, examples=[example])


def within(least: float, most: float, example: float) -> Any:
    """Says of a number from where to where it may be, both included."""
    return msgspec.Meta(ge=least, le=most, examples=[example])


def at_most(count: int) -> Any:
    """Says of a list how many it may have."""
    return msgspec.Meta(max_length=count)


def field_names(kind: type[Frozen]) -> tuple[str, ...]:
    """The names of a structure's fields, in declaration order."""
    return kind.__struct_fields__


def field_values(value: Frozen) -> tuple[Any, ...]:
    """The values of a structure's fields, as they are, in declaration order."""
    return msgspec.structs.astuple(value)


def as_fields(value: Frozen) -> dict[str, Any]:
    """A structure as a flat dictionary of plain values: enumerations as text, nested structures as dictionaries."""
    fields: dict[str, Any] = msgspec.to_builtins(value, builtin_types=(datetime,))
    return fields


def without_defaults(value: Any) -> Any:
    """A structure, with those inside of it, as the fields that are not as it has them by default; `from_json` reads
    their JSON as the same value. Any other value is as it was."""
    if isinstance(value, tuple):
        return [without_defaults(each) for each in value]
    if not isinstance(value, Frozen):
        return value
    names, defaults = value.__struct_fields__, value.__struct_defaults__
    needed = len(names) - len(defaults)
    fields = {name: without_defaults(getattr(value, name)) for name in names[:needed]}
    for name, default in zip(names[needed:], defaults, strict=True):
        said = getattr(value, name)
        if said != default:
            fields[name] = without_defaults(said)
    return fields


def from_fields(kind: type[T], fields: dict[str, Any]) -> T:
    """The inverse of `as_fields`; raises BadJson where a value does not fit."""
    try:
        return msgspec.convert(fields, kind, builtin_types=(datetime,))
    except msgspec.ValidationError as error:
        raise BadJson(_sentence(str(error))) from None


def of_json(kind: type[T], value: Any) -> T:
    """What `json.loads` has read as `kind`; raises BadJson naming the field that is wrong."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise BadJson(_sentence(str(error))) from None


def changed(value: F, **fields: object) -> F:
    """A copy of a frozen structure with some fields changed."""
    return msgspec.structs.replace(value, **fields)


def numbered(prefix: str, count: int) -> list[str]:
    """As many names: the prefix and a number from 1, of three digits or as many more as it needs. The name of a number
    is the same whatever the count."""
    return [f"{prefix}{number:03}" for number in range(1, count + 1)]


def counted(count: int, noun: str) -> str:
    """`1 point`, `2 points`."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


def iso(moment: datetime) -> str:
    """A moment as ISO 8601 with Z, in microseconds only where there are any; one that has no year in UTC keeps its own
    time zone."""
    return utc(moment).isoformat().replace("+00:00", "Z")


def utc(moment: datetime) -> datetime:
    """The same moment in UTC, or as it is where it has no year there."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return moment
