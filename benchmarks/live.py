"""What the whole network costs in one live process: every point supplying at 1 Hz, with all its roles, real framed
links on loopback, the ledger in SQLite and the journal on disk.

The bare baseline is a process that sends as many bytes over as many loopback links and has them answered, on the same
event loop, and does nothing else: one link that all health questions share, and one of each point for its reports.
`python -m benchmarks.live --points 1000`
"""

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median

import psutil
import uvloop

from benchmarks.echo import Echo
from evcharging.adapters.clock import WallClock
from evcharging.apps.ev_driver.drivers import drivers
from evcharging.apps.network.ids import point_ids
from evcharging.apps.network.network import NetworkSetup, infrastructure, until_connected
from evcharging.apps.shell.logs import configure
from evcharging.apps.shell.program import raise_descriptor_limit
from evcharging.common.config import (
    CentralSettings,
    DriverSettings,
    EngineSettings,
    NetworkSettings,
    read,
)
from evcharging.common.states import CPState
from evcharging.roles.driver import ChargeIntent
from evcharging.roles.live_view import LiveView

HOST = "127.0.0.1"
QUESTION = bytes(115)
"""About as long as a framed health query, as the answer to it, and as a report."""


@dataclass(frozen=True)
class LiveRun:
    """One process over some seconds."""

    core: float
    rss_mb: float


@dataclass(frozen=True)
class LiveResult:
    """Medians of several runs."""

    points: int
    seconds: float
    network: LiveRun
    bare: LiveRun
    ratio: float


async def network(points: int, seconds: float, folder: Path) -> LiveRun:
    """The network, measured once every point is supplying."""
    setup = NetworkSetup(
        network=read(NetworkSettings, {"points": points, "drivers": 0}),
        central=read(CentralSettings, {"http_port": 0, "listen_port": 0, "db_url": f"sqlite:///{folder}/central.db"}),
        engine=read(EngineSettings, {"supply_ticks": 86_400, "journal": str(folder / "engines.journal")}),
        driver=read(DriverSettings, {}),
    )
    clock, ids, stop = WallClock(), point_ids(points), asyncio.Event()
    configure("ERROR", clock.now)
    async with infrastructure(setup, ids, clock) as (bus, up):
        await until_connected(up.panel, ids, stop)
        wanted = {f"driver-{cp_id}": iter([ChargeIntent(cp_id=cp_id, wait=timedelta(0))]) for cp_id in ids}
        async with drivers(wanted, bus, clock, lambda driver: None):
            await _until_supplying(up.panel, points)
            return await _measured(seconds)


async def _until_supplying(panel: LiveView, points: int) -> None:
    for _ in range(300):
        if sum(point.state is CPState.SUPPLYING for point in panel.points.values()) == points:
            break
        await asyncio.sleep(0.2)
    else:
        raise RuntimeError("not every point came to supply within a minute")
    await asyncio.sleep(3)


async def _measured(seconds: float) -> LiveRun:
    process = psutil.Process()
    began, cpu = time.monotonic(), time.process_time()
    await asyncio.sleep(seconds)
    core = (time.process_time() - cpu) / (time.monotonic() - began)
    return LiveRun(core, process.memory_info().rss / 1e6)


async def bare(points: int, seconds: float, folder: Path) -> LiveRun:
    """A question for each point and second on the one link, and one every three on the point's own."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Echo, HOST, 0, backlog=4096)
    port = server.sockets[0].getsockname()[1]
    links = [(await loop.create_connection(asyncio.Protocol, HOST, port))[0] for _ in range(points + 1)]
    slots = 50

    async def talk() -> None:
        second = 0
        while True:
            for slot in range(slots):
                asked = range(slot, points, slots)
                links[points].write(QUESTION * len(asked))
                for number in asked:
                    if (number + second) % 3 == 0:
                        links[number].write(QUESTION)
                await asyncio.sleep(1 / slots)
            second += 1

    task = asyncio.create_task(talk())
    await asyncio.sleep(2)
    run = await _measured(seconds)
    task.cancel()
    return run


def measure(points: int = 1_000, seconds: float = 10.0, runs: int = 3) -> LiveResult:
    """The network and the bare loop in turn, each in a process of its own."""
    pairs = [(_process("network", points, seconds), _process("bare", points, seconds)) for _ in range(runs)]
    return LiveResult(
        points=points,
        seconds=seconds,
        network=_median([pair[0] for pair in pairs]),
        bare=_median([pair[1] for pair in pairs]),
        ratio=median(pair[0].core / pair[1].core for pair in pairs),
    )


def _median(runs: list[LiveRun]) -> LiveRun:
    return LiveRun(median(run.core for run in runs), median(run.rss_mb for run in runs))


def _process(kind: str, points: int, seconds: float) -> LiveRun:
    command = [sys.executable, "-m", "benchmarks.live", "--child", kind, "--points", str(points)]
    done = subprocess.run(
        [*command, "--seconds", str(seconds)], check=False, capture_output=True, text=True, timeout=300
    )
    if done.returncode:
        raise RuntimeError(f"the {kind} process failed: {done.stderr[-500:]}")
    return LiveRun(**json.loads(done.stdout.splitlines()[-1]))


def _child(kind: str, points: int, seconds: float) -> None:
    raise_descriptor_limit()
    with tempfile.TemporaryDirectory() as folder, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        job = network if kind == "network" else bare
        print(json.dumps(asdict(runner.run(job(points, seconds, Path(folder))))))


def main() -> None:
    """Print one line, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=1_000)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--child", choices=("network", "bare"))
    options = parser.parse_args()
    if options.child:
        _child(options.child, options.points, options.seconds)
        return
    result = measure(options.points, options.seconds, options.runs)
    if options.json:
        print(json.dumps(asdict(result)))
    else:
        print(
            f"{result.points} points at 1 Hz: {result.network.core:.3f} core, {result.network.rss_mb:.0f} MB; "
            f"bare {result.bare.core:.3f} core, {result.bare.rss_mb:.0f} MB; {result.ratio:.1f} times the bare loop"
        )


if __name__ == "__main__":
    main()
