"""The requests that wait at the sites of one partition, in their order, and those that lately did. Decides nothing."""

from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator

from evcharging.domain.queue import QueueEntry
from evcharging.domain.record import Record

REMEMBERED = 10_000
"""How many entries that have ended are kept in mind; older ones are recalled from the store."""


class Entries:
    """Those that the store has `open`, and what becomes of them."""

    def __init__(self, entries: Iterable[QueueEntry]) -> None:
        self._open: dict[str, QueueEntry] = {}
        self._at: defaultdict[str, dict[str, None]] = defaultdict(dict)
        self._past: OrderedDict[str, QueueEntry] = OrderedDict()
        self._last = 0
        for entry in sorted(entries, key=lambda each: each.number):
            self.put(entry)

    def __iter__(self) -> Iterator[QueueEntry]:
        return iter([*self._open.values()])

    def next_number(self) -> int:
        """A number after those of all that wait."""
        return self._last + 1

    def put(self, entry: QueueEntry) -> QueueEntry:
        """An entry as it is now."""
        if entry.is_open:
            self._open[entry.request_id] = entry
            self._at[entry.site_id][entry.request_id] = None
            self._last = max(self._last, entry.number)
        else:
            self._open.pop(entry.request_id, None)
            self._at[entry.site_id].pop(entry.request_id, None)
            self._keep(entry)
        return entry

    def at(self, site_id: str) -> list[QueueEntry]:
        """Those of a site that are open, in their order."""
        return [self._open[request_id] for request_id in self._at.get(site_id, ())]

    def known(self, request_id: str) -> QueueEntry | None:
        """An entry that is in mind."""
        return self._open.get(request_id) or self._past.get(request_id)

    def remember(self, record: Record) -> None:
        """Take an entry back into mind that has ended."""
        if isinstance(record, QueueEntry) and record.request_id not in self._open:
            self._keep(record)

    def _keep(self, entry: QueueEntry) -> None:
        self._past[entry.request_id] = entry
        self._past.move_to_end(entry.request_id)
        if len(self._past) > REMEMBERED:
            self._past.popitem(last=False)
