"""The examples in the help of `evcharging run` do what they say."""

import asyncio
import signal
from pathlib import Path

from evcharging.tests.stages.cli_stage import examples
from tests.programs.network_process import network

OWN = ("--points", "10", "--drivers", "5", "--telemetry-interval", "0.2", "--http-port", "0", "--listen-port", "0")


def test_the_examples_of_the_network_are_served_without_a_denial(tmp_path: Path) -> None:
    """All that charge by themselves, until each driver has been served."""

    async def scene() -> None:
        for number, arguments in enumerate(examples("run")):
            there = tmp_path / str(number)
            there.mkdir()
            if "--manual" not in arguments:
                drivers = int(arguments[arguments.index("--drivers") + 1]) if "--drivers" in arguments else 5
                async with network(there, *OWN, *arguments[1:]) as started:
                    served: set[str] = set()
                    while len(served) < drivers:
                        served.add((await started.until(r"Driver:(\S+) \| ✔️"))[1])
                    assert await started.end(signal.SIGTERM) == 0
                    assert "DENIED" not in "".join(started.said)

    asyncio.run(scene())
