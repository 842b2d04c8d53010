"""A driver as a program: `python -m evcharging.apps.ev_driver.main`, or `evcharging driver`."""

import asyncio
from contextlib import AsyncExitStack
from datetime import timedelta
from functools import partial

import click

from evcharging.adapters.bus.kafka import open_kafka
from evcharging.adapters.clock import WallClock
from evcharging.apps.ev_driver.drivers import drivers, say_done, wishes
from evcharging.apps.ev_driver.free_points import free_points
from evcharging.apps.ev_driver.requests_file import read_requests
from evcharging.apps.logs import configure, speaker
from evcharging.apps.options import settings_command
from evcharging.apps.program import run_program
from evcharging.common.config import DriverSettings
from evcharging.roles.driver import Driver


async def run(settings: DriverSettings, stop: asyncio.Event) -> None:
    """One driver over Kafka, until its requests are served or `stop`."""
    clock = WallClock()
    configure(settings.log_level, clock.now)
    wanted = wishes(read_requests(settings.requests_file), timedelta(seconds=settings.request_interval))

    def on_done(driver: Driver) -> None:
        say_done(driver)
        stop.set()

    say = speaker(f"Driver:{settings.driver_id}")
    async with AsyncExitStack() as stack:
        bus = await stack.enter_async_context(open_kafka(settings.kafka_bootstrap, None, say))
        await stack.enter_async_context(drivers({settings.driver_id: wanted}, bus, clock, on_done))
        await stop.wait()


FREE = click.Option(["--free"], is_flag=True, help="Print the points that are free now, and end")


@settings_command("driver", DriverSettings, extra=(FREE,))
def main(settings: DriverSettings, free: bool) -> None:
    """A driver: asks for one charge after another.

    \b
    Example:
      evcharging driver --driver-id driver-alice --kafka-bootstrap localhost:9092 --requests-file requests.txt
      evcharging driver --free
    """
    if free:
        click.echo("\n".join(free_points(settings.central_host, settings.central_port)))
    else:
        run_program(partial(run, settings))


if __name__ == "__main__":
    main()
