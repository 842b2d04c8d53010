"""Logs one line for each change in the number of connected links of a fleet. Knows no link."""

import asyncio
from collections.abc import Callable, Iterable

GATHERED_FOR = 1.0
"""Seconds that changes are gathered before they are told of."""


class LinkSummary:
    """Counts the links of `size` points to one peer."""

    def __init__(self, size: int, peer: str, log: Callable[[str, str], None]) -> None:
        self._size = size
        self._peer = peer
        self._say = log
        self._up: dict[str, str] = {}
        self._left: set[str] = set()
        self._told: int | None = None
        self._why = ""
        self._timer: asyncio.TimerHandle | None = None

    def up(self, cp_ids: Iterable[str], where: str) -> None:
        """These points' links to the peer, at this address, are there."""
        self._up.update({cp_id: where for cp_id in cp_ids if cp_id not in self._left})
        self._soon()

    def down(self, cp_ids: Iterable[str], why: str) -> None:
        """These points' links are not there, for a reason in one sentence."""
        lost = [cp_id for cp_id in cp_ids if cp_id not in self._left]
        for cp_id in lost:
            self._up.pop(cp_id, None)
        if lost:
            self._why = why
            self._soon()

    def grow(self, by: int) -> None:
        """So many points more are of it."""
        self._size += by

    def leave(self, cp_id: str) -> None:
        """This point counts no more from now on, and that is no change to tell of."""
        if cp_id not in self._left:
            self._left.add(cp_id)
            self._size -= 1
            if self._up.pop(cp_id, None) is not None and self._told:
                self._told -= 1

    def end(self) -> None:
        """Say no more."""
        self._say = lambda level, text: None

    def _soon(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(GATHERED_FOR, self._tell)

    def _tell(self) -> None:
        self._timer = None
        before, self._told = self._told, len(self._up)
        if self._told == before:
            return
        count = f"All {self._size}" if self._told == self._size else f"{self._told} of {self._size}"
        places = " and ".join(sorted(set(self._up.values())))
        text = f"{count} points are connected to {self._peer}{places and f' at {places}'}"
        if self._told > (before or 0):
            self._say("info", text)
        else:
            self._say("warning", f"{text}. {self._why}")
