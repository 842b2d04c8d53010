"""The document for implementers says what the code does."""

import re

import pytest

from evcharging.adapters.link import MAX_UNREAD
from evcharging.adapters.tcp import Backoff
from evcharging.protocols import framing
from evcharging.protocols.control import Timing
from evcharging.protocols.framing import MAX_DATA, MAX_FRAME, MAX_NOISE, FrameDecoder
from evcharging.protocols.stop_and_wait import MAX_QUEUE, MAX_TRIES
from evcharging.tests.places import ROOT

DOCUMENT = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
WAITS = DOCUMENT.split("## Waits")[1].split("##")[0]


@pytest.mark.parametrize("name", ["STX", "ETX", "EOT", "ENQ", "ACK", "NAK"])
def test_the_bytes_are_those_of_the_code(name: str) -> None:
    assert f"| {name} | {getattr(framing, name):02x} |" in DOCUMENT


@pytest.mark.parametrize(
    ("wait", "seconds"),
    [
        ("for ENQ", Timing().handshake),
        ("for the answer to a frame", Timing().answer),
        ("from STX to LRC", Timing().frame),
        ("for a new frame or a due answer", Timing().idle),
        ("Who closes", Timing().drain),
    ],
)
def test_the_waits_are_those_of_the_code(wait: str, seconds: float) -> None:
    (row,) = (line for line in WAITS.splitlines() if wait in line)
    assert f"| {seconds:g} |" in row


def test_the_pauses_are_those_of_the_code() -> None:
    assert f"| {Backoff().first:g} to {Backoff().last:g}, " in WAITS


def test_the_bounds_are_those_of_the_code() -> None:
    assert f"**A frame is at most {MAX_FRAME:,} bytes** from STX to LRC, so DATA is at most {MAX_DATA:,}." in DOCUMENT
    assert MAX_TRIES == 3
    assert "**three tries**" in DOCUMENT
    assert f"{MAX_QUEUE} payloads that wait" in DOCUMENT
    assert f"{MAX_UNREAD // 1024} KiB that the peer has not read" in DOCUMENT
    assert f"{MAX_NOISE // 1024} KiB of noise in a row" in DOCUMENT


def test_the_example_is_a_frame() -> None:
    (example,) = re.findall(r"^02 [0-9a-f ]+$", DOCUMENT, re.MULTILINE)
    assert FrameDecoder().feed(bytes.fromhex(example)) == [b'{"n":1,"body":{"say":"hello"}}']
