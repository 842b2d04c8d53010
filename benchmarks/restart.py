"""How soon Central is back after kill -9, on a real Kafka, with many points of which some supply: until it serves,
until every monitor's link is back and every point is shown as it is, with every session open. With `--stopped` it is
asked to end instead: it leaves its group then, and Kafka need not wait until the session of who was killed is over.
With `--sealed` nobody is believed without a proof: each point has a key for its link, and all seal on Kafka.

The bare baseline opens as many TCP connections to an echo, waits for an answer on each, and does nothing else.
`python -m benchmarks.restart --points 10000 --supplying 2000`
"""

import argparse
import asyncio
import json
import re
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple, cast

import httpx
import uvloop

from benchmarks.echo import Echo
from benchmarks.real import Program, Raw, answers, kafka, now, program, until
from benchmarks.sealed import Secured, first_keys
from evcharging.adapters.own_seals import OwnSeals
from evcharging.adapters.seals import NO_SEALS
from evcharging.apps.shell.program import raise_descriptor_limit
from evcharging.common.messages import DriverRequest
from evcharging.common.utils import numbered
from evcharging.domain.access.keys import KeyKind
from tools.broker.broker import free_ports

FLEETS = ("A", "B")
"""Prefixes of two fleets, since a process may not open as many connections as all monitors have."""

POINTS = re.compile(r'^evcharging_points\{state="(\w+)"\} (\S+)$', re.MULTILINE)
FIRST = 600.0
"""Seconds in which all points have to be registered, which is not what is measured."""

LOOK_EVERY = 0.25
"""Seconds: whoever looks at ten thousand points takes time from what is measured."""


@dataclass(frozen=True)
class RestartRun:
    """Seconds from the start of the process; `lost` sessions were open before and are not after."""

    serving_s: float
    links_s: float
    bare_s: float
    lost: int
    complaints: int


class Web(NamedTuple):
    """Where Central's metrics are, and what lets the benchmark read them."""

    url: str
    headers: dict[str, str]


