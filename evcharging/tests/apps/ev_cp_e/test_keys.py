"""The hand at the point: keys on a terminal become actions."""

import asyncio
import io
import os
import pty
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evcharging.apps.ev_cp_e.keys import HELP, KEYS, BadKey, parse_key, watch_keys
from evcharging.common.messages import Action

POINTS = ["CP-001", "CP-002"]


@pytest.mark.parametrize(
    ("line", "meaning"),
    [
        ("p", ("CP-001", Action.PLUG)),
        ("u\n", ("CP-001", Action.UNPLUG)),
        (" F ", ("CP-001", Action.FAULT)),
        ("r CP-002", ("CP-002", Action.RECOVER)),
        ("P  CP-002 \n", ("CP-002", Action.PLUG)),
    ],
)
def test_a_key_is_an_action_at_the_first_point_or_at_the_one_named(line: str, meaning: tuple[str, Action]) -> None:
    assert parse_key(line, POINTS) == meaning


@pytest.mark.parametrize("line", ["", "\n", "x", "plug", "p CP-001 CP-002", "CP-001 p", "\0", "é"])
def test_anything_else_is_told_what_would_be_right(line: str) -> None:
    with pytest.raises(BadKey) as refused:
        parse_key(line, POINTS)
    assert str(refused.value) == HELP


def test_a_point_that_is_not_here_is_told_which_are() -> None:
    with pytest.raises(BadKey) as refused:
        parse_key("p CP-404", POINTS)
    assert str(refused.value) == "CP-404 is not here; here are CP-001, CP-002"


@settings(deadline=None)
@given(st.text())
def test_no_line_whatever_does_anything_but_act_or_be_refused(line: str) -> None:
    try:
        cp_id, action = parse_key(line, POINTS)
    except BadKey as refused:
        assert str(refused)
    else:
        assert cp_id in POINTS
        assert action in KEYS.values()


@contextmanager
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A terminal as standard input; gives what to type on."""
    keyboard, far = pty.openpty()
    with os.fdopen(far) as stdin, os.fdopen(keyboard, "wb") as typed:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield typed.fileno()


def test_lines_on_a_terminal_act_and_wrong_ones_are_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        acts: asyncio.Queue[tuple[str, Action]] = asyncio.Queue()
        said: list[tuple[str, str]] = []
        with terminal(monkeypatch) as keyboard:
            watch_keys(POINTS, lambda *act: acts.put_nowait(act), lambda *each: said.append(each))
            os.write(keyboard, b"p\nwhat?\nf CP-002\n")
            async with asyncio.timeout(10):
                assert [await acts.get(), await acts.get()] == [("CP-001", Action.PLUG), ("CP-002", Action.FAULT)]
            os.write(keyboard, b"\x04")
        assert said == [("info", HELP), ("warning", HELP)]

    asyncio.run(scene())


def test_without_a_terminal_nothing_is_read_or_said(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        said: list[tuple[str, str]] = []
        for nowhere in (None, io.StringIO("p\n")):
            monkeypatch.setattr(sys, "stdin", nowhere)
            watch_keys(POINTS, lambda *act: None, lambda *each: said.append(each))
        assert said == []

    asyncio.run(scene())
