"""An engine that Central cannot reach: it says so to its monitor, and obeys no order that is older than its return."""

from datetime import timedelta

import pytest

from evcharging.common.messages import Action, CPStatus, HealthReport, StartSupply, SupplyEnded, SupplyStarted
from evcharging.common.messages_link import EngineHealth, HealthQuery
from evcharging.common.states import CPState
from evcharging.common.utils import changed
from evcharging.domain.supply import Supply
from evcharging.roles.monitor import Monitor, MonitorSetup
from evcharging.roles.role import BusBack, BusLost, ClockStepped, LinkUp, Peer, Started
from evcharging.tests.stages.engine_stage import EngineStage, command, query, start, stop
from evcharging.tests.stages.scenario import CP, T0, after, all_of, the

ASK = HealthQuery(ts=T0, cp_id=CP)


def newest(stage: EngineStage) -> CPStatus:
    return all_of(CPStatus, stage.said)[-1]


def as_heard(order: StartSupply, status: CPStatus) -> StartSupply:
    return changed(order, heard_epoch=status.epoch, heard_seq=status.seq)


def test_an_engine_without_its_bus_tells_its_monitor_and_is_well_again_when_it_is_back() -> None:
    stage = EngineStage()
    stage.tell(BusLost())
    answer = the(EngineHealth, stage.tell(ASK))
    assert (answer.well, answer.deaf, answer.reason) == (False, True, "cannot reach Kafka")
    stage.tell(BusBack())
    answer = the(EngineHealth, stage.tell(ASK))
    assert (answer.well, answer.deaf, answer.reason) == (True, False, None)


def test_a_fault_of_its_own_is_named_before_the_bus_that_is_lost() -> None:
    stage = EngineStage()
    stage.tell(command(Action.FAULT))
    stage.tell(BusLost())
    answer = the(EngineHealth, stage.tell(ASK))
    assert (answer.well, answer.deaf, answer.reason) == (False, True, "fault reported at the point")


def test_a_supply_goes_on_without_the_bus() -> None:
    stage = EngineStage()
    stage.tell(start(), BusLost())
    assert the(SupplyEnded, stage.wait(60)).register_stop_mwh == 61_111


def test_an_order_that_was_given_before_the_bus_was_back_is_not_obeyed() -> None:
    stage = EngineStage()
    old = as_heard(start("S-1", seq=1), newest(stage))
    stage.tell(BusLost())
    assert stage.tell(old) == []
    stage.tell(BusBack())
    assert stage.tell(old) == []
    assert stage.role.state is CPState.ACTIVATED
    assert the(SupplyStarted, stage.tell(as_heard(start("S-1", seq=2), newest(stage)))).session_id == "S-1"


def test_an_order_for_an_earlier_run_is_not_obeyed_even_by_an_engine_that_has_lost_its_journal() -> None:
    stage = EngineStage()
    old = as_heard(start("S-1", seq=1), newest(stage))
    stage.records.clear()
    stage.restart()
    assert stage.tell(old) == []


@pytest.mark.parametrize("action", [Action.STOP, Action.PLUG, Action.FAULT])
def test_an_action_that_was_asked_for_before_the_bus_was_back_is_not_done(action: Action) -> None:
    stage = EngineStage()
    heard = newest(stage)
    old = changed(command(action), heard_epoch=heard.epoch, heard_seq=heard.seq)
    stage.tell(BusBack())
    assert stage.tell(old) == []


def test_a_session_is_ended_by_central_however_old_that_order_is() -> None:
    stage = EngineStage()
    stage.tell(start(), BusLost())
    stage.tell(BusBack())
    assert the(SupplyEnded, stage.tell(stop(seq=3))).session_id == "S-1"


