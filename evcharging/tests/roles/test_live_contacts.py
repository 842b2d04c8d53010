"""A live view trusts what a shard said for as long as the shard lives and every word of it has come."""

from datetime import datetime
from itertools import count

import pytest

from evcharging.common.messages_view import LateContact, PointShown, PointsWanted, ShardAlive
from evcharging.common.states import CPState
from evcharging.common.utils import changed
from evcharging.roles.live_view import NO_WORD, LiveView
from evcharging.roles.role import Effects
from evcharging.tests.roles.test_live_view import VIEW
from evcharging.tests.stages.scenario import CP, after, the

OTHER = "CP-002"


class Onlooker:
    """A live view and what a shard says to it."""

    def __init__(self) -> None:
        self.panel = LiveView()
        self.number = 0
        self.signs = count(1)

    def show(
        self, cp_id: str = CP, at: float = 0, *, comes: bool = True, number: int | None = None, age: float = 0
    ) -> None:
        self.number = number or self.number + 1
        view = changed(VIEW, cp_id=cp_id, ts=after(at), last_seen=after(at - age), seq=VIEW.seq + self.number)
        if comes:
            self.panel.on_message(changed(view, shard="3", number=self.number), after(at))

    def live(self, at: float, *, since: int = 1, epoch: int = VIEW.epoch, **late: datetime) -> Effects:
        names = {"one": CP, "other": OTHER}
        self.sign = ShardAlive(
            ts=after(at),
            epoch=epoch,
            seq=VIEW.seq + next(self.signs),
            cp_id=CP,
            shard="3",
            shown=self.number,
            since=since,
            late=tuple(LateContact(cp_id=names[name], heard_at=heard) for name, heard in late.items()),
        )
        return self.panel.on_message(self.sign, after(at))

    def state(self, at: float, cp_id: str = CP) -> CPState:
        self.panel.on_deadline(after(at))
        return self.panel.points[cp_id].state


@pytest.fixture
def onlooker() -> Onlooker:
    """One that was shown two points."""
    onlooker = Onlooker()
    onlooker.show(CP)
    onlooker.show(OTHER)
    return onlooker


def test_points_stay_as_they_were_shown_while_their_shard_lives(onlooker: Onlooker) -> None:
    for second in range(2, 120, 2):
        assert onlooker.live(second) == ()
        assert onlooker.state(second + 1.9) is CPState.SUPPLYING


def test_without_signs_of_life_points_are_doubted_nine_seconds_after_they_were_last_heard_of(
    onlooker: Onlooker,
) -> None:
    onlooker.live(4)
    assert onlooker.state(10.9) is CPState.SUPPLYING
    assert onlooker.state(11) is CPState.DISCONNECTED
    assert (onlooker.panel.points[CP].reason, onlooker.panel.points[CP].since) == (NO_WORD, after(11))


def test_what_is_said_again_is_no_sign_of_life(onlooker: Onlooker) -> None:
    onlooker.live(4)
    again = [onlooker.sign, changed(VIEW, ts=after(0), last_seen=after(0), seq=VIEW.seq + 1, shard="3", number=1)]
    for message in again:
        assert onlooker.panel.on_message(message, after(10)) == ()
    assert onlooker.state(10.9) is CPState.SUPPLYING
    assert onlooker.state(11) is CPState.DISCONNECTED


def test_a_shard_that_is_heard_of_again_is_believed_without_saying_all_again(onlooker: Onlooker) -> None:
    assert onlooker.state(9) is CPState.DISCONNECTED
    onlooker.panel.take_news()
    assert onlooker.live(20, other=after(3)) == ()
    assert onlooker.state(20) is CPState.SUPPLYING
    assert onlooker.state(20, OTHER) is CPState.DISCONNECTED
    assert [getattr(news, "cp_id", None) for news in onlooker.panel.take_news()] == [CP]


def test_a_point_that_its_shard_has_not_heard_of_is_doubted_alone(onlooker: Onlooker) -> None:
    for second in (2, 4, 6, 8):
        onlooker.live(second, one=after(0))
    assert (onlooker.state(8.9), onlooker.state(8.9, OTHER)) == (CPState.SUPPLYING, CPState.SUPPLYING)
    assert (onlooker.state(9), onlooker.state(9, OTHER)) == (CPState.DISCONNECTED, CPState.SUPPLYING)


