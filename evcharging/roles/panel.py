"""The panel's read model: the newest view of every point, its last reading, the newest notices.
Decides nothing and knows no screen."""

from collections import deque
from datetime import datetime

from evcharging.common.messages import CPTelemetry, NoticeShown, PointShown
from evcharging.roles.role import NOTHING, Effects, Input

NOTICES = 200
"""How many notices are kept at hand; older ones are in the store."""


class Panel:
    """What any Central can show, from what all shards say."""

    def __init__(self) -> None:
        self.deadline: datetime | None = None
        self.points: dict[str, PointShown] = {}
        self.readings: dict[str, CPTelemetry] = {}
        self.notices: deque[NoticeShown] = deque(maxlen=NOTICES)

    def on_message(self, message: Input, now: datetime) -> Effects:
        if isinstance(message, CPTelemetry):
            self._on_reading(message)
        elif isinstance(message, PointShown):
            self._on_point(message)
        elif isinstance(message, NoticeShown):
            self._on_notice(message)
        return NOTHING

    def on_deadline(self, now: datetime) -> Effects:
        self.deadline = None
        return NOTHING

    def _on_notice(self, notice: NoticeShown) -> None:
        if all(notice.notice_id != known.notice_id for known in self.notices):
            self.notices.appendleft(notice)

    def _on_point(self, view: PointShown) -> None:
        before = self.points.get(view.cp_id)
        if before is not None and (view.epoch, view.seq) < (before.epoch, before.seq):
            return
        self.points[view.cp_id] = view
        reading = self.readings.get(view.cp_id)
        if reading and (view.session is None or view.session.session_id != reading.session_id):
            del self.readings[view.cp_id]

    def _on_reading(self, reading: CPTelemetry) -> None:
        view = self.points.get(reading.cp_id)
        if view is not None and view.session is not None and view.session.session_id == reading.session_id:
            self.readings[reading.cp_id] = reading
