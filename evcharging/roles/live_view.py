"""The panel's read model: the newest view of every point, its last reading, the newest notices.
Decides nothing and knows no screen."""

from collections import deque
from collections.abc import Iterable
from datetime import datetime, timedelta

from evcharging.common.messages_grants import PowerShown
from evcharging.common.messages_site import SiteShown
from evcharging.common.messages_view import (
    NoticeShown,
    PointShown,
    PointsWanted,
    ReadingShown,
    ReadingsShown,
    ShardAlive,
)
from evcharging.common.states import CPState
from evcharging.common.utils import changed
from evcharging.domain.catalogue import Catalogue, tariff_at
from evcharging.domain.charging_point import LastStatus, Point, view_of
from evcharging.domain.notice import Notice, shown_again
from evcharging.domain.plausibility import is_ahead
from evcharging.roles.live_contacts import SILENT_AFTER, LiveContacts
from evcharging.roles.live_totals import LiveTotals
from evcharging.roles.role import NOTHING, ClockStepped, Effects, Input, Started
from evcharging.roles.timers import moved

NOTICES = 200
"""How many notices are kept at hand; older ones are in the store."""

LOOK_EVERY = timedelta(seconds=1)
NO_WORD = "no word from its Central"

News = PointShown | NoticeShown | ReadingShown


def _is_newer(view: PointShown, before: PointShown) -> bool:
    """Whether it was said after what is known; what is said again says nothing of when a point was heard of. Of words
    without a number, each counts."""
    order, newest = (view.epoch, view.seq), (before.epoch, before.seq)
    return order > newest or (order == newest and not view.seq)


