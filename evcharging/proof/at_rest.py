"""What must hold once the faults have stopped and everything has come to rest: I2, I6, I7, I8, I11, I12, I14.
Each is a function of the world, and answers with a sentence where it does not hold."""

from collections.abc import Callable

from evcharging.adapters.store import Ledger
from evcharging.common.messages import EndReason, UpdateStatus
from evcharging.common.states import CPState
from evcharging.domain.driving import DriverMemory
from evcharging.domain.record import Record
from evcharging.domain.records import LEDGER
from evcharging.domain.session import Request, Session, SessionStatus, request_of
from evcharging.proof.decisions import ENDS
from evcharging.proof.world import CENTRALS, World
from evcharging.roles.central.central import Central
from evcharging.runtime.central_program import FAMILIES

UNUSABLE = (CPState.DISCONNECTED, CPState.SUPPLYING)


def i14_everything_comes_to_rest(world: World) -> str | None:
    """No message waits, no session is in a passing state, no point is unusable without a stated reason."""
    return _left_unsent(world) or _still_open(world) or _unusable(world)


def _left_unsent(world: World) -> str | None:
    shards = [family.shard(number) for family in FAMILIES for number in range(world.broker.bus.partitions)]
    stores: list[tuple[str, Ledger, list[str]]] = [("the ledger", world.ledger, shards)]
    stores += [(f"the memory of {driver_id}", world.memories[driver_id], [driver_id]) for driver_id in world.driver_ids]
    stores += [(f"the journal of {house.name}", house.journal.store, house.cp_ids) for house in world.houses]
    for name, store, keys in stores:
        unsent = store.unsent(keys)
        if unsent:
            return f"{len(unsent)} messages are left in the outbox of {name}, the first is {unsent[0][1]}"
    return None


def _still_open(world: World) -> str | None:
    for session in world.evidence.sessions.values():
        if session.is_open:
            return f"{session.session_id} at {session.cp_id} is still {session.status}"
    for driver_id, store in world.memories.items():
        for memory in store.select(DriverMemory):
            if memory.asked is not None:
                return f"{driver_id} still waits for the end of {memory.asked.request_id}"
    for supply in world.evidence.supply_at.values():
        if supply.ended_at is None:
            return f"{supply.session_id} at {supply.cp_id} is still going on in its journal"
    return None


def _unusable(world: World) -> str | None:
    for name in CENTRALS:
        life = world.processes[name].life
        panel = world.panels.get(life) if life is not None else None
        if panel is None:
            return f"{name} is not up"
        for cp_id in world.cp_ids:
            view, engine = panel.points.get(cp_id), world.engine(cp_id)
            if view is None or engine is None:
                return f"{name} does not show {cp_id}"
            if view.state in UNUSABLE or (view.state is not CPState.ACTIVATED and not view.reason):
                return f"{name} shows {cp_id} as {view.state} ({view.reason})"
            if view.state is not engine.state:
                return f"{name} shows {cp_id} as {view.state}, and it is {engine.state}"
    return None


def i6_nobody_goes_on_who_was_overtaken(world: World) -> str | None:
    """Each shard that has points is decided by one Central, in its newest run."""
    shards = {world.shard_of(cp_id) for cp_id in world.cp_ids}
    newest: dict[str, int] = {}
    for name in CENTRALS:
        life = world.processes[name].life
        for shard, hosted in life.loops[0].host.hosted_roles.items() if life is not None else ():
            if shard in newest:
                return f"shard {shard} is decided twice"
            newest[shard] = hosted.epoch
    begun = world.ledger.claimed
    if any(newest.get(shard) != begun[shard] for shard in shards):
        return f"the runs of shards are {newest}, and {begun} have begun"
    return None


def i2_what_flowed_is_billed(world: World) -> str | None:
    """Each supply that gave energy has a bill, or is suspect, unless its engine lost what it had not told anybody."""
    for supply in world.evidence.supplies.values():
        if supply.session_id in world.evidence.forgotten:
            continue
        if supply.ended_at is not None and supply.register_stop_mwh > supply.register_start_mwh:
            session = world.evidence.sessions[supply.session_id]
            if session.status is not SessionStatus.SUSPECT and not world.evidence.bills.get(supply.session_id):
                return f"{supply.session_id} gave energy and has no bill: {session.status} {session.detail}"
    return None


