"""Mutants of idle sessions."""

from datetime import datetime
from typing import Any

from evcharging.common.messages import SupplyEnded, SupplyRefused
from evcharging.common.messages_tariff import Price, Tariff
from evcharging.domain import session as session_rules
from evcharging.domain.price import price_of_supply
from evcharging.domain.session import Session, SessionStatus, finalised, idled
from evcharging.roles.central import idle, supplies
from evcharging.roles.central.closing import settle
from evcharging.roles.central.shard import LivePoint, Meter, Shard
from evcharging.roles.role import Effect
from evcharging.runtime import central_program
from evcharging.tests.mutants.deciding import handler
from evcharging.tests.mutants.mutant import Target, mutant


@mutant("idle-until-now")
def idle_until_now() -> list[Target]:
    """Idle time is billed until Central hears that the vehicle has left, and not until it left."""

    def until_now(
        shard: Shard, live: LivePoint, session: Session, final: SupplyEnded, doubt: str | None, now: datetime
    ) -> list[Effect]:
        if final.plugged or session.ended_at is None:
            return []
        done, since = finalised(session, final, doubt), live.meter.idle_since or now
        return settle(shard, live, done if doubt else idled(session, session.ended_at + (now - since)), doubt, now)

    return [(idle, "on_final", until_now)]


@mutant("idle-out-of-contact")
def idle_out_of_contact() -> list[Target]:
    """An idle session goes on though nothing is heard of its point any more."""

    def goes_on(shard: Shard, live: LivePoint, now: datetime) -> list[Effect]:
        return []

    return [(idle, "end_unlinked", goes_on)]


@mutant("idle-until-missed")
def idle_until_missed() -> list[Target]:
    """Idle time is billed until Central notices that a point is silent, and not until it was last heard of."""

    def until_now(shard: Shard, live: LivePoint, now: datetime) -> list[Effect]:
        return idle.end(shard, live, now)

    return [(idle, "end_unlinked", until_now)]


@mutant("idle-forgotten")
def idle_forgotten() -> list[Target]:
    """A Central that takes over knows nothing of idle sessions."""
    known = tuple(status for status in central_program.OPEN_STATUSES if status != SessionStatus.IDLE.value)
    return [(central_program, "OPEN_STATUSES", known)]


@mutant("idle-by-another-clock")
def idle_by_another_clock() -> list[Target]:
    """A Central that takes over reckons idle time from a moment by the clock of the one before it."""
    resume = idle.resume

    def trusting(shard: Shard, live: LivePoint, session: Session, now: datetime) -> None:
        resume(shard, live, session, now)
        live.meter.idle_since = session.idle_since

    return [(idle, "resume", trusting)]


@mutant("idle-by-a-set-clock")
def idle_by_a_set_clock() -> list[Target]:
    """Idle time is longer when Central's clock is set."""
    shift = Meter.shift

    def unmoved(meter: Meter, by: Any) -> None:
        since = meter.idle_since
        shift(meter, by)
        meter.idle_since = since

    return [(Meter, "shift", unmoved)]


@mutant("idle-as-charging")
def idle_as_charging() -> list[Target]:
    """The time in which a vehicle stays after its supply costs what charging costs."""

    def together(
        tariff: Tariff, begun: datetime, start_mwh: int, marks: Any, ended: datetime, stop_mwh: int, left: Any = None
    ) -> Price:
        return price_of_supply(tariff, begun, start_mwh, marks, left or ended, stop_mwh)

    return [(session_rules, "price_of_supply", together)]


@mutant("idle-ended-by-hearsay")
def idle_ended_by_hearsay() -> list[Target]:
    """Any process that does not know an idle session ends it, whenever that was said."""
    on_refused = supplies.on_refused

    def believing(shard: Shard, message: SupplyRefused, now: datetime) -> list[Effect]:
        session = shard.open_session(message.cp_id, message.session_id)
        if session is not None and session.status is SessionStatus.IDLE:
            return idle.end(shard, shard.points[session.cp_id], now)
        return on_refused(shard, message, now)

    return [handler(SupplyRefused, believing)]
