"""A supply draws what its vehicle takes, ends when that is done, and the vehicle stays until its driver comes."""

from datetime import timedelta
from itertools import repeat

from evcharging.common.messages import (
    Action,
    CPStatus,
    CPTelemetry,
    EndReason,
    Limit,
    SupplyEnded,
    SupplyRefused,
)
from evcharging.common.messages_tariff import Element, Tariff
from evcharging.common.states import CPState
from evcharging.common.utils import changed
from evcharging.domain.fleet import COMPACT, VAN
from evcharging.domain.offer import offer_of
from evcharging.domain.supply import Supply
from evcharging.domain.vehicle import Visit
from evcharging.roles.engine.orders import ByHand
from evcharging.roles.engine.setup import EngineSetup
from evcharging.roles.role import ClockStepped, Stopping
from evcharging.tests.stages.engine_stage import EngineStage, limited, start, stop
from evcharging.tests.stages.scenario import CP, after, all_of, the

MINUTE_US = 60_000_000
DC = EngineSetup(cp_id=CP, power_w=150_000, interval=timedelta(seconds=30))
AC = EngineSetup(cp_id=CP, interval=timedelta(seconds=30))
UNPLUG = ByHand(action=Action.UNPLUG)


def visit(**said: int) -> Visit:
    """A compact car that comes half full, wants 80 %, and stays ten minutes after."""
    usual = Visit(vehicle=COMPACT, arrival_mwh=29_000_000, target_permille=800, linger_us=10 * MINUTE_US)
    return changed(usual, **said)


def charging(
    setup: EngineSetup = DC, *, tariff: Tariff | None = None, limit_mwh: int | None = None, **said: int
) -> EngineStage:
    engine = EngineStage(setup, visits=repeat(visit(**said)))
    engine.tell(changed(start(limit_mwh=limit_mwh), tariff=tariff))
    return engine


def readings(engine: EngineStage) -> list[CPTelemetry]:
    return all_of(CPTelemetry, engine.said)


