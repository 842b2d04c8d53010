"""The circuits of a site of which only the limit is known. Knows no site."""

from collections.abc import Iterable

from evcharging.common.amperes import VOLTS
from evcharging.common.messages_power import PHASES, Circuit, CircuitTree, FedPoint
from evcharging.domain.offer import phases_of

MAIN = "main"


def one_circuit(powers: Iterable[tuple[str, int]], limit_ma: int, building_ma: int = 0) -> CircuitTree:
    """One main circuit with this limit on each phase, which feeds a building and all points, given by their IDs and
    their power in W. Their phases are turned from one to the next, and without a grant they give nothing."""
    points = tuple(_point(cp_id, power_w, number) for number, (cp_id, power_w) in enumerate(powers))
    return CircuitTree(circuits=(Circuit(circuit_id=MAIN, limit_ma=limit_ma, points=points, building_ma=building_ma),))


def _point(cp_id: str, power_w: int, number: int) -> FedPoint:
    count = phases_of(power_w) or len(PHASES)
    turned = tuple(PHASES[(number + each) % len(PHASES)] for each in range(count))
    return FedPoint(cp_id=cp_id, phases=turned, most_ma=-(-power_w * 1000 // (VOLTS * count)))
