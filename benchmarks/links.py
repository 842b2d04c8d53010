"""What framed TCP links cost a server: its CPU and memory with many links, beside a bare echo of the same bytes.

Server and clients are two processes; only the server is measured. `python -m benchmarks.links --links 10000`
"""

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from statistics import median
from typing import Final, cast

import psutil
import uvloop

from benchmarks.echo import Echo
from evcharging.adapters.tcp import Link, serve
from evcharging.protocols.framing import ENQ, encode_frame

HOST: Final = "127.0.0.1"
SLOTS: Final = 50
"""Into how many equal slots each second is cut; every link speaks in one of them."""
WARM_UP: Final = 3.0
"""How long all links talk before the measurement begins, in seconds."""
BODY: Final = b'{"cp_id":"CP-00001","healthy":true,"reason":null,"ts":"2025-10-13T12:00:05Z"}'


@dataclass(frozen=True)
class LinksRun:
    """One measurement of one server process."""

    core: float
    """CPU time per second of wall time."""
    rss_mb: float
    answered: float
    """Answers per frame sent; 1.0 if none is missing."""


@dataclass(frozen=True)
class LinksResult:
    """The medians of all runs."""

    links: int
    seconds: float
    runs: int
    framed: LinksRun
    echo: LinksRun
    ratio: float
    """CPU of the framed server by CPU of the bare echo."""


def measure(links: int = 10_000, seconds: float = 10.0, runs: int = 3) -> LinksResult:
    """Runs the framed server and the echo in turn; every link sends one frame a second."""
    framed, echo = [], []
    for _ in range(runs):
        framed.append(_run("framed", links, seconds))
        echo.append(_run("echo", links, seconds))
    ours, bare = _middle(framed), _middle(echo)
    return LinksResult(links, seconds, runs, ours, bare, ours.core / bare.core)


def _middle(runs: list[LinksRun]) -> LinksRun:
    return LinksRun(median(r.core for r in runs), median(r.rss_mb for r in runs), min(r.answered for r in runs))


def _run(kind: str, links: int, seconds: float) -> LinksRun:
    me = [sys.executable, "-m", "benchmarks.links"]
    with subprocess.Popen([*me, "--serve", kind], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        port = _line(server)
        call = [*me, "--call", kind, "--port", port, "--links", str(links)]
        with subprocess.Popen(call, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as clients:
            _line(clients)
            seen = psutil.Process(server.pid)
            before, began = _cpu(seen), time.monotonic()
            time.sleep(seconds)
            core = (_cpu(seen) - before) / (time.monotonic() - began)
            rss_mb = seen.memory_info().rss / 1e6
            answered = float(clients.communicate("\n")[0])
        server.communicate("\n")
    return LinksRun(core, rss_mb, answered)


def _line(process: subprocess.Popen[str]) -> str:
    line = process.stdout.readline() if process.stdout else ""
    if not line:
        raise RuntimeError("A process of the benchmark has died.")
    return line.strip()


def _cpu(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


class _Counting:
    """The least that a program can do with its links."""

    def __init__(self) -> None:
        self.payloads = 0

    def opened(self, link: Link) -> None:
        pass

    def received(self, link: Link, payload: bytes) -> None:
        self.payloads += 1

    def closed(self, link: Link, reason: str) -> None:
        pass


async def _serve(kind: str) -> None:
    loop = asyncio.get_running_loop()
    if kind == "framed":
        handler = _Counting()
        port = (await serve(HOST, 0, lambda link: handler, max_links=1_000_000)).port
    else:
        server = await loop.create_server(Echo, HOST, 0, backlog=4096)
        port = server.sockets[0].getsockname()[1]
    print(port, flush=True)
    await loop.run_in_executor(None, sys.stdin.readline)


class _LinkCaller(asyncio.Protocol):
    """One link's far side: it opens the talk if there is one, and counts the bytes that come back."""

    def __init__(self, framed: bool) -> None:
        self.heard = 0
        self._framed = framed

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        if self._framed:
            self.transport.write(bytes([ENQ]))

    def data_received(self, data: bytes) -> None:
        self.heard += len(data)


async def _call(kind: str, port: int, links: int) -> None:
    loop = asyncio.get_running_loop()
    framed = kind == "framed"
    callers = [(await loop.create_connection(lambda: _LinkCaller(framed), HOST, port))[1] for _ in range(links)]
    stop = loop.run_in_executor(None, sys.stdin.readline)
    expected = links if framed else 0
    began, turn = loop.time(), 0
    while not stop.done():
        n, slot = divmod(turn, SLOTS)
        frame = encode_frame(b'{"n":%d,"body":%b}' % (n + 1, BODY))
        for caller in callers[slot::SLOTS]:
            caller.transport.write(frame)
            expected += 1 if framed else len(frame)
        turn += 1
        if turn == WARM_UP * SLOTS:
            print("warm", flush=True)
        await asyncio.sleep(began + turn / SLOTS - loop.time())
    await asyncio.sleep(1)
    print(sum(caller.heard for caller in callers) / expected, flush=True)


def _table(result: LinksResult) -> str:
    rows = [("", "core", "RSS MB", "answered")]
    for name, run in (("framed links", result.framed), ("bare echo", result.echo)):
        rows.append((name, f"{run.core:.3f}", f"{run.rss_mb:.0f}", f"{run.answered:.2%}"))
    head = f"{result.links} links at 1 Hz, median of {result.runs} runs of {result.seconds:g} s"
    lines = [f"{a:14}{b:>8}{c:>8}{d:>10}" for a, b, c, d in rows]
    return "\n".join([head, *lines, f"framed / echo = {result.ratio:.2f}"])


def main() -> None:
    """The command line; `--serve` and `--call` are the two processes that it starts itself."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--links", type=int, default=10_000)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", action="store_true", help="print the result as JSON")
    parser.add_argument("--serve", choices=["framed", "echo"], help=argparse.SUPPRESS)
    parser.add_argument("--call", choices=["framed", "echo"], help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    if chosen.serve:
        uvloop.run(_serve(chosen.serve))
    elif chosen.call:
        uvloop.run(_call(chosen.call, chosen.port, chosen.links))
    else:
        result = measure(chosen.links, chosen.seconds, chosen.runs)
        print(json.dumps(asdict(result)) if chosen.json else _table(result))


if __name__ == "__main__":
    main()
