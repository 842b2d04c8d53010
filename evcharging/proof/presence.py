"""What must hold of what is shown and awaited, mostly looked at each second: I6, I7, I9. Each is a function of the
world, and perhaps of one event, and answers with a sentence where it does not hold."""

from datetime import datetime, timedelta

from evcharging.common.messages_view import PointShown
from evcharging.common.states import CPState
from evcharging.domain.session import SessionStatus
from evcharging.proof.broker import DOUBLED_WITHIN
from evcharging.proof.events import Handled
from evcharging.proof.process import Life
from evcharging.proof.world import CENTRALS, World

THERE = (CPState.ACTIVATED, CPState.SUPPLYING)
UNHEARD = timedelta(seconds=10)
SECOND = timedelta(seconds=1)
NO_TIME = timedelta(0)
UNREAD = timedelta(seconds=9)
"""How long a supply here may be shown without a reading: three intervals of at most 2.5 s, and 8 s at least."""


ON_THE_WAY = 0.1 * SECOND
"""What a report takes to be shown when nothing is wrong, and more."""

TWICE_AGAIN = 2 * DOUBLED_WITHIN * SECOND
"""How late a report and what is shown because of it are when both come again."""

AGAIN_WITHIN = timedelta(seconds=4)
"""How soon a live view that missed a word is told again: with the next sign of life it asks, every 2 s at most."""

START_WITHIN = timedelta(seconds=5)
"""What engines say that they need at most to begin a supply."""

PATIENCE = START_WITHIN // SECOND + 2
"""Seconds after which a driver knows whether a supply has started, when nothing is wrong with its Central."""

OVERTAKEN = 20
"""Seconds in which whoever was overtaken writes something, or how far it has read, and is refused."""


def lateness(world: World) -> timedelta:
    """How late words are of which nothing is kept back."""
    return ON_THE_WAY + TWICE_AGAIN if world.has_echoes else ON_THE_WAY


def i9_nobody_is_shown_as_there_who_is_unheard(world: World) -> str | None:
    """By no panel of a process that runs, however many died meanwhile. Of words that faults keep back nobody knows how
    old they are, until others have come."""
    if world.is_slow:
        return None
    now, later = world.agenda.now, lateness(world)
    oldest = now - UNHEARD - later - world.delays.held_up(UNHEARD + later + 2 * SECOND)
    for life, panel in world.panels.items():
        if _has_just_gone_on(world, life):
            continue
        for cp_id, view in panel.points.items():
            heard_at = world.evidence.reported.get(cp_id)
            if view.state in THERE and (heard_at is None or heard_at < oldest):
                return f"{life.name} shows {cp_id} as {view.state}, which was last heard of at {heard_at}"
    return None


def drifted(life: Life) -> timedelta:
    """How much its clock may have gained since its process began."""
    return (life.process.agenda.now - life.began_at) * max(life.process.gains, 0.0)


def i9_nobody_says_to_have_heard_of_it_later_than_it_did(world: World, event: Handled) -> str | None:
    """A Central says when it last heard of a point that is there, by its own clock."""
    for view in event.effects:
        if not isinstance(view, PointShown) or view.state not in THERE or view.last_seen is None or world.is_slow:
            continue
        life = world.processes[event.process].life
        heard_at = world.evidence.reported.get(view.cp_id)
        if life is None or heard_at is None:
            continue
        said = view.last_seen - life.offset
        too_late = said - heard_at - lateness(world) - drifted(life)
        if too_late > NO_TIME and too_late > world.delays.held_up(UNHEARD + lateness(world)):
            return f"{event.process} says that {view.cp_id} was heard of at {said}, and it was at {heard_at}"
    return None


def i9_nobody_is_shown_as_there_whose_shard_is_unheard(world: World) -> str | None:
    """By no panel that runs, is not in the middle of something, and has not heard for long how the points of that shard
    stand, whatever kept it back."""
    now = world.agenda.now
    for life, panel in world.panels.items():
        if _has_just_gone_on(world, life) or life.loops[-1].busy:
            continue
        for cp_id, view in panel.points.items():
            told_at = world.evidence.told.get((life, view.shard))
            if view.state in THERE and (told_at is None or now - told_at > UNHEARD + ON_THE_WAY):
                return f"{life.name} shows {cp_id} as {view.state}, and was last told of its shard at {told_at}"
    return None


def i9_no_panel_says_to_have_heard_of_it_later_than_it_was(world: World) -> str | None:
    """What a panel shows as the last contact with a point that is there, by its own clock."""
    if world.is_slow:
        return None
    later = lateness(world)
    for life, panel in world.panels.items():
        # One that is in the middle of something does not know yet that its clock was set.
        if _has_just_gone_on(world, life) or life.loops[-1].busy:
            continue
        for cp_id, view in panel.points.items():
            heard_at, seen = world.evidence.reported.get(cp_id), panel.last_seen(view)
            if view.state not in THERE or heard_at is None or seen is None:
                continue
            too_late = seen - life.offset - heard_at - later - drifted(life)
            if too_late > NO_TIME and too_late > world.delays.held_up(UNHEARD + later):
                return f"{life.name} says that {cp_id} was heard of at {seen - life.offset}, and it was at {heard_at}"
    return None


def _has_just_gone_on(world: World, life: Life) -> bool:
    """Whether it stands still, or did until a moment ago."""
    return life.process.paused or world.agenda.now - life.went_on_at < 2 * SECOND


