"""What the points of a network in one process are called, and which sites they are at."""

from collections.abc import Sequence
from itertools import cycle

from evcharging.common.config import NetworkSettings
from evcharging.common.utils import numbered


def point_ids(count: int) -> list[str]:
    """CP-001, CP-002 and so on."""
    return numbered("CP-", count)


def site_count(network: NetworkSettings) -> int:
    """How many sites there are: one at least, where there is a limit for a site."""
    return max(network.sites, 1 if network.site_limit is not None else 0)


def site_ids(cp_ids: Sequence[str], sites: int) -> dict[str, dict[str, str]]:
    """The site of each point, in turn; of none where there are no sites."""
    names = numbered("SITE-", sites) if sites else []
    return {cp_id: {"site_id": site_id} for cp_id, site_id in zip(cp_ids, cycle(names), strict=False)}
