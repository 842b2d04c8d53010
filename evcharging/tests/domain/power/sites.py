"""Small sites for tests of power."""

from evcharging.common.messages_power import PHASES, Circuit, CircuitTree, FedPoint, Phase


def fed(
    *numbers: int, most_ma: int = 32_000, failsafe_ma: int = 0, phases: tuple[Phase, ...] = PHASES
) -> tuple[FedPoint, ...]:
    """Points with these numbers."""
    return tuple(
        FedPoint(cp_id=f"CP-{number}", most_ma=most_ma, failsafe_ma=failsafe_ma, phases=phases) for number in numbers
    )


def main_only(limit_ma: int, *points: FedPoint) -> CircuitTree:
    """A site of one circuit."""
    return CircuitTree(circuits=(Circuit(circuit_id="main", limit_ma=limit_ma, points=points),))
