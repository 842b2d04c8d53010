"""The meter of one charging point: a register that only grows, and the moments at which a running supply is read.
Knows no message."""

from datetime import datetime, timedelta

from evcharging.domain.meter import energy_mwh
from evcharging.domain.supply import Reading, Supply
from evcharging.roles.engine_setup import EngineSetup


class RunningMeter:
    """`register` is in mWh. `read_at` is the last moment at which a running supply was read."""

    def __init__(self, setup: EngineSetup, reading: Reading | None) -> None:
        self.register = reading.register_mwh if reading else 0
        self.read_at: datetime | None = None
        self._setup = setup
        self._ends_at: datetime | None = None

    def begin(self, supply: Supply, now: datetime) -> None:
        """Energy flows from now on."""
        self._ends_at = self._setup.end_of(supply.limit_mwh, now)
        self.read_at = now

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
        """When it is read after this moment: after its interval, and at its end."""
        due, end = last + self._setup.interval, self._ends_at
        return due if end is None or due < end else end

    def shift(self, by: timedelta) -> None:
        """The clock was set: move the moments that are kept here."""
        self._ends_at = self._ends_at and self._ends_at + by
        self.read_at = self.read_at and self.read_at + by

    def reading(self, at: datetime) -> Reading:
        """What the register says, as the journal keeps it."""
        return Reading(cp_id=self._setup.cp_id, register_mwh=self.register, ts=at)
