"""An engine obeys the newest Central, each word once, refuses what it cannot do, and ends what must end."""

import pytest

from evcharging.common.messages import (
    Action,
    CentralCommand,
    CPStatus,
    CPTelemetry,
    EndReason,
    QueryStatus,
    SupplyEnded,
    SupplyRefused,
    SupplyStarted,
)
from evcharging.common.messages_link import EngineHealth, HealthQuery
from evcharging.common.states import CPState
from evcharging.common.utils import changed
from evcharging.domain.supply import Reading, Supply
from evcharging.tests.stages.engine_stage import EngineStage, command, query, start, stop
from evcharging.tests.stages.scenario import CP, T0, after, all_of, the


def health(stage: EngineStage) -> EngineHealth:
    return the(EngineHealth, stage.tell(HealthQuery(ts=T0, cp_id=CP)))


# Duplicates, replays and old Centrals


def test_an_order_that_comes_twice_starts_one_supply_and_is_answered_again() -> None:
    stage = EngineStage()
    first = the(SupplyStarted, stage.tell(start()))
    stage.wait(3)
    before = stage.supply
    [again] = stage.tell(start())
    assert changed(first, seq=0) == changed(again, seq=0)
    assert stage.supply == before
    assert len(all_of(SupplyEnded, stage.wait(60))) == 1


def test_an_order_that_comes_again_after_the_end_is_answered_with_the_same_final_reading() -> None:
    stage = EngineStage()
    stage.tell(start())
    ended = the(SupplyEnded, stage.wait(60))
    [again] = stage.tell(start())
    assert isinstance(again, SupplyEnded)
    assert changed(again, seq=ended.seq) == ended


def test_an_old_order_that_comes_again_after_another_supply_has_no_effect() -> None:
    stage = EngineStage()
    stage.tell(start("S-1", seq=1))
    stage.wait(60)
    stage.tell(start("S-2", seq=2))
    stage.wait(60)
    assert stage.tell(start("S-1", seq=1)) == []
    assert stage.role.state is CPState.ACTIVATED
    assert stage.register == 122_222


def test_an_old_order_is_still_old_after_a_restart() -> None:
    stage = EngineStage()
    stage.tell(start("S-1", seq=1))
    stage.wait(60)
    stage.tell(start("S-2", seq=2))
    stage.wait(60)
    stage.restart()
    assert stage.tell(start("S-1", seq=1)) == []


def test_an_order_that_was_refused_cannot_be_replayed_when_the_point_is_well_again() -> None:
    stage = EngineStage()
    stage.tell(command(Action.FAULT, seq=1))
    assert all_of(SupplyRefused, stage.tell(start(seq=2)))
    stage.tell(command(Action.RECOVER, seq=3))
    assert stage.tell(start(seq=2)) == []
    assert stage.role.state is CPState.ACTIVATED


def test_a_command_that_comes_twice_has_no_second_effect() -> None:
    stage = EngineStage()
    stage.tell(command(Action.STOP, seq=1))
    stage.tell(command(Action.RESUME, seq=2))
    assert stage.tell(command(Action.STOP, seq=1)) == []
    assert stage.role.state is CPState.ACTIVATED


def test_what_a_new_run_of_central_says_counts_though_its_numbers_begin_again() -> None:
    stage = EngineStage()
    stage.tell(start("S-1", seq=500, epoch=1))
    stage.wait(60)
    assert the(SupplyStarted, stage.tell(start("S-2", seq=1, epoch=2))).session_id == "S-2"


@pytest.mark.parametrize(
    "word",
    [command(Action.RESUME, epoch=2), query(epoch=2), stop("S-9", epoch=2), start("S-9", epoch=2)],
    ids=lambda word: type(word).__name__,
)
def test_after_any_word_of_a_new_central_an_old_one_has_no_effect(word: CentralCommand | QueryStatus) -> None:
    stage = EngineStage()
    stage.tell(word)
    stage.wait(60)
    before = (stage.role.state, stage.register, dict(stage.records[Supply]))
    old = [start(seq=9), stop(seq=9), stop("S-9", seq=9), query("S-1", seq=9), command(Action.STOP, seq=9)]
    assert stage.tell(*old) == []
    stage.restart()
    assert stage.tell(*old) == []
    assert (stage.role.state, stage.register, dict(stage.records[Supply])) == before


