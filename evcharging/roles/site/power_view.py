"""What is shown of the power of a site: its circuits, its points, and why a vehicle has less than it wants. Decides
nothing."""

from collections.abc import Iterator
from datetime import datetime

from evcharging.common.messages_grants import CircuitShown, PointPowerShown, PowerShown
from evcharging.common.messages_power import Circuit, CircuitTree, FedPoint
from evcharging.domain.power.wiring import Draw, Place
from evcharging.roles.site.granting import FedState, Granting
from evcharging.roles.voice import Voice

UNMANAGED = "it has not acknowledged that it is managed, and counts with all that it can give"
EXCESS = "its vehicle draws more than it was granted"
UNHEARD = "nothing is heard of it"
TURN = "it waits for its turn"
ROOM = "it waits until others draw less"


def power_shown(site: Granting, voice: Voice, now: datetime) -> PowerShown:
    """How it stands now."""
    wiring, tree = site.escrow.wiring, site.tree
    buildings = wiring.fed(site.buildings.loads(now))
    draws = (Draw(cp_id, fed.report.measured_ma, fed.report.phases) for cp_id, fed in site.points.items() if fed.report)
    measured, bounds = _sum(wiring.carried(draws), buildings), _sum(site.escrow.loads(), buildings)
    return voice.say(
        PowerShown,
        ts=now,
        site_id=site.site_id,
        strategy=site.strategy,
        circuits=tuple(_circuit(each, bounds, measured) for each in tree.circuits),
        points=tuple(_points(site, tree, now)),
    )


def _sum(one: dict[Place, int], other: dict[Place, int]) -> dict[Place, int]:
    return {place: one.get(place, 0) + other.get(place, 0) for place in one.keys() | other.keys()}


def _circuit(circuit: Circuit, bounds: dict[Place, int], measured: dict[Place, int]) -> CircuitShown:
    places = [(circuit.circuit_id, phase) for phase in circuit.phases]
    return CircuitShown(
        circuit_id=circuit.circuit_id,
        parent=circuit.parent,
        limit_ma=circuit.limit_ma,
        phases=circuit.phases,
        bound_ma=tuple(bounds.get(place, 0) for place in places),
        measured_ma=tuple(measured.get(place, 0) for place in places),
    )


def _points(site: Granting, tree: CircuitTree, now: datetime) -> Iterator[PointPowerShown]:
    for circuit in tree.circuits:
        for point in circuit.points:
            fed = site.points[point.cp_id]
            report = fed.report
            yield PointPowerShown(
                cp_id=point.cp_id,
                circuit_id=circuit.circuit_id,
                most_ma=point.most_ma,
                wanted_ma=report.wanted_ma if report else 0,
                granted_ma=fed.granted_ma,
                bound_ma=site.escrow.bound(point.cp_id)[0],
                measured_ma=report.measured_ma if report else 0,
                phases=report.phases if report else len(point.phases),
                why=_why(site, point, fed, now),
            )


def _why(site: Granting, point: FedPoint, fed: FedState, now: datetime) -> str | None:
    if not site.escrow.is_settled(point.cp_id, point.failsafe_ma):
        return UNMANAGED
    if fed.excess_ma:
        return EXCESS
    if fed.report is None or not fed.report.wanted_ma or fed.granted_ma:
        return None
    if not site.is_heard(fed, now):
        return UNHEARD
    return ROOM if fed.target_ma else TURN
