"""Why what a meter says cannot be true. Knows no message bus, store or clock: this moment is an argument."""

from datetime import datetime, timedelta
from itertools import pairwise

from evcharging.common.messages import CPTelemetry, SupplyEnded
from evcharging.domain.meter import energy_mwh, to_watts
from evcharging.domain.session import Session, SessionStatus
from evcharging.domain.tariff import why_no_tariff

CLOCKS_APART = timedelta(days=1)
"""How far the clocks of two machines may differ before one of them is called wrong."""

OWN_SLACK = timedelta(seconds=60)
"""By how much a supply may be longer than this run of Central has seen since it authorised it."""

OTHER_RUN_SLACK = timedelta(minutes=10)
"""The same where an earlier run of Central authorised it, maybe by the clock of another machine."""

START_SLACK = timedelta(seconds=1)
"""From this on, the start in a final reading is another one than was said: some devices round, or look twice."""

TOLERANCE_PERCENT = 2
"""By how much a meter, and the power that it measures, may exceed the nominal power: as much as a class A meter may be
wrong (EN 50470-3)."""

MOST_W = 10_000_000
"""What no charging point exceeds; it stands for the power of one that has not said its own."""

TWO_ENGINES = "two engines supplied it"
ANOTHER_START = "it begins with another reading than was said at the start"
ANOTHER_MOMENT = "it began at another moment than was said at the start"
BEHIND = "it begins behind the reading that the point showed before"
BACKWARDS = "the register ran backwards"
ENDS_FIRST = "it ended before it began"
WRONG_CLOCK = "the clock of the charging point is wrong"
TOO_MUCH = "more energy than the point can give in that time"
TOO_SOON = "more energy than the point can give since it was authorised"
OUT_OF_ORDER = "its readings within the supply are not in order"
TOO_LONG = "it lasted longer than since it was authorised"
TOO_STRONG = "more power than the point has"


def is_ahead(epoch: int, now: datetime) -> bool:
    """Whether a run's number, which begins as seconds since 1970, is dated more than a day after this moment."""
    return epoch > (now + CLOCKS_APART).timestamp()


def seen_for(session: Session, authorised_at: datetime | None, now: datetime) -> timedelta:
    """For how long a supply can have lasted, by Central's own clock: since `authorised_at` where that was noted in this
    run of Central, else since the ledger's moment, which another machine's clock may have given."""
    if authorised_at is not None:
        return now - authorised_at + OWN_SLACK
    return max(now - session.requested_at, timedelta(0)) + OTHER_RUN_SLACK


def why_implausible(
    session: Session,
    final: SupplyEnded,
    power_w: int,
    now: datetime,
    *,
    known_mwh: int = 0,
    seen: timedelta | None = None,
) -> str | None:
    """What is physically impossible in the final reading of a session at a point of this power, in W. `known_mwh`: what
    the register of the point was known to be before the session, in mWh. `seen`: how long it can have lasted by
    Central's own clock."""
    if session.detail == TWO_ENGINES:
        return TWO_ENGINES
    if session.status is SessionStatus.SUPPLYING and final.register_start_mwh != session.register_start_mwh:
        return ANOTHER_START
    if final.register_start_mwh < known_mwh:
        return BEHIND
    delivered = final.register_stop_mwh - final.register_start_mwh
    impossible = _impossible(delivered, final.started_at, final.ts, session, power_w, now, seen)
    impossible = impossible or _why_not_priced(session, final, power_w, seen)
    return impossible or (ANOTHER_MOMENT if _is_another_start(session, final.started_at) else None)


def _why_not_priced(session: Session, final: SupplyEnded, power_w: int, seen: timedelta | None) -> str | None:
    """Why a tariff cannot be applied: it cannot be used here, the readings within the supply are not in order or say
    more than the point can give between them, or it lasted longer than Central has seen."""
    if session.tariff is None:
        return OUT_OF_ORDER if final.marks and not _is_in_order(_readings(final)) else None
    if (fault := why_no_tariff(session.tariff)) is not None:
        return f"its tariff cannot be used by this Central: {fault}"
    left_at = final.unplugged_at or final.ts
    if not _is_in_order(_readings(final)) or left_at < final.ts:
        return OUT_OF_ORDER
    if any(_is_more(b[1] - a[1], power_w, b[0] - a[0]) for a, b in pairwise(_readings(final))):
        return TOO_MUCH
    return TOO_LONG if seen is not None and left_at - final.started_at > seen else None


def _readings(final: SupplyEnded) -> list[tuple[datetime, int]]:
    between = ((mark.at, mark.register_mwh) for mark in final.marks)
    return [(final.started_at, final.register_start_mwh), *between, (final.ts, final.register_stop_mwh)]


def _is_in_order(readings: list[tuple[datetime, int]]) -> bool:
    return all(a[0] <= b[0] and a[1] <= b[1] for a, b in pairwise(readings))


def _is_another_start(session: Session, started_at: datetime) -> bool:
    if session.status is not SessionStatus.SUPPLYING or session.started_at is None:
        return False
    return abs(started_at - session.started_at) >= START_SLACK


def why_reading_implausible(
    session: Session, reading: CPTelemetry, power_w: int, now: datetime, *, authorised_at: datetime | None = None
) -> str | None:
    """What is physically impossible in a reading of a session that supplies at a point of this power, in W.
    `authorised_at`: see `seen_for`."""
    nominal_w = power_w or MOST_W
    if reading.kw * 1000 > nominal_w and to_watts(reading.kw) > tolerated(nominal_w):
        return TOO_STRONG
    delivered = reading.register_mwh - session.register_start_mwh
    began, ended = session.started_at or session.requested_at, reading.ts
    # Nearly every reading is of a time that Central has seen from end to end.
    is_seen = authorised_at is not None and authorised_at <= began and ended <= now
    seen = None if is_seen else seen_for(session, authorised_at, now)
    return _impossible(delivered, began, ended, session, power_w, now, seen)


def tolerated(nominal: int) -> int:
    """The most that a meter may show where this is nominal."""
    return nominal * (100 + TOLERANCE_PERCENT) // 100 + 1


def _impossible(
    delivered_mwh: int,
    began: datetime,
    ended: datetime,
    session: Session,
    power_w: int,
    now: datetime,
    seen: timedelta | None,
) -> str | None:
    if delivered_mwh < 0:
        return BACKWARDS
    if ended < began:
        return ENDS_FIRST
    is_early = began < session.requested_at and session.requested_at - began > CLOCKS_APART
    if is_early or (ended > now and ended - now > CLOCKS_APART):
        return WRONG_CLOCK
    lasted = ended - began
    if _is_more(delivered_mwh, power_w, lasted):
        return TOO_MUCH
    if seen is not None and seen < lasted and _is_more(delivered_mwh, power_w, seen):
        return TOO_SOON
    return None


def _is_more(delivered_mwh: int, power_w: int, lasted: timedelta) -> bool:
    nominal_mwh = energy_mwh(power_w or MOST_W, lasted)
    return delivered_mwh > nominal_mwh and delivered_mwh > tolerated(nominal_mwh)
