"""Who is granted the least current, where it is not enough for everybody. Knows no strategy's meaning."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from evcharging.common.amperes import LEAST_MA
from evcharging.common.messages_power import Strategy
from evcharging.common.moments import to_microseconds
from evcharging.domain.power.strategy import TAKING_TURNS, Claim, rank
from evcharging.domain.power.wiring import Path, take


def admitted(
    claims: Sequence[Claim], paths: Sequence[Path], left_ma: list[int], strategy: Strategy, now: datetime
) -> list[Claim]:
    """Those who are granted the least current, which is taken from `left_ma`."""
    counts = Counter(claim.group for claim in claims)
    if take({group: count * LEAST_MA for group, count in counts.items()}, paths, left_ma):
        return list(claims)
    return _by_turns(claims, paths, left_ma, strategy, now)


def _by_turns(
    claims: Sequence[Claim], paths: Sequence[Path], left_ma: list[int], strategy: Strategy, now: datetime
) -> list[Claim]:
    """One by one in line. Room is kept for the first who has none now and would have if he were alone: until he has
    it nobody else begins to charge there. Otherwise those who need less would take it from him again and again."""
    alone_ma, kept, let_in = [*left_ma], frozenset[int](), []
    for claim in sorted(claims, key=lambda claim: _place_in_line(strategy, claim, now)):
        path = paths[claim.group]
        begins = claim.demand.turn is None or not claim.demand.turn.charging
        if all(left_ma[place] >= (2 * LEAST_MA if begins and place in kept else LEAST_MA) for place in path):
            for place in path:
                left_ma[place] -= LEAST_MA
            let_in.append(claim)
        elif not kept and all(alone_ma[place] >= LEAST_MA for place in path):
            kept = frozenset(path)
    return let_in


Line = tuple[bool, int, bool, int, int, str]


def _place_in_line(strategy: Strategy, claim: Claim, now: datetime) -> Line:
    """First whose turn is not over. Then, where they take turns, who has waited longest, and then those whose turn is
    over: the last of all is who has had it longest."""
    turn = claim.demand.turn
    urgency, arrived, cp_id = rank(strategy, claim, now)
    is_over = turn is None or not turn.is_kept(now)
    if strategy not in TAKING_TURNS:
        return is_over, urgency, False, 0, arrived, cp_id
    since = to_microseconds(now if turn is None else turn.since)
    charging = turn is not None and turn.charging
    return is_over, urgency, charging, -since if charging else since, arrived, cp_id
