"""A talk whose peer sends what nobody has any use for: it ends after a few, and an honest peer's is never ended."""

from collections.abc import Callable
from itertools import cycle, islice

import pytest

from evcharging.protocols.control import MAX_AT_ONCE, Closed, Received, Talk
from evcharging.protocols.patience import MAX_COPIES, MAX_STRAYS
from evcharging.tests.stages.talk_stage import ACK, EOT, NAK, frame, opened_client, opened_server

STRAYS = f"The peer sent {MAX_STRAYS + 1} answers that nothing waited for."
COPIES = f"The peer sent {MAX_COPIES + 1} copies of frames that were taken, and nothing new."
AT_ONCE = f"The peer sent more than {MAX_AT_ONCE} frames and answers at once."
sides = pytest.mark.parametrize("opened", [opened_server, opened_client])


@sides
@pytest.mark.parametrize("answers", [ACK, NAK, ACK + NAK])
def test_answers_that_nothing_waits_for_end_the_talk_after_a_few(opened: Callable[[], Talk], answers: bytes) -> None:
    talk = opened()
    ends = [talk.receive_data(bytes([byte]), 1.0) for byte in islice(cycle(answers), MAX_STRAYS + 1)]
    assert ends == [[]] * MAX_STRAYS + [[Closed(reason=STRAYS)]]
    assert talk.data_to_send() == NAK + EOT
    assert talk.flooded


@sides
@pytest.mark.parametrize("flood", [ACK, NAK, frame(1, "1"), b"\x02\x03\x00", b"\x05"])
def test_of_a_flood_in_one_portion_only_the_beginning_is_looked_at(opened: Callable[[], Talk], flood: bytes) -> None:
    talk = opened()
    before = talk.heard
    assert isinstance(talk.receive_data(flood * (256 * 1024 // len(flood)), 1.0)[-1], Closed)
    assert talk.heard - before <= MAX_AT_ONCE + 1
    assert len(talk.data_to_send()) <= MAX_COPIES + 5
    assert talk.receive_data(flood, 1.0) == []


def test_each_frame_that_gets_through_earns_an_answer_to_nothing_back() -> None:
    talk = opened_server()
    talk.receive_data(ACK * MAX_STRAYS, 1.0)
    for n in range(1, 50):
        assert talk.receive_data(frame(n, "1"), 1.0) == [Received(payload=b"1")]
        assert talk.receive_data(NAK, 1.0) == []
    assert talk.receive_data(NAK, 1.0) == [Closed(reason=STRAYS)]


def test_each_frame_that_the_peer_takes_earns_one_back_too() -> None:
    talk = opened_server()
    talk.receive_data(ACK * MAX_STRAYS, 1.0)
    for _ in range(50):
        talk.send(b"1", 1.0)
        assert talk.receive_data(ACK + ACK, 1.0) == []
    assert talk.receive_data(ACK, 1.0) == [Closed(reason=STRAYS)]


def test_late_answers_to_copies_are_owed_however_many_frames_they_come_for() -> None:
    talk, now = opened_client(), 0.0
    for _ in range(50):
        talk.send(b"1", now)
        for _ in range(2):
            now += 2.0
            assert talk.on_deadline(now) == []
        assert talk.receive_data(ACK * 3, now) == []
    assert talk.receive_data(ACK * MAX_STRAYS, now) == []
    assert not talk.flooded


def test_answers_beyond_those_to_copies_are_not() -> None:
    talk = opened_client()
    talk.send(b"1", 0.0)
    talk.on_deadline(2.0)
    assert talk.receive_data(ACK * (2 + MAX_STRAYS), 2.0) == [], "the frame that got through came before them"
    assert talk.receive_data(ACK, 2.0) == [Closed(reason=STRAYS)]


@pytest.mark.parametrize("explicit", [False, True])
def test_copies_without_end_end_the_talk_after_a_few(explicit: bool) -> None:
    talk = opened_server(auto_acknowledge=not explicit)
    talk.receive_data(frame(1, "1"), 1.0)
    ends = [talk.receive_data(frame(1, "1"), 1.0) for _ in range(MAX_COPIES + 1)]
    assert ends == [[]] * MAX_COPIES + [[Closed(reason=COPIES)]]
    assert talk.data_to_send().endswith(NAK + EOT)
    assert talk.flooded


def test_copies_of_older_frames_in_turn_are_no_news() -> None:
    talk = opened_server()
    for n in range(1, 4):
        talk.receive_data(frame(n, "1"), 1.0)
    for n in islice(cycle([1, 2, 3]), MAX_COPIES):
        assert talk.receive_data(frame(n, "1"), 1.0) == []
    assert talk.receive_data(frame(1, "1"), 1.0) == [Closed(reason=COPIES)]


def test_three_tries_of_every_frame_each_repeated_by_the_line_are_borne() -> None:
    talk = opened_server()
    for n in range(1, 50):
        for _ in range(6):
            talk.receive_data(frame(n, "1"), 1.0)
    assert talk.receive_data(frame(50, "1"), 1.0) == [Received(payload=b"1")]


def test_frames_that_wait_for_no_answer_end_the_talk_after_some() -> None:
    talk = opened_server()
    frames = b"".join(frame(n, "1") for n in range(1, 1000))
    assert talk.receive_data(frames, 1.0)[MAX_AT_ONCE + 1 :] == [Closed(reason=AT_ONCE)]
    assert talk.flooded


def test_all_that_two_honest_sides_can_have_under_way_comes_at_once_and_is_borne() -> None:
    client = opened_client()
    client.send(b"1", 0.0)
    for moment in (2.0, 4.0):
        client.on_deadline(moment)
    client.data_to_send()
    events = client.receive_data(ACK * 3 + frame(1, "2") * 3 + EOT, 5.0)
    assert events == [Received(payload=b"2"), Closed(reason="The peer ended the talk.")]
    assert not client.flooded