def i2_what_central_saw_flow_is_not_lost(world: World) -> str | None:
    """A supply whose journal was lost after Central had heard that it began is billed, or held."""
    for session_id in world.evidence.forgotten:
        session = world.evidence.sessions.get(session_id)
        if session is None or not world.evidence.kept.get(session_id):
            continue
        if session.status is not SessionStatus.SUSPECT and not world.evidence.bills.get(session_id):
            return f"{session_id} was forgotten by its engine, and is {session.status} without a bill"
    return None


def i7_whoever_was_accepted_heard_the_end(world: World) -> str | None:
    """And whoever was denied heard that, however often its process died meanwhile."""
    for request_id, decisions in world.evidence.requests.items():
        decision = decisions[0]
        if decision.driver_id not in world.driver_ids:
            continue
        heard = {update.status for update in world.evidence.heard.get(request_id, ())}
        is_served = decision.accepted and not _has_no_money(world, decision)
        wanted = ENDS - {UpdateStatus.DENIED} if is_served else {UpdateStatus.DENIED}
        if not heard & wanted:
            return f"{decision.driver_id} never heard the end of {request_id}, only {sorted(heard)}"
    return None


def _has_no_money(world: World, decision: Request) -> bool:
    session = world.evidence.sessions.get(decision.session_id or "")
    return session is not None and session.ended_by is EndReason.NO_HOLD


def i12_no_lie_is_dropped(world: World) -> str | None:
    """What cannot be true is held, or set aside with a notice; and either can be found."""
    for session_id in world.evidence.lied_about - world.evidence.believed:
        if not any(session_id in text for text in world.evidence.notices):
            return f"a lie was told of {session_id}, and nobody can find it"
    return None


def i8_what_the_bus_took_is_decided(world: World) -> str | None:
    """Every request that reached the bus is in the ledger."""
    for request_id in world.evidence.asked:
        if request_id not in world.evidence.requests:
            return f"the request {request_id} was lost"
    return None


def i11_the_tables_follow_from_the_facts(world: World) -> str | None:
    """Replayed one after another, the facts give each table, and the tables give what Central has in mind."""
    for kind in (kind for kind in LEDGER if kind.is_fact):
        rebuilt: dict[str, Record] = {}
        for fact in world.ledger.facts(kind):
            rebuilt[fact.key] = fact
        if kind is Request:
            said = map(request_of, world.ledger.select(Session))
            rebuilt.update((request.key, request) for request in said)
        table = {record.key: record for record in world.ledger.select(kind)}
        if rebuilt != table:
            return f"the table of {kind.__name__} is another than its facts give"
    return _false_memory(world)


def _false_memory(world: World) -> str | None:
    for name in CENTRALS:
        life = world.processes[name].life
        for hosted in life.loops[0].host.hosted_roles.values() if life is not None else ():
            if isinstance(hosted.role, Central):
                shard = hosted.role._shard
                for live in shard.points.values():
                    if live.point != world.evidence.points.get(live.point.cp_id, live.point):
                        return f"{name} has {live.point} in mind, the ledger another"
                    known = live.session and world.evidence.sessions.get(live.session.session_id)
                    if live.session is not None and live.session != known:
                        return f"{name} has {live.session} in mind, the ledger another"
    return None


CHECKS: tuple[Callable[[World], str | None], ...] = (
    i14_everything_comes_to_rest,
    i6_nobody_goes_on_who_was_overtaken,
    i12_no_lie_is_dropped,
    i2_what_flowed_is_billed,
    i2_what_central_saw_flow_is_not_lost,
    i7_whoever_was_accepted_heard_the_end,
    i8_what_the_bus_took_is_decided,
    i11_the_tables_follow_from_the_facts,
)
