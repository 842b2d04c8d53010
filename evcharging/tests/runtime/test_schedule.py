"""Who is woken when."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from evcharging.runtime.schedule import Schedule

START = datetime(2026, 1, 1, tzinfo=UTC)


def at(second: int) -> datetime:
    """A moment, equal but not identical to another one of the same second."""
    return START + timedelta(seconds=second)


def test_sleepers_of_one_moment_wake_together_in_the_order_in_which_they_came() -> None:
    schedule: Schedule[str] = Schedule()
    for sleeper in ("a", "b", "c"):
        schedule.put(at(1), sleeper)
    assert schedule.pop(at(1)) == (at(1), ["a", "b", "c"])
    assert schedule.pop(at(1)) is None


def test_nobody_wakes_before_the_moment() -> None:
    schedule: Schedule[str] = Schedule()
    schedule.put(at(5), "a")
    assert schedule.pop(at(4)) is None
    assert schedule.next() == at(5)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers())))
def test_all_wake_once_and_earlier_ones_first(sleepers: list[tuple[int, int]]) -> None:
    schedule: Schedule[tuple[int, int]] = Schedule()
    for sleeper in sleepers:
        schedule.put(at(sleeper[0]), sleeper)
    woken = []
    while (due := schedule.pop(at(20))) is not None:
        woken += due[1]
    assert sorted(woken) == sorted(sleepers)
    assert [moment for moment, _ in woken] == sorted(moment for moment, _ in sleepers)
    assert schedule.next() is None
