"""An engine keeps to the limit that it was given, says so, and meters on exactly through each change."""

from datetime import timedelta

import pytest

from evcharging.common.messages import CPStatus, CPTelemetry, EndReason, Limit, SupplyEnded, SupplyRefused
from evcharging.common.messages_tariff import Element, Tariff
from evcharging.common.states import CPState
from evcharging.common.utils import changed
from evcharging.domain.meter import energy_mwh
from evcharging.domain.supply import EngineMemory
from evcharging.roles.engine.setup import EngineSetup
from evcharging.roles.role import BusLost, ClockStepped
from evcharging.tests.stages.engine_stage import EngineStage, limited, start, stop
from evcharging.tests.stages.scenario import CP, T0, after, all_of, the

ENDLESS = EngineSetup(cp_id=CP, ticks=None)
HALF = Limit(watts=11_000)
HALF_W = 10_999
"""What 11 kW are once they are whole mA on three phases."""

PAUSE = Limit(milliamperes=0)


def supplying(setup: EngineSetup = ENDLESS, *, limit_mwh: int | None = None) -> EngineStage:
    engine = EngineStage(setup)
    engine.tell(start(limit_mwh=limit_mwh))
    return engine


def flowed(watts: int, seconds: float) -> int:
    return energy_mwh(watts, timedelta(seconds=seconds))


def test_a_limit_is_written_down_and_acknowledged() -> None:
    engine = EngineStage()
    answers = engine.tell(limited(HALF))
    assert the(EngineMemory, answers).limit == HALF
    assert the(CPStatus, answers).limit == HALF
    assert the(CPStatus, engine.tell(limited(None, seq=3))).limit is None


def test_a_supply_that_runs_goes_on_under_it_and_telemetry_shows_the_power_that_flows() -> None:
    engine = supplying()
    engine.wait(5)
    assert the(CPTelemetry, engine.tell(limited(HALF))).kw == HALF_W / 1000
    engine.wait(5)
    reading = all_of(CPTelemetry, engine.said)[-1]
    assert (reading.kw, reading.register_mwh) == (HALF_W / 1000, flowed(22_000 * 5 + HALF_W * 5, 1))
    engine.tell(limited(None, seq=3))
    engine.wait(5)
    final = the(SupplyEnded, engine.tell(stop(seq=4)))
    assert final.register_stop_mwh == flowed(22_000 * 10 + HALF_W * 5, 1)


def test_a_limit_that_is_there_before_holds_from_the_beginning() -> None:
    engine = EngineStage(ENDLESS)
    engine.tell(limited(HALF, seq=1), start(seq=2))
    engine.wait(10)
    assert engine.register == flowed(HALF_W, 10)


def test_it_lasts_over_the_end_of_the_supply_and_over_a_restart() -> None:
    engine = EngineStage(ENDLESS)
    engine.tell(limited(HALF, seq=1))
    assert the(CPStatus, engine.restart()).limit == HALF
    engine.tell(start(seq=2))
    engine.wait(10)
    assert engine.register == flowed(HALF_W, 10)


def test_a_pause_is_no_end() -> None:
    engine = supplying()
    engine.wait(5)
    engine.tell(limited(PAUSE))
    engine.wait(60)
    reading = all_of(CPTelemetry, engine.said)[-1]
    assert (reading.kw, reading.register_mwh, engine.role.state) == (0.0, flowed(22_000, 5), CPState.SUPPLYING)
    engine.tell(limited(None, seq=3))
    engine.wait(5)
    assert engine.register == flowed(22_000, 10)


def test_a_supply_of_an_amount_ends_when_that_has_flowed_however_it_was_limited() -> None:
    engine = supplying(limit_mwh=flowed(22_000, 10))
    engine.wait(5)
    engine.tell(limited(HALF))
    engine.wait(60)
    final = the(SupplyEnded, engine.said)
    assert final.register_stop_mwh == flowed(22_000, 10)
    assert final.ended_by is EndReason.COMPLETE
    assert after(15) < final.ts < after(15.01)


def test_a_paused_supply_of_an_amount_waits_for_it() -> None:
    engine = supplying(limit_mwh=flowed(22_000, 10))
    engine.wait(5)
    engine.tell(limited(PAUSE))
    engine.wait(3600)
    assert engine.role.state is CPState.SUPPLYING
    engine.tell(limited(None, seq=3))
    engine.wait(6)
    assert the(SupplyEnded, engine.said).register_stop_mwh == flowed(22_000, 10)