# Refusals


def test_a_second_order_during_a_supply_is_refused_and_the_first_goes_on() -> None:
    stage = EngineStage()
    stage.tell(start())
    stage.wait(4)
    refused = the(SupplyRefused, stage.tell(start("S-2", seq=2)))
    assert (refused.session_id, refused.reason) == ("S-2", "CP-001 is busy")
    assert the(SupplyEnded, stage.wait(60)).session_id == "S-1"


@pytest.mark.parametrize(
    ("action", "reason"),
    [
        (Action.STOP, "CP-001 is stopped by the operator"),
        (Action.FAULT, "CP-001 is faulty: fault reported at the point"),
    ],
)
def test_an_order_at_a_point_that_is_out_of_service_is_refused_with_the_reason(action: Action, reason: str) -> None:
    stage = EngineStage()
    stage.tell(command(action))
    assert the(SupplyRefused, stage.tell(start(seq=2))).reason == reason
    assert not stage.every(Supply)
    assert stage.role.deadline is None


# Stop, resume, fault, recover


def test_stopping_one_session_ends_it_and_leaves_the_point_in_service() -> None:
    stage = EngineStage()
    stage.tell(start())
    stage.wait(2.5)
    answers = stage.tell(stop())
    ended = the(SupplyEnded, answers)
    assert (ended.ended_by, ended.register_stop_mwh, ended.ts) == (EndReason.STOPPED, 15_277, after(2.5))
    assert the(CPStatus, answers).state is CPState.ACTIVATED
    assert all_of(CPTelemetry, stage.wait(60)) == []


def test_a_session_that_its_driver_ends_ends_by_the_driver() -> None:
    stage = EngineStage()
    stage.tell(start())
    stage.wait(2.5)
    ended = the(SupplyEnded, stage.tell(stop(by_driver=True)))
    assert (ended.ended_by, ended.register_stop_mwh, ended.ts) == (EndReason.DRIVER, 15_277, after(2.5))


def test_stopping_a_session_twice_gives_the_same_final_reading_again() -> None:
    stage = EngineStage()
    stage.tell(start())
    stage.wait(2)
    ended = the(SupplyEnded, stage.tell(stop()))
    stage.wait(5)
    again = the(SupplyEnded, stage.tell(stop(seq=3)))
    assert changed(again, seq=ended.seq) == ended


def test_stopping_a_session_that_is_not_here_is_nothing() -> None:
    stage = EngineStage()
    assert all_of(SupplyEnded, stage.tell(stop())) == []
    stage.tell(start(seq=3))
    assert all_of(SupplyEnded, stage.tell(stop("S-9", seq=4))) == []
    assert stage.role.state is CPState.SUPPLYING


def test_an_order_that_its_stop_has_overtaken_starts_nothing() -> None:
    stage = EngineStage()
    stage.tell(stop("S-1", seq=2))
    assert stage.tell(start("S-1", seq=1)) == []
    assert stage.role.state is CPState.ACTIVATED


def test_of_a_thousand_orders_in_a_moment_one_is_carried_out_and_the_others_are_refused() -> None:
    stage = EngineStage()
    answers = stage.tell(*(start(f"S-{number}", seq=number) for number in range(1, 1001)))
    assert the(SupplyStarted, answers).session_id == "S-1"
    assert {refusal.reason for refusal in all_of(SupplyRefused, answers)} == {f"{CP} is busy"}
    assert len(all_of(SupplyRefused, answers)) == 999
    assert len(all_of(SupplyEnded, stage.wait(60))) == 1


def test_stopping_the_point_ends_its_supply_and_keeps_the_energy() -> None:
    stage = EngineStage()
    stage.tell(start())
    stage.wait(3)
    answers = stage.tell(command(Action.STOP, seq=2))
    ended = the(SupplyEnded, answers)
    assert (ended.ended_by, ended.register_stop_mwh) == (EndReason.STOPPED, 18_333)
    assert the(CPStatus, answers).state is CPState.STOPPED
    assert stage.memory.stopped
    assert the(CPStatus, stage.tell(command(Action.RESUME, seq=3))).state is CPState.ACTIVATED
    assert not stage.memory.stopped