@pytest.mark.parametrize(("seconds", "is_obeyed"), [(0, True), (5, True), (6, False), (3_600, False), (-300, True)])
def test_an_order_that_does_not_say_what_was_heard_is_obeyed_for_five_seconds(seconds: float, is_obeyed: bool) -> None:
    stage = EngineStage(now=after(seconds))
    answers = stage.role.on_message(start(), stage.now)
    assert bool(all_of(SupplyStarted, answers)) is is_obeyed


@pytest.mark.parametrize("epoch", [2**63 - 1, int(T0.timestamp()) + 86_401])
def test_an_order_that_is_dated_more_than_a_day_ahead_does_not_make_the_engine_deaf(epoch: int) -> None:
    stage = EngineStage()
    assert stage.tell(start("S-1", epoch=epoch), stop(epoch=epoch), query(epoch=epoch)) == []
    assert stage.tell(command(Action.STOP, epoch=epoch)) == []
    assert the(SupplyStarted, stage.tell(start("S-2"))).session_id == "S-2"


def test_an_answer_to_a_query_says_which_query_it_answers() -> None:
    stage = EngineStage()
    status = the(CPStatus, stage.tell(query(seq=7, epoch=3)))
    assert (status.query_epoch, status.query_seq) == (3, 7)


@pytest.mark.parametrize("by", [timedelta(hours=1), timedelta(hours=-1), timedelta(days=3_000)])
def test_a_clock_that_is_set_changes_the_dates_of_a_supply_and_not_its_energy(by: timedelta) -> None:
    stage = EngineStage()
    stage.tell(start())
    stage.wait(3.5)
    stage.now += by
    again = stage.tell(ClockStepped(by=by))
    assert the(SupplyStarted, again).ts == the(Supply, again).started_at == T0 + by
    ended = the(SupplyEnded, stage.wait(60))
    assert (ended.started_at, ended.ts) == (T0 + by, after(10) + by)
    assert ended.register_stop_mwh == 61_111


def test_a_clock_that_is_set_while_an_order_waits_for_a_plug_leaves_the_wait_as_long() -> None:
    stage = EngineStage(changed(EngineStage().setup, manual=True))
    stage.tell(start())
    stage.wait(50)
    stage.now += timedelta(hours=1)
    assert stage.tell(ClockStepped(by=timedelta(hours=1))) == []
    assert stage.wait(9) == []
    assert stage.wait(1) != []


def test_a_monitor_passes_on_that_its_engine_is_deaf() -> None:
    monitor = Monitor(MonitorSetup(cp_id=CP))
    for signal in (Started(), LinkUp(peer=Peer.ENGINE), LinkUp(peer=Peer.CENTRAL)):
        monitor.on_message(signal, T0)
    deaf = EngineHealth(ts=T0, cp_id=CP, asked=CP, well=False, reason="cannot reach Kafka", deaf=True)
    report = the(HealthReport, monitor.on_message(deaf, T0))
    assert (report.well, report.reason, report.deaf) == (False, "cannot reach Kafka", True)
    assert monitor.on_message(deaf, T0) == ()


def test_what_central_heard_of_another_engine_with_the_same_id_makes_no_order_fresh() -> None:
    stage = EngineStage()
    heard = the(CPStatus, stage.tell(BusBack()))
    other = changed(start(), heard_epoch=heard.epoch + 1_000, heard_seq=heard.seq)
    assert all_of(SupplyStarted, stage.tell(other)) == []
    own = changed(start(seq=2), heard_epoch=heard.epoch, heard_seq=heard.seq)
    assert all_of(SupplyStarted, stage.tell(own)) != []


def test_an_order_for_another_process_of_the_same_second_is_not_obeyed_whatever_number_it_names() -> None:
    stage = EngineStage()
    heard = the(CPStatus, stage.tell(BusBack()))
    for_another = changed(as_heard(start(), heard), heard_seq=heard.seq + 7, heard_run=heard.run + 1)
    assert stage.tell(for_another) == []
    own = changed(as_heard(start(seq=2), heard), heard_run=heard.run)
    assert all_of(SupplyStarted, stage.tell(own)) != []
