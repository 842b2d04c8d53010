"""A monitor asks its engine how it is, tells Central at once what changed, and regularly that it lives."""

from datetime import timedelta
from itertools import pairwise

import pytest

from evcharging.common.messages import DriverUpdate, HealthReport
from evcharging.common.messages_link import EngineHealth, HealthQuery
from evcharging.roles.monitor import Monitor, MonitorSetup
from evcharging.roles.role import Effect, LinkDown, LinkUp, Peer, Started
from evcharging.tests.laws.any_message import example
from evcharging.tests.stages.scenario import CP, T0, Stage, after, all_of, kinds, the

CENTRAL_UP, CENTRAL_DOWN = LinkUp(peer=Peer.CENTRAL), LinkDown(peer=Peer.CENTRAL)
ENGINE_UP, ENGINE_DOWN = LinkUp(peer=Peer.ENGINE), LinkDown(peer=Peer.ENGINE)
WELL = EngineHealth(ts=T0, cp_id=CP, asked=CP, well=True)
ILL = EngineHealth(ts=T0, cp_id=CP, asked=CP, well=False, reason="smoke")


class MonitorStage(Stage):
    """A monitor that has just started; `answer` is what its engine says to each question, if it says anything."""

    role: Monitor

    def __init__(self, interval: float = 1, *, answer: EngineHealth | None = WELL) -> None:
        super().__init__()
        self.answer = answer
        self.role = Monitor(MonitorSetup(cp_id=CP, interval=timedelta(seconds=interval)))
        self.tell(Started())

    def live(self, seconds: float) -> list[Effect]:
        """Let time pass with an engine that answers."""
        effects: list[Effect] = []
        end = self.now + timedelta(seconds=seconds)
        while self.role.deadline is not None and self.role.deadline <= end:
            effects += self.heard(self.wait((self.role.deadline - self.now).total_seconds()))
        self.now = end
        return effects

    def heard(self, effects: list[Effect]) -> list[Effect]:
        """Let the engine answer the questions among these effects."""
        answers = [self.answer for effect in effects if isinstance(effect, HealthQuery) and self.answer]
        return effects + self.tell(*answers)


@pytest.fixture
def linked() -> MonitorStage:
    """A monitor with both its links, whose engine is well."""
    stage = MonitorStage()
    stage.tell(CENTRAL_UP)
    stage.heard(stage.tell(ENGINE_UP))
    stage.live(0.5)
    return stage


def reports(effects: list[Effect]) -> list[tuple[bool, str | None]]:
    return [(report.well, report.reason) for report in all_of(HealthReport, effects)]


# Asking


def test_an_engine_is_asked_as_soon_as_there_is_a_link_and_then_every_second() -> None:
    stage = MonitorStage()
    assert the(HealthQuery, stage.tell(ENGINE_UP)).cp_id == CP
    stage.tell(WELL)
    stage.live(0.999)
    asked = [query.ts for query in all_of(HealthQuery, stage.live(5))]
    assert [later - earlier for earlier, later in pairwise(asked)] == [timedelta(seconds=1)] * 4


def test_an_engine_without_a_link_is_not_asked() -> None:
    assert all_of(HealthQuery, MonitorStage().live(10)) == []


def test_how_often_is_a_setting() -> None:
    stage = MonitorStage(interval=0.25)
    stage.tell(ENGINE_UP, WELL)
    assert len(all_of(HealthQuery, stage.live(1))) == 4


def test_a_monitor_that_was_held_up_does_not_ask_many_times_at_once(linked: MonitorStage) -> None:
    linked.now = after(60)
    linked.tell(WELL)
    asked = linked.took(linked.role.on_deadline(linked.now))
    assert len(all_of(HealthQuery, asked)) == 1
    assert linked.role.deadline == after(61)


def test_a_deadline_before_the_start_is_met_all_the_same() -> None:
    monitor = Monitor(MonitorSetup(cp_id=CP))
    assert monitor.on_deadline(T0) == []
    assert monitor.deadline == after(1)


def test_a_word_of_another_kind_is_nothing_to_a_monitor() -> None:
    assert MonitorStage().tell(example(DriverUpdate)) == []


# Telling Central


def test_central_is_told_as_soon_as_there_is_a_link() -> None:
    stage = MonitorStage()
    stage.tell(ENGINE_UP, WELL)
    report = the(HealthReport, stage.tell(CENTRAL_UP))
    assert (report.cp_id, report.well, report.reason) == (CP, True, None)


def test_before_the_engine_was_heard_it_is_not_said_to_be_well() -> None:
    assert reports(MonitorStage().tell(CENTRAL_UP)) == [(False, "not yet heard from the engine")]


def test_what_changes_is_told_at_once_and_what_does_not_is_not(linked: MonitorStage) -> None:
    assert linked.tell(WELL) == []
    assert reports(linked.tell(ILL)) == [(False, "smoke")]
    assert linked.tell(ILL) == []
    assert reports(linked.tell(WELL)) == [(True, None)]


