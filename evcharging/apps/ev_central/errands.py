"""Does the errands of one Central: a few at once, each of them once at a time."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager

from evcharging.adapters.metrics import Sample
from evcharging.adapters.webhook_http import WebhookPoster
from evcharging.apps.shell import metrics as m
from evcharging.common.messages_alerts import ErrandDue
from evcharging.domain.webhook import ErrandOutcome
from evcharging.runtime.central_program import webhooks_home
from evcharging.runtime.errands import Answer, add_errands
from evcharging.runtime.host import Host

AT_ONCE = 16


@asynccontextmanager
async def errands_done(host: Host, partitions: int, poster: WebhookPoster) -> AsyncIterator["Errands"]:
    """Have the errands of a host's roles done, until the block is left."""
    errands = Errands(poster.post)
    add_errands(host, errands, webhooks_home(partitions))
    try:
        yield errands
    finally:
        await errands.end()
        await poster.close()


class Errands:
    """Used in the event loop alone."""

    def __init__(self, post: Callable[[ErrandDue], Awaitable[ErrandOutcome]]) -> None:
        self._post = post
        self._room = asyncio.Semaphore(AT_ONCE)
        self._going: dict[str, asyncio.Task[None]] = {}
        self._done: Counter[bool] = Counter()

    def __call__(self, errand: ErrandDue, answer: Answer) -> None:
        """Begin one, unless it goes on."""
        if errand.errand_id not in self._going:
            self._going[errand.errand_id] = asyncio.create_task(self._run(errand, answer))

    async def _run(self, errand: ErrandDue, answer: Answer) -> None:
        try:
            async with self._room:
                outcome = await self._post(errand)
            self._done[outcome.is_good] += 1
            answer(outcome)
        finally:
            del self._going[errand.errand_id]

    async def end(self) -> None:
        """Break off what goes on: it is asked for again by whoever comes next."""
        tasks = [*self._going.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def samples(self) -> Iterator[Sample]:
        """What was tried, by what came of it."""
        for outcome, is_good in (("delivered", True), ("failed", False)):
            yield m.WEBHOOK_ATTEMPTS, (outcome,), self._done[is_good]
