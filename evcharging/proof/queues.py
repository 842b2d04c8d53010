"""What must hold of the queues at sites: I29. Each is a function of the world, and answers with a sentence where it
does not hold."""

from collections import Counter
from random import Random

from evcharging.common.messages_queue import LeaveQueue, OfferReply, QueueStatus, QueueUpdate
from evcharging.domain.hold import AnsweredAsk, Hold
from evcharging.domain.queue import WITH_A_POINT, QueueEntry
from evcharging.domain.session import Session
from evcharging.proof.agenda import moments
from evcharging.proof.events import Handled, Lasted, Said
from evcharging.proof.world import World
from evcharging.roles.engine.messages import WALK_IN
from evcharging.roles.role import Started

QUEUED, HOLDING, OFFERED, STARTING = (
    QueueStatus.QUEUED,
    QueueStatus.HOLDING,
    QueueStatus.OFFERED,
    QueueStatus.STARTING,
)
DENIED, LEFT, EXPIRED = QueueStatus.DENIED, QueueStatus.LEFT, QueueStatus.EXPIRED

MAY_FOLLOW: dict[QueueStatus | None, frozenset[QueueStatus]] = {
    None: frozenset({QUEUED, STARTING, DENIED}),
    QUEUED: frozenset({QUEUED, HOLDING, STARTING, DENIED, LEFT, EXPIRED}),
    HOLDING: frozenset({HOLDING, OFFERED, QUEUED, LEFT}),
    OFFERED: frozenset({STARTING, LEFT, EXPIRED}),
    STARTING: frozenset({STARTING, HOLDING, QUEUED, QueueStatus.SERVED}),
}
"""How a request may stand after it stood so; one that has ended stays as it is."""


def i29_a_request_at_a_site_goes_its_way(world: World, event: Lasted) -> str | None:
    """From the queue to one end, which nothing changes."""
    for record in event.records:
        if isinstance(record, QueueEntry):
            before = world.evidence.entries.get(record.request_id)
            if record.status not in MAY_FOLLOW.get(before.status if before else None, frozenset()):
                return f"{record.request_id} is {record.status}, and was {before.status if before else 'unknown'}"
            world.evidence.entries[record.request_id] = record
        elif isinstance(record, Hold):
            world.evidence.kept_for[record.cp_id] = record.request_id
            world.evidence.holds.add((record.cp_id, record.request_id))
    return None


def i29_a_kept_point_serves_no_other(world: World, event: Lasted) -> str | None:
    """Nobody gets the point that is kept for somebody else."""
    kept = dict(world.evidence.kept_for)
    for record in event.records:
        if isinstance(record, Hold):
            kept[record.cp_id] = record.request_id
        elif isinstance(record, Session) and record.session_id not in world.evidence.judged_holds:
            world.evidence.judged_holds.add(record.session_id)
            kept_for = kept.get(record.cp_id)
            if kept_for not in (None, record.request_id) and record.driver_id != WALK_IN:
                return f"{record.cp_id} is kept for {kept_for}, and serves {record.request_id}"
    return None


def i29_an_ask_counts_once(world: World, event: Lasted) -> str | None:
    """However often it is heard, and none after a newer one of the same site."""
    for record in event.records:
        if isinstance(record, AnsweredAsk):
            number, newest = (record.epoch, record.seq), world.evidence.newest_asks.get(record.place, (0, 0))
            if number <= newest:
                return f"the ask {number} of {record.place} counts after {newest}"
            world.evidence.newest_asks[record.place] = number
    return None


def i29_a_point_is_for_one_who_waits(world: World, event: Lasted) -> str | None:
    """A site asks no point for two requests at once."""
    if not any(isinstance(record, QueueEntry) for record in event.records):
        return None
    asked = Counter(
        (entry.site_id, entry.cp_id) for entry in world.evidence.entries.values() if entry.status in WITH_A_POINT
    )
    twice = [place for place, count in asked.items() if count > 1]
    return f"{twice[0][1]} is asked for two requests of {twice[0][0]} at once" if twice else None


