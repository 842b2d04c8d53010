"""The JSON text of each point as it is shown, and of all of them: made when it is first asked for, and kept until
something else is shown, so that many who look on cost what one does."""

import asyncio
import gzip
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from evcharging.apps.ev_central.views import point_view
from evcharging.common.messages_view import PointShown, ReadingShown
from evcharging.common.utils import to_json
from evcharging.roles.live_view import LiveView

COMPRESSION = 4


class Kept(NamedTuple):
    """The text of a point, and what it was made of: the point, its newest reading, and when it was last heard of."""

    point: PointShown
    reading: ReadingShown | None
    seen: datetime | None
    text: bytes


class PointTexts:
    """The texts of one panel's points; `made` counts how many points' had to be made, `packed` how many compressed
    lists. The list of all lasts until the panel `changed`."""

    def __init__(self, panel: LiveView) -> None:
        self.made = 0
        self.packed = 0
        self._all: bytes | None = None
        self._packing: asyncio.Task[bytes] | None = None
        self._panel = panel
        self._kept: dict[str, Kept] = {}

    def of(self, point: PointShown) -> bytes:
        """One point, with the newest reading of it."""
        reading, seen = self._panel.readings.get(point.cp_id), self._panel.last_seen(point)
        kept = self._kept.get(point.cp_id)
        if kept is not None and kept.point is point and kept.reading is reading and kept.seen == seen:
            return kept.text
        text = to_json(point_view(self._panel, point))
        self.made += 1
        self._kept[point.cp_id] = Kept(point, reading, seen, text)
        return text

    def listed(self, points: Iterable[PointShown]) -> bytes:
        """A list of points."""
        return b"[%b]" % b",".join(map(self.of, points))

    def all(self) -> bytes:
        """The list of all points, in order of their ids."""
        if self._all is None:
            points = self._panel.points
            self._all = self.listed(points[cp_id] for cp_id in sorted(points))
        return self._all

    async def all_packed(self) -> bytes:
        """The same, compressed with gzip."""
        if self._packing is None:
            self._packing = asyncio.create_task(asyncio.to_thread(gzip.compress, self.all(), COMPRESSION, mtime=0))
            self.packed += 1
        return await asyncio.shield(self._packing)

    def changed(self) -> None:
        """The panel may show something else."""
        self._all = self._packing = None

    def forget(self, cp_id: str) -> None:
        """A point that is gone."""
        self._kept.pop(cp_id, None)
