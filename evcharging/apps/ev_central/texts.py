"""The JSON text of each point as it is shown: made when it is first asked for, and kept until the point shows something
else, so that many who look on cost what one does."""

from collections.abc import Iterable

from evcharging.apps.ev_central.views import point_view
from evcharging.common.messages import PointShown, ReadingShown
from evcharging.common.utils import to_json
from evcharging.roles.panel import Panel


class PointTexts:
    """The texts of one panel's points; `made` counts how many had to be made."""

    def __init__(self, panel: Panel) -> None:
        self.made = 0
        self._panel = panel
        self._kept: dict[str, tuple[PointShown, ReadingShown | None, bytes]] = {}

    def of(self, point: PointShown) -> bytes:
        """One point, with the newest reading of it."""
        reading = self._panel.readings.get(point.cp_id)
        kept = self._kept.get(point.cp_id)
        if kept is not None and kept[0] is point and kept[1] is reading:
            return kept[2]
        text = to_json(point_view(self._panel, point))
        self.made += 1
        self._kept[point.cp_id] = (point, reading, text)
        return text

    def listed(self, points: Iterable[PointShown]) -> bytes:
        """A list of points."""
        return b"[%b]" % b",".join(map(self.of, points))

    def forget(self, cp_id: str) -> None:
        """A point that is gone."""
        self._kept.pop(cp_id, None)
