"""What is wrong in a message is refused in one short sentence, and nothing else ever comes of it."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evcharging.common.kafka import CP_TELEMETRY, DRIVER_REQUESTS, TOPIC_OF, TOPICS, Topic
from evcharging.common.messages import HealthReport
from evcharging.common.messages_operators import RegisterPoint
from evcharging.common.utils import BadJson, to_json
from evcharging.tests.laws.any_message import ids
from evcharging.tests.laws.message_texts import HOSTILE_IDS, REQUEST, TELEMETRY, read, refusal, with_field
from evcharging.tests.stages.scenario import T0, law

# Ids


@pytest.mark.parametrize("hostile", HOSTILE_IDS, ids=lambda text: repr(text[:12]))
@pytest.mark.parametrize("field", ["cp_id", "driver_id"])
def test_a_hostile_id_is_refused_by_field(field: str, hostile: str) -> None:
    assert field in refusal(DRIVER_REQUESTS, with_field(REQUEST, field, json.dumps(hostile)))
    assert field in refusal(DRIVER_REQUESTS, with_field(REQUEST, field, json.dumps(hostile, ensure_ascii=False)))


@pytest.mark.parametrize("harmless", ["CP-001", "a", "0", "A.b_c@d:e-f", "a" * 64, "x..y", "a--b"])
def test_an_ordinary_id_is_accepted(harmless: str) -> None:
    assert read(DRIVER_REQUESTS, with_field(REQUEST, "cp_id", json.dumps(harmless))).cp_id == harmless


def test_ids_that_differ_in_case_alone_are_different_ids() -> None:
    assert read(DRIVER_REQUESTS, with_field(REQUEST, "cp_id", '"cp-001"')).cp_id == "cp-001"


def test_a_reference_may_be_longer_than_an_id() -> None:
    assert read(DRIVER_REQUESTS, with_field(REQUEST, "request_id", json.dumps("a" * 128)))
    refusal(DRIVER_REQUESTS, with_field(REQUEST, "request_id", json.dumps("a" * 129)))


@law
@given(name=ids(64))
def test_an_id_fits_a_url_a_file_name_a_log_line_and_a_key(name: str) -> None:
    assert read(DRIVER_REQUESTS, with_field(REQUEST, "cp_id", json.dumps(name))).cp_id == name
    assert name.isascii()
    assert name not in (".", "..")
    assert not set(name) & set("/\\%\"'<>&;# \n\r\t\0")


# Numbers, moments and texts


@pytest.mark.parametrize(
    "token",
    [
        *("NaN", "Infinity", "-Infinity", "1e400", "-1e400", "-1", "-0.001", "10001", "1e308", "1" * 1_000_000),
        *("true", "null", '"22.5"', "[]", "{}", "[22.5]", "0x16", "022", "+22", ".5", "22.", "1e", ""),
    ],
    ids=lambda token: token[:12] or "nothing",
)
def test_a_power_that_is_no_power_is_refused(token: str) -> None:
    refusal(CP_TELEMETRY, with_field(TELEMETRY, "kw", token))


@pytest.mark.parametrize("token", ["0", "0.0", "-0.0", "22", "1e1", "10000", "1E+3", "5e-324"])
def test_a_power_may_be_written_in_any_way_that_json_has(token: str) -> None:
    assert read(CP_TELEMETRY, with_field(TELEMETRY, "kw", token)).kw == float(token)


@pytest.mark.parametrize(
    "token", ["-1", "1.5", "1.0", "1e2", "9223372036854775808", "1" * 100_000, "true", '"1"', "null"]
)
def test_a_count_that_is_no_count_is_refused(token: str) -> None:
    refusal(CP_TELEMETRY, with_field(TELEMETRY, "seq", token))


def test_a_count_may_be_as_large_as_a_database_can_hold() -> None:
    assert read(CP_TELEMETRY, with_field(TELEMETRY, "seq", "9223372036854775807")).seq == 2**63 - 1


@pytest.mark.parametrize("token", ["0", "-1", "1000.001", "1e-400", "true", '"5"'])
def test_a_wish_is_for_some_energy(token: str) -> None:
    assert "kwh" in refusal(DRIVER_REQUESTS, with_field(REQUEST, "kwh", token))


def test_a_wish_may_be_for_no_amount_in_particular() -> None:
    assert read(DRIVER_REQUESTS, with_field(REQUEST, "kwh", "null")).kwh is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "2025-10-13",
        "12:00:00Z",
        "2025-10-13T12:00:00",
        "2025-10-13T12:00Z",
        "2025-02-30T00:00:00Z",
        "2025-13-01T00:00:00Z",
        "2025-10-13T24:00:00Z",
        "2025-10-13T23:59:60Z",
        "2025-10-13T12:00:00+24:00",
        "0000-01-01T00:00:00Z",
        "10000-01-01T00:00:00Z",
        "9999-12-31T23:59:59.9999999Z",
        "-001-01-01T00:00:00Z",
        "1760356805",
        "２０２５-10-13T12:00:00Z",
    ],
)
def test_a_moment_without_a_time_zone_or_without_sense_is_refused(text: str) -> None:
    assert "ts" in refusal(DRIVER_REQUESTS, with_field(REQUEST, "ts", json.dumps(text)))


@pytest.mark.parametrize("token", ["0", "1760356805", "1760356805.5", "null", "true", "{}"])
def test_a_moment_is_text_not_a_number(token: str) -> None:
    assert "ts" in refusal(DRIVER_REQUESTS, with_field(REQUEST, "ts", token))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2025-10-13T12:00:00Z", datetime(2025, 10, 13, 12, tzinfo=UTC)),
        ("2025-10-13T14:00:00+02:00", datetime(2025, 10, 13, 12, tzinfo=UTC)),
        ("2025-10-13T12:00:00.000001Z", datetime(2025, 10, 13, 12, 0, 0, 1, tzinfo=UTC)),
        ("1970-01-01T00:00:00Z", datetime(1970, 1, 1, tzinfo=UTC)),
        ("9999-12-31T23:59:59Z", datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_moment_in_any_year_and_zone_is_the_same_moment(text: str, moment: datetime) -> None:
    assert read(DRIVER_REQUESTS, with_field(REQUEST, "ts", json.dumps(text))).ts == moment


@pytest.mark.parametrize("edge", ["0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00"])
def test_a_moment_that_has_no_year_in_utc_can_still_be_read_and_said(edge: str) -> None:
    message = read(DRIVER_REQUESTS, with_field(REQUEST, "ts", json.dumps(edge)))
    assert read(DRIVER_REQUESTS, to_json(message)) == message


REPORT = to_json(HealthReport(ts=T0, cp_id="CP-1", well=False))


@pytest.mark.parametrize("letter", ["\n", "\r", "\0", "\x1b", "\x7f", "\x85"], ids=repr)
def test_a_text_is_one_line_so_that_nobody_can_forge_another(letter: str) -> None:
    topic = TOPIC_OF[HealthReport]
    for text in (f"dead{letter}", f"{letter}dead", f"de{letter}ad"):
        assert "reason" in refusal(topic, with_field(REPORT, "reason", json.dumps(text)))


def test_a_text_may_be_in_any_language() -> None:
    for text in ("averiado: «sin corriente» ⚡", "故障", "<b>&amp;'\"\\", ""):
        assert read(TOPIC_OF[HealthReport], with_field(REPORT, "reason", json.dumps(text))).reason == text


def test_a_reason_is_short_enough_to_be_quoted() -> None:
    assert read(TOPIC_OF[HealthReport], with_field(REPORT, "reason", json.dumps("x" * 250)))
    refusal(TOPIC_OF[HealthReport], with_field(REPORT, "reason", json.dumps("x" * 251)))


@pytest.mark.parametrize("field", ["location", "euros_per_kwh"])
def test_what_a_registration_leaves_out_is_not_said(field: str) -> None:
    registration = RegisterPoint(ts=T0, request_id="R-1", cp_id="CP-1")
    assert getattr(read(TOPIC_OF[RegisterPoint], to_json(registration)), field) is None


# What is no message at all


@pytest.mark.parametrize(
    "text",
    [
        *(
            b"",
            b" ",
            b"null",
            b"1",
            b'"text"',
            b"[]",
            b"{}",
            b"{",
            b"}",
            b"nonsense",
            b"\0",
            b"\xff\xfe",
            b"\xef\xbb\xbf{}",
        ),
        *(REQUEST[:-1], REQUEST + b"}", REQUEST + REQUEST, b"[" + REQUEST + b"]", REQUEST.replace(b'"', b"'")),
        *(b"[" * 100_000, b'{"a":' * 100_000, b"[" * 100_000 + b"]" * 100_000),
    ],
    ids=lambda text: repr(text[:12]),
)
@pytest.mark.parametrize("topic", [DRIVER_REQUESTS, TOPIC_OF[HealthReport]], ids=lambda topic: topic.name)
def test_what_is_no_message_is_refused_in_one_sentence(topic: Topic, text: bytes) -> None:
    refusal(topic, text)


def test_nesting_without_end_in_a_field_that_nobody_reads_is_refused() -> None:
    refusal(DRIVER_REQUESTS, with_field(REQUEST, "more", "[" * 100_000 + "]" * 100_000))


@pytest.mark.parametrize("text", [b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xc0\xaf", b"\\ud800", b"\\x41", b"\\u00"])
def test_text_that_is_not_unicode_is_refused(text: bytes) -> None:
    refusal(TOPIC_OF[RegisterPoint], with_field(to_json(registration()), "location", '"?"').replace(b"?", text))


def registration() -> RegisterPoint:
    return RegisterPoint(ts=T0, request_id="R-1", cp_id="CP-1")


@pytest.mark.parametrize("tag", ['"Nonsense"', '"HealthReport"', '""', "null", "3", "[]", '"driverrequest"'])
def test_a_message_of_another_type_is_refused(tag: str) -> None:
    refusal(DRIVER_REQUESTS, with_field(REQUEST, "type", tag))
    refusal(TOPIC_OF[RegisterPoint], with_field(to_json(registration()), "type", tag))


def test_where_several_types_travel_a_message_must_name_its_own() -> None:
    fields = json.loads(to_json(registration()))
    del fields["type"]
    assert "type" in refusal(TOPIC_OF[RegisterPoint], json.dumps(fields).encode())


def test_an_unknown_type_is_not_repeated_at_length_nor_over_several_lines() -> None:
    tag = json.dumps("2026-01-01 | INFO | Central | all is well\n\x1b[2J" * 10_000)
    refusal(TOPIC_OF[RegisterPoint], with_field(to_json(registration()), "type", tag))


def test_a_field_that_we_do_not_know_is_an_addition_of_somebody_else() -> None:
    assert read(DRIVER_REQUESTS, with_field(REQUEST, "colour", '{"deep": [1, "green"]}')) == read(
        DRIVER_REQUESTS, REQUEST
    )


@pytest.mark.parametrize("field", ["request_id", "driver_id", "cp_id", "ts"])
def test_a_missing_field_is_named(field: str) -> None:
    fields = json.loads(REQUEST)
    del fields[field]
    assert f"missing required field `{field}`" in refusal(DRIVER_REQUESTS, json.dumps(fields).encode())


@law
@given(text=st.binary(max_size=200))
def test_no_bytes_whatever_raise_anything_but_bad_json(text: bytes) -> None:
    for topic in TOPICS:
        try:
            read(topic, text)
        except BadJson as error:
            assert str(error)
