"""Frames: the published vectors, the laws of the decoder, and every bad input by name."""

import re
import sys
from functools import reduce
from itertools import pairwise
from operator import xor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evcharging.protocols.framing import (
    ACK,
    ENQ,
    EOT,
    ETX,
    MAX_DATA,
    MAX_FRAME,
    MAX_NOISE,
    NAK,
    STX,
    Event,
    FrameDecoder,
    FrameError,
    StreamEvent,
    encode_frame,
    lrc,
)
from evcharging.tests.stages.vectors import VECTORS, unpack

any_data = st.binary(max_size=200).map(lambda data: data.replace(bytes([ETX]), b""))
pieces = st.lists(
    st.one_of(
        st.sampled_from([bytes([byte]) for byte in (STX, ETX, EOT, ENQ, ACK, NAK, 0, 0x61)]),
        any_data.map(encode_frame),
        st.binary(max_size=20),
        st.just(b"x" * MAX_NOISE),
    ),
    max_size=10,
).map(b"".join)
lively_bytes = st.tuples(pieces, st.sampled_from([b"", b"", b"\x02" + b"y" * MAX_DATA]), pieces).map(b"".join)


def decode(*chunks: bytes) -> list[Event]:
    decoder = FrameDecoder()
    return [event for chunk in chunks for event in decoder.feed(chunk)]


def bytewise(stream: bytes) -> list[bytes]:
    return [stream[at : at + 1] for at in range(len(stream))]


_TOKEN = re.compile(rb"(?s)\x02([^\x03]*)(?:\x03(.)?)?|([\x04\x05\x06\x15])|[^\x02\x04\x05\x06\x15]+")


