"""Has the past read in a process of its own, so that commits do not wait for pages. The decision is in
`docs/decisions/0021-history-process.md`."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

from evcharging.adapters.helper import Helper, HelperLost
from evcharging.adapters.metrics import Sample
from evcharging.adapters.store import StoreUnavailable
from evcharging.apps.ev_central.history_wire import pack_question, read_answer
from evcharging.apps.ev_central.queries import PageAnswer, PageQuestion
from evcharging.apps.shell import metrics as m

PROGRAM = "evcharging.apps.ev_central.history_program"


class HistoryProcess:
    """Reads the ledger at a URL. It begins with the first question; until it is up, and where it cannot be, Central
    reads by itself."""

    def __init__(self, url: str) -> None:
        self.helper = Helper(PROGRAM, url.encode())

    async def answer(self, question: PageQuestion) -> PageAnswer | None:
        """The answer, or None while it cannot be had there; raises StoreUnavailable."""
        if not self.helper.is_up:
            self.helper.start()
            return None
        try:
            return read_answer(await self.helper.ask(pack_question(question)))
        except HelperLost as error:
            raise StoreUnavailable(f"The process that reads history gave no answer ({error}): ask again") from None

    def remark(self) -> str | None:
        """What an operator should know of it, if there is anything."""
        trouble = None if self.helper.is_up else self.helper.trouble
        return trouble and f"History is not read in a process of its own ({trouble}), so that commits may wait for it"

    def samples(self) -> Iterator[Sample]:
        """Whether it is up, and how often it was started."""
        yield m.HISTORY_UP, (), int(self.helper.is_up)
        yield m.HISTORY_STARTS, (), self.helper.starts


@asynccontextmanager
async def history_process(url: str) -> AsyncIterator[HistoryProcess]:
    """The process, until the block is left; it is gone then."""
    process = HistoryProcess(url)
    try:
        yield process
    finally:
        await process.helper.end()
