"""A member of a group of readers as a process: `python -m tests.real.member HOST:PORT`. It writes a line
with its partitions whenever they change."""

import asyncio
import sys

from evcharging.adapters.bus.kafka.bus import open_kafka
from evcharging.tests.stages.bus_world import PARTITIONS, STREAM
from tests.real.conftest import SETTINGS


async def read(bootstrap: str) -> None:
    """Read until killed."""
    ready = asyncio.Event()
    had: frozenset[int] = frozenset()
    async with open_kafka(bootstrap, PARTITIONS, lambda *_: None, SETTINGS) as bus:
        subscription = bus.subscribe([STREAM], group="group", on_ready=ready.set)
        while True:
            subscription.poll(1000)
            if had != (had := subscription.assignment()):
                sys.stdout.write(" ".join(map(str, sorted(had))) + "\n")
                sys.stdout.flush()
            await ready.wait()
            ready.clear()


if __name__ == "__main__":
    asyncio.run(read(sys.argv[1]))
