"""Log lines: the specified format, one line each, and a program that outlives its log."""

import io
import json
import logging
import os
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evcharging.apps.shell.logs import configure, one_line, speaker
from evcharging.common.messages import DriverRequest
from evcharging.common.messages_view import NoticeShown

NOON = datetime(2025, 10, 13, 12, 0, 5, 999_999, tzinfo=UTC)
LINE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \| (DEBUG|INFO|WARNING|ERROR) \| \S+ \| .*\n")


def logged(level: str, *said: tuple[str, str], component: str = "Central") -> str:
    out = io.StringIO()
    configure(level, lambda: NOON, out)
    log = speaker(component)
    for each in said:
        log(*each)
    return out.getvalue()


def test_a_line_has_the_time_the_level_the_component_and_the_text() -> None:
    text = "📤 Requested charging at CP-001"
    assert logged("INFO", ("info", text), component="Driver:driver-alice") == (
        "2025-10-13 12:00:05 | INFO | Driver:driver-alice | 📤 Requested charging at CP-001\n"
    )


@pytest.mark.parametrize(
    ("level", "heard"),
    [("DEBUG", "DIWE"), ("INFO", "IWE"), ("WARNING", "WE"), ("ERROR", "E")],
)
def test_only_what_is_of_the_level_or_above_is_logged(level: str, heard: str) -> None:
    said = logged(level, *((each, "text") for each in ("debug", "info", "warning", "error")))
    assert "".join(line.split(" | ")[1][0] for line in said.splitlines()) == heard


def test_what_a_library_warns_of_is_one_line_without_a_stack_trace() -> None:
    out = io.StringIO()
    configure("INFO", lambda: NOON, out)
    text = "Task exception was never retrieved\nfuture: <Task>"
    logging.getLogger("asyncio").error(text, exc_info=ValueError("no\nsuch thing"))
    logging.getLogger("some.library").warning("%s is deprecated", "this")
    logging.getLogger("some.library").info("hello")
    configure("INFO", lambda: NOON, out)
    logging.getLogger("some.library").error("once")
    assert out.getvalue() == (
        "2025-10-13 12:00:05 | ERROR | asyncio | Task exception was never retrieved: ValueError('no\\nsuch thing')\n"
        "2025-10-13 12:00:05 | WARNING | some | this is deprecated\n"
        "2025-10-13 12:00:05 | ERROR | some | once\n"
    )


def test_the_time_is_the_one_of_the_clock_that_was_given() -> None:
    out, moments = io.StringIO(), iter([NOON, NOON.replace(year=2030)])
    configure("INFO", lambda: next(moments), out)
    log = speaker("Central")
    log("info", "first")
    log("info", "second")
    assert [line[:4] for line in out.getvalue().splitlines()] == ["2025", "2030"]


@pytest.mark.parametrize("text", ["100 % sure", "{event} %s %(x)s", "", " | ", "a\\n"])
def test_text_is_not_interpreted(text: str) -> None:
    assert logged("INFO", ("info", text)).endswith(f" | {text}\n")


def test_nobody_can_forge_a_second_line_or_speak_to_the_terminal() -> None:
    text = "smoke\n2025-10-13 12:00:05 | INFO | Central | all is well\r\x1b[2J\u2028\0"
    said = logged("INFO", ("info", text))
    assert said.count("\n") == 1
    assert said.endswith("smoke\\n2025-10-13 12:00:05 | INFO | Central | all is well\\r\\x1b[2J\\u2028\\x00\n")


@settings(deadline=None)
@given(st.text())
def test_whatever_is_said_is_one_printable_line(text: str) -> None:
    assert one_line(text).isprintable()
    assert LINE.fullmatch(logged("INFO", ("info", text)))


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["C", "Z"]) | st.just(" ")))
def test_what_is_printable_stays_as_it_is(text: str) -> None:
    assert one_line(text) == text


def test_icons_on_a_terminal_without_them_are_escapes(tmp_path: Path) -> None:
    path = tmp_path / "log"
    with path.open("w", encoding="ascii") as out:
        configure("INFO", lambda: NOON, out)
        speaker("Central")("info", "✅ €1")
    assert path.read_text().endswith(" | \\u2705 \\u20ac1\n")


def test_a_reader_of_the_log_that_goes_away_is_not_missed(capfd: pytest.CaptureFixture[str]) -> None:
    near, far = os.pipe()
    os.close(near)
    with os.fdopen(far, "w") as out:
        configure("INFO", lambda: NOON, out)
        for _ in range(3):
            speaker("Central")("info", "still here")
    assert capfd.readouterr().err == ""


def test_a_full_disk_loses_lines_and_nothing_else() -> None:
    with pytest.raises(OSError, match="No space left"), Path("/dev/full").open("w") as out:
        configure("INFO", lambda: NOON, out)
        speaker("Central")("info", "lost")
        assert not out.closed


# JSON


def logged_as_json(text: str, about: object = None, component: str = "Central") -> str:
    out = io.StringIO()
    configure("INFO", lambda: NOON, out, form="json")
    speaker(component)("warning", text, about)
    return out.getvalue()


def test_a_line_of_json_has_the_same_and_the_ids_of_what_it_is_about() -> None:
    request = DriverRequest(ts=NOON, request_id="req-1", driver_id="driver-alice", cp_id="CP-001")
    assert logged_as_json("✅ CP-001 | ACCEPTED", request, "Driver:driver-alice") == (
        '{"ts":"2025-10-13T12:00:05.999999Z","level":"WARNING","component":"Driver:driver-alice",'
        '"message":"\\u2705 CP-001 | ACCEPTED","cp_id":"CP-001","request_id":"req-1","driver_id":"driver-alice"}\n'
    )


@pytest.mark.parametrize("about", [None, "text", NoticeShown(ts=NOON, notice_id="n", level="info", text="x")])
def test_what_has_no_ids_gives_a_line_of_json_none(about: object) -> None:
    assert json.loads(logged_as_json("hello", about)).keys() == {"ts", "level", "component", "message"}


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=())))
def test_whatever_is_said_is_one_line_of_json_in_printable_ascii_that_says_just_that(text: str) -> None:
    said = logged_as_json(text)
    assert said.endswith("}\n")
    assert said[:-1].isascii()
    assert said[:-1].isprintable()
    assert json.loads(said)["message"] == text


def test_levels_and_the_text_form_are_as_before_where_json_is_not_asked_for() -> None:
    out = io.StringIO()
    configure("WARNING", lambda: NOON, out, form="json")
    speaker("Central")("info", "not worth it")
    assert out.getvalue() == ""
    configure("INFO", lambda: NOON, out, form="text")
    speaker("Central")("info", "worth it", object())
    assert out.getvalue() == "2025-10-13 12:00:05 | INFO | Central | worth it\n"


def test_a_sentence_that_nobody_hears_is_not_made() -> None:
    made: list[str] = []

    def make() -> str:
        made.append("made")
        return "a reading"

    out = io.StringIO()
    configure("WARNING", lambda: NOON, out)
    speaker("Driver:driver-alice")("info", make)
    assert (made, out.getvalue()) == ([], "")
    configure("INFO", lambda: NOON, out)
    speaker("Driver:driver-alice")("info", make)
    assert out.getvalue().endswith("| INFO | Driver:driver-alice | a reading\n")
