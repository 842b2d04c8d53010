"""An engine notes its register at each moment at which the price of a supply may change, whatever happens meanwhile."""

from datetime import timedelta

from evcharging.common.messages import (
    CPTelemetry,
    EndReason,
    Mark,
    StartSupply,
    SupplyEnded,
    SupplyRefused,
    SupplyStarted,
)
from evcharging.common.messages_tariff import Element, Tariff
from evcharging.common.states import CPState
from evcharging.common.utils import changed, from_json, to_json
from evcharging.domain.meter import energy_mwh
from evcharging.roles.engine.setup import EngineSetup
from evcharging.roles.role import ClockStepped
from evcharging.tests.stages.engine_stage import EngineStage, start, stop
from evcharging.tests.stages.scenario import CP, T0, all_of, the
from evcharging.tests.stages.tariffs import changing_at, minutes

ENDLESS = EngineSetup(cp_id=CP, ticks=None, interval=timedelta(minutes=7))
EDGES = changing_at(minutes(2), minutes(10))


def supplying(tariff: Tariff = EDGES, setup: EngineSetup = ENDLESS) -> EngineStage:
    engine = EngineStage(setup)
    engine.tell(changed(start(), tariff=tariff))
    return engine


def flowed(count: float) -> int:
    return energy_mwh(22_000, timedelta(minutes=count))


def test_the_register_is_noted_at_each_edge_of_the_price_whatever_the_interval_of_readings() -> None:
    for interval in (1, 60, 3600):
        engine = supplying(setup=changed(ENDLESS, interval=timedelta(seconds=interval)))
        engine.wait(12 * 60)
        final = the(SupplyEnded, engine.tell(stop(seq=2)))
        assert final.marks == (
            Mark(at=minutes(2), register_mwh=flowed(2)),
            Mark(at=minutes(10), register_mwh=flowed(10)),
        )
        assert final.register_stop_mwh == flowed(12)


def test_it_is_written_down_at_once_so_that_a_crash_just_after_an_edge_loses_no_line_of_the_bill() -> None:
    engine = supplying()
    engine.wait(2 * 60)
    assert engine.supply.marks == (Mark(at=minutes(2), register_mwh=flowed(2)),)
    engine.wait(1)
    final = the(SupplyEnded, engine.restart())
    assert (final.marks, final.ended_by) == ((Mark(at=minutes(2), register_mwh=flowed(2)),), EndReason.RESTART)
    assert final.register_stop_mwh >= flowed(2)


def test_readings_tell_the_cost_by_the_tariff() -> None:
    engine = supplying()
    engine.wait(3 * 60)
    readings = {reading.ts: reading.euros for reading in all_of(CPTelemetry, engine.said)}
    assert readings[minutes(2)] == round(flowed(2) * 0.1 / 10**6 * 1.21, 6)
    engine.wait(4 * 60)
    reading = all_of(CPTelemetry, engine.said)[-1]
    net = round(flowed(2) * 0.1 / 10**6, 6) + round((reading.register_mwh - flowed(2)) * 0.2 / 10**6, 6)
    assert abs(reading.euros - net * 1.21) < 2e-6


def test_a_duration_is_an_edge_and_a_tariff_without_edges_has_none() -> None:
    longer = Element(charging_micro_euros_per_minute=1, min_s=90)
    engine = supplying(Tariff(zone="UTC", elements=(longer,)))
    engine.wait(600)
    assert [mark.at for mark in engine.supply.marks] == [minutes(1.5)]
    flat = supplying(Tariff(zone="UTC", elements=(Element(energy_micro_euros_per_kwh=1),)))
    flat.wait(600)
    assert flat.supply.marks == ()


def test_a_clock_that_steps_over_an_edge_moves_what_was_noted_and_misses_no_later_edge() -> None:
    engine = supplying()
    engine.wait(3 * 60)
    engine.now += timedelta(minutes=6)
    engine.tell(ClockStepped(by=timedelta(minutes=6)))
    engine.wait(2 * 60)
    final = the(SupplyEnded, engine.tell(stop(seq=2)))
    assert (final.started_at, final.ts) == (minutes(6), minutes(11))
    assert final.marks == (
        Mark(at=minutes(8), register_mwh=flowed(2)),
        Mark(at=minutes(10), register_mwh=flowed(4)),
    )
    assert final.register_stop_mwh == flowed(5)


def test_a_supply_that_ends_at_an_edge_by_itself_notes_that_too() -> None:
    engine = supplying(setup=EngineSetup(cp_id=CP, ticks=2, interval=timedelta(minutes=1)))
    engine.wait(3 * 60)
    final = the(SupplyEnded, engine.said)
    assert (final.ts, final.marks) == (minutes(2), (Mark(at=minutes(2), register_mwh=flowed(2)),))
    assert final.started_at == T0


def test_a_tariff_that_cannot_be_used_here_is_refused_before_anything_flows() -> None:
    engine = EngineStage(ENDLESS)
    answers = engine.tell(changed(start(), tariff=changed(EDGES, zone="Europe/Nowhere")))
    assert "is no time zone" in the(SupplyRefused, answers).reason
    assert engine.role.state is CPState.ACTIVATED
    assert the(SupplyStarted, engine.tell(start("S-2", seq=2))).session_id == "S-2"


def test_a_field_of_a_tariff_that_a_later_version_has_is_read_past() -> None:
    order = to_json(changed(start(), tariff=EDGES)).replace(b'"zone"', b'"colour":"green","zone"')
    assert from_json(StartSupply, order).tariff == EDGES
