"""Messages that travel together: split and joined, in order, within a frame."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evcharging.common.utils import BadJson
from evcharging.protocols.bundle import MAX_BUNDLE, bundles, unbundled
from evcharging.protocols.framing import MAX_DATA

OBJECTS = st.dictionaries(st.text(max_size=5), st.integers() | st.text(max_size=50), max_size=3)


def texts(objects: list[Any]) -> list[bytes]:
    return [json.dumps(each).encode() for each in objects]


@given(st.lists(OBJECTS, max_size=50))
def test_what_was_bundled_comes_out_in_its_order(objects: list[Any]) -> None:
    payloads = list(bundles(texts(objects)))
    assert [json.loads(text) for payload in payloads for text in unbundled(payload)] == objects
    assert len(payloads) == (1 if objects else 0)


def test_one_message_is_the_payload_itself() -> None:
    assert list(bundles([b'{"a":1}'])) == [b'{"a":1}']
    assert unbundled(b'{"a":1}') == [b'{"a":1}']


def test_several_messages_are_an_array() -> None:
    assert list(bundles([b"{}", b"{}"])) == [b"[{},{}]"]


def test_many_messages_are_as_many_payloads_as_they_need_and_each_fits_a_frame() -> None:
    message = json.dumps({"reason": "x" * 250}).encode()
    payloads = list(bundles([message] * 1000))
    assert sum(len(unbundled(payload)) for payload in payloads) == 1000
    assert max(map(len, payloads)) <= MAX_BUNDLE + 2 < MAX_DATA
    assert len(payloads) == 9


@pytest.mark.parametrize("payload", [b"[", b"[]", b"[1,", b"[1]]", b"[nan]", b"[" * 100_000])
def test_an_array_that_cannot_be_read_is_refused(payload: bytes) -> None:
    with pytest.raises(BadJson):
        unbundled(payload)
