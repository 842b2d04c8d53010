"""What sessions come to over time: by the hour and by the day as bills add up, by the minute as meters say. Knows no
message bus, store or clock."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import ClassVar

from evcharging.common.moments import MICROSECOND, in_utc
from evcharging.domain.meter_value import MeterValue
from evcharging.domain.record import Measured
from evcharging.domain.session import Bill, Session

LONGEST = timedelta(days=7)
"""Energy that flowed for longer is counted in the last days of it."""


class Step(StrEnum):
    """How long a span is that is added up."""

    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"


SPANS = {Step.MINUTE: timedelta(minutes=1), Step.HOUR: timedelta(hours=1), Step.DAY: timedelta(days=1)}
BILLED = (Step.HOUR, Step.DAY)
"""The steps by which bills are added up; by the minute Central counts what it hears, of sites and of everything."""

EVERYTHING = "all"


class Total(Measured, frozen=True, kw_only=True):
    """What a subject adds up to in one span that begins `at`: sessions and money (micro-euro) when they ended, energy
    (mWh) when it flowed."""

    key_field: ClassVar[str] = "subject"

    subject: str
    step: Step
    at: datetime
    sessions: int = 0
    energy_mwh: int = 0
    micro_euros: int = 0


def of_point(cp_id: str) -> str:
    """The subject that a point is."""
    return f"point/{cp_id}"


def of_site(site_id: str) -> str:
    """The subject that a site is."""
    return f"site/{site_id}"


def begin_of(step: Step, moment: datetime) -> datetime:
    """When the span begins that a moment is in, in UTC."""
    moment = in_utc(moment)
    if step is Step.MINUTE:
        return moment.replace(second=0, microsecond=0)
    if step is Step.HOUR:
        return moment.replace(minute=0, second=0, microsecond=0)
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def shares(energy_mwh: int, begin: datetime, end: datetime, step: Step) -> dict[datetime, int]:
    """How energy that flowed from begin to end is spread over spans, evenly by time; the shares add up to all of it."""
    end = in_utc(end)
    begin = min(in_utc(begin), end)
    if end - begin > LONGEST:
        begin = end - LONGEST
    span, at = SPANS[step], begin_of(step, begin)
    if end - at <= span:
        return {at: energy_mwh}
    whole, given, found = (end - begin) // MICROSECOND, 0, {}
    while end - at > span:
        after = at + span
        so_far = energy_mwh * ((after - begin) // MICROSECOND) // whole
        found[at], given, at = so_far - given, so_far, after
    found[at] = found.get(at, 0) + energy_mwh - given
    return found


def subjects_of(bill: Bill) -> tuple[str, ...]:
    """What a bill is counted by: its point, its site and everything."""
    return of_point(bill.cp_id), *((of_site(bill.site_id),) if bill.site_id else ()), EVERYTHING


def totals_of(bill: Bill) -> Iterator[Total]:
    """What a bill adds to the totals of its subjects."""
    subjects = subjects_of(bill)
    for step in BILLED:
        spans = shares(bill.energy_mwh, bill.started_at, bill.ended_at, step)
        last = max(spans)
        for subject in subjects:
            for at, energy in spans.items():
                yield Total(
                    subject=subject,
                    step=step,
                    at=at,
                    sessions=int(at == last and not bill.is_fee),
                    energy_mwh=energy,
                    micro_euros=bill.micro_euros if at == last else 0,
                )


class Minute:
    """What the minute that began `at` comes to so far, of each site and of everything, as Central hears of it."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self._sums: dict[str | None, tuple[int, int, int]] = {}

    def add(self, site_id: str | None, *, sessions: int = 0, energy_mwh: int = 0, micro_euros: int = 0) -> None:
        """Count more of it, at a point of this site, or of none."""
        some, energy, money = self._sums.get(site_id, (0, 0, 0))
        self._sums[site_id] = (some + sessions, energy + energy_mwh, money + micro_euros)

    def totals(self) -> list[Total]:
        """All of it."""
        return added_up(
            Total(subject=subject, step=Step.MINUTE, at=self.at, sessions=some, energy_mwh=energy, micro_euros=money)
            for site_id, (some, energy, money) in self._sums.items()
            for subject in [EVERYTHING, *([of_site(site_id)] if site_id is not None else [])]
        )


def minutes_of(session: Session, values: Sequence[MeterValue], bill: Bill | None) -> Iterator[Total]:
    """What a session comes to by the minute at its point: energy between what its meter said, from its begin on."""
    if session.started_at is None:
        return
    subject = of_point(session.cp_id)
    said = [(session.started_at, session.register_start_mwh), *((value.at, value.register_mwh) for value in values)]
    if session.ended_at is not None:
        said.append((session.ended_at, session.register_stop_mwh))
    for (begin, lower), (end, upper) in pairwise(said):
        for at, energy in shares(max(0, upper - lower), begin, end, Step.MINUTE).items():
            yield Total(subject=subject, step=Step.MINUTE, at=at, energy_mwh=energy)
    if bill is not None:
        at = begin_of(Step.MINUTE, bill.ended_at)
        yield Total(subject=subject, step=Step.MINUTE, at=at, sessions=1, micro_euros=bill.micro_euros)


def added_up(totals: Iterable[Total]) -> list[Total]:
    """One total for each subject and span, in order."""
    sums: dict[tuple[str, Step, datetime], tuple[int, int, int]] = {}
    for each in totals:
        sessions, energy, money = sums.get(key := (each.subject, each.step, each.at), (0, 0, 0))
        sums[key] = (sessions + each.sessions, energy + each.energy_mwh, money + each.micro_euros)
    return [
        Total(subject=subject, step=step, at=at, sessions=sessions, energy_mwh=energy, micro_euros=money)
        for (subject, step, at), (sessions, energy, money) in sorted(sums.items())
    ]
