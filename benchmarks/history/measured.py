"""Measures one ledger with a past: what it takes on disk, how long its pages take, and commits beside them."""

import asyncio
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.history.beside import Beside, beside
from benchmarks.history.ledgers import MadeLedger, ledger
from benchmarks.history.pages import TIMES, Sample, Waited, app_over, asking, bare_app, questions, sample, waited
from benchmarks.history.past import Plan
from evcharging.adapters.store.sql.store import SqlStore

GOAL_MS = 200.0


@dataclass(frozen=True)
class HistoryRun:
    """A ledger, and all that was measured on it; `bare` are `SELECT 1` and a session by its key, past Central."""

    database: str
    plan: Plan
    ledger: MadeLedger
    bare: list[Waited]
    pages: list[Waited]
    beside: Beside | None

    @property
    def slow(self) -> list[Waited]:
        """Pages that take longer than they should, or have no answer."""
        return [page for page in self.pages if page.median_ms > GOAL_MS or page.status != 200]

    @property
    def slowest(self) -> Waited:
        """The page that takes longest."""
        return max(self.pages, key=lambda page: page.median_ms)

    @property
    def usual_ms(self) -> float:
        """What a page takes in the median of all."""
        return median(page.median_ms for page in self.pages)

    @property
    def lookup_ms(self) -> float:
        """What the bare app takes for a session by its key."""
        return self.bare[-1].median_ms


def measure(
    plan: Plan, database: str = "sqlite", *, keep: Path | None = None, rate: float = 0.0, times: int = TIMES
) -> HistoryRun:
    """Make or reuse a ledger, and measure; commits beside readers only where there is a rate, in sessions a second."""
    with ledger(database, plan, keep) as made:
        return asyncio.run(_measured(plan, database, made, rate, times))


async def _measured(plan: Plan, database: str, made: MadeLedger, rate: float, times: int) -> HistoryRun:
    with closing(SqlStore(made.url)) as store:
        app = app_over(store)
        async with asking(app) as client:
            like = await sample(client, plan)
            bare = await _bare(made.url, like, times)
            pages = [await waited(client, what, path, times) for what, path in questions(like, plan)]
            quick = [page.path for page in pages if page.median_ms <= GOAL_MS and page.status == 200]
            found = await beside(store, app, made.url, quick, rate) if rate else None
    return HistoryRun(database, plan, made, bare, pages, found)


async def _bare(url: str, like: Sample, times: int) -> list[Waited]:
    found = []
    asked = {
        "bare: nothing": ("SELECT 1",),
        "bare: a session by its key": ("SELECT * FROM sessions WHERE session_id = ?", like.session_id),
    }
    for what, question in asked.items():
        with bare_app(url, *question) as app:
            async with asking(app) as client:
                found.append(await waited(client, what, "/", times))
    return found
