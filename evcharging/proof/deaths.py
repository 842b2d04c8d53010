"""Processes that die, end, stand still, or have a wrong clock. Knows no invariant."""

from datetime import timedelta
from functools import partial
from random import Random

from evcharging.common.moments import EPOCH
from evcharging.proof.agenda import moments
from evcharging.proof.broker import SESSION
from evcharging.proof.house import House
from evcharging.proof.process import Process
from evcharging.proof.world import CENTRALS, World
from evcharging.roles.role import Stopping
from evcharging.runtime.crash_points import AT_PROVIDER, CrashPoint

TO_1970 = timedelta(days=365 * 56 + 14)
AT_THE_START = (CrashPoint.CLAIM, CrashPoint.CLAIMED, CrashPoint.UNSENT)

STOP_WITHIN = 1.5
"""Seconds that a program has for its last word."""


def _victims(world: World, kind: str) -> list[Process]:
    return [process for process in world.processes.values() if process.kind == kind]


def _kill(world: World, chance: Random, seconds: float, kind: str, mean: float) -> None:
    victims = _victims(world, kind)
    for at in moments(chance, seconds, mean):
        world.agenda.after(at, chance.choice(victims).kill)


def kill_central(world: World, chance: Random, seconds: float) -> None:
    """A Central dies."""
    _kill(world, chance, seconds, "central", 15)


def kill_engine(world: World, chance: Random, seconds: float) -> None:
    """An engine dies."""
    _kill(world, chance, seconds, "engine", 10)


def kill_monitor(world: World, chance: Random, seconds: float) -> None:
    """A monitor dies."""
    _kill(world, chance, seconds, "monitor", 15)


def kill_driver(world: World, chance: Random, seconds: float) -> None:
    """A driver's program dies."""
    _kill(world, chance, seconds, "driver", 15)


def crash_points(world: World, chance: Random, seconds: float) -> None:
    """A process dies the next time that it comes to a crash point."""
    victims = [process for process in world.processes.values() if process.kind != "monitor"]
    for at in moments(chance, seconds, 2.5):
        victim = chance.choice(victims)
        world.agenda.after(at, partial(_arm, victim, chance.choice(_points(world, victim))))


def _points(world: World, victim: Process) -> list[CrashPoint]:
    """Those to which a process may come."""
    asks = victim.kind == "central" and world.provider.terms is not None
    return [point for point in CrashPoint if asks or point not in AT_PROVIDER]


def _arm(victim: Process, point: CrashPoint) -> None:
    victim.armed = point
    if point in AT_THE_START:
        victim.kill()


def good_ends(world: World, chance: Random, seconds: float) -> None:
    """A program is asked to end, says its last word, and ends."""
    victims = list(world.processes.values())
    for at in moments(chance, seconds, 12):
        world.agenda.after(at, partial(_end, chance.choice(victims)))


def _end(victim: Process) -> None:
    life = victim.life
    if life is not None:
        for loop in life.loops[:1]:
            life.run(partial(loop.host.tell_all, Stopping()))
        life.later(STOP_WITHIN, victim.kill)


def pauses(world: World, chance: Random, seconds: float) -> None:
    """A Central stands still, perhaps until its group holds it for dead, and then goes on."""
    for at in moments(chance, seconds, 15):
        victim = world.processes[chance.choice(CENTRALS)]
        world.agenda.after(at, partial(stand_still, world, victim, chance.uniform(0.2, 15)))


def standstills(world: World, chance: Random, seconds: float) -> None:
    """An engine, a monitor or a driver stands still for a while."""
    victims = [process for process in world.processes.values() if process.kind != "central"]
    for at in moments(chance, seconds, 8):
        world.agenda.after(at, partial(stand_still, world, chance.choice(victims), chance.uniform(0.2, 18)))


