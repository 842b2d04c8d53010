"""What a talk makes of what it hears: every bad frame by name, noise, and any bytes at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evcharging.protocols.control import Closed, Received, State, Talk
from evcharging.protocols.framing import encode_frame
from evcharging.tests.stages.talk_stage import NAK, frame, opened_client, opened_server


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty DATA"),
        pytest.param(b'{"n":1,"body":"\xff"}', id="invalid UTF-8"),
        pytest.param(b'{"n":1,"body":', id="cut short"),
        pytest.param(b'{"n":1,"body":NaN}', id="NaN"),
        pytest.param(b'{"n":1,"body":Infinity}', id="Infinity"),
        pytest.param(b'{"n":1e400,"body":1}', id="1e400"),
        pytest.param(b'{"n":' + b"9" * 60_000 + b',"body":1}', id="60,000 digits"),
        pytest.param(b'{"n":1,"body":' + b"[" * 30_000 + b"]" * 30_000 + b"}", id="nesting 30,000"),
        pytest.param(b"[" * 60_000, id="nesting 60,000 left open"),
        pytest.param(b'{"n":true,"body":1}', id="a number that is a boolean"),
        pytest.param(b'{"n":"1","body":1}', id="a number that is text"),
        pytest.param(b'{"body":1}', id="no number"),
        pytest.param(b'{"n":1}', id="no body"),
        pytest.param(b"[1,2]", id="not an object"),
        pytest.param(b'{"n":1,"body":1} {"n":2,"body":2}', id="two envelopes"),
        pytest.param(b'{"n":1,"body":"\x02"}', id="a control byte in a text"),
    ],
)
def test_a_valid_frame_that_is_no_envelope_is_asked_for_again(data: bytes) -> None:
    talk = opened_server()
    assert talk.receive_data(encode_frame(data), 1.0) == []
    assert talk.data_to_send() == NAK
    assert talk.receive_data(frame(1, "1"), 1.0) == [Received(payload=b"1")]


@pytest.mark.parametrize("n", [0, -1, 2, 2**63, 2**64 - 1])
def test_a_frame_whose_number_is_not_due_ends_the_talk(n: int) -> None:
    talk = opened_server()
    assert talk.receive_data(frame(n, "1"), 1.0) == [Closed(reason=f"The peer sent frame {n} where frame 1 was due.")]


@pytest.mark.parametrize("body", ["1e400", "9" * 60_000, '"€"', "null", '{"cp_id":"CP-001"}', "[]"])
def test_a_payload_passes_as_it_is_whatever_it_means(body: str) -> None:
    assert opened_server().receive_data(frame(1, body), 1.0) == [Received(payload=body.encode())]


def test_fields_that_an_envelope_does_not_have_are_ignored() -> None:
    data = encode_frame(b'{"v":2,"n":1,"mac":"...","body":1}')
    assert opened_server().receive_data(data, 1.0) == [Received(payload=b"1")]


def test_noise_between_frames_is_skipped_up_to_one_kib() -> None:
    talk = opened_server()
    assert talk.receive_data(b"x" * 1023 + frame(1, "1"), 1.0) == [Received(payload=b"1")]
    assert talk.receive_data(b"x" * 1024, 1.0) == [Closed(reason="The peer sent 1 KiB outside any frame.")]


def test_good_frames_between_bad_ones_forgive_them() -> None:
    talk = opened_server()
    for n in range(1, 10):
        talk.receive_data(encode_frame(b""), 1.0)
        talk.receive_data(encode_frame(b""), 1.0)
        assert talk.receive_data(frame(n, "1"), 1.0) == [Received(payload=b"1")]


@given(st.binary(max_size=300), st.booleans(), st.booleans())
def test_any_bytes_are_answered_and_never_raise(data: bytes, is_open: bool, as_server: bool) -> None:
    if is_open:
        talk = opened_server() if as_server else opened_client()
    else:
        talk = Talk.server(0.0) if as_server else Talk.client(0.0)
    events = talk.receive_data(data, 1.0)
    assert sum(isinstance(event, Closed) for event in events) <= 1
    assert all(isinstance(event, Closed) for event in events[-1:]) or talk.state is not State.CLOSED
    assert len(talk.data_to_send()) <= len(data) + 3
