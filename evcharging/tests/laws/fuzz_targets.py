"""What `make fuzz` tries bytes of every kind on, guided by the code that they reach: a target may refuse them, but
never raise, never disagree with itself, and never keep more than it may. `SEEDS` are where the search begins."""

from collections.abc import Callable

from evcharging.common.kafka import SCHEMAS, TOPIC_OF, TOPICS
from evcharging.common.utils import BadJson, to_json
from evcharging.protocols.control import Received, State, Talk, TalkClosed
from evcharging.protocols.framing import ACK, ENQ, ETX, MAX_DATA, STX, FrameDecoder, encode_frame
from evcharging.protocols.stop_and_wait import MAX_QUEUE, QueueFull, read_envelope
from evcharging.tests.laws.any_message import example
from evcharging.tests.protocols.test_framing import decode, model
from evcharging.tests.stages.vectors import VECTORS, unpack

LONGEST_REFUSAL = 200
LONGEST_COPY = 32
SEND, WAIT = 3, 2


def frames(data: bytes) -> None:
    """The decoder gives what the rules give, in one chunk and in many; the first bytes say how large these are, and
    whether nearly all of an over-long frame goes before."""
    size, is_long = (data[0] if data else 0) % 64 + 1, data[1:2] == b"\xff"
    opening = bytes([STX]) + b"y" * (MAX_DATA - 2) if is_long else b""
    stream = data[2:]
    events = model(opening + stream)
    assert decode(opening + stream) == events
    assert decode(opening, *(stream[at : at + size] for at in range(0, len(stream), size))) == events


def talks(data: bytes) -> None:
    """A talk that is led by a little program, whose steps are a byte each: in two bits what happens, and in six how
    much; bytes that are received follow."""
    is_server, acknowledges = data[:1] < b"\x80", data[:1] < b"\x40"
    talk = Talk.server(0.0, auto_acknowledge=False) if is_server else Talk.client(0.0)
    talk.receive_data(bytes([ENQ if is_server else ACK]), 0.0)
    at, now = 1, 0.0
    while at < len(data):
        what, size = data[at] >> 6, data[at] & 63
        at += 1
        was_closed = talk.state is State.CLOSED
        if what == SEND:
            _send(talk, now)
        elif what == WAIT:
            now += size / 4
            events = talk.on_deadline(now)
        else:
            events = talk.receive_data(data[at : at + size], now)
            at += size
            if acknowledges and talk.state is State.OPEN and Received in map(type, events):
                talk.acknowledge()
        assert what == SEND or not (was_closed and events)
        assert len(talk.data_to_send()) <= (size + MAX_QUEUE) * LONGEST_COPY
        assert (talk.deadline is None) == (talk.state is State.CLOSED)


def _send(talk: Talk, now: float) -> None:
    try:
        talk.send(b'"hello"', now)
    except (TalkClosed, QueueFull):
        return


def messages(data: bytes) -> None:
    """Bytes on a topic are refused in a short line, or a message that says the same when it is said again."""
    topic = TOPICS[data[0] % len(TOPICS)] if data else TOPICS[0]
    decode_message = SCHEMAS[topic.name].decode
    try:
        message = decode_message(data[1:])
    except BadJson as error:
        _is_short_line(error)
        return
    assert TOPIC_OF[type(message)] is topic
    assert decode_message(to_json(message)) == message


def envelopes(data: bytes) -> None:
    """DATA is refused in a short line, or what it carries goes into a frame again and comes out of it."""
    try:
        envelope = read_envelope(data)
    except BadJson as error:
        _is_short_line(error)
        return
    text = to_json(envelope)
    if ETX not in text and len(text) <= MAX_DATA:
        [again] = FrameDecoder().feed(encode_frame(text))
        assert isinstance(again, bytes)
        assert read_envelope(again) == envelope


def _is_short_line(error: BadJson) -> None:
    assert len(str(error)) <= LONGEST_REFUSAL
    assert str(error).isprintable()


TARGETS: dict[str, Callable[[bytes], None]] = {
    "frames": frames,
    "talks": talks,
    "messages": messages,
    "envelopes": envelopes,
}

_STREAMS = [stream for vector in VECTORS["streams"] if len(stream := unpack(vector["bytes"])) < 2000]
_TEXTS = {kind: to_json(example(kind)) for kind in TOPIC_OF}

SEEDS: dict[str, list[bytes]] = {
    "frames": [first + stream for stream in _STREAMS for first in (b"\x00\x00", b"\x07\xff")],
    "talks": [
        first + bytes([len(stream)]) + stream
        for stream in _STREAMS
        for first in (b"\x00", b"\x90\xc0")
        if len(stream) < 64
    ],
    "messages": [bytes([TOPICS.index(TOPIC_OF[kind])]) + text for kind, text in _TEXTS.items()],
    "envelopes": [b'{"n":1,"body":%b}' % text for text in (b"1", b"[]", b"null", *_TEXTS.values())],
}
