"""What a session costs while it goes on, by the readings that this run of Central receives. The bill does not depend on
it: that is made of what the engine noted."""

from bisect import bisect_right
from datetime import datetime, timedelta

from evcharging.common.messages import Mark
from evcharging.common.messages_tariff import Price, Tariff
from evcharging.common.utils import changed
from evcharging.domain.price import price_of_energy, price_of_supply
from evcharging.domain.session import Session
from evcharging.domain.tariff import power_tiers
from evcharging.domain.tariff_hours import next_edge

MOST_LIVE_MARKS = 200
"""Power that flickers around a tier would make each reading dearer than the one before: then the mean counts."""


class LiveCost:
    """One session by its tariff. Of readings it keeps those around the moments at which the price may have changed: by
    the time, or since the power that flows has come into another tier."""

    __slots__ = ("_begun", "_edge", "_last", "_marks", "_tariff", "_tier", "_tiers")

    def __init__(self, tariff: Tariff, begun: datetime, register_mwh: int) -> None:
        self._tariff = tariff
        self._begun = begun
        self._last = Mark(at=begun, register_mwh=register_mwh)
        self._marks: tuple[Mark, ...] = ()
        self._edge = next_edge(tariff, begun, begun)
        self._tiers = power_tiers(tariff)
        self._tier: int | None = None

    def by(self, session: Session, register_mwh: int, watts: int, at: datetime) -> Price:
        """What it costs by a reading, and by the power that flows then."""
        begun = session.started_at or at
        now = Mark(at=max(at, self._last.at), register_mwh=register_mwh)
        is_edge, is_tier = self._passes_edge(now.at), self._changes_tier(watts)
        if is_edge or (is_tier and len(self._marks) < MOST_LIVE_MARKS):
            self._marks += (self._last, now)
        self._last = now
        return price_of_supply(self._tariff, begun, session.register_start_mwh, self._marks, now.at, register_mwh)

    def _passes_edge(self, at: datetime) -> bool:
        if self._edge is None or at < self._edge:
            return False
        self._edge = next_edge(self._tariff, self._begun, at)
        return True

    def _changes_tier(self, watts: int) -> bool:
        """Whether the power is in another tier than at the reading before."""
        before, self._tier = self._tier, bisect_right(self._tiers, watts)
        return before is not None and before != self._tier

    def shift(self, by: timedelta) -> None:
        """The engine's clock was set, and the beginning of its supply with it."""
        self._marks = tuple(changed(mark, at=mark.at + by) for mark in self._marks)
        self._last = changed(self._last, at=self._last.at + by)
        self._begun += by
        self._edge = next_edge(self._tariff, self._begun, self._last.at)


def single_cost(session: Session, register_mwh: int) -> int:
    """What a session costs by a single price, in micro-euro."""
    return price_of_energy(register_mwh - session.register_start_mwh, session.micro_euros_per_kwh)
