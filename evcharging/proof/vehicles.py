"""Vehicles that come to points, stay for a while after their supply, and leave. Knows no invariant but that they do."""

from collections.abc import Iterator
from random import Random

from evcharging.domain.battery import Battery
from evcharging.domain.vehicle import Vehicle, Visit
from evcharging.proof.world import CENTRALS, World
from evcharging.runtime.programs import no_visits

MILLISECOND_US = 1_000


def vehicles(world: World, chance: Random, seconds: float) -> None:
    """Vehicles come, which draw less and less, leave when they like, and stay plugged in for a while."""
    if world.visits is no_visits:
        _come(world, stay_s=15, linger_s=5)


def idle_vehicles(world: World) -> None:
    """They stay until they have what they want, and longer."""
    _come(world, stay_s=17, linger_s=9)


def _come(world: World, stay_s: int, linger_s: int) -> None:
    dice = {cp_id: Random(f"{world.seed}/vehicles/{cp_id}") for cp_id in world.cp_ids}
    world.visits = lambda cp_id: _arrivals(world, cp_id, dice[cp_id], stay_s, linger_s)


def _arrivals(world: World, cp_id: str, dice: Random, stay_s: int, linger_s: int) -> Iterator[Visit]:
    while True:
        world.draws.arrived[cp_id] = visit = _visit(dice, stay_s, linger_s)
        yield visit


def _visit(dice: Random, stay_s: int, linger_s: int) -> Visit:
    """With so small a battery that it is full within the time of the proof."""
    battery = Battery(
        capacity_mwh=dice.randint(60_000, 300_000),
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
    )
    return Visit(
        vehicle=vehicle,
        arrival_mwh=battery.capacity_mwh * dice.randint(100, 600) // 1000,
        target_permille=dice.randint(700, 1000),
        stay_us=dice.randint(2_000, 1_000 * stay_s) * MILLISECOND_US,
        linger_us=dice.randint(0, 1_000 * linger_s) * MILLISECOND_US,
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
