"""What the points of a site may draw at most, by all that was granted to them: a grant that may still be obeyed is as
good as drawn. Knows no message; the moment is an argument.

A point obeys a grant for 10 s from when it sent the report that the grant quotes. The site counts it from when it
received that report, which is later, and for a little longer, since clocks do not all run alike. So nobody needs to
know what time it is elsewhere."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from evcharging.common.messages_power import CircuitTree, FedPoint
from evcharging.common.utils import Frozen
from evcharging.domain.power.wiring import Place, Wiring

LEASE = timedelta(seconds=10)
"""For how long a grant is obeyed, by the clock of the point, from when it sent the report that the grant quotes."""

COUNTED_FOR = LEASE + timedelta(milliseconds=250)
"""For how long it counts, by the clock of the site: the two may run 2 % apart."""

Order = tuple[int, int]
"""The run of the site and the number in it."""


class Outstanding(Frozen):
    """A grant that was said: mA on each of so many phases. It counts until a moment, or with None until it is
    superseded."""

    order: Order
    ma: int
    phases: int
    until: datetime | None


class Bound(Frozen, frozen=True, kw_only=True):
    """The most that a point may draw, as a ledger keeps it. `failsafe_ma` is what the point has acknowledged to give
    without a grant; until it has, it may give all that it can."""

    cp_id: str
    failsafe_ma: int | None = None
    ma: int = 0
    phases: int = 0


class _Account(NamedTuple):
    """A point: the places that each of its phases loads, from its circuit up, and what it gives at most."""

    places: tuple[tuple[int, ...], ...]
    most_ma: int


class Escrow:
    """The bounds of all points of a tree. `granted` are those of earlier runs, which said them before this
    `order`; they count until a moment, as nobody knows how old the last grant was."""

    def __init__(
        self,
        tree: CircuitTree,
        granted: Iterable[Bound] = (),
        order: Order = (0, 0),
        until: datetime | None = None,
    ) -> None:
        self.wiring = wiring = Wiring(tree)
        self._accounts = {point.cp_id: _account(wiring, point) for circuit in tree.circuits for point in circuit.points}
        self._failsafes: dict[str, int | None] = dict.fromkeys(self._accounts)
        self._claims: dict[str, tuple[Order, int]] = {}
        self._said: dict[str, list[Outstanding]] = {cp_id: [] for cp_id in self._accounts}
        self._bounds: dict[str, tuple[int, ...]] = {}
        self._loads = [0] * len(wiring.places)
        for bound in granted:
            if bound.cp_id in self._accounts:
                self._failsafes[bound.cp_id] = bound.failsafe_ma
                if bound.ma:
                    self._said[bound.cp_id] = [Outstanding(order=order, ma=bound.ma, phases=bound.phases, until=until)]
        for cp_id in self._accounts:
            self._count(cp_id)

    def under(self, tree: CircuitTree) -> "Escrow":
        """The bounds of the points of another tree: what they have been granted still counts."""
        other = Escrow(tree)
        for cp_id in other._accounts.keys() & self._accounts.keys():
            other._failsafes[cp_id], other._said[cp_id] = self._failsafes[cp_id], self._said[cp_id]
            if cp_id in self._claims:
                other._claims[cp_id] = self._claims[cp_id]
            other._count(cp_id)
        return other

    def is_settled(self, cp_id: str, failsafe_ma: int) -> bool:
        """Whether a point has acknowledged to give this without a grant, and nothing else was said to it since."""
        return self._failsafes[cp_id] == failsafe_ma and cp_id not in self._claims

    def claim(self, cp_id: str, order: Order, failsafe_ma: int) -> None:
        """It is about to be said to a point what it is to give without a grant: until it has acknowledged that, it may
        give this, or what it gave before."""
        _, claimed_ma = self._claims.get(cp_id, (order, 0))
        self._claims[cp_id] = order, max(claimed_ma, failsafe_ma)
        self._count(cp_id)

    def bound(self, cp_id: str) -> tuple[int, ...]:
        """The most that a point may draw on each of its phases, the first one first: the greatest of its failsafe
        current and of all grants that it may still obey."""
        return self._bounds[cp_id]

    def acknowledge(self, cp_id: str, order: Order, failsafe_ma: int) -> bool:
        """A point says that it gives no more than this without a grant, as it was told under this number. Whether that
        is news."""
        is_older = cp_id in self._claims and order < self._claims[cp_id][0]
        if is_older or self.is_settled(cp_id, failsafe_ma):
            return False
        self._failsafes[cp_id] = failsafe_ma
        self._claims.pop(cp_id, None)
        self._count(cp_id)
        return True

    def begin_again(self, cp_id: str) -> bool:
        """A point has begun anew: it obeys no grant that quotes what it said before. Whether there was one."""
        had, self._said[cp_id] = bool(self._said[cp_id]), []
        self._count(cp_id)
        return had

    def supersede(self, cp_id: str, order: Order, ma: int) -> bool:
        """A point obeys no grant before this one any more, and of this one draws so much at most. Whether it may draw
        less than before."""
        said = self._said[cp_id]
        if not said or order < said[0].order:
            return False
        kept = [each for each in said if each.order >= order]
        if kept and kept[0].order == order and ma < kept[0].ma:
            first = kept[0]
            kept[:1] = [Outstanding(order=order, ma=ma, phases=first.phases, until=first.until)] if ma else []
        if kept == said:
            return False
        self._said[cp_id] = kept
        return self._count(cp_id)

    def say(self, cp_id: str, order: Order, ma: int, phases: int, until: datetime | None) -> None:
        """A grant is about to be said: from now on it counts, beside those that the point may still obey."""
        said = [each for each in self._said[cp_id] if not _is_within(each, ma, phases, until)]
        self._said[cp_id] = [*said, Outstanding(order=order, ma=ma, phases=phases, until=until)]
        self._count(cp_id)

    def expire(self, now: datetime) -> bool:
        """Grants whose time is over count no more. Whether there were any that did."""
        is_less = False
        for cp_id, said in self._said.items():
            if any(each.until is not None and each.until <= now for each in said):
                self._said[cp_id] = [each for each in said if each.until is None or each.until > now]
                is_less = self._count(cp_id) or is_less
        return is_less

    def is_counted(self, cp_id: str, order: Order) -> bool:
        """Whether the grant of this number counts still."""
        return any(each.order == order for each in self._said[cp_id])

    def next_end(self) -> datetime | None:
        """When the next grant counts no more, if nothing is heard until then."""
        return min((each.until for said in self._said.values() for each in said if each.until), default=None)

    def room_ma(self, cp_id: str, phases: int, besides: Mapping[Place, int]) -> int:
        """The most that a point can be granted on its first phases, with all that the others may draw, and with what
        flows besides."""
        left, places = self._left(besides), self._accounts[cp_id].places
        own = self._bounds[cp_id]
        return min(left[place] + own[number] for number in range(phases) for place in places[number])

    def _left(self, besides: Mapping[Place, int]) -> list[int]:
        left = self.wiring.left_ma(besides)
        return [ma - load for ma, load in zip(left, self._loads, strict=True)]

    def others(self, cp_ids: Iterable[str]) -> dict[Place, int]:
        """What each place carries at most by all points but these."""
        loads = [*self._loads]
        for cp_id in cp_ids:
            for places, ma in zip(self._accounts[cp_id].places, self._bounds[cp_id], strict=True):
                for place in places:
                    loads[place] -= ma
        return {place: ma for place, ma in zip(self.wiring.places, loads, strict=True) if ma}

    def loads(self) -> dict[Place, int]:
        """What each place carries at most."""
        return dict(zip(self.wiring.places, self._loads, strict=True))

    def most_ma(self, cp_id: str) -> int:
        """What a point gives at most, on each of its phases."""
        return self._accounts[cp_id].most_ma

    def phases(self, cp_id: str, used: int) -> int:
        """How many phases a vehicle uses that can use so many."""
        return min(max(used, 1), len(self._accounts[cp_id].places))

    def records(self) -> tuple[Bound, ...]:
        """The bounds, for a ledger: of points that have acknowledged, or are granted something."""
        return tuple(bound for bound in map(self._record, self._accounts) if bound.ma or bound.failsafe_ma is not None)

    def _record(self, cp_id: str) -> Bound:
        said, failsafe_ma = self._said[cp_id], self._failsafes[cp_id]
        if failsafe_ma is not None:
            failsafe_ma = self._floor(cp_id)
        ma, phases = max((each.ma for each in said), default=0), max((each.phases for each in said), default=0)
        return Bound(cp_id=cp_id, failsafe_ma=failsafe_ma, ma=ma, phases=phases)

    def shift(self, by: timedelta) -> None:
        """The clock was set."""
        for said in self._said.values():
            said[:] = [
                Outstanding(order=s.order, ma=s.ma, phases=s.phases, until=s.until and s.until + by) for s in said
            ]

    def _floor(self, cp_id: str) -> int:
        """What it may draw without any grant."""
        failsafe_ma = self._failsafes[cp_id]
        _, claimed_ma = self._claims.get(cp_id, (None, 0))
        return self._accounts[cp_id].most_ma if failsafe_ma is None else max(failsafe_ma, claimed_ma)

    def _count(self, cp_id: str) -> bool:
        """Count a point anew. Whether it may draw less than before somewhere."""
        places, said, floor = self._accounts[cp_id].places, self._said[cp_id], self._floor(cp_id)
        bound = tuple(max([floor, *(s.ma for s in said if s.phases > number)]) for number in range(len(places)))
        before = self._bounds.get(cp_id, (0,) * len(places))
        self._bounds[cp_id] = bound
        for numbers, old, new in zip(places, before, bound, strict=True):
            if old != new:
                for place in numbers:
                    self._loads[place] += new - old
        return any(new < old for new, old in zip(bound, before, strict=True))


def _account(wiring: Wiring, point: FedPoint) -> _Account:
    groups = wiring.points[point.cp_id].groups
    paths = [frozenset(wiring.paths[group]) for group in groups]
    before = [frozenset[int](), *paths[:-1]]
    return _Account(tuple(tuple(sorted(path - less)) for path, less in zip(paths, before, strict=True)), point.most_ma)


def _is_within(each: Outstanding, ma: int, phases: int, until: datetime | None) -> bool:
    """Whether whatever may be drawn by one grant may be drawn by a later one as well."""
    is_shorter = until is None or (each.until is not None and each.until <= until)
    return each.ma <= ma and each.phases <= phases and is_shorter
