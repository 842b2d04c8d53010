"""A supply while it runs: what draws, and what lies ahead if nothing changes. Knows no message and no journal."""

from bisect import bisect_right
from collections.abc import Iterator
from datetime import datetime, timedelta

from evcharging.common.messages import EndReason
from evcharging.common.moments import MICROSECOND
from evcharging.domain.load import load_of
from evcharging.domain.offer import Offer
from evcharging.domain.supply import Supply
from evcharging.domain.tariff import power_tiers
from evcharging.domain.tariff_hours import next_edge
from evcharging.domain.vehicle import Visit, phases_used
from evcharging.roles.engine.needs import Needs, to_ma
from evcharging.roles.engine.setup import EngineSetup

OVERDRAWN_FOR = timedelta(seconds=5)
"""A vehicle may take so long to follow what it is offered (IEC 61851-1); then its supply ends."""


class RunningSupply:
    """`begun` is when energy began to flow, `edge` the next moment at which the price may change. `overdrawn_until`:
    when it ends, where its vehicle draws more than it is offered until then."""

    def __init__(self, supply: Supply, setup: EngineSetup, offer: Offer, visit: Visit | None, begun: datetime) -> None:
        self.begun = begun
        self.edge: datetime | None = None
        self.overdrawn_until: datetime | None = None
        self._load = load_of(offer, visit)
        self._supply = supply
        self._setup = setup
        self._visit = visit
        self.phases = phases_used(setup.power_w, visit)
        self._tiers = () if supply.tariff is None else power_tiers(supply.tariff)
        self._ends_at = self._find_end()
        self.look_ahead(begun)
        self._watch(offer, begun)

    def register_at(self, at: datetime) -> int:
        """The register at a moment, by what was drawn, and by the limit of the supply."""
        energy, most = self._load.energy_mwh(at - self.begun), self._most_mwh
        return self._supply.register_start_mwh + (energy if most is None or energy < most else most)

    @property
    def _most_mwh(self) -> int | None:
        """How much it may draw in all."""
        limits = [each for each in (self._supply.limit_mwh, self._supply.paid_mwh) if each is not None]
        return min(limits, default=None)

    def power_w(self, at: datetime) -> int:
        """The power that flows at a moment."""
        return self._load.power_w(at - self.begun)

    def needs(self, offer: Offer, at: datetime) -> Needs:
        """What it wants where this is offered, and draws."""
        elapsed, supply = at - self.begun, self._supply
        watts, left_mwh = self._load.wants(offer, elapsed)
        if (most_mwh := self._most_mwh) is not None:
            limit_mwh = max(most_mwh - self._load.energy_mwh(elapsed), 0)
            left_mwh = limit_mwh if left_mwh is None else min(left_mwh, limit_mwh)
        departs = [moment for moment in (supply.ends_by, self._left_at()) if moment is not None]
        return Needs(
            wanted_ma=to_ma(watts, self.phases),
            measured_ma=to_ma(self._load.power_w(elapsed), self.phases),
            phases=self.phases,
            arrived_at=self.begun,
            departs_at=min(departs, default=None),
            wanted_mwh=left_mwh,
        )

    def offer(self, offer: Offer, at: datetime) -> bool:
        """Begin the next segment; whether another price may count in it."""
        before = bisect_right(self._tiers, self.power_w(at))
        self._load = self._load.under(offer, at - self.begun)
        self._ends_at = self._find_end()
        self.look_ahead(at)
        self._watch(offer, at)
        return before != bisect_right(self._tiers, self.power_w(at))

    def look_ahead(self, at: datetime) -> None:
        """Find the next moment after this one at which the price may change, by the clock or by the power."""
        tariff = self._supply.tariff
        self.edge = None if tariff is None else next_edge(tariff, self.begun, at)
        for tier in self._tiers:
            falls = self._moment(self._load.falls_below(tier))
            if falls is not None and falls > at and (self.edge is None or falls < self.edge):
                self.edge = falls

    def over(self, at: datetime) -> EndReason | None:
        """Why it ends by itself at this moment; None if it goes on."""
        if self._ends_at is not None and at >= self._ends_at:
            left_at = self._left_at()
            if left_at is not None and at >= left_at:
                return EndReason.UNPLUGGED
            return EndReason.HOLD_USED if self._is_unpaid(at) else EndReason.COMPLETE
        if self.overdrawn_until is not None and at >= self.overdrawn_until:
            return EndReason.OVERDRAWN
        ends_by = self._supply.ends_by
        return EndReason.TIME_UP if ends_by is not None and at >= ends_by else None

    def _is_unpaid(self, at: datetime) -> bool:
        """Whether it ends because there is no money for more, and not because it has what was asked for."""
        paid, asked = self._supply.paid_mwh, self._supply.limit_mwh
        if paid is None or (asked is not None and asked <= paid):
            return False
        return self._load.energy_mwh(at - self.begun) >= paid

    def extend(self, supply: Supply, at: datetime) -> None:
        """There is money for more."""
        self._supply = supply
        self._ends_at = self._find_end()
        self.look_ahead(at)

    def moments(self) -> tuple[datetime | None, ...]:
        """The moments that lie ahead at which it must be read."""
        return self._ends_at, self.edge, self._supply.ends_by, self.overdrawn_until

    def leaves_at(self, ended: datetime) -> datetime | None:
        """When its vehicle is unplugged, where it ends now; None where there is none, and where it waits for a hand."""
        if self._visit is None or self._setup.manual:
            return None
        lingers, left_at = ended + self._visit.linger_us * MICROSECOND, self._left_at()
        return lingers if left_at is None else max(min(lingers, left_at), ended)

    def follow(self, supply: Supply) -> None:
        """It is to end sooner, by its `ends_by`."""
        self._supply = supply

    def shift(self, supply: Supply, by: timedelta, read_at: datetime) -> None:
        """The clock was set. `ends_by` is a moment of the world, and does not move."""
        self._supply = supply
        self.begun += by
        self._ends_at = self._ends_at and self._ends_at + by
        self.overdrawn_until = self.overdrawn_until and self.overdrawn_until + by
        self.look_ahead(read_at)

    def _watch(self, offer: Offer, at: datetime) -> None:
        """Note whether its vehicle draws more than it is offered from now on."""
        if self._visit is None or self._visit.vehicle.obeys or self.power_w(at) <= offer.watts:
            self.overdrawn_until = None
        elif self.overdrawn_until is None:
            self.overdrawn_until = at + OVERDRAWN_FOR

    def _find_end(self) -> datetime | None:
        return min((at for at in map(self._moment, self._ends()) if at is not None), default=None)

    def _ends(self) -> Iterator[timedelta | None]:
        yield self._load.done_at()
        if self._supply.limit_mwh is not None and self._setup.power_w:
            yield self._load.time_of(self._supply.limit_mwh)
        elif self._visit is None:
            yield self._setup.lasts
        if self._supply.paid_mwh is not None and self._setup.power_w:
            yield self._load.time_of(self._supply.paid_mwh)

    def _left_at(self) -> datetime | None:
        stay_us = None if self._visit is None else self._visit.stay_us
        return None if stay_us is None else self._moment(stay_us * MICROSECOND)

    def _moment(self, elapsed: timedelta | None) -> datetime | None:
        return None if elapsed is None else self.begun + elapsed
