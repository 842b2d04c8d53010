"""What a session costs while it goes on, by the readings that this run of Central receives. The bill does not depend on
it: that is made of what the engine noted."""

from datetime import datetime, timedelta

from evcharging.common.messages import Mark
from evcharging.common.messages_tariff import Tariff
from evcharging.common.utils import changed
from evcharging.domain.money import cost_micro_euros
from evcharging.domain.price import price_of_supply
from evcharging.domain.session import Session
from evcharging.domain.tariff_hours import next_edge


class LiveCost:
    """One session by its tariff. Of readings it keeps those around the moments at which the price may have changed."""

    __slots__ = ("_begun", "_edge", "_last", "_marks", "_tariff")

    def __init__(self, tariff: Tariff, begun: datetime, register_mwh: int) -> None:
        self._tariff = tariff
        self._begun = begun
        self._last = Mark(at=begun, register_mwh=register_mwh)
        self._marks: tuple[Mark, ...] = ()
        self._edge = next_edge(tariff, begun, begun)

    def by(self, session: Session, register_mwh: int, at: datetime) -> int:
        """What it costs by a reading, in micro-euro, VAT included."""
        begun = session.started_at or at
        now = Mark(at=max(at, self._last.at), register_mwh=register_mwh)
        if self._edge is not None and self._edge <= now.at:
            self._marks += (self._last, now)
            self._edge = next_edge(self._tariff, begun, now.at)
        self._last = now
        price = price_of_supply(self._tariff, begun, session.register_start_mwh, self._marks, now.at, register_mwh)
        return price.gross

    def shift(self, by: timedelta) -> None:
        """The engine's clock was set, and the beginning of its supply with it."""
        self._marks = tuple(changed(mark, at=mark.at + by) for mark in self._marks)
        self._last = changed(self._last, at=self._last.at + by)
        self._begun += by
        self._edge = next_edge(self._tariff, self._begun, self._last.at)


def single_cost(session: Session, register_mwh: int) -> int:
    """What a session costs by a single price, in micro-euro."""
    return cost_micro_euros(register_mwh - session.register_start_mwh, session.micro_euros_per_kwh)
