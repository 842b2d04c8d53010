"""Thieves who have stolen words, seals or keys, in a world where everybody seals; and what must hold of what they say:
I23 and I24. Each of these is a function of the world and one event, and answers with a sentence where it does not
hold."""

from datetime import timedelta
from functools import partial
from random import Random

from evcharging.adapters.central_seals import CentralSeals
from evcharging.adapters.key_ring import LOOK_EVERY, KeyRing
from evcharging.adapters.own_seals import OwnSeals, SealingKey
from evcharging.adapters.seals import Seals, owner_of
from evcharging.common.kafka import CP_HEALTH, SHOWN, TOPIC_OF
from evcharging.common.messages import DriverRequest, Message
from evcharging.common.messages_operators import OperatorOrder
from evcharging.common.utils import changed, to_json
from evcharging.domain.access.action import OperatorAction
from evcharging.domain.access.keys import Identity, KeyKind
from evcharging.domain.record import Record
from evcharging.proof.agenda import moments
from evcharging.proof.bookers import BOOKERS
from evcharging.proof.broker import SESSION
from evcharging.proof.carried import Carried, SealedTraffic
from evcharging.proof.deaths import stand_still
from evcharging.proof.events import Handled
from evcharging.proof.identities import Registry
from evcharging.proof.probe import WHOM
from evcharging.proof.process import Life
from evcharging.proof.rare import Rare
from evcharging.proof.world import CENTRALS, World
from evcharging.protocols.seal import seal
from evcharging.roles.central.unproven import denial
from evcharging.roles.orders import DECIDE_WITHIN

THIEF = "driver-thief"
"""A driver with a key of its own, which is revoked."""

REVOKED_WITHIN = timedelta(seconds=5)
"""After which a key that was revoked counts nowhere."""


def thieves(world: World, chance: Random, seconds: float) -> None:
    """Everybody seals, and thieves say things without a seal, with another's, changed, again, or by a revoked key."""
    traffic = use_seals(world)
    forgeries = (_unsealed, _by_another, _other_body, _other_topic, _again, _again, _by_thief)
    for at in moments(chance, seconds, 0.5):
        world.agenda.after(at, partial(chance.choice(forgeries), world, traffic, chance))
    for at in moments(chance, seconds, 15):
        world.agenda.after(at, partial(_rotate, world, traffic, chance))
    world.agenda.after(chance.uniform(0, seconds), partial(_revoke, world, traffic, Random(f"{world.seed}/revoked")))


def use_seals(world: World) -> SealedTraffic:
    """Let everybody seal, and believe none but whom they must; to be said before anything begins."""
    points = [Identity(kind=KeyKind.POINT, id=cp_id) for cp_id in world.cp_ids]
    driver_ids = (*world.driver_ids, *BOOKERS, WHOM, THIEF)
    drivers = [Identity(kind=KeyKind.DRIVER, id=driver_id) for driver_id in driver_ids]
    registry = Registry(f"the secret of {world.seed}".encode(), [*points, *drivers])
    traffic = world.broker.traffic = SealedTraffic(registry, world.agenda)
    world.broker.seals_of = partial(_seals_of, world, registry)
    return traffic


def _seals_of(world: World, registry: Registry, life: Life) -> Seals:
    kind, _, name = life.name.partition(" ")
    if kind == "central":
        return _seals_of_central(world, registry, life)
    if kind == "driver":
        return OwnSeals([registry.own_key(KeyKind.DRIVER, name)])
    if cp_ids := [cp_id for cp_id in world.cp_ids if world.engine_of[cp_id].name == life.name]:
        return OwnSeals(registry.own_key(KeyKind.POINT, cp_id) for cp_id in cp_ids)
    return OwnSeals(_in_use(registry, cp_id) for cp_id in world.cp_ids if name.endswith(cp_id))


