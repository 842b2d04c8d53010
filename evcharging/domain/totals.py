"""What sessions come to by the hour and by the day, as bills add up. Knows no message bus, store or clock."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from evcharging.common.utils import Frozen
from evcharging.domain.session import Bill

MICROSECOND = timedelta(microseconds=1)
LONGEST = timedelta(days=7)
"""Energy that flowed for longer is counted in the last days of it."""


class Step(StrEnum):
    """How long a span is that is added up."""

    HOUR = "hour"
    DAY = "day"


SPANS = {Step.HOUR: timedelta(hours=1), Step.DAY: timedelta(days=1)}
EVERYTHING = "all"


class Total(Frozen, frozen=True, kw_only=True):
    """What a subject adds up to in one span that begins `at`: sessions and money (micro-euro) when they ended, energy
    (mWh) when it flowed."""

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
    hour = moment.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return hour if step is Step.HOUR else hour.replace(hour=0)


def shares(bill: Bill, step: Step) -> dict[datetime, int]:
    """How the energy of a bill is spread over spans, evenly by time; the shares add up to all of it."""
    end = bill.ended_at
    begin = max(min(bill.started_at, end), end - LONGEST)
    whole, given, found = (end - begin) // MICROSECOND, 0, {}
    at = begin_of(step, begin)
    while at + SPANS[step] < end:
        after = at + SPANS[step]
        so_far = bill.energy_mwh * ((after - begin) // MICROSECOND) // whole
        found[at], given, at = so_far - given, so_far, after
    found[at] = found.get(at, 0) + bill.energy_mwh - given
    return found


def totals_of(bill: Bill) -> Iterator[Total]:
    """What a bill adds to the totals of its point, of its site and of everything."""
    subjects = [of_point(bill.cp_id), *([of_site(bill.site_id)] if bill.site_id else []), EVERYTHING]
    for step in Step:
        spans = shares(bill, step)
        last = max(spans)
        for subject in subjects:
            for at, energy in spans.items():
                yield Total(
                    subject=subject,
                    step=step,
                    at=at,
                    sessions=int(at == last),
                    energy_mwh=energy,
                    micro_euros=bill.micro_euros if at == last else 0,
                )


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
