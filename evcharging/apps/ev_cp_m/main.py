"""A charging point monitor as a program: `python -m evcharging.apps.ev_cp_m.main`, or `evcharging monitor`."""

import asyncio
from functools import partial
from random import Random

from evcharging.adapters.bus.memory import MemoryBus
from evcharging.adapters.clock import WallClock
from evcharging.apps.ev_cp_m.monitors import monitors
from evcharging.apps.fleets import ids_of
from evcharging.apps.logs import configure
from evcharging.apps.options import settings_command
from evcharging.apps.program import run_program
from evcharging.common.config import MonitorSettings


async def run(settings: MonitorSettings, stop: asyncio.Event) -> None:
    """One monitor, or a fleet of them, each on its two links, until `stop`; they have no business on a bus."""
    clock = WallClock()
    configure(settings.log_level, clock.now)
    ids = ids_of(settings.cp_id, settings.cp_count, settings.cp_prefix)
    async with monitors(settings, ids, MemoryBus(1), clock, Random()) as links:
        for cp_id in ids:
            links.begin(cp_id, settings.cp_e_port, settings.central_port)
        await stop.wait()


@settings_command("monitor", MonitorSettings)
def main(settings: MonitorSettings) -> None:
    """A charging point monitor: health watch and registration. Or many of them, for the engines at one address.

    \b
    Examples:
      evcharging monitor --cp-id CP-001 --cp-e-host localhost --cp-e-port 8001 \\
        --central-host localhost --central-port 8000
      evcharging monitor --cp-count 500 --cp-prefix P --cp-e-port 8001
    """
    run_program(partial(run, settings))


if __name__ == "__main__":
    main()
