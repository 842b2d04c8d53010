"""A charging point engine as a program: `python -m evcharging.apps.ev_cp_e.main`, or `evcharging engine`."""

import asyncio
from contextlib import AsyncExitStack
from functools import partial

from evcharging.adapters.bus.kafka import open_kafka
from evcharging.adapters.clock import WallClock
from evcharging.apps.ev_cp_e.engines import engines, name_of, open_journal
from evcharging.apps.journals import default_journal
from evcharging.apps.logs import configure, speaker
from evcharging.apps.options import settings_command
from evcharging.apps.program import run_program
from evcharging.common.config import EngineSettings


async def run(settings: EngineSettings, stop: asyncio.Event) -> None:
    """One engine over Kafka, until `stop`."""
    clock = WallClock()
    configure(settings.log_level, clock.now)
    ids = [settings.cp_id]
    say = speaker(name_of(ids))
    async with AsyncExitStack() as stack:
        journal = stack.enter_context(open_journal(settings, default_journal(settings.cp_id)))
        bus = await stack.enter_async_context(open_kafka(settings.kafka_bootstrap, None, say))
        port = await stack.enter_async_context(engines(settings, ids, journal, bus, clock, port=settings.health_port))
        say("info", f"Answering its monitor at {settings.health_host}:{port}")
        await stop.wait()


@settings_command("engine", EngineSettings)
def main(settings: EngineSettings) -> None:
    """A charging point engine: power and metering.

    \b
    Example:
      evcharging engine --kafka-bootstrap localhost:9092 --cp-id CP-001 --health-port 8001
    """
    run_program(partial(run, settings))


if __name__ == "__main__":
    main()
