"""Drivers who have little time, and what must hold of that: I21."""

from datetime import timedelta
from functools import partial
from random import Random

from evcharging.common.messages import EndReason
from evcharging.domain.session import Session
from evcharging.domain.supply import Supply
from evcharging.proof.agenda import moments
from evcharging.proof.engines import cut_off
from evcharging.proof.events import Journalled
from evcharging.proof.world import World


def hurries(world: World, chance: Random, seconds: float) -> None:
    """Drivers ask for one minute, which is soon over by the clocks of points that may hear nothing then."""
    share = chance.choice((0.5, 1.0))
    world.minutes = lambda: 1 if chance.random() < share else None
    for house in world.houses:
        world.processes[house.name].clock_offset += timedelta(seconds=round(chance.uniform(48, 58), 6))
    for at in moments(chance, seconds, 12):
        world.agenda.after(at, partial(cut_off, world, chance.choice(world.houses).name, chance.uniform(4, 12)))


def i21_a_supply_ends_by_its_time(world: World, event: Journalled) -> str | None:
    """By the clock of its engine, whoever else lives; when that is set meanwhile, nobody can say."""
    for supply in event.records:
        if not isinstance(supply, Supply) or supply.started_at is None or supply.ended_by is EndReason.NOT_STARTED:
            continue
        session = world.evidence.sessions.get(supply.session_id)
        if session is not None and not _is_its_time(world, session, supply):
            return (
                f"{supply.session_id} ends by {supply.ends_by} at {supply.cp_id}, and its driver said {session.ends_by}"
            )
        if supply.ended_at is None or supply.cp_id in world.evidence.redated:
            continue
        if supply.ends_by is not None and supply.ended_at > supply.ends_by:
            return f"{supply.session_id} ended at {supply.ended_at}, and was to end by {supply.ends_by}"
        if supply.ended_by is EndReason.TIME_UP and supply.ended_at != supply.ends_by:
            return f"the time of {supply.session_id} was up at {supply.ended_at}, before {supply.ends_by}"
    return None


def _is_its_time(world: World, session: Session, supply: Supply) -> bool:
    """Whether it is to end when its driver said, or earlier, as its engine was told, where there is money for less."""
    if world.provider.terms is None:
        return supply.ends_by == session.ends_by
    is_in_time = session.ends_by is None or (supply.ends_by is not None and supply.ends_by <= session.ends_by)
    return is_in_time and supply.ends_by in world.money.told_ends[supply.session_id]
