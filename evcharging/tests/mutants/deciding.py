"""Mutants of what is decided: requests, sessions, bills, what is shown."""

from datetime import datetime, timedelta
from typing import Any

from evcharging.adapters.monitor_links import MonitorLinks
from evcharging.common.messages import DriverRequest, HealthReport, SupplyEnded, SupplyStarted
from evcharging.common.messages_operators import OperatorRequest
from evcharging.common.messages_view import PointShown, ShardAlive
from evcharging.common.states import CPState
from evcharging.common.utils import changed
from evcharging.domain import charging_point
from evcharging.domain import plausibility as suspicion
from evcharging.domain import resolution as settlement
from evcharging.domain import session as session_rules
from evcharging.domain.charging_point import price_of
from evcharging.domain.session import Bill, Request, Session, SessionStatus
from evcharging.roles import live_contacts as contacts
from evcharging.roles.central import central, closing, operators, presence, requests, room, signs, supplies
from evcharging.roles.central import resolving as settling
from evcharging.roles.central.central import Central
from evcharging.roles.central.shard import Shard
from evcharging.roles.driver import Driver
from evcharging.roles.live_contacts import LiveContacts
from evcharging.roles.live_view import LiveView
from evcharging.tests.mutants.mutant import Target, mutant


def handler(kind: type, function: Any) -> Target:
    """A handler of Central's in another form."""
    return central, "_HANDLERS", {**central._HANDLERS, kind: function}


@mutant("no-dedup")
def no_dedup() -> list[Target]:
    """A request that was decided before is decided again."""
    return [(Shard, "request", lambda self, request_id: None)]


@mutant("no-recall")
def no_recall() -> list[Target]:
    """A Central that has taken over does not ask the store what was decided before."""
    return [(Central, "forgotten", lambda self, message: ())]


@mutant("no-busy-check")
def no_busy_check() -> list[Target]:
    """A point at which somebody charges is given to the next one too."""

    def careless(cp_id: str, shown: CPState, reason: str | None, **conditions: bool) -> str | None:
        free = CPState.ACTIVATED if shown is CPState.SUPPLYING else shown
        return charging_point.refusal(cp_id, free, reason, **{**conditions, "busy": False})

    return [(room, "refusal", careless)]


@mutant("another-point")
def another_point() -> list[Target]:
    """A final reading settles a session of whatever point."""
    on_ended = supplies.on_ended

    def trusting(shard: Shard, message: SupplyEnded, now: datetime) -> list[Any]:
        session = shard.past_session(message.session_id)
        known = session is not None and session.cp_id in shard.points
        return on_ended(shard, changed(message, cp_id=session.cp_id) if known and session else message, now)

    return [handler(SupplyEnded, trusting)]


@mutant("late-reading-unbilled")
def late_reading_unbilled() -> list[Target]:
    """A final reading that comes after its session has failed is passed over."""
    on_ended = supplies.on_ended

    def punctual(shard: Shard, message: SupplyEnded, now: datetime) -> list[Any]:
        session = shard.past_session(message.session_id)
        return [] if session is not None and not session.is_open else on_ended(shard, message, now)

    return [handler(SupplyEnded, punctual)]


@mutant("bill-twice")
def bill_twice() -> list[Target]:
    """A final reading that is said again is billed again."""
    return [(Session, "is_finalised", property(lambda session: False))]


@mutant("suspects-billed")
def suspects_billed() -> list[Target]:
    """Readings that cannot be true are believed."""
    return [(supplies, "why_implausible", lambda *arguments, **known: None)]


@mutant("begun-too-late")
def begun_too_late() -> list[Target]:
    """A point that begins a supply after its session has failed is not told to end it."""
    on_start_timeout, on_started = supplies.on_start_timeout, supplies.on_started

    def forgetful(shard: Shard, cp_id: str, now: datetime) -> list[Any]:
        return on_start_timeout(shard, cp_id, now)[1:]

    def lenient(shard: Shard, message: SupplyStarted, now: datetime) -> list[Any]:
        return on_started(shard, message, now) if shard.open_session(message.cp_id, message.session_id) else []

    timeouts = {**central._TIMEOUTS, closing.AWAITED: forgetful}
    return [(central, "_TIMEOUTS", timeouts), handler(SupplyStarted, lenient)]


