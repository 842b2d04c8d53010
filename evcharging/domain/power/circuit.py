"""Which trees of circuits can be wired. Knows no vehicle, clock or message bus."""

from collections import Counter
from collections.abc import Iterable, Iterator

from evcharging.common.amperes import LEAST_MA, MOST_MA
from evcharging.common.messages_power import Circuit, CircuitTree, FedPoint, Phase
from evcharging.domain.power.wiring import Draw, Wiring

MOST_LEVELS = 10
"""Of circuits, the main one included. Buildings have three or four."""


def why_not_wired(tree: CircuitTree) -> str | None:
    """What is wrong with a tree, in one sentence; None where it can be used."""
    return next(_faults(tree), None)


def _faults(tree: CircuitTree) -> Iterator[str]:
    # In this order: each looks only at what those before have found right.
    yield from _faults_of_shape(tree)
    by_id = {circuit.circuit_id: circuit for circuit in tree.circuits}
    for circuit in tree.circuits:
        yield from _faults_of_circuit(circuit, by_id)
    feeders: dict[str, str] = {}
    for circuit in tree.circuits:
        for point in circuit.points:
            yield from _faults_of_point(point, circuit)
            if (other := feeders.setdefault(point.cp_id, circuit.circuit_id)) != circuit.circuit_id:
                yield f"point {point.cp_id} is fed by {other} and by {circuit.circuit_id}: leave one of them out"
        if (doubled := _doubled(point.cp_id for point in circuit.points)) is not None:
            yield f"circuit {circuit.circuit_id} has point {doubled} twice"
    yield from _faults_of_failsafes(tree)


def _doubled(ids: Iterable[str]) -> str | None:
    return next((each for each, times in Counter(ids).items() if times > 1), None)


def _faults_of_shape(tree: CircuitTree) -> Iterator[str]:
    if not tree.circuits:
        yield "there is no circuit: give at least the main one"
    if (doubled := _doubled(circuit.circuit_id for circuit in tree.circuits)) is not None:
        yield f"two circuits have the ID {doubled}: each needs one of its own"
    parents = {circuit.circuit_id: circuit.parent for circuit in tree.circuits}
    for circuit_id, parent in parents.items():
        if parent is not None and parent not in parents:
            yield f"circuit {circuit_id}: its parent {parent} is not among the circuits"
    for circuit_id in parents:
        yield from _faults_of_way_up(circuit_id, parents)
    mains = [circuit_id for circuit_id, parent in parents.items() if parent is None]
    if len(mains) > 1:
        yield f"circuits {mains[0]} and {mains[1]} have no parent: one is the main circuit, the others need a parent"


def _faults_of_way_up(circuit_id: str, parents: dict[str, str | None]) -> Iterator[str]:
    """Where the way up comes back, or is too long."""
    way, at = [circuit_id], parents[circuit_id]
    while at is not None and at not in way and len(way) < MOST_LEVELS:
        way.append(at)
        at = parents[at]
    if at == circuit_id:
        yield f"circuits feed one another in a loop: {' is fed by '.join([*way, at])}"
    elif at is not None and at not in way:
        yield f"circuit {circuit_id} has more than {MOST_LEVELS - 1} circuits above it"


def _faults_of_circuit(circuit: Circuit, by_id: dict[str, Circuit]) -> Iterator[str]:
    name = f"circuit {circuit.circuit_id}"
    if not LEAST_MA <= circuit.limit_ma <= MOST_MA:
        yield f"{name}: its limit of {circuit.limit_ma} mA on each phase is not from {LEAST_MA} to {MOST_MA} mA"
    yield from _faults_of_phases(name, circuit.phases)
    if circuit.parent is not None:
        yield from _missing(name, circuit.phases, by_id[circuit.parent])


def _faults_of_point(point: FedPoint, circuit: Circuit) -> Iterator[str]:
    name = f"point {point.cp_id}"
    yield from _faults_of_phases(name, point.phases)
    yield from _missing(name, point.phases, circuit)
    if not LEAST_MA <= point.most_ma <= MOST_MA:
        yield f"{name}: at most {point.most_ma} mA on each phase is not from {LEAST_MA} to {MOST_MA} mA"
    if point.failsafe_ma and not LEAST_MA <= point.failsafe_ma <= point.most_ma:
        yield (
            f"{name}: its failsafe current of {point.failsafe_ma} mA is neither 0 nor from {LEAST_MA} mA to "
            f"{point.most_ma} mA, the most that it gives"
        )


def _faults_of_phases(name: str, phases: tuple[Phase, ...]) -> Iterator[str]:
    if not phases:
        yield f"{name} has no phase: name one to three of L1, L2, L3"
    if (doubled := _doubled(phases)) is not None:
        yield f"{name} has the phase {doubled} twice"


def _missing(name: str, phases: tuple[Phase, ...], feeder: Circuit) -> Iterator[str]:
    for phase in phases:
        if phase not in feeder.phases:
            has = ", ".join(feeder.phases)
            yield f"{name}: the phase {phase} does not exist in circuit {feeder.circuit_id}, which has {has}"


def _faults_of_failsafes(tree: CircuitTree) -> Iterator[str]:
    """Of the lowest circuit first: it is where to look."""
    wiring = Wiring(tree)
    points = [point for circuit in tree.circuits for point in circuit.points]
    carried = wiring.carried(Draw(point.cp_id, point.failsafe_ma) for point in points)
    limits = {circuit.circuit_id: circuit.limit_ma for circuit in tree.circuits}
    over = [place for place, ma in carried.items() if ma > limits[place[0]]]
    for circuit_id, phase in sorted(over, key=lambda place: -len([*wiring.above(place[0])])):
        yield (
            f"the failsafe currents of all points below circuit {circuit_id} come to {carried[circuit_id, phase]} mA "
            f"on {phase}, above its limit of {limits[circuit_id]} mA: lower some of them, or leave them at 0"
        )
