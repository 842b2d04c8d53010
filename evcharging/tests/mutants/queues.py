"""Mutants of the queues at sites, and of points that are kept."""

from collections.abc import Mapping
from datetime import datetime

from evcharging.adapters.store import Ledger
from evcharging.common.messages_queue import AskOutcome, PointAsk, PointReply, Want
from evcharging.common.messages_site import PointAtSite
from evcharging.common.utils import changed
from evcharging.domain.queue import QueueEntry, offered, waiting_again
from evcharging.roles.cadences import Cadences
from evcharging.roles.central import asks, central, requests, room
from evcharging.roles.central.shard import LivePoint, Shard
from evcharging.roles.role import NOTHING, Effect, Effects
from evcharging.roles.site import queues
from evcharging.roles.site.counts import SiteCounts
from evcharging.roles.site.entries import Entries
from evcharging.roles.site.queues import Queues
from evcharging.roles.site.sites import Sites
from evcharging.runtime import central_program
from evcharging.runtime.families import Family
from evcharging.tests.mutants.mutant import Target, mutant


@mutant("queue-place-lost")
def queue_place_lost() -> list[Target]:
    """Whose point is not to be had goes to the end of the queue."""

    def at_the_end(entry: QueueEntry) -> QueueEntry:
        return changed(waiting_again(entry), number=entry.number + 1_000)

    return [(queues, "waiting_again", at_the_end)]


@mutant("queue-forgotten")
def queue_forgotten() -> list[Target]:
    """Who takes over a site does not know who waits there."""

    def without(
        store: Ledger, partitions: int, epochs: Mapping[str, int], cadences: Cadences
    ) -> list[tuple[str, Sites]]:
        return [(shard, Sites(shard, epoch, (), (), cadences)) for shard, epoch in epochs.items()]

    forgetting = [
        Family(family.prefix, family.reads, family.recalled, without) if family is central_program.SITES else family
        for family in central_program.FAMILIES
    ]
    return [(central_program, "FAMILIES", tuple(forgetting))]


@mutant("asked-twice-done-twice")
def asked_twice_done_twice() -> list[Target]:
    """A point does what a site asks as often as it hears it."""

    def again(shard: Shard, ask: PointAsk, now: datetime) -> Effects:
        shard.asks.clear()
        return on_ask(shard, ask, now)

    on_ask = asks.on_ask
    return [(central, "_HANDLERS", {**central._HANDLERS, PointAsk: again})]


@mutant("hold-ignored")
def hold_ignored() -> list[Target]:
    """A point that is kept for somebody serves whoever comes."""
    kept = room.why_refused

    def whoever(shard: Shard, live: LivePoint, request_id: str, driver_id: str, now: datetime) -> str | None:
        hold, live.hold = live.hold, None
        try:
            return kept(shard, live, request_id, driver_id, now)
        finally:
            live.hold = hold

    return [(requests, "why_refused", whoever)]


@mutant("offered-unkept")
def offered_unkept() -> list[Target]:
    """A point is offered before it is known to be kept."""
    ask = Queues._ask

    def at_once(self: Queues, entry: QueueEntry, cp_id: str, want: Want, now: datetime) -> list[Effect]:
        effects = ask(self, entry, cp_id, want, now)
        if want is not Want.HOLD:
            return effects
        kept = self.entries.known(entry.request_id) or entry
        return [*effects, self.places.update(offered(kept, now), now)]

    return [(Queues, "_ask", at_once)]


@mutant("point-for-two")
def point_for_two() -> list[Target]:
    """A site asks a point for all who wait."""

    def all_free(self: Queues, site_id: str, counts: SiteCounts) -> dict[str, PointAtSite]:
        return {cp_id: point for cp_id, point in counts.points.items() if point.free}

    return [(Queues, "_free", all_free)]


@mutant("last-come-first-served")
def last_come_first_served() -> list[Target]:
    """The queue is a pile."""
    at = Entries.at

    def from_the_end(self: Entries, site_id: str) -> list[QueueEntry]:
        return at(self, site_id)[::-1]

    return [(Entries, "at", from_the_end)]


@mutant("refusal-unheard")
def refusal_unheard() -> list[Target]:
    """A request whose point refuses is asked for nowhere else."""
    heard = Queues.on_reply

    def deaf(self: Queues, reply: PointReply, now: datetime) -> Effects:
        return NOTHING if reply.outcome is AskOutcome.REFUSED else heard(self, reply, now)

    return [(Queues, "on_reply", deaf)]


@mutant("hold-forgotten")
def hold_forgotten() -> list[Target]:
    """Who takes over a point does not know for whom it is kept."""
    keep_on = asks.keep_on

    def forget(shard: Shard, live: LivePoint, now: datetime) -> None:
        live.hold = None
        keep_on(shard, live, now)

    return [(asks, "keep_on", forget)]
