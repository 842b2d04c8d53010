"""Between the thread that fetches and the reader that takes: nothing lost, nothing stale, and never too much."""

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st

from evcharging.adapters.bus import Place
from evcharging.adapters.bus.kafka.inbox import FULL, Batch, FetchBuffer
from evcharging.tests.stages.bus_world import ALL, STREAM, order

NAME = STREAM.name


def batch(first: int, count: int, partition: int = 0, *, gap: int = 0) -> Batch:
    """Messages that are numbered by their offsets; the last `gap` offsets had nothing readable."""
    offsets = list(range(first, first + count))
    return Batch(STREAM, partition, first + count + gap, offsets, [order(offset) for offset in offsets])


def inbox(assigned: frozenset[int] = ALL) -> FetchBuffer:
    return FetchBuffer(assigned, lambda: None)


def taken(inbox: FetchBuffer, limit: int = 10**6) -> list[int]:
    return [message.seq for fetched in inbox.poll(limit) for message in fetched.messages]


def test_a_batch_that_is_taken_in_parts_knows_where_each_part_ends() -> None:
    box = inbox()
    box.put(0, [batch(5, 3, gap=4)])
    assert [box.poll(2)[0].next_offset, box.poll(2)[0].next_offset] == [7, 12]


def test_what_was_fetched_before_a_seek_is_dropped_and_what_is_fetched_after_it_is_not() -> None:
    box = inbox()
    box.put(0, [batch(0, 5)])
    assert taken(box, 2) == [0, 1]
    box.seek({(NAME, 1): 9})
    turn, starts = box.starts()
    assert starts == {(NAME, 0): 2, (NAME, 1): 9}
    box.put(turn - 1, [batch(5, 5)])
    box.put(turn, [batch(2, 2)])
    assert taken(box) == [2, 3]


def test_a_change_of_assignment_shows_before_anything_of_the_new_partitions() -> None:
    box = inbox(frozenset({0}))
    box.assign(frozenset({0, 1}))
    box.assign(frozenset({1}))
    box.put(box.turn, [batch(0, 1, partition=1)])
    seen = [(sorted(box.assignment()), taken(box)) for _ in range(3)]
    assert seen == [([0], []), ([0, 1], []), ([1], [0])]


def test_partitions_that_stay_go_on_and_those_that_left_are_forgotten() -> None:
    box = inbox()
    box.put(0, [batch(0, 3, partition=0), batch(0, 3, partition=1)])
    taken(box)
    box.drop()
    box.assign(frozenset({1, 2}))
    assert box.starts()[1] == {(NAME, 1): 3}


def test_there_is_no_room_from_full_until_half_is_taken_or_dropped() -> None:
    box = inbox()
    box.put(0, [batch(0, FULL - 1)])
    assert box.wait_for_room(0)
    box.put(0, [batch(FULL - 1, 1)])
    rooms = [box.wait_for_room(0)]
    for limit in (FULL // 2 - 1, 1):
        taken(box, limit)
        rooms.append(box.wait_for_room(0))
    assert rooms == [False, False, True]
    box.put(0, [batch(FULL, FULL)])
    box.seek({(NAME, 0): 0})
    assert box.wait_for_room(0)


def test_the_reader_is_told_once_until_it_polls_and_again_if_something_is_left() -> None:
    told: list[None] = []
    box = FetchBuffer(ALL, lambda: told.append(None))
    box.put(0, [batch(0, 2)])
    box.put(0, [batch(2, 2)])
    assert len(told) == 1
    taken(box, 3)
    assert len(told) == 2
    taken(box, 3)
    box.put(0, [batch(4, 1)])
    assert len(told) == 3


def test_a_closed_inbox_gives_nothing_and_takes_nothing() -> None:
    box = inbox()
    box.put(0, [batch(0, 2)])
    box.close()
    box.put(0, [batch(2, 2)])
    assert (taken(box), box.assignment()) == ([], frozenset())


@given(
    st.lists(st.tuples(st.sampled_from(["fetch", "poll", "seek", "drop", "assign"]), st.integers(0, 9)), max_size=80)
)
def test_whatever_happens_each_partition_is_read_on_from_where_it_was_or_was_sent(
    steps: list[tuple[str, int]],
) -> None:
    box, applied, fetched = inbox(), -1, defaultdict[Place, int](int)
    expected = defaultdict[Place, int](int)
    for what, number in steps:
        place = (NAME, number % 3)
        if what == "seek":
            box.seek({place: number})
            expected[place] = number
        elif what == "drop":
            box.drop()
        elif what == "assign":
            box.assign(ALL)
        elif what == "fetch":
            if applied != box.turn:
                applied, starts = box.starts()
                fetched = defaultdict(int, starts)
            box.put(applied, [batch(fetched[place], number, partition=place[1])])
            fetched[place] += number
        else:
            for part in box.poll(number):
                here = (NAME, part.partition)
                assert [message.seq for message in part.messages] == list(range(expected[here], part.next_offset))
                expected[here] = part.next_offset
