"""A session may begin: its point is ordered to supply, and its driver hears what that will cost. Decides nothing."""

from datetime import datetime

from evcharging.common.messages import DriverUpdate, UpdateStatus
from evcharging.common.utils import changed
from evcharging.domain.holding import Paid
from evcharging.domain.quote import quote_of
from evcharging.domain.session import Session
from evcharging.roles.central.closing import AWAITED
from evcharging.roles.central.orders import start
from evcharging.roles.central.point_view import update
from evcharging.roles.central.shard import LivePoint, Shard
from evcharging.roles.central.supplies import start_within
from evcharging.roles.role import Effect


def let_begin(shard: Shard, live: LivePoint, session: Session, paid: Paid | None, now: datetime) -> list[Effect]:
    """Tell the driver that the request is accepted, and its point to begin; `paid` is how long it may go on with what
    is held."""
    shard.timers.set(AWAITED, session.cp_id, now + start_within(live.status))
    return [accepted(shard, live, session, now), start(shard, live, session, paid, now)]


def accepted(shard: Shard, live: LivePoint, session: Session, now: datetime) -> DriverUpdate:
    """The driver hears what it will cost, before it begins, and when it ends for a reservation."""
    quote = quote_of(session, live.status.power_w, live.point.limit)
    return changed(update(shard, session, UpdateStatus.ACCEPTED, now), quote=quote, ends_by=session.until)