def test_power_tapers_and_the_supply_is_complete_when_the_vehicle_has_what_it_wants() -> None:
    engine = charging()
    engine.wait(3600)
    powers = [reading.kw for reading in readings(engine)]
    assert powers == sorted(powers, reverse=True)
    assert powers[0] == 120.0
    assert 20 < powers[-2] < 100
    assert powers[-1] == 0.0
    final = the(SupplyEnded, engine.said[: engine.said.index(all_of(SupplyEnded, engine.said)[0]) + 1])
    assert (final.ended_by, final.plugged) == (EndReason.COMPLETE, True)
    battery = COMPACT.battery
    drawn = (battery.capacity_mwh * 8 // 10 - 29_000_000) * 1000 // battery.efficiency_permille
    assert abs(final.register_stop_mwh - drawn) <= 1


def test_it_draws_no_more_than_its_onboard_charger_takes() -> None:
    engine = charging(AC)
    engine.wait(60)
    assert readings(engine)[-1].kw == 11.04


def test_the_vehicle_stays_after_the_end_and_then_leaves() -> None:
    engine = charging()
    engine.wait(3600)
    first, last = all_of(SupplyEnded, engine.said)
    assert (first.plugged, first.unplugged_at) == (True, None)
    assert last.unplugged_at == first.ts + timedelta(minutes=10)
    assert changed(last, seq=first.seq, plugged=True, unplugged_at=None) == first
    assert [status.occupied for status in all_of(CPStatus, engine.said)][-2:] == [True, False]
    assert not engine.memory.plugged
    assert engine.role.deadline is None


def test_nobody_else_charges_while_it_stays() -> None:
    engine = charging()
    while not all_of(SupplyEnded, engine.said):
        engine.wait(30)
    refused = the(SupplyRefused, engine.tell(start("S-2", seq=2)))
    assert refused.reason == "CP-001 is occupied: the vehicle of the last charge is still plugged in"
    engine.wait(600)
    engine.tell(start("S-3", seq=3))
    assert engine.role.state is CPState.SUPPLYING


def test_a_vehicle_that_has_to_go_leaves_in_the_middle() -> None:
    engine = charging(stay_us=4 * MINUTE_US)
    engine.wait(3600)
    final = the(SupplyEnded, engine.said)
    assert (final.ended_by, final.plugged, final.ts) == (EndReason.UNPLUGGED, False, after(240))
    assert not engine.memory.plugged


def test_it_leaves_no_later_than_it_has_to_though_it_would_linger() -> None:
    engine = charging(stay_us=15 * MINUTE_US, linger_us=60 * MINUTE_US)
    engine.wait(3600)
    assert all_of(SupplyEnded, engine.said)[-1].unplugged_at == after(15 * 60)


def test_an_operators_stop_ends_the_supply_and_not_the_visit() -> None:
    engine = charging()
    engine.wait(60)
    final = the(SupplyEnded, engine.tell(stop(seq=2)))
    assert (final.ended_by, final.plugged) == (EndReason.STOPPED, True)
    engine.wait(600)
    assert all_of(SupplyEnded, engine.said)[-1].unplugged_at == after(660)


def test_a_hand_that_unplugs_is_the_end_of_both() -> None:
    engine = charging()
    engine.wait(60)
    final = the(SupplyEnded, engine.tell(UNPLUG))
    assert (final.ended_by, final.plugged, final.unplugged_at) == (EndReason.UNPLUGGED, False, None)


def test_a_hand_that_unplugs_after_the_end_is_the_end_of_the_visit() -> None:
    engine = charging()
    engine.wait(60)
    engine.tell(stop(seq=2))
    engine.wait(60)
    assert the(SupplyEnded, engine.tell(UNPLUG)).unplugged_at == after(120)
    engine.wait(3600)
    assert len(all_of(SupplyEnded, engine.said)) == 2


def test_a_limit_is_one_of_the_vehicles_too() -> None:
    engine = charging(AC)
    engine.tell(limited(Limit(milliamperes=8_000)))
    engine.wait(60)
    assert readings(engine)[-1].kw == 5.52


def test_an_amount_that_its_driver_asked_for_ends_it_before_it_is_full() -> None:
    engine = charging(limit_mwh=1_000_000)
    engine.wait(3600)
    final = all_of(SupplyEnded, engine.said)[0]
    assert (final.register_stop_mwh, final.ended_by) == (1_000_000, EndReason.COMPLETE)


def test_where_the_power_counts_the_register_is_noted_where_the_taper_passes_a_tier() -> None:
    tiers = (Element(energy_micro_euros_per_kwh=500_000, min_w=100_000), Element(energy_micro_euros_per_kwh=300_000))
    engine = charging(tariff=Tariff(zone="UTC", elements=tiers))
    engine.wait(3600)
    [mark] = all_of(SupplyEnded, engine.said)[0].marks
    around = [reading for reading in readings(engine) if abs(reading.ts - mark.at) <= timedelta(seconds=31)]
    assert around[0].kw >= 100.0 >= around[-1].kw
    assert min(abs(reading.kw - 100.0) for reading in around) < 0.001


def test_a_restart_loses_the_vehicle_and_says_that_it_left_at_the_end_since_nobody_saw_it_stay() -> None:
    engine = charging()
    engine.wait(60)
    final = the(SupplyEnded, engine.restart())
    assert (final.ended_by, final.plugged) == (EndReason.RESTART, False)
    engine.tell(start("S-2", seq=2))
    engine.wait(30)
    engine.tell(stop("S-2", seq=3))
    engine.wait(60)
    again = the(SupplyEnded, engine.restart())
    assert again.unplugged_at == again.ts == after(90)


def test_a_shut_down_ends_the_supply() -> None:
    engine = charging()
    engine.wait(60)
    assert the(SupplyEnded, engine.tell(Stopping())).ended_by is EndReason.SHUTDOWN


def test_a_clock_that_is_set_does_not_lengthen_the_visit() -> None:
    engine = charging()
    engine.wait(60)
    engine.tell(stop(seq=2))
    engine.wait(60)
    engine.now += timedelta(hours=1)
    engine.tell(ClockStepped(by=timedelta(hours=1)))
    engine.wait(600)
    assert all_of(SupplyEnded, engine.said)[-1].unplugged_at == after(660)


def test_in_manual_mode_the_vehicle_stays_until_a_hand_unplugs_it() -> None:
    engine = EngineStage(changed(DC, manual=True), visits=repeat(visit(stay_us=MINUTE_US)))
    engine.tell(start())
    engine.tell(ByHand(action=Action.PLUG))
    engine.wait(7200)
    final = the(SupplyEnded, engine.said)
    assert (final.ended_by, final.plugged) == (EndReason.COMPLETE, True)
    assert the(SupplyEnded, engine.tell(UNPLUG)).unplugged_at == after(7200)


def test_in_manual_mode_without_vehicles_it_is_plugged_in_after_the_end_as_well() -> None:
    engine = EngineStage(EngineSetup(cp_id=CP, manual=True))
    engine.tell(start(limit_mwh=10_000), ByHand(action=Action.PLUG))
    engine.wait(600)
    assert the(SupplyEnded, engine.said).plugged
    assert the(SupplyEnded, engine.tell(UNPLUG)).unplugged_at == after(600)
    assert engine.every(Supply)[CP].plugged is False


def test_without_vehicles_a_point_that_works_by_itself_lets_it_go_at_the_end() -> None:
    engine = EngineStage(EngineSetup(cp_id=CP))
    engine.tell(start())
    engine.wait(60)
    final = the(SupplyEnded, engine.said)
    assert (final.plugged, final.unplugged_at) == (False, None)


def test_a_van_takes_all_that_a_point_of_22_kw_offers() -> None:
    assert VAN.takes_w(offer_of(22_000)) == 21_999