def test_the_default_supply_still_ends_after_ten_readings() -> None:
    engine = supplying(EngineSetup(cp_id=CP))
    engine.wait(4)
    engine.tell(limited(HALF))
    engine.wait(60)
    final = the(SupplyEnded, engine.said)
    assert (final.ts, final.register_stop_mwh) == (after(10), flowed(22_000 * 4 + HALF_W * 6, 1))


def test_a_limit_that_changes_nothing_is_acknowledged_and_reads_nothing() -> None:
    engine = supplying()
    engine.tell(limited(HALF))
    answers = engine.tell(limited(HALF, seq=3))
    assert the(CPStatus, answers).limit == HALF
    assert not all_of(CPTelemetry, answers)


@pytest.mark.parametrize(("seq", "epoch"), [(1, 1), (9, 0)])
def test_a_limit_that_is_not_the_newest_word_of_central_counts_for_nothing(seq: int, epoch: int) -> None:
    engine = supplying()
    engine.tell(limited(HALF, seq=2))
    assert engine.tell(limited(None, seq=seq, epoch=epoch)) == []
    assert engine.memory.limit == HALF


def test_a_limit_that_arrives_while_the_bus_is_lost_may_be_an_old_one() -> None:
    engine = supplying()
    engine.tell(BusLost())
    assert engine.tell(limited(HALF)) == []


def test_where_the_power_counts_the_register_is_noted_at_each_change() -> None:
    tiers = (Element(energy_micro_euros_per_kwh=200_000, max_w=15_000), Element(energy_micro_euros_per_kwh=400_000))
    engine = EngineStage(ENDLESS)
    engine.tell(changed(start(), tariff=Tariff(zone="UTC", elements=tiers)))
    engine.wait(60)
    engine.tell(limited(HALF))
    engine.wait(60)
    final = the(SupplyEnded, engine.tell(stop(seq=3)))
    assert [(mark.at, mark.register_mwh) for mark in final.marks] == [(after(60), flowed(22_000, 60))]


def test_a_limit_that_stays_in_its_tier_of_power_is_not_noted() -> None:
    tiers = (Element(energy_micro_euros_per_kwh=200_000, max_w=15_000), Element(energy_micro_euros_per_kwh=400_000))
    engine = EngineStage(ENDLESS)
    engine.tell(changed(start(), tariff=Tariff(zone="UTC", elements=tiers)))
    engine.tell(limited(Limit(watts=20_000)))
    engine.wait(60)
    assert the(SupplyEnded, engine.tell(stop(seq=3))).marks == ()


def test_limits_without_end_leave_room_for_the_marks_of_the_clock() -> None:
    tiers = (
        Element(energy_micro_euros_per_kwh=200_000, max_w=15_000),
        Element(energy_micro_euros_per_kwh=400_000, min_s=3_600),
        Element(energy_micro_euros_per_kwh=300_000),
    )
    engine = EngineStage(changed(ENDLESS, interval=timedelta(hours=1)))
    engine.tell(changed(start(), tariff=Tariff(zone="UTC", elements=tiers)))
    for seq in range(2, 1_602):
        engine.wait(1)
        engine.tell(limited(HALF if seq % 2 else None, seq=seq))
    engine.wait(3_600)
    marks = the(SupplyEnded, engine.tell(stop(seq=3_000))).marks
    assert len(marks) == 1_501
    assert marks[-1].at == after(3_600)


def test_where_it_does_not_count_none_is_noted() -> None:
    engine = EngineStage(ENDLESS)
    engine.tell(changed(start(), tariff=Tariff(zone="UTC", elements=(Element(energy_micro_euros_per_kwh=1),))))
    engine.tell(limited(HALF))
    assert the(SupplyEnded, engine.tell(stop(seq=3))).marks == ()


def test_a_clock_that_is_set_changes_no_energy_of_a_limited_supply() -> None:
    engine = supplying()
    engine.wait(5)
    engine.tell(limited(HALF))
    engine.wait(5)
    engine.now += timedelta(hours=1)
    engine.tell(ClockStepped(by=timedelta(hours=1)))
    engine.wait(5)
    assert engine.register == flowed(22_000 * 5 + HALF_W * 10, 1)


