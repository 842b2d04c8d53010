"""Who looks on at the bus is shown what they want, at most so much in a second, and nobody waits for them."""

import json
from typing import Any

import pytest

from evcharging.apps.ev_central.access.staying import POLICY
from evcharging.apps.ev_central.bus_watcher import A_SECOND, WAITING, BusWatcher, Seen, watch_wish
from evcharging.apps.ev_central.views_bus import WatchFrame
from evcharging.apps.ev_central.views_live import RefusedFrame
from evcharging.common.kafka import TOPIC_OF, key_of
from evcharging.common.messages import Message
from evcharging.common.utils import to_json
from evcharging.tests.stages.bus_world import NOW, READING, order, refusal


def seen(message: Message) -> Seen:
    body = to_json(message)
    return Seen(TOPIC_OF[type(message)].name, lambda: f"{key_of(message)}\n{body.decode()}", lambda: body)


def shown(watcher: BusWatcher, *messages: Message) -> list[int]:
    """The numbers of those of these messages that are sent."""
    for message in messages:
        watcher.see(seen(message))
    watcher.flush(NOW)
    return [] if watcher.frames.empty() else [each["seq"] for each in next_frame(watcher)["messages"]]


def next_frame(watcher: BusWatcher) -> dict[str, Any]:
    frame = watcher.frames.get_nowait()
    assert frame is not None
    found: dict[str, Any] = json.loads(frame)
    return found


def wishing(**wish: Any) -> BusWatcher:
    watcher = BusWatcher()
    watcher.want(WatchFrame(type="watch", **wish))
    return watcher


def test_without_a_wish_all_is_shown_in_its_order() -> None:
    assert shown(BusWatcher(), order(1), refusal(2), order(3)) == [1, 2, 3]


def test_topics_and_a_text_say_what_is_shown() -> None:
    assert shown(wishing(topics=["cp.status"]), order(1), refusal(2)) == [2]
    assert shown(wishing(topics=[]), order(1), refusal(2)) == []
    assert shown(wishing(text="cp-7"), order(1, "CP-7"), order(2, "CP-8")) == [1]
    assert shown(wishing(text="S-2"), order(1), order(2)) == [2]
    assert shown(wishing(text="stopsupply"), order(1), READING) == [1]


def test_a_text_is_not_found_in_what_is_not_shown() -> None:
    assert shown(wishing(topics=["cp.status"], text="S-1"), order(1)) == []


def test_while_it_is_paused_nothing_is_shown_and_nothing_counted() -> None:
    watcher = wishing(paused=True)
    assert shown(watcher, order(1)) == []
    watcher.want(WatchFrame(type="watch"))
    assert shown(watcher, order(2)) == [2]


def test_in_a_second_so_many_are_shown_and_the_rest_is_counted() -> None:
    watcher = BusWatcher()
    for number in range(A_SECOND + 7):
        watcher.see(seen(order(number)))
    watcher.flush(NOW)
    frame = next_frame(watcher)
    assert (len(frame["messages"]), frame["left_out"]) == (A_SECOND, 7)
    watcher.see(seen(order(1)))
    watcher.flush(NOW)
    assert (frame := next_frame(watcher))["messages"] == []
    assert frame["left_out"] == 1
    watcher.next_second()
    assert shown(watcher, order(2)) == [2]


def test_nothing_is_sent_where_nothing_was_seen() -> None:
    watcher = BusWatcher()
    watcher.flush(NOW)
    assert watcher.frames.empty()


def test_what_waits_is_forgotten_with_another_wish() -> None:
    watcher = BusWatcher()
    watcher.see(seen(order(1)))
    watcher.want(WatchFrame(type="watch", topics=["cp.status"]))
    assert shown(watcher, refusal(2)) == [2]


def test_who_does_not_read_is_sent_away_and_keeps_no_more_waiting() -> None:
    watcher = BusWatcher()
    for number in range(WAITING + 5):
        watcher.put(str(number))
    assert (watcher.frames.qsize(), watcher.frames.get_nowait()) == (1, None)
    assert watcher.farewell[0] == 1013


def test_who_may_not_look_on_any_more_is_told_to_sign_in() -> None:
    watcher = BusWatcher()
    watcher.put("waiting")
    watcher.turn_out()
    assert watcher.frames.get_nowait() is None
    assert watcher.farewell[0] == POLICY


def test_a_message_is_made_ready_once_however_many_want_it() -> None:
    made: list[bytes] = []

    def view() -> bytes:
        made.append(b"{}")
        return made[-1]

    once = Seen(TOPIC_OF[type(READING)].name, lambda: "CP-1\n{}", view)
    for watcher in (BusWatcher(), BusWatcher(), wishing(text="nothing like it")):
        watcher.see(once)
    assert len(made) == 1


@pytest.mark.parametrize("text", ["", "{", "[]", "7", '{"type":"hello"}', "[" * 100_000])
def test_what_asks_for_nothing_is_read_over(text: str) -> None:
    assert watch_wish(text) is None


def test_what_cannot_be_had_is_refused_in_a_sentence() -> None:
    assert watch_wish('{"type":"watch","text":"CP-1"}') == WatchFrame(type="watch", text="CP-1")
    for said, why in (
        ({"topics": ["cp.nothing"]}, "topics: there is no topic 'cp.nothing' on the bus"),
        ({"topics": ["link.errands"]}, "topics: there is no topic 'link.errands' on the bus"),
        ({"text": "x" * 129}, "text: no more than 128 characters can be looked for"),
        ({"paused": "yes"}, "Expected `bool`, got `str` - at `$.paused`"),
    ):
        assert watch_wish(json.dumps({"type": "watch", **said})) == RefusedFrame(type="refused", detail=why)
