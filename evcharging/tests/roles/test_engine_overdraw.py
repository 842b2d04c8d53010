"""A vehicle that draws more than it is offered is told of at once, and stopped after 5 s."""

from evcharging.common.messages import CPStatus, EndReason, Limit, SupplyEnded
from evcharging.common.utils import changed
from evcharging.domain.battery import Battery
from evcharging.domain.vehicle import Vehicle, Visit
from evcharging.roles.engine.setup import EngineSetup
from evcharging.tests.stages.engine_stage import EngineStage, limited, start
from evcharging.tests.stages.scenario import CP, all_of, the

BATTERY = Battery(capacity_mwh=60_000_000, max_w=100_000, knee_permille=800, efficiency_permille=900)
REBEL = Vehicle(model="toy", battery=BATTERY, onboard_ma=16_000, onboard_phases=3, obeys=False)
EIGHT = Limit(milliamperes=8_000)


def charging(vehicle: Vehicle = REBEL) -> EngineStage:
    visit = Visit(vehicle=vehicle, arrival_mwh=6_000_000)
    engine = EngineStage(EngineSetup(cp_id=CP, ticks=None), visits=[visit, visit])
    engine.tell(start())
    return engine


def test_what_it_is_offered_is_enough_for_who_draws_no_more() -> None:
    engine = charging()
    engine.tell(limited(Limit(milliamperes=16_000)))
    engine.wait(60)
    assert engine.supply.is_open
    assert not all_of(CPStatus, engine.said)[-1].overdrawn


def test_it_is_told_of_at_once_and_its_supply_ends_after_five_seconds() -> None:
    engine = charging()
    assert [each.overdrawn for each in all_of(CPStatus, engine.tell(limited(EIGHT)))][-1]
    assert engine.role.draws(engine.now)[0] == 16_000 * 3 * 230 // 1000
    engine.wait(4.999)
    assert engine.supply.is_open
    ended = the(SupplyEnded, engine.wait(0.001))
    assert ended.ended_by is EndReason.OVERDRAWN
    assert not all_of(CPStatus, engine.said)[-1].overdrawn


def test_who_obeys_goes_on() -> None:
    engine = charging(changed(REBEL, obeys=True))
    engine.tell(limited(EIGHT))
    engine.wait(60)
    assert engine.supply.is_open


def test_who_is_offered_more_again_in_time_goes_on() -> None:
    engine = charging()
    engine.tell(limited(EIGHT))
    engine.wait(4)
    answers = engine.tell(limited(None, seq=3))
    assert not all_of(CPStatus, answers)[-1].overdrawn
    engine.wait(60)
    assert engine.supply.is_open


def test_a_pause_opens_the_contactor() -> None:
    engine = charging()
    engine.tell(limited(Limit(milliamperes=0)))
    assert engine.role.draws(engine.now)[0] == 0
    engine.wait(60)
    assert engine.supply.is_open
