"""Vehicles that come to points, stay for a while after their supply, and leave. Knows no invariant but that they do."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from evcharging.domain.battery import Battery
from evcharging.domain.vehicle import Vehicle, Visit
from evcharging.proof.world import CENTRALS, World
from evcharging.runtime.programs import no_visits

MILLISECOND_US = 1_000


@dataclass(frozen=True, slots=True)
class Habits:
    """The most that batteries hold, in mWh; for how many seconds vehicles stay at most, and once they are done."""

    capacity_mwh: int
    stay_s: int
    linger_s: int


HURRIED, PATIENT = Habits(300_000, 15, 5), Habits(80_000, 40, 25)
IN_THE_END = Habits(80_000, 15, 3)
"""Of those who come once the faults have stopped."""


def vehicles(world: World, chance: Random, seconds: float) -> None:
    """Vehicles come, which draw less and less, leave when they like, and stay plugged in for a while."""
    if world.visits is no_visits:
        come(world, HURRIED)


def rebels(world: World, chance: Random, seconds: float) -> None:
    """Some vehicles draw what they can, whatever they are offered."""
    if world.visits is no_visits:
        come(world, PATIENT)
    world.draws.rebels = chance.choice((0.2, 0.5))


def come(world: World, habits: Habits) -> None:
    """Vehicles come from now on."""
    dice = {cp_id: Random(f"{world.seed}/vehicles/{cp_id}") for cp_id in world.cp_ids}
    world.visits = lambda cp_id: _arrivals(world, cp_id, dice[cp_id], habits)


def _arrivals(world: World, cp_id: str, dice: Random, habits: Habits) -> Iterator[Visit]:
    while True:
        world.draws.arrived[cp_id] = visit = _visit(
            dice, habits if world.wishing else IN_THE_END, world.draws.rebels if world.wishing else 0
        )
        yield visit


def _visit(dice: Random, habits: Habits, rebels: float) -> Visit:
    """With so small a battery that it is full within the time of the proof."""
    battery = Battery(
        capacity_mwh=dice.randint(habits.capacity_mwh // 5, habits.capacity_mwh),
        max_w=dice.randint(15_000, 60_000),
        knee_permille=dice.randint(300, 800),
        efficiency_permille=dice.randint(850, 950),
    )
    vehicle = Vehicle(
        model="toy",
        battery=battery,
        onboard_ma=dice.choice((10_000, 16_000, 32_000)),
        onboard_phases=3,
        dc_max_w=60_000,
        obeys=rebels == 0 or dice.random() >= rebels,
    )
    return Visit(
        vehicle=vehicle,
        arrival_mwh=battery.capacity_mwh * dice.randint(100, 600) // 1000,
        target_permille=dice.randint(700, 1000),
        stay_us=dice.randint(2_000, 1_000 * habits.stay_s) * MILLISECOND_US,
        linger_us=dice.randint(0, 1_000 * habits.linger_s) * MILLISECOND_US,
    )


def i14_nobody_stays_plugged_in(world: World) -> str | None:
    """Each vehicle leaves in the end, and each Central hears of it."""
    for supply in world.evidence.supply_at.values():
        if supply.plugged:
            return f"the vehicle of {supply.session_id} is still at {supply.cp_id}, by its journal"
    for name in CENTRALS:
        life = world.processes[name].life
        panel = world.panels.get(life) if life is not None else None
        for cp_id, view in panel.points.items() if panel is not None else ():
            if view.occupied:
                return f"{name} shows that a vehicle is still at {cp_id}"
    return None