def i6_a_panel_never_goes_back(world: World) -> str | None:
    """What an older run of Central says changes nothing that a newer one said."""
    for life, panel in world.panels.items():
        for cp_id, view in panel.points.items():
            newest = world.evidence.shown_by.get((life, cp_id), 0)
            if view.epoch < newest:
                return f"{life.name} shows what run {view.epoch} said of {cp_id}, after run {newest} had spoken"
            world.evidence.shown_by[life, cp_id] = view.epoch
    return None


def i6_whoever_was_overtaken_hears_of_it(world: World) -> str | None:
    """A Central does not go on by an old run for long, while its points are heard of and nothing keeps it from
    writing."""
    for name in CENTRALS:
        life = world.processes[name].life
        if life is None or life.process.paused or world.weather.away or world.clients[life].away:
            continue
        for shard, hosted in life.loops[0].host.hosted_roles.items():
            key = (life, shard, hosted.epoch)
            if hosted.epoch == world.ledger.claimed[shard] or not _is_heard_of(world, shard):
                world.evidence.overtaken.pop(key, None)
                continue
            seconds = world.evidence.overtaken[key] = world.evidence.overtaken.get(key, 0) + 1
            if seconds > OVERTAKEN:
                return f"{name} decides for shard {shard} by run {hosted.epoch}, and was overtaken {seconds} s ago"
    return None


def _is_heard_of(world: World, shard: str) -> bool:
    just_now = world.agenda.now - 5 * SECOND
    points = (cp_id for cp_id in world.cp_ids if world.shard_of(cp_id) == shard)
    return any(world.evidence.reported.get(cp_id, just_now) > just_now for cp_id in points)


def i7_whoever_is_accepted_is_told_in_time(world: World) -> str | None:
    """Not later than some seconds of a Central's undisturbed work after it was accepted."""
    evidence = world.evidence
    for session in evidence.sessions.values():
        if session.status is not SessionStatus.AUTHORISED or world.setups[session.cp_id].manual:
            continue
        run = undisturbed_run(world, session.cp_id)
        before = evidence.waited.get(session.session_id, (run, 0))
        seconds = before[1] + 1 if run is not None and run == before[0] else 0
        evidence.waited[session.session_id] = run, seconds
        if seconds > PATIENCE:
            return f"{session.session_id} was accepted, and after {seconds} s nobody knows whether it has started"
    return None


def undisturbed_run(world: World, cp_id: str) -> int | None:
    """The run of the shard that decides for a point, if nothing keeps it from working."""
    if world.weather.away or world.weather.is_silent or world.is_slow:
        return None
    decides = decider(world, cp_id)
    return decides[1] if decides is not None else None


def decider(world: World, cp_id: str) -> tuple[Life, int] | None:
    """The Central that decides for a point and does not stand still, and its run."""
    for name in CENTRALS:
        life = world.processes[name].life
        if life is not None and not life.process.paused:
            hosted = life.loops[0].host.hosted_roles.get(world.shard_of(cp_id))
            if hosted is not None and hosted.epoch == world.ledger.claimed[hosted.shard]:
                return life, hosted.epoch
    return None


def i9_no_supply_is_shown_to_go_on_without_readings(world: World) -> str | None:
    """By no panel, some seconds after its Central has taken the last reading, or has begun to; unless a fault keeps one
    of them from knowing that, or did so a moment ago."""
    if world.is_slow:
        return None
    undisturbed, late = world.evidence.undisturbed, lateness(world)
    most = UNREAD + late + (world.delays.held_up(UNREAD) if world.weather.is_silent else NO_TIME)
    for life, panel in world.panels.items():
        for cp_id, view in panel.points.items():
            key = (life, cp_id)
            seconds = undisturbed[key] = 0 if _is_kept_from_knowing(world, life, cp_id) else undisturbed[key] + 1
            if view.state is not CPState.SUPPLYING or seconds * SECOND < AGAIN_WITHIN + late:
                continue
            since = _read_at(world, cp_id)
            if since is not None and world.agenda.now - since > most and not _is_word_lost(world, cp_id):
                return f"{life.name} shows that {cp_id} supplies, whose last reading came at {since}"
    return None


def _read_at(world: World, cp_id: str) -> datetime | None:
    """When the last reading came, or somebody began to decide for the point."""
    known = world.evidence.read_at.get(cp_id), world.evidence.decides_since.get(world.shard_of(cp_id))
    return max((at for at in known if at is not None), default=None)


def _is_kept_from_knowing(world: World, life: Life, cp_id: str) -> bool:
    """Whether a fault keeps the Central that decides from noticing that readings stay away, or a panel from hearing
    that."""
    decides = decider(world, cp_id)
    if decides is None or world.weather.away:
        return True
    return world.clients[decides[0]].away or world.clients[life].away or _has_just_gone_on(world, life)


def _is_word_lost(world: World, cp_id: str) -> bool:
    """Whether the last word of how a point is to be shown was lost, so that panels wait for the next."""
    lost = (world.broker.lost_views.get(of) for of in (cp_id, world.shard_of(cp_id)))
    return any(at is not None and world.agenda.now - at < AGAIN_WITHIN + lateness(world) for at in lost)


CHECKS = (
    i9_no_supply_is_shown_to_go_on_without_readings,
    i6_whoever_was_overtaken_hears_of_it,
    i9_nobody_is_shown_as_there_who_is_unheard,
    i9_nobody_is_shown_as_there_whose_shard_is_unheard,
    i9_no_panel_says_to_have_heard_of_it_later_than_it_was,
    i6_a_panel_never_goes_back,
    i7_whoever_is_accepted_is_told_in_time,
)
