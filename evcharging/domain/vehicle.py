"""Vehicles at a point: what each draws under what the point offers. Whole W, mWh and microseconds for those who ask;
only what was drawn since the plugging in is a double, so that stretches join without rounding. Knows no clock, chance
or message."""

from datetime import timedelta
from math import ceil

from evcharging.common.amperes import LEAST_MA, VOLTS
from evcharging.common.moments import MICROSECOND
from evcharging.common.utils import Frozen, changed
from evcharging.domain.battery import CUT_OFF_W, Battery, Curve
from evcharging.domain.offer import Offer, phases_of

DC_PHASES = 3
"""On so many a point of direct current loads its site."""


class Vehicle(Frozen):
    """What a vehicle is built with: the onboard charger's most mA on each phase and its phases, and the most W of
    direct current, which is 0 where it takes none. One that does not obey draws what its onboard charger can, whatever
    it is offered, unless that is nothing."""

    model: str
    battery: Battery
    onboard_ma: int
    onboard_phases: int
    dc_max_w: int = 0
    obeys: bool = True

    def takes_w(self, offer: Offer) -> int:
        """The power to which an offer limits it."""
        if not self.obeys and offer.phases and offer.watts:
            return self.onboard_ma * min(offer.phases, self.onboard_phases) * VOLTS // 1000
        return min(self.ac_w(offer.ma, offer.phases), offer.watts) if offer.phases else self.dc_w(offer.watts)

    def ac_w(self, offered_ma: int, offered_phases: int) -> int:
        """The power to which an offer of mA on each phase, and the onboard charger, limit it."""
        each_ma = min(offered_ma, self.onboard_ma)
        return each_ma * min(offered_phases, self.onboard_phases) * VOLTS // 1000 if each_ma >= LEAST_MA else 0

    def dc_w(self, offered_w: int) -> int:
        """The power to which an offer of direct current, and its plug, limit it."""
        limit_w = min(offered_w, self.dc_max_w)
        return limit_w if limit_w >= CUT_OFF_W else 0


class Visit(Frozen):
    """A vehicle that is plugged in, at one moment. It came with `arrival_mwh` in its battery and has drawn `drawn_mwh`
    since. It is done when it has drawn `wanted_mwh`, or is at the state of charge `target_permille`, or its battery is
    full, whichever is first; after `stay_us` it leaves, done or not. Done, it stays for `linger_us` at most."""

    vehicle: Vehicle
    arrival_mwh: int
    wanted_mwh: int | None = None
    target_permille: int = 1000
    stay_us: int | None = None
    linger_us: int = 0
    drawn_mwh: float = 0.0

    @property
    def stored_mwh(self) -> float:
        """The energy in its battery."""
        return self.arrival_mwh + self.drawn_mwh * self.vehicle.battery.efficiency_permille / 1000

    @property
    def state_of_charge(self) -> float:
        """How full its battery is, from 0 to 1."""
        return self.stored_mwh / self.vehicle.battery.capacity_mwh

    def under(self, offer: Offer) -> "Charging":
        """The stretch from here on, for as long as this is offered."""
        return self.charging(self.vehicle.takes_w(offer))

    def charging(self, limit_w: int) -> "Charging":
        """The stretch from here on, for as long as the limit is this."""
        battery = self.vehicle.battery
        target_mwh = battery.to_permille(self.arrival_mwh, self.target_permille)
        wanted_mwh = target_mwh if self.wanted_mwh is None else min(target_mwh, self.wanted_mwh)
        return Charging(visit=self, curve=battery.curve(self.arrival_mwh, self.drawn_mwh, wanted_mwh, limit_w))


def phases_used(power_w: int, visit: Visit | None) -> int:
    """How many phases of its site a point of this power loads: three for direct current, else those that both it and
    its vehicle have."""
    phases = phases_of(power_w)
    if not phases or visit is None:
        return phases or DC_PHASES
    return min(phases, visit.vehicle.onboard_phases)


class Charging(Frozen):
    """One stretch of a visit, under one limit. Time counts from its beginning, energy from the reading there: whole mWh
    of all that was drawn since the plugging in, rounded down. So the stretches of a visit add up, and a stretch in
    parts gives what it gives in one to within 1e-6 mWh."""

    visit: Visit
    curve: Curve

    def power_w(self, elapsed: timedelta) -> int:
        """The power after a time, to the nearest W."""
        us = elapsed // MICROSECOND
        return 0 if self._has_left(us) else round(self.curve.power_w(us))

    def energy_mwh(self, elapsed: timedelta) -> int:
        """The energy drawn in a time."""
        return int(self._drawn_mwh(elapsed // MICROSECOND)) - int(self.curve.begin_mwh)

    def time_until(self, energy_mwh: int) -> timedelta | None:
        """The least time in which `energy_mwh` are drawn; None if they never are."""
        reading_mwh = int(self.curve.begin_mwh) + energy_mwh
        if energy_mwh <= 0:
            return timedelta(0)
        if self.curve.end_us is None or self.curve.end_mwh < reading_mwh:
            return None
        us = int(self.curve.us_until(reading_mwh))  # rounded down, since doubles may be just beyond a whole microsecond
        while self.curve.drawn_mwh(us) < reading_mwh:
            us += 1
        return None if self._has_left(us - 1) else us * MICROSECOND

    def time_until_done(self) -> timedelta | None:
        """The time until it is done or has left, after which nothing flows; None if nothing flows, and nothing will."""
        ends = [us for us in (self.curve.end_us, self.visit.stay_us) if us is not None]
        return ceil(min(ends)) * MICROSECOND if ends else None

    def time_until_below(self, watts: int) -> timedelta | None:
        """The time until the power falls below `watts`, though now it is not; None if it never does."""
        us = self.curve.us_until_below(watts)
        return None if us is None or self._has_left(ceil(us)) else ceil(us) * MICROSECOND

    def after(self, elapsed: timedelta) -> Visit:
        """The visit at the end of the stretch, for the next one."""
        us, stay_us = elapsed // MICROSECOND, self.visit.stay_us
        left_us = None if stay_us is None else max(stay_us - us, 0)
        return changed(self.visit, drawn_mwh=self._drawn_mwh(us), stay_us=left_us)

    def _drawn_mwh(self, us: int) -> float:
        stay_us = self.visit.stay_us
        return self.curve.drawn_mwh(us if stay_us is None else min(us, stay_us))

    def _has_left(self, us: int) -> bool:
        return self.visit.stay_us is not None and us >= self.visit.stay_us
