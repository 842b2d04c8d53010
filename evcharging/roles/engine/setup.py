"""What kind of charging point an engine is, and when a supply there ends by itself. Knows no message."""

from datetime import datetime, timedelta

from evcharging.common.utils import Frozen
from evcharging.domain.meter import time_to_deliver


class EngineSetup(Frozen, frozen=True, kw_only=True):
    """What kind of point it is. A supply ends by itself after `ticks` readings, or on unplugging when `manual`."""

    cp_id: str
    power_w: int = 22_000
    micro_euros_per_kwh: int = 300_000
    interval: timedelta = timedelta(seconds=1)
    ticks: int | None = 10
    manual: bool = False
    plug_wait: timedelta = timedelta(seconds=60)

    def end_of(self, limit_mwh: int | None, begun: datetime) -> datetime | None:
        """When a supply is complete, if nothing ends it earlier; None where only a hand does."""
        if limit_mwh is not None and self.power_w > 0:
            return begun + time_to_deliver(self.power_w, limit_mwh)
        if self.manual or self.ticks is None:
            return None
        return begun + self.ticks * self.interval
