"""A charging point engine as a program: `python -m evcharging.apps.ev_cp_e.main`, or `evcharging engine`."""

import asyncio
from contextlib import AsyncExitStack
from functools import partial

from evcharging.adapters.bus.kafka.bus import open_kafka
from evcharging.adapters.store.newest import newest_in_journal
from evcharging.apps.ev_cp_e.engines import engines, open_journal
from evcharging.apps.ev_cp_e.point_seals import point_seals
from evcharging.apps.shell.clocks import wall_clock, warn_if_ahead
from evcharging.apps.shell.fleets import component, ids_of, links_to_engines
from evcharging.apps.shell.journals import default_journal
from evcharging.apps.shell.kafka import kafka_settings
from evcharging.apps.shell.logs import speaker
from evcharging.apps.shell.options import settings_command
from evcharging.apps.shell.point_keys import key_files
from evcharging.apps.shell.program import run_program, watch_bus
from evcharging.apps.shell.serving import serving_tls
from evcharging.apps.shell.status import Status
from evcharging.apps.web.status_server import status_port
from evcharging.common.config import EngineSettings


async def run(settings: EngineSettings, stop: asyncio.Event) -> None:
    """One engine, or a fleet of them, over Kafka, until `stop`."""
    ids = ids_of(settings.cp_id, settings.cp_count, settings.cp_prefix)
    clock = wall_clock(settings.log_level, settings.log_format, component("CP_E", ids))
    log, status = speaker(component("CP_E", ids)), Status()
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        journal = stack.enter_context(open_journal(settings, default_journal(ids[0]), clock))
        warn_if_ahead(clock, newest_in_journal(journal), "journal", log)
        tls = await enter(serving_tls(settings, log))
        await enter(status_port(status, settings.http_host, settings.http_port, log, tls))
        status.waiting = f"Waiting for Kafka at {settings.kafka_bootstrap}"
        seals = await enter(point_seals(key_files(settings, ids, log), ids))
        bus = await enter(open_kafka(settings.kafka_bootstrap, None, log, kafka_settings(settings), seals=seals))
        watch_bus(status, bus)
        port = await enter(engines(settings, ids, journal, bus, clock, port=settings.health_port, status=status))
        status.waiting = None
        whose = "its monitor" if len(ids) == 1 else f"the monitors of {len(ids)} points"
        log("info", f"Answering {whose} at {settings.health_host}:{port}")
        await stop.wait()


@settings_command("engine", EngineSettings)
def main(settings: EngineSettings) -> None:
    """A charging point engine: power and metering. Or many of them.

    \b
    Examples:
      evcharging engine --kafka-bootstrap localhost:9092 --cp-id CP-001 --health-port 8001
      evcharging engine --kafka-bootstrap localhost:9092 --cp-count 500 --cp-prefix P --health-port 8001
    """
    run_program(partial(run, settings), listens=settings, links=links_to_engines(settings.cp_count or 1))


if __name__ == "__main__":
    main()
