"""The vehicles that come to the points of a network in one process: those that somebody sends, before those that come
by themselves. Knows no engine."""

from collections import deque
from collections.abc import Iterator

from evcharging.apps.ev_central.lab import NewVehicle
from evcharging.common.amperes import VOLTS
from evcharging.domain.battery import Battery
from evcharging.domain.vehicle import Vehicle, Visit
from evcharging.runtime.programs import Visits

KNEE_PERMILLE, EFFICIENCY_PERMILLE = 800, 900
ONE_PHASE_W = 32 * VOLTS
"""What a vehicle takes on one phase, at most."""


def visit_of(vehicle: NewVehicle) -> Visit:
    """A vehicle that charges until it is full, from alternating or direct current, and then leaves."""
    phases = 1 if vehicle.power_w <= ONE_PHASE_W else 3
    battery = Battery(
        capacity_mwh=vehicle.battery_mwh,
        max_w=vehicle.power_w,
        knee_permille=KNEE_PERMILLE,
        efficiency_permille=EFFICIENCY_PERMILLE,
    )
    built = Vehicle(
        model="sent",
        battery=battery,
        onboard_ma=-(-vehicle.power_w * 1000 // (phases * VOLTS)),
        onboard_phases=phases,
        dc_max_w=vehicle.power_w,
    )
    return Visit(vehicle=built, arrival_mwh=vehicle.battery_mwh * vehicle.charge_permille // 1000)


class _Queue:
    """The vehicles of one point. While none is sent it gives the others; where there are none, it has nothing to give
    for now."""

    def __init__(self, others: Iterator[Visit] | None) -> None:
        self.sent: deque[Visit] = deque(maxlen=1)
        self.others = others

    def __iter__(self) -> "_Queue":
        return self

    def __next__(self) -> Visit:
        if self.sent:
            return self.sent.popleft()
        if self.others is None:
            raise StopIteration
        return next(self.others)


class Arrivals:
    """Vehicles by their points; `others` are those that come by themselves. Whoever was sent last comes next."""

    def __init__(self, others: Visits) -> None:
        self._others = others
        self._queues: dict[str, _Queue] = {}

    def __call__(self, cp_id: str) -> Iterator[Visit]:
        """What comes to a point; asked again, the others begin anew, and who was sent still comes."""
        queue = self._queue(cp_id)
        queue.others = self._others(cp_id)
        return queue

    def send(self, cp_id: str, vehicle: NewVehicle) -> None:
        """Let this one come next."""
        self._queue(cp_id).sent.append(visit_of(vehicle))

    def _queue(self, cp_id: str) -> _Queue:
        return self._queues.setdefault(cp_id, _Queue(None))
