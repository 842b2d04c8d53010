"""What a supply draws at its point, in segments: within one, what is offered stays the same. Time counts from the
beginning of the supply, in whole microseconds; energy is exact, and a reading of it whole mWh, rounded down. Knows no
clock, chance or message."""

from datetime import timedelta
from typing import Protocol

from evcharging.common.moments import MICROSECOND
from evcharging.common.utils import Frozen
from evcharging.domain.meter import W_US_PER_MWH
from evcharging.domain.offer import Offer
from evcharging.domain.vehicle import Charging, Visit

NO_TIME = timedelta(0)


class Load(Protocol):
    """What draws energy, in its newest segment. It is asked of no moment before that."""

    def under(self, offer: Offer, elapsed: timedelta) -> "Load":
        """The next segment, from a moment on: what was drawn until then stays."""
        ...

    def power_w(self, elapsed: timedelta) -> int:
        """The power that flows at a moment."""
        ...

    def wants(self, offer: Offer, elapsed: timedelta) -> tuple[int, int | None]:
        """The power that would flow at a moment if this were offered, and the energy that is still to flow, where that
        is known."""
        ...

    def energy_mwh(self, elapsed: timedelta) -> int:
        """All that was drawn since the beginning of the supply."""
        ...

    def time_of(self, energy_mwh: int) -> timedelta | None:
        """When so much will have been drawn, if nothing changes; None if never."""
        ...

    def done_at(self) -> timedelta | None:
        """When it will draw no more and is finished, if nothing changes; None if never."""
        ...

    def falls_below(self, watts: int) -> timedelta | None:
        """From when on it draws less than that, though now it does not, if nothing changes; None if never."""
        ...


class SteadyLoad(Frozen):
    """Draws all that is offered, for as long as it is let. What was drawn before the segment is kept in W x µs, so that
    no change loses the part of a mWh."""

    watts: int
    since: timedelta = NO_TIME
    before_wus: int = 0

    def under(self, offer: Offer, elapsed: timedelta) -> "SteadyLoad":
        return SteadyLoad(watts=offer.watts, since=elapsed, before_wus=self._drawn_wus(elapsed))

    def power_w(self, elapsed: timedelta) -> int:
        return self.watts

    def wants(self, offer: Offer, elapsed: timedelta) -> tuple[int, int | None]:
        return offer.watts, None

    def energy_mwh(self, elapsed: timedelta) -> int:
        return self._drawn_wus(elapsed) // W_US_PER_MWH

    def time_of(self, energy_mwh: int) -> timedelta | None:
        left_wus = energy_mwh * W_US_PER_MWH - self.before_wus
        if left_wus <= 0:
            return self.since
        return self.since + -(-left_wus // self.watts) * MICROSECOND if self.watts else None

    def done_at(self) -> timedelta | None:
        return None

    def falls_below(self, watts: int) -> timedelta | None:
        return None

    def _drawn_wus(self, elapsed: timedelta) -> int:
        return self.before_wus + self.watts * ((elapsed - self.since) // MICROSECOND)


class VehicleLoad(Frozen):
    """Draws what its vehicle takes of what is offered, until that has what it wants, is full, or leaves."""

    charging: Charging
    since: timedelta = NO_TIME
    before_mwh: int = 0

    def under(self, offer: Offer, elapsed: timedelta) -> "VehicleLoad":
        visit = self.charging.after(elapsed - self.since)
        return VehicleLoad(charging=visit.under(offer), since=elapsed, before_mwh=self.energy_mwh(elapsed))

    def power_w(self, elapsed: timedelta) -> int:
        return self.charging.power_w(elapsed - self.since)

    def wants(self, offer: Offer, elapsed: timedelta) -> tuple[int, int | None]:
        charging = self.charging.after(elapsed - self.since).under(offer)
        return charging.power_w(NO_TIME), int(charging.curve.end_mwh - charging.curve.begin_mwh)

    def energy_mwh(self, elapsed: timedelta) -> int:
        return self.before_mwh + self.charging.energy_mwh(elapsed - self.since)

    def time_of(self, energy_mwh: int) -> timedelta | None:
        return self._since(self.charging.time_until(energy_mwh - self.before_mwh))

    def done_at(self) -> timedelta | None:
        return self._since(self.charging.time_until_done())

    def falls_below(self, watts: int) -> timedelta | None:
        return self._since(self.charging.time_until_below(watts))

    def _since(self, later: timedelta | None) -> timedelta | None:
        return None if later is None else self.since + later


def load_of(offer: Offer, visit: Visit | None) -> Load:
    """What is drawn from the beginning of a supply on: by a vehicle, or else all that is offered."""
    return SteadyLoad(watts=offer.watts) if visit is None else VehicleLoad(charging=visit.under(offer))
