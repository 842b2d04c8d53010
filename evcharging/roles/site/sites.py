"""The sites of one partition: each counts its points by their state and what was billed there, and is as operators
describe it."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from evcharging.common.messages_site import DescribeSite, PointAtSite, PointLeftSite, SessionAtSite, SiteShown
from evcharging.common.site_description import about
from evcharging.common.states import CPState
from evcharging.domain.site import Site, SitePoint, counted, place_of
from evcharging.roles.cadences import FULL, Cadences
from evcharging.roles.role import NOTHING, ClockStepped, Effects, Input, Started
from evcharging.roles.site.descriptions import Descriptions
from evcharging.roles.timers import moved

SHOW_EVERY = timedelta(seconds=1)
"""How often a site is shown, at most."""

SILENT_AFTER = timedelta(seconds=9)
"""A point of which its Central has said nothing for so long is counted as DISCONNECTED."""

FORGOTTEN_AFTER = timedelta(seconds=30)
"""It is counted no more after this: what an old run of Central said of a point that has left may come late."""

NEVER = (0, 0)


class SiteCounts:
    """One site: `states` and `heard_at` are how its points stand and when that was last said, `newest` the number of
    that word, `billed` what was billed at each."""

    def __init__(self) -> None:
        self.states: dict[str, CPState] = {}
        self.heard_at: dict[str, datetime] = {}
        self.newest: dict[str, tuple[int, int]] = {}
        self.billed: dict[str, SitePoint] = {}

    def note(self, message: PointAtSite, now: datetime) -> bool:
        """Take in how a point stands; whether that is new."""
        if not self._is_news(message):
            return False
        before = self.states.get(message.cp_id)
        self.states[message.cp_id], self.heard_at[message.cp_id] = message.state, now
        return before is not message.state

    def leave(self, message: PointLeftSite) -> bool:
        """A point is there no more; whether it was."""
        if not self._is_news(message):
            return False
        self.heard_at.pop(message.cp_id, None)
        return self.states.pop(message.cp_id, None) is not None

    def _is_news(self, message: PointAtSite | PointLeftSite) -> bool:
        order = (message.epoch, message.seq)
        is_news = order > self.newest.get(message.cp_id, NEVER)
        if is_news:
            self.newest[message.cp_id] = order
        return is_news

    def doubt(self, now: datetime) -> None:
        """Count points of which nothing is heard any more as disconnected, and then no more."""
        for cp_id, at in [*self.heard_at.items()]:
            if now - at >= FORGOTTEN_AFTER:
                del self.states[cp_id], self.heard_at[cp_id]
            elif now - at >= SILENT_AFTER:
                self.states[cp_id] = CPState.DISCONNECTED


class Sites:
    """All sites of a partition, in one run of the shard with this `name`. `billed` and `described` are what the store
    has of them."""

    def __init__(
        self,
        name: str,
        epoch: int,
        billed: Iterable[SitePoint] = (),
        described: Iterable[Site] = (),
        cadences: Cadences = FULL,
    ) -> None:
        self.deadline: datetime | None = None
        self.sites: defaultdict[str, SiteCounts] = defaultdict(SiteCounts)
        self._epoch = epoch
        self._every = cadences.show_every
        self._seq = 0
        self._changed: set[str] = set()
        self._again_at: datetime | None = None
        self._descriptions = Descriptions(name, epoch, described)
        for site_id in self._descriptions.sites:
            self.sites[site_id] = SiteCounts()
        for point in billed:
            self.sites[point.site_id].billed[point.cp_id] = point

    def on_message(self, message: Input, now: datetime) -> Effects:
        if isinstance(message, PointAtSite):
            if self.sites[message.site_id].note(message, now):
                self._mark(message.site_id, now)
        elif isinstance(message, PointLeftSite):
            if self.sites[message.site_id].leave(message):
                self._mark(message.site_id, now)
        elif isinstance(message, SessionAtSite):
            return self._count(message, now)
        elif isinstance(message, DescribeSite):
            return self._describe(message, now)
        elif isinstance(message, Started):
            # Not before those that speak for points have said how they stand.
            self.deadline = self._again_at = now + (self._every or SHOW_EVERY)
        elif isinstance(message, ClockStepped):
            self._on_clock_stepped(message)
        return NOTHING

    def on_deadline(self, now: datetime) -> Effects:
        if self._again_at is not None and now >= self._again_at:
            self._again_at = None if self._every is None else now + self._every
            for counts in self.sites.values() if self._every else ():
                counts.doubt(now)
            self._changed.update(self.sites)
        changed, self._changed = sorted(self._changed), set()
        self.deadline = self._again_at
        return [self._shown(site_id, now) for site_id in changed]

    def _count(self, message: SessionAtSite, now: datetime) -> Effects:
        site_id, cp_id = message.site_id, message.cp_id
        billed = self.sites[site_id].billed
        before = billed.get(cp_id) or SitePoint(place=place_of(site_id, cp_id), site_id=site_id, cp_id=cp_id)
        after = billed[cp_id] = counted(before, message)
        if after is before:
            return NOTHING
        self._mark(site_id, now)
        return [after]

    def _describe(self, order: DescribeSite, now: datetime) -> Effects:
        """It is shown at once, so that whoever hears the answer sees it."""
        decision = self._descriptions.decide(order, now)
        shown = [self._shown(order.site_id, now)] if any(isinstance(each, Site) for each in decision) else []
        return [*decision[:-1], *shown, *decision[-1:]]

    def _mark(self, site_id: str, now: datetime) -> None:
        self._changed.add(site_id)
        soon = now + SHOW_EVERY
        self.deadline = soon if self.deadline is None else min(self.deadline, soon)

    def _shown(self, site_id: str, now: datetime) -> SiteShown:
        counts, site = self.sites[site_id], self._descriptions.sites.get(site_id)
        states, billed = Counter(counts.states.values()), counts.billed.values()
        self._seq += 1
        return SiteShown(
            ts=now,
            epoch=self._epoch,
            seq=self._seq,
            site_id=site_id,
            activated=states[CPState.ACTIVATED],
            supplying=states[CPState.SUPPLYING],
            stopped=states[CPState.STOPPED],
            fault=states[CPState.FAULT],
            disconnected=states[CPState.DISCONNECTED],
            sessions=sum(point.sessions for point in billed),
            energy_mwh=sum(point.energy_mwh for point in billed),
            micro_euros=sum(point.micro_euros for point in billed),
            about=about(site.description) if site is not None else None,
        )

    def _on_clock_stepped(self, clock: ClockStepped) -> None:
        self._descriptions.shift()
        self.deadline, self._again_at = moved(self.deadline, clock.by), moved(self._again_at, clock.by)
        for counts in self.sites.values():
            counts.heard_at = {cp_id: at + clock.by for cp_id, at in counts.heard_at.items()}
