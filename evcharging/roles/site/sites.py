"""The sites of one partition: each counts its points by their state and what was billed there, has a queue of those who
ask for any point of it, and is as operators describe it."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from evcharging.common.messages import Message
from evcharging.common.messages_queue import LeaveQueue, OfferReply, SiteRequest
from evcharging.common.messages_reservations import ReservationLost, ReservationServed, ReserveAtSite, ReserveReply
from evcharging.common.messages_site import (
    DescribeSite,
    PointAtSite,
    PointLeftSite,
    RemoveFromQueue,
    SessionAtSite,
    SiteShown,
)
from evcharging.common.site_description import about
from evcharging.common.states import CPState
from evcharging.domain.queue import QueueEntry
from evcharging.domain.record import Record
from evcharging.domain.site import Site, SitePoint, counted, place_of
from evcharging.domain.site_power import SitePower
from evcharging.domain.site_reservation import SiteReservation
from evcharging.roles.cadences import FULL, Cadences
from evcharging.roles.role import NOTHING, ClockStepped, Effect, Effects, Input, Started
from evcharging.roles.site.counts import SiteCounts
from evcharging.roles.site.descriptions import Descriptions
from evcharging.roles.site.parts import Handlers, Timeouts
from evcharging.roles.site.power import Power
from evcharging.roles.site.queues import Queues
from evcharging.roles.site.reservations import SiteReservations
from evcharging.roles.timers import Timers
from evcharging.roles.voice import Voice

SHOW_EVERY = timedelta(seconds=1)
"""How often a site is shown, at most."""

SETTLED_AFTER = timedelta(seconds=10)
"""After this a site of which nothing was said is none: those that speak for points have said how they stand."""

SHOW, AGAIN, SETTLED = "show", "again", "settled"


class Sites:
    """All sites of a partition, in one run of the shard with this `name`. `billed`, `described`, `entries`,
    `reserved` and `granted` are what the store has of them."""

    def __init__(
        self,
        name: str,
        epoch: int,
        billed: Iterable[SitePoint] = (),
        described: Iterable[Site] = (),
        cadences: Cadences = FULL,
        entries: Iterable[QueueEntry] = (),
        reserved: Iterable[SiteReservation] = (),
        granted: Iterable[SitePower] = (),
    ) -> None:
        self.sites: defaultdict[str, SiteCounts] = defaultdict(SiteCounts)
        self._timers = Timers()
        self._every = cadences.show_every
        self._voice = Voice(epoch)
        self._changed: set[str] = set()
        self._descriptions = Descriptions(name, epoch, described)
        self._queues = Queues(self._voice, self._timers, self.sites, entries)
        self._reservations = SiteReservations(self._voice, self._timers, self.sites, reserved, cadences.terms)
        self._power = Power(self._voice, self._timers, granted, self._every)
        self._handlers: Handlers = {
            PointAtSite: self._on_point,
            PointLeftSite: self._on_left,
            SessionAtSite: self._on_session,
            DescribeSite: self._describe,
            RemoveFromQueue: lambda order, now: self._descriptions.remove(order, self._queues, now),
            Started: self._on_started,
            ClockStepped: self._on_clock_stepped,
            **self._queues.handlers,
            **self._reservations.handlers,
            **self._power.handlers,
        }
        self._timeouts: Timeouts = {
            SHOW: self._show_changed,
            AGAIN: self._show_again,
            SETTLED: lambda _, now: self._queues.on_settled(now),
            **self._queues.timeouts,
            **self._reservations.timeouts,
            **self._power.timeouts,
        }
        for site_id in self._descriptions.sites:
            self.sites[site_id] = SiteCounts()
        for point in billed:
            self.sites[point.site_id].billed[point.cp_id] = point

    @property
    def deadline(self) -> datetime | None:
        """When it wants to be woken."""
        return self._timers.earliest

    def on_message(self, message: Input, now: datetime) -> Effects:
        handler = self._handlers.get(type(message))
        return handler(message, now) if handler is not None else NOTHING

    def on_deadline(self, now: datetime) -> Effects:
        effects: list[Effect] = []
        while due := self._timers.pop_due(now):
            kind, key = due
            effects += self._timeouts[kind](key, now)
        return effects

    def forgotten(self, message: Message) -> Sequence[tuple[type[Record], str]]:
        """The request that a driver speaks of, when it is no longer in mind."""
        if isinstance(message, ReserveAtSite | ReserveReply | ReservationLost | ReservationServed):
            is_known = self._reservations.knows(message.request_id)
            return [] if is_known else [(SiteReservation, message.request_id)]
        if not isinstance(message, SiteRequest | OfferReply | LeaveQueue | RemoveFromQueue):
            return []
        request_id = message.queued_id if isinstance(message, RemoveFromQueue) else message.request_id
        return [(QueueEntry, request_id)] if self._queues.entries.known(request_id) is None else []

    def remember(self, record: Record) -> None:
        """Take a request back into mind."""
        if isinstance(record, SiteReservation):
            self._reservations.remember(record)
        else:
            self._queues.entries.remember(record)

    def _on_started(self, _: Started, now: datetime) -> Effects:
        # Not before those that speak for points have said how they stand.
        self._timers.set(AGAIN, "", now + (self._every or SHOW_EVERY))
        self._timers.set(SETTLED, "", now + SETTLED_AFTER)
        self._queues.resume(now)
        self._reservations.resume(now)
        return [effect for site in self._descriptions.sites.values() for effect in self._power.describe(site, now)]

    def _on_point(self, message: PointAtSite, now: datetime) -> Effects:
        if self.sites[message.site_id].note(message, now):
            self._mark(message.site_id, now)
        return [*self._queues.on_change(message.site_id, now), *self._power.on_point(message, now)]

    def _on_left(self, message: PointLeftSite, now: datetime) -> Effects:
        if self.sites[message.site_id].leave(message):
            self._mark(message.site_id, now)
        return self._queues.on_change(message.site_id, now)

    def _on_session(self, message: SessionAtSite, now: datetime) -> Effects:
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
        said = [each for each in decision if isinstance(each, Site)]
        shown = [self._shown(order.site_id, now)] if said else []
        power = [effect for site in said for effect in self._power.describe(site, now)]
        return [*decision[:-1], *shown, *power, *decision[-1:]]

    def _on_clock_stepped(self, clock: ClockStepped, now: datetime) -> Effects:
        self._timers.shift(clock.by)
        self._queues.places.shift()
        self._reservations.resume(now)
        self._descriptions.shift()
        self._power.shift(clock.by)
        for counts in self.sites.values():
            counts.shift(clock.by)
        return NOTHING

    def _mark(self, site_id: str, now: datetime) -> None:
        self._changed.add(site_id)
        self._timers.sooner(SHOW, "", now + SHOW_EVERY)

    def _show_again(self, _: str, now: datetime) -> Effects:
        """Show all sites, and doubt the points of which nothing is heard."""
        if self._every is not None:
            self._timers.set(AGAIN, "", now + self._every)
            for counts in self.sites.values():
                counts.doubt(now)
        self._changed.update(self.sites)
        return self._show_changed("", now)

    def _show_changed(self, _: str, now: datetime) -> Effects:
        self._timers.cancel(SHOW, "")
        changed, self._changed = sorted(self._changed), set()
        return [self._shown(site_id, now) for site_id in changed]

    def _shown(self, site_id: str, now: datetime) -> SiteShown:
        counts, site = self.sites[site_id], self._descriptions.sites.get(site_id)
        states = Counter(point.state for point in counts.points.values())
        billed = counts.billed.values()
        return self._voice.say(
            SiteShown,
            ts=now,
            site_id=site_id,
            activated=states[CPState.ACTIVATED],
            supplying=states[CPState.SUPPLYING],
            stopped=states[CPState.STOPPED],
            fault=states[CPState.FAULT],
            disconnected=states[CPState.DISCONNECTED],
            sessions=sum(point.sessions for point in billed),
            energy_mwh=sum(point.energy_mwh for point in billed),
            micro_euros=sum(point.micro_euros for point in billed),
            waiting=len(self._queues.entries.at(site_id)),
            about=about(site.description) if site is not None else None,
        )