def run(points: int, supplying: int, end: Callable[[Program], None], *, is_sealed: bool = False) -> RestartRun:
    """The whole network, Central ended and started again."""
    with kafka() as bootstrap, TemporaryDirectory() as name:
        folder, (http, tcp, *health) = Path(name), free_ports(2 + len(FLEETS))
        ports = ["--http-port", str(http), "--listen-port", str(tcp)]
        secured = _secured(folder, points, supplying) if is_sealed else None
        web = Web(f"http://127.0.0.1:{http}", secured.headers if secured else {})
        with ExitStack() as stack:
            flags = ["--kafka-bootstrap", bootstrap, *ports, *(secured.flags if secured else [])]
            central = stack.enter_context(program("evcharging.apps.ev_central.main", folder, *flags))
            monitors = []
            for prefix, port in zip(FLEETS, health, strict=True):
                fleet = ["--cp-count", str(points // len(FLEETS)), "--cp-prefix", prefix, "--log-level", "WARNING"]
                flags = ["--kafka-bootstrap", bootstrap, "--health-port", str(port), "--supply-ticks", "86400", *fleet]
                stack.enter_context(program("evcharging.apps.ev_cp_e.main", folder, *flags))
                flags = ["--cp-e-port", str(port), "--central-port", str(http), *fleet]
                monitors.append(stack.enter_context(program("evcharging.apps.ev_cp_m.main", folder, *flags)))
            until(lambda: _there(web) == points, lambda: f"{_states(web)} {_said(monitors)[-500:]}", FIRST, LOOK_EVERY)
            _ask(Raw(bootstrap), points, supplying, secured)
            until(lambda: _states(web)["SUPPLYING"] == supplying, lambda: str(_states(web)))
            told = len(_said(monitors).splitlines())
            serving, links = _restarted(central, web, points, end)
            until(lambda: _states(web)["SUPPLYING"] >= supplying, lambda: str(_states(web)), 20)
            lost = supplying - _states(web)["SUPPLYING"]
            complaints = len(_said(monitors).splitlines()) - told
    return RestartRun(serving, links, bare(points), lost, complaints)


def _said(programs: list[Program]) -> str:
    return "".join(each.said() for each in programs)


def _secured(folder: Path, points: int, supplying: int) -> Secured:
    ids = [cp_id for prefix in FLEETS for cp_id in numbered(prefix, points // len(FLEETS))]
    return Secured(folder, ids, map(_driver, range(supplying)))


def _driver(number: int) -> str:
    return f"driver-{number}"


def _ask(raw: Raw, points: int, supplying: int, secured: Secured | None) -> None:
    each = points // len(FLEETS)
    ids = [cp_id for prefix in FLEETS for cp_id in numbered(prefix, each)[: supplying // len(FLEETS)]]
    drivers = map(_driver, range(supplying))
    seals = OwnSeals(first_keys(secured.keys, KeyKind.DRIVER, drivers)) if secured else NO_SEALS
    for number, cp_id in enumerate(ids):
        raw.send(DriverRequest(ts=now(), request_id=f"req-{number}", driver_id=_driver(number), cp_id=cp_id), seals)
    raw.flush()


def _restarted(central: Program, web: Web, points: int, end: Callable[[Program], None]) -> tuple[float, float]:
    end(central)
    central.start()
    until(lambda: answers(f"{web.url}/health/ready"), lambda: central.said()[-800:])
    serving = time.monotonic() - central.began
    until(lambda: _there(web) == points, lambda: str(_states(web)), every=LOOK_EVERY)
    return serving, time.monotonic() - central.began


def _states(web: Web) -> Counter[str]:
    """How many points are shown in each state, from what asks the least of Central."""
    try:
        answer = httpx.get(f"{web.url}/metrics", headers=web.headers, timeout=30).raise_for_status()
    except httpx.HTTPError:
        return Counter()
    return Counter({state: int(float(number)) for state, number in POINTS.findall(answer.text)})


def _there(web: Web) -> int:
    states = _states(web)
    return states["ACTIVATED"] + states["SUPPLYING"]


class _RestartCaller(asyncio.Protocol):
    def __init__(self, answered: asyncio.Semaphore) -> None:
        self._answered = answered

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast(asyncio.Transport, transport).write(b"?")

    def data_received(self, data: bytes) -> None:
        self._answered.release()


def bare(links: int) -> float:
    """Seconds until so many connections were open, half of them at a time, and were answered once."""

    raise_descriptor_limit()

    async def connect() -> float:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(Echo, "127.0.0.1", 0, backlog=4096)
        port, answered = server.sockets[0].getsockname()[1], asyncio.Semaphore(0)
        began = time.monotonic()
        for _ in range(2):
            opened = [
                await loop.create_connection(lambda: _RestartCaller(answered), "127.0.0.1", port)
                for _ in range(links // 2)
            ]
            for transport, _ in opened:
                await answered.acquire()
                transport.close()
        return time.monotonic() - began

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(connect())


def measure(
    points: int = 10_000,
    supplying: int = 2_000,
    runs: int = 1,
    end: Callable[[Program], None] = Program.kill,
    *,
    is_sealed: bool = False,
) -> RestartRun:
    """Medians of several runs."""
    done = [asdict(run(points, supplying, end, is_sealed=is_sealed)) for _ in range(runs)]
    return RestartRun(**{name: median(each[name] for each in done) for name in done[0]})


def main() -> None:
    """Print one line, or JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--points", type=int, default=10_000)
    parser.add_argument("--supplying", type=int, default=2_000)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--stopped", action="store_true")
    parser.add_argument("--sealed", action="store_true")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    raise_descriptor_limit()
    end = Program.stop if options.stopped else Program.kill
    result = measure(options.points, options.supplying, options.runs, end, is_sealed=options.sealed)
    if options.json:
        print(json.dumps(asdict(result)))
    else:
        print(
            f"{options.points:,} points, {options.supplying:,} supplying: serving {result.serving_s:.1f} s and all "
            f"links back {result.links_s:.1f} s after the start; bare {result.bare_s:.1f} s; {result.lost} sessions "
            f"lost, {result.complaints} complaints of monitors"
        )


if __name__ == "__main__":
    main()