# The moment by which it ends


def until(seconds: float, setup: EngineSetup = ENDLESS) -> EngineStage:
    engine = EngineStage(setup)
    engine.tell(changed(start(), ends_by=after(seconds)))
    return engine


def test_a_supply_ends_by_itself_when_its_time_is_up() -> None:
    engine = until(12.5)
    engine.wait(60)
    final = the(SupplyEnded, engine.said)
    assert (final.ts, final.ended_by) == (after(12.5), EndReason.TIME_UP)
    assert final.register_stop_mwh == flowed(22_000, 12.5)
    assert all_of(CPStatus, engine.said)[-1].state is CPState.ACTIVATED


def test_what_is_complete_before_ends_before() -> None:
    engine = until(60, EngineSetup(cp_id=CP))
    engine.wait(60)
    assert the(SupplyEnded, engine.said).ended_by is EndReason.COMPLETE


def test_a_supply_whose_time_was_up_before_it_was_ordered_is_refused() -> None:
    engine = EngineStage(ENDLESS)
    engine.wait(10)
    assert the(SupplyRefused, engine.tell(changed(start(), ends_by=after(10)))).reason == "its time was up"


def told_to_end(engine: EngineStage, seconds: float) -> None:
    engine.tell(changed(stop(), ends_by=after(seconds)))


def test_a_supply_that_goes_on_hears_that_it_is_to_end_sooner() -> None:
    engine = EngineStage(ENDLESS)
    engine.tell(start())
    engine.wait(3)
    told_to_end(engine, 12.5)
    assert engine.supply.ends_by == after(12.5)
    engine.wait(60)
    final = the(SupplyEnded, engine.said)
    assert (final.ts, final.ended_by, final.register_stop_mwh) == (after(12.5), EndReason.TIME_UP, flowed(22_000, 12.5))


def test_what_ends_sooner_anyway_keeps_its_end() -> None:
    engine = until(5)
    told_to_end(engine, 12.5)
    assert engine.supply.ends_by == after(5)


def test_an_end_that_is_over_when_it_is_heard_ends_the_supply_at_once() -> None:
    engine = EngineStage(ENDLESS)
    engine.tell(start())
    engine.wait(20)
    told_to_end(engine, 12.5)
    final = the(SupplyEnded, engine.said)
    assert (final.ts, final.ended_by) == (after(20), EndReason.STOPPED)


def test_a_point_that_waits_for_a_plug_hears_that_it_is_to_end_sooner() -> None:
    engine = EngineStage(changed(ENDLESS, manual=True))
    engine.tell(start())
    told_to_end(engine, 5)
    engine.wait(60)
    refused = the(SupplyRefused, engine.said)
    assert (refused.reason, refused.ts) == ("no vehicle was plugged in", after(5))


def test_a_point_waits_for_a_plug_no_longer_than_the_time_of_the_supply() -> None:
    engine = until(5, changed(ENDLESS, manual=True))
    engine.wait(60)
    refused = the(SupplyRefused, engine.said)
    assert (refused.reason, refused.ts) == ("no vehicle was plugged in", after(5))


def test_the_end_is_a_moment_of_the_world_and_does_not_move_with_a_clock_that_is_set() -> None:
    engine = until(60)
    engine.wait(10)
    engine.now += timedelta(seconds=30)
    engine.tell(ClockStepped(by=timedelta(seconds=30)))
    engine.wait(60)
    final = the(SupplyEnded, engine.said)
    assert (final.ts, final.register_stop_mwh) == (after(60), flowed(22_000, 30))


def test_a_clock_that_is_set_over_the_end_ends_it_at_once_with_what_had_flowed() -> None:
    engine = until(60)
    engine.wait(10)
    engine.now += timedelta(hours=1)
    engine.tell(ClockStepped(by=timedelta(hours=1)))
    engine.wait(1)
    final = the(SupplyEnded, engine.said)
    assert final.ended_by is EndReason.TIME_UP
    assert final.register_stop_mwh == flowed(22_000, 10)
    assert final.ts - final.started_at == timedelta(seconds=10)
    assert final.started_at == T0 + timedelta(hours=1)