def stand_still(world: World, process: Process, seconds: float) -> None:
    """Its group holds it for dead when that is too long."""
    life = process.life
    if life is None or process.paused:
        return
    process.pause()
    if process.kind == "central":
        world.delays.hold_up(seconds)
    if seconds > SESSION and life in world.clients:
        world.agenda.after(SESSION, world.clients[life].expel)
    world.agenda.after(seconds, lambda: process.resume() if process.life is life else None)


def skew(world: World, chance: Random, seconds: float) -> None:
    """The machines' clocks differ, by seconds or by minutes."""
    most = chance.choice((0.5, 4, 300))
    for process in world.processes.values():
        process.clock_offset = timedelta(seconds=round(chance.uniform(-most, most), 6))


def drift(world: World, chance: Random, seconds: float) -> None:
    """The clocks of Centrals run faster or slower than those of engines, by up to 2 %; engines stand still, or hear all
    and are not heard, so that they obey a grant for as long as they may."""
    gains = chance.choice((-0.02, 0.02, 0.02))
    for name in CENTRALS:
        world.processes[name].gains = gains
    victims = _victims(world, "engine")
    for at in moments(chance, seconds, 5):
        strike = chance.choice((stand_still, _unheard, _unheard))
        world.agenda.after(at, partial(strike, world, chance.choice(victims), chance.uniform(10, 14)))


def _unheard(world: World, process: Process, seconds: float) -> None:
    if process.life is not None:
        world.clients[process.life].hold(seconds, world.chance.choice((0.0, 0.2, 0.5)))


def clock_steps(world: World, chance: Random, seconds: float) -> None:
    """A machine's clock is set, which programs notice when they start again."""
    victims = list(world.processes.values())
    for house in world.houses:
        world.processes[house.name].on_birth.append(partial(_begins_by_another_clock, world, house, {}))
    for at in moments(chance, seconds, 10):
        victim = chance.choice(victims)
        hours = chance.uniform(-3, 3)
        offset = -TO_1970 if chance.random() < 0.15 else timedelta(hours=round(hours, 3))
        world.has_wrong_clocks = world.has_wrong_clocks or offset == -TO_1970
        world.agenda.after(at, partial(setattr, victim, "clock_offset", offset))
        if chance.random() < 0.7:
            world.agenda.after(at + chance.uniform(0.1, 5), victim.kill)


def _begins_by_another_clock(world: World, house: House, before: dict[str, timedelta], engines: Process) -> None:
    """Note the supplies that its engines find in their journals and date by another clock than they began by."""
    if before.setdefault(house.name, engines.clock_offset) != engines.clock_offset:
        before[house.name] = engines.clock_offset
        found = [world.evidence.supply_at[cp_id] for cp_id in house.cp_ids if cp_id in world.evidence.supply_at]
        world.evidence.stepped.update(each.session_id for each in found if each.ended_at is None or each.plugged)


def clock_jumps(world: World, chance: Random, seconds: float) -> None:
    """A machine's clock is set, or stands still for a while and then catches up, while its programs run."""
    victims = list(world.processes.values())
    for at in moments(chance, seconds, 6):
        victim, hours = chance.choice(victims), round(chance.uniform(-3, 3), 6)
        if chance.random() < 0.3:
            stand = round(chance.uniform(0.5, 8), 3)
            world.agenda.after(at, partial(set_clock, world, victim, timedelta(seconds=-stand)))
            world.agenda.after(at + stand, partial(set_clock, world, victim, timedelta(seconds=stand)))
        else:
            world.agenda.after(at, partial(set_clock, world, victim, timedelta(hours=hours)))


def set_clock(world: World, victim: Process, by: timedelta) -> None:
    """A machine's clock is set while its program runs; none shows a time before 1970."""
    if world.agenda.now + victim.clock_offset + by < EPOCH:
        return
    victim.clock_offset += by
    world.evidence.redated.update(cp_id for cp_id in world.cp_ids if world.engine_of[cp_id] is victim)
    if victim.life is not None:
        victim.life.run(partial(victim.life.set_clock, by))
