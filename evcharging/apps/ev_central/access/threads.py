"""Threads in which people and keys are asked for, so that nobody else waits for a database."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

AT_ONCE: Final = 4


class Threads:
    """A few of them, of their own: they are not those that the rest of Central uses."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="access")

    async def do(self, work: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
        """What some work gives, or raises."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, partial(work, *args, **named))

    def close(self) -> None:
        """End them, once they have done what they are at."""
        self._pool.shutdown(wait=False, cancel_futures=True)
