"""The talk: the published transcripts, its waits on virtual time, and every bad frame by name."""

from math import inf
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evcharging.protocols.control import (
    Closed,
    NothingToAcknowledge,
    Opened,
    Received,
    State,
    Talk,
    TalkClosed,
    TalkEvent,
    Timing,
)
from evcharging.protocols.framing import MAX_DATA, FrameError, encode_frame
from evcharging.protocols.patience import MAX_COPIES
from evcharging.protocols.stop_and_wait import MAX_QUEUE, QueueFull
from evcharging.tests.stages.vectors import VECTORS, unpack

ENQ, ACK, NAK, EOT = b"\x05", b"\x06", b"\x15", b"\x04"


def frame(n: int, body: str) -> bytes:
    return encode_frame(b'{"n":%d,"body":%b}' % (n, body.encode()))


def opened_server(*, auto_acknowledge: bool = True, timing: Timing | None = None) -> Talk:
    talk = Talk.server(0.0, timing, auto_acknowledge=auto_acknowledge)
    assert talk.receive_data(ENQ, 0.0) == [Opened()]
    assert talk.data_to_send() == ACK
    return talk


def opened_client(timing: Timing | None = None) -> Talk:
    talk = Talk.client(0.0, timing)
    assert talk.data_to_send() == ENQ
    assert talk.receive_data(ACK, 0.0) == [Opened()]
    return talk


def perform(talk: Talk, step: dict[str, Any], *, bytewise: bool) -> list[TalkEvent]:
    """What a talk makes of one step of a transcript."""
    now, events = float(step["at"]), list[TalkEvent]()
    if step["do"] == "receive":
        data = unpack(step["bytes"])
        for chunk in [data[at : at + 1] for at in range(len(data))] if bytewise else [data]:
            events += talk.receive_data(chunk, now)
    elif step["do"] == "send":
        talk.send(step["payload"].encode(), now)
    elif step["do"] == "acknowledge":
        talk.acknowledge()
    elif step["do"] == "close":
        events += talk.close(now)
    elif step["do"] == "wait" and (talk.deadline or inf) <= now:
        events += talk.on_deadline(now)
    return events


def published(event: TalkEvent) -> Any:
    if isinstance(event, Received):
        return {"received": event.payload.decode()}
    return {"closed": event.reason} if isinstance(event, Closed) else "opened"


@pytest.mark.parametrize("bytewise", [False, True], ids=["whole", "bytewise"])
@pytest.mark.parametrize("vector", VECTORS["talks"], ids=lambda vector: vector["name"])
def test_the_published_transcripts_are_what_a_talk_does(vector: dict[str, Any], bytewise: bool) -> None:
    side = Talk.server if vector["side"] == "server" else Talk.client
    talk = side(0.0, auto_acknowledge=vector.get("acknowledge") != "explicit")
    for step in vector["steps"]:
        events = perform(talk, step, bytewise=bytewise)
        assert [published(event) for event in events] == step["events"], step["meaning"]
        assert talk.data_to_send() == unpack(step["sends"]), step["meaning"]


# --- opening ---


@pytest.mark.parametrize(
    "stray", [ACK, NAK, EOT, frame(1, "1"), b"\x02", b"\x00", b"GET / HTTP/1.1\r\n", b"\x16\x03\x01"]
)
def test_a_server_refuses_whatever_comes_before_enq(stray: bytes) -> None:
    talk = Talk.server(0.0)
    events = talk.receive_data(stray, 0.0)
    assert isinstance(events[0], Closed)
    assert talk.data_to_send() == NAK
    assert talk.state is State.CLOSED


@pytest.mark.parametrize("stray", [ENQ, frame(1, "1"), b"x" * 1024])
def test_a_client_ends_a_talk_that_does_not_open_with_an_answer(stray: bytes) -> None:
    talk = Talk.client(0.0)
    events = talk.receive_data(stray, 0.0)
    assert [type(event) for event in events] == [Closed]
    assert talk.data_to_send() == ENQ + NAK + EOT


