"""The tables in docs/messages.md, made from topics and JSON Schemas.
`python -m tools.docs.message_docs --check`, or `--write`."""

import sys
from collections.abc import Sequence

from evcharging.common.explained import COMMON, Schema, default_of, names, said_of, schemas, type_of
from evcharging.common.kafka import TOPICS, Topic
from tools.docs.generated_docs import DOCS, keep

PAGE = DOCS / "messages.md"


def topics() -> str:
    """One row for each topic."""
    return _table(("Topic", "Key", "Carries", "May be lost in a crash"), [_topic_row(topic) for topic in TOPICS])


def _topic_row(topic: Topic) -> tuple[str, ...]:
    kinds = ", ".join(_link(kind.__name__) for kind in topic.kinds)
    return f"`{topic.name}`", f"`{topic.key}`", kinds, "yes" if topic.volatile else ""


def messages() -> str:
    """One section for each message, in the order of the topics, and then what they hold."""
    return "\n\n".join(_section(name, schemas()[name]) for name in names())


def _section(name: str, schema: Schema) -> str:
    said = said_of(schema)
    if "enum" in schema:
        return f"### {name}\n\n{said}\n\n{', '.join(f'`{value}`' for value in schema['enum'])}"
    required = schema["required"]
    rows = [
        (f"`{field}`", "yes" if field in required else _default(part), type_of(part, _link))
        for field, part in schema["properties"].items()
        if field not in COMMON
    ]
    return f"### {name}\n\n{said}\n\n{_table(('Field', 'Required', 'What it is'), rows)}"


def _default(part: Schema) -> str:
    default = default_of(part)
    return "no" if default is None else f"else `{default}`"


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
