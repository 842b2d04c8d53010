"""People at points and operators of Centrals, who do what they may. Knows no invariant."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from random import Random

from evcharging.common.messages import Action, DriverRequest, EndReason, Message
from evcharging.common.messages_catalogue import NameSiteTariff, PublishTariff
from evcharging.common.messages_operators import (
    Actor,
    ActorKind,
    AssignTariff,
    EndSession,
    NameTariff,
    OperatorRequest,
    SettleSession,
    StopAfterSupply,
)
from evcharging.common.messages_tariff import Tariff
from evcharging.domain.session import Session, SessionStatus
from evcharging.proof.agenda import moments
from evcharging.proof.process import Life
from evcharging.proof.tariffs import BY_DURATION, by_duration
from evcharging.proof.world import CENTRALS, SITES, World
from evcharging.roles.engine.orders import ByHand

PUBLISHED = ("day", "night")
"""Tariffs of which versions are published."""


def operators(world: World, chance: Random, seconds: float) -> None:
    """Points are stopped, resumed and handled by way of a Central."""
    for at in moments(chance, seconds, 5):
        asked = chance.choice(world.cp_ids), chance.choice(list(Action)), chance.choice(CENTRALS)
        world.agenda.after(at, partial(_operate, world, *asked))
    for at in moments(chance, seconds, 2):
        world.agenda.after(at, partial(at_a_central, world, chance, partial(_stop_after_supply, world, chance)))


def _operate(world: World, cp_id: str, action: Action, name: str) -> None:
    life = world.processes[name].life
    if life is not None:
        operate(world, cp_id, action, life)


def _stop_after_supply(world: World, chance: Random, life: Life) -> None:
    cp_id, request_id = chance.choice(world.cp_ids), world.number("stop-after-supply")
    world.ask(life, StopAfterSupply(ts=life.now(), request_id=request_id, cp_id=cp_id))


def prices(world: World, chance: Random, seconds: float) -> None:
    """Points get another price, or a tariff, or none any more, also while somebody charges; tariffs are published."""
    for at in moments(chance, seconds, 5):
        price = chance.choice((0.1, 0.25, 0.333333, 0.5))
        world.agenda.after(at, partial(at_a_central, world, chance, partial(_set_price, world, chance, price)))
    for at in moments(chance, seconds, 5):
        tariff = chance.choice((BY_DURATION, BY_DURATION, None))
        world.agenda.after(at, partial(at_a_central, world, chance, partial(_set_tariff, world, chance, tariff)))
    _publications(world, chance, seconds)


def _publications(world: World, chance: Random, seconds: float) -> None:
    """Tariffs are published, most of them just when somebody asks for a charge, and points and sites name them."""
    for at, act in ((0.1, _publish), (0.2, _publish), (0.5, _name_at_site), (0.6, _name_at_site), (0.7, _name)):
        world.agenda.after(at, partial(at_a_central, world, chance, partial(act, world, chance)))
    for at in moments(chance, seconds, 3):
        act = chance.choice((_publish, _name, _name_at_site))
        world.agenda.after(at, partial(at_a_central, world, chance, partial(act, world, chance)))

    def hear(message: Message) -> None:
        if isinstance(message, DriverRequest) and chance.random() < 0.5:
            publish = partial(at_a_central, world, chance, partial(_publish, world, chance))
            world.agenda.after(chance.uniform(0, 0.01), publish)

    world.on_said.append(hear)


def _publish(world: World, chance: Random, life: Life) -> None:
    """A dearer version of a published tariff, from now or from a little later on."""
    begin = chance.choice((None, None, life.now() + timedelta(seconds=chance.uniform(0, 12))))
    order = PublishTariff(
        ts=life.now(),
        request_id=world.number("publish"),
        tariff_id=chance.choice(PUBLISHED),
        tariff=by_duration(next(world.dearer)),
        from_at=begin,
    )
    world.ask(life, order)


def _name(world: World, chance: Random, life: Life) -> None:
    cp_id, tariff_id = chance.choice(world.cp_ids), chance.choice(PUBLISHED)
    world.ask(life, NameTariff(ts=life.now(), request_id=world.number("name"), cp_id=cp_id, tariff_id=tariff_id))


def _name_at_site(world: World, chance: Random, life: Life) -> None:
    site_id, tariff_id = chance.choice(SITES[1:]), chance.choice((*PUBLISHED, *PUBLISHED, None))
    request_id = world.number("name-at-site")
    world.ask(life, NameSiteTariff(ts=life.now(), request_id=request_id, site_id=site_id, tariff_id=tariff_id))


def _set_tariff(world: World, chance: Random, tariff: Tariff | None, life: Life) -> None:
    cp_id, request_id = chance.choice(world.cp_ids), world.number("tariff")
    world.ask(life, AssignTariff(ts=life.now(), request_id=request_id, cp_id=cp_id, tariff=tariff))


def _set_price(world: World, chance: Random, price: float, life: Life) -> None:
    world.register(chance.choice(world.cp_ids), life, price)


def resolutions(world: World, chance: Random, seconds: float) -> None:
    """Somebody settles held bills by hand, and others that are not held."""
    for at in moments(chance, seconds, 4):
        world.agenda.after(at, partial(at_a_central, world, chance, partial(_settle, world, chance)))


def _settle(world: World, chance: Random, life: Life) -> None:
    sessions = list(world.evidence.sessions.values())
    held = [session for session in sessions if session.status is SessionStatus.SUSPECT] or sessions[-2:]
    if held:
        resolve(world, chance.choice(held), chance.choice((None, 0, 1_234)), life)


def ends(world: World, chance: Random, seconds: float) -> None:
    """Drivers end their sessions, and some try to end those of others; operators end any."""
    for at in moments(chance, seconds, 4):
        world.agenda.after(at, partial(at_a_central, world, chance, partial(_end, world, chance)))


def _end(world: World, chance: Random, life: Life) -> None:
    sessions = list(world.evidence.sessions.values())
    wanted = [session for session in sessions if session.is_open] or sessions[-2:]
    if not wanted:
        return
    session = chance.choice(wanted)
    others = sorted({other.driver_id for other in sessions} - {session.driver_id})
    who = chance.choice((session.driver_id, session.driver_id, *others[:1], None))
    if who in (None, session.driver_id):
        by = EndReason.STOPPED if who is None else EndReason.DRIVER
        world.evidence.ends_asked.add((session.session_id, by))
    actor = None if who is None else Actor(kind=ActorKind.DRIVER, id=who, via="http")
    world.ask(
        life,
        EndSession(
            ts=life.now(),
            request_id=world.number("end"),
            cp_id=session.cp_id,
            session_id=session.session_id,
            actor=actor,
        ),
    )


def at_a_central(world: World, chance: Random, act: Callable[[Life], None]) -> None:
    """Do something by way of one of the Centrals, if it runs."""
    life = world.processes[chance.choice(CENTRALS)].life
    if life is not None:
        act(life)


def hands(world: World, chance: Random, seconds: float) -> None:
    """People plug, unplug, break and mend at the points themselves."""
    for at in moments(chance, seconds, 3):
        world.agenda.after(at, partial(by_hand, world, chance.choice(world.cp_ids), chance.choice(list(Action))))


def operate(world: World, cp_id: str, action: Action, life: Life) -> None:
    """Ask a Central for an action."""
    world.evidence.done[cp_id, action] = world.agenda.now
    request_id = world.number("operator")
    world.evidence.wanted[request_id] = cp_id, action
    world.ask(life, OperatorRequest(ts=life.now(), request_id=request_id, cp_id=cp_id, action=action))


def resolve(world: World, session: Session, energy_mwh: int | None, life: Life) -> None:
    """Ask a Central for a held bill to be made by hand."""
    order = SettleSession(
        ts=life.now(),
        request_id=world.number("resolve"),
        cp_id=session.cp_id,
        session_id=session.session_id,
        energy_mwh=energy_mwh,
        note="seen at the point",
        by="operator",
    )
    world.ask(life, order)


def by_hand(world: World, cp_id: str, action: Action) -> None:
    """Do something at the point itself, if its engine runs."""
    life = world.engine_of[cp_id].life
    if life is not None:
        world.evidence.done[cp_id, action] = world.agenda.now
        life.tell(cp_id, ByHand(action=action))