def _in_use(registry: Registry, cp_id: str) -> SealingKey:
    """What another process has that says to be a point's engine: a copy of the key that the engine uses."""
    identity = registry.identity(KeyKind.POINT, cp_id)
    return registry.own_key(KeyKind.POINT, cp_id, identity.in_use if identity is not None else None)


def _seals_of_central(world: World, registry: Registry, life: Life) -> Seals:
    ring = KeyRing(lambda: world.agenda.now, partial(_seconds, world))
    _look(world, registry, life, ring)
    return CentralSeals(ring, registry.key_of, denial=lambda message: denial(message, life.now()))


def _seconds(world: World) -> float:
    return world.agenda.now.timestamp()


def _look(world: World, registry: Registry, life: Life, ring: KeyRing) -> None:
    """What a Central does each second, where its ledger is there."""
    was_fresh = ring.is_fresh
    if not world.weather.away:
        ring.look(registry)
    elif not was_fresh:
        world.seen(Rare.BLIND)
    client = world.clients.get(life)
    if not was_fresh and client is not None:
        for reader in client.readers:
            reader.on_ready()
    life.later(LOOK_EVERY, partial(_look, world, registry, life, ring))


# What thieves do


def _some(traffic: SealedTraffic, chance: Random) -> Carried | None:
    return chance.choice(traffic.recent) if traffic.recent else None


def _tempting(message: Message) -> Message:
    """The same as if it were the newest word of all."""
    return changed(message, seq=message.seq + 1_000)


def _say(world: World, traffic: SealedTraffic, message: Message, by: bytes | None, how: str) -> None:
    world.broker.bus.publish(traffic.forge(message, by, how))
    world.seen(Rare.FORGED)


def _unsealed(world: World, traffic: SealedTraffic, chance: Random) -> None:
    if carried := _some(traffic, chance):
        _say(world, traffic, _tempting(carried.message), None, "without a seal")


def _by_another(world: World, traffic: SealedTraffic, chance: Random) -> None:
    """With a key that is somebody's, in that one's name or in the name of whom it is from."""
    if carried := _some(traffic, chance):
        word, registry = _tempting(carried.message), traffic.registry
        topic = TOPIC_OF[type(word)]
        mine = owner_of(topic, word)
        others = [each for each in registry.identities() if (each.kind, each.id) != mine]
        thief = registry.own_key(*_name(chance.choice(others)))
        said_to_be = chance.choice((f"{thief.kind}/{thief.id}/{thief.version}", f"{mine[0]}/{mine[1]}/1"))
        _say(world, traffic, word, seal(thief.key, topic.name, said_to_be, to_json(word)), f"by {thief.id}")


def _name(identity: Identity) -> tuple[KeyKind, str]:
    return identity.kind, identity.id


def _other_body(world: World, traffic: SealedTraffic, chance: Random) -> None:
    if carried := _some(traffic, chance):
        _say(world, traffic, _tempting(carried.message), carried.seal, "with the seal of another word")


def _other_topic(world: World, traffic: SealedTraffic, chance: Random) -> None:
    """What a point has sealed, where Central speaks to it, or the other way around: the key is the same."""
    if carried := _some(traffic, chance):
        word = _tempting(carried.message)
        topic, mine = TOPIC_OF[type(word)], owner_of(TOPIC_OF[type(word)], word)
        known = traffic.registry.identity(*mine)
        others = [other for other in TOPIC_OF.values() if other.sealed_by == topic.sealed_by and other is not topic]
        if known is not None and others:
            key = traffic.registry.own_key(*mine, known.in_use)
            by = seal(key.key, chance.choice(others).name, f"{mine[0]}/{mine[1]}/{key.version}", to_json(word))
            _say(world, traffic, word, by, "as it was sealed for another topic")


def _again(world: World, traffic: SealedTraffic, chance: Random) -> None:
    """Word for word, with its true seal. What only shows who is there is left out: to a panel that has just begun it is
    the first that it hears, and it lasts nowhere."""
    carried = _some(traffic, chance)
    if carried and TOPIC_OF[type(carried.message)] not in (CP_HEALTH, *SHOWN):
        world.broker.bus.publish(traffic.repeat(carried))
        if isinstance(carried.message, OperatorOrder):
            world.seen(Rare.ORDERED_AGAIN)


