"""Time zones by their names in the IANA database."""

from datetime import tzinfo
from functools import cache, lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


class UnknownZone(ValueError):
    """There is no such time zone."""


@lru_cache(maxsize=1000)
def zone_of(name: str) -> tzinfo:
    """A time zone that has the same name on every machine; raises UnknownZone in one sentence."""
    try:
        if name in _names():
            return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        pass
    raise UnknownZone(f"{name[:64]!r} is no time zone: give a name such as Europe/Madrid or UTC")


@cache
def _names() -> frozenset[str]:
    return frozenset((files("tzdata") / "zones").read_text(encoding="ascii").split()) - {"Factory", "localtime"}
