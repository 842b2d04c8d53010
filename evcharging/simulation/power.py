"""What a simulation looks at where sites have a limit: the greatest power of a site, how long vehicles waited for
current, and the energy that they wanted and did not get. Decides nothing."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from evcharging.common.messages import CPTelemetry, EndReason, Message, SupplyEnded, SupplyStarted
from evcharging.common.utils import Frozen
from evcharging.domain.offer import offer_of
from evcharging.domain.supply import Supply
from evcharging.domain.vehicle import Visit
from evcharging.roles.role import Input
from evcharging.runtime.programs import Visits
from evcharging.runtime.work import Work

NOTICED = timedelta(seconds=1)
"""Who has current sooner has not waited for it."""

Draws = Callable[[str, datetime], int]


class PowerFigures(Frozen, frozen=True, kw_only=True):
    """`peak_w` is the greatest power of one site at once. `unmet_mwh`: what vehicles that have left still wanted.
    `current_waits`: supplies that waited for current, `mean_current_wait_s` how long those did on average."""

    peak_w: int = 0
    unmet_mwh: int = 0
    current_waits: int = 0
    mean_current_wait_s: float = 0.0


class PowerMeter:
    """Looks on at the host of the engines. `sites` are the points of each site; `draws` says what a point draws at a
    moment, in W."""

    quiet = frozenset[type[Message]]()

    def __init__(self, sites: Sequence[Sequence[str]], draws: Draws, power_w: Mapping[str, int]) -> None:
        self.peak_w = 0
        self.unmet_mwh = 0
        self._site_of = {cp_id: site for site in sites for cp_id in site}
        self._draws = draws
        self._power_w = power_w
        self._since: dict[str, datetime] = {}
        self._waits: list[timedelta] = []
        self._visits: dict[str, Visit] = {}

    def watched(self, visits: Visits) -> Visits:
        """The same vehicles, each seen as it comes."""

        def seen(cp_id: str) -> Iterator[Visit] | None:
            coming = visits(cp_id)
            return None if coming is None else self._each(cp_id, coming)

        return seen

    def _each(self, cp_id: str, coming: Iterator[Visit]) -> Iterator[Visit]:
        for visit in coming:
            self._visits[cp_id] = visit
            yield visit

    def committed(self, work: Work) -> None:
        """See what engines say."""
        for message in work.outgoing:
            match message:
                case CPTelemetry():
                    self._read(message)
                case SupplyStarted():
                    self._since[message.cp_id] = message.ts
                case SupplyEnded():
                    self._begin_to_draw(message.cp_id, message.ts)
        for _, record in work.commit.records:
            if isinstance(record, Supply) and record.unplugged_at is None and record.ended_by is EndReason.UNPLUGGED:
                self._leave(record)

    def _read(self, reading: CPTelemetry) -> None:
        if reading.kw:
            self._begin_to_draw(reading.cp_id, reading.ts)
            at_site = (self._draws(cp_id, reading.ts) for cp_id in self._site_of.get(reading.cp_id, ()))
            self.peak_w = max(self.peak_w, sum(at_site))

    def _begin_to_draw(self, cp_id: str, at: datetime) -> None:
        since = self._since.pop(cp_id, None)
        if since is not None and at - since >= NOTICED:
            self._waits.append(at - since)

    def _leave(self, supply: Supply) -> None:
        visit = self._visits.get(supply.cp_id)
        if visit is not None:
            curve = visit.under(offer_of(self._power_w[supply.cp_id])).curve
            wanted_mwh = int(curve.end_mwh - curve.begin_mwh)
            if supply.limit_mwh is not None:
                wanted_mwh = min(wanted_mwh, supply.limit_mwh)
            self.unmet_mwh += max(wanted_mwh - (supply.register_stop_mwh - supply.register_start_mwh), 0)

    def failed(self, address: str, message: Input | None, error: Exception) -> None:
        """No role may fail on anything."""
        raise error

    def figures(self) -> PowerFigures:
        """All of it."""
        total = sum(self._waits, timedelta()).total_seconds()
        return PowerFigures(
            peak_w=self.peak_w,
            unmet_mwh=self.unmet_mwh,
            current_waits=len(self._waits),
            mean_current_wait_s=round(total / len(self._waits), 3) if self._waits else 0.0,
        )
