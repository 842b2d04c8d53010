"""What each message, and each type that one holds, means in words: from their declarations, by way of their JSON
Schemas. Knows no page."""

from collections.abc import Callable
from functools import cache
from typing import Any, Final

from evcharging.common.kafka import TOPIC_OF, TOPICS
from evcharging.common.messages import Message
from evcharging.common.schema import MESSAGES
from evcharging.common.utils import Frozen, json_schema

COMMON: Final = {
    "type": "the message's name",
    "ts": "when it was said, or when what it tells happened; ISO 8601 with a time zone",
    "epoch": "the sender's run: each start of a program begins a new one",
    "seq": "the number of the message in that run",
}
"""What fields of every message mean."""

UNITS: Final = {
    "micro_euros_per_kwh": "millionths of a euro for each kWh",
    "micro_euros_per_hour": "millionths of a euro an hour",
    "micro_euros_per_minute": "millionths of a euro a minute",
    "micro_euros": "millionths of a euro",
    "euros_per_kwh": "euros for each kWh",
    "euro_rate": "euros for each kWh",
    "euros": "euros",
    "vat_permille": "thousandths",
    "milliamperes": "milliamperes on each phase",
    "watts": "watts",
    "minutes": "minutes",
    "mwh": "milliwatt-hours",
    "kwh": "kilowatt-hours",
    "kw_rate": "kilowatts",
    "kw": "kilowatts",
    "w": "watts",
    "ms": "milliseconds",
    "s": "seconds",
}
"""Units, by how the names of fields end; the first that fits."""

ENDLESS: Final = 2**63 - 1
"""A bound that only says what a machine can count."""

Schema = dict[str, Any]
Named = Callable[[str], str]
"""How the name of another type is written."""


class FieldExplained(Frozen, frozen=True, kw_only=True):
    """One field: what it takes, its unit where it has one, and the type that it holds. `default` is what holds without
    it; None where it is required, or nothing holds."""

    name: str
    required: bool
    default: str | None
    what: str
    unit: str | None
    of: str | None


class Explained(Frozen, frozen=True, kw_only=True):
    """A message, or a type that messages hold: `topic` is where it travels, `values` are all that it can be."""

    name: str
    topic: str | None
    said: str
    fields: tuple[FieldExplained, ...]
    values: tuple[str, ...]


@cache
def schemas() -> dict[str, Schema]:
    """The schema of every message, and of every type that a message holds, by name."""
    return {name: schema for kind in MESSAGES for name, schema in _definitions(kind).items()}


def names() -> list[str]:
    """Messages in the order of their topics, then those that travel on none, and then what they hold."""
    alone = [kind for kind in MESSAGES if kind not in TOPIC_OF]
    kinds = [kind.__name__ for topic in TOPICS for kind in topic.kinds] + [kind.__name__ for kind in alone]
    return [*kinds, *(name for name in schemas() if name not in kinds)]


@cache
def explained() -> tuple[Explained, ...]:
    """All of them, in that order."""
    topics = {kind.__name__: topic.name for kind, topic in TOPIC_OF.items()}
    return tuple(_explained(name, schemas()[name], topics.get(name)) for name in names())


def explained_alone(*kinds: type[Frozen]) -> tuple[Explained, ...]:
    """Structures that are no messages, in the same way."""
    return tuple(_explained(kind.__name__, json_schema(kind)["$defs"][kind.__name__], None) for kind in kinds)


def said_of(schema: Schema) -> str:
    """What a type says of itself, in one line."""
    return " ".join(schema["description"].split())


def default_of(part: Schema) -> str | None:
    """What holds without a field."""
    default = part.get("default")
    return None if default is None else str(default).lower()


def type_of(part: Schema, named: Named = str) -> str:
    """What a field takes, in words."""
    if "$ref" in part:
        return named(_name_in(part))
    if "anyOf" in part:
        return " or ".join(type_of(each, named) for each in part["anyOf"] if each != {"type": "null"})
    if "enum" in part:
        return ", ".join(f"`{value}`" for value in part["enum"])
    return _plain(part, named)


def unit_of(field: str, part: Schema) -> str | None:
    """The unit of a number, as its field's name says it."""
    if not _is_number(part):
        return None
    return next((unit for end, unit in UNITS.items() if f"_{field}".endswith(f"_{end}")), None)


def _explained(name: str, schema: Schema, topic: str | None) -> Explained:
    fields = schema.get("properties", {})
    return Explained(
        name=name,
        topic=topic,
        said=_bare(said_of(schema)),
        fields=tuple(_field(field, part, field in schema["required"]) for field, part in fields.items()),
        values=tuple(schema.get("enum", ())),
    )


def _field(name: str, part: Schema, required: bool) -> FieldExplained:
    return FieldExplained(
        name=name,
        required=required,
        default=None if required else default_of(part),
        what=COMMON.get(name) or _bare(type_of(part)),
        unit=unit_of(name, part),
        of=_held(part),
    )


def _bare(text: str) -> str:
    """Without the marks of a page's code."""
    return text.replace("`", "")


def _held(part: Schema) -> str | None:
    """The type that a field holds, itself or in a list."""
    if "$ref" in part:
        return _name_in(part)
    inner = [*part.get("anyOf", ()), *([part["items"]] if "items" in part else [])]
    return next((name for name in map(_held, inner) if name is not None), None)


def _name_in(part: Schema) -> str:
    return str(part["$ref"]).rpartition("/")[2]


def _is_number(part: Schema) -> bool:
    return part.get("type") in ("integer", "number") or any(_is_number(each) for each in part.get("anyOf", ()))


def _definitions(kind: type[Message]) -> dict[str, Schema]:
    definitions: dict[str, Schema] = json_schema(kind)["$defs"]
    return definitions


def _plain(part: Schema, named: Named) -> str:
    match part["type"]:
        case "string":
            return _text(part)
        case "boolean":
            return "true or false"
        case "array":
            least = part.get("minItems", 0)
            return f"list of {least} to {part['maxItems']:,} {type_of(part['items'], named)}"
        case "integer":
            return f"whole number, {_range(part)}"
        case kind:
            return f"{kind}, {_range(part)}"


def _text(part: Schema) -> str:
    said: str = part.get("description", "One line")
    most = part.get("maxLength")
    is_told = most is None or str(most) in said
    return said if is_told else f"{said}, at most {most} characters"


def _range(part: Schema) -> str:
    if "minimum" not in part and "exclusiveMinimum" not in part:
        return "of any size"
    least = f"above {part['exclusiveMinimum']}" if "exclusiveMinimum" in part else str(part["minimum"])
    most = part["maximum"]
    return f"{least} or more" if most >= ENDLESS else f"{least} to {most:,}"
