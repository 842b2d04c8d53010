"""What must hold of power at sites with circuits: I36, I37, I38. Each is a function of the world, and perhaps of one
event, and answers with a sentence where it does not hold."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

from evcharging.common.messages_power import CircuitTree, FedPoint
from evcharging.proof.draws import offer, phases_of
from evcharging.proof.events import Handled
from evcharging.proof.world import World

VOLTS, LEAST_MA = 230, 6_000
STOPPED_WITHIN = timedelta(seconds=6)

STEP_MA, STEP_S, HEARD_S = 16_000, 5, 3
"""A grant rises by so much in so many seconds, after as many as it takes to be heard."""

USED = 0.85
"""The share of what is wanted, and can be had, that is used in a calm network."""

Place = tuple[str, str]
"""A circuit and a phase."""


def i36_no_circuit_carries_more_than_its_limit(world: World, event: Handled) -> str | None:
    """On none of its phases, whatever is lost, late or dead."""
    is_engine = event.process.startswith("engine")
    return carried_too_much(world) if is_engine and event.effects and world.draws.circuits.armed else None


def i36_no_circuit_carries_too_much(world: World) -> str | None:
    """The same, each second."""
    return carried_too_much(world) if world.draws.circuits.armed else None


def carried_too_much(world: World) -> str | None:
    """By what engines draw at this moment, where all vehicles obey."""
    for site_id in sorted(world.draws.circuits.armed):
        if any(_is_overdrawn(world, cp_id) for cp_id in _points_of(world, site_id)):
            continue
        for _, sentence in _over(world, site_id):
            return sentence
    return None


def i37_a_vehicle_that_draws_too_much_is_stopped(world: World) -> str | None:
    """Within 6 s, by its own engine, whoever else is dead."""
    overdrawn, now = world.draws.circuits.overdrawn, world.agenda.now
    for cp_id in world.cp_ids:
        if not _is_overdrawn(world, cp_id):
            overdrawn.pop(cp_id, None)
        elif now - overdrawn.setdefault(cp_id, now) > STOPPED_WITHIN:
            return f"the vehicle at {cp_id} draws more than it may since {overdrawn[cp_id]}"
    return None


def i37_a_circuit_is_over_its_limit_for_a_short_time(world: World) -> str | None:
    """By the sum of what it feeds: for 6 s after a vehicle has begun to draw too much, and not at all without one."""
    circuits, now = world.draws.circuits, world.agenda.now
    for site_id in sorted(circuits.armed):
        begun = [circuits.overdrawn[each] for each in _points_of(world, site_id) if each in circuits.overdrawn]
        over = dict(_over(world, site_id))
        circuits.over[site_id] = {place: circuits.over.get(site_id, {}).get(place, now) for place in over}
        for place, sentence in over.items():
            since = max([circuits.over[site_id][place], *begun])
            if now - since > STOPPED_WITHIN:
                return f"{sentence}, since {since}"
    return None


def i38_what_is_wanted_and_can_be_had_is_used(world: World) -> str | None:
    """Once the faults have stopped, and grants have had the time to rise: who has less than 85 % of what was wanted is
    fed by a circuit of which 85 % are used, or less than the least current is left."""
    for site_id in sorted(world.draws.circuits.armed):
        wants_ma = {cp_id: _wants_ma(world, cp_id) for cp_id in _points_of(world, site_id)}
        if STEP_MA * ((_steady_for(world, site_id, wants_ma) - HEARD_S) // STEP_S) < max(wants_ma.values()):
            continue
        left = _left_ma(world, world.draws.circuits.trees[site_id])
        for point, up in _fed(world.draws.circuits.trees[site_id]):
            wanted_ma = min(wants_ma[point.cp_id], point.most_ma)
            watts, phases = _draws(world, point.cp_id)
            places = {(at, phase): left[at, phase] for at in up for phase in point.phases[:phases]}
            if watts * 1000 < USED * wanted_ma * VOLTS * phases and all(is_much for _, is_much in places.values()):
                had_ma = watts * 1000 // (VOLTS * phases)
                return f"{point.cp_id} has {had_ma} mA and wants {wanted_ma}, and there is left {places}"
    return None


def _left_ma(world: World, tree: CircuitTree) -> dict[Place, tuple[int, bool]]:
    """What each place has left, with what points may draw without a grant, and whether that is much."""
    kept = _sixths(world, tree, with_failsafes=True)
    left = {(each.circuit_id, phase): each.limit_ma for each in tree.circuits for phase in each.phases}
    much_ma = {place: max(LEAST_MA, round((1 - USED) * limit_ma)) for place, limit_ma in left.items()}
    return {place: (ma := limit_ma - round(_ma(kept[place])), ma >= much_ma[place]) for place, limit_ma in left.items()}


def _wants_ma(world: World, cp_id: str) -> int:
    """What a steady load takes; of vehicles nobody but they can say."""
    supply, power_w = world.evidence.supply_at.get(cp_id), world.setups[cp_id].power_w
    if supply is None or not supply.is_open or supply.started_at is None or supply.session_id in world.draws.visits:
        return 0
    return power_w * 1000 // (VOLTS * phases_of(power_w, None))


def _steady_for(world: World, site_id: str, wants_ma: dict[str, int]) -> int:
    """For how many seconds no supply has begun or ended there."""
    circuits, now = world.draws.circuits, world.agenda.now
    open_now = frozenset(cp_id for cp_id, ma in wants_ma.items() if ma)
    known, since = circuits.steady.get(site_id, (frozenset[str](), now))
    if known != open_now:
        since = now
    circuits.steady[site_id] = open_now, since
    return int((now - since).total_seconds())


def _over(world: World, site_id: str) -> Iterator[tuple[Place, str]]:
    """The places that carry more than their circuit may."""
    tree = world.draws.circuits.trees[site_id]
    carried = _sixths(world, tree)
    for circuit in tree.circuits:
        for phase in circuit.phases:
            place = circuit.circuit_id, phase
            if carried[place] * 1000 > circuit.limit_ma * VOLTS * 6:
                ma = _ma(carried[place])
                yield place, f"{circuit.circuit_id} of {site_id} carries {ma:.0f} mA on {phase}, not {circuit.limit_ma}"


def _sixths(world: World, tree: CircuitTree, *, with_failsafes: bool = False) -> Counter[Place]:
    """What each place carries, in sixths of W, so that it is exact; with what points may draw without a grant."""
    carried: Counter[Place] = Counter()
    for point, up in _fed(tree):
        watts, phases = _draws(world, point.cp_id)
        own = dict.fromkeys(point.phases[:phases], watts * 6 // phases)
        if with_failsafes:
            own = {each: max(own.get(each, 0), point.failsafe_ma * VOLTS * 6 // 1000) for each in point.phases}
        for at in up:
            for phase, sixths in own.items():
                carried[at, phase] += sixths
    return carried


def _ma(sixths: int) -> float:
    return sixths * 1000 / (VOLTS * 6)


def _fed(tree: CircuitTree) -> Iterator[tuple[FedPoint, list[str]]]:
    """Each point, with its circuit and all above."""
    parents = {each.circuit_id: each.parent for each in tree.circuits}
    for circuit in tree.circuits:
        at: str | None = circuit.circuit_id
        up = []
        while at is not None:
            up.append(at)
            at = parents[at]
        yield from ((point, up) for point in circuit.points)


def _points_of(world: World, site_id: str) -> list[str]:
    return [point.cp_id for circuit in world.draws.circuits.trees[site_id].circuits for point in circuit.points]


def _is_overdrawn(world: World, cp_id: str) -> bool:
    """Whether its vehicle draws more than its engine may offer it."""
    supply, arrived = world.evidence.supply_at.get(cp_id), world.draws.arrived.get(cp_id)
    # What has begun just now is written down a moment later.
    has_rebel = arrived is not None and not arrived.vehicle.obeys
    if not has_rebel and (supply is None or not world.draws.is_disobeyed(supply.session_id)):
        return False
    watts, _ = _draws(world, cp_id)
    history = world.draws.granted.history(cp_id, world.agenda.now)
    ma = history[-1][1] if history else None
    return watts > offer(world.setups[cp_id].power_w, world.draws.limit_of(cp_id), ma)[0]


def _draws(world: World, cp_id: str) -> tuple[int, int]:
    engine, life = world.engine(cp_id), world.engine_of[cp_id].life
    if engine is None or life is None:
        return 0, 1
    watts, phases = engine.draws(life.now())
    return watts, phases or 1
