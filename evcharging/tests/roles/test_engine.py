"""An engine meters by its schedule, ends what is complete, and answers what it is asked."""

from datetime import timedelta

import pytest

from evcharging.common.messages import (
    CPStatus,
    CPTelemetry,
    DriverUpdate,
    EndReason,
    SupplyEnded,
    SupplyRefused,
    SupplyStarted,
)
from evcharging.common.messages_link import EngineHealth, HealthQuery
from evcharging.common.states import CPState
from evcharging.common.utils import changed, to_json
from evcharging.domain.supply import EngineMemory, Reading
from evcharging.roles.engine.setup import EngineSetup
from evcharging.roles.role import Stopping
from evcharging.tests.laws.any_message import example
from evcharging.tests.places import FIXTURES
from evcharging.tests.stages.engine_stage import EngineStage, query, start, stop
from evcharging.tests.stages.scenario import CP, T0, after, all_of, kinds, the


def health(stage: EngineStage) -> EngineHealth:
    return the(EngineHealth, stage.tell(HealthQuery(ts=T0, cp_id=CP)))


# Life


def test_an_engine_that_starts_is_activated_and_says_so() -> None:
    stage = EngineStage()
    [status] = stage.said
    assert isinstance(status, CPStatus)
    assert (status.state, status.cp_id, status.kw_rate, status.euro_rate) == (CPState.ACTIVATED, CP, 22.0, 0.30)
    assert (status.epoch, status.seq, status.register_mwh, status.reason) == (1, 1, 0, None)
    assert stage.role.deadline is None


def test_an_engine_numbers_what_it_says() -> None:
    stage = EngineStage()
    stage.tell(start())
    stage.wait(10)
    numbers = [getattr(effect, "seq", None) for effect in stage.said if hasattr(effect, "seq")]
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_message_that_is_not_for_engines_is_nothing() -> None:
    assert EngineStage().tell(example(DriverUpdate)) == []


def test_a_deadline_that_nobody_needs_any_more_is_nothing() -> None:
    stage = EngineStage()
    assert stage.role.on_deadline(T0) == ()
    assert stage.role.deadline is None


def test_a_healthy_engine_is_well() -> None:
    answer = health(EngineStage())
    assert (answer.cp_id, answer.asked, answer.well, answer.reason) == (CP, CP, True, None)


def test_an_engine_that_is_asked_for_another_point_says_who_it_is() -> None:
    answer = the(EngineHealth, EngineStage().tell(HealthQuery(ts=T0, cp_id="CP-002")))
    assert (answer.cp_id, answer.asked) == (CP, "CP-002")


def test_an_engine_that_is_shut_down_ends_its_supply_and_is_not_ready_any_more() -> None:
    stage = EngineStage()
    stage.tell(start())
    stage.wait(2.5)
    ended = the(SupplyEnded, stage.tell(Stopping()))
    assert (ended.ended_by, ended.register_stop_mwh, ended.ts) == (EndReason.SHUTDOWN, 15_277, after(2.5))
    assert stage.role.state is CPState.DISCONNECTED
    assert (health(stage).well, health(stage).reason) == (False, "not ready")
    assert stage.tell(Stopping()) == []


def test_an_engine_that_was_shut_down_refuses_to_supply() -> None:
    stage = EngineStage()
    stage.tell(Stopping())
    assert the(SupplyRefused, stage.tell(start())).reason == "CP-001 is offline"


# The happy path


def test_a_supply_starts_with_a_journalled_session_and_ends_by_itself_after_ten_readings() -> None:
    stage = EngineStage()
    answers = stage.tell(start())
    assert kinds(answers) == ["EngineMemory", "Supply", "Reading", "SupplyStarted", "CPStatus"]
    assert the(SupplyStarted, answers).register_mwh == 0
    assert the(CPStatus, answers).state is CPState.SUPPLYING
    assert stage.role.deadline == after(1)

    said = stage.wait(60)
    assert [reading.ts for reading in all_of(CPTelemetry, said)] == [after(second) for second in range(1, 11)]
    assert [kind for kind in kinds(said)[-5:] if kind != "EngineMemory"] == [
        "Reading",
        "Supply",
        "SupplyEnded",
        "CPStatus",
    ]
    ended = the(SupplyEnded, said)
    assert (ended.session_id, ended.started_at, ended.ts) == ("S-1", T0, after(10))
    assert (ended.register_start_mwh, ended.register_stop_mwh) == (0, 61_111)
    assert (ended.ended_by, ended.detail) == (EndReason.COMPLETE, None)
    assert the(CPStatus, said).state is CPState.ACTIVATED
    assert stage.role.deadline is None
    assert stage.register == 61_111


def test_the_readings_of_a_point_of_22_kw_are_those_of_the_specification_to_the_byte() -> None:
    stage = EngineStage()
    stage.tell(start())
    said = [to_json(reading) for reading in all_of(CPTelemetry, stage.wait(60))]
    assert said == (FIXTURES / "default_supply.jsonl").read_bytes().splitlines()


def test_every_reading_is_exact_and_written_down_before_it_is_said() -> None:
    stage = EngineStage()
    stage.tell(start())
    for second in range(1, 10):
        said = stage.wait(1)
        assert kinds(said) == ["Reading", "CPTelemetry"]
        energy = 22_000 * second * 1_000_000 // 3_600_000
        telemetry = the(CPTelemetry, said)
        assert the(Reading, said).register_mwh == telemetry.register_mwh == energy
        assert (telemetry.kw, telemetry.kwh) == (22.0, energy / 1e6)
        assert telemetry.euros == (energy * 300_000 + 500_000) // 1_000_000 / 1e6
        assert (telemetry.driver_id, telemetry.session_id) == ("driver-alice", "S-1")