@mutant("no-start-timeout")
def no_start_timeout() -> list[Target]:
    """A session that never starts is waited for without end."""
    return [(central, "_TIMEOUTS", {**central._TIMEOUTS, closing.AWAITED: lambda *arguments: []})]


@mutant("no-remind")
def no_remind() -> list[Target]:
    """An engine that has not heard of an operator's stop or resume is not told again."""
    return [(presence, "_remind", lambda *arguments: [])]


@mutant("stop-unrecorded")
def stop_unrecorded() -> list[Target]:
    """An operator's stop or resume is obeyed and not written down."""
    on_request = operators.on_operator_request

    def airy(shard: Shard, message: OperatorRequest, now: datetime) -> list[Any]:
        effects = on_request(shard, message, now)
        return [effect for effect in effects if not hasattr(effect, "key_field")]

    return [handler(OperatorRequest, airy)]


@mutant("price-not-frozen")
def price_not_frozen() -> list[Target]:
    """A bill is made by the price of the day on which it is made."""
    on_ended = supplies.on_ended

    def inflated(shard: Shard, message: SupplyEnded, now: datetime) -> list[Any]:
        effects, live = on_ended(shard, message, now), shard.points.get(message.cp_id)
        price = price_of(live.point, live.status, live.point.tariff) if live is not None else 0
        return [changed(one, micro_euros_per_kwh=price) if isinstance(one, Bill) else one for one in effects]

    return [handler(SupplyEnded, inflated)]


@mutant("float-money")
def float_money() -> list[Target]:
    """Money is reckoned in floating point, and a half is rounded to the even."""
    return [(session_rules, "price_of_energy", lambda mwh, price: round(mwh / 1e6 * price))]


