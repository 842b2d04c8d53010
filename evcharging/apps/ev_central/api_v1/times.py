"""From when until when is asked for, where no more than so many days may be."""

from datetime import datetime, timedelta

from evcharging.apps.ev_central.web import unfit
from evcharging.common.moments import in_utc

EARLIEST, LATEST = 2, 9998
"""The first and the last year in which every span has a begin and an end."""


def asked_time(
    now: datetime, since: datetime | None, to: datetime | None, *, usual: timedelta, longest_days: int
) -> tuple[datetime, datetime]:
    """The time, in UTC, which ends now at the latest; where nobody says from when on, it is as long as usual."""
    refuse_other_years(since, to)
    end = min(in_utc(to or now), now)
    begin = end - usual if since is None else min(in_utc(since), end)
    refuse_longer(begin, end, longest_days)
    return begin, end


def refuse_other_years(since: datetime | None, to: datetime | None) -> None:
    """Raises a 422 for a moment outside of the years that can be asked for."""
    for name, moment in (("from", since), ("to", to)):
        if moment is not None and not EARLIEST <= in_utc(moment).year <= LATEST:
            raise unfit("query", name, f"give a moment of the years {EARLIEST} to {LATEST}")


def refuse_longer(begin: datetime, end: datetime, longest_days: int) -> None:
    """Raises a 422 for a time of more than so many days."""
    if end - begin > timedelta(days=longest_days):
        raise unfit("query", "from", f"give a moment at most {longest_days} days before the end")
