"""What kind of charging point an engine is. Knows no message."""

from datetime import timedelta

from evcharging.common.utils import Frozen


class EngineSetup(Frozen, frozen=True, kw_only=True):
    """What kind of point it is. A supply ends by itself after `ticks` readings, or on unplugging when `manual`."""

    cp_id: str
    power_w: int = 22_000
    micro_euros_per_kwh: int = 300_000
    interval: timedelta = timedelta(seconds=1)
    ticks: int | None = 10
    manual: bool = False
    plug_wait: timedelta = timedelta(seconds=60)

    @property
    def lasts(self) -> timedelta | None:
        """How long a supply lasts that nothing else ends; None where only a hand ends it."""
        return None if self.manual or self.ticks is None else self.ticks * self.interval
