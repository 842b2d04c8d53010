"""Which points or drivers a process has, one or thousands, and what it is called in the log. Knows no program."""

from collections.abc import Sequence

from evcharging.common.utils import numbered

ON_ONE_LINK = 250
"""How many points a fleet of monitors asks about over one link to their engines."""


def links_to_engines(points: int) -> int:
    """How many links a fleet has to its engines."""
    return -(-points // ON_ONE_LINK)


def ids_of(one: str, count: int | None, prefix: str) -> list[str]:
    """The one ID, or where there is a count as many numbered ones."""
    return [one] if count is None else numbered(prefix, count)


def component(kind: str, ids: Sequence[str]) -> str:
    """`CP_E:CP-001`, or `CP_E:CP-001..CP-500` for all of a fleet together."""
    return f"{kind}:{ids[0]}" if len(ids) == 1 else f"{kind}:{ids[0]}..{ids[-1]}"
