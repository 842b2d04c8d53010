"""Vehicles at small sites, and what they are granted."""

from collections.abc import Mapping
from typing import Any

from evcharging.common.messages_power import CircuitTree, Strategy
from evcharging.domain.power.allocation import Allocation, allocate
from evcharging.domain.power.demand import Demand
from evcharging.domain.power.wiring import Place, Wiring
from evcharging.tests.stages.scenario import T0


def wants(number: int, ma: int = 32_000, **fields: Any) -> Demand:
    """The demand of the vehicle at the point of this number, which came at noon."""
    return Demand(cp_id=f"CP-{number}", wanted_ma=ma, **({"arrived_at": T0} | fields))


def granted(
    tree: CircuitTree,
    *demands: Demand,
    strategy: Strategy = Strategy.EQUAL_SHARE,
    carried: Mapping[Place, int] | None = None,
) -> list[int]:
    """The grants in mA, in the order of the points."""
    return [ma for _, ma in sorted(allocation(tree, *demands, strategy=strategy, carried=carried).grants.items())]


def allocation(
    tree: CircuitTree,
    *demands: Demand,
    strategy: Strategy = Strategy.EQUAL_SHARE,
    carried: Mapping[Place, int] | None = None,
) -> Allocation:
    """What is allocated at noon."""
    return allocate(Wiring(tree), demands, strategy, T0, carried or {})
