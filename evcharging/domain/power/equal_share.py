"""Equal share, which is max-min fair: nobody can have more unless somebody who has no more than he has less.

All grants rise together, like water. Who has what he wants stops, and so do all who are fed by a place that is full. In
whole mA a place is full before it has nothing left: what is left then goes to some of them, a mA each. Vehicles with
the same path are counted together, so that the work is that of the paths, and not of the vehicles."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from heapq import heapify, heappop, heappush, heapreplace

from evcharging.domain.power.wiring import Path

Want = tuple[int, str]
"""The mA that somebody wants, and who."""

ENDLESS = 2**63
"""More mA than anything carries."""


class _Group:
    """Those who have one path, by what they want; the first `done` of them do not rise any more, the others do."""

    def __init__(self, path: Path, wants: list[Want]) -> None:
        self.path, self.wants, self.done, self.rising = path, sorted(wants), 0, len(wants)


class _Water:
    """`left` is what a place has left for those who rise, counted from 0 mA; `rising` is how many they are. `full` says
    of each place at which level it is full, or an earlier one: it can only become later."""

    def __init__(self, groups: list[_Group], left_ma: list[int]) -> None:
        self.groups, self.left, self.shares = groups, left_ma, dict[str, int]()
        self.rising: defaultdict[int, int] = defaultdict(int)
        self.fed: defaultdict[int, list[_Group]] = defaultdict(list)
        for group in groups:
            for place in group.path:
                self.rising[place] += len(group.wants)
                self.fed[place].append(group)
        self.full = [(left_ma[place] // rising, place) for place, rising in self.rising.items()]
        self.next = [(group.wants[0][0], number) for number, group in enumerate(groups)]
        heapify(self.full)
        heapify(self.next)

    def rise(self) -> dict[str, int]:
        """Until nobody rises any more: who has what."""
        while self.next:
            wanted, number = self.next[0]
            group = self.groups[number]
            if not group.rising or group.wants[group.done][0] > wanted:
                self._look_again(group, number)
            elif wanted <= (level := self._level()):
                self._stop_satisfied(group, wanted)
                self._look_again(group, number)
            else:
                self._stop_where_full(level)
        return self.shares

    def _look_again(self, group: _Group, number: int) -> None:
        heappop(self.next)
        if group.rising:
            heappush(self.next, (group.wants[group.done][0], number))

    def _level(self) -> int:
        """Up to where all who rise can do so together."""
        while self.full:
            level, place = self.full[0]
            if not self.rising[place]:
                heappop(self.full)
            elif (later := self.left[place] // self.rising[place]) > level:
                heapreplace(self.full, (later, place))
            else:
                return level
        return ENDLESS

    def _stop_satisfied(self, group: _Group, wanted: int) -> None:
        count = 0
        while count < group.rising and group.wants[group.done + count][0] == wanted:
            count += 1
        self._stop(group, count, wanted)

    def _stop_where_full(self, level: int) -> None:
        """At the places that are full, as many go on by one mA as these still carry; the others have `level`."""
        spare: dict[int, int] = {}
        groups: dict[int, _Group] = {}
        while self._level() == level:
            _, place = heappop(self.full)
            spare[place] = self.left[place] - level * self.rising[place]
            groups.update((id(group), group) for group in self.fed[place] if group.rising)
        for group in groups.values():
            full = [place for place in group.path if place in spare]
            go_on = min(group.rising, *(spare[place] for place in full))
            self._stop(group, group.rising - go_on, level)
            for place in full:
                spare[place] -= go_on
        for place in spare:
            if self.rising[place]:
                heappush(self.full, (self.left[place] // self.rising[place], place))

    def _stop(self, group: _Group, count: int, ma: int) -> None:
        for _, cp_id in group.wants[group.done : group.done + count]:
            self.shares[cp_id] = ma
        group.done += count
        group.rising -= count
        for place in group.path:
            self.left[place] -= count * ma
            self.rising[place] -= count


def share_equally(wants: Iterable[tuple[int, Want]], paths: Sequence[Path], left_ma: list[int]) -> dict[str, int]:
    """The share of each, in mA, by what they want and the numbers of their paths, and taken from `left_ma`."""
    by_path: defaultdict[int, list[Want]] = defaultdict(list)
    for group, want in wants:
        by_path[group].append(want)
    return _Water([_Group(paths[group], by_path[group]) for group in sorted(by_path)], left_ma).rise()
