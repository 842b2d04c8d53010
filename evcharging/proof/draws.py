"""What supplies draw by the world's own arithmetic: under the limits that engines acknowledged, by the vehicles that
came. Knows no role and no rule."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from math import exp, inf

from evcharging.common.messages import EndReason, Limit
from evcharging.common.moments import MICROSECOND
from evcharging.domain.supply import Supply
from evcharging.domain.vehicle import Visit
from evcharging.proof.circuits import Circuits
from evcharging.proof.granted import Granted
from evcharging.roles.engine.setup import EngineSetup

MOST_AC_W, LEAST_MA, CUT_OFF_W = 43_470, 6_000, 1_380
MOST_ON_ONE_W = 7_400
VOLTS = 230

W_US_PER_MWH = 3_600_000

Stretch = tuple[timedelta, Limit | None, int | None]
"""How long, under which limit and with which grant."""


@dataclass(slots=True)
class Draws:
    """`limits`: by point, what its engine acknowledged to keep to, from which moment on, by the world's clock.
    `journal`: what its journal says of that. `arrived`: the vehicle that came last; `visits`: whose session it is,
    and `begun`: since when, as its engine says. `wanted`: requests of operators; `decided`: by point, each limit
    that was ever in the ledger. `unheard`: by session that idles, in which run of Central, and for how many seconds
    nothing has been heard of its point. `rebels`: the share of vehicles that draw what they like. `ends`: by
    session, the moments by which it was to end."""

    limits: defaultdict[str, list[tuple[datetime, Limit | None]]] = field(default_factory=lambda: defaultdict(list))
    journal: dict[str, Limit | None] = field(default_factory=dict)
    arrived: dict[str, Visit] = field(default_factory=dict)
    visits: dict[str, Visit] = field(default_factory=dict)
    begun: dict[str, datetime] = field(default_factory=dict)
    wanted: dict[str, tuple[str, Limit | None]] = field(default_factory=dict)
    decided: defaultdict[str, list[Limit | None]] = field(default_factory=lambda: defaultdict(lambda: [None]))
    unheard: dict[str, tuple[int | None, int]] = field(default_factory=dict)
    granted: Granted = field(default_factory=Granted)
    rebels: float = 0.0
    ends: defaultdict[str, set[datetime | None]] = field(default_factory=lambda: defaultdict(set))
    circuits: Circuits = field(default_factory=Circuits)

    def began(self, cp_id: str, session_id: str, started_at: datetime) -> None:
        """A supply has begun, with the vehicle that came last; it may be noted again when another one has come."""
        if cp_id in self.arrived and self.begun.get(session_id) != started_at:
            self.begun[session_id] = started_at
            self.visits[session_id] = self.arrived[cp_id]

    def is_disobeyed(self, session_id: str) -> bool:
        """Whether the vehicle of a session draws what it likes."""
        visit = self.visits.get(session_id)
        return visit is not None and not visit.vehicle.obeys

    def limit_of(self, cp_id: str) -> Limit | None:
        """What the engine keeps to, as it said itself."""
        known = self.limits.get(cp_id)
        return known[-1][1] if known else None

    def acknowledge(self, now: datetime, cp_id: str, limit: Limit | None) -> None:
        """The engine keeps to this from now on."""
        if limit != self.limit_of(cp_id):
            self.limits[cp_id].append((now, limit))

    def died(self, now: datetime, cp_id: str) -> None:
        """Its process died: what it had not written down it never kept."""
        self.acknowledge(now, cp_id, self.journal.get(cp_id))
        self.granted.begin_again(now, cp_id)

    def forget(self, now: datetime, cp_id: str) -> None:
        """Its journal is lost."""
        self.journal.pop(cp_id, None)
        self.acknowledge(now, cp_id, None)
        self.granted.forget(now, cp_id)

    def stretches(self, cp_id: str, begun: datetime, elapsed: timedelta) -> Iterator[Stretch]:
        """How long which limit and which grant held, one after another, from a moment on."""
        end, since, limit, ma = begun + elapsed, begun, None, None
        limits, grants = self.limits.get(cp_id, []), self.granted.history(cp_id, end)
        for at in sorted({at for at, _ in limits} | {at for at, _ in grants}):
            if at >= end:
                break
            if at > since:
                yield at - since, limit, ma
                since = at
            limit = next((new for when, new in reversed(limits) if when <= at), None)
            ma = next((new for when, new in reversed(grants) if when <= at), None)
        yield end - since, limit, ma

    def has_left(self, setup: EngineSetup, supply: Supply) -> bool:
        """Whether it ended because its vehicle left, which at a point that works by itself needs no hand."""
        visit = self.visits.get(supply.session_id)
        if visit is None or visit.stay_us is None or setup.manual or supply.started_at is None:
            return False
        return supply.ended_at == supply.started_at + visit.stay_us * MICROSECOND

    def energy(self, setup: EngineSetup, supply: Supply, begun: datetime, elapsed: timedelta) -> tuple[int, int]:
        """What was drawn in a time, in mWh, and how far off that may be: not at all where the load is steady."""
        stretches = list(self.stretches(setup.cp_id, begun, elapsed))
        visit = self.visits.get(supply.session_id)
        if visit is not None:
            energy, slack = int(_taken(setup, visit, stretches)), 1 + len(stretches)
        else:
            watts = ((offer(setup.power_w, limit, granted_ma)[0], span) for span, limit, granted_ma in stretches)
            offered = sum(each_w * (span // MICROSECOND) for each_w, span in watts)
            energy, slack = int(Fraction(offered, W_US_PER_MWH)), 0
        return min(each for each in (energy, supply.limit_mwh, supply.paid_mwh) if each is not None), slack

    def expected(self, setup: EngineSetup, supply: Supply, begun: datetime, ended: datetime) -> tuple[int, int]:
        """What a supply gave that energy left until a true moment, and how far off that may be: what ends a supply by
        itself does so on time, though its engine may notice late."""
        elapsed = ended - begun
        is_steady = supply.session_id not in self.visits
        if supply.limit_mwh is None and is_steady and not setup.manual and setup.ticks is not None:
            elapsed = min(elapsed, setup.ticks * setup.interval)
        if (
            supply.ended_by in (EndReason.TIME_UP, EndReason.OVERDRAWN)
            and supply.ended_at is not None
            and supply.started_at is not None
        ):
            elapsed = min(elapsed, supply.ended_at - supply.started_at)
        return self.energy(setup, supply, begun, elapsed)


def offer(power_w: int, limit: Limit | None, granted_ma: int | None = None) -> tuple[int, int | None]:
    """What a point may give under a limit and a grant: in W, and in mA on each of its phases unless it is direct
    current, which loads three."""
    watts, ma = _limited(power_w, limit)
    if granted_ma is None:
        return watts, ma
    granted_w = granted_ma * VOLTS * (3 if ma is None else _phases(power_w)) // 1000
    if ma is None:
        return (min(watts, granted_w) if min(watts, granted_w) >= CUT_OFF_W else 0), None
    return (0, 0) if granted_ma < LEAST_MA or not watts else (min(watts, granted_w), min(ma, granted_ma))


def phases_of(power_w: int, visit: Visit | None) -> int:
    """How many phases of its site a point loads."""
    if power_w > MOST_AC_W:
        return 3
    return _phases(power_w) if visit is None else min(_phases(power_w), visit.vehicle.onboard_phases)


def _limited(power_w: int, limit: Limit | None) -> tuple[int, int | None]:
    most_w = power_w if limit is None or limit.watts is None else min(power_w, limit.watts)
    if power_w > MOST_AC_W:
        if limit is not None and limit.milliamperes is not None:
            most_w = min(most_w, limit.milliamperes * VOLTS // 1000)
        return (most_w if most_w >= CUT_OFF_W else 0), None
    volts = VOLTS * _phases(power_w)
    rated_ma, most_ma = (watts * 1000 // volts for watts in (power_w, most_w))
    if limit is not None and limit.milliamperes is not None:
        most_ma = min(most_ma, limit.milliamperes)
    if most_ma < LEAST_MA:
        return 0, 0
    return (most_w if most_ma == rated_ma else min(most_w, most_ma * volts // 1000)), most_ma


def _phases(power_w: int) -> int:
    return 1 if power_w <= MOST_ON_ONE_W else 3


def _taken(setup: EngineSetup, visit: Visit, stretches: list[Stretch]) -> float:
    """What a vehicle draws: constant power, and above the knee of its battery in proportion to the room there."""
    battery, us_left = visit.vehicle.battery, inf if setup.manual or visit.stay_us is None else visit.stay_us
    efficiency = battery.efficiency_permille / 1000
    room = full = (battery.capacity_mwh - visit.arrival_mwh) / efficiency
    # In hours, as energy is in mWh and power in mW.
    tau = battery.capacity_mwh * (1 - battery.knee_permille / 1000) / (battery.max_w * 1000)
    target = (battery.capacity_mwh * visit.target_permille / 1000 - visit.arrival_mwh) / efficiency
    least = full - min(full - CUT_OFF_W * 1000 * tau, target)
    for span, limit, granted_ma in stretches:
        us = min(span // MICROSECOND, us_left)
        us_left -= us
        takes_w = _takes(setup.power_w, visit, limit, granted_ma)
        power = 1000 * min(takes_w, battery.max_w * 1000 // battery.efficiency_permille)
        if power >= CUT_OFF_W * 1000 and room > least:
            room = max(_room_after(room, power, tau, us / 3.6e9), least)
    return full - room


def _room_after(room: float, power: float, tau: float, hours: float) -> float:
    knee = power * tau
    if room > knee:
        constant = min((room - knee) / power, hours)
        room, hours = room - power * constant, hours - constant
    return room if not hours else room * exp(-hours / tau)


def _takes(power_w: int, visit: Visit, limit: Limit | None, granted_ma: int | None) -> int:
    vehicle, (watts, ma) = visit.vehicle, offer(power_w, limit, granted_ma)
    if not vehicle.obeys and ma is not None and watts:
        return vehicle.onboard_ma * min(_phases(power_w), vehicle.onboard_phases) * VOLTS // 1000
    if ma is None:
        return min(watts, vehicle.dc_max_w)
    phases = min(_phases(power_w), vehicle.onboard_phases)
    return min(watts, min(ma, vehicle.onboard_ma) * phases * VOLTS // 1000)
