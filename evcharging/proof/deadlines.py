"""Drivers who have little time, and what must hold of that: I21."""

from datetime import datetime, timedelta
from functools import partial
from random import Random

from evcharging.common.messages import EndReason
from evcharging.domain.session import Session
from evcharging.domain.supply import Supply
from evcharging.proof.agenda import moments
from evcharging.proof.engines import cut_off
from evcharging.proof.events import Journalled, Lasted
from evcharging.proof.world import World


def hurries(world: World, chance: Random, seconds: float) -> None:
    """Drivers ask for one minute, which is soon over by the clocks of points that may hear nothing then."""
    share = chance.choice((0.5, 1.0))
    world.minutes = lambda: 1 if chance.random() < share else None
    for house in world.houses:
        world.processes[house.name].clock_offset += timedelta(seconds=round(chance.uniform(48, 58), 6))
    for at in moments(chance, seconds, 12):
        world.agenda.after(at, partial(cut_off, world, chance.choice(world.houses).name, chance.uniform(4, 12)))


def note_ends(world: World, event: Lasted) -> str | None:
    """Keep in mind by when sessions were to end: no law, and what I21 is judged by."""
    for record in event.records:
        if isinstance(record, Session):
            world.draws.ends[record.session_id].add(record.ends_by)
    return None


def i21_a_supply_ends_by_its_time(world: World, event: Journalled) -> str | None:
    """By the clock of its engine, whoever else lives; when that is set meanwhile, nobody can say."""
    for supply in event.records:
        if not isinstance(supply, Supply) or supply.started_at is None or supply.ended_by is EndReason.NOT_STARTED:
            continue
        told = world.draws.ends.get(supply.session_id, {supply.ends_by})
        if not _is_its_time(world, supply, told):
            return f"{supply.session_id} ends by {supply.ends_by} at {supply.cp_id}, and was to end by one of {told}"
        if supply.ended_at is None or supply.cp_id in world.evidence.redated:
            continue
        if supply.ends_by is not None and supply.ended_at > supply.ends_by:
            return f"{supply.session_id} ended at {supply.ended_at}, and was to end by {supply.ends_by}"
        if supply.ended_by is EndReason.TIME_UP and supply.ended_at != supply.ends_by:
            return f"the time of {supply.session_id} was up at {supply.ended_at}, before {supply.ends_by}"
    return None


def _is_its_time(world: World, supply: Supply, told: set[datetime | None]) -> bool:
    """Whether it is to end when its session was to, or earlier, as its engine was told, where there is money for
    less."""
    if supply.ends_by in told:
        return True
    is_earlier = None in told or (supply.ends_by is not None and supply.ends_by <= max(filter(None, told)))
    is_told = world.provider.terms is not None and supply.ends_by in world.money.told_ends[supply.session_id]
    return is_earlier and is_told
