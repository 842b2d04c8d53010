"""Does the errands of one Central: a few at once, each of them once at a time."""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from functools import partial

from evcharging.adapters.metrics import Sample
from evcharging.adapters.webhook_http import WebhookPoster
from evcharging.apps.ev_central.one_at_a_time import OneAtATime
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
        self._work = OneAtATime(AT_ONCE)
        self._done: Counter[bool] = Counter()

    def __call__(self, errand: ErrandDue, answer: Answer) -> None:
        """Begin one, unless it goes on."""
        self._work.begin(errand.errand_id, partial(self._do, errand, answer))

    async def _do(self, errand: ErrandDue, answer: Answer) -> None:
        outcome = await self._post(errand)
        self._done[outcome.is_good] += 1
        answer(outcome)

    async def end(self) -> None:
        """Break off what goes on."""
        await self._work.end()

    def samples(self) -> Iterator[Sample]:
        """What was tried, by what came of it."""
        for outcome, is_good in (("delivered", True), ("failed", False)):
            yield m.WEBHOOK_ATTEMPTS, (outcome,), self._done[is_good]
