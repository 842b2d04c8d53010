"""EV Central as a program: `python -m evcharging.apps.ev_central.main`, or `evcharging central`."""

import asyncio
from functools import partial

from evcharging.adapters.bus.kafka.bus import open_kafka
from evcharging.adapters.store.history import History
from evcharging.adapters.store.newest import newest_in_ledger
from evcharging.apps.ev_central.bus_seals import BusSeals
from evcharging.apps.ev_central.central import central
from evcharging.apps.ev_central.starting import starting
from evcharging.apps.shell.clocks import wall_clock, warn_if_ahead
from evcharging.apps.shell.kafka import kafka_settings
from evcharging.apps.shell.logs import speaker
from evcharging.apps.shell.options import settings_command
from evcharging.apps.shell.program import run_program
from evcharging.apps.shell.status import Status, beating
from evcharging.common.config import CentralSettings


async def run(settings: CentralSettings, stop: asyncio.Event) -> None:
    """Central over Kafka, until `stop`."""
    clock = wall_clock(settings.log_level, settings.log_format, "Central")
    log, status, seals = speaker("Central"), Status(), BusSeals(clock.now)
    status.waiting = f"Waiting for Kafka at {settings.kafka_bootstrap}"

    def on_ledger(ledger: History) -> None:
        warn_if_ahead(clock, newest_in_ledger(ledger), "ledger", log)

    with starting(settings, status) as make_way:
        async with (
            beating(status),
            open_kafka(
                settings.kafka_bootstrap, settings.partitions, log, kafka_settings(settings), seals=seals
            ) as bus,
            central(settings, bus, clock, status, make_way, on_ledger, seals.begin, on_kafka=True) as up,
        ):
            log("info", f"Dashboard at {up.url}")
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
