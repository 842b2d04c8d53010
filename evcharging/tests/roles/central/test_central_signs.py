"""Signs of life: each shard says that it lives, of whom it has not heard lately, and all again to who missed it."""

from datetime import timedelta

import pytest

from evcharging.common.messages_operators import RegisterPoint, RetirePoint
from evcharging.common.messages_view import PointShown, PointsWanted, ShardAlive
from evcharging.common.states import CPState as S
from evcharging.common.utils import numbered
from evcharging.roles.cadences import QUIET
from evcharging.roles.central import signs
from evcharging.roles.role import ClockStepped
from evcharging.tests.stages.central_stage import CentralStage, well
from evcharging.tests.stages.scenario import CP, T0, after, all_of, another, kinds, the


@pytest.fixture
def central() -> CentralStage:
    stage = CentralStage(name="3")
    stage.open_point()
    return stage


def wanted() -> PointsWanted:
    return PointsWanted(ts=T0, cp_id=CP)


def test_a_shard_says_every_two_seconds_that_it_lives_and_how_far_it_has_spoken(central: CentralStage) -> None:
    central.wait(4)
    first, second = all_of(ShardAlive, central.said)
    assert (first.ts, second.ts) == (after(2), after(4))
    shown = all_of(PointShown, central.said)
    assert [view.number for view in shown] == list(range(1, len(shown) + 1))
    assert {view.shard for view in shown} == {"3"}
    assert (first.shard, first.cp_id, first.shown, first.since) == ("3", CP, len(shown), 1)


def test_a_point_that_was_not_heard_of_lately_is_named_with_when_it_was(central: CentralStage) -> None:
    central.wait(2)
    assert all_of(ShardAlive, central.said)[-1].late == ()
    central.wait(2)
    [late] = all_of(ShardAlive, central.said)[-1].late
    assert (late.cp_id, late.heard_at) == (CP, T0)
    central.tell(well())
    central.wait(2)
    assert all_of(ShardAlive, central.said)[-1].late == ()


def test_who_has_missed_something_is_told_of_all_points(central: CentralStage) -> None:
    central.open_point("CP-002")
    before = all_of(PointShown, central.said)[-1].number
    central.wait(1)
    central.tell(well())
    told = central.tell(wanted())
    assert kinds(told) == ["PointShown", "PointShown"]
    assert [view.number for view in all_of(PointShown, told)] == [before + 1, before + 2]
    assert {view.cp_id: view.last_seen for view in all_of(PointShown, told)} == {CP: after(1), "CP-002": T0}
    central.wait(1)
    assert all_of(ShardAlive, central.said)[-1].since == before + 1


def test_many_who_ask_at_once_are_told_once(central: CentralStage) -> None:
    assert len(central.tell(*[wanted()] * 10)) == 1
    central.wait(1)
    assert len(central.tell(wanted())) == 1


def test_where_too_many_were_not_heard_of_each_is_told_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signs, "MOST_LATE", 2)
    central = CentralStage()
    for cp_id in numbered("P", 3):
        central.open_point(cp_id)
    told = central.wait(4)
    assert [view.cp_id for view in all_of(PointShown, told)] == numbered("P", 3)
    assert {view.last_seen for view in all_of(PointShown, told)} == {T0}


def test_a_shard_without_points_and_one_in_quiet_time_say_nothing() -> None:
    empty, quiet = CentralStage(), CentralStage(cadences=QUIET)
    quiet.open_point()
    for stage in (empty, quiet):
        stage.wait(20)
        assert all_of(ShardAlive, stage.said) == []


def test_a_new_run_begins_to_count_anew_and_tells_of_all(central: CentralStage) -> None:
    central.tell(RegisterPoint(ts=T0, request_id=another("register"), cp_id="CP-002"))
    views = all_of(PointShown, central.restart())
    assert [view.number for view in views] == [1, 2]
    central.wait(2)
    alive = all_of(ShardAlive, central.said)[-1]
    assert (alive.epoch, alive.shown, alive.since) == (2, 2, 1)


def test_a_clock_that_is_set_does_not_keep_a_shard_from_telling_again(central: CentralStage) -> None:
    central.tell(wanted())
    central.now = after(-3600)
    central.tell(ClockStepped(by=timedelta(hours=-1)))
    central.wait(1)
    assert the(PointShown, central.tell(wanted())).state is S.ACTIVATED


def test_a_shard_whose_points_are_all_retired_lives_too(central: CentralStage) -> None:
    central.tell(RetirePoint(ts=T0, request_id=another("retire"), cp_id=CP))
    central.wait(2)
    assert all_of(ShardAlive, central.said)[-1].shown == all_of(PointShown, central.said)[-1].number
    assert all_of(PointShown, central.tell(wanted()))[0].retired
