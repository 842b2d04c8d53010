"""When the elements of a tariff hold, and the moments at which that changes. Knows no price."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from evcharging.common.messages_tariff import WEEKDAYS, Element, Tariff
from evcharging.common.zones import zone_of

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
MIDNIGHT = time()

LONGEST_DAY = timedelta(hours=26)
"""By the clock something changes at least once in this time, in any zone."""


def edges(tariff: Tariff, begun: datetime, until: datetime) -> list[datetime]:
    """The moments after `begun` and before `until`, in order, from which another element may count, by the local time
    and by how long the session lasts. By a tier of energy or power none is: a price finds these in the readings."""
    found = {begun + seconds * SECOND for seconds in _durations(tariff.elements)}
    if any(element.is_by_clock for element in tariff.elements):
        found.update(_by_clock(tariff, begun, until))
    return sorted(moment for moment in found if begun < moment < until)


def next_edge(tariff: Tariff, begun: datetime, after: datetime) -> datetime | None:
    """The first moment after this one from which another element may count; None where there is none."""
    found = [begun + seconds * SECOND for seconds in _durations(tariff.elements)]
    if any(element.is_by_clock for element in tariff.elements):
        found += _by_clock(tariff, after, after + LONGEST_DAY)
    return min((moment for moment in found if moment > after), default=None)


def _durations(elements: Iterable[Element]) -> Iterator[int]:
    for element in elements:
        yield from (seconds for seconds in (element.min_s, element.max_s) if seconds is not None)


def _by_clock(tariff: Tariff, begun: datetime, until: datetime) -> Iterator[datetime]:
    zone = zone_of(tariff.zone)
    times = {MIDNIGHT} if any(e.weekdays or e.from_date or e.until_date for e in tariff.elements) else set()
    for element in tariff.elements:
        if element.local_from is not None or element.local_to is not None:
            times.update(_time(text) for text in (element.local_from, element.local_to))
    day, last = begun.astimezone(zone).date(), until.astimezone(zone).date()
    while day <= last:
        yield from _moments_of(day, times, zone)
        day += DAY


def _moments_of(day: date, times: Iterable[time], zone: tzinfo) -> Iterator[datetime]:
    """When it is one of these times on a local day, twice where clocks go back; and when clocks are changed on it."""
    for each in times:
        for fold in (0, 1):
            yield datetime(day.year, day.month, day.day, each.hour, each.minute, tzinfo=zone, fold=fold).astimezone(UTC)
    first = datetime.combine(day, MIDNIGHT, zone).astimezone(UTC)
    if (changed := _change(first, first + DAY + timedelta(hours=2), zone)) is not None:
        yield changed


def _change(since: datetime, until: datetime, zone: tzinfo) -> datetime | None:
    """The second in which the offset of a zone changes in this span, if it does."""
    before = since.astimezone(zone).utcoffset()
    if before == until.astimezone(zone).utcoffset():
        return None
    while until - since > SECOND:
        middle = since + (until - since) // (2 * SECOND) * SECOND
        if middle.astimezone(zone).utcoffset() == before:
            since = middle
        else:
            until = middle
    return until


def holds(element: Element, local: datetime, *, mwh: int, seconds: int, watts: int) -> bool:
    """Whether an element holds at a local time, after so much energy and time, while so much power flows."""
    return (
        _within(element.min_mwh, mwh, element.max_mwh)
        and _within(element.min_s, seconds, element.max_s)
        and _within(element.min_w, watts, element.max_w)
        and (not element.is_by_clock or _holds_by_clock(element, local))
    )


def _within(least: int | None, value: int, most: int | None) -> bool:
    return (least is None or least <= value) and (most is None or value < most)


def _holds_by_clock(element: Element, local: datetime) -> bool:
    if element.weekdays and WEEKDAYS[local.weekday()] not in element.weekdays:
        return False
    if element.from_date is not None and local.date().isoformat() < element.from_date:
        return False
    if element.until_date is not None and local.date().isoformat() >= element.until_date:
        return False
    begin, end, now = _time(element.local_from), _time(element.local_to), local.time()
    if end == MIDNIGHT:
        return begin <= now
    return begin <= now < end if begin < end else now >= begin or now < end


def _time(text: str | None) -> time:
    """The time of day that HH:MM is; where none is said it is midnight, at which a day begins and ends."""
    return time(int(text[:2]), int(text[3:])) if text else MIDNIGHT
