"""The bus, the stores and the links in bad weather. Knows no invariant."""

from functools import partial
from random import Random

from evcharging.proof.agenda import moments
from evcharging.proof.process import RETRY
from evcharging.proof.stores import Weather
from evcharging.proof.world import CENTRALS, World


def lost(world: World, chance: Random, seconds: float) -> None:
    """Messages that may get lost do."""
    world.broker.loss = chance.choice((0.05, 0.3, 0.8))


def doubled(world: World, chance: Random, seconds: float) -> None:
    """Messages come again, a while after the first time."""
    world.broker.doubling, world.has_echoes = chance.choice((0.05, 0.3)), True


def delayed(world: World, chance: Random, seconds: float) -> None:
    """Messages are late, though never out of order within their partition."""
    most = chance.choice((0.05, 0.5, 3))
    share = chance.choice((0.1, 0.5, 1.0))
    world.is_slow = True
    world.broker.latency = lambda: chance.random() * most if chance.random() < share else 0.0


def outages(world: World, chance: Random, seconds: float) -> None:
    """Nobody reaches the bus, and sometimes somebody dies with what it had to say."""
    for at in moments(chance, seconds, 15):
        span = chance.uniform(0.2, 12)
        world.agenda.after(at, world.broker.leave)
        world.agenda.after(at + span, world.broker.come_back)
        world.agenda.after(at, partial(world.delays.hold_up, span))
        if chance.random() < 0.3:
            victim = chance.choice(list(world.processes.values()))
            world.agenda.after(min(at + chance.uniform(0, span), seconds), victim.kill)


def rebalances(world: World, chance: Random, seconds: float) -> None:
    """A Central loses its partitions and gets some again, though nothing was wrong with it."""
    for at in moments(chance, seconds, 8):
        world.agenda.after(at, partial(_rebalance, world, chance.choice(CENTRALS)))
        # And once more before it has found its way.
        world.agenda.after(at + chance.uniform(0.01, 2), partial(_rebalance, world, chance.choice(CENTRALS)))


def _rebalance(world: World, name: str) -> None:
    life = world.processes[name].life
    if life is not None:
        world.clients[life].expel()


def slow_commits(world: World, chance: Random, seconds: float) -> None:
    """Between folding, committing and publishing, time passes."""
    most = chance.choice((0.05, 1, 4))
    world.is_slow = True
    for process in world.processes.values():
        if process.kind in ("central", "engine"):
            process.slowness = lambda: chance.random() * most if chance.random() < 0.3 else 0.0


def _away(world: World, weather: Weather, at: float, span: float) -> None:
    world.agenda.after(at, partial(setattr, weather, "away", True))
    world.agenda.after(at + span, partial(setattr, weather, "away", False))


def ledger_away(world: World, chance: Random, seconds: float) -> None:
    """The database does not answer."""
    for at in moments(chance, seconds, 12):
        span = chance.uniform(0.2, 9)
        _away(world, world.weather, at, span)
        world.agenda.after(at, partial(world.delays.hold_up, span + RETRY))


def full_disks(world: World, chance: Random, seconds: float) -> None:
    """An engine's journal cannot be written to."""
    for at in moments(chance, seconds, 10):
        _away(world, chance.choice(world.houses).weather, at, chance.uniform(0.2, 6))


def lost_answers(world: World, chance: Random, seconds: float) -> None:
    """Of a commit nobody hears whether it lasted."""
    share = chance.choice((0.02, 0.1, 0.4))

    def silent(weather: Weather) -> bool | None:
        if chance.random() >= share:
            return None
        if weather is world.weather:
            world.delays.hold_up(RETRY)
        return chance.random() < 0.5

    for weather in (world.weather, *(house.weather for house in world.houses)):
        weather.silent, weather.is_silent = partial(silent, weather), True


def torn_journals(world: World, chance: Random, seconds: float) -> None:
    """Engines keep journals in files, and die in the middle of a line."""
    world.use_files()
    for at in moments(chance, seconds, 6):
        world.agenda.after(at, partial(setattr, chance.choice(world.houses), "tears", True))


def cut_links(world: World, chance: Random, seconds: float) -> None:
    """A monitor's link breaks, or hangs without anybody being told."""
    for at in moments(chance, seconds, 5):
        cp_id = chance.choice(world.cp_ids)
        link = chance.choice((world.engine_links[cp_id], world.central_links[cp_id]))
        if chance.random() < 0.5:
            world.agenda.after(at, link.drop)
        else:
            world.agenda.after(at, partial(setattr, link, "cut", True))
            world.agenda.after(at + chance.uniform(0.5, 20), partial(setattr, link, "cut", False))
