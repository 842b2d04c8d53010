"""Has Central's ledger audited in a process of its own, one audit at a time: it only reads, and decisions do not wait
for it. What the newest one saw is told until Central ends."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime

from evcharging.adapters.helper import Helper, HelperLost
from evcharging.adapters.store.audit.report import AuditReport
from evcharging.apps.ev_central.audit_program import PROGRESS, RUN, Audited, Progress
from evcharging.apps.ev_central.refusals import OrderRefused
from evcharging.common.utils import from_json

PROGRAM = "evcharging.apps.ev_central.audit_program"

PATIENCE_S = 6 * 3600.0
"""An audit reads the whole ledger, which may take hours of a large one."""

BUSY = "The ledger is being audited already, since {since:%Y-%m-%d %H:%M:%S} UTC: wait until that has ended"


@dataclass(frozen=True, slots=True)
class PastAudit:
    """An audit that has ended: what it saw, or why there was none."""

    began_at: datetime
    ended_at: datetime
    report: AuditReport | None
    problem: str | None


class LedgerAudits:
    """Audits the ledger at a URL when that is asked for."""

    def __init__(self, url: str, now: Callable[[], datetime]) -> None:
        self._url = url
        self._now = now
        self._helper: Helper | None = None
        self._task: asyncio.Task[None] | None = None
        self.running_since: datetime | None = None
        self.last: PastAudit | None = None

    def start(self) -> None:
        """Begin an audit; raises OrderRefused while there is one."""
        if self.running_since is not None:
            raise OrderRefused(BUSY.format(since=self.running_since))
        self.running_since = self._now()
        self._helper = Helper(PROGRAM, self._url.encode(), PATIENCE_S)
        self._task = asyncio.create_task(self._run(self._helper, self.running_since))

    async def progress(self) -> Progress | None:
        """How far the audit is that goes on; None where that is not known."""
        helper = self._helper
        if helper is None or not helper.is_up:
            return None
        with suppress(HelperLost):
            return from_json(Progress, await helper.ask(PROGRESS))
        return None

    async def end(self) -> None:
        """End the one that goes on, if there is one."""
        if self._helper is not None:
            await self._helper.end()
        if self._task is not None:
            with suppress(asyncio.CancelledError):
                await self._task
        self.running_since = self._helper = None

    async def _run(self, helper: Helper, began_at: datetime) -> None:
        try:
            found = await _asked(helper)
            self.last = PastAudit(began_at, self._now(), found.report, found.problem)
            await helper.end()
        finally:
            self.running_since = self._helper = None


async def _asked(helper: Helper) -> Audited:
    try:
        return from_json(Audited, await helper.ask(RUN))
    except HelperLost as error:
        return Audited(problem=f"The process that audits the ledger gave no answer ({error}): run the audit again")


@asynccontextmanager
async def ledger_audits(url: str, now: Callable[[], datetime]) -> AsyncIterator[LedgerAudits]:
    """Audits, until the block is left; the process is gone then."""
    audits = LedgerAudits(url, now)
    try:
        yield audits
    finally:
        await audits.end()
