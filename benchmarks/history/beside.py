"""Commits beside readers: sessions are decided at a steady rate by the store's own commits, while a client in another
process asks for one page after another of the same ledger, over HTTP, as of a Central. Pages are answered by Central's
own interpreter, and by its history process."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process, create_subprocess_exec
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import count, product
from statistics import median, quantiles
from time import perf_counter, sleep
from typing import Any

from benchmarks.history.past import END
from evcharging.adapters.store import Commit, Ledger
from evcharging.apps.ev_central.history_process import history_process
from evcharging.apps.web.server import web_server
from evcharging.common.messages import DriverUpdate, EndReason, Message, StartSupply, SupplyEnded, UpdateStatus
from evcharging.domain.record import Record
from evcharging.domain.session import Request, Session, SessionStatus, bill_of, finalised, supplying

Asgi = Any

PHASE_S = 10.0
"""Commits alone, then as long with a reader whom Central answers itself, then with one whom the process answers."""
PHASES = 3
SHARD = "0"
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Took:
    """How long commits took, in ms, and how many pages a second were read meanwhile."""

    p50_ms: float
    p99_ms: float
    pages_per_second: float = 0.0


@dataclass(frozen=True)
class Beside:
    """Commits alone, beside a reader whom Central answers itself, and beside one whom its history process answers."""

    rate: float
    decided_per_second: float
    alone: Took
    itself: Took
    process: Took


class Decider:
    """Decides sessions as a run of Central's: whatever is due goes into one commit."""

    def __init__(self, store: Ledger) -> None:
        self._store = store
        self._epochs = store.claim([SHARD])
        self._numbers = count(1)
        self._serials = count(1)
        self._sent: list[int] = []
        self.decided = 0

    def decide(self, rate: float, seconds: float) -> list[float]:
        """So many a second; how long each commit took, in ms."""
        took, begun, began = [], self.decided, perf_counter()
        while (now := perf_counter()) < began + seconds:
            due = int((now - began) * rate) - (self.decided - begun)
            if due:
                commit = self._commit(due)
                before = perf_counter()
                self._sent = self._store.commit(commit)
                took.append((perf_counter() - before) * 1000)
                self.decided += due
            else:
                sleep(0.5 / rate)
        return took

    def _commit(self, sessions: int) -> Commit:
        records: list[tuple[str, Record]] = []
        outbox: list[tuple[str, Message]] = []
        for _ in range(sessions):
            kept, said = _session(self._epochs[SHARD], next(self._numbers))
            records += ((SHARD, record) for record in kept)
            outbox += ((SHARD, message) for message in said)
        return Commit(epochs=self._epochs, records=records, outbox=outbox, sent=self._sent, serial=next(self._serials))


def _session(epoch: int, number: int) -> tuple[list[Record], list[Message]]:
    """All that is kept and said of one, from request to bill."""
    name, cp_id, driver_id = f"{epoch}-{number}", f"CP-{number % 1000 + 1:05}", f"driver-{number % 997 + 1:05}"
    session_id, request_id, ends_at = f"session-{SHARD}-decided-{name}", f"req-decided-{name}", END + HOUR
    asked = Session(
        session_id=session_id, request_id=request_id, driver_id=driver_id, cp_id=cp_id,
        status=SessionStatus.AUTHORISED, micro_euros_per_kwh=300_000, requested_at=END,
    )  # fmt: skip
    request = Request(
        request_id=request_id, driver_id=driver_id, cp_id=cp_id, limit_mwh=None, requested_at=END, accepted=True,
        session_id=session_id,
    )  # fmt: skip
    final = SupplyEnded(
        ts=ends_at, cp_id=cp_id, session_id=session_id, started_at=END, register_start_mwh=0,
        register_stop_mwh=22_000_000, ended_by=EndReason.COMPLETE,
    )  # fmt: skip
    begun = supplying(asked, 0, END)
    done = finalised(begun, final)
    start = StartSupply(
        ts=END, cp_id=cp_id, session_id=session_id, request_id=request_id, driver_id=driver_id,
        micro_euros_per_kwh=300_000,
    )  # fmt: skip
    told = [
        DriverUpdate(ts=END, request_id=request_id, driver_id=driver_id, cp_id=cp_id, status=status)
        for status in (UpdateStatus.ACCEPTED, UpdateStatus.COMPLETED)
    ]
    return [request, asked, begun, done, bill_of(done, "SITE-001")], [start, *told]


async def beside(store: Ledger, app: Asgi, url: str, paths: Sequence[str], rate: float) -> Beside:
    """Measure commits in turn alone, and beside somebody who asks an app for these pages of the ledger at this URL."""
    decider, queries = Decider(store), app.state.queries
    phases: dict[str, list[float]] = {"alone": [], "itself": [], "process": []}
    pages: Counter[str] = Counter()
    async with web_server(app, "127.0.0.1", 0) as (_, port), history_process(url) as process:
        await process.helper.ask(b"{}")
        for number, kind in product(range(PHASES), phases):
            queries.elsewhere = process if kind == "process" else None
            reader = await _reader(port, paths, number) if kind != "alone" else None
            phases[kind] += await asyncio.to_thread(decider.decide, rate, PHASE_S)
            if reader is not None:
                pages[kind] += int((await reader.communicate())[0])
    took = {
        kind: Took(median(each), quantiles(each, n=100)[98], pages[kind] / (PHASES * PHASE_S))
        for kind, each in phases.items()
    }
    return Beside(rate, decider.decided / (len(phases) * PHASES * PHASE_S), **took)


async def _reader(port: int, paths: Sequence[str], phase: int) -> Process:
    """Somebody who reads for as long as a phase lasts, which begins once the first page was read."""
    first = phase * len(paths) // PHASES
    given = "\n".join((*paths[first:], *paths[:first])).encode()
    command = (sys.executable, "-m", "benchmarks.history.reader", str(port), str(PHASE_S))
    reader = await create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE)
    if reader.stdin is not None and reader.stdout is not None:
        reader.stdin.write(given)
        reader.stdin.close()
        await reader.stdout.readline()
    return reader
