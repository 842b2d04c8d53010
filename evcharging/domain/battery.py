"""How a battery charges, in closed form: constant current up to the knee, then constant voltage, where the current
tapers off. Counts in doubles, energy in mWh as drawn from the point, time in µs from the beginning of a stretch. Knows
no vehicle, plug or clock.

Up to the knee a battery takes its full power. Above it the voltage is held, and the power is in proportion to the room
that is left (the usual model of constant current and constant voltage, linear in the state of charge). So the room
shrinks by d(room)/dt = -room / tau, which is room(t) = room(0) exp(-t / tau); tau is the room at the knee over the full
power. A limit below the full power only moves the place where the taper begins, to where the room is limit times tau.

What goes into the battery is what is drawn times the efficiency. Counted as drawn, power and room are larger by it, and
tau is the same."""

from evcharging.common.utils import Frozen
from evcharging.domain.exponential import exp, log
from evcharging.domain.meter import W_US_PER_MWH

CUT_OFF_W = 1_380
"""A battery is full when it would draw less than this, at whatever point: 6 A on one phase of 230 V, the least that a
point offers by IEC 61851-1. So a taper, which by itself has no end, ends. It also means that while energy flows, each
microsecond adds 0.0003 mWh or more, hundreds of times what doubles round off below 1 MWh: energy never shrinks with
time."""


class Curve(Frozen):
    """What a battery draws over a stretch under one limit: `constant_w` until the taper begins, at `taper_us`, then
    less and less until `end_us`, which is None where nothing flows although there is room. Energy counts from the
    plugging in; at `full_mwh` there would be no room left."""

    begin_mwh: float
    end_mwh: float
    full_mwh: float
    tau_us: float
    constant_w: int = 0
    taper_mwh: float = 0.0
    taper_us: float = 0.0
    end_us: float | None = None

    def drawn_mwh(self, us: int) -> float:
        """The energy drawn once `us` have passed."""
        if self.end_us is None or us >= self.end_us:
            return self.end_mwh
        if us <= self.taper_us:
            return min(self.begin_mwh + self.constant_w * us / W_US_PER_MWH, self.end_mwh)
        room = (self.full_mwh - self.taper_mwh) * exp((self.taper_us - us) / self.tau_us)
        return min(self.full_mwh - room, self.end_mwh)

    def power_w(self, us: int) -> float:
        """The power drawn once `us` have passed."""
        if self.end_us is None or us >= self.end_us:
            return 0.0
        if us < self.taper_us:
            return self.constant_w
        return (self.full_mwh - self.drawn_mwh(us)) * W_US_PER_MWH / self.tau_us

    def us_until_below(self, watts: int) -> float | None:
        """When the power falls below `watts`, though now it is not; None if it does not before the end."""
        taper_w = (self.full_mwh - self.taper_mwh) * W_US_PER_MWH / self.tau_us
        if self.end_us is None or not 0 < watts <= self.power_w(0):
            return None
        us = self.taper_us + (self.tau_us * log(taper_w / watts) if taper_w > watts else 0.0)
        return us if us < self.end_us else None

    def us_until(self, drawn_mwh: float) -> float:
        """The time until `drawn_mwh`, from `begin_mwh` to `end_mwh`; `drawn_mwh` solved for the time."""
        if drawn_mwh <= self.taper_mwh:
            return (drawn_mwh - self.begin_mwh) * W_US_PER_MWH / self.constant_w
        shrunk = (self.full_mwh - self.taper_mwh) / (self.full_mwh - drawn_mwh)
        return self.taper_us + self.tau_us * log(shrunk)


class Battery(Frozen):
    """Capacity in mWh; the most power that it takes, in W; the state of charge where the taper begins, below 1000
    permille; and how much of what is drawn goes into it, in permille. None of them but the knee may be 0."""

    capacity_mwh: int
    max_w: int
    knee_permille: int
    efficiency_permille: int

    def to_permille(self, stored_mwh: int, permille: int) -> float:
        """What is to be drawn to bring it from `stored_mwh` to a state of charge; below 0 where it has more."""
        return (self.capacity_mwh * permille - 1000 * stored_mwh) / self.efficiency_permille

    def curve(self, arrival_mwh: int, begin_mwh: float, wanted_mwh: float, limit_w: int) -> Curve:
        """The next stretch, under a limit, of a battery that was plugged in with `arrival_mwh` and has drawn
        `begin_mwh` of `wanted_mwh` since."""
        tau_us = self.capacity_mwh * (1000 - self.knee_permille) * (W_US_PER_MWH // 1000) / self.max_w
        full_mwh = self.to_permille(arrival_mwh, 1000)
        end_mwh = min(wanted_mwh, full_mwh - CUT_OFF_W * tau_us / W_US_PER_MWH)
        constant_w = min(limit_w, self.max_w * 1000 // self.efficiency_permille)
        if end_mwh <= begin_mwh or constant_w < CUT_OFF_W:
            end_us = 0.0 if end_mwh <= begin_mwh else None
            return Curve(begin_mwh=begin_mwh, end_mwh=begin_mwh, full_mwh=full_mwh, tau_us=tau_us, end_us=end_us)
        taper_mwh = min(max(full_mwh - constant_w * tau_us / W_US_PER_MWH, begin_mwh), end_mwh)
        taper_us = (taper_mwh - begin_mwh) * W_US_PER_MWH / constant_w
        return Curve(
            begin_mwh=begin_mwh,
            end_mwh=end_mwh,
            full_mwh=full_mwh,
            tau_us=tau_us,
            constant_w=constant_w,
            taper_mwh=taper_mwh,
            taper_us=taper_us,
            end_us=taper_us + tau_us * log((full_mwh - taper_mwh) / (full_mwh - end_mwh)),
        )