def test_a_second_supply_goes_on_where_the_register_stands() -> None:
    stage = EngineStage()
    stage.tell(start())
    stage.wait(60)
    stage.tell(start("S-2", seq=2))
    ended = the(SupplyEnded, stage.wait(60))
    assert (ended.register_start_mwh, ended.register_stop_mwh) == (61_111, 122_222)
    assert (ended.started_at, ended.ts) == (after(60), after(70))


def test_the_price_of_the_order_counts_not_that_of_the_engine() -> None:
    stage = EngineStage(EngineSetup(cp_id=CP, micro_euros_per_kwh=900_000))
    stage.tell(changed(start(), micro_euros_per_kwh=100_000))
    assert the(CPTelemetry, stage.wait(1)).euros == 0.000611


def test_readings_keep_to_the_schedule_however_late_the_engine_was_woken() -> None:
    stage = EngineStage()
    stage.tell(start())
    late = after(7.3)
    moments = []
    while stage.role.deadline and stage.role.deadline <= late:
        moments.append(the(CPTelemetry, stage.took(stage.role.on_deadline(late))).ts)
    assert moments == [after(second) for second in range(1, 8)]
    assert stage.register == 22_000 * 7 * 1_000_000 // 3_600_000


def test_power_interval_and_number_of_readings_are_settings() -> None:
    setup = EngineSetup(cp_id=CP, power_w=50_000, interval=timedelta(milliseconds=500), ticks=4)
    stage = EngineStage(setup)
    stage.tell(start())
    said = stage.wait(60)
    assert [reading.ts for reading in all_of(CPTelemetry, said)] == [after(0.5), after(1), after(1.5), after(2)]
    assert the(SupplyEnded, said).register_stop_mwh == 27_777


def test_without_a_number_of_readings_a_supply_goes_on_until_it_is_ended() -> None:
    stage = EngineStage(EngineSetup(cp_id=CP, ticks=None))
    stage.tell(start())
    assert len(all_of(CPTelemetry, stage.wait(100))) == 100
    assert stage.role.state is CPState.SUPPLYING


# A limit in kWh


def test_a_supply_with_a_limit_ends_at_the_very_microsecond_with_exactly_that_much() -> None:
    stage = EngineStage()
    stage.tell(start(limit_mwh=20_000))
    said = stage.wait(60)
    ended = the(SupplyEnded, said)
    assert (ended.register_stop_mwh, ended.ended_by) == (20_000, EndReason.COMPLETE)
    assert ended.ts == T0 + timedelta(microseconds=3_272_728)
    assert [reading.ts for reading in all_of(CPTelemetry, said)] == [after(1), after(2), after(3), ended.ts]


def test_a_limit_goes_beyond_the_number_of_readings() -> None:
    stage = EngineStage()
    stage.tell(start(limit_mwh=1_000_000))
    assert the(SupplyEnded, stage.wait(600)).register_stop_mwh == 1_000_000


def test_a_limit_that_falls_on_a_reading_needs_no_further_one() -> None:
    stage = EngineStage(EngineSetup(cp_id=CP, power_w=3_600))
    stage.tell(start(limit_mwh=2_000))
    said = stage.wait(60)
    assert len(all_of(CPTelemetry, said)) == 2
    assert the(SupplyEnded, said).ts == after(2)


def test_a_limit_of_nothing_is_reached_at_once() -> None:
    stage = EngineStage()
    stage.tell(start(limit_mwh=0))
    ended = the(SupplyEnded, stage.wait(0))
    assert (ended.register_stop_mwh, ended.ts) == (0, T0)
    assert stage.role.state is CPState.ACTIVATED


def test_a_stop_that_comes_late_never_counts_more_than_the_limit() -> None:
    stage = EngineStage()
    stage.tell(start(limit_mwh=1_000))
    stage.now = after(30)
    assert the(SupplyEnded, stage.tell(stop())).register_stop_mwh == 1_000


@pytest.mark.parametrize("limit_mwh", [None, 1_000])
def test_a_point_without_power_supplies_nothing_and_still_ends(limit_mwh: int | None) -> None:
    stage = EngineStage(EngineSetup(cp_id=CP, power_w=0))
    stage.tell(start(limit_mwh=limit_mwh))
    ended = the(SupplyEnded, stage.wait(60))
    assert (ended.register_stop_mwh, ended.ts) == (0, after(10))


# Questions


def test_a_question_is_answered_with_the_state() -> None:
    answers = EngineStage().tell(query())
    assert the(CPStatus, answers).state is CPState.ACTIVATED
    assert kinds(answers) == ["EngineMemory", "CPStatus"]


def test_a_question_about_a_running_session_is_answered_with_its_start() -> None:
    stage = EngineStage()
    stage.tell(start())
    stage.wait(2)
    began = the(SupplyStarted, stage.tell(query("S-1")))
    assert (began.ts, began.register_mwh) == (T0, 0)


def test_a_question_about_an_ended_session_is_answered_with_the_final_reading() -> None:
    stage = EngineStage()
    stage.tell(start())
    ended = the(SupplyEnded, stage.wait(60))
    assert changed(the(SupplyEnded, stage.tell(query("S-1"))), seq=ended.seq) == ended


def test_a_question_about_a_session_that_never_came_is_answered_with_a_refusal() -> None:
    refused = the(SupplyRefused, EngineStage().tell(query("S-9")))
    assert (refused.session_id, refused.reason) == ("S-9", "CP-001 never began it")


def test_an_engine_remembers_a_new_central_once() -> None:
    stage = EngineStage()
    stage.tell(query(seq=1))
    assert all_of(EngineMemory, stage.tell(query(seq=1))) == []
