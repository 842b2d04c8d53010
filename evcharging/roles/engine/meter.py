"""The meter of one charging point: a register that only grows, and the moments at which a running supply is read.
Knows no message."""

from datetime import datetime, timedelta

from evcharging.domain.meter import energy_mwh
from evcharging.domain.supply import Reading, Supply
from evcharging.domain.tariff_hours import next_edge
from evcharging.roles.engine.setup import EngineSetup


class RunningMeter:
    """`register` is in mWh. `read_at` is the last moment at which a running supply was read."""

    def __init__(self, setup: EngineSetup, reading: Reading | None) -> None:
        self.register = reading.register_mwh if reading else 0
        self.read_at: datetime | None = None
        self._setup = setup
        self._ends_at: datetime | None = None
        self._edge: datetime | None = None

    def begin(self, supply: Supply, now: datetime) -> None:
        """Energy flows from now on."""
        self._ends_at = self._setup.end_of(supply.limit_mwh, now)
        self.read_at = now
        self.look_ahead(supply, now, now)

    def look_ahead(self, supply: Supply, begun: datetime, now: datetime) -> None:
        """Find the next moment after this one at which the price may change."""
        self._edge = None if supply.tariff is None else next_edge(supply.tariff, begun, now)

    def passes_edge(self, supply: Supply, begun: datetime, at: datetime) -> bool:
        """Whether the price may change at this moment, or has since the last one that was asked about."""
        if self._edge is None or at < self._edge:
            return False
        self.look_ahead(supply, begun, at)
        return True

    def read(self, supply: Supply, begun: datetime, at: datetime) -> None:
        """Let the register be what it is at a moment, by power and time, and by the limit of the supply."""
        energy = energy_mwh(self._setup.power_w, at - begun)
        if supply.limit_mwh is not None and energy > supply.limit_mwh:
            energy = supply.limit_mwh
        self.register = max(self.register, supply.register_start_mwh + energy)
        self.read_at = at

    def is_over(self, at: datetime) -> bool:
        """Whether the supply ends by itself at this moment."""
        return self._ends_at is not None and at >= self._ends_at

    def next_reading(self, last: datetime) -> datetime:
        """When it is read after this moment: after its interval, where its price may change, and at its end."""
        due = last + self._setup.interval
        for other in (self._ends_at, self._edge):
            if other is not None and other < due:
                due = other
        return due

    def shift(self, by: timedelta) -> None:
        """The clock was set: move the moments that are kept here."""
        self._ends_at = self._ends_at and self._ends_at + by
        self._edge = self._edge and self._edge + by
        self.read_at = self.read_at and self.read_at + by

    def reading(self, at: datetime) -> Reading:
        """What the register says, as the journal keeps it."""
        return Reading(cp_id=self._setup.cp_id, register_mwh=self.register, ts=at)
