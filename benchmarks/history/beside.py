"""Commits beside readers: sessions are decided at a steady rate by the store's own commits, while somebody asks for one
page after another of the same ledger, in the same process, as in a Central."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from itertools import count, cycle
from statistics import median, quantiles
from time import perf_counter, sleep

import httpx

from benchmarks.history.past import END
from evcharging.adapters.store import Commit, Ledger
from evcharging.common.messages import DriverUpdate, EndReason, Message, StartSupply, SupplyEnded, UpdateStatus
from evcharging.domain.record import Record
from evcharging.domain.session import Request, Session, SessionStatus, bill_of, finalised, supplying

PHASE_S = 10.0
"""Commits alone, and then as long with a reader."""
PHASES = 3
SHARD = "0"
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Beside:
    """How long commits took alone, and beside a reader, in ms; sessions decided and pages read a second meanwhile."""

    rate: float
    decided_per_second: float
    pages_per_second: float
    alone_p50_ms: float
    alone_p99_ms: float
    read_p50_ms: float
    read_p99_ms: float

    @property
    def ratio(self) -> float:
        """How much longer the longest one of a hundred takes beside a reader."""
        return self.read_p99_ms / self.alone_p99_ms


class PageReader:
    """Asks for these pages, one after another, for ever."""

    def __init__(self, client: httpx.AsyncClient, paths: Sequence[str]) -> None:
        self._client = client
        self._paths = cycle(paths)
        self.pages = 0

    async def read(self) -> None:
        """Until cancelled."""
        for path in self._paths:
            await self._client.get(path)
            self.pages += 1


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


async def beside(store: Ledger, client: httpx.AsyncClient, paths: Sequence[str], rate: float) -> Beside:
    """Measure commits in turn alone and beside somebody who asks for these pages."""
    decider, reader = Decider(store), PageReader(client, paths)
    alone: list[float] = []
    read: list[float] = []
    for _ in range(PHASES):
        alone += await asyncio.to_thread(decider.decide, rate, PHASE_S)
        task = asyncio.create_task(reader.read())
        read += await asyncio.to_thread(decider.decide, rate, PHASE_S)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    return Beside(
        rate=rate,
        decided_per_second=decider.decided / (2 * PHASES * PHASE_S),
        pages_per_second=reader.pages / (PHASES * PHASE_S),
        alone_p50_ms=median(alone),
        alone_p99_ms=_p99(alone),
        read_p50_ms=median(read),
        read_p99_ms=_p99(read),
    )


def _p99(took: Sequence[float]) -> float:
    return quantiles(took, n=100)[98]
