"""What Central has in mind of one shard: points, their links and open sessions, what was lately decided.
Knows no rule and no message flow."""

from collections import OrderedDict
from datetime import datetime

from evcharging.common.messages import Message, PointShown, ReadingShown
from evcharging.domain.charging_point import Point
from evcharging.domain.record import Record
from evcharging.domain.session import Request, Session
from evcharging.roles.timers import Timers

REMEMBERED = 10_000
"""How many closed requests and sessions stay in memory; older ones are recalled from the store."""


class LivePoint:
    """A point with what is true only while this Central runs: its monitor's link, its open session, what is shown.
    `register_mwh`: its register when it was last known to be at rest. `distrusted`: the session of which it was last
    said that its readings cannot be true."""

    __slots__ = (
        "distrusted",
        "heard_at",
        "link",
        "linked",
        "point",
        "register_mwh",
        "session",
        "shown",
        "since",
        "well",
        "why",
    )

    def __init__(self, point: Point, now: datetime) -> None:
        self.point = point
        self.session: Session | None = None
        self.linked = False
        self.link = 0
        self.heard_at = point.last_seen
        self.well = False
        self.why: str | None = None
        self.shown: PointShown | None = None
        self.since = now
        self.register_mwh = 0
        self.distrusted = ""


class Shard:
    """One shard in one run: `name` is the partition, `epoch` the number of the run."""

    def __init__(self, name: str, epoch: int) -> None:
        self.name = name
        self.epoch = epoch
        self.points: dict[str, LivePoint] = {}
        self.timers = Timers()
        self.readings: dict[str, ReadingShown] = {}
        self._seq = 0
        self._past: OrderedDict[tuple[type[Record], str], Record] = OrderedDict()

    def next(self) -> int:
        """The number of the next message of this run."""
        self._seq += 1
        return self._seq

    def reference(self, kind: str) -> str:
        """An id that no other shard and no other run gives."""
        return f"{kind}-{self.name}-{self.epoch}-{self.next()}"

    def keep(self, record: Request | Session) -> Request | Session:
        """Keep a decision in mind; the oldest are forgotten."""
        key = (type(record), record.key)
        self._past[key] = record
        self._past.move_to_end(key)
        if len(self._past) > REMEMBERED:
            self._past.popitem(last=False)
        return record

    def request(self, request_id: str) -> Request | None:
        """A request that is still in mind."""
        record = self._past.get((Request, request_id))
        return record if isinstance(record, Request) else None

    def past_session(self, session_id: str) -> Session | None:
        """A closed session that is still in mind."""
        record = self._past.get((Session, session_id))
        return record if isinstance(record, Session) else None

    def open_session(self, cp_id: str, session_id: str) -> Session | None:
        """The open session of a point, if it is this one."""
        live = self.points.get(cp_id)
        session = live.session if live else None
        return session if session is not None and session.session_id == session_id else None

    def is_known(self, kind: type[Record], message: Message, key: str) -> bool:
        """Whether a record that a message is about is in mind."""
        if (kind, key) in self._past:
            return True
        cp_id: str = getattr(message, "cp_id", "")
        return kind is Session and self.open_session(cp_id, key) is not None