def test_a_client_whose_call_is_not_answered_gives_up_after_five_seconds() -> None:
    talk = Talk.client(100.0)
    assert talk.deadline == 105.0
    assert talk.on_deadline(104.9) == []
    assert talk.on_deadline(105.0) == [Closed(reason="The peer did not open the talk within 5 s.")]
    assert talk.deadline is None


def test_a_second_enq_ends_the_talk() -> None:
    talk = opened_server()
    assert talk.receive_data(ENQ, 1.0) == [Closed(reason="The peer broke the protocol: ENQ came while open.")]
    assert talk.data_to_send() == NAK + EOT


def test_what_is_queued_before_the_talk_opens_is_sent_once_it_opens() -> None:
    talk = Talk.client(0.0)
    talk.send(b"1", 0.0)
    assert talk.data_to_send() == ENQ
    talk.receive_data(ACK, 0.1)
    assert talk.data_to_send() == frame(1, "1")


def test_an_impatient_client_may_send_its_first_frame_with_its_enq() -> None:
    talk = Talk.server(0.0)
    assert talk.receive_data(ENQ + frame(1, "1"), 0.0) == [Opened(), Received(payload=b"1")]
    assert talk.data_to_send() == ACK + ACK


# --- frames ---


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


def test_a_closed_talk_ignores_every_byte_and_every_moment() -> None:
    talk = opened_server()
    talk.receive_data(EOT, 1.0)
    assert talk.receive_data(ENQ + frame(1, "1") + EOT + b"\x02" * 100_000, 2.0) == []
    assert talk.on_deadline(1e9) == []
    assert talk.close(3.0) == []
    assert talk.data_to_send() == b""
    assert talk.deadline is None


def test_what_follows_the_end_in_the_same_segment_is_ignored() -> None:
    assert opened_server().receive_data(EOT + frame(1, "1"), 1.0) == [Closed(reason="The peer ended the talk.")]


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


# --- sending ---


def test_one_frame_is_in_flight_and_the_others_wait_in_order() -> None:
    talk = opened_client()
    for body in (b"1", b"2", b"3"):
        talk.send(body, 0.0)
    assert talk.data_to_send() == frame(1, "1")
    talk.receive_data(ACK, 0.1)
    assert talk.data_to_send() == frame(2, "2")
    talk.receive_data(ACK, 0.2)
    assert talk.data_to_send() == frame(3, "3")
    talk.receive_data(ACK, 0.3)
    assert talk.data_to_send() == b""


def test_an_ack_that_answers_nothing_is_ignored() -> None:
    talk = opened_client()
    talk.receive_data(ACK * 4 + NAK * 4, 0.0)
    talk.send(b"1", 0.0)
    talk.send(b"2", 0.0)
    assert talk.data_to_send() == frame(1, "1")


def test_a_full_queue_refuses_one_more_and_loses_nothing() -> None:
    talk = opened_client()
    for n in range(MAX_QUEUE):
        talk.send(str(n).encode(), 0.0)
    with pytest.raises(QueueFull, match="64 payloads already wait for the peer"):
        talk.send(b"64", 0.0)
    sent = b""
    for _ in range(MAX_QUEUE):
        sent += talk.data_to_send()
        talk.receive_data(ACK, 0.1)
    assert sent == b"".join(frame(n + 1, str(n)) for n in range(MAX_QUEUE))


def test_a_payload_that_fits_no_frame_is_refused_and_costs_no_number() -> None:
    talk = opened_client()
    with pytest.raises(FrameError, match="does not fit a frame"):
        talk.send(b'"' + b"a" * MAX_DATA + b'"', 0.0)
    with pytest.raises(FrameError, match="ETX"):
        talk.send(b'"\x03"', 0.0)
    talk.send(b"1", 0.0)
    assert talk.data_to_send() == frame(1, "1")


def test_nothing_is_sent_after_the_end() -> None:
    talk = opened_client()
    talk.close(1.0)
    with pytest.raises(TalkClosed, match="The talk is over"):
        talk.send(b"1", 1.0)