def test_a_stopped_point_is_well() -> None:
    stage = EngineStage()
    stage.tell(command(Action.STOP))
    assert health(stage).well


def test_resuming_what_was_never_stopped_changes_nothing() -> None:
    stage = EngineStage()
    assert the(CPStatus, stage.tell(command(Action.RESUME))).state is CPState.ACTIVATED
    stage.tell(start(seq=2))
    assert the(CPStatus, stage.tell(command(Action.RESUME, seq=3))).state is CPState.SUPPLYING


def test_stopping_a_stopped_point_changes_nothing() -> None:
    stage = EngineStage()
    stage.tell(command(Action.STOP))
    assert the(CPStatus, stage.tell(command(Action.STOP, seq=2))).state is CPState.STOPPED


def test_a_fault_ends_the_supply_at_once_keeps_the_energy_and_clears_by_itself() -> None:
    stage = EngineStage()
    stage.tell(start())
    stage.wait(4)
    answers = stage.tell(command(Action.FAULT, seq=2))
    ended = the(SupplyEnded, answers)
    assert (ended.ended_by, ended.register_stop_mwh) == (EndReason.FAULT, 24_444)
    status = the(CPStatus, answers)
    assert (status.state, status.reason) == (CPState.FAULT, "fault reported at the point")
    assert (health(stage).well, health(stage).reason) == (False, "fault reported at the point")
    status = the(CPStatus, stage.tell(command(Action.RECOVER, seq=3)))
    assert (status.state, status.reason) == (CPState.ACTIVATED, None)
    assert health(stage).well


def test_a_second_fault_and_a_second_recovery_change_nothing() -> None:
    stage = EngineStage()
    stage.tell(command(Action.FAULT, seq=1))
    assert the(CPStatus, stage.tell(command(Action.FAULT, seq=2))).state is CPState.FAULT
    stage.tell(command(Action.RECOVER, seq=3))
    assert the(CPStatus, stage.tell(command(Action.RECOVER, seq=4))).state is CPState.ACTIVATED


@pytest.mark.parametrize("first", [Action.STOP, Action.FAULT])
def test_a_point_that_was_stopped_and_broke_is_stopped_again_when_it_recovers(first: Action) -> None:
    stage = EngineStage()
    second = Action.FAULT if first is Action.STOP else Action.STOP
    stage.tell(command(first, seq=1), command(second, seq=2))
    assert stage.role.state is CPState.FAULT
    assert the(CPStatus, stage.tell(command(Action.RECOVER, seq=3))).state is CPState.STOPPED
    assert the(CPStatus, stage.tell(command(Action.RESUME, seq=4))).state is CPState.ACTIVATED


def test_a_point_that_was_resumed_while_it_was_broken_recovers_into_service() -> None:
    stage = EngineStage()
    stage.tell(command(Action.STOP, seq=1), command(Action.FAULT, seq=2), command(Action.RESUME, seq=3))
    assert stage.role.state is CPState.FAULT
    assert the(CPStatus, stage.tell(command(Action.RECOVER, seq=4))).state is CPState.ACTIVATED


def test_stop_fault_and_completion_in_one_moment_give_one_end() -> None:
    stage = EngineStage()
    stage.tell(start())
    stage.wait(10)
    stage.tell(command(Action.STOP, seq=2), command(Action.FAULT, seq=3), stop(seq=4))
    figures = {(ended.ended_by, ended.register_stop_mwh) for ended in all_of(SupplyEnded, stage.said)}
    assert figures == {(EndReason.COMPLETE, 61_111)}
    assert stage.role.state is CPState.FAULT


def test_a_clock_that_steps_back_ends_no_supply_before_its_last_reading() -> None:
    stage = EngineStage()
    stage.tell(start())
    stage.wait(4)
    stage.now = after(-3600)
    ended = the(SupplyEnded, stage.tell(stop()))
    assert (ended.ts, ended.register_stop_mwh) == (after(4), 24_444)
    assert stage.every(Reading)[CP].ts == after(4)
