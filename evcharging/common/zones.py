"""Time zones by their names in the IANA database."""

from datetime import tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class UnknownZone(ValueError):
    """There is no such time zone."""


@lru_cache(maxsize=1000)
def zone_of(name: str) -> tzinfo:
    """A time zone; raises UnknownZone in one sentence."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise UnknownZone(f"{name[:64]!r} is no time zone: give a name such as Europe/Madrid or UTC") from None
