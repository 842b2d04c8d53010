"""The circuits of the sites of a network in one process, where it has a limit."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from evcharging.common.amperes import limit_of
from evcharging.common.config import NetworkSettings
from evcharging.common.messages_power import Strategy
from evcharging.common.messages_site import DescribeSite
from evcharging.common.site_description import SiteDescription
from evcharging.common.utils import changed
from evcharging.domain.power.simple import one_circuit
from evcharging.roles.engine.setup import EngineSetup


def described(
    network: NetworkSettings,
    setups: Sequence[EngineSetup],
    site_of: Mapping[str, str],
    known: Mapping[str, SiteDescription],
    now: datetime,
) -> Iterator[DescribeSite]:
    """What is said of each site at the start: its circuits, beside what is `known` of it already."""
    if network.site_limit is None:
        return
    limit_ma, strategy = limit_of(network.site_limit), Strategy(network.strategy)
    for site_id in sorted({*site_of.values()}):
        tree = one_circuit(_powers(setup for setup in setups if site_of.get(setup.cp_id) == site_id), limit_ma)
        description = changed(known.get(site_id, SiteDescription()), circuits=tree, strategy=strategy)
        request_id = f"circuits-{site_id}-{int(now.timestamp())}"
        yield DescribeSite(ts=now, request_id=request_id, site_id=site_id, description=description)


def _powers(setups: Iterable[EngineSetup]) -> Iterator[tuple[str, int]]:
    return ((setup.cp_id, setup.power_w) for setup in setups)
