"""The frames of the dashboard's WebSocket as texts, made from the texts of points that are at hand, and what a viewer
may say."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from evcharging.apps.ev_central.queries import Queries
from evcharging.apps.ev_central.views import reading_view
from evcharging.apps.ev_central.views_ledger import notice_view
from evcharging.apps.ev_central.views_live import ReadingsFrame, RefusedFrame, SubscribeFrame, totals_view
from evcharging.common.messages_view import NoticeShown, PointShown, ReadingShown
from evcharging.common.utils import BadJson, Frozen, from_json, iso, to_json

T = TypeVar("T")

SNAPSHOT_NOTICES = 50
MOST_POINTS = 2_000
"""More than fit on a screen."""


class Changes(Frozen, frozen=True, kw_only=True):
    """What is new: points and readings by the ID of their point, points that are gone, and notices."""

    points: Mapping[str, PointShown]
    gone: Sequence[str]
    readings: Mapping[str, ReadingShown]
    notices: Sequence[NoticeShown]

    @property
    def is_empty(self) -> bool:
        """Whether nothing is new."""
        return not (self.points or self.gone or self.readings or self.notices)

    @property
    def news(self) -> "Changes":
        """All of it but readings."""
        return Changes(points=self.points, gone=self.gone, readings={}, notices=self.notices)

    def of(self, wanted: frozenset[str] | None) -> "Changes":
        """What of it is about these points, or about none in particular."""
        return Changes(
            points=chosen(self.points, wanted),
            gone=[cp_id for cp_id in self.gone if wanted is None or cp_id in wanted],
            readings=chosen(self.readings, wanted),
            notices=self.notices,
        )


NO_NEWS = Changes(points={}, gone=(), readings={}, notices=())


def readings_alone(readings: Mapping[str, ReadingShown]) -> Changes:
    """Nothing is new but these."""
    return Changes(points={}, gone=(), readings=readings, notices=())


def chosen(by_id: Mapping[str, T], wanted: frozenset[str] | None) -> Mapping[str, T]:
    """Those that are wanted, by way of the shorter of both; None wants all."""
    if wanted is None:
        return by_id
    if len(wanted) < len(by_id):
        return {cp_id: by_id[cp_id] for cp_id in sorted(wanted) if cp_id in by_id}
    return {cp_id: each for cp_id, each in by_id.items() if cp_id in wanted}


class Frames:
    """Makes the frames of one Central, in one stream."""

    def __init__(self, queries: Queries, stream: str) -> None:
        self._queries = queries
        self._stream = to_json(stream)

    def snapshot(self, seq: int, wanted: frozenset[str] | None = None) -> str:
        """How all points stand, or those that are wanted, once everything up to `seq` was told."""
        queries = self._queries
        if wanted is None:
            points = queries.texts.all()
        else:
            known = queries.panel.points
            points = queries.texts.listed(known[cp_id] for cp_id in sorted(wanted) if cp_id in known)
        notices = list(queries.panel.notices)[:SNAPSHOT_NOTICES]
        return self._frame("snapshot", seq, points, notices, stream=self._stream)

    def changes(self, seq: int, changes: Changes) -> str:
        """What is new."""
        return self._frame(
            "changes",
            seq,
            self._queries.texts.listed(changes.points.values()),
            changes.notices,
            gone=to_json(changes.gone),
            telemetry=to_json([reading_view(reading) for reading in changes.readings.values()]),
        )

    def totals(self) -> bytes:
        """What all points come to."""
        return to_json(totals_view(self._queries.panel.totals))

    def _frame(self, kind: str, seq: int, points: bytes, notices: Iterable[NoticeShown], **others: bytes) -> str:
        parts = {
            b"type": to_json(kind),
            b"seq": to_json(seq),
            b"ts": to_json(iso(self._queries.now())),
            b"points": points,
            **{name.encode(): text for name, text in others.items()},
            b"messages": to_json([notice_view(notice) for notice in notices]),
            b"totals": self.totals(),
        }
        return (b"{%b}" % b",".join(b'"%b":%b' % part for part in parts.items())).decode()


WISHES: dict[str, type[SubscribeFrame] | type[ReadingsFrame]] = {"subscribe": SubscribeFrame, "readings": ReadingsFrame}

Wish = SubscribeFrame | ReadingsFrame


def wish_in(text: str) -> Wish | RefusedFrame | None:
    """What a viewer asks for, or why that cannot be; None for what asks for nothing, which nobody reads."""
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return None
    kind = WISHES.get(str(said.get("type"))) if isinstance(said, dict) else None
    if kind is None:
        return None
    try:
        wish = from_json(kind, text.encode())
    except BadJson as error:
        return RefusedFrame(type="refused", detail=str(error))
    if wish.points is not None and len(wish.points) > MOST_POINTS:
        return RefusedFrame(type="refused", detail=f"points: no more than {MOST_POINTS:,} can be asked for")
    return wish
