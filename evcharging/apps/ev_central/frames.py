"""The frames of the dashboard's WebSocket as texts, made from the texts of points that are at hand, and what a viewer
may say."""

import json
from collections.abc import Iterable, Sequence

from evcharging.apps.ev_central.desk import Desk
from evcharging.apps.ev_central.views import reading_view
from evcharging.apps.ev_central.views_ledger import notice_view
from evcharging.apps.ev_central.views_live import RefusedFrame, SubscribeFrame, totals_view
from evcharging.common.messages_view import NoticeShown, PointShown, ReadingShown
from evcharging.common.utils import BadJson, Frozen, from_json, iso, to_json

SNAPSHOT_NOTICES = 50
MOST_POINTS = 2_000
"""More than fit on a screen."""


class Changes(Frozen, frozen=True, kw_only=True):
    """What is new: of which points, which are gone, readings and notices."""

    points: Sequence[PointShown]
    gone: Sequence[str]
    readings: Sequence[ReadingShown]
    notices: Sequence[NoticeShown]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is new."""
        return not (self.points or self.gone or self.readings or self.notices)

    def of(self, wanted: frozenset[str]) -> "Changes":
        """What of it is about these points, or about none in particular."""
        return Changes(
            points=[point for point in self.points if point.cp_id in wanted],
            gone=[cp_id for cp_id in self.gone if cp_id in wanted],
            readings=[reading for reading in self.readings if reading.cp_id in wanted],
            notices=self.notices,
        )


class Frames:
    """Makes the frames of one Central."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def snapshot(self, wanted: frozenset[str] | None = None) -> str:
        """How all points stand, or those that are wanted."""
        desk = self._desk
        if wanted is None:
            points = desk.texts.all()
        else:
            known = desk.panel.points
            points = desk.texts.listed(known[cp_id] for cp_id in sorted(wanted) if cp_id in known)
        return self._frame("snapshot", points, list(desk.panel.notices)[:SNAPSHOT_NOTICES])

    def changes(self, changes: Changes) -> str:
        """What is new."""
        return self._frame(
            "changes",
            self._desk.texts.listed(changes.points),
            changes.notices,
            gone=to_json(changes.gone),
            telemetry=to_json([reading_view(reading) for reading in changes.readings]),
        )

    def totals(self) -> bytes:
        """What all points come to."""
        return to_json(totals_view(self._desk.panel.totals))

    def _frame(self, kind: str, points: bytes, notices: Iterable[NoticeShown], **others: bytes) -> str:
        parts = {
            b"type": to_json(kind),
            b"ts": to_json(iso(self._desk.now())),
            b"points": points,
            **{name.encode(): text for name, text in others.items()},
            b"messages": to_json([notice_view(notice) for notice in notices]),
            b"totals": self.totals(),
        }
        return (b"{%b}" % b",".join(b'"%b":%b' % part for part in parts.items())).decode()


def subscription_in(text: str) -> SubscribeFrame | RefusedFrame | None:
    """What a viewer asks for, or why that cannot be; None for what is no subscription, which nobody reads."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or said.get("type") != "subscribe":
        return None
    try:
        frame = from_json(SubscribeFrame, text.encode())
    except BadJson as error:
        return RefusedFrame(type="refused", detail=str(error))
    if frame.points is not None and len(frame.points) > MOST_POINTS:
        return RefusedFrame(type="refused", detail=f"points: no more than {MOST_POINTS:,} can be asked for")
    return frame
