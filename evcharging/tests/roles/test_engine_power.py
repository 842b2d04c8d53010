"""An engine that a site manages: it draws what it is granted, for as long as the grant holds, and meters on exactly."""

from datetime import timedelta

from evcharging.common.messages import CPTelemetry, SetLimit
from evcharging.common.messages import Limit as MostPower
from evcharging.common.messages_grants import GrantPower, ManagePoint, PowerReport
from evcharging.domain.meter import energy_mwh
from evcharging.domain.supply import EngineMemory
from evcharging.roles.engine.setup import EngineSetup
from evcharging.roles.role import ClockStepped
from evcharging.tests.stages.engine_stage import EngineStage, limited, start, stop
from evcharging.tests.stages.scenario import CP, T0, all_of, the

ENDLESS = EngineSetup(cp_id=CP, ticks=None)
SIXTEEN_W = 16_000 * 3 * 230 // 1000
SIX_W = 6_000 * 3 * 230 // 1000


def claim(seq: int = 1, *, site_id: str = "SITE-1", failsafe_ma: int = 0, managed: bool = True) -> ManagePoint:
    return ManagePoint(ts=T0, epoch=1, seq=seq, site_id=site_id, cp_id=CP, failsafe_ma=failsafe_ma, managed=managed)


def newest(engine: EngineStage) -> PowerReport:
    return all_of(PowerReport, engine.said)[-1]


def grant(engine: EngineStage, ma: int, seq: int, *, phases: int = 3, heard: PowerReport | None = None) -> GrantPower:
    quoted = heard or newest(engine)
    return GrantPower(
        ts=engine.now,
        epoch=1,
        seq=seq,
        site_id="SITE-1",
        cp_id=CP,
        milliamperes=ma,
        phases=phases,
        heard_run=quoted.run,
        heard_epoch=quoted.epoch,
        heard_seq=quoted.seq,
    )


def managed(failsafe_ma: int = 0) -> EngineStage:
    """An engine that supplies, and is managed."""
    engine = EngineStage(ENDLESS)
    engine.tell(claim(failsafe_ma=failsafe_ma), start())
    return engine


def watts(engine: EngineStage) -> int:
    return engine.role.draws(engine.now)[0]


def test_it_writes_down_who_manages_it_and_says_so() -> None:
    engine = EngineStage(ENDLESS)
    answers = engine.tell(claim(failsafe_ma=6_000))
    written = the(EngineMemory, answers).managed
    assert written is not None
    assert (written.site_id, written.failsafe_ma) == ("SITE-1", 6_000)
    report = the(PowerReport, answers)
    assert (report.failsafe_ma, report.claim_epoch, report.claim_seq, report.wanted_ma) == (6_000, 1, 1, 0)


def test_without_a_grant_it_gives_its_failsafe_current_and_says_what_its_vehicle_wants() -> None:
    engine = managed(failsafe_ma=6_000)
    assert watts(engine) == SIX_W
    assert (newest(engine).wanted_ma, newest(engine).measured_ma, newest(engine).phases) == (31_885, 6_000, 3)


def test_a_grant_of_nothing_pauses_the_supply_which_then_goes_on() -> None:
    engine = managed()
    assert watts(engine) == 0
    engine.wait(3)
    assert all_of(CPTelemetry, engine.said)[-1].kw == 0
    engine.tell(grant(engine, 16_000, 2))
    assert watts(engine) == SIXTEEN_W
    assert engine.supply.is_open


def test_a_lowering_is_acknowledged_after_its_reading() -> None:
    engine = managed()
    engine.tell(grant(engine, 16_000, 2))
    answers = engine.tell(grant(engine, 6_000, 3))
    kinds = [type(each) for each in answers if isinstance(each, CPTelemetry | PowerReport)]
    assert kinds == [CPTelemetry, PowerReport]
    report = the(PowerReport, answers)
    assert (report.grant_seq, report.grant_ma, report.measured_ma) == (3, 6_000, 6_000)
    assert all_of(PowerReport, engine.tell(grant(engine, 16_000, 4))) == []


def test_a_grant_holds_for_ten_seconds_from_the_report_that_it_quotes() -> None:
    engine = managed(failsafe_ma=6_000)
    first = newest(engine)
    engine.wait(4)
    engine.tell(grant(engine, 16_000, 2, heard=first))
    engine.wait(5.999)
    assert watts(engine) == SIXTEEN_W
    engine.wait(0.001)
    assert watts(engine) == SIX_W
    drawn = SIX_W * 4 + SIXTEEN_W * 6
    assert engine.role.register_at(engine.now) == energy_mwh(drawn, timedelta(seconds=1))


