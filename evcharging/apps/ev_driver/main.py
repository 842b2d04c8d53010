"""A driver as a program: `python -m evcharging.apps.ev_driver.main`, or `evcharging driver`."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial

import click

from evcharging.adapters.bus.kafka.bus import open_kafka
from evcharging.apps.ev_driver.drivers import drivers, ending, open_memory, plan_of, spread, wanting
from evcharging.apps.ev_driver.free_points import free_points
from evcharging.apps.ev_driver.keys import seals_of
from evcharging.apps.ev_driver.requests_file import read_requests
from evcharging.apps.ev_driver.signing_in import BRANCHES, central_tls
from evcharging.apps.shell.clocks import wall_clock
from evcharging.apps.shell.crashing import crashing
from evcharging.apps.shell.fleets import component, ids_of
from evcharging.apps.shell.journals import default_journal
from evcharging.apps.shell.kafka import kafka_settings
from evcharging.apps.shell.logs import speaker
from evcharging.apps.shell.options import settings_command
from evcharging.apps.shell.program import run_program, watch_bus
from evcharging.apps.shell.serving import serving_tls
from evcharging.apps.shell.status import Status
from evcharging.apps.web.status_server import status_port
from evcharging.common.config import DriverSettings
from evcharging.common.setting_values import addresses


async def run(settings: DriverSettings, stop: asyncio.Event) -> None:
    """One driver, or a fleet of them, over Kafka, until their requests are served or `stop`."""
    ids = ids_of(settings.driver_id, settings.driver_count, settings.driver_prefix)
    clock = wall_clock(settings.log_level, settings.log_format, component("Driver", ids))
    points = read_requests(settings.requests_file)
    wishes = spread(ids, points, timedelta(seconds=settings.request_interval))
    wanted = wanting(wishes, settings.kwh, settings.minutes)
    log, status = speaker(component("Driver", ids)), Status()
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        seals = seals_of(settings, ids)
        memory = stack.enter_context(open_memory(settings.journal or default_journal(ids[0], "requests")))
        tls = await enter(serving_tls(settings, log))
        await enter(status_port(status, settings.http_host, settings.http_port, log, tls))
        status.waiting = f"Waiting for Kafka at {settings.kafka_bootstrap}"
        kafka = await enter(open_kafka(settings.kafka_bootstrap, None, log, kafka_settings(settings), seals=seals))
        watch_bus(status, kafka)
        store, bus = crashing(settings.crash_at, memory, kafka, log)
        await enter(drivers(wanted, bus, clock, ending(ids, stop), status, store=store, plan=plan_of(points, ids)))
        status.waiting = None
        await stop.wait()


FREE = click.Option(["--free"], is_flag=True, help="Print the points that are free now, and end")


@settings_command("driver", DriverSettings, extra=(FREE,), branches=BRANCHES)
def main(settings: DriverSettings, free: bool) -> None:
    """A driver: asks for one charge after another. Or many of them, each from another line of the file on.

    \b
    Examples:
      evcharging driver --driver-id driver-alice --kafka-bootstrap localhost:9092 --requests-file requests.txt
      evcharging driver --driver-count 100 --driver-prefix D-
      evcharging driver --kwh 10 --minutes 45
      evcharging driver --free
      evcharging driver login
      evcharging driver register
      evcharging driver logout
    """
    if free:
        click.echo(
            "\n".join(free_points(addresses(settings.central_host, settings.central_port), central_tls(settings)))
        )
    else:
        run_program(partial(run, settings), listens=settings)


if __name__ == "__main__":
    main()