def test_three_refusals_of_one_frame_end_the_talk() -> None:
    talk = opened_client()
    talk.send(b"1", 0.0)
    assert talk.receive_data(NAK, 0.1) == []
    assert talk.receive_data(NAK, 0.2) == []
    assert talk.receive_data(NAK, 0.3) == [Closed(reason="The peer did not accept a frame that was sent 3 times.")]
    assert talk.data_to_send() == frame(1, "1") * 3 + EOT


def test_a_late_refusal_of_an_old_copy_is_not_a_refusal_of_the_next_frame() -> None:
    talk = opened_client()
    talk.send(b"1", 0.0)
    talk.send(b"2", 0.0)
    talk.on_deadline(2.0)
    talk.receive_data(ACK, 2.1)
    assert talk.data_to_send() == frame(1, "1") * 2 + frame(2, "2")
    talk.receive_data(NAK, 2.2)
    assert talk.data_to_send() == b""
    talk.receive_data(NAK, 2.3)
    assert talk.data_to_send() == frame(2, "2")


def test_a_refused_copy_is_not_sent_again_while_another_is_on_its_way() -> None:
    talk = opened_client()
    talk.send(b"1", 0.0)
    talk.on_deadline(2.0)
    talk.data_to_send()
    talk.receive_data(NAK, 2.1)
    assert talk.data_to_send() == b""
    talk.receive_data(ACK, 2.2)
    assert talk.close(2.3) == [Closed(reason="This side ended the talk.")]


# --- acknowledging ---


def test_the_answer_waits_until_the_program_says_that_the_payload_is_safe() -> None:
    talk = opened_server(auto_acknowledge=False)
    assert talk.receive_data(frame(1, "1"), 1.0) == [Received(payload=b"1")]
    assert talk.data_to_send() == b""
    talk.acknowledge()
    assert talk.data_to_send() == ACK


def test_a_peer_that_does_not_wait_for_the_answer_breaks_the_protocol() -> None:
    talk = opened_server(auto_acknowledge=False)
    assert talk.receive_data(frame(1, "1") + frame(2, "2"), 1.0) == [
        Received(payload=b"1"),
        Closed(reason="The peer sent frame 2 before frame 1 was answered."),
    ]


def test_acknowledging_twice_is_a_mistake_and_after_the_end_it_is_nothing() -> None:
    talk = opened_server(auto_acknowledge=False)
    talk.receive_data(frame(1, "1"), 1.0)
    talk.acknowledge()
    with pytest.raises(NothingToAcknowledge, match="No received payload waits"):
        talk.acknowledge()
    talk.receive_data(EOT, 1.0)
    talk.acknowledge()
    assert talk.data_to_send() == ACK


def test_copies_are_answered_in_bounded_memory() -> None:
    talk = opened_server(auto_acknowledge=False)
    talk.receive_data(frame(1, "1") * (1 + MAX_COPIES), 1.0)
    talk.acknowledge()
    assert talk.data_to_send() == ACK * 3


def test_a_slow_answer_to_both_copies_does_not_pass_for_the_answer_to_the_next_frame() -> None:
    client, server = opened_client(), opened_server(auto_acknowledge=False)
    client.send(b"1", 0.0)
    client.send(b"2", 0.0)
    server.receive_data(client.data_to_send(), 0.1)
    client.on_deadline(2.0)
    server.receive_data(client.data_to_send(), 2.1)
    server.acknowledge()
    client.receive_data(server.data_to_send(), 2.2)
    assert server.receive_data(client.data_to_send(), 2.3) == [Received(payload=b"2")]
    assert client.close(2.4) == [], "frame 2 is not acknowledged, so the client must still wait for it"
    server.acknowledge()
    assert client.receive_data(server.data_to_send(), 2.5) == [Closed(reason="This side ended the talk.")]


# --- waiting ---