def test_a_grant_ends_on_time_though_its_engine_notices_late() -> None:
    engine = managed(failsafe_ma=6_000)
    engine.tell(grant(engine, 16_000, 2))
    engine.now += timedelta(seconds=30)
    assert watts(engine) == SIX_W
    engine.wait(0)
    drawn = SIXTEEN_W * 10 + SIX_W * 20
    assert engine.role.register_at(engine.now) == energy_mwh(drawn, timedelta(seconds=1))


def test_a_grant_that_quotes_a_report_of_long_ago_is_none() -> None:
    engine = managed()
    first = newest(engine)
    engine.wait(10)
    engine.tell(grant(engine, 16_000, 2, heard=first))
    assert watts(engine) == 0


def test_a_renewal_lets_it_go_on() -> None:
    engine = managed()
    engine.tell(grant(engine, 16_000, 2))
    engine.wait(8)
    engine.tell(grant(engine, 16_000, 3))
    engine.wait(8)
    assert watts(engine) == SIXTEEN_W


def test_an_older_grant_and_one_of_another_site_count_for_nothing() -> None:
    engine = managed()
    engine.tell(grant(engine, 6_000, 5), grant(engine, 16_000, 4))
    assert watts(engine) == SIX_W


def test_a_grant_for_fewer_phases_than_the_vehicle_uses_is_none() -> None:
    engine = managed()
    engine.tell(grant(engine, 16_000, 2, phases=1))
    assert watts(engine) == 0


def test_after_a_restart_it_gives_its_failsafe_current_until_it_is_granted_something() -> None:
    engine = managed(failsafe_ma=6_000)
    before = newest(engine)
    engine.tell(grant(engine, 16_000, 2))
    engine.restart()
    engine.tell(start("S-2", seq=2))
    engine.tell(grant(engine, 16_000, 3, heard=before))
    assert watts(engine) == SIX_W
    engine.tell(grant(engine, 16_000, 4))
    assert watts(engine) == SIXTEEN_W


def test_a_set_clock_moves_the_end_of_a_grant() -> None:
    engine = managed()
    engine.tell(grant(engine, 16_000, 2))
    hour = timedelta(hours=1)
    engine.now += hour
    engine.tell(ClockStepped(by=hour))
    engine.wait(9.999)
    assert watts(engine) == SIXTEEN_W
    engine.wait(0.001)
    assert watts(engine) == 0


def test_the_operators_limit_counts_as_well_and_what_is_wanted_is_told_at_once() -> None:
    engine = managed()
    engine.tell(grant(engine, 16_000, 2))
    answers = engine.tell(limited(MostPower(milliamperes=8_000)))
    assert watts(engine) == 8_000 * 3 * 230 // 1000
    assert the(PowerReport, answers).wanted_ma == 8_000
    assert isinstance(limited(None), SetLimit)


def test_the_end_of_a_supply_is_the_end_of_its_grant() -> None:
    engine = managed()
    engine.tell(grant(engine, 16_000, 2))
    ended = the(PowerReport, engine.tell(stop()))
    assert (ended.wanted_ma, ended.grant_seq, ended.grant_ma) == (0, 2, 0)
    late = the(PowerReport, engine.tell(grant(engine, 16_000, 3)))
    assert (late.grant_seq, late.grant_ma) == (3, 0)
    engine.tell(start("S-2", seq=3))
    assert watts(engine) == 0


def test_it_reports_each_second_while_it_supplies_and_is_quiet_otherwise() -> None:
    engine = managed()
    assert len(all_of(PowerReport, engine.wait(5))) == 5
    engine.tell(stop())
    assert all_of(PowerReport, engine.wait(60)) == []


def test_it_has_one_manager_until_that_lets_it_go() -> None:
    engine = managed()
    assert the(PowerReport, engine.tell(claim(9, site_id="SITE-2"))).site_id == "SITE-1"
    engine.tell(claim(5, managed=False))
    assert watts(engine) == 22_000
    assert the(PowerReport, engine.tell(claim(2, site_id="SITE-2"))).site_id == "SITE-2"
    assert watts(engine) == 0


def test_a_claim_that_comes_again_late_changes_nothing() -> None:
    engine = managed()
    engine.tell(claim(5, managed=False))
    assert engine.tell(claim(1)) == []
    assert watts(engine) == 22_000
