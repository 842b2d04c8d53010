"""What is known of one site: how its points stand, and what was billed at each. Decides nothing."""

from datetime import datetime, timedelta

from evcharging.common.messages_site import PointAtSite, PointLeftSite
from evcharging.common.states import CPState
from evcharging.common.utils import changed
from evcharging.domain.queue import IN_SERVICE
from evcharging.domain.site import SitePoint

SILENT_AFTER = timedelta(seconds=9)
"""A point of which its Central has said nothing for so long is counted as DISCONNECTED."""

FORGOTTEN_AFTER = timedelta(seconds=30)
"""It is counted no more after this: what an old run of Central said of a point that has left may come late."""

Order = tuple[int, int]
NEVER: Order = (0, 0)


class SiteCounts:
    """One site: `points` are the newest words of how they stand, and `heard_at` when each was said, `newest` the number
    of that word, `billed` what was billed at each."""

    def __init__(self) -> None:
        self.points: dict[str, PointAtSite] = {}
        self.heard_at: dict[str, datetime] = {}
        self.newest: dict[str, Order] = {}
        self.billed: dict[str, SitePoint] = {}

    @property
    def is_known(self) -> bool:
        """There are points at it, or something was billed there."""
        return bool(self.points or self.billed)

    @property
    def is_in_service(self) -> bool:
        """Some point of it can serve, now or once it is free."""
        return any(point.state in IN_SERVICE for point in self.points.values())

    def note(self, message: PointAtSite, now: datetime) -> bool:
        """Take in how a point stands; whether its state is new."""
        if not self._is_news(message):
            return False
        before = self.points.get(message.cp_id)
        self.points[message.cp_id], self.heard_at[message.cp_id] = message, now
        return before is None or before.state is not message.state

    def leave(self, message: PointLeftSite) -> bool:
        """A point is there no more; whether it was."""
        if not self._is_news(message):
            return False
        self.heard_at.pop(message.cp_id, None)
        return self.points.pop(message.cp_id, None) is not None

    def _is_news(self, message: PointAtSite | PointLeftSite) -> bool:
        order = (message.epoch, message.seq)
        is_news = order > self.newest.get(message.cp_id, NEVER)
        if is_news:
            self.newest[message.cp_id] = order
        return is_news

    def doubt(self, now: datetime) -> None:
        """Count points of which nothing is heard any more as disconnected, and then no more."""
        for cp_id, at in [*self.heard_at.items()]:
            if now - at >= FORGOTTEN_AFTER:
                del self.points[cp_id], self.heard_at[cp_id]
            elif now - at >= SILENT_AFTER:
                self.points[cp_id] = changed(self.points[cp_id], state=CPState.DISCONNECTED, free=False)

    def shift(self, by: timedelta) -> None:
        """The clock was set: move the moments that are kept."""
        self.heard_at = {cp_id: at + by for cp_id, at in self.heard_at.items()}
