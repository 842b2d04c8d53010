"""How long a talk waits, on virtual time: for a frame's end, and for anything at all."""

from math import inf

from evcharging.protocols.control import Closed, Talk, Timing
from evcharging.tests.stages.talk_stage import ACK, frame, opened_server


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
