"""A grant goes down at once, and up by steps."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from evcharging.domain.power.steps import RAISE_EVERY, STEP_MA, Stepped, next_step_at, stepped
from evcharging.tests.stages.scenario import T0, after, law

targets = st.just(0) | st.integers(6_000, 80_000)
steps = st.lists(st.tuples(st.integers(0, 9), targets), max_size=20)


def test_the_first_step_is_at_once_and_the_next_ones_five_seconds_apart() -> None:
    first = stepped(Stepped(), 32_000, T0)
    assert first == Stepped(ma=16_000, changed_at=T0)
    assert next_step_at(first, 32_000) == after(5)
    assert stepped(first, 32_000, after(4.9)) == first
    second = stepped(first, 32_000, after(5))
    assert second == Stepped(ma=32_000, changed_at=after(5))
    assert next_step_at(second, 32_000) is None


def test_what_is_less_counts_at_once_and_is_not_raised_right_after() -> None:
    lowered = stepped(Stepped(ma=32_000, changed_at=T0), 10_000, after(1))
    assert lowered == Stepped(ma=10_000, changed_at=after(1))
    assert stepped(lowered, 32_000, after(2)) == lowered
    assert stepped(lowered, 32_000, after(6)).ma == 26_000


def test_a_clock_that_is_set_back_holds_nothing_up() -> None:
    assert stepped(Stepped(ma=6_000, changed_at=after(3600)), 16_000, T0).ma == 16_000


@law
@given(steps)
def test_a_grant_is_never_above_what_was_allocated_nor_between_nothing_and_six_amperes(
    moves: list[tuple[int, int]],
) -> None:
    grant, now, raised_at = Stepped(), T0, T0 - RAISE_EVERY
    for seconds, target in moves:
        now += timedelta(seconds=seconds)
        before, grant = grant, stepped(grant, target, now)
        assert grant.ma <= target
        assert grant.ma == 0 or grant.ma >= 6_000
        if grant.ma > before.ma:
            assert now - raised_at >= RAISE_EVERY
            assert grant.ma - before.ma <= STEP_MA
            raised_at = now


@law
@given(targets, targets)
def test_a_grant_comes_to_what_was_allocated_by_the_moments_that_it_names(before: int, target: int) -> None:
    grant, now = stepped(Stepped(ma=before, changed_at=T0), target, after(5)), after(5)
    for _ in range(80_000 // STEP_MA):
        now = next_step_at(grant, target) or now
        grant = stepped(grant, target, now)
    assert grant.ma == target
