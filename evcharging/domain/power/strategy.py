"""The strategies by which vehicles share what their circuits carry: who is first in line. Knows no circuit."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from evcharging.common.amperes import VOLTS
from evcharging.common.messages_power import Strategy
from evcharging.common.moments import LAST_COUNT, MICROSECOND, to_microseconds
from evcharging.domain.meter import W_US_PER_MWH
from evcharging.domain.power.demand import Demand

LAXITY_STEP_US = timedelta(minutes=15) // MICROSECOND
"""Laxities are compared in whole steps of this. Without, two vehicles that are as urgent would change places whenever
somebody looks: who charges keeps his laxity, who waits loses his."""


class Claim(NamedTuple):
    """A vehicle that is to be granted something: `wanted_ma` from the least current on, and the number of its path."""

    demand: Demand
    wanted_ma: int
    group: int
    phases: int


Rank = tuple[int, int, str]
"""The lower, the sooner; no two vehicles have the same."""


def rank(strategy: Strategy, claim: Claim, now: datetime) -> Rank:
    """The place of a vehicle in the line of a strategy; of those that have the same, who arrived first is first."""
    demand = claim.demand
    return _URGENCY[strategy](claim, now), to_microseconds(demand.arrived_at), demand.cp_id


def _same(_claim: Claim, _now: datetime) -> int:
    return 0


def _departure(claim: Claim, _now: datetime) -> int:
    departs_at = claim.demand.departs_at
    return LAST_COUNT if departs_at is None else to_microseconds(departs_at)


def _laxity(claim: Claim, now: datetime) -> int:
    """The time that is left until the departure, less the time that the energy takes at the most power, in steps. Who
    does not say both is the least urgent."""
    departs_at, wanted_mwh = claim.demand.departs_at, claim.demand.wanted_mwh
    if departs_at is None or wanted_mwh is None:
        return LAST_COUNT
    watts = claim.wanted_ma * claim.phases * VOLTS // 1000
    return ((departs_at - now) // MICROSECOND - wanted_mwh * W_US_PER_MWH // watts) // LAXITY_STEP_US


def _class(claim: Claim, _now: datetime) -> int:
    return -claim.demand.priority


_URGENCY: dict[Strategy, Callable[[Claim, datetime], int]] = {
    Strategy.EQUAL_SHARE: _same,
    Strategy.FIRST_COME: _same,
    Strategy.EARLIEST_DEPARTURE: _departure,
    Strategy.LEAST_LAXITY: _laxity,
    Strategy.PRIORITY: _class,
}

TAKING_TURNS = frozenset({Strategy.EQUAL_SHARE, Strategy.PRIORITY})
"""Where all are alike, or all of a class, whoever has waited longest is next; elsewhere the line itself says who
waits, and he waits until those before him are done."""
