"""A driver as a program: `python -m evcharging.apps.ev_driver.main`, or `evcharging driver`."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial
from random import Random

import click

from evcharging.adapters.beside import beside
from evcharging.adapters.bus.kafka.bus import open_kafka
from evcharging.adapters.clock import Clock, WallClock
from evcharging.adapters.key_files import OwnKey
from evcharging.apps.ev_driver.booking import book, booking_of
from evcharging.apps.ev_driver.drivers import drivers, ending, open_memory, plan_of, spread, wanting
from evcharging.apps.ev_driver.free_points import free_points, wants_proof
from evcharging.apps.ev_driver.keys import CannotProve, keys_of, seals_of, token_of
from evcharging.apps.ev_driver.requests_file import read_requests
from evcharging.apps.ev_driver.signing_in import BRANCHES, central_tls
from evcharging.apps.ev_driver.streams import Streams
from evcharging.apps.shell.clocks import wall_clock
from evcharging.apps.shell.crashing import crashing
from evcharging.apps.shell.fleets import component, ids_of
from evcharging.apps.shell.journals import default_journal
from evcharging.apps.shell.kafka import kafka_settings
from evcharging.apps.shell.logs import LogLine, speaker
from evcharging.apps.shell.options import UserError, settings_command
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
        keys = keys_of(settings, ids)
        memory = stack.enter_context(open_memory(settings.journal or default_journal(ids[0], "requests")))
        tls = await enter(serving_tls(settings, log))
        await enter(status_port(status, settings.http_host, settings.http_port, log, tls))
        await enter(advising(settings, len(ids) - len(keys), log))
        status.waiting = f"Waiting for Kafka at {settings.kafka_bootstrap}"
        seals = seals_of(keys.values())
        kafka = await enter(open_kafka(settings.kafka_bootstrap, None, log, kafka_settings(settings), seals))
        watch_bus(status, kafka)
        streams = _streams(settings, keys, clock, status, log)
        store, bus = crashing(settings.crash_at, memory, kafka, log)
        plan = plan_of(points, ids)
        await enter(drivers(wanted, bus, clock, ending(ids, stop), status, store=store, plan=plan, streams=streams))
        status.waiting = None
        await stop.wait()


def _streams(settings: DriverSettings, keys: dict[str, OwnKey], clock: Clock, status: Status, log: LogLine) -> Streams:
    """By which drivers with keys hear."""
    centrals = addresses(settings.central_host, settings.central_port)
    tokens = {driver_id: token_of(key, clock.now) for driver_id, key in keys.items()}
    streams = Streams(centrals, central_tls(settings), tokens, log, Random())
    status.add_check(streams.trouble)
    return streams


@asynccontextmanager
async def advising(settings: DriverSettings, without_key: int, log: LogLine) -> AsyncIterator[None]:
    """Drivers without a key hear what to do about it while the block goes on, where Central asks for one."""

    async def advise() -> None:
        centrals = addresses(settings.central_host, settings.central_port)
        if without_key and await asyncio.to_thread(wants_proof, centrals, central_tls(settings)):
            log("warning", "Central lets nobody charge who has no key: sign in first: evcharging driver login")

    async with beside(advise()):
        yield


def list_free(settings: DriverSettings) -> None:
    """Print the points that are free now, as they are shown to the driver of these settings."""
    try:
        held = keys_of(settings, [settings.driver_id]).get(settings.driver_id)
    except CannotProve as error:
        raise UserError(str(error)) from None
    token = token_of(held, WallClock().now)() if held else None
    centrals = addresses(settings.central_host, settings.central_port)
    click.echo("\n".join(free_points(centrals, central_tls(settings), token)))


FREE = click.Option(["--free"], is_flag=True, help="Print the points that are free now, and end")


RESERVE = (
    click.Option(["--reserve"], metavar="POINT", help="Book a point, or @ and a site, and end"),
    click.Option(["--from", "begins_at"], metavar="MOMENT", help="When the reservation begins, with the time zone"),
    click.Option(["--to", "ends_at"], metavar="MOMENT", help="When it ends"),
)


@settings_command("driver", DriverSettings, extra=(FREE, *RESERVE), branches=BRANCHES)
def main(settings: DriverSettings, free: bool, reserve: str | None, begins_at: str | None, ends_at: str | None) -> None:
    """A driver: asks for one charge after another. Or many of them, each from another line of the file on.

    \b
    Examples:
      evcharging driver --driver-id driver-alice --kafka-bootstrap localhost:9092 --requests-file requests.txt
      evcharging driver --driver-count 100 --driver-prefix D-
      evcharging driver --kwh 10 --minutes 45
      evcharging driver --free
      evcharging driver --reserve CP-001 --from 2026-01-01T12:00Z --to 2026-01-01T13:00Z
      evcharging driver login
      evcharging driver register
      evcharging driver logout
    """
    if free:
        list_free(settings)
    elif reserve is not None:
        run_program(partial(book, settings, booking_of(reserve, begins_at, ends_at)))
    else:
        run_program(partial(run, settings), listens=settings)


if __name__ == "__main__":
    main()
