"""What an engine may draw by the grants of its site: reports, grants, and what holds without one. Knows no meter and no
supply."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta

from evcharging.common.messages_grants import GrantPower, ManagePoint, PowerReport
from evcharging.domain.plausibility import is_ahead
from evcharging.domain.power.escrow import LEASE, Order
from evcharging.domain.supply import Managed
from evcharging.roles.engine.condition import Condition
from evcharging.roles.engine.needs import Needs
from evcharging.roles.role import Effect
from evcharging.roles.timers import moved

REPORT_EVERY = timedelta(seconds=1)
REMEMBERED = 64
"""Reports whose moment is kept, so that a grant can quote them: more than there are in the time of a lease."""

NONE: Order = (0, 0)


class EnginePower:
    """`epoch` and `run` are those of the engine. Without leases, where nothing is lost, a grant holds until the next,
    and what has not changed is not reported again."""

    def __init__(self, condition: Condition, epoch: int, run: int, *, is_leased: bool) -> None:
        self.until: datetime | None = None
        self.report_at: datetime | None = None
        self.has_news = False
        self._condition = condition
        self._heard = (run, epoch)
        self._is_leased = is_leased
        self._sent: OrderedDict[int, datetime] = OrderedDict()
        self._order: Order = NONE
        self._ma = 0
        self._phases = 0
        self._is_drawing = False

    @property
    def manager(self) -> Managed | None:
        """Who manages the point, if anybody does."""
        managed = self._condition.memory.managed
        return managed if managed is not None and managed.failsafe_ma is not None else None

    @property
    def deadline(self) -> datetime | None:
        """When a grant ends, or a report is due."""
        if self.until is None or self.report_at is None:
            return self.until or self.report_at
        return min(self.until, self.report_at)

    def allowed_ma(self, phases: int) -> int | None:
        """The most that it may draw on each of so many phases; None where nobody manages it. A grant for fewer phases
        is none."""
        manager = self.manager
        if manager is None:
            return None
        return self._ma if 0 < phases <= self._phases else manager.failsafe_ma

    def lapsed_ma(self, at: datetime) -> int | None:
        """What holds at a moment by which its grant has ended; None where it has not."""
        manager = self.manager
        return manager.failsafe_ma if manager is not None and self.until is not None and at >= self.until else None

    def manage(self, order: ManagePoint, now: datetime) -> list[Effect] | None:
        """Belong to a site from now on, or to none: what is written down then. A point has one manager until that lets
        it go; None where the order changes nothing, as it is an old one or of another site."""
        known, number = self._condition.memory.managed, (order.epoch, order.seq)
        if known is not None and known.site_id == order.site_id:
            is_old = number <= (known.epoch, known.seq)
        else:
            is_old = not order.managed or self.manager is not None
        self.has_news = self.has_news or self.manager is not None
        if is_old or is_ahead(order.epoch, now):
            return None
        failsafe_ma = order.failsafe_ma if order.managed else None
        if not order.managed or known is None or known.site_id != order.site_id:
            self.drop()
            self._order = NONE
        self.has_news = True
        managed = Managed(site_id=order.site_id, failsafe_ma=failsafe_ma, epoch=order.epoch, seq=order.seq)
        return self._condition.note(managed=managed)

    def take(self, grant: GrantPower, now: datetime) -> bool:
        """Take a grant, if it is the newest and quotes a report that is not too old. Whether it is taken."""
        manager, order = self.manager, (grant.epoch, grant.seq)
        if manager is None or manager.site_id != grant.site_id or order <= self._order or is_ahead(grant.epoch, now):
            return False
        sent_at = self._sent.get(grant.heard_seq) if (grant.heard_run, grant.heard_epoch) == self._heard else None
        if sent_at is None or (self._is_leased and now - sent_at >= LEASE):
            return False
        self.has_news = self.has_news or grant.milliamperes < self._ma or not self._is_drawing
        self._order = order
        if self._is_drawing:
            self._ma, self._phases = grant.milliamperes, grant.phases
            self.until = sent_at + LEASE if self._is_leased else None
        return True

    def drop(self) -> None:
        """Draw nothing by the grant any more: it has ended, or nobody is there who draws."""
        self._ma, self._phases, self.until = 0, 0, None

    def follow(self, *, is_drawing: bool, now: datetime) -> None:
        """A supply goes on, or none does: while one does, the point reports each second."""
        if is_drawing is not self._is_drawing:
            self._is_drawing, self.has_news = is_drawing, True
            if not is_drawing:
                self.drop()
        if not is_drawing or self.manager is None:
            self.report_at = None
        elif self._is_leased and (self.report_at is None or self.report_at <= now):
            self.has_news, self.report_at = True, now + REPORT_EVERY

    def report(self, cp_id: str, number: Callable[[], int], needs: Needs | None, now: datetime) -> list[PowerReport]:
        """What is said to the site, where there is one; `needs` are those of a supply that goes on."""
        self.has_news = False
        manager = self.manager
        if manager is None or manager.failsafe_ma is None:
            return []
        seq = number()
        self._sent[seq] = now
        if len(self._sent) > REMEMBERED:
            self._sent.popitem(last=False)
        run, epoch = self._heard
        about = needs or NOTHING_NEEDED
        report = PowerReport(
            ts=now,
            epoch=epoch,
            seq=seq,
            site_id=manager.site_id,
            cp_id=cp_id,
            run=run,
            wanted_ma=about.wanted_ma,
            measured_ma=about.measured_ma,
            phases=about.phases,
            grant_epoch=self._order[0],
            grant_seq=self._order[1],
            grant_ma=self._ma,
            failsafe_ma=manager.failsafe_ma,
            claim_epoch=manager.epoch,
            claim_seq=manager.seq,
            arrived_at=about.arrived_at,
            departs_at=about.departs_at,
            wanted_mwh=about.wanted_mwh,
        )
        return [report]

    def shift(self, by: timedelta) -> None:
        """The clock was set: what is ahead is as far away as before."""
        self.until, self.report_at = moved(self.until, by), moved(self.report_at, by)
        self._sent = OrderedDict((seq, at + by) for seq, at in self._sent.items())


NOTHING_NEEDED = Needs()
