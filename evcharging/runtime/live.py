"""The live host: the one cycle on real time, with its commits in a thread of their own.
Knows no rule and no technology."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from time import perf_counter
from typing import TypeVar

from evcharging.adapters.clock import Clock
from evcharging.adapters.store import Fenced, Refused, StoreUnavailable
from evcharging.roles.role import Stopping
from evcharging.runtime.host import Host, Job

BACKOFF = (0.2, 0.5, 1.0, 2.0)
"""Seconds between attempts to reach a store that does not answer; the last one repeats."""


KILLED = Refused("The process was killed")

T = TypeVar("T")

STOP_WITHIN = 1.5
"""Seconds that a host has to finish; a store that is away may not keep a program from ending."""


class _Killed(Exception):
    """What was asked of the store was asked before the process was killed."""


class LiveHost:
    """Runs one host until it is stopped. Make it, give its `wake` to the host as `on_ready`, then `run`.
    `warn` is given one sentence when the store fails and one when it is back. Without a thread (`inline`) commits
    happen in the loop, which suits stores that never wait."""

    def __init__(self, clock: Clock, warn: Callable[[str], None], *, inline: bool = False) -> None:
        self._clock = clock
        self._warn = warn
        self._event = asyncio.Event()
        self._ending = False
        self._done = asyncio.Event()
        self._thread = None if inline else ThreadPoolExecutor(max_workers=1, thread_name_prefix="commit")
        self.failing: str | None = None
        """Why the store cannot be written to, while it cannot."""
        self.on_well: Callable[[], None] = lambda: None
        """Called when it can be written to again."""
        self.before_fold: Callable[[], None] = lambda: None
        """Called before roles are given what has come; it may tell them something first."""
        self.asked_at: float | None = None
        """Since when the store owes an answer, in seconds of `perf_counter`."""
        self.busy_since: datetime | None = None
        """When the round began that is under way, while one is; kept for a clock that waits."""
        self.is_dead = False
        """Whether it was killed, and lives no more yet."""
        self._deaths = 0
        _, self._stepped = clock.read()
        self._is_awaited = clock.attend(lambda: self.busy_since)

    def wake(self) -> None:
        """There may be something to do."""
        self._event.set()

    async def run(self, host: Host) -> None:
        """The cycle, until `stop`; then once more until nothing is left to do."""
        deaths = 0
        try:
            while True:
                if self._deaths != deaths:
                    deaths = self._deaths
                    await self._lie_dead(host)
                ending = self._ending
                if ending and self.is_dead:
                    return
                if self._is_awaited:
                    self.busy_since = self._clock.now()
                if await self._cycle(host):
                    continue
                if ending:
                    return
                self.busy_since = None
                # What is due is still by the old time where another host was the first to see that the clock was set.
                if self._clock.stepped == self._stepped:
                    await self._clock.wait(self._event, host.next_due())
        finally:
            self.busy_since = None
            self._done.set()
            if self._thread is not None:
                self._thread.shutdown(wait=False, cancel_futures=True)

    def kill(self) -> None:
        """Lose at once all that is in memory alone, as a process does that is killed: what is on its way to the store
        lasts or does not, and nobody hears of it. Nothing is done before `revive`."""
        self.is_dead = True
        self._deaths += 1
        self.wake()

    def revive(self) -> None:
        """Begin again, from what the store has."""
        self.is_dead = False
        self.wake()

    async def in_turn(self, job: Callable[[], T]) -> T:
        """What a job gives that asks the store, done when no commit is under way."""
        if self._thread is None:
            return job()
        return await asyncio.get_running_loop().run_in_executor(self._thread, job)

    async def _lie_dead(self, host: Host) -> None:
        self.busy_since = None
        host.start_over(KILLED)
        while self.is_dead and not self._ending:
            self._event.clear()
            await self._event.wait()
        # What it was told meanwhile, nobody has heard; nor has anybody who begins now lived before the clock was set.
        host.start_over(KILLED)
        _, self._stepped = self._clock.read()

    async def stop(self, host: Host) -> bool:
        """Let every role say its last word and finish what is left; whether that could be done in time."""
        host.tell_all(Stopping())
        self._ending = True
        self.wake()
        try:
            await asyncio.wait_for(self._done.wait(), STOP_WITHIN)
        except TimeoutError:
            return False
        return True

    def _now(self, host: Host) -> datetime:
        """The moment of a round; the host hears first by how much the clock was set since its last."""
        self.before_fold()
        now, stepped = self._clock.read()
        if stepped != self._stepped:
            host.step_clock(stepped - self._stepped)
            self._stepped = stepped
        return now

    async def _cycle(self, host: Host) -> bool:
        turn = host.turn(partial(self._now, host))
        refused: Refused | None = None
        try:
            job = next(turn)
            while True:
                try:
                    answer = await self._in_thread(job)
                except Refused as refusal:
                    refused = refusal
                    job = turn.throw(refusal)
                else:
                    job = turn.send(answer)
        except _Killed:
            turn.close()
            return True
        except StopIteration as end:
            if isinstance(refused, Fenced):
                self._warn(f"{refused}; leaving that to the other process")
            elif refused is not None:
                self._warn(f"{refused}; starting over from the store")
            return bool(end.value)

    async def _in_thread(self, job: Job) -> list[int] | None:
        attempt, deaths = 0, self._deaths
        while True:
            try:
                result = await self._once(job)
            except (StoreUnavailable, Refused) as error:
                if self._deaths != deaths:
                    raise _Killed from None
                if isinstance(error, Refused):
                    raise
                if self.failing is None:
                    self._warn(f"{error}; retrying")
                self.failing = str(error)
                await asyncio.sleep(BACKOFF[min(attempt, len(BACKOFF) - 1)])
                attempt += 1
            else:
                if self.failing is not None:
                    self.failing = None
                    self._warn("The store answers again")
                    self.on_well()
                if self._deaths != deaths:
                    raise _Killed
                return result

    async def _once(self, job: Job) -> list[int] | None:
        if self._thread is None:
            return job()
        self.asked_at = perf_counter()
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, job)
        finally:
            self.asked_at = None
