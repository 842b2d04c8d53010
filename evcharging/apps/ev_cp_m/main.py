"""A charging point monitor as a program: `python -m evcharging.apps.ev_cp_m.main`, or `evcharging monitor`."""

import asyncio
import ssl
from contextlib import AsyncExitStack
from functools import partial
from random import Random

from evcharging.adapters.bus.memory import MemoryBus
from evcharging.apps.ev_cp_m.central_http import CentralHttp
from evcharging.apps.ev_cp_m.enrolment import enrol
from evcharging.apps.ev_cp_m.monitors import monitors
from evcharging.apps.shell.clocks import wall_clock
from evcharging.apps.shell.fleets import component, ids_of, links_to_engines
from evcharging.apps.shell.logs import LogLine, speaker
from evcharging.apps.shell.options import settings_command
from evcharging.apps.shell.point_keys import KeyFiles, key_files
from evcharging.apps.shell.program import run_program
from evcharging.apps.shell.serving import serving_tls
from evcharging.apps.shell.status import Status
from evcharging.apps.shell.trust import trust_of
from evcharging.apps.web.status_server import status_port
from evcharging.common.config import MonitorSettings
from evcharging.common.setting_values import addresses


async def run(settings: MonitorSettings, stop: asyncio.Event) -> None:
    """One monitor, or a fleet of them, each on its two links, until `stop`; they have no business on a bus."""
    ids, status = ids_of(settings.cp_id, settings.cp_count, settings.cp_prefix), Status()
    clock = wall_clock(settings.log_level, settings.log_format, component("CP_M", ids))
    log = speaker(component("CP_M", ids))
    keys, trust = key_files(settings, ids, log), trust_of(settings)
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        tls = await enter(serving_tls(settings, log))
        await enter(status_port(status, settings.http_host, settings.http_port, log, tls))
        if settings.enrol is not None:
            status.waiting = "Waiting for the key of its point"
            await _enrol(settings, settings.enrol, keys, trust, log)
        links = await enter(monitors(settings, ids, MemoryBus(1), clock, Random(), status, keys, trust))
        links.begin(ids, settings.cp_e_port)
        status.waiting = None
        await stop.wait()


async def _enrol(
    settings: MonitorSettings, token: str, keys: KeyFiles, tls: ssl.SSLContext | None, log: LogLine
) -> None:
    http = CentralHttp(tls)
    try:
        await enrol(http, addresses(settings.central_host, settings.central_port), settings.cp_id, token, keys, log)
    finally:
        await http.close()


@settings_command("monitor", MonitorSettings)
def main(settings: MonitorSettings) -> None:
    """A charging point monitor: health watch and registration. Or many of them, for the engines at one address.

    \b
    Examples:
      evcharging monitor --cp-id CP-001 --cp-e-host localhost --cp-e-port 8001 \\
        --central-host localhost --central-port 8000
      evcharging monitor --cp-count 500 --cp-prefix P --cp-e-port 8001
    """
    points = settings.cp_count or 1
    run_program(partial(run, settings), listens=settings, links=points + links_to_engines(points))


if __name__ == "__main__":
    main()
