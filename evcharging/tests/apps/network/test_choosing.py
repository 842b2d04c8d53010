"""Drivers of a network in one process ask for points that are free, each for another one, by a seeded choice."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import islice
from random import Random

import pytest

from evcharging.apps.network.choosing import HOLD, ROUND, FreePoints, at_free_points
from evcharging.common.messages_view import OngoingSession, PointShown
from evcharging.common.states import CPState
from evcharging.common.utils import changed, numbered
from evcharging.domain.charging_point import is_free, refusal
from evcharging.roles.driver import ChargeIntent

NOON = datetime(2025, 10, 13, 12, tzinfo=UTC)
SESSION = OngoingSession(session_id="s", request_id="r", driver_id="d", status="AUTHORISED", requested_at=NOON)


def shown(cp_id: str, state: CPState = CPState.ACTIVATED, session: OngoingSession | None = None) -> PointShown:
    return PointShown(
        ts=NOON,
        cp_id=cp_id,
        state=state,
        since=NOON,
        location="here",
        euros_per_kwh=0.3,
        kw_rate=22.0,
        stopped=False,
        session=session,
    )


class Town:
    """Some points as the panel shows them, those that are free, and the time."""

    def __init__(self, *points: PointShown) -> None:
        self.points = {point.cp_id: point for point in points}
        self.seconds = 0.0
        self.chance = Random(1)
        self.free = FreePoints([*self.points], self.points, lambda: self.seconds)

    def show(self, point: PointShown) -> None:
        self.points[point.cp_id] = point
        self.free.shown(point)

    def choose(self) -> str:
        return self.free.choose(self.chance)


def town(count: int) -> Town:
    return Town(*map(shown, numbered("CP-", count)))


@pytest.mark.parametrize("state", CPState)
@pytest.mark.parametrize("busy", [False, True])
def test_a_point_is_free_where_nothing_would_be_refused(state: CPState, busy: bool) -> None:
    point = shown("CP-001", state, SESSION if busy else None)
    assert is_free(point) == (refusal("CP-001", state, None, busy=busy, stopped=False) is None)


def test_drivers_who_ask_at_the_same_time_are_each_given_another_point() -> None:
    here = town(100)
    assert sorted(here.choose() for _ in range(100)) == [*here.points]


@pytest.mark.parametrize("state", [state for state in CPState if state is not CPState.ACTIVATED])
def test_only_points_that_are_free_are_given(state: CPState) -> None:
    here = Town(shown("CP-001", state), shown("CP-002", session=SESSION), shown("CP-003"))
    assert here.choose() == "CP-003"


def test_a_point_that_was_taken_and_is_free_again_is_given_again_at_once() -> None:
    here = town(1)
    assert here.choose() == "CP-001"
    here.show(shown("CP-001", session=SESSION))
    here.show(shown("CP-001"))
    assert "CP-001" in here.free.free
    assert here.choose() == "CP-001"


def test_a_point_that_was_given_and_not_taken_is_given_again_later() -> None:
    here = town(2)
    first, second = here.choose(), here.choose()
    here.show(changed(here.points[first], location="there"))
    assert not here.free.free
    here.seconds = HOLD - 0.1
    here.choose()
    assert not here.free.free
    here.seconds = HOLD
    assert {here.choose(), here.choose()} == {first, second}


def test_where_nothing_is_free_any_of_the_points_is_asked_and_says_why_not() -> None:
    here = Town(*(shown(cp_id, CPState.SUPPLYING, SESSION) for cp_id in numbered("CP-", 3)))
    assert {here.choose() for _ in range(50)} == {"CP-001", "CP-002", "CP-003"}


def test_where_nothing_is_free_a_retired_point_is_not_asked_until_it_is_back() -> None:
    here = Town(shown("CP-001", CPState.FAULT), shown("CP-002", CPState.STOPPED), shown("CP-003"))
    here.show(changed(shown("CP-003"), retired=True))
    assert {here.choose() for _ in range(50)} == {"CP-001", "CP-002"}
    here.show(shown("CP-003", session=SESSION))
    assert {here.choose() for _ in range(50)} == {"CP-001", "CP-002", "CP-003"}


def test_points_of_others_and_points_that_were_retired_are_not_given() -> None:
    here = town(2)
    here.show(shown("CP-900"))
    here.show(changed(shown("CP-002"), retired=True))
    assert here.choose() == "CP-001"
    assert not here.free.free


def test_points_that_are_not_known_yet_are_given_once_they_are() -> None:
    here = Town()
    here.free = FreePoints(["CP-001", "CP-002"], here.points, lambda: 0.0)
    assert here.choose() in {"CP-001", "CP-002"}
    here.show(shown("CP-002"))
    assert here.choose() == "CP-002"


@pytest.mark.parametrize("seed", range(20))
def test_what_is_given_is_what_is_free_and_not_held_whatever_happens(seed: int) -> None:
    chance, here, held = Random(seed), town(8), dict[str, float]()
    for _ in range(400):
        here.seconds += chance.choice((0.0, 0.5, HOLD))
        held = {cp_id: until for cp_id, until in held.items() if until > here.seconds}
        if chance.random() < 0.5:
            point = shown(
                chance.choice([*here.points]),
                chance.choice((CPState.ACTIVATED, CPState.FAULT)),
                chance.choice((None, SESSION)),
            )
            here.show(point)
            if not is_free(point):
                held.pop(point.cp_id, None)
            continue
        free = {cp_id for cp_id, point in here.points.items() if is_free(point)}
        given = here.choose()
        if free - held.keys():
            assert given in free - held.keys()
            held[given] = here.seconds + HOLD


def chosen_by(intent: ChargeIntent) -> str:
    assert not isinstance(intent.cp_id, str)
    return intent.cp_id()


def test_the_same_seed_gives_the_same_choices_and_each_driver_has_its_own() -> None:
    def chosen(seed: int) -> list[list[str]]:
        wanted = at_free_points(["a", "b"], town(1000).free, timedelta(seconds=4), seed, forever=True)
        return [
            [str(intent.cp_id()) for intent in islice(theirs, 20) if callable(intent.cp_id)]
            for theirs in wanted.values()
        ]

    assert chosen(1) == chosen(1) != chosen(2)
    assert chosen(1)[0] != chosen(1)[1]


def test_the_choices_spread_over_all_points() -> None:
    here, counts = town(50), Counter[str]()
    for _ in range(5000):
        cp_id = here.choose()
        counts[cp_id] += 1
        here.show(shown(cp_id, session=SESSION))
        here.show(shown(cp_id))
    assert len(counts) == 50
    assert max(counts.values()) < 2 * 5000 / 50


def test_once_is_a_round_of_requests_the_first_of_them_at_once() -> None:
    [intents] = at_free_points(["a"], town(1).free, timedelta(seconds=4), 1, forever=False).values()
    assert [intent.wait.total_seconds() for intent in intents] == [0, *[4] * (ROUND - 1)]


def test_a_choice_among_20_000_points_looks_at_few_of_them() -> None:
    class Looked(dict[str, PointShown]):
        looks = 0

        def get(self, key: str, default: object = None) -> PointShown:
            self.looks += 1
            return self[key]

    ids = numbered("CP-", 20_000)
    points = Looked({cp_id: shown(cp_id, CPState.SUPPLYING, SESSION) for cp_id in ids})
    free = FreePoints(ids, points, lambda: 0.0)
    points.looks = 0
    for number in range(1000):
        points[ids[number]] = shown(ids[number])
        free.shown(points[ids[number]])
        assert free.choose(Random(number)) == ids[number]
    assert points.looks <= 1000