def test_another_reason_is_news_too(linked: MonitorStage) -> None:
    linked.tell(ILL)
    assert reports(linked.tell(EngineHealth(ts=T0, cp_id=CP, asked=CP, well=False, reason="fire"))) == [(False, "fire")]


def test_central_hears_regularly_that_all_is_as_it_was(linked: MonitorStage) -> None:
    said = [report.ts for report in all_of(HealthReport, linked.live(60))]
    assert len(said) == 20
    gaps = [later - earlier for earlier, later in pairwise(said)]
    assert set(gaps) == {timedelta(seconds=3)}


@pytest.mark.parametrize("interval", [0.1, 1, 2.9, 3, 4, 9, 30, 3600])
def test_central_hears_often_enough_however_seldom_the_engine_is_asked(interval: float) -> None:
    stage = MonitorStage(interval)
    stage.tell(CENTRAL_UP)
    stage.heard(stage.tell(ENGINE_UP))
    moments = [T0, *(report.ts for report in all_of(HealthReport, stage.live(120))), after(120)]
    assert max(later - earlier for earlier, later in pairwise(moments)) <= timedelta(seconds=6)


def test_without_a_link_nothing_is_told_and_the_newest_is_told_when_it_is_back(linked: MonitorStage) -> None:
    linked.tell(CENTRAL_DOWN)
    linked.answer = ILL
    assert all_of(HealthReport, linked.live(30)) == []
    assert reports(linked.tell(CENTRAL_UP)) == [(False, "smoke")]


# Silence


def test_an_engine_that_misses_three_answers_is_reported_and_no_sooner(linked: MonitorStage) -> None:
    linked.live(10)
    linked.answer = None
    first = the(HealthQuery, linked.live(1))
    assert reports(linked.live(2.499)) in ([], [(True, None)])
    [report] = all_of(HealthReport, linked.live(0.001))
    assert (report.well, report.reason) == (False, "the engine does not answer")
    assert report.ts - first.ts == timedelta(seconds=3)


def test_an_engine_that_answers_again_is_well_again(linked: MonitorStage) -> None:
    linked.answer = None
    linked.live(10)
    assert (True, None) in reports(linked.tell(WELL))


@pytest.mark.parametrize("missed", [1, 2])
def test_fewer_than_three_misses_in_a_row_are_no_fault(linked: MonitorStage, missed: int) -> None:
    for _ in range(10):
        linked.answer = None
        linked.live(missed)
        linked.answer = WELL
        linked.live(1)
    assert (False, "the engine does not answer") not in reports(linked.said)


def test_an_engine_that_is_killed_is_a_fault_within_three_seconds(linked: MonitorStage) -> None:
    linked.live(10.4)
    said = linked.tell(ENGINE_DOWN) + linked.live(3)
    assert (False, "the engine does not answer") in reports(said)


def test_an_engine_whose_link_is_back_at_once_was_never_ill(linked: MonitorStage) -> None:
    linked.live(10.4)
    said = linked.tell(ENGINE_DOWN)
    linked.live(0.3)
    said += linked.heard(linked.tell(ENGINE_UP)) + linked.live(5)
    assert (False, "the engine does not answer") not in reports(said)


def test_a_link_that_cannot_be_opened_counts_once_a_second_however_often_it_is_tried(linked: MonitorStage) -> None:
    linked.live(10)
    linked.tell(ENGINE_DOWN, *[ENGINE_DOWN] * 50)
    assert reports(linked.said)[-1] == (True, None)


def test_a_question_is_not_missed_before_an_interval_has_passed(linked: MonitorStage) -> None:
    linked.answer = None
    linked.tell(ENGINE_DOWN)
    linked.wait(0.4)
    linked.tell(ENGINE_UP)
    linked.live(1.999)
    assert (False, "the engine does not answer") not in reports(linked.said)
    linked.live(0.001)
    assert (False, "the engine does not answer") in reports(linked.said)


# Somebody else's engine


def test_an_engine_of_another_point_is_a_fault(linked: MonitorStage) -> None:
    other = EngineHealth(ts=T0, cp_id="CP-002", asked=CP, well=True)
    assert reports(linked.tell(other)) == [(False, "the engine here is CP-002, not CP-001")]
    assert reports(linked.tell(WELL)) == [(True, None)]


def test_an_engine_of_another_point_that_is_ill_is_first_of_all_another(linked: MonitorStage) -> None:
    other = EngineHealth(ts=T0, cp_id="CP-002", asked=CP, well=False, reason="smoke")
    assert reports(linked.tell(other)) == [(False, "the engine here is CP-002, not CP-001")]


def test_a_link_that_is_lost_twice_is_lost_once(linked: MonitorStage) -> None:
    linked.tell(ENGINE_DOWN)
    assert linked.tell(ENGINE_DOWN) == []
    assert kinds(linked.tell(CENTRAL_DOWN)) == []