def test_a_dribbling_sender_is_cut_although_each_byte_is_prompt() -> None:
    talk = opened_server()
    slow = frame(1, '"' + "a" * 100 + '"')
    moments = [4.9 * at for at in range(len(slow))]
    for at, now in enumerate(moments):
        if (talk.deadline or inf) <= now:
            break
        talk.receive_data(slow[at : at + 1], now)
    assert talk.on_deadline(now) == [Closed(reason="The peer took more than 10 s over one frame.")]
    assert now < 15.0


def test_noise_and_stray_answers_do_not_keep_a_silent_talk_alive() -> None:
    talk = opened_server()
    for second in range(1, 30):
        talk.receive_data(b"x" if second % 4 else ACK, float(second))
    assert talk.deadline == 30.0


def test_copies_of_an_old_frame_do_not_keep_a_silent_talk_alive() -> None:
    talk = opened_server()
    talk.receive_data(frame(1, "1"), 1.0)
    talk.receive_data(frame(1, "1"), 20.0)
    assert talk.deadline == 31.0


def test_frames_and_answers_keep_a_talk_alive() -> None:
    talk = opened_server()
    talk.receive_data(frame(1, "1"), 7.0)
    assert talk.deadline == 37.0
    talk.send(b"1", 8.0)
    talk.receive_data(ACK, 9.0)
    assert talk.deadline == 39.0


def test_the_clock_of_a_frame_starts_with_its_own_first_byte() -> None:
    talk = opened_server()
    one, two = frame(1, "1"), frame(2, "2")
    talk.receive_data(one[:5], 1.0)
    assert talk.deadline == 11.0
    talk.receive_data(one[5:] + two[:5], 6.0)
    assert talk.deadline == 16.0
    talk.receive_data(two[5:], 7.0)
    assert talk.deadline == 37.0


def test_every_wait_can_be_set_and_be_endless() -> None:
    talk = opened_server(timing=Timing(idle=inf))
    assert talk.deadline is None
    assert opened_server(timing=Timing(idle=60.0)).deadline == 60.0
    assert Talk.server(0.0, Timing(handshake=1.0)).deadline == 1.0


# --- ending ---


def test_closing_waits_for_the_answers_and_says_goodbye() -> None:
    talk = opened_client()
    talk.send(b"1", 0.0)
    talk.send(b"2", 0.0)
    assert talk.close(0.0) == []
    assert talk.receive_data(ACK, 0.1) == []
    assert talk.data_to_send() == frame(1, "1") + frame(2, "2")
    assert talk.receive_data(ACK, 0.2) == [Closed(reason="This side ended the talk.")]
    assert talk.data_to_send() == EOT


def test_closing_does_not_wait_for_ever() -> None:
    talk = opened_client(Timing(answer=60.0))
    talk.send(b"1", 0.0)
    talk.close(1.0)
    assert talk.deadline == 6.0
    with pytest.raises(TalkClosed):
        talk.send(b"2", 2.0)
    assert talk.receive_data(frame(1, "1"), 5.0) == [Received(payload=b"1")]
    assert talk.on_deadline(6.0) == [Closed(reason="This side ended the talk before the peer had answered everything.")]


def test_closing_a_silent_talk_does_not_prolong_it() -> None:
    talk = opened_client(Timing(idle=3.0, answer=60.0))
    talk.send(b"1", 0.0)
    talk.close(1.0)
    assert talk.deadline == 3.0


@pytest.mark.parametrize("last", [EOT, b"\x02" + b"a" * (MAX_DATA + 1), b"x" * 1024, ENQ + b"\x02a"])
def test_a_talk_that_is_over_waits_for_nothing(last: bytes) -> None:
    talk = opened_server()
    talk.send(b"1", 0.0)
    assert isinstance(talk.receive_data(last, 1.0)[-1], Closed)
    assert talk.deadline is None


@pytest.mark.parametrize("side", [Talk.client, Talk.server])
def test_a_talk_can_be_closed_before_it_opens(side: Any) -> None:
    talk = side(0.0)
    assert talk.close(0.0) == [Closed(reason="This side ended the talk.")]
