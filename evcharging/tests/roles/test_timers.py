"""Named alarms: the earliest first, each at most once, and none after it was cancelled."""

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from evcharging.roles.timers import Timers, moved
from evcharging.tests.stages.scenario import after, law

Name = tuple[str, str]


def due(timers: Timers, now: datetime) -> list[Name]:
    found = []
    while (name := timers.pop_due(now)) is not None:
        found.append(name)
    return found


def test_nothing_is_due_where_nothing_is_set() -> None:
    timers = Timers()
    assert timers.earliest is None
    assert timers.pop_due(after(100)) is None


def test_a_timer_is_due_at_its_moment_and_only_once() -> None:
    timers = Timers()
    timers.set("start", "CP-1", after(5))
    assert timers.pop_due(after(4.999999)) is None
    assert timers.pop_due(after(5)) == ("start", "CP-1")
    assert timers.pop_due(after(5)) is None
    assert timers.earliest is None


def test_timers_ring_in_the_order_of_their_moments_however_they_were_set() -> None:
    timers = Timers()
    for second in (3, 1, 2):
        timers.set("start", f"CP-{second}", after(second))
    assert timers.earliest == after(1)
    assert due(timers, after(10)) == [("start", "CP-1"), ("start", "CP-2"), ("start", "CP-3")]


def test_setting_a_name_again_moves_it() -> None:
    timers = Timers()
    timers.set("start", "CP-1", after(1))
    timers.set("start", "CP-1", after(5))
    assert due(timers, after(4)) == []
    assert timers.earliest == after(5)
    timers.set("start", "CP-1", after(3))
    assert due(timers, after(10)) == [("start", "CP-1")]


def test_a_cancelled_timer_never_rings_and_cancelling_nothing_is_no_mistake() -> None:
    timers = Timers()
    timers.cancel("start", "CP-1")
    timers.set("start", "CP-1", after(1))
    timers.cancel("start", "CP-1")
    assert due(timers, after(10)) == []
    timers.set("start", "CP-1", after(1))
    assert due(timers, after(10)) == [("start", "CP-1")]


def test_kinds_of_the_same_point_are_separate() -> None:
    timers = Timers()
    timers.set("start", "CP-1", after(1))
    timers.set("silence", "CP-1", after(1))
    timers.cancel("start", "CP-1")
    assert due(timers, after(1)) == [("silence", "CP-1")]


names = st.tuples(st.sampled_from(["start", "silence"]), st.sampled_from(["CP-1", "CP-2"]))
seconds = st.integers(0, 20)
deeds = st.one_of(
    st.tuples(st.just("set"), names, seconds),
    st.tuples(st.just("cancel"), names, seconds),
    st.tuples(st.just("ring"), names, seconds),
)


@law
@given(st.lists(deeds, max_size=40))
def test_timers_do_what_a_plain_dictionary_of_moments_does(story: list[tuple[str, Name, int]]) -> None:
    timers = Timers()
    model: dict[Name, datetime] = {}
    for deed, name, second in story:
        at = after(second)
        if deed == "set":
            timers.set(*name, at)
            model[name] = at
        elif deed == "cancel":
            timers.cancel(*name)
            model.pop(name, None)
        else:
            expected = sorted(name for name, moment in model.items() if moment <= at)
            assert sorted(due(timers, at)) == expected
            for rung in expected:
                del model[rung]
            assert timers.earliest is None or timers.earliest > at
        assert not model or (timers.earliest is not None and timers.earliest <= min(model.values()))


@law
@given(
    st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("xyz"), st.none() | st.integers(0, 9)), max_size=20),
    st.integers(-5000, 5000),
    st.integers(0, 9),
)
def test_timers_that_are_shifted_ring_as_before_so_much_later(
    story: list[tuple[str, str, int | None]], by: int, until: int
) -> None:
    still, shifted = Timers(), Timers()
    for number, (kind, key, second) in enumerate(story):
        if number == len(story) // 2:
            shifted.shift(timedelta(seconds=by))
        for timers, offset in ((still, 0), (shifted, by if number >= len(story) // 2 else 0)):
            if second is None:
                timers.cancel(kind, key)
            else:
                timers.set(kind, key, after(second + offset))
    if not story:
        shifted.shift(timedelta(seconds=by))
    for second in (until, 9):
        assert due(still, after(second)) == due(shifted, after(second + by))
        assert moved(still.earliest, timedelta(seconds=by)) == shifted.earliest
