"""The tables in docs/messages.md, made from topics and JSON Schemas.
`python -m tools.docs.message_docs --check`, or `--write`."""

import sys
from collections.abc import Sequence
from typing import Any

from evcharging.common.kafka import TOPIC_OF, TOPICS, Topic
from evcharging.common.messages import Message
from evcharging.common.schema import MESSAGES
from evcharging.common.utils import json_schema
from tools.docs.generated_docs import DOCS, keep

PAGE = DOCS / "messages.md"
COMMON = ("type", "ts", "epoch", "seq")
"""Fields of every message, which the page describes once."""

ENDLESS = 2**63 - 1
"""A bound that only says what a machine can count."""

Schema = dict[str, Any]
Schemas = dict[str, Schema]


def topics() -> str:
    """One row for each topic."""
    return _table(("Topic", "Key", "Carries", "May be lost in a crash"), [_topic_row(topic) for topic in TOPICS])


def _topic_row(topic: Topic) -> tuple[str, ...]:
    kinds = ", ".join(_link(kind.__name__) for kind in topic.kinds)
    return f"`{topic.name}`", f"`{topic.key}`", kinds, "yes" if topic.volatile else ""


def messages() -> str:
    """One section for each message, in the order of the topics, and then what they hold."""
    schemas = _schemas()
    alone = [kind for kind in MESSAGES if kind not in TOPIC_OF]
    kinds = [kind.__name__ for topic in TOPICS for kind in topic.kinds] + [kind.__name__ for kind in alone]
    held = [name for name in schemas if name not in kinds]
    return "\n\n".join(_section(name, schemas[name]) for name in [*kinds, *held])


def _schemas() -> Schemas:
    """The schema of every message, and of every type that a message holds, by name."""
    return {name: schema for kind in MESSAGES for name, schema in _definitions(kind).items()}


def _definitions(kind: type[Message]) -> Schemas:
    definitions: Schemas = json_schema(kind)["$defs"]
    return definitions


def _section(name: str, schema: Schema) -> str:
    said = " ".join(schema["description"].split())
    if "enum" in schema:
        return f"### {name}\n\n{said}\n\n{', '.join(f'`{value}`' for value in schema['enum'])}"
    required = schema["required"]
    rows = [
        (f"`{field}`", "yes" if field in required else _default(part), _type(part))
        for field, part in schema["properties"].items()
        if field not in COMMON
    ]
    return f"### {name}\n\n{said}\n\n{_table(('Field', 'Required', 'What it is'), rows)}"


def _default(part: Schema) -> str:
    default = part.get("default")
    return "no" if default is None else f"else `{default}`".lower()


def _type(part: Schema) -> str:
    if "$ref" in part:
        return _link(part["$ref"].rpartition("/")[2])
    if "anyOf" in part:
        return " or ".join(_type(each) for each in part["anyOf"] if each != {"type": "null"})
    if "enum" in part:
        return ", ".join(f"`{value}`" for value in part["enum"])
    return _plain(part)


def _plain(part: Schema) -> str:
    match part["type"]:
        case "string":
            return _text(part)
        case "boolean":
            return "true or false"
        case "array":
            least = part.get("minItems", 0)
            return f"list of {least} to {part['maxItems']:,} {_type(part['items'])}"
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
    least = f"above {part['exclusiveMinimum']}" if "exclusiveMinimum" in part else str(part["minimum"])
    most = part["maximum"]
    return f"{least} or more" if most >= ENDLESS else f"{least} to {most:,}"


def _link(name: str) -> str:
    return f"[{name}](#{name.lower()})"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(cells)} |".replace("|  |", "| |") for cells in (head, *rows)]
    return "\n".join([lines[0], "|" + "---|" * len(head), *lines[1:]])


def blocks() -> dict[str, str]:
    """What the page is to say."""
    return {"topics": topics(), "messages": messages()}


if __name__ == "__main__":
    keep(PAGE, blocks, sys.argv[1:])
