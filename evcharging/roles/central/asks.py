"""What a site asks of its points: to begin a session for one who waits there, or to be kept for one. Each ask is
answered, and counts once."""

from datetime import datetime, timedelta

from evcharging.common.messages_queue import AskOutcome, PointAsk, Want
from evcharging.common.utils import changed
from evcharging.domain.hold import AnsweredAsk, Hold, answered, reply_of
from evcharging.domain.queue import HOLD_FOR
from evcharging.domain.site import place_of
from evcharging.roles.central.point_view import show
from evcharging.roles.central.requests import authorise, undecided
from evcharging.roles.central.room import why_refused
from evcharging.roles.central.shard import Handlers, LivePoint, Shard
from evcharging.roles.role import NOTHING, Effect, Effects

HELD = "point held"
"""A point is kept, and its site has said nothing more."""


def on_ask(shard: Shard, ask: PointAsk, now: datetime) -> Effects:
    """Do what is asked, or say why not. What was asked before is answered as it was then; what is older than that came
    late, and has its answer."""
    before = shard.asks.get(place_of(ask.site_id, ask.cp_id))
    if before is not None and (ask.epoch, ask.seq) <= (before.epoch, before.seq):
        is_same = (ask.epoch, ask.seq) == (before.epoch, before.seq)
        return [shard.numbered(reply_of(before, now))] if is_same else NOTHING
    number = shard.next()  # Before that of the word that the point is free or not, which follows from the answer.
    answer, effects = _decided(shard, ask, now)
    shard.asks[answer.place] = answer
    return [*effects, answer, changed(reply_of(answer, now), epoch=shard.epoch, seq=number)]


def _decided(shard: Shard, ask: PointAsk, now: datetime) -> tuple[AnsweredAsk, list[Effect]]:
    live = shard.known(ask.cp_id)
    if live is None:
        return answered(ask, AskOutcome.REFUSED, reason=f"{ask.cp_id} is not a known charging point"), []
    match ask.want:
        case Want.START:
            return _start(shard, live, ask, now)
        case Want.HOLD:
            return _hold(shard, live, ask, now)
        case Want.RELEASE:
            return answered(ask, AskOutcome.RELEASED), _release(shard, live, ask, now)


def _start(shard: Shard, live: LivePoint, ask: PointAsk, now: datetime) -> tuple[AnsweredAsk, list[Effect]]:
    known = shard.request(ask.request_id)
    if known is not None:
        if known.session_id is not None and known.driver_id == ask.driver_id:
            return answered(ask, AskOutcome.STARTED, session_id=known.session_id), []
        used = f"request id {ask.request_id} was already used for another request"
        return answered(ask, AskOutcome.REFUSED, reason=used), []
    if (reason := why_refused(shard, live, ask.request_id, ask.driver_id, now)) is not None:
        return answered(ask, AskOutcome.REFUSED, reason=reason), _release(shard, live, ask, now)
    effects = authorise(shard, live, undecided(ask, ask.limit_mwh, now), ask.payment_method, now)
    # A session that no money can be held for is over by now.
    decided = shard.request(ask.request_id)
    return answered(ask, AskOutcome.STARTED, session_id=decided.session_id if decided else None), effects


def _hold(shard: Shard, live: LivePoint, ask: PointAsk, now: datetime) -> tuple[AnsweredAsk, list[Effect]]:
    # At its latest there is still room to charge.
    reason = why_refused(shard, live, ask.request_id, ask.driver_id, now + HOLD_FOR)
    if reason is not None:
        return answered(ask, AskOutcome.REFUSED, reason=reason), []
    until = now + min(timedelta(seconds=ask.hold_s), HOLD_FOR)
    live.hold = Hold(cp_id=ask.cp_id, request_id=ask.request_id, driver_id=ask.driver_id, until=until)
    shard.timers.set(HELD, ask.cp_id, until)
    return answered(ask, AskOutcome.HELD), [live.hold, *show(shard, live, now)]


def _release(shard: Shard, live: LivePoint, ask: PointAsk, now: datetime) -> list[Effect]:
    """It is kept for this request no more; for another it stays so."""
    if live.hold is None or live.hold.request_id != ask.request_id:
        return []
    return [*shard.let_go(live), *show(shard, live, now)]


def keep_on(shard: Shard, live: LivePoint, now: datetime) -> None:
    """A point that an earlier run kept: it is kept for as long once more at most, whatever clock said until when."""
    if live.hold is not None and live.hold.until is not None:
        until = min(live.hold.until, now + HOLD_FOR)
        shard.timers.set(HELD, live.point.cp_id, max(until, now))


def on_held_for_long(shard: Shard, cp_id: str, now: datetime) -> list[Effect]:
    """Nobody came, and the site has said nothing more: the point is free again."""
    live = shard.points.get(cp_id)
    return [] if live is None or live.hold is None else [*shard.let_go(live), *show(shard, live, now)]


HANDLERS: Handlers = {PointAsk: on_ask}
