"""The talk: the published transcripts, how it opens and how it ends."""

from math import inf
from typing import Any

import pytest

from evcharging.protocols.control import Closed, Opened, Received, State, Talk, TalkClosed, TalkEvent, Timing
from evcharging.protocols.framing import MAX_DATA
from evcharging.tests.stages.talk_stage import ACK, ENQ, EOT, NAK, frame, opened_client, opened_server
from evcharging.tests.stages.vectors import VECTORS, unpack


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


# Opening


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


# Ending


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
