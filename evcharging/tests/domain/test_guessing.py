"""How often somebody may guess: some at once, and then as time passes, whatever anybody does."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evcharging.domain.access.guessing import Guesses, Limits, network_of

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def tried(guesses: Guesses, who: str, now: datetime) -> bool:
    return Limits(guesses).attempt([who], now) is None


def test_five_guesses_are_free_and_the_next_is_twelve_seconds_later() -> None:
    guesses = Guesses()
    assert [tried(guesses, "ana", NOW) for _ in range(7)] == [True] * 5 + [False] * 2
    assert guesses.wait("ana", NOW) == 12 * SECOND
    assert not tried(guesses, "ana", NOW + 11 * SECOND)
    assert tried(guesses, "ana", NOW + 12 * SECOND)
    assert guesses.wait("ana", NOW + 12 * SECOND) == 12 * SECOND


def test_others_do_not_wait() -> None:
    guesses = Guesses()
    for _ in range(6):
        tried(guesses, "ana", NOW)
    assert tried(guesses, "bea", NOW)


def test_what_was_no_guess_is_given_back() -> None:
    limits = Limits(Guesses(1), Guesses(1))
    for _ in range(10):
        assert limits.attempt(["ana", "192.0.2.1"], NOW) is None
        limits.give_back(["ana", "192.0.2.1"], NOW)


def test_an_attempt_that_has_to_wait_counts_nowhere() -> None:
    names, addresses = Guesses(1), Guesses(2)
    limits = Limits(names, addresses)
    assert limits.attempt(["ana", "192.0.2.1"], NOW) is None
    assert limits.attempt(["ana", "192.0.2.1"], NOW) == 60 * SECOND
    assert limits.attempt(["bea", "192.0.2.1"], NOW) is None
    assert limits.attempt(["carla", "192.0.2.1"], NOW) == 30 * SECOND
    assert limits.attempt(["carla", "192.0.2.2"], NOW) is None


def test_of_many_the_ones_of_longest_ago_are_forgotten() -> None:
    guesses = Guesses(1, most=100)
    for number in range(1000):
        tried(guesses, f"name-{number}", NOW)
    assert len(guesses) == 100
    assert tried(guesses, "name-0", NOW)
    assert not tried(guesses, "name-999", NOW)


def test_a_clock_that_is_set_back_holds_nobody_up_for_longer() -> None:
    guesses = Guesses()
    for _ in range(5):
        tried(guesses, "ana", NOW)
    before = NOW - timedelta(days=1)
    assert not tried(guesses, "ana", before)
    guesses.count("ana", before)
    assert guesses.wait("ana", before + 12 * SECOND) is None


@given(st.lists(st.tuples(st.floats(0, 120), st.booleans()), max_size=60), st.integers(1, 30))
def test_in_any_time_there_are_no_more_guesses_than_the_first_ones_and_those_of_that_time(
    plan: list[tuple[float, bool]], per_minute: int
) -> None:
    guesses, now, allowed = Guesses(per_minute), NOW, list[datetime]()
    for seconds, waits in plan:
        wait = guesses.wait("ana", now)
        now += wait if waits and wait else timedelta(seconds=seconds)
        may = guesses.wait("ana", now) is None
        assert may or not (waits and wait), "whoever has waited as long as was said may try"
        if tried(guesses, "ana", now):
            allowed.append(now)
    for first in range(len(allowed)):
        for last in range(first, len(allowed)):
            minutes = (allowed[last] - allowed[first]) / timedelta(minutes=1)
            assert last - first + 1 <= per_minute * (1 + minutes) + 0.01


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::1", "2001:db8:1:2::"),
        ("fe80::1%eth0", "fe80::"),
        ("unknown", "unknown"),
        ("x" * 5000, "x" * 64),
    ],
)
def test_a_customers_addresses_are_one(address: str, network: str) -> None:
    assert network_of(address) == network
