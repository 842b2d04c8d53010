"""The queues of the sites of one partition: who asks for any point of a site gets the best one that is free, or waits
until one is kept for that request. First come, first served; a request has one point at a time, a point one request."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from evcharging.common.messages_queue import (
    AskOutcome,
    LeaveQueue,
    OfferReply,
    PointAsk,
    PointReply,
    QueueStatus,
    QueueUpdate,
    SiteRequest,
    UnreadableAtSite,
    Want,
)
from evcharging.common.messages_site import PointAtSite, RemoveFromQueue
from evcharging.domain.queue import (
    HOLD_FOR,
    HOPELESS_AFTER,
    LONGEST_WAIT,
    MOST_WAITING,
    OFFER_FOR,
    WITH_A_POINT,
    QueueEntry,
    asking,
    best,
    ended_entry,
    entered,
    is_asked_by,
    offered,
    served,
    waiting,
    waiting_again,
)
from evcharging.roles.role import NOTHING, Effect, Effects
from evcharging.roles.site.counts import NEVER, Order, SiteCounts
from evcharging.roles.site.entries import Entries
from evcharging.roles.site.parts import Handlers, Timeouts
from evcharging.roles.site.places import PLACES, Places
from evcharging.roles.timers import Timers
from evcharging.roles.voice import Voice

OFFER, WAITED, HOPELESS = "offer", "waited", "no point in service"
"""What is waited for: an answer to an offer, any point at all, and that a point of the site is in service again."""

UNKNOWN = "{} is not a known site"
REMOVED = "an operator took the request out of the queue"
USED = "this request id was already used for another request"


class Queues:
    """All queues of a partition, in one run: `counts` is what is known of each site, `entries` those that are open."""

    def __init__(
        self, voice: Voice, timers: Timers, counts: Mapping[str, SiteCounts], entries: Iterable[QueueEntry]
    ) -> None:
        self._is_settled = False
        self.entries = Entries(entries)
        self.places = Places(voice, timers, self.entries, counts)
        self._voice = voice
        self._timers = timers
        self._counts = counts
        self._not_before: defaultdict[str, dict[str, Order]] = defaultdict(dict)

    def resume(self, now: datetime) -> None:
        """Go on with what an earlier run left; a moment by its clock is at most as far away as it ever can be."""
        for entry in self.entries:
            self._timers.set(WAITED, entry.request_id, max(now, min(entry.asked_at, now) + LONGEST_WAIT))
            if entry.offered_until is not None:
                until = min(entry.offered_until, now + OFFER_FOR)
                self._timers.set(OFFER, entry.request_id, max(now, until))
            self._timers.sooner(HOPELESS, entry.site_id, now + HOPELESS_AFTER)

    # What drivers say

    @property
    def handlers(self) -> Handlers:
        """What it hears."""
        return {
            SiteRequest: self.on_request,
            OfferReply: self.on_offer_reply,
            LeaveQueue: self.on_leave,
            UnreadableAtSite: self.on_unreadable,
            PointReply: self.on_reply,
        }

    @property
    def timeouts(self) -> Timeouts:
        """What is done when its timers ring."""
        return {
            PLACES: self.places.tell,
            OFFER: self.on_offer_over,
            WAITED: self.on_waited,
            HOPELESS: self.on_hopeless,
        }

    def on_request(self, request: SiteRequest, now: datetime) -> Effects:
        """Serve a request at once, or let it wait; one that is known is answered again."""
        known = self.entries.known(request.request_id)
        if known is not None and is_asked_by(known, request):
            return self.places.answered(known, now)
        entry = entered(request, self.entries.next_number(), now)
        if known is not None:
            return [self.places.update(ended_entry(entry, QueueStatus.DENIED, USED, now), now, USED)]
        if (refusal := self._why_not(request)) is not None:
            return self._end(entry, QueueStatus.DENIED, refusal, now)
        self.entries.put(entry)
        self._timers.set(WAITED, entry.request_id, now + LONGEST_WAIT)
        effects = self.serve(entry.site_id, now)
        if (self.entries.known(entry.request_id) or entry).cp_id is not None:
            return effects
        entry = self.entries.put(waiting(entry))
        if not self._is_in_service(entry.site_id):
            self._timers.sooner(HOPELESS, entry.site_id, now + HOPELESS_AFTER)
        self.places.look(entry.site_id, now)
        return [*effects, entry, *self.places.answered(entry, now)]

    def on_offer_reply(self, reply: OfferReply, now: datetime) -> Effects:
        """A driver takes the point that is kept, or leaves it to the next; later than that it is answered again."""
        entry = self._of_driver(reply)
        if entry is None:
            return NOTHING
        if entry.status is not QueueStatus.OFFERED or entry.cp_id is None:
            return self.places.answered(entry, now)
        if not reply.take:
            return self._leave(entry, now)
        self._timers.cancel(OFFER, entry.request_id)
        return self._ask(entry, entry.cp_id, Want.START, now)

    def on_leave(self, message: LeaveQueue, now: datetime) -> Effects:
        """A driver waits no more; of one whose point begins, the session is ended like any other."""
        entry = self._of_driver(message)
        if entry is None:
            return NOTHING
        is_leaving = entry.is_open and entry.status is not QueueStatus.STARTING
        return self._leave(entry, now) if is_leaving else self.places.answered(entry, now)

    def why_not_removed(self, order: RemoveFromQueue) -> str | None:
        """Why an operator cannot take a request out of a queue, in one sentence; None where that can be."""
        entry = self.entries.known(order.queued_id)
        if entry is None or entry.site_id != order.site_id:
            return f"{order.queued_id} is not a request at {order.site_id}"
        if entry.status is QueueStatus.STARTING:
            return f"{order.queued_id} begins to charge: end its session instead"
        return None if entry.is_open else f"{order.queued_id} does not wait: it is {entry.status.lower()}"

    def remove(self, order: RemoveFromQueue, now: datetime) -> Effects:
        """Take it out; its driver hears that an operator did."""
        entry = self.entries.known(order.queued_id)
        return NOTHING if entry is None else self._end(entry, QueueStatus.DENIED, REMOVED, now)

    def on_unreadable(self, request: UnreadableAtSite, now: datetime) -> Effects:
        """Its driver hears why, or how a request stands that was read before. Nothing is recorded, so that the same id
        may be used once the request is right."""
        known = self.entries.known(request.request_id)
        if known is not None and (known.driver_id, known.site_id) == (request.driver_id, request.site_id):
            return self.places.answered(known, now)
        reason = f"the request cannot be read: {request.reason}"[:500]
        denial = QueueUpdate(
            ts=now,
            request_id=request.request_id,
            driver_id=request.driver_id,
            site_id=request.site_id,
            status=QueueStatus.DENIED,
            reason=reason,
        )
        return [self._voice.numbered(denial)]

    def _of_driver(self, message: OfferReply | LeaveQueue) -> QueueEntry | None:
        entry = self.entries.known(message.request_id)
        is_theirs = entry is not None and (entry.driver_id, entry.site_id) == (message.driver_id, message.site_id)
        return entry if is_theirs else None

    def _why_not(self, request: SiteRequest) -> str | None:
        """Why a request is denied at once, in one sentence."""
        site_id = request.site_id
        if self._is_settled and not self._is_known(site_id):
            return UNKNOWN.format(site_id)
        waiting_there = self.entries.at(site_id)
        if any(entry.driver_id == request.driver_id for entry in waiting_there):
            return f"{request.driver_id} waits at {site_id} already: leave that queue first, or wait on"
        return f"the queue at {site_id} is full: try again later" if len(waiting_there) >= MOST_WAITING else None

    # What points say

    def on_reply(self, reply: PointReply, now: datetime) -> Effects:
        """A point has begun, is kept, or is not to be had: then its request keeps its place."""
        self._not_before[reply.site_id][reply.cp_id] = (reply.epoch, reply.seq)
        entry = self.entries.known(reply.request_id)
        if entry is None or (entry.ask_epoch, entry.ask_seq) != (reply.ask_epoch, reply.ask_seq):
            return NOTHING
        match reply.outcome, entry.status:
            case AskOutcome.STARTED, QueueStatus.STARTING:
                return self._served(entry, reply, now)
            case AskOutcome.HELD, QueueStatus.HOLDING:
                return self._offer(entry, now)
            case AskOutcome.REFUSED, QueueStatus.STARTING | QueueStatus.HOLDING:
                return self._again(entry, now)
        return NOTHING

    def _served(self, entry: QueueEntry, reply: PointReply, now: datetime) -> Effects:
        self._forget(entry, now)
        return [self.entries.put(served(entry, reply.session_id, now))]

    def _offer(self, entry: QueueEntry, now: datetime) -> Effects:
        entry = self.entries.put(offered(entry, now))
        self._timers.set(OFFER, entry.request_id, now + OFFER_FOR)
        self.places.look(entry.site_id, now)
        return [entry, self.places.update(entry, now)]

    def _again(self, entry: QueueEntry, now: datetime) -> Effects:
        kept = self.entries.put(waiting_again(entry))
        effects = self.serve(entry.site_id, now)
        after = self.entries.known(entry.request_id) or kept
        if after.cp_id is not None:
            return effects
        after = self.entries.put(waiting(after))
        self.places.look(entry.site_id, now)
        return [*effects, after, *self.places.answered(after, now)]

    # Who is served

    def on_change(self, site_id: str, now: datetime) -> Effects:
        """A point of a site stands otherwise than before: it may serve somebody, or may be the last one to go."""
        if not self.entries.at(site_id):
            return NOTHING
        if self._is_in_service(site_id):
            self._timers.cancel(HOPELESS, site_id)
        elif not self._timers.is_set(HOPELESS, site_id):
            self._timers.set(HOPELESS, site_id, now + HOPELESS_AFTER)
        self.places.look(site_id, now)
        return self.serve(site_id, now)

    def serve(self, site_id: str, now: datetime) -> list[Effect]:
        """Ask for a point for each who waits, in their order, as long as there are free ones."""
        entries = self.entries.at(site_id)
        counts = self._counts.get(site_id)
        if counts is None or all(entry.status is not QueueStatus.QUEUED for entry in entries):
            return []
        used = {cp_id: billed.sessions for cp_id, billed in counts.billed.items()}
        free, effects = self._free(site_id, counts), list[Effect]()
        for entry in entries:
            if entry.status is QueueStatus.QUEUED and (cp_id := best(free.values(), used, entry.request_id)):
                del free[cp_id]
                effects += self._ask(entry, cp_id, Want.HOLD if entry.has_waited else Want.START, now)
        return effects

    def _free(self, site_id: str, counts: SiteCounts) -> dict[str, PointAtSite]:
        """The points that are free by their newest word, if that was said after they were last asked, and that no one
        else here has."""
        taken = {entry.cp_id for entry in self.entries.at(site_id) if entry.status in WITH_A_POINT}
        not_before = self._not_before[site_id]
        return {
            cp_id: point
            for cp_id, point in counts.points.items()
            if point.free and cp_id not in taken and (point.epoch, point.seq) > not_before.get(cp_id, NEVER)
        }

    def _ask(self, entry: QueueEntry, cp_id: str, want: Want, now: datetime) -> list[Effect]:
        ask = self._say_ask(entry, cp_id, want, now)
        return [self.entries.put(asking(entry, cp_id, want, (ask.epoch, ask.seq))), ask]

    def _say_ask(self, entry: QueueEntry, cp_id: str, want: Want, now: datetime) -> PointAsk:
        return self._voice.say(
            PointAsk,
            ts=now,
            site_id=entry.site_id,
            cp_id=cp_id,
            request_id=entry.request_id,
            driver_id=entry.driver_id,
            want=want,
            limit_mwh=entry.limit_mwh,
            minutes=entry.minutes,
            payment_method=entry.payment_method,
            hold_s=int(HOLD_FOR.total_seconds()) if want is Want.HOLD else 0,
        )

    # How it ends without a session

    def on_offer_over(self, request_id: str, now: datetime) -> Effects:
        """Nobody has answered: the point goes to the next."""
        return self._give_up(request_id, QueueStatus.OFFERED, "the offer was not answered in time", now)

    def on_waited(self, request_id: str, now: datetime) -> Effects:
        """Nothing was free for very long."""
        entry, hours = self.entries.known(request_id), int(LONGEST_WAIT.total_seconds() // 3600)
        if entry is not None and entry.status in WITH_A_POINT:
            self._timers.set(WAITED, request_id, now + OFFER_FOR)
        return self._give_up(request_id, QueueStatus.QUEUED, f"no point was free for {hours} hours", now)

    def _give_up(self, request_id: str, status: QueueStatus, reason: str, now: datetime) -> Effects:
        entry = self.entries.known(request_id)
        if entry is None or entry.status is not status:
            return NOTHING
        return self._end(entry, QueueStatus.EXPIRED, reason, now)

    def on_hopeless(self, site_id: str, now: datetime) -> Effects:
        """Where no point is in service for long, nobody is left to wait."""
        if self._is_in_service(site_id):
            return NOTHING
        reason = f"no point of {site_id} is in service"
        left = (entry for entry in self.entries.at(site_id) if entry.status is QueueStatus.QUEUED)
        return [effect for entry in left for effect in self._end(entry, QueueStatus.DENIED, reason, now)]

    def on_settled(self, now: datetime) -> list[Effect]:
        """Who speaks for points has had the time to say which there are: a site without any is none."""
        self._is_settled = True
        waiting_there = [entry for entry in self.entries if entry.status is QueueStatus.QUEUED]
        lost = [entry for entry in waiting_there if not self._is_known(entry.site_id)]
        ends = (self._end(entry, QueueStatus.DENIED, UNKNOWN.format(entry.site_id), now) for entry in lost)
        return [effect for each in ends for effect in each]

    def _is_known(self, site_id: str) -> bool:
        counts = self._counts.get(site_id)
        return counts is not None and counts.is_known

    def _is_in_service(self, site_id: str) -> bool:
        counts = self._counts.get(site_id)
        return counts is not None and counts.is_in_service

    def _leave(self, entry: QueueEntry, now: datetime) -> Effects:
        return self._end(entry, QueueStatus.LEFT, "its driver left", now)

    def _end(self, entry: QueueEntry, status: QueueStatus, reason: str, now: datetime) -> list[Effect]:
        """Without a session; the point that is kept for it is let go."""
        effects: list[Effect] = []
        if entry.cp_id is not None:
            effects.append(self._say_ask(entry, entry.cp_id, Want.RELEASE, now))
        self._forget(entry, now)
        ended = self.entries.put(ended_entry(entry, status, reason, now))
        return [*effects, ended, self.places.update(ended, now, reason)]

    def _forget(self, entry: QueueEntry, now: datetime) -> None:
        self._timers.cancel(OFFER, entry.request_id)
        self._timers.cancel(WAITED, entry.request_id)
        self.places.forget(entry.request_id)
        self.places.look(entry.site_id, now)
