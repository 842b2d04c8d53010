"""EV Central as a program: `python -m evcharging.apps.ev_central.main`, or `evcharging central`."""

import asyncio
from functools import partial

from evcharging.adapters.bus.kafka import open_kafka
from evcharging.adapters.clock import WallClock
from evcharging.apps.ev_central.central import central
from evcharging.apps.ev_central.starting import starting
from evcharging.apps.logs import configure, speaker
from evcharging.apps.options import settings_command
from evcharging.apps.program import run_program
from evcharging.apps.status import Status, beating
from evcharging.common.config import CentralSettings


async def run(settings: CentralSettings, stop: asyncio.Event) -> None:
    """Central over Kafka, until `stop`."""
    clock = WallClock()
    configure(settings.log_level, clock.now, form=settings.log_format)
    say, status = speaker("Central"), Status()
    status.waiting = f"Waiting for Kafka at {settings.kafka_bootstrap}"
    with starting(settings, status) as make_way:
        async with (
            beating(status),
            open_kafka(settings.kafka_bootstrap, settings.partitions, say) as bus,
            central(settings, bus, clock, status, make_way) as up,
        ):
            say("info", f"Dashboard at {up.url}")
            await stop.wait()


@settings_command("central", CentralSettings)
def main(settings: CentralSettings) -> None:
    """EV Central: controller, ledger and dashboard.

    \b
    Example:
      evcharging central --kafka-bootstrap localhost:9092 --http-port 8000 --listen-port 9999
    """
    run_program(partial(run, settings), listens=settings)


if __name__ == "__main__":
    main()
