"""However often a meter is read and whenever its limit changes, the register at the end is the same: all that flowed.
What a crash may lose is what flowed since the last reading."""

from datetime import timedelta
from fractions import Fraction
from itertools import repeat

from hypothesis import given
from hypothesis import strategies as st

from evcharging.common.messages import Limit, SupplyEnded
from evcharging.common.utils import Frozen
from evcharging.domain.battery import Battery
from evcharging.domain.offer import offer_of
from evcharging.domain.supply import Reading
from evcharging.domain.vehicle import Vehicle, Visit
from evcharging.roles.engine.setup import EngineSetup
from evcharging.tests.laws.depth import searched
from evcharging.tests.stages.engine_stage import EngineStage, limited, start, stop
from evcharging.tests.stages.scenario import CP, all_of, the

INTERVALS = (0.5, 1, 7, 60, 3600)
"""Seconds between two readings."""

POWERS = (3_680, 7_400, 22_000, 50_001)


class Change(Frozen):
    """So many microseconds later, another limit."""

    us: int
    limit: Limit | None


limits = st.none() | st.builds(Limit, milliamperes=st.sampled_from([0, 6_000, 8_001, 16_000, 32_000]))
watts = st.builds(Limit, watts=st.sampled_from([0, 1_380, 4_140, 7_001, 11_000, 43_000]))
changes = st.lists(st.builds(Change, us=st.integers(0, 20_000_000), limit=limits | watts), max_size=5)

batteries = st.builds(
    Battery,
    capacity_mwh=st.integers(100_000, 1_000_000),
    max_w=st.integers(5_000, 90_000),
    knee_permille=st.integers(200, 900),
    efficiency_permille=st.integers(800, 1000),
)
vehicles = st.builds(
    Vehicle,
    model=st.just("any"),
    battery=batteries,
    onboard_ma=st.sampled_from([10_000, 16_000, 32_000]),
    onboard_phases=st.integers(1, 3),
    dc_max_w=st.integers(2_000, 90_000),
)
visits = st.builds(
    Visit, vehicle=vehicles, arrival_mwh=st.integers(0, 90_000), stay_us=st.none() | st.integers(10**6, 120_000_000)
)


def supplying(power_w: int, interval_s: float, visit: Visit | None) -> EngineStage:
    setup = EngineSetup(cp_id=CP, power_w=power_w, interval=timedelta(seconds=interval_s), ticks=None)
    stage = EngineStage(setup, visits=None if visit is None else repeat(visit))
    stage.tell(start())
    return stage


def let(stage: EngineStage, story: list[Change]) -> EngineStage:
    """Let limits change, one after another."""
    for number, change in enumerate(story):
        stage.wait(change.us / 1_000_000)
        stage.tell(limited(change.limit, seq=2 + number))
    return stage


def final_register(power_w: int, interval_s: float, visit: Visit | None, story: list[Change], rest_us: int) -> int:
    stage = let(supplying(power_w, interval_s, visit), story)
    stage.wait(rest_us / 1_000_000)
    stage.tell(stop(seq=100))
    return all_of(SupplyEnded, stage.said)[-1].register_stop_mwh


@searched(40)
@given(power_w=st.sampled_from(POWERS), story=changes, rest_us=st.integers(0, 20_000_000))
def test_a_steady_load_gives_the_same_to_the_mwh_however_often_it_is_read(
    power_w: int, story: list[Change], rest_us: int
) -> None:
    offered = [offer_of(power_w, limit).watts for limit in (None, *(change.limit for change in story))]
    spans = [*(change.us for change in story), rest_us]
    flowed = int(Fraction(sum(w * us for w, us in zip(offered, spans, strict=True)), 3_600_000))
    assert {final_register(power_w, each, None, story, rest_us) for each in INTERVALS} == {flowed}


@searched(40)
@given(power_w=st.sampled_from(POWERS), visit=visits, story=changes, rest_us=st.integers(0, 20_000_000))
def test_a_vehicle_gives_the_same_within_a_mwh_however_often_it_is_read(
    power_w: int, visit: Visit, story: list[Change], rest_us: int
) -> None:
    registers = [final_register(power_w, each, visit, story, rest_us) for each in INTERVALS]
    assert max(registers) - min(registers) <= 1


@searched(40)
@given(
    power_w=st.sampled_from(POWERS),
    interval_s=st.sampled_from(INTERVALS),
    visit=st.none() | visits,
    story=changes,
    rest_us=st.integers(0, 20_000_000),
)
def test_a_crash_loses_at_most_what_flowed_since_the_last_reading(
    power_w: int, interval_s: float, visit: Visit | None, story: list[Change], rest_us: int
) -> None:
    crashed, other = (let(supplying(power_w, each, visit), story) for each in (interval_s, 0.3))
    for stage in (crashed, other):
        stage.wait(rest_us / 1_000_000)
    read = crashed.every(Reading)[CP]
    since = crashed.supply.ended_at or crashed.now
    assert since - read.ts <= timedelta(seconds=interval_s)
    others = [each.register_mwh for each in all_of(Reading, other.said) if each.ts <= read.ts]
    crashed.now += timedelta(hours=1)
    final = the(SupplyEnded, crashed.restart())
    assert final.register_stop_mwh == read.register_mwh == crashed.register
    assert final.register_stop_mwh + 1 >= others[-1]
    assert final.ts <= since
