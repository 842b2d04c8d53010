"""What Central has in mind of one shard: points, their links and open sessions, what was lately decided.
Knows no rule and no message flow."""

from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from functools import partial

from evcharging.common.messages import CPStatus, Message
from evcharging.common.messages_operators import OperatorOrder
from evcharging.common.messages_view import PointShown, ReadingShown
from evcharging.common.utils import changed
from evcharging.domain.catalogue import Catalogue
from evcharging.domain.charging_point import LastStatus, Point
from evcharging.domain.hold import AnsweredAsk, Hold
from evcharging.domain.meter_value import next_quarter
from evcharging.domain.numbering import Numbers, ReceiptSeries
from evcharging.domain.record import Record
from evcharging.domain.reservation import Reservation
from evcharging.domain.session import Request, Session, SessionStatus
from evcharging.domain.totals import Minute
from evcharging.roles.actions import Actions
from evcharging.roles.cadences import FULL, Cadences
from evcharging.roles.central.alerting import ShardAlerts
from evcharging.roles.central.live_cost import LiveCost
from evcharging.roles.central.reserved import Reserved
from evcharging.roles.central.shard_payments import ShardPayments
from evcharging.roles.role import Effects, Input
from evcharging.roles.timers import Timers, moved
from evcharging.roles.voice import Voice

Handlers = dict[type[Input], Callable[..., Effects]]
"""What a concern of Central does about the messages that are its own: given the shard, the message and the moment."""

REMEMBERED = 10_000
"""How many closed requests and sessions stay in memory; older ones are recalled from the store."""


Run = tuple[int, int]
"""A process of an engine: its epoch, and the number that tells it from others of the same epoch."""

MOST_UNMETERED = 1_000
"""Failed sessions whose authorization is kept in mind, at most."""

MOST_STRANGERS = 1_000
"""How many engines of points that nobody registered have their last status kept, per shard."""


UNREAD = (0, 0)
"""The number of the newest reading, where none has come."""


class LivePoint:
    """A point with what is true only while this Central runs. `hold`: for whom it is kept.

    `linked`, `link`, `heard_at`, `well`, `why`, `deaf`: its monitor's link and what that reported last.
    `disbelieved`: the fault that a report may still name though the engine has said since that it is over.
    `shown`, `since`: what the live view was told, and since when the state is so.
    `register_mwh`: its register when it was last known to be at rest.
    `distrusted`: the session of which it was last said that its readings cannot be true.
    `run`: epoch and number of the engine's process that speaks for the point. `roll_call`, `answered`: the number of
    the last query, and what each process answered. `roll_again`: another one has spoken since. `twins`: two processes
    did. `is_ahead`: its engine's run is dated too far ahead. `reserved`: its reservations."""

    __slots__ = (
        "answered",
        "counted",
        "deaf",
        "disbelieved",
        "distrusted",
        "heard_at",
        "hold",
        "is_ahead",
        "link",
        "linked",
        "meter",
        "point",
        "register_mwh",
        "reserved",
        "roll_again",
        "roll_call",
        "run",
        "session",
        "shown",
        "since",
        "status",
        "twins",
        "well",
        "why",
    )

    def __init__(self, point: Point, status: LastStatus, now: datetime) -> None:
        self.point = point
        self.status = status
        self.session: Session | None = None
        self.meter = Meter(now)
        self.linked = False
        self.link = 0
        self.counted: dict[int, int] = {}
        self.heard_at = status.last_seen
        self.well = False
        self.why: str | None = None
        self.deaf = False
        self.disbelieved: str | None = None
        self.shown: PointShown | None = None
        self.since = now
        self.register_mwh = 0
        self.distrusted = ""
        self.run: Run | None = None
        self.roll_call = 0
        self.answered: dict[Run, CPStatus] = {}
        self.roll_again = False
        self.twins = False
        self.is_ahead = False
        self.hold: Hold | None = None
        self.reserved = Reserved()

    @property
    def finishes(self) -> bool:
        """Whether a stop waits for the end of the supply that runs."""
        session = self.session
        runs = session is not None and (session.has_not_begun or session.status is SessionStatus.SUPPLYING)
        return runs and session is not None and self.point.stopped and self.point.finishing == session.session_id

    @property
    def is_stopped(self) -> bool:
        """Whether an operator's stop holds now."""
        return self.point.stopped and not self.finishes

    def shift(self, by: timedelta) -> None:
        """The clock was set: move the moments that are kept here."""
        self.heard_at = self.heard_at and self.heard_at + by
        self.since += by
        self.meter.shift(by)
        if self.hold is not None:
            self.hold = changed(self.hold, until=moved(self.hold.until, by))


