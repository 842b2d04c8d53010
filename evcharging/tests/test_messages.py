"""Messages are read as the specification shows them, and come back unchanged from JSON that keeps to its schema."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator, FormatChecker

from evcharging.common.kafka import CP_TELEMETRY, DRIVER_REQUESTS, SCHEMAS, TOPIC_OF, TOPICS, Topic
from evcharging.common.messages import CPTelemetry, DriverRequest, DriverUpdate, Message, UpdateStatus
from evcharging.common.messages_link import LinkRefused
from evcharging.common.schema import MESSAGES, Schema
from evcharging.common.utils import changed, to_json
from evcharging.tests.laws.any_message import any_of, values
from evcharging.tests.laws.message_texts import REQUEST, TELEMETRY, read
from evcharging.tests.stages.scenario import T0, law

ANY = any_of(*TOPIC_OF)


def test_the_driver_request_of_the_specification_is_read_as_it_stands() -> None:
    message = read(DRIVER_REQUESTS, REQUEST)
    assert message == DriverRequest(
        ts=datetime(2025, 10, 13, 12, tzinfo=UTC), request_id="req-abc123", driver_id="driver-alice", cp_id="CP-001"
    )


def test_the_telemetry_of_the_specification_is_read_as_it_stands() -> None:
    message = read(CP_TELEMETRY, TELEMETRY)
    assert message == CPTelemetry(
        ts=datetime(2025, 10, 13, 12, 0, 5, tzinfo=UTC),
        cp_id="CP-001",
        kw=22.5,
        euros=3.75,
        driver_id="driver-alice",
        session_id="session-xyz",
    )
    assert type(message.kw) is float
    assert type(message.euros) is float


@pytest.mark.parametrize(("topic", "text"), [(DRIVER_REQUESTS, REQUEST), (CP_TELEMETRY, TELEMETRY)])
def test_the_examples_of_the_specification_keep_to_our_json_schema(topic: Topic, text: bytes) -> None:
    validator_of(topic).validate(json.loads(text))


@pytest.mark.parametrize(("topic", "text"), [(DRIVER_REQUESTS, REQUEST), (CP_TELEMETRY, TELEMETRY)])
def test_what_we_send_keeps_every_field_of_the_example_with_its_value(topic: Topic, text: bytes) -> None:
    sent = json.loads(to_json(read(topic, text)))
    assert sent | json.loads(text) == sent
    assert sent["type"] == topic.kinds[0].__name__


def test_a_driver_hears_five_kinds_of_update() -> None:
    assert [status.value for status in UpdateStatus] == ["ACCEPTED", "IN_PROGRESS", "COMPLETED", "DENIED", "FAILED"]


def test_an_update_carries_figures_not_text() -> None:
    update = DriverUpdate(
        ts=T0,
        request_id="R-1",
        driver_id="d",
        cp_id="CP-1",
        status=UpdateStatus.IN_PROGRESS,
        kw=22.0,
        kwh=0.5,
        euros=1.0,
    )
    sent = json.loads(to_json(update))
    assert (sent["kw"], sent["kwh"], sent["euros"], sent["status"]) == (22.0, 0.5, 1.0, "IN_PROGRESS")


@law
@given(message=ANY)
def test_every_message_comes_back_unchanged_from_its_json(message: Message) -> None:
    assert SCHEMAS[TOPIC_OF[type(message)].name].decode(to_json(message)) == message
    assert Schema(*MESSAGES).decode(to_json(message)) == message


@law
@given(message=values(LinkRefused))
def test_a_refusal_on_a_link_comes_back_unchanged_too(message: LinkRefused) -> None:
    assert Schema(LinkRefused).decode(to_json(message)) == message


@law
@given(message=ANY)
def test_every_message_that_we_send_keeps_to_the_json_schema_of_its_topic(message: Message) -> None:
    validator_of(TOPIC_OF[type(message)]).validate(json.loads(to_json(message)))


@law
@given(message=ANY)
def test_a_message_is_one_line_of_utf8(message: Message) -> None:
    assert b"\n" not in to_json(message)
    to_json(message).decode()


def test_a_message_cannot_be_changed_once_said() -> None:
    message = read(DRIVER_REQUESTS, REQUEST)
    with pytest.raises(AttributeError):
        message.cp_id = "CP-002"
    assert changed(message, cp_id="CP-002").cp_id == "CP-002"
    assert message.cp_id == "CP-001"


VALIDATORS = {
    topic.name: Draft202012Validator(SCHEMAS[topic.name].json_schema(), format_checker=FormatChecker())
    for topic in TOPICS
}


def validator_of(topic: Topic) -> Draft202012Validator:
    return VALIDATORS[topic.name]


@pytest.mark.parametrize("topic", TOPICS, ids=lambda topic: topic.name)
def test_the_json_schema_of_a_topic_is_a_json_schema_with_patterns_that_every_language_reads(topic: Topic) -> None:
    schema = SCHEMAS[topic.name].json_schema()
    Draft202012Validator.check_schema(schema)
    assert "\\\\A" not in json.dumps(schema)
    assert "\\\\Z" not in json.dumps(schema)