class LiveView:
    """What any Central can show, from what all shards say. `points`, `notices` (newest first), `statuses` and the
    `catalogue` of published tariffs are what the store has, for the time until the shards have spoken."""

    def __init__(
        self,
        points: Iterable[Point] = (),
        notices: Iterable[Notice] = (),
        statuses: Iterable[LastStatus] = (),
        catalogue: Catalogue | None = None,
    ) -> None:
        self.deadline: datetime | None = None
        self.points: dict[str, PointShown] = {}
        self.retired: set[str] = set()
        """Points that were retired: known, and shown to nobody."""
        self._gone: dict[str, PointShown] = {}
        self.readings: dict[str, ReadingShown] = {}
        self.totals = LiveTotals()
        self.sites: dict[str, SiteShown] = {}
        self.power: dict[str, PowerShown] = {}
        self._site_heard_at: dict[str, datetime] = {}
        self.notices: deque[NoticeShown] = deque(map(shown_again, notices), maxlen=NOTICES)
        self._known = tuple(points)
        self._statuses = {status.cp_id: status for status in statuses}
        self._catalogue = catalogue or Catalogue()
        self._contacts = LiveContacts()
        self._doubted: dict[str, PointShown] = {}
        self._news: list[News] = []

    def on_message(self, message: Input, now: datetime) -> Effects:
        if isinstance(message, ShardAlive):
            return self._on_alive(message, now)
        if isinstance(message, ReadingsShown):
            for reading in message.readings:
                self._on_reading(reading)
        elif isinstance(message, PointShown):
            self._on_point(message, now)
        elif isinstance(message, NoticeShown):
            self._on_notice(message)
        elif isinstance(message, SiteShown):
            self._on_site(message, now)
        elif isinstance(message, PowerShown):
            self._on_power(message, now)
        elif isinstance(message, Started):
            self._begin(now)
        elif isinstance(message, ClockStepped):
            self._on_clock_stepped(message)
        return NOTHING

    def on_deadline(self, now: datetime) -> Effects:
        self.deadline = now + LOOK_EVERY
        self._doubt_sites(now)
        for cp_id in [*self._contacts.doubtful(now)]:
            view = self.points[cp_id]
            doubted = self._checked(view, now)
            if doubted is not view:
                self._show(doubted)
        return NOTHING

    def _believe_again(self, now: datetime) -> None:
        """Show points as they were told, whose shard is heard of again and has nothing else to say of them."""
        for cp_id in [cp_id for cp_id in self._doubted if now < self._contacts.silent_at(cp_id)]:
            self._show(self._doubted.pop(cp_id))

    def take_news(self) -> list[News]:
        """What is shown otherwise than when this was last asked, in order."""
        news, self._news = self._news, []
        return news

    def last_seen(self, point: PointShown) -> datetime | None:
        """When its Central last heard of a point, as far as is known here: for one that is there, by the clock that is
        looked at here, whatever that of its Central shows."""
        if point.last_seen is None or point.state is CPState.DISCONNECTED:
            return point.last_seen
        return self._contacts.confirmed_at(point.cp_id) or point.last_seen

    def _begin(self, now: datetime) -> None:
        self.deadline = now + LOOK_EVERY
        self.retired.update(point.cp_id for point in self._known if point.retired_at is not None)
        for point in self._known:
            if point.cp_id in self.retired:
                continue
            if point.cp_id not in self.points:
                self._put(self._unheard(point, now))
        self._known, self._statuses = (), {}

    def _unheard(self, point: Point, now: datetime) -> PointShown:
        """A known point of which nobody has said anything yet."""
        status = self._statuses.get(point.cp_id) or LastStatus(cp_id=point.cp_id)
        tariff, since = tariff_at(point, self._catalogue, now), status.last_seen or now
        view = view_of(point, status, tariff, ts=now, state=CPState.DISCONNECTED, since=since)
        return changed(view, reason=NO_WORD)

    def _on_clock_stepped(self, clock: ClockStepped) -> None:
        self.deadline = moved(self.deadline, clock.by)
        self._contacts.shift(clock.by)
        self._site_heard_at = {site_id: at + clock.by for site_id, at in self._site_heard_at.items()}

    def _checked(self, view: PointShown, now: datetime) -> PointShown:
        """The same view, or the point as DISCONNECTED where contact with it was not confirmed in time."""
        silent_at = self._contacts.silent_at(view.cp_id)
        if now < silent_at or view.state is CPState.DISCONNECTED:
            return view
        self._doubted[view.cp_id] = view
        seen = self.last_seen(view)
        return changed(view, state=CPState.DISCONNECTED, since=silent_at, reason=NO_WORD, last_seen=seen)

    def _show(self, view: PointShown) -> None:
        self._put(view)
        self._news.append(view)

    def _put(self, view: PointShown) -> None:
        self.totals.count(self.points.get(view.cp_id), -1)
        self.totals.count(view)
        self.points[view.cp_id] = view

    def _forget_reading(self, cp_id: str) -> None:
        self.totals.measure(self.readings.pop(cp_id, None), -1)

    def _on_alive(self, sign: ShardAlive, now: datetime) -> Effects:
        if is_ahead(sign.epoch, now):
            return NOTHING
        if self._contacts.alive(sign, now):
            return [PointsWanted(ts=now, cp_id=sign.cp_id)]
        self._believe_again(now)
        return NOTHING

    def _on_notice(self, notice: NoticeShown) -> None:
        if all(notice.notice_id != known.notice_id for known in self.notices):
            self.notices.appendleft(notice)
            self._news.append(notice)

    def _on_site(self, view: SiteShown, now: datetime) -> None:
        before = self.sites.get(view.site_id)
        is_news = before is None or (view.epoch, view.seq) > (before.epoch, before.seq)
        if is_news and not is_ahead(view.epoch, now):
            self.sites[view.site_id], self._site_heard_at[view.site_id] = view, now

    def _on_power(self, view: PowerShown, now: datetime) -> None:
        before = self.power.get(view.site_id)
        is_news = before is None or (view.epoch, view.seq) > (before.epoch, before.seq)
        if is_news and not is_ahead(view.epoch, now):
            self.power[view.site_id] = view

    def _doubt_sites(self, now: datetime) -> None:
        """Count all points of a site as disconnected of which nobody has said anything for long."""
        for site_id, at in self._site_heard_at.items():
            view = self.sites[site_id]
            points = view.activated + view.supplying + view.stopped + view.fault + view.disconnected
            if now - at >= SILENT_AFTER and view.disconnected != points:
                self.sites[site_id] = changed(view, activated=0, supplying=0, stopped=0, fault=0, disconnected=points)

    def _on_point(self, view: PointShown, now: datetime) -> None:
        if is_ahead(view.epoch, now):
            return
        before = self.points.get(view.cp_id, self._gone.get(view.cp_id))
        if before is not None and not _is_newer(view, before):
            return
        self._contacts.heard(view, now)
        self._doubted.pop(view.cp_id, None)
        if view.retired:
            self._retire(view)
            return
        self.retired.discard(view.cp_id)
        self._gone.pop(view.cp_id, None)
        view = self._checked(view, now)
        if before is not None and view == changed(
            before,
            ts=view.ts,
            epoch=view.epoch,
            seq=view.seq,
            last_seen=view.last_seen,
            shard=view.shard,
            number=view.number,
        ):
            self.points[view.cp_id] = view
            return
        self._show(view)
        reading = self.readings.get(view.cp_id)
        if reading and (view.session is None or view.session.session_id != reading.session_id):
            self._forget_reading(view.cp_id)

    def _retire(self, view: PointShown) -> None:
        self._contacts.forget(view.cp_id)
        self._gone[view.cp_id] = view
        if view.cp_id in self.retired:
            return
        self.retired.add(view.cp_id)
        self.totals.count(self.points.pop(view.cp_id, None), -1)
        self._forget_reading(view.cp_id)
        self._news.append(view)

    def _on_reading(self, reading: ReadingShown) -> None:
        view = self.points.get(reading.cp_id)
        session = view.session if view else None
        last = self.readings.get(reading.cp_id)
        if last is not None and last.session_id == reading.session_id and reading.register_mwh < last.register_mwh:
            return
        if session and (session.session_id, session.driver_id) == (reading.session_id, reading.driver_id):
            self._forget_reading(reading.cp_id)
            self.readings[reading.cp_id] = reading
            self.totals.measure(reading)
            self._news.append(reading)