class Meter:
    """The readings of a point's open session, as this Central received them, by its own clock.

    `authorised_at`: when it was authorised, if that was in this run. `read_at`: when the last reading came, or the
    supply began. `run`: the engine's process that began the supply. `begun`: the number of its newest word that it did.
    `order`, `ts`, `register_mwh`: number, moment and register of the newest reading. `confirmed_at`: when that process
    last answered a query. `silent`: for how long no readings had come when that became a fault. `look_at`: when to look
    whether another one has come. `next_value_at`: from when on the next reading is kept as a meter value. `is_counted`:
    whether its energy so far is counted in the minutes. `cost`: what it costs so far, where there is a tariff.
    `idle_since`: from when on this run knows that its vehicle stays, though its supply has ended."""

    __slots__ = (
        "authorised_at",
        "begun",
        "confirmed_at",
        "cost",
        "idle_since",
        "is_counted",
        "look_at",
        "next_value_at",
        "order",
        "read_at",
        "register_mwh",
        "run",
        "silent",
        "ts",
    )

    def __init__(self, now: datetime, authorised_at: datetime | None = None) -> None:
        self.authorised_at = authorised_at
        self.read_at = now
        self.look_at = now
        self.next_value_at = next_quarter(now)
        self.is_counted = True
        self.run: Run | None = None
        self.begun = (0, 0)
        self.order = UNREAD
        self.ts: datetime | None = None
        self.register_mwh = 0
        self.silent: timedelta | None = None
        self.confirmed_at: datetime | None = None
        self.cost: LiveCost | None = None
        self.idle_since: datetime | None = None

    def shift(self, by: timedelta) -> None:
        """The clock was set: move the moments that are kept here."""
        self.authorised_at = self.authorised_at and self.authorised_at + by
        self.read_at += by
        self.look_at += by
        self.confirmed_at = self.confirmed_at and self.confirmed_at + by
        self.idle_since = self.idle_since and self.idle_since + by
        self.next_value_at = next_quarter(self.read_at)