def model(stream: bytes) -> list[Event]:
    """The rules of the wire as one pattern over the whole stream."""
    controls = {EOT: StreamEvent.EOT, ENQ: StreamEvent.ENQ, ACK: StreamEvent.ACK, NAK: StreamEvent.NAK}
    events: list[Event] = []
    for token in _TOKEN.finditer(stream):
        data, checksum, control = token.groups()
        if control:
            events.append(controls[control[0]])
        elif data is None:
            events += [StreamEvent.NOISE] * (len(token[0]) // MAX_NOISE)
        elif len(data) > MAX_DATA:
            events.append(StreamEvent.OVER_LONG)
        elif checksum:
            events.append(data if reduce(xor, data, 0) == checksum[0] else StreamEvent.BAD_FRAME)
    return events


@pytest.mark.parametrize("vector", VECTORS["lrc"], ids=lambda vector: vector["data"] or "empty")
def test_the_published_checksums_are_ours(vector: dict[str, str]) -> None:
    assert lrc(bytes.fromhex(vector["data"])) == int(vector["lrc"], 16)


@pytest.mark.parametrize("vector", VECTORS["streams"], ids=lambda vector: vector["name"])
def test_the_published_streams_give_their_events_whole_and_byte_by_byte(vector: dict[str, Any]) -> None:
    stream = unpack(vector["bytes"])
    events = [StreamEvent[e] if isinstance(e, str) else unpack(e["data"]) for e in vector["events"]]
    assert decode(stream) == events
    assert decode(*bytewise(stream)) == events


@given(st.binary(max_size=400))
def test_the_checksum_is_the_xor_of_all_bytes(data: bytes) -> None:
    assert lrc(data) == reduce(xor, data, 0)


@pytest.mark.parametrize("size", [63, 64, 65, 127, 128, 129, 255, 256, 257, MAX_DATA])
def test_the_checksum_folds_every_length_without_losing_a_byte(size: int) -> None:
    data = bytes(at * 7 % 251 for at in range(size))
    assert lrc(data) == reduce(xor, data, 0)


@given(any_data)
def test_what_is_encoded_is_decoded(data: bytes) -> None:
    assert decode(encode_frame(data)) == [data]


def test_data_with_an_etx_is_not_encoded() -> None:
    with pytest.raises(FrameError, match="must not contain the byte ETX"):
        encode_frame(b"a\x03b")


def test_data_that_fits_exactly_is_encoded_and_one_byte_more_is_not() -> None:
    frame = encode_frame(b"a" * MAX_DATA)
    assert len(frame) == MAX_FRAME
    assert decode(frame) == [b"a" * MAX_DATA]
    with pytest.raises(FrameError, match="65534 bytes does not fit a frame: 65533 bytes is the most"):
        encode_frame(b"a" * (MAX_DATA + 1))


@given(lively_bytes)
def test_any_bytes_give_the_events_of_the_rules(stream: bytes) -> None:
    assert decode(stream) == model(stream)


@given(lively_bytes, st.lists(st.integers(min_value=0, max_value=70_000), max_size=8))
def test_any_chunking_gives_the_same_events(stream: bytes, cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(stream)]
    chunks = [stream[begin:end] for begin, end in pairwise(edges)]
    assert decode(*chunks) == decode(stream)


@given(any_data, any_data, st.binary(min_size=1, max_size=1))
def test_a_bad_frame_does_not_cost_the_frame_after_it(bad: bytes, good: bytes, checksum: bytes) -> None:
    if checksum[0] == lrc(bad):
        checksum = bytes([checksum[0] ^ 1])
    assert decode(b"\x02" + bad + b"\x03" + checksum + encode_frame(good)) == [StreamEvent.BAD_FRAME, good]


@given(any_data.filter(bool), st.data())
def test_any_single_damaged_byte_of_data_is_noticed(data: bytes, draw: st.DataObject) -> None:
    at = draw.draw(st.integers(min_value=0, max_value=len(data) - 1))
    damage = draw.draw(st.integers(min_value=1, max_value=255).filter(lambda flip: data[at] ^ flip != ETX))
    damaged = data[:at] + bytes([data[at] ^ damage]) + data[at + 1 :]
    assert decode(b"\x02" + damaged + b"\x03" + bytes([lrc(data)])) == [StreamEvent.BAD_FRAME]


def test_empty_data_is_a_valid_frame() -> None:
    assert decode(b"\x02\x03\x00") == [b""]


def test_a_flood_of_stx_without_etx_is_reported_once_and_not_kept() -> None:
    decoder = FrameDecoder()
    events = [event for _ in range(64) for event in decoder.feed(b"\x02" * MAX_FRAME)]
    assert events == [StreamEvent.OVER_LONG]
    assert kept(decoder) < 1024


def test_stx_inside_data_is_data() -> None:
    assert decode(encode_frame(b"a\x02b")) == [b"a\x02b"]


def test_etx_inside_data_ends_the_frame_there() -> None:
    assert decode(b"\x02a\x03b\x03\x00") == [StreamEvent.BAD_FRAME]


@pytest.mark.parametrize("control", [STX, ETX, EOT, ENQ, ACK, NAK])
def test_an_lrc_equal_to_a_control_byte_is_the_lrc(control: int) -> None:
    data = b"a" + bytes([ord("a") ^ control])
    assert lrc(data) == control
    assert decode(encode_frame(data), bytes([ACK])) == [data, StreamEvent.ACK]


def test_a_frame_split_at_every_byte_is_still_one_frame() -> None:
    frame = encode_frame(b'{"n":1,"body":{"cp_id":"CP-001"}}')
    for at in range(len(frame) + 1):
        assert decode(frame[:at], frame[at:]) == [frame[1:-2]]


def test_two_frames_and_a_half_in_one_segment_are_two_frames_and_the_half_waits() -> None:
    decoder = FrameDecoder()
    third = encode_frame(b"three")
    assert decoder.feed(encode_frame(b"one") + encode_frame(b"two") + third[:3]) == [b"one", b"two"]
    assert decoder.inside
    assert decoder.feed(third[3:]) == [b"three"]
    assert not decoder.inside


def test_a_frame_of_12_kb_is_not_dropped() -> None:
    data = b"a" * 12_000
    assert decode(*bytewise(encode_frame(data))) == [data]


@pytest.mark.parametrize("between", [bytes([ACK]), encode_frame(b"a"), b"\x02a\x03\x00"])
def test_noise_is_skipped_and_counted_only_in_a_row(between: bytes) -> None:
    almost = b"x" * (MAX_NOISE - 1)
    assert StreamEvent.NOISE not in decode(almost + between + almost + between)
    assert decode(almost + between + almost + b"x")[-1] is StreamEvent.NOISE
    assert decode(almost, *bytewise(between), almost, b"x")[-1] is StreamEvent.NOISE


def test_tens_of_thousands_of_frames_in_one_segment_do_not_recurse() -> None:
    assert len(decode(encode_frame(b"") * 50_000)) == 50_000


def test_one_byte_at_a_time_costs_the_same_for_each_byte() -> None:
    short, long = (calls_per_byte(encode_frame(b"a" * size)) for size in (1_000, 60_000))
    assert long < short * 1.1


@given(lively_bytes)
def test_what_is_kept_never_exceeds_one_frame(stream: bytes) -> None:
    decoder = FrameDecoder()
    for at in range(0, len(stream), 1000):
        decoder.feed(stream[at : at + 1000])
        assert kept(decoder) < 2 * MAX_FRAME


def test_nothing_is_kept_of_a_frame_that_is_done() -> None:
    decoder = FrameDecoder()
    assert decoder.feed(b"\x02" + b"a" * MAX_DATA) == []
    assert kept(decoder) >= MAX_DATA
    decoder.feed(b"\x03a")
    assert kept(decoder) < 1024


def kept(decoder: FrameDecoder) -> int:
    """How much memory a decoder holds, in bytes."""
    return sum(sys.getsizeof(getattr(decoder, name)) for name in FrameDecoder.__slots__)


def calls_per_byte(stream: bytes) -> float:
    """How many functions, Python's own too, run for each byte that arrives alone."""
    decoder = FrameDecoder()
    chunks = bytewise(stream)
    calls = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        for chunk in chunks:
            decoder.feed(chunk)
    finally:
        sys.setprofile(None)
    return calls / len(stream)
