"""Central's door: which link speaks for which point, and what the shard that decides is told of it.
Knows no socket, and decides nothing about points."""

from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from enum import Enum
from typing import Generic, TypeVar

from evcharging.common.messages import HealthReport, Message, MonitorDisconnected
from evcharging.common.messages_view import PointShown
from evcharging.common.states import CPState
from evcharging.common.utils import changed
from evcharging.protocols.budget import Budget, Purse

L = TypeVar("L", bound=Hashable)

MILLISECOND = timedelta(milliseconds=1)
FRESH = timedelta(seconds=5)
"""How old a report may be to be passed on again; a link that is silent for longer is not vouched for."""


LINKS = Budget(per_second=1, at_once=20, at_first=20)
"""How often links may be opened for one point."""


class Why(Enum):
    """The kinds of reasons for which links are refused."""

    UNREADABLE = "unreadable"
    UNKNOWN = "unknown"
    RETIRED = "retired"
    FOREIGN = "foreign"
    TOO_OFTEN = "too often"
    UNPROVEN = "unproven"
    REVOKED = "revoked"


class LinkRejected(Exception):
    """This link is refused; the text says why."""

    def __init__(self, why: Why, text: str) -> None:
        super().__init__(text)
        self.why = why


def _nobody(cp_id: str) -> bool:
    return False


class MonitorLinks(Generic[L]):
    """All links of one Central, whatever they are. A link belongs to the point that its first report names; the newest
    link of a point ends the older ones, by `hang_up`, and `took_over` is told of that. The link of a point that is
    retired ends by `refuse`. `steady` is a time that goes on evenly though the clock is set."""

    def __init__(
        self,
        publish: Callable[[Message], None],
        is_known: Callable[[str], bool],
        now: Callable[[], datetime],
        hang_up: Callable[[L], None],
        is_retired: Callable[[str], bool] = _nobody,
        refuse: Callable[[L, LinkRejected], None] | None = None,
        steady: Callable[[], datetime] | None = None,
        took_over: Callable[[L, str], None] | None = None,
    ) -> None:
        self._publish = publish
        self._is_known = is_known
        self._now = now
        self._steady = steady or now
        self._hang_up = hang_up
        self._is_retired = is_retired
        self._refuse = refuse or (lambda link, _: hang_up(link))
        self._took_over = took_over or (lambda link, cp_id: None)
        self._openings: dict[str, Purse] = {}
        self._owners: dict[L, tuple[str, int]] = {}
        self._newest: dict[str, L] = {}
        self._reports: dict[str, tuple[HealthReport, datetime]] = {}
        self._numbers = 0
        self._words = 0
        self._ending = False

    def received(self, link: L, message: HealthReport) -> None:
        """Pass a report on to the shard that decides; raises LinkRejected."""
        if link not in self._owners:
            self._adopt(link, message.cp_id)
        cp_id, number = self._owners[link]
        if message.cp_id != cp_id:
            raise LinkRejected(Why.FOREIGN, f"This link belongs to {cp_id} and cannot report for {message.cp_id}")
        report = changed(message, link=number, age_ms=0, seq=self._next_word())
        if self._newest.get(cp_id) is link:
            self._reports[cp_id] = report, self._steady()
        self._publish(report)

    def shown(self, view: PointShown) -> None:
        """Where a point is shown as disconnected whose link is open here, its shard has just been taken over by a
        Central that does not know: tell it at once what the link said last. A point that is shown as retired has its
        link refused."""
        if view.retired:
            if view.cp_id in self._newest:
                self._refuse(self._newest[view.cp_id], _retired(view.cp_id))
        elif view.state is CPState.DISCONNECTED and view.cp_id in self._reports:
            report, heard_at = self._reports[view.cp_id]
            age = self._steady() - heard_at
            if age < FRESH:
                self._publish(changed(report, age_ms=age // MILLISECOND, seq=self._next_word()))

    def closed(self, link: L) -> None:
        """Tell the shard that a link ended."""
        owner = self._owners.pop(link, None)
        if owner is None or self._ending:
            return
        cp_id, number = owner
        if self._newest.get(cp_id) is link:
            del self._newest[cp_id]
            self._reports.pop(cp_id, None)
        self._publish(MonitorDisconnected(ts=self._now(), cp_id=cp_id, link=number))

    def end(self) -> None:
        """Links that end from now on end because Central does."""
        self._ending = True

    def begin_anew(self) -> None:
        """Know of no link from before, as a Central that has just begun."""
        self._ending = False
        self._owners.clear()
        self._newest.clear()
        self._reports.clear()

    def _adopt(self, link: L, cp_id: str) -> None:
        if self._is_retired(cp_id):
            raise _retired(cp_id)
        if not self._is_known(cp_id):
            raise LinkRejected(Why.UNKNOWN, f"{cp_id} is not registered: POST /cp/register first")
        now = self._steady().timestamp()
        if not self._openings.setdefault(cp_id, Purse(LINKS, now)).afford(1, now):
            raise LinkRejected(Why.TOO_OFTEN, f"Links for {cp_id} are opened too often: one in a second is the most")
        older = self._newest.get(cp_id)
        self._owners[link] = (cp_id, self._number())
        self._newest[cp_id] = link
        if older is not None:
            self._hang_up(older)
            self._took_over(link, cp_id)

    def _next_word(self) -> int:
        self._words += 1
        return self._words

    def _number(self) -> int:
        opened_at = int(self._now().timestamp() * 1_000_000)
        self._numbers = max(self._numbers + 1, opened_at)
        return self._numbers


def _retired(cp_id: str) -> LinkRejected:
    return LinkRejected(Why.RETIRED, f"{cp_id} was retired")