def _by_thief(world: World, traffic: SealedTraffic, chance: Random) -> None:
    """A driver asks for a charge, and goes on to do so after its key was revoked."""
    word = DriverRequest(
        ts=world.agenda.now, request_id=world.number("thief"), driver_id=THIEF, cp_id=chance.choice(world.cp_ids)
    )
    key = traffic.registry.own_key(KeyKind.DRIVER, THIEF)
    by = seal(key.key, TOPIC_OF[DriverRequest].name, f"{key.kind}/{key.id}/{key.version}", to_json(word))
    if not traffic.is_revoked_since(KeyKind.DRIVER, THIEF, timedelta(0)):
        world.broker.bus.publish(traffic.said(word, by))
    elif traffic.is_revoked_since(KeyKind.DRIVER, THIEF, REVOKED_WITHIN):
        traffic.late[id(carried := traffic.forge(word, by, "by a key that was revoked"))] = THIEF
        world.broker.bus.publish(carried)
        world.seen(Rare.REVOKED)


def _revoke(world: World, traffic: SealedTraffic, chance: Random) -> None:
    """Perhaps while the Centrals stand still, so that what the thief says later is the first that they hear then."""
    traffic.registry.revoke(KeyKind.DRIVER, THIEF, world.agenda.now)
    if chance.random() < 0.5:
        late = REVOKED_WITHIN.total_seconds() + 0.1
        for name in CENTRALS:
            stand_still(world, world.processes[name], chance.uniform(late, SESSION))
        world.agenda.after(late - 0.05, partial(_by_thief, world, traffic, chance))


def _rotate(world: World, traffic: SealedTraffic, chance: Random) -> None:
    """A point has a newer key, which its engine uses from its next start on, perhaps at once; until then it gets no
    other."""
    identity = traffic.registry.identity(KeyKind.POINT, chance.choice(world.cp_ids))
    if identity is not None and identity.in_use == identity.version:
        traffic.registry.rotate(identity.kind, identity.id, world.agenda.now)
        if chance.random() < 0.5:
            engine = world.engine_of[identity.id]
            engine.kill()
            world.agenda.after(chance.uniform(0.05, LOOK_EVERY), engine.start)


# What must hold


def i23_no_word_counts_whose_sender_is_not_proven(world: World, event: Handled) -> str | None:
    """Whoever hears it, and whatever it says: no role ever does, unless it is somebody else's concern."""
    traffic, word = world.broker.traffic, event.message
    if traffic is None or id(word) in traffic.late:
        return None
    how = traffic.false.get(id(word))
    return f"{event.process} heard {word}, which was said {how}" if how is not None else None


def i23_what_is_said_again_much_later_changes_nothing(world: World, event: Handled) -> str | None:
    """Though its seal is true: nobody waits for an order any more, by the clock of who decides. A point that was never
    known may be registered late."""
    traffic, word = world.broker.traffic, event.message
    life = world.processes[event.process].life if event.process in world.processes else None
    if traffic is None or life is None or not isinstance(word, OperatorOrder) or id(word) not in traffic.again:
        return None
    if life.now() - word.ts <= DECIDE_WITHIN or word.cp_id not in world.evidence.points:
        return None
    done = [each for each in event.effects if isinstance(each, Record) and not isinstance(each, OperatorAction)]
    return f"{event.process} obeyed {word} again, which was said at {traffic.again[id(word)]}: {done}" if done else None


def i24_a_key_that_was_revoked_counts_nowhere(world: World, event: Handled) -> str | None:
    """Not for what was sealed with it more than 5 s after that."""
    traffic = world.broker.traffic
    owner = traffic.late.get(id(event.message)) if traffic is not None else None
    return f"{event.process} heard {event.message} of {owner}, whose key was revoked" if owner is not None else None