def test_a_sign_of_life_confirms_nothing_of_a_point_that_is_linked_again_after_it(onlooker: Onlooker) -> None:
    onlooker.live(20)
    onlooker.show(CP, at=20.8, age=3)
    assert onlooker.panel.last_seen(onlooker.panel.points[CP]) == after(17.8)
    assert (onlooker.state(26.7), onlooker.state(26.8)) == (CPState.SUPPLYING, CPState.DISCONNECTED)


def test_who_missed_a_word_asks_for_all_and_trusts_nothing_until_they_have_come(onlooker: Onlooker) -> None:
    onlooker.show(comes=False)
    assert the(PointsWanted, onlooker.live(2)).cp_id == CP
    assert onlooker.live(3) == ()
    assert the(PointsWanted, onlooker.live(4)).cp_id == CP
    onlooker.show(CP, 5)
    onlooker.show(OTHER, 5, comes=False)
    assert the(PointsWanted, onlooker.live(6, since=4))
    onlooker.show(CP, 7)
    onlooker.show(OTHER, 7)
    assert onlooker.live(8, since=6) == ()
    assert onlooker.state(14.9) is CPState.SUPPLYING


def test_who_comes_later_asks_for_all() -> None:
    onlooker = Onlooker()
    onlooker.number = 17
    assert the(PointsWanted, onlooker.live(0)).cp_id == CP
    onlooker.show(CP, 1)
    onlooker.show(OTHER, 1)
    assert onlooker.live(2, since=18) == ()


def test_a_word_that_comes_twice_is_no_gap(onlooker: Onlooker) -> None:
    onlooker.show(CP, number=1)
    onlooker.number = 2
    assert onlooker.live(2) == ()


def test_an_older_run_confirms_nothing_and_a_newer_one_must_speak_first(onlooker: Onlooker) -> None:
    assert onlooker.live(2, epoch=VIEW.epoch - 1) == ()
    assert onlooker.state(9) is CPState.DISCONNECTED
    assert the(PointsWanted, onlooker.live(10, epoch=VIEW.epoch + 1)).cp_id == CP


def test_a_shard_without_a_word_of_any_point_is_trusted_from_its_first_word_on() -> None:
    onlooker = Onlooker()
    onlooker.show(CP)
    assert onlooker.live(1) == ()
    assert isinstance(onlooker.panel.points[CP], PointShown)


def test_all_points_told_again_are_no_news(onlooker: Onlooker) -> None:
    onlooker.panel.take_news()
    onlooker.show(CP, 1)
    onlooker.show(OTHER, 1)
    assert onlooker.panel.take_news() == []


def test_a_point_that_is_doubted_was_last_seen_when_its_shard_last_confirmed_it(onlooker: Onlooker) -> None:
    for second in range(2, 100, 2):
        onlooker.live(second)
    assert onlooker.state(105) is CPState.DISCONNECTED
    assert onlooker.panel.points[CP].last_seen == after(96)


@pytest.mark.parametrize("ahead", [-300, 300])
def test_a_point_that_is_there_was_last_seen_by_the_clock_of_who_looks_on(onlooker: Onlooker, ahead: float) -> None:
    view = changed(VIEW, ts=after(10 + ahead), last_seen=after(8 + ahead), seq=VIEW.seq + 3, shard="3", number=3)
    onlooker.panel.on_message(view, after(10))
    assert onlooker.panel.last_seen(onlooker.panel.points[CP]) == after(8)


def test_of_a_point_that_is_gone_nobody_knows_more_than_was_said(onlooker: Onlooker) -> None:
    view = onlooker.panel.points[CP]
    onlooker.panel.on_message(changed(view, retired=True, seq=99, number=3, shard="3"), after(1))
    assert onlooker.panel.last_seen(view) == view.last_seen


def test_a_point_that_was_retired_is_not_shown_again_by_a_word_of_before(onlooker: Onlooker) -> None:
    view = onlooker.panel.points[CP]
    onlooker.panel.on_message(changed(view, retired=True, seq=99, number=3, shard="3"), after(1))
    onlooker.panel.on_message(changed(view, seq=98), after(2))
    assert CP not in onlooker.panel.points
    onlooker.panel.on_message(changed(view, seq=100), after(3))
    assert CP in onlooker.panel.points
    assert CP not in onlooker.panel.retired
