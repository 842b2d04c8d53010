"""The process that audits a ledger beside its Central, as the command `audit` does. Central starts it; nobody else has
a use for it."""

import asyncio
import os
from datetime import UTC, datetime

from evcharging.adapters.helper import Answering, answer_all
from evcharging.adapters.store import StoreUnavailable
from evcharging.adapters.store.audit.audit import Audit
from evcharging.adapters.store.audit.report import AuditReport
from evcharging.adapters.store.backup.snapshot import snapshot
from evcharging.common.utils import Frozen, to_json

YIELDS = 10
"""How much it gives way to commits where processors are few; see `nice`."""

RUN, PROGRESS = b"run", b"progress"


class Progress(Frozen, frozen=True, kw_only=True):
    """The rows that were read so far, and about how many there are."""

    done: int = 0
    rows: int = 0


class Audited(Frozen, frozen=True, kw_only=True):
    """What an audit saw, or why there was none."""

    report: AuditReport | None = None
    problem: str | None = None


class Auditing:
    """The audit of the ledger at a URL, in a thread."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.progress = Progress()

    def run(self) -> Audited:
        """All of it, as the ledger stands now."""
        try:
            with snapshot(self._url) as ledger:
                return Audited(report=Audit(ledger, datetime.now(UTC), self._read).run())
        except StoreUnavailable as error:
            return Audited(problem=str(error))
        except Exception as error:
            return Audited(problem=f"The audit ended early, at something that it cannot read: {error}")

    def _read(self, done: int, rows: int) -> None:
        self.progress = Progress(done=self.progress.done + done, rows=rows)


def opened(greeting: bytes) -> Answering:
    """Answers what is asked of the ledger at the URL that the greeting is."""
    os.nice(YIELDS)
    auditing = Auditing(greeting.decode())

    async def answer(question: bytes) -> bytes:
        if question == PROGRESS:
            return to_json(auditing.progress)
        return to_json(await asyncio.to_thread(auditing.run))

    return answer


if __name__ == "__main__":
    answer_all(opened)
