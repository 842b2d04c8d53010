"""Engines that are cut off from the bus, as Centrals may be, fall silent, are doubled, or lose their memory. Knows no
invariant."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from random import Random

from evcharging.adapters.store import Commit
from evcharging.adapters.store.memory import MemoryStore
from evcharging.common.messages import SupplyStarted
from evcharging.common.utils import changed
from evcharging.domain.charging_point import LastStatus
from evcharging.domain.session import SessionStatus
from evcharging.domain.supply import Supply
from evcharging.proof.agenda import moments
from evcharging.proof.broker import SESSION
from evcharging.proof.house import House
from evcharging.proof.process import Life, Process
from evcharging.proof.stores import ToldStore
from evcharging.proof.world import CENTRALS, World
from evcharging.runtime.addresses import by_key
from evcharging.runtime.programs import add_engines


def deaf(world: World, chance: Random, seconds: float) -> None:
    """An engine or a Central cannot reach the bus, and nothing else is wrong with it."""
    for at in moments(chance, seconds, 8):
        house = chance.choice(world.houses)
        world.agenda.after(at, partial(cut_off, world, house.name, chance.uniform(0.2, 20)))
    for at in moments(chance, seconds, 12):
        world.agenda.after(at, partial(cut_off, world, chance.choice(CENTRALS), chance.uniform(2, 20)))


def cut_off(world: World, name: str, seconds: float) -> None:
    """An engine or a Central can neither hear nor be heard; its group holds it for dead when that is too long."""
    life = world.processes[name].life
    if life is None:
        return
    client = world.clients[life]
    client.cut_off()
    life.later(seconds, client.go_on)
    if name in CENTRALS:
        world.delays.hold_up(seconds)
        world.agenda.after(SESSION, lambda: client.expel() if client.away else None)


def silent_readings(world: World, chance: Random, seconds: float) -> None:
    """The readings of supplies stay away, and nothing else does; supplies last long enough for that to be noticed."""
    for cp_id, setup in world.setups.items():
        world.setups[cp_id] = changed(setup, power_w=7_400, interval=timedelta(seconds=2.5), ticks=12, manual=False)
    for at in moments(chance, seconds, 3):
        cp_ids = chance.sample(world.cp_ids, chance.randint(1, len(world.cp_ids)))
        world.agenda.after(at, partial(_mute, world, cp_ids, chance.uniform(5, 30)))


def _mute(world: World, cp_ids: Sequence[str], seconds: float) -> None:
    for cp_id in cp_ids:
        world.broker.mute(cp_id, seconds)


def journals_lost(world: World, chance: Random, seconds: float) -> None:
    """An engine dies, and its journal is gone when it starts again."""
    for at in moments(chance, seconds, 12):
        world.agenda.after(at, partial(_lose_journal, world, chance.choice(world.houses)))


def _lose_journal(world: World, house: House) -> None:
    world.processes[house.name].kill()
    house.journal.lose()
    for cp_id in house.cp_ids:
        world.evidence.forget(world.agenda.now, cp_id)
        world.draws.forget(world.agenda.now, cp_id)


def second_engines(world: World, chance: Random, seconds: float) -> None:
    """Another process says that it is the engine of a point, for a while. Some hear at once and are heard late, so that
    orders reach them before anybody knows that there are two."""
    for at in moments(chance, seconds, 15):
        cp_id = chance.choice(world.cp_ids)
        held = chance.choice((0.0, chance.uniform(2, 6), chance.uniform(6, 10)))
        until = min(at + chance.uniform(1, 15), seconds)
        world.agenda.after(at, partial(begin_twin, world, chance, cp_id, held, until - at))
        if chance.random() < 0.3:
            world.agenda.after(chance.uniform(0, seconds), partial(_begin_too, world, chance))


def _begin_too(world: World, chance: Random) -> None:
    """An engine that does not look whom an order is for says that it supplies as well."""
    sessions = [each for each in world.evidence.sessions.values() if each.status is SessionStatus.SUPPLYING]
    if not sessions:
        return
    session = chance.choice(sessions)
    world.evidence.doubled.add(session.cp_id)
    world.evidence.shared.add(session.session_id)
    world.broker.arrive(
        SupplyStarted(
            ts=world.agenda.now,
            epoch=_epoch_of(world, session.cp_id) or 0,
            seq=1,
            cp_id=session.cp_id,
            session_id=session.session_id,
            register_mwh=session.register_start_mwh + 1,
            run=world.next_run(),
        )
    )


def begin_twin(world: World, chance: Random, cp_id: str, held: float, seconds: float) -> None:
    """For so long another process is there; `held`: for how long it is not heard."""
    twin = Process(f"engine twin of {cp_id}", world.agenda, chance, partial(_compose_twin, world, cp_id, held))
    world.evidence.doubled.add(cp_id)
    twin.start()
    world.agenda.after(seconds, twin.kill)


def _compose_twin(world: World, cp_id: str, held: float, life: Life) -> None:
    """It has a journal and a run of its own; sessions that it begins are noted, and nothing else of it is."""

    def lasted(commit: Commit) -> None:
        for _, record in commit.records:
            if isinstance(record, Supply):
                world.evidence.shared.add(record.session_id)

    bus = world.broker.client(life)
    epoch = _epoch_of(world, cp_id) if held else None
    bus.hold(held)
    store = ToldStore(MemoryStore(first_epoch=epoch or world.next_epoch()), lasted)
    host = life.host(store, bus, address=by_key, folded=lambda _: None)
    add_engines(host, store, bus, [world.setups[cp_id]], run=world.next_run())


def _epoch_of(world: World, cp_id: str) -> int | None:
    """The epoch of the engine that Central knows."""
    return next((status.epoch for status in world.ledger.fetch(LastStatus, [cp_id])), None)
