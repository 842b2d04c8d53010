"""Sites with circuits, and what the world knows of grants there. Knows no invariant."""

from functools import partial
from random import Random

from evcharging.common.messages import CPTelemetry, EndReason, Message
from evcharging.common.messages_grants import GrantPower, PowerReport
from evcharging.common.messages_power import PHASES, Circuit, CircuitTree, FedPoint, Strategy
from evcharging.common.messages_site import DescribeSite, SiteAnswer
from evcharging.common.site_description import SiteDescription
from evcharging.common.utils import changed
from evcharging.domain.site_power import SitePower
from evcharging.domain.supply import EngineMemory, Supply
from evcharging.domain.vehicle import Visit
from evcharging.proof.draws import phases_of
from evcharging.proof.events import Handled, Journalled
from evcharging.proof.rare import Rare
from evcharging.proof.world import CENTRALS, World
from evcharging.roles.role import Started

SHARE = 0.7
"""Of the seeds, those that have circuits."""

FORGETFUL = frozenset({"journals-lost", "second-engines"})
"""An engine that forgets who manages it does not obey, and neither does a second one with its name."""

LEAST_MA, VOLTS = 6_000, 230
SAID_AGAIN = 5.0
AMPLE_MA, TIGHT_MA = 25_000, 14_000
SITES = ("SITE-1", "SITE-2")


def equip(world: World, nemeses: tuple[str, ...], share: float = SHARE) -> None:
    """Give the sites of some worlds circuits."""
    chance, is_drifting = Random(f"{world.seed}/power"), "drift" in nemeses
    if FORGETFUL & set(nemeses) or chance.random() >= (1 if is_drifting else share):
        return
    # Where clocks drift, what comes of it shows for a fifth of a second: of many points that all want more, and after
    # long supplies.
    elsewhere = 0.0 if is_drifting else 0.3
    homes = {cp_id: chance.choice(SITES) if chance.random() < elsewhere else SITES[0] for cp_id in world.cp_ids}
    for site_id in SITES:
        own = [cp_id for cp_id in world.cp_ids if homes[cp_id] == site_id]
        if own:
            world.draws.circuits.trees[site_id] = _tree(world, chance, own, TIGHT_MA if is_drifting else AMPLE_MA)
    for cp_id, setup in world.setups.items():
        world.setups[cp_id] = changed(setup, ticks=chance.randint(12, 24) if is_drifting else chance.randint(4, 16))
    strategy = chance.choice(list(Strategy))
    for site_id, tree in world.draws.circuits.trees.items():
        world.agenda.after(chance.uniform(0.1, 2), partial(_describe, world, site_id, tree, strategy))
    world.on_said.append(partial(_answered, world))


def _tree(world: World, chance: Random, cp_ids: list[str], room_ma: int) -> CircuitTree:
    """With room for the least current of each point, and perhaps for much more."""
    failsafe_ma = chance.choice((0, 0, LEAST_MA))
    points = []
    for number, cp_id in enumerate(cp_ids):
        count = phases_of(world.setups[cp_id].power_w, None)
        phases = tuple(PHASES[(number + each) % 3] for each in range(count))
        most_ma = -(-world.setups[cp_id].power_w * 1000 // (VOLTS * count))
        points.append(FedPoint(cp_id=cp_id, phases=phases, most_ma=most_ma, failsafe_ma=failsafe_ma))
    limit_ma = chance.randint(LEAST_MA * len(cp_ids), room_ma * len(cp_ids))
    if len(points) < 3 or chance.random() < 0.5:
        return CircuitTree(circuits=(Circuit(circuit_id="main", limit_ma=limit_ma, points=tuple(points)),))
    hall_ma = chance.randint(LEAST_MA * 2, max(limit_ma, LEAST_MA * 2))
    hall = Circuit(circuit_id="hall", parent="main", limit_ma=hall_ma, points=tuple(points[:2]))
    return CircuitTree(circuits=(hall, Circuit(circuit_id="main", limit_ma=limit_ma, points=tuple(points[2:]))))


def _describe(world: World, site_id: str, tree: CircuitTree, strategy: Strategy) -> None:
    """Somebody says what circuits a site has, until a Central has said that it knows."""
    if site_id in world.draws.circuits.described:
        return
    life = world.processes[world.chance.choice(CENTRALS)].life
    if life is not None:
        description = SiteDescription(circuits=tree, strategy=strategy)
        request_id = world.number("describe")
        world.ask(life, DescribeSite(ts=life.now(), request_id=request_id, site_id=site_id, description=description))
    world.agenda.after(SAID_AGAIN, partial(_describe, world, site_id, tree, strategy))


def _answered(world: World, message: Message) -> None:
    if isinstance(message, SiteAnswer) and message.refusal is None:
        world.draws.circuits.described.add(message.site_id)


# What the world knows of grants


def follow(world: World, event: Handled) -> None:
    """Take in what engines hear and say of grants."""
    now, granted = world.agenda.now, world.draws.granted
    if not event.process.startswith("engine"):
        _notice_takeover(world, event)
        return
    _notice(world, event)
    if isinstance(event.message, GrantPower):
        granted.hear(now, event.message)
    for effect in event.effects:
        if isinstance(effect, EngineMemory):
            granted.belong(now, effect)
        elif isinstance(effect, PowerReport):
            granted.say(now, effect)
        elif isinstance(effect, Supply):
            granted.supply(now, effect, phases_of(world.setups[effect.cp_id].power_w, _vehicle(world, effect)))
    return


def _notice_takeover(world: World, event: Handled) -> None:
    if not isinstance(event.message, Started) or not event.address.startswith("site-"):
        return
    if any(bound.ma for power in world.ledger.select(SitePower) for bound in power.bounds):
        world.seen(Rare.GRANTS_TAKEN_OVER)


def _notice(world: World, event: Handled) -> None:
    if isinstance(event.message, GrantPower) and any(isinstance(effect, CPTelemetry) for effect in event.effects):
        world.seen(Rare.GRANTED)
    for effect in event.effects:
        if isinstance(effect, Supply) and effect.ended_by is EndReason.OVERDRAWN:
            world.seen(Rare.OVERDRAWN)


def _vehicle(world: World, supply: Supply) -> Visit | None:
    return world.draws.visits.get(supply.session_id) or world.draws.arrived.get(supply.cp_id)


def written(world: World, event: Journalled) -> None:
    """Take in what engines write down of who manages them."""
    for memory in [record for record in event.records if isinstance(record, EngineMemory)][-1:]:
        world.draws.granted.write(memory)
        for site_id, tree in world.draws.circuits.trees.items():
            if all(_is_managed(world, point.cp_id, site_id) for each in tree.circuits for point in each.points):
                world.draws.circuits.armed.add(site_id)


def _is_managed(world: World, cp_id: str, site_id: str) -> bool:
    managed = world.draws.granted.of[cp_id].written
    return managed is not None and managed.site_id == site_id and managed.failsafe_ma is not None
