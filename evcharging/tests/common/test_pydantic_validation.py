"""The specification says that messages are validated by Pydantic: our codec and Pydantic say the same of every text."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from pydantic import TypeAdapter, ValidationError

from evcharging.common.kafka import CP_TELEMETRY, DRIVER_REQUESTS, TOPIC_OF, TOPICS, Topic
from evcharging.common.messages import EndReason, Message
from evcharging.common.utils import BadJson, as_fields, to_json
from evcharging.tests.laws.any_message import any_of, example
from evcharging.tests.laws.message_texts import HOSTILE_IDS, REQUEST, TELEMETRY, read
from evcharging.tests.laws.pydantic_mirror import mirror_of
from evcharging.tests.stages.scenario import law

TOKENS = [
    *["null", "true", "false", "0", "1", "-1", "1.5", "1.0", "-0.0", "1e2", "1e400", "1e308", "9999999999"],
    *["9223372036854775807", "9223372036854775808", "1000", "1000.5", "10000", "10001", "[]", "{}", "[1]", '{"a": 1}'],
    *(json.dumps(text) for text in HOSTILE_IDS),
    *(json.dumps(text) for text in ("CP-1", "a" * 64, "a" * 120, "a" * 121, "a" * 128, "a" * 129, "a" * 501)),
    *(json.dumps(text) for text in ("2025-10-13T12:00:00Z", "2025-10-13T12:00:00", "2025-10-13T12:00:00+05:30")),
    *(json.dumps(text) for text in ("9999-12-31T23:59:59Z", "1970-01-01T00:00:00Z", "2025-02-30T00:00:00Z")),
    *(json.dumps(text) for text in ("2025-10-13 12:00:00Z", "2025-10-13", "1760356805", "2025-10-13T12:00Z")),
    *(json.dumps(text) for text in ("ACTIVATED", "activated", "ACCEPTED", "stop", "STOP", "info", "DriverRequest")),
    *(json.dumps(reason.value) for reason in EndReason),
]

MIRRORS: dict[str, TypeAdapter[Any]] = {topic.name: mirror_of(topic.kinds) for topic in TOPICS}


def verdicts(topic: Topic, text: bytes) -> tuple[bool, bool]:
    """Whether we accept a text, and whether Pydantic does."""
    try:
        read(topic, text)
        ours = True
    except BadJson:
        ours = False
    try:
        MIRRORS[topic.name].validate_json(text)
        theirs = True
    except ValidationError:
        theirs = False
    return ours, theirs


def variants(fields: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """An object with each of its fields, also those of objects within, left out and replaced by each token."""
    for name, value in fields.items():
        others = {other: fields[other] for other in fields if other != name}
        yield others
        for token in TOKENS:
            yield others | {name: json.loads(token)}
        if isinstance(value, dict):
            for variant in variants(value):
                yield others | {name: variant}


@pytest.mark.parametrize("kind", list(TOPIC_OF), ids=lambda kind: kind.__name__)
def test_pydantic_says_the_same_of_every_field_of_every_message(kind: type[Message]) -> None:
    whole = json.loads(to_json(example(kind)))
    topic = TOPIC_OF[kind]
    assert verdicts(topic, json.dumps(whole).encode()) == (True, True)
    for variant in variants(whole):
        ours, theirs = verdicts(topic, json.dumps(variant).encode())
        assert ours is theirs, f"we {'accept' if ours else 'refuse'} {variant}, Pydantic does not"


@law
@given(message=any_of(*TOPIC_OF))
def test_pydantic_accepts_every_message_that_we_send_and_reads_the_same(message: Message) -> None:
    topic = TOPIC_OF[type(message)]
    model = MIRRORS[topic.name].validate_json(to_json(message))
    assert model.model_dump() == as_fields(message)


@pytest.mark.parametrize("text", [b"", b"null", b"[]", b"{}", b"{", REQUEST + b"}", b"[" * 100_000, b"\xff"], ids=repr)
def test_pydantic_refuses_what_is_no_message_too(text: bytes) -> None:
    assert verdicts(DRIVER_REQUESTS, text) == (False, False)


@pytest.mark.parametrize(("topic", "text"), [(DRIVER_REQUESTS, REQUEST), (CP_TELEMETRY, TELEMETRY)])
def test_pydantic_accepts_the_examples_of_the_specification_too(topic: Topic, text: bytes) -> None:
    assert verdicts(topic, text) == (True, True)
