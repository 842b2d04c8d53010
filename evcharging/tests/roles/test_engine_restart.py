"""An engine that is killed at any moment goes on from what it wrote down: no mWh is lost, none is counted twice."""

from copy import deepcopy
from datetime import timedelta

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
)
from evcharging.common.states import CPState
from evcharging.common.utils import changed
from evcharging.domain.supply import Reading
from evcharging.roles.engine.orders import ByHand
from evcharging.roles.engine.setup import EngineSetup
from evcharging.tests.stages.engine_stage import EngineStage, start
from evcharging.tests.stages.scenario import CP, T0, after, all_of, the


@pytest.mark.parametrize("seconds", [0, 0.5, 1, 1.5, 3, 9, 9.999])
def test_a_supply_that_was_cut_off_ends_with_its_last_reading(seconds: float) -> None:
    stage = EngineStage()
    stage.tell(start())
    stage.wait(seconds)
    told = [reading.register_mwh for reading in all_of(CPTelemetry, stage.said)]
    stage.now = after(300)
    ended = the(SupplyEnded, stage.restart())
    assert ended.ended_by is EndReason.RESTART
    assert ended.register_stop_mwh == max(told, default=0) == stage.register
    assert ended.ts == after(int(seconds))
    assert (ended.started_at, ended.register_start_mwh) == (T0, 0)


def test_a_supply_that_was_cut_off_before_its_first_reading_does_not_end_before_it_began() -> None:
    stage = EngineStage()
    stage.tell(start())
    stage.wait(60)
    stage.tell(start("S-2", seq=2))
    stage.now = after(300)
    ended = the(SupplyEnded, stage.restart())
    assert (ended.session_id, ended.started_at, ended.ts) == ("S-2", after(60), after(60))
    assert ended.register_stop_mwh == ended.register_start_mwh == 61_111


def test_a_supply_that_was_cut_off_at_its_beginning_took_no_time_though_the_clock_had_been_set_back() -> None:
    stage = EngineStage()
    stage.tell(start())
    stage.wait(60)
    stage.now -= timedelta(hours=2)
    stage.tell(start("S-2", seq=2))
    begun = stage.now
    ended = the(SupplyEnded, stage.restart())
    assert (ended.session_id, ended.started_at, ended.ts) == ("S-2", begun, begun)


@pytest.mark.parametrize("cut", range(12))
def test_cut_off_anywhere_the_register_goes_on_without_a_gap_or_an_overlap(cut: int) -> None:
    stage = EngineStage()
    stage.tell(start())
    stage.wait(cut)
    stage.restart()
    stage.tell(start("S-2", seq=2))
    stage.wait(60)
    figures = {
        ended.session_id: (ended.register_start_mwh, ended.register_stop_mwh)
        for ended in all_of(SupplyEnded, stage.said)
    }
    assert figures["S-1"][0] == 0
    assert figures["S-1"][1] == figures["S-2"][0]
    assert figures["S-2"][1] - figures["S-2"][0] == 61_111
    assert stage.register == figures["S-2"][1]


@pytest.mark.parametrize("second", range(11))
def test_a_crash_before_the_commit_forgets_what_nobody_was_told(second: int) -> None:
    stage = EngineStage()
    stage.tell(start())
    stage.wait(second)
    committed = deepcopy(stage.records)
    stage.wait(1)
    stage.records = committed
    ended = the(SupplyEnded, stage.restart())
    assert ended.register_stop_mwh == 22_000 * second * 1_000_000 // 3_600_000 == stage.register


def test_the_last_word_about_a_session_is_said_again_after_every_restart() -> None:
    stage = EngineStage()
    stage.tell(start())
    ended = the(SupplyEnded, stage.wait(60))
    for _ in range(3):
        again = the(SupplyEnded, stage.restart())
        assert changed(again, epoch=ended.epoch, seq=ended.seq) == ended
    assert again.epoch == 4


def test_the_end_of_a_cut_off_supply_is_written_down_and_stays_the_same() -> None:
    stage = EngineStage()
    stage.tell(start())
    stage.wait(5)
    first = the(SupplyEnded, stage.restart())
    stage.wait(1000)
    second = the(SupplyEnded, stage.restart())
    assert changed(second, epoch=first.epoch, seq=first.seq) == first


def test_an_order_that_waited_for_a_vehicle_is_given_up_by_a_restart() -> None:
    stage = EngineStage(EngineSetup(cp_id=CP, manual=True))
    stage.tell(start())
    stage.wait(10)
    refused = the(SupplyRefused, stage.restart())
    assert (refused.session_id, refused.reason) == ("S-1", "the charging point restarted")
    assert stage.role.state is CPState.ACTIVATED
    assert stage.wait(120) == []


def test_an_order_that_never_began_is_never_said_to_have_ended() -> None:
    stage = EngineStage(EngineSetup(cp_id=CP, manual=True))
    stage.tell(start())
    stage.wait(60)
    stage.restart()
    stage.tell(start(), QueryStatus(ts=T0, epoch=1, seq=2, cp_id=CP, session_id="S-1"))
    assert all_of(SupplyEnded, stage.said) == []
    assert {refused.reason for refused in all_of(SupplyRefused, stage.said)} == {"no vehicle was plugged in"}


@pytest.mark.parametrize(
    ("action", "state"),
    [(Action.STOP, CPState.STOPPED), (Action.FAULT, CPState.FAULT), (Action.PLUG, CPState.ACTIVATED)],
)
def test_a_point_is_after_a_restart_as_it_was_before(action: Action, state: CPState) -> None:
    stage = EngineStage(EngineSetup(cp_id=CP, manual=True))
    stage.tell(ByHand(action=action))
    before = stage.memory
    status = the(CPStatus, stage.restart())
    assert (status.state, status.plugged) == (state, action is Action.PLUG)
    assert stage.memory == before


def test_a_broken_point_that_was_stopped_is_broken_after_a_restart_and_stopped_when_it_recovers() -> None:
    stage = EngineStage()
    stage.tell(ByHand(action=Action.STOP), ByHand(action=Action.FAULT))
    assert the(CPStatus, stage.restart()).state is CPState.FAULT
    assert the(CPStatus, stage.tell(ByHand(action=Action.RECOVER))).state is CPState.STOPPED


def test_a_vehicle_that_was_charging_by_itself_is_gone_after_a_restart() -> None:
    stage = EngineStage()
    stage.tell(start())
    stage.wait(3)
    assert not the(CPStatus, stage.restart()).plugged


def test_a_vehicle_that_was_plugged_in_by_hand_is_still_there_after_a_restart() -> None:
    stage = EngineStage(EngineSetup(cp_id=CP, manual=True))
    stage.tell(ByHand(action=Action.PLUG), start())
    stage.wait(3)
    assert the(CPStatus, stage.restart()).plugged


def test_a_run_is_numbered_so_that_its_words_are_newer_than_those_of_the_last() -> None:
    stage = EngineStage()
    stage.restart()
    assert [(status.epoch, status.seq) for status in all_of(CPStatus, stage.said)] == [(1, 1), (2, 1)]


def test_the_newest_run_of_central_is_remembered() -> None:
    stage = EngineStage()
    stage.tell(CentralCommand(ts=T0, epoch=7, seq=3, cp_id=CP, action=Action.RESUME))
    stage.restart()
    assert stage.tell(start(epoch=6, seq=900)) == []


def test_energy_of_a_register_that_was_written_down_alone_is_not_lost() -> None:
    stage = EngineStage()
    stage.took([Reading(cp_id=CP, register_mwh=5_000, ts=T0)])
    assert the(CPStatus, stage.restart()).register_mwh == 5_000
