"""One simulation: a network in virtual time from a seed, and its report. Knows no screen and no file."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from random import Random

from evcharging.adapters.bus.memory import MemoryBus
from evcharging.adapters.store.memory import MemoryStore
from evcharging.common.messages_power import Strategy
from evcharging.common.utils import Frozen, numbered
from evcharging.domain.fleet import arrivals
from evcharging.domain.meter import to_watts
from evcharging.domain.money import to_micro_euros
from evcharging.domain.vehicle import Visit
from evcharging.roles.cadences import FULL, QUIET
from evcharging.roles.driver import ANY_POINT_OF, Driver
from evcharging.roles.engine.setup import EngineSetup
from evcharging.runtime.programs import no_visits
from evcharging.runtime.virtual import VirtualTime
from evcharging.simulation.export import End
from evcharging.simulation.faults import Faults
from evcharging.simulation.network import Network, site_ids
from evcharging.simulation.report import SimulationReport, report_of
from evcharging.simulation.vehicles import random_wishes

START = datetime(2026, 1, 1, tzinfo=UTC)
NO_READINGS = timedelta(days=1)
"""The longest time between two readings that an engine may announce: no supply lasts so long."""

SLICES = 200
"""How often progress is told."""


class Scenario(Frozen, frozen=True, kw_only=True):
    """What is simulated. `pause` is a driver's mean pause between charges. Without an `interval` there are no readings
    but the last of each supply, and no signs of life: what comes of it is the same. With `vehicles` a supply draws what
    its vehicle takes, and not all that the point gives."""

    points: int
    drivers: int
    hours: float
    seed: int
    interval: timedelta | None = None
    pause: timedelta = timedelta(hours=4)
    kw_rate: float = 22.0
    euro_rate: float = 0.30
    faults_per_day: float = 0.0
    sites: int = 0
    site_limit_ma: int | None = None
    strategy: Strategy = Strategy.EQUAL_SHARE
    vehicles: bool = False


def simulate(
    scenario: Scenario,
    progress: Callable[[float], None] = lambda share: None,
    export: Callable[[End], None] = lambda end: None,
) -> SimulationReport:
    """Run it from beginning to end; `progress` is told the share that is done, and `export` is given
    how it ended."""
    time = VirtualTime(START, QUIET if scenario.interval is None else FULL)
    end = START + timedelta(hours=scenario.hours)
    network = build(scenario, time)
    for part in range(1, SLICES + 1):
        time.run_until(START + (end - START) * part / SLICES)
        progress(part / SLICES)
    result = End(network.ledger, end, network.registers(end))
    export(result)
    power = None if network.power is None else network.power.figures()
    return report_of(
        result, seed=scenario.seed, points=scenario.points, drivers=scenario.drivers, start=START, power=power
    )


def build(scenario: Scenario, time: VirtualTime) -> Network:
    """The network of a scenario, in virtual time."""
    ids = numbered("CP-", scenario.points)
    places = [f"{ANY_POINT_OF}{site_id}" for site_id in site_ids(scenario.sites)] or ids
    numbers = count(1)

    def driver(number: int) -> Driver:
        chance = Random(f"{scenario.seed}/driver/{number}")
        intents = random_wishes(places, scenario.pause, chance)
        return Driver(f"driver-{number}", intents, lambda: f"req-{next(numbers)}")

    network = Network(
        time.host,
        MemoryBus(partitions=1),
        time.now,
        engines=[_engine(scenario, cp_id) for cp_id in ids],
        drivers=[driver(number) for number in range(1, scenario.drivers + 1)],
        sites=scenario.sites,
        site_limit_ma=scenario.site_limit_ma,
        strategy=scenario.strategy,
        visits=partial(visits_of, scenario.seed, to_watts(scenario.kw_rate)) if scenario.vehicles else no_visits,
    )
    if scenario.faults_per_day > 0:
        host = time.host(MemoryStore(), network.bus)
        faults = Faults(ids, scenario.faults_per_day, Random(f"{scenario.seed}/faults"))
        host.add("faults", faults, shard="faults", epoch=0)
    return network


def visits_of(seed: int, power_w: int, cp_id: str) -> Iterator[Visit]:
    """The vehicles that come to a point of this nameplate power, by chance."""
    return arrivals(Random(f"{seed}/vehicles/{cp_id}"), power_w)


def _engine(scenario: Scenario, cp_id: str) -> EngineSetup:
    return EngineSetup(
        cp_id=cp_id,
        power_w=to_watts(scenario.kw_rate),
        micro_euros_per_kwh=to_micro_euros(scenario.euro_rate),
        interval=scenario.interval or NO_READINGS,
        ticks=None,
    )
