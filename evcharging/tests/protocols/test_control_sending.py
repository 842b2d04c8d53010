"""One frame is in flight, and the next goes once the last is answered: both sides of that."""

import pytest

from evcharging.protocols.control import Closed, NothingToAcknowledge, Received, TalkClosed
from evcharging.protocols.framing import MAX_DATA, FrameError
from evcharging.protocols.patience import MAX_COPIES
from evcharging.protocols.stop_and_wait import MAX_QUEUE, QueueFull
from evcharging.tests.stages.talk_stage import ACK, EOT, NAK, frame, opened_client, opened_server

# Who sends


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


# Who answers


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