class Shard(Voice):
    """One shard in one run: `name` is the partition, `epoch` the number of the run. `readings` are for the live view;
    `unkept`: points whose newest reading is not in the ledger yet; `watched`: points that supply; `idle`: those whose
    vehicle stays after the end, and costs, since when; `forgetting`: the points of sessions that their engine may have
    forgotten; `unmetered`: when failed sessions were authorised; `minute`: what the running minute comes to, once there
    is something. `catalogue`: published tariffs. `actions` is what orders are noted by, `alerts` those of
    its points. `shown` counts what was said of points, `since` is the number of the first word of when all were last
    told of, at `told_at`. `asks`: the newest ask of each site that each point has answered; `booked`: the active
    reservations, by their ID. `payments`: where they are asked for; `numbers`: those of receipts."""

    def __init__(self, name: str, epoch: int, cadences: Cadences = FULL, series: Iterable[ReceiptSeries] = ()) -> None:
        self.name = name
        super().__init__(epoch)
        self.cadences = cadences
        self.terms = cadences.terms
        self.points: dict[str, LivePoint] = {}
        self.timers = Timers()
        self.readings: dict[str, ReadingShown] = {}
        self.unkept: dict[str, None] = {}
        self.watched: dict[str, None] = {}
        self.idle: dict[str, datetime] = {}
        self.forgetting: dict[str, str] = {}
        self.unmetered: dict[str, datetime] = {}
        self.minute: Minute | None = None
        self.catalogue = Catalogue()
        self.strangers: OrderedDict[str, CPStatus] = OrderedDict()
        self.asks: dict[str, AnsweredAsk] = {}
        self.booked: dict[str, Reservation] = {}
        self.payments = ShardPayments(cadences.payments) if cadences.payments is not None else None
        self.numbers = Numbers(name, series)
        self.shown = 0
        self.since = 1
        self.told_at: datetime | None = None
        self._references: Counter[str] = Counter()
        self.actions = Actions(partial(self.reference, "action"))
        self.alerts = ShardAlerts(partial(self.reference, "alert"), self.say)
        self.done: OrderedDict[str, OperatorOrder] = OrderedDict()
        self._past: OrderedDict[tuple[type[Record], str], Record] = OrderedDict()

    def showing(self, view: PointShown) -> PointShown:
        """What is said of a point, as the next such word of this run."""
        self.shown += 1
        return changed(view, epoch=self.epoch, seq=self.next(), shard=self.name, number=self.shown)

    def reference(self, kind: str) -> str:
        """An id that no other shard and no other run gives; it does not depend on how much was said meanwhile."""
        self._references[kind] += 1
        return f"{kind}-{self.name}-{self.epoch}-{self._references[kind]}"

    def known(self, cp_id: str) -> LivePoint | None:
        """A point that is registered and not retired."""
        live = self.points.get(cp_id)
        return live if live is not None and live.point.retired_at is None else None

    def meet(self, status: CPStatus) -> None:
        """Keep the status of an engine whose point nobody registered yet."""
        self.strangers[status.cp_id] = status
        self.strangers.move_to_end(status.cp_id)
        if len(self.strangers) > MOST_STRANGERS:
            self.strangers.popitem(last=False)

    def note_unmetered(self, session_id: str, authorised_at: datetime | None) -> None:
        """Keep in mind when a session was authorised that failed, and whose final reading may still come."""
        if authorised_at is not None:
            self.unmetered[session_id] = authorised_at
            if len(self.unmetered) > MOST_UNMETERED:
                del self.unmetered[next(iter(self.unmetered))]

    def shift(self, by: timedelta) -> None:
        """The clock was set: move all moments that are kept."""
        self.timers.shift(by)
        self.actions.shift()
        self.alerts.shift(by)
        self.told_at = self.told_at and self.told_at + by
        self.idle = {cp_id: at + by for cp_id, at in self.idle.items()}
        self.unmetered = {session_id: at + by for session_id, at in self.unmetered.items()}
        for live in self.points.values():
            live.shift(by)

    def let_go(self, live: LivePoint) -> list[Record]:
        """A point is kept for nobody any more."""
        if live.hold is None:
            return []
        live.hold = None
        return [Hold(cp_id=live.point.cp_id)]

    def did(self, order: OperatorOrder) -> None:
        """Keep in mind what was done for an operator; the oldest are forgotten."""
        self.done[order.request_id] = order
        if len(self.done) > REMEMBERED:
            self.done.popitem(last=False)

    def keep_reservation(self, reservation: Reservation) -> Reservation:
        """A reservation as it is now, in mind at its point as long as it is active."""
        live = self.points.get(reservation.cp_id)
        if live is not None:
            live.reserved.put(reservation)
        if reservation.is_active:
            self.booked[reservation.reservation_id] = reservation
        else:
            self.booked.pop(reservation.reservation_id, None)
            self.keep(reservation)
        return reservation

    def reservation(self, reservation_id: str) -> Reservation | None:
        """A reservation that is in mind."""
        record = self.booked.get(reservation_id) or self._past.get((Reservation, reservation_id))
        return record if isinstance(record, Reservation) else None

    def keep(self, record: Request | Session | Reservation) -> Request | Session | Reservation:
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