@mutant("billed-by-the-clock")
def billed_by_the_clock() -> list[Target]:
    """Energy is reckoned from how long a supply took, and not read from the register."""

    def reckoned(session: Session) -> int:
        span = (session.ended_at or session.requested_at) - (session.started_at or session.requested_at)
        return 22_000 * (span // timedelta(microseconds=1)) // 3_600_000

    return [(Session, "energy_mwh", property(reckoned))]


@mutant("failed-and-completed")
def failed_and_completed() -> list[Target]:
    """A driver who was told that a session had failed is told that it was completed, when it is billed after all."""

    def cheerful(session: Session, final: SupplyEnded, doubt: str | None = None) -> Session:
        return changed(session_rules.finalised(session, final, doubt), status=SessionStatus.COMPLETED)

    return [(supplies, "finalised", cheerful)]


@mutant("no-final-word")
def no_final_word() -> list[Target]:
    """A driver whose request is repeated after the end is not told of the end again."""
    return [(requests, "final_update", lambda shard, session, now: requests._denial(shard, session, "over", now))]


@mutant("panel-keeps-old-view")
def panel_keeps_old_view() -> list[Target]:
    """A panel shows what an older run of Central said after the newer one."""
    on_point = LiveView._on_point

    def gullible(self: LiveView, view: PointShown, now: datetime) -> None:
        before = self.points.get(view.cp_id)
        if before is not None:
            self.points[view.cp_id] = changed(before, epoch=0, seq=0)
        on_point(self, view, now)

    return [(LiveView, "_on_point", gullible)]


@mutant("panel-never-doubts")
def panel_never_doubts() -> list[Target]:
    """A panel goes on showing what it last heard, however long ago that was."""
    return [(contacts, "SILENT_AFTER", timedelta(days=1))]


@mutant("gap-unnoticed")
def gap_unnoticed() -> list[Target]:
    """A panel that missed a word of a shard believes that it knows all."""

    def alive(self: LiveContacts, sign: ShardAlive, now: datetime) -> bool:
        shard = self._shard(sign.shard)
        if sign.epoch >= shard.epoch:
            shard.first, shard.last = sign.since, sign.shown
        return believe(self, sign, now)

    believe = LiveContacts.alive
    return [(LiveContacts, "alive", alive)]


@mutant("late-unnamed")
def late_unnamed() -> list[Target]:
    """A sign of life does not name the points that were not heard of lately."""
    return [(signs, "LATE", timedelta(days=1))]


@mutant("another-clock")
def another_clock() -> list[Target]:
    """A panel tells by the clock of a point's Central when it was heard of."""
    return [(LiveView, "last_seen", lambda self, point: point.last_seen)]


@mutant("doubts-for-ever")
def doubts_for_ever() -> list[Target]:
    """A panel that once doubted does not believe a shard that is heard of again."""
    return [(LiveView, "_believe_again", lambda self, now: None)]


@mutant("silence-is-golden")
def silence_is_golden() -> list[Target]:
    """A point is shown as connected though nothing was heard of its monitor for long."""
    return [(central, "_TIMEOUTS", {**central._TIMEOUTS, presence.SILENCE: lambda shard, cp_id, now: []})]


@mutant("old-words-count")
def old_words_count() -> list[Target]:
    """What an engine said long ago counts when it comes again."""
    return [(presence, "is_news", lambda known, said: True)]


@mutant("impatient-driver")
def impatient_driver() -> list[Target]:
    """A driver that hears nothing asks again under another request id."""
    on_deadline = Driver.on_deadline

    def again(self: Driver, now: datetime) -> Any:
        self._open = None
        return on_deadline(self, now)

    return [(Driver, "on_deadline", again)]


@mutant("another-driver")
def another_driver() -> list[Target]:
    """Whoever asks with somebody else's request id is told how that one stands."""
    again = requests._answer_again

    def talkative(shard: Shard, known: Request, request: DriverRequest, now: datetime) -> list[Any]:
        kwh = None if known.limit_mwh is None else known.limit_mwh / 1_000_000
        claimed = changed(request, driver_id=known.driver_id, cp_id=known.cp_id, kwh=kwh)
        return [changed(one, driver_id=request.driver_id) for one in again(shard, known, claimed, now)]

    return [(requests, "_answer_again", talkative)]


@mutant("lies-dropped")
def lies_dropped() -> list[Target]:
    """A final reading that is set aside leaves no trace."""
    return [(supplies, "_set_aside", lambda *arguments: [])]


@mutant("everybody-suspect")
def everybody_suspect() -> list[Target]:
    """A point is believed to have half the power that it has."""

    def harsh(session: Session, final: SupplyEnded, power_w: int, now: datetime, **known: Any) -> str | None:
        return suspicion.why_implausible(session, final, power_w // 2, now, **known)

    return [(supplies, "why_implausible", harsh)]


@mutant("settled-again")
def settled_again() -> list[Target]:
    """An operator may settle what is settled already."""
    why_not = settlement.why_not
    return [(settling, "why_not", lambda session, order: None if session.is_finalised else why_not(session, order))]


@mutant("door-trusts")
def door_trusts() -> list[Target]:
    """Over the link of one point reports are taken for another."""
    received = MonitorLinks.received

    def trusting(self: MonitorLinks[Any], link: Any, message: HealthReport) -> None:
        owner = self._owners.get(link)
        if owner is None:
            received(self, link, message)
        else:
            self._publish(changed(message, link=owner[1]))

    return [(MonitorLinks, "received", trusting)]


@mutant("vouches-anew")
def vouches_anew() -> list[Target]:
    """A report that is passed on again counts as if the monitor had just sent it."""
    on_report = presence.on_report
    return [handler(HealthReport, lambda shard, report, now: on_report(shard, changed(report, age_ms=0), now))]


@mutant("panel-forgets-age")
def panel_forgets_age() -> list[Target]:
    """A panel reckons from when it was told, and not from when the point was heard of."""
    on_point = LiveView._on_point

    def young(self: LiveView, view: PointShown, now: datetime) -> None:
        on_point(self, changed(view, last_seen=view.ts), now)

    return [(LiveView, "_on_point", young)]
