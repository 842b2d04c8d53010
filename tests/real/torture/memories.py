"""What drivers have written down of their requests, whatever became of their consoles. Knows no verdict."""

from collections.abc import Iterable
from pathlib import Path

from evcharging.adapters.store.journal.reading import read_journal
from evcharging.common.messages import UpdateStatus
from evcharging.domain.driving import DriverMemory


class Memories:
    """By request: how it ended, where the journal still tells (None: it ended, nobody knows how); and what is open."""

    def __init__(self) -> None:
        self.ends: dict[str, UpdateStatus | None] = {}
        self.open: dict[str, str] = {}
        self._last: dict[str, DriverMemory] = {}

    def see(self, memory: DriverMemory) -> None:
        """The next thing that a driver has written down."""
        before = self._last.get(memory.driver_id)
        self._last[memory.driver_id] = memory
        self.open.pop(memory.driver_id, None)
        if memory.asked is not None:
            self.open[memory.driver_id] = memory.asked.request_id
        if before is not None and before.asked is not None and before.asked != memory.asked:
            self.ends[before.asked.request_id] = _end_between(before, memory)


def _end_between(before: DriverMemory, after: DriverMemory) -> UpdateStatus | None:
    """Of one more end; a list of wishes that is new, or was begun anew, counts from nothing."""
    known = dict(before.ends) if before.plan == after.plan else {}
    more = [status for status, count in after.ends if count == known.get(status, 0) + 1]
    same = [status for status, count in after.ends if count == known.get(status, 0)]
    return more[0] if len(more) == 1 and len(more) + len(same) == len(after.ends) else None


def read_memories(journals: Iterable[Path]) -> Memories:
    """All that these journals hold; raises StoreUnavailable."""
    memories = Memories()
    for path in journals:
        for record in read_journal(path, DriverMemory):
            if isinstance(record, DriverMemory):
                memories.see(record)
    return memories
