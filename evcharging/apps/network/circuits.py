"""The circuits of the sites of a network in one process, where it has a limit."""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime

from evcharging.adapters.beside import beside
from evcharging.adapters.bus import Bus
from evcharging.adapters.clock import Clock
from evcharging.common.amperes import limit_of
from evcharging.common.config import NetworkSettings
from evcharging.common.messages_grants import BuildingMeasured
from evcharging.common.messages_power import Strategy
from evcharging.common.messages_site import DescribeSite
from evcharging.common.site_description import SiteDescription
from evcharging.common.utils import changed
from evcharging.domain.power.building import building_ma
from evcharging.domain.power.simple import MAIN, one_circuit
from evcharging.roles.engine.setup import EngineSetup

METERED_EVERY_S = 2.0


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
        own = (setup for setup in setups if site_of.get(setup.cp_id) == site_id)
        tree = one_circuit(_powers(own), limit_ma, most_of_building(network))
        description = changed(known.get(site_id, SiteDescription()), circuits=tree, strategy=strategy)
        request_id = f"circuits-{site_id}-{int(now.timestamp())}"
        yield DescribeSite(ts=now, request_id=request_id, site_id=site_id, description=description)


def most_of_building(network: NetworkSettings) -> int:
    """What the simulated building of a site takes at most, in mA on each phase; 0 where there is none."""
    return limit_of(network.building) if network.building is not None and network.site_limit is not None else 0


@asynccontextmanager
async def buildings(network: NetworkSettings, site_ids: Collection[str], bus: Bus, clock: Clock) -> AsyncIterator[None]:
    """The simulated buildings are metered until the block is left."""
    most_ma = most_of_building(network)
    async with beside(_metered(most_ma, site_ids if most_ma else (), bus, clock)):
        yield


async def _metered(most_ma: int, site_ids: Collection[str], bus: Bus, clock: Clock) -> None:
    while site_ids:
        now = clock.now()
        ma = building_ma(most_ma, now)
        for site_id in sorted(site_ids):
            bus.publish(BuildingMeasured(ts=now, site_id=site_id, circuit_id=MAIN, l1_ma=ma, l2_ma=ma, l3_ma=ma))
        await asyncio.sleep(METERED_EVERY_S)


def _powers(setups: Iterable[EngineSetup]) -> Iterator[tuple[str, int]]:
    return ((setup.cp_id, setup.power_w) for setup in setups)
