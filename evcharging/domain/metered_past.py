"""What a session had come to at a moment of its past: between two readings that are known, energy and money grow
evenly, and after the last one nobody knows how they grow. Knows no message bus, store or clock."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from evcharging.common.moments import MICROSECOND
from evcharging.common.utils import Frozen
from evcharging.domain.charging_point import LastReading
from evcharging.domain.meter import W_US_PER_MWH
from evcharging.domain.meter_value import MeterValue
from evcharging.domain.price import price_of_energy, price_of_supply
from evcharging.domain.session import Bill, Session, SessionStatus

Known = tuple[datetime, int]
"""A moment, and the register then, in mWh."""


class SessionMeter(Frozen, frozen=True, kw_only=True):
    """What the ledger has of a session's meter: what it said in between, in order of the moments, what Central received
    last where the session goes on, and the bill."""

    values: Sequence[MeterValue] = ()
    last: LastReading | None = None
    bill: Bill | None = None


NO_METER = SessionMeter()


class Growth(Frozen, frozen=True, kw_only=True):
    """From one reading to the next: energy in mWh and money in micro-euro since the session began. Without `end` these
    are the last figures that are known, and `end_mwh` and `end_micro_euros` are the same."""

    begin: datetime
    end: datetime | None
    mwh: int
    end_mwh: int
    micro_euros: int
    end_micro_euros: int

    @property
    def watts(self) -> int | None:
        """The mean power, in W to the nearest; None where it is not known."""
        if self.end is None:
            return None
        took = (self.end - self.begin) // MICROSECOND
        return ((self.end_mwh - self.mwh) * W_US_PER_MWH + took // 2) // took

    def figures(self, at: datetime) -> tuple[int, int]:
        """Energy and money at a moment of it."""
        if self.end is None or at <= self.begin:
            return self.mwh, self.micro_euros
        took, past = (self.end - self.begin) // MICROSECOND, (min(at, self.end) - self.begin) // MICROSECOND
        money = self.end_micro_euros - self.micro_euros
        return self.mwh + (self.end_mwh - self.mwh) * past // took, self.micro_euros + money * past // took


def phases(session: Session) -> tuple[datetime, datetime | None, datetime | None, datetime | None]:
    """When it was asked for, when its supply began and ended, and when its vehicle left, each no earlier than the one
    before: they are of two clocks. None: that is still to come, or never came."""
    asked = session.requested_at
    started = None if session.started_at is None else max(session.started_at, asked)
    ended = None if session.ended_at is None else max(session.ended_at, started or asked)
    if ended is None or session.status is SessionStatus.IDLE:
        return asked, started, ended, None
    left = ended if session.unplugged_at is None else max(session.unplugged_at, ended)
    return asked, started, ended, left


def readings_of(session: Session, meter: SessionMeter) -> list[Known]:
    """The readings of a supply that can be true together, from its begin on: in order, and never less than before. The
    final one of a session whose bill is held counts for nothing."""
    _, started, ended, _ = phases(session)
    if started is None:
        return []
    final = None if ended is None or session.status is SessionStatus.SUSPECT else (ended, session.register_stop_mwh)
    said = [
        *((mark.at, mark.register_mwh) for mark in session.marks),
        *((value.at, value.register_mwh) for value in meter.values),
    ]
    if meter.last is not None and session.is_open:
        said.append((meter.last.heard_at, meter.last.register_mwh))
    known = [(started, session.register_start_mwh)]
    for at, register in sorted(said):
        is_between = known[-1][0] < at and (ended is None or at < ended)
        if is_between and known[-1][1] <= register and (final is None or register <= final[1]):
            known.append((at, register))
    if final is not None and final[0] > started and known[-1][1] <= final[1]:
        known.append(final)
    return known


def turns_of(session: Session, meter: SessionMeter) -> Iterator[datetime]:
    """The moments from which on something else is known of it."""
    yield from (at for at in phases(session) if at is not None)
    yield from (at for at, _ in readings_of(session, meter))


def growth_at(session: Session, meter: SessionMeter, at: datetime) -> Growth | None:
    """Where a session was in its figures; None before its supply began."""
    known = readings_of(session, meter)
    if not known or at < known[0][0]:
        return None
    _, _, ended, left = phases(session)
    if ended is not None and ended <= at:
        return _idle(session, meter, known[-1], ended, left)
    number = max(number for number, (since, _) in enumerate(known) if since <= at)
    if number + 1 == len(known):
        return _between(session, meter, known[number], None)
    return _between(session, meter, known[number], known[number + 1])


def _idle(session: Session, meter: SessionMeter, last: Known, ended: datetime, left: datetime | None) -> Growth:
    """After the supply no energy flows, and the time may cost something."""
    energy, money = last[1] - session.register_start_mwh, _cost(session, last)
    is_over = left is not None and left > ended and meter.bill is not None
    paid = meter.bill.micro_euros if meter.bill is not None and is_over else money
    return Growth(
        begin=ended,
        end=left if is_over else None,
        mwh=energy,
        end_mwh=energy,
        micro_euros=min(money, paid),
        end_micro_euros=paid,
    )


def _between(session: Session, meter: SessionMeter, first: Known, following: Known | None) -> Growth:
    energy, money = first[1] - session.register_start_mwh, _cost(session, first)
    if following is None:
        return Growth(begin=first[0], end=None, mwh=energy, end_mwh=energy, micro_euros=money, end_micro_euros=money)
    return Growth(
        begin=first[0],
        end=following[0],
        mwh=energy,
        end_mwh=following[1] - session.register_start_mwh,
        micro_euros=money,
        end_micro_euros=_cost(session, following),
    )


def _cost(session: Session, known: Known) -> int:
    """What a session costs by a reading, without the time after its supply."""
    at, register = known
    begun, start = session.started_at, session.register_start_mwh
    if session.tariff is None or begun is None:
        return price_of_energy(register - start, session.micro_euros_per_kwh)
    marks = tuple(mark for mark in session.marks if mark.at < at and mark.register_mwh <= register)
    return price_of_supply(session.tariff, begun, start, marks, max(at, begun), register).gross
