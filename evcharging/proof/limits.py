"""Operators who limit points, and what must hold of limits: I8, I14, I20. Each of these is a function of the world, and
perhaps of one event, and answers with a sentence where it does not hold."""

from functools import partial
from random import Random

from evcharging.common.messages import CPStatus, CPTelemetry, Limit, SetLimit
from evcharging.common.messages_operators import LimitPoint, OperatorAnswer
from evcharging.domain.charging_point import Point
from evcharging.domain.supply import EngineMemory, Supply
from evcharging.proof.agenda import moments
from evcharging.proof.draws import offer
from evcharging.proof.events import Handled, Journalled, Lasted, Said
from evcharging.proof.house import House
from evcharging.proof.people import at_a_central
from evcharging.proof.process import Life
from evcharging.proof.world import CENTRALS, World

LIMITS = (
    Limit(watts=0),
    Limit(milliamperes=0),
    Limit(watts=5_000),
    Limit(milliamperes=8_000),
    Limit(watts=11_000),
    Limit(milliamperes=16_000, watts=30_000),
    Limit(watts=44_444),
    None,
    None,
)
NO_LIMITS = (Limit(), Limit(watts=900), Limit(milliamperes=5_999))
"""Those that no Central sets."""


def limits(world: World, chance: Random, seconds: float) -> None:
    """Operators set, change and delete what points may give at most, also to nothing, and whoever is away."""
    for at in moments(chance, seconds, 2):
        asked = chance.choice(world.cp_ids), chance.choice(NO_LIMITS if chance.random() < 0.05 else LIMITS)
        world.agenda.after(at, partial(at_a_central, world, chance, partial(_set, world, *asked)))


def _set(world: World, cp_id: str, limit: Limit | None, life: Life) -> None:
    request_id = world.number("limit")
    world.draws.wanted[request_id] = cp_id, limit
    world.ask(life, LimitPoint(ts=life.now(), request_id=request_id, cp_id=cp_id, limit=limit))


def limited(world: World) -> list[str]:
    """The points that have a limit, as the ledger has it."""
    return [cp_id for cp_id, point in world.evidence.points.items() if point.limit is not None]


def lift(world: World) -> None:
    """Let every point give all that it can: with little, a supply lasts for longer than rest is waited for."""
    for name in CENTRALS:
        life = world.processes[name].life
        if life is not None:
            for cp_id in limited(world):
                _set(world, cp_id, None, life)


def i14_no_point_is_limited(world: World) -> str | None:
    """Once faults have stopped, by operators who hear late of what they had asked."""
    cp_ids = limited(world)
    return f"{', '.join(cp_ids)} has a limit" if cp_ids else None


def watch(world: World) -> None:
    """Follow the limits of engines over their deaths from now on."""
    for house in world.houses:
        world.processes[house.name].on_death.append(partial(_died, world, house))


def _died(world: World, house: House, _: object) -> None:
    for cp_id in house.cp_ids:
        world.draws.died(world.agenda.now, cp_id)


def i20_an_engine_keeps_the_limit_that_it_acknowledged(world: World, event: Handled) -> str | None:
    """What it says to keep to is what it was told last, also after its death; and no more power flows than that."""
    if not event.effects or not event.process.startswith("engine"):
        return None
    draws, cp_id = world.draws, event.address
    if isinstance(event.message, SetLimit):
        draws.acknowledge(world.agenda.now, cp_id, event.message.limit)
    for effect in event.effects:
        if isinstance(effect, CPStatus) and effect.limit != draws.limit_of(cp_id):
            return f"{cp_id} says to keep to {effect.limit}, and had acknowledged {draws.limit_of(cp_id)}"
        if isinstance(effect, CPTelemetry):
            most_w = offer(world.setups[cp_id].power_w, draws.limit_of(cp_id))[0]
            if round(effect.kw * 1000) > most_w and not world.draws.is_disobeyed(effect.session_id):
                return f"{cp_id} gives {effect.kw} kW, and its limit leaves {most_w} W"
        elif isinstance(effect, Supply) and effect.is_open and effect.started_at:
            draws.began(cp_id, effect.session_id, effect.started_at)
    return None


def i20_a_limit_lasts(world: World, event: Journalled) -> str | None:
    """An engine writes down what it acknowledged."""
    for memory in [record for record in event.records if isinstance(record, EngineMemory)][-1:]:
        world.draws.journal[event.cp_id] = memory.limit
        if memory.limit != world.draws.limit_of(event.cp_id):
            return f"the journal of {event.cp_id} has another limit than it acknowledged: {memory.limit}"
    return None


def i8_a_limit_that_is_said_to_be_set_is_in_the_ledger(world: World, event: Said) -> str | None:
    """Before anybody is told so; and no other is than can be."""
    answer = event.message
    if not isinstance(answer, OperatorAnswer) or answer.refusal is not None:
        return None
    cp_id, limit = world.draws.wanted.get(answer.request_id, ("", None))
    if cp_id and limit not in world.draws.decided[cp_id]:
        return f"{answer.request_id} of {cp_id} is said to be done, and the ledger knows nothing of it"
    return None


def i20_only_a_limit_that_can_be_is_set(world: World, event: Lasted) -> str | None:
    """Whatever operators ask for."""
    for record in event.records:
        if isinstance(record, Point):
            world.draws.decided[record.cp_id].append(record.limit)
            if record.limit in NO_LIMITS:
                return f"{record.cp_id} has the limit {record.limit}"
    return None


def i20_every_engine_keeps_the_limit_of_its_operator(world: World) -> str | None:
    """Whatever was lost on the way."""
    for cp_id, point in world.evidence.points.items():
        kept, written = world.draws.limit_of(cp_id), world.draws.journal.get(cp_id)
        if not kept == written == point.limit:
            return f"{cp_id} keeps to {kept} and has written down {written}, and its operator set {point.limit}"
    return None
