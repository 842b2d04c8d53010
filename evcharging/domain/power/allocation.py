"""Who is granted how much of what the circuits of a site carry. Pure: the same in whatever order demands are given."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from evcharging.common.amperes import LEAST_MA
from evcharging.common.messages_power import Strategy
from evcharging.domain.power.demand import TURN, Demand, Turn
from evcharging.domain.power.equal_share import share_equally
from evcharging.domain.power.strategy import Claim, rank
from evcharging.domain.power.turns import admitted
from evcharging.domain.power.wiring import Path, Place, Wiring, take

NO_LOADS: Mapping[Place, int] = {}


class Allocation(NamedTuple):
    """What each point is granted, in mA on each phase that its vehicle uses: 0, or at least the least current. `turns`
    go into the next demands. `again_at`: when somebody's turn is over and another one waits."""

    grants: dict[str, int]
    turns: dict[str, Turn]
    again_at: datetime | None


def allocate(
    wiring: Wiring,
    demands: Iterable[Demand],
    strategy: Strategy,
    now: datetime,
    carried: Mapping[Place, int] = NO_LOADS,
) -> Allocation:
    """The least current for each in line, as far as it goes; then what is left, by the strategy. `carried` is what
    places carry besides, as `Wiring.carried` and `Wiring.fed` count it. There is one demand a point at most; a point
    that the tree does not have is granted nothing."""
    demands, left_ma = [*demands], wiring.left_ma(carried)
    claims = [*_claims(wiring, demands)]
    grants = {demand.cp_id: 0 for demand in demands}
    if _is_enough(claims, wiring.paths, left_ma):
        grants.update((claim.demand.cp_id, claim.wanted_ma) for claim in claims)
    else:
        let_in = admitted(claims, wiring.paths, left_ma, strategy, now)
        grants.update(_filled(let_in, wiring.paths, left_ma, strategy, now))
    turns = {claim.demand.cp_id: _turn(claim.demand, grants, now) for claim in claims}
    return Allocation(grants, turns, _again_at(turns.values(), now))


def _claims(wiring: Wiring, demands: Sequence[Demand]) -> Iterator[Claim]:
    for demand in demands:
        wired = wiring.points.get(demand.cp_id)
        if wired is not None and (wanted_ma := demand.granted_ma(wired.most_ma)):
            phases = min(max(demand.phases, 1), len(wired.groups))
            yield Claim(demand, wanted_ma, wired.groups[phases - 1], phases)


def _is_enough(claims: Sequence[Claim], paths: Sequence[Path], left_ma: list[int]) -> bool:
    """Whether everybody can have what he wants."""
    wanted: defaultdict[int, int] = defaultdict(int)
    for claim in claims:
        wanted[claim.group] += claim.wanted_ma
    return take(wanted, paths, left_ma)


def _filled(
    claims: list[Claim], paths: Sequence[Path], left_ma: list[int], strategy: Strategy, now: datetime
) -> dict[str, int]:
    """The grants of those who have the least current already."""
    if strategy is Strategy.EQUAL_SHARE:
        return _equally(claims, paths, left_ma)
    if strategy is not Strategy.PRIORITY:
        return _in_line(sorted(claims, key=lambda claim: rank(strategy, claim, now)), paths, left_ma)
    grants: dict[str, int] = {}
    classes: defaultdict[int, list[Claim]] = defaultdict(list)
    for claim in claims:
        classes[claim.demand.priority].append(claim)
    for priority in sorted(classes, reverse=True):
        grants |= _equally(classes[priority], paths, left_ma)
    return grants


def _equally(claims: list[Claim], paths: Sequence[Path], left_ma: list[int]) -> dict[str, int]:
    wants = ((claim.group, (claim.wanted_ma - LEAST_MA, claim.demand.cp_id)) for claim in claims)
    return {cp_id: LEAST_MA + ma for cp_id, ma in share_equally(wants, paths, left_ma).items()}


def _in_line(claims: list[Claim], paths: Sequence[Path], left_ma: list[int]) -> dict[str, int]:
    """Each as much as he wants, or as his path has left."""
    grants = {}
    for demand, wanted_ma, group, _ in claims:
        path = paths[group]
        more_ma = min(wanted_ma - LEAST_MA, *[left_ma[place] for place in path])
        grants[demand.cp_id] = LEAST_MA + more_ma
        for place in path:
            left_ma[place] -= more_ma
    return grants


def _turn(demand: Demand, grants: Mapping[str, int], now: datetime) -> Turn:
    charging = grants[demand.cp_id] > 0
    if demand.turn is not None and demand.turn.charging is charging:
        return demand.turn
    return Turn(charging=charging, since=now)


def _again_at(turns: Iterable[Turn], now: datetime) -> datetime | None:
    turns = [*turns]
    if all(turn.charging for turn in turns):
        return None
    return min((turn.since + TURN for turn in turns if turn.is_kept(now)), default=None)
