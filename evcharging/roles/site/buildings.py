"""What the circuits of a site feed beside its points, by meters: a meter that falls silent counts as the worst case.
Decides nothing."""

from datetime import datetime, timedelta

from evcharging.common.messages_grants import BuildingMeasured
from evcharging.common.messages_power import PHASES, CircuitTree, Phase
from evcharging.domain.power.escrow import LEASE
from evcharging.domain.power.wiring import Place

Measured = dict[Phase, int]


class Buildings:
    """All meters of a site; where words are not leased, the last one counts until the next."""

    def __init__(self, tree: CircuitTree, *, is_leased: bool) -> None:
        self._is_leased = is_leased
        self._worst: dict[str, tuple[int, tuple[Phase, ...]]] = {}
        self._measured: dict[str, tuple[datetime, Measured]] = {}
        self.rewire(tree)

    def rewire(self, tree: CircuitTree) -> None:
        """The circuits are others from now on."""
        self._worst = {each.circuit_id: (each.building_ma, each.phases) for each in tree.circuits}
        self._measured = {key: value for key, value in self._measured.items() if key in self._worst}

    def measure(self, message: BuildingMeasured, now: datetime) -> bool:
        """Take in a reading; whether there is such a circuit."""
        if message.circuit_id not in self._worst:
            return False
        by_phase = dict(zip(PHASES, (message.l1_ma, message.l2_ma, message.l3_ma), strict=True))
        self._measured[message.circuit_id] = (now + LEASE, by_phase)
        return True

    def silent_at(self) -> datetime | None:
        """When the next reading counts no more, if none comes until then."""
        return min((until for until, _ in self._measured.values()), default=None) if self._is_leased else None

    def expire(self, now: datetime) -> bool:
        """Forget what meters said too long ago; whether there was any."""
        if not self._is_leased:
            return False
        old = [circuit_id for circuit_id, (until, _) in self._measured.items() if until <= now]
        for circuit_id in old:
            del self._measured[circuit_id]
        return bool(old)

    def loads(self, now: datetime) -> dict[Place, int]:
        """What is fed at each place."""
        self.expire(now)
        loads: dict[Place, int] = {}
        for circuit_id, (worst_ma, phases) in self._worst.items():
            known = self._measured.get(circuit_id)
            for phase in phases:
                ma = worst_ma if known is None else known[1][phase]
                if ma:
                    loads[circuit_id, phase] = ma
        return loads

    def shift(self, by: timedelta) -> None:
        """The clock was set."""
        self._measured = {key: (until + by, known) for key, (until, known) in self._measured.items()}