def i29_who_is_served_has_a_session(world: World, event: Lasted) -> str | None:
    """At the point that was asked, for the driver who asked."""
    for record in event.records:
        if isinstance(record, QueueEntry) and record.status is QueueStatus.SERVED:
            session = world.evidence.sessions.get(record.session_id or "")
            figures = (session.request_id, session.driver_id, session.cp_id) if session is not None else None
            if figures != (record.request_id, record.driver_id, record.cp_id):
                return f"{record.request_id} is served at {record.cp_id} by {record.session_id}, which is {session}"
    return None


def i29_what_is_offered_is_kept(world: World, event: Said) -> str | None:
    """Nobody is offered a point that others may take."""
    update = event.message
    if not isinstance(update, QueueUpdate) or update.status is not OFFERED:
        return None
    is_kept = (update.cp_id, update.request_id) in world.evidence.holds
    return None if is_kept else f"{update.cp_id} is offered for {update.request_id}, and is not kept for it"


def i29_first_come_first_served(world: World, event: Handled) -> str | None:
    """Who waits is not passed over when a point becomes free."""
    entries = world.evidence.minds[event.process, event.address]
    if isinstance(event.message, Started):
        entries.clear()
        entries.update({entry.request_id: entry for entry in world.ledger.select(QueueEntry) if entry.is_open})
    chosen = []
    for effect in event.effects:
        if isinstance(effect, QueueEntry):
            entries[effect.request_id] = effect
            if effect.status is HOLDING or (effect.status is STARTING and not effect.has_waited):
                chosen.append(effect)
    for entry in chosen:
        for other in entries.values():
            if other.status is QUEUED and other.site_id == entry.site_id and other.number < entry.number:
                return f"{entry.request_id} is given {entry.cp_id}, and {other.request_id} came first and waits"
    return None


def i29_nobody_waits_for_ever(world: World) -> str | None:
    """Where all points are in service, whoever asked at a site is served or heard why not; no point is kept."""
    for entry in world.evidence.entries.values():
        if entry.is_open:
            return f"{entry.request_id} at {entry.site_id} is still {entry.status}"
    for hold in world.ledger.select(Hold):
        if hold.request_id is not None:
            return f"{hold.cp_id} is still kept for {hold.request_id}"
    return None


def i29_no_request_at_a_site_is_lost(world: World) -> str | None:
    """Each that reached the bus has an entry, and each that has a session was served by it."""
    for request_id in world.evidence.asked_at_sites:
        entry, sessions = world.evidence.entries.get(request_id), world.evidence.requests.get(request_id)
        if entry is None:
            return f"the request {request_id} at a site was lost"
        if bool(sessions) != (entry.status is QueueStatus.SERVED):
            return f"{request_id} is {entry.status}, and its session is {sessions}"
    return None


def leavers(world: World, chance: Random, seconds: float) -> None:
    """Drivers leave the queue, or do not want what is offered; and some say so of requests that are not theirs."""

    def strike() -> None:
        entries = [*world.evidence.entries.values()][-5:]
        if not entries:
            return
        entry = chance.choice(entries)
        driver_id = chance.choice((entry.driver_id, entry.driver_id, *world.driver_ids))
        now, request_id, site_id = world.agenda.now, entry.request_id, entry.site_id
        if chance.random() < 0.5:
            world.broker.arrive(LeaveQueue(ts=now, request_id=request_id, driver_id=driver_id, site_id=site_id))
            return
        take = chance.random() < 0.5
        world.broker.arrive(OfferReply(ts=now, request_id=request_id, driver_id=driver_id, site_id=site_id, take=take))

    for at in moments(chance, seconds, 4):
        world.agenda.after(at, strike)


CHECKS = (i29_nobody_waits_for_ever, i29_no_request_at_a_site_is_lost)
