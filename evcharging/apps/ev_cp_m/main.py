"""A charging point monitor as a program: `python -m evcharging.apps.ev_cp_m.main`, or `evcharging monitor`."""

import asyncio
from functools import partial
from random import Random

from evcharging.adapters.bus.memory import MemoryBus
from evcharging.adapters.clock import WallClock
from evcharging.apps.ev_cp_m.monitors import monitors
from evcharging.apps.logs import configure
from evcharging.apps.options import settings_command
from evcharging.apps.program import run_program
from evcharging.common.config import MonitorSettings


async def run(settings: MonitorSettings, stop: asyncio.Event) -> None:
    """One monitor on its two links, until `stop`; it has no business on a bus."""
    clock = WallClock()
    configure(settings.log_level, clock.now)
    async with monitors(settings, [settings.cp_id], MemoryBus(1), clock, Random()) as links:
        links.begin(settings.cp_id, settings.cp_e_port, settings.central_port)
        await stop.wait()


@settings_command("monitor", MonitorSettings)
def main(settings: MonitorSettings) -> None:
    """A charging point monitor: health watch and registration.

    \b
    Example:
      evcharging monitor --cp-id CP-001 --cp-e-host localhost --cp-e-port 8001 \\
        --central-host localhost --central-port 8000
    """
    run_program(partial(run, settings))


if __name__ == "__main__":
    main()
