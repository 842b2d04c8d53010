"""Moments as whole microseconds since 1970 UTC, within the years 1 to 9999."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
FIRST = datetime.min.replace(tzinfo=UTC)
LAST = datetime.max.replace(tzinfo=UTC)
"""The first and the last moment that there is."""


def to_microseconds(moment: datetime) -> int:
    """A moment as a count. One that a time zone puts outside of these years counts as the first or the last."""
    passed = in_utc(moment) - EPOCH
    return (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds


def from_microseconds(count: int) -> datetime:
    """The moment of a count, or the first or the last one that there is."""
    return EPOCH + min(max(count, FIRST_COUNT), LAST_COUNT) * MICROSECOND


def in_utc(moment: datetime) -> datetime:
    """The same moment in UTC, or the first or the last one that there is."""
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return FIRST if moment.year == 1 else LAST


FIRST_COUNT, LAST_COUNT = to_microseconds(FIRST), to_microseconds(LAST)
