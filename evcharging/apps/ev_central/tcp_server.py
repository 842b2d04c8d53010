"""The TCP control plane: monitors' framed links in, messages on the bus out. Decides nothing about points."""

from collections.abc import Callable
from datetime import datetime, timedelta

from evcharging.adapters.tcp import Link
from evcharging.common.kafka import CP_HEALTH, SCHEMAS
from evcharging.common.messages import HealthReport, LinkRefused, Message, MonitorDisconnected, PointShown
from evcharging.common.states import CPState
from evcharging.common.utils import BadJson, changed, to_json
from evcharging.roles.panel import News

FRESH = timedelta(seconds=5)
"""How old a report may be to be passed on again; a link that is silent for longer is not vouched for."""


class ControlPlane:
    """Handles all links of one Central. A link belongs to the point that its first report names; the newest link of
    a point ends the older ones."""

    def __init__(
        self,
        publish: Callable[[Message], None],
        is_known: Callable[[str], bool],
        now: Callable[[], datetime],
        say: Callable[[str, str], None],
    ) -> None:
        self._publish = publish
        self._is_known = is_known
        self._now = now
        self._say = say
        self._owners: dict[Link, tuple[str, int]] = {}
        self._newest: dict[str, Link] = {}
        self._reports: dict[str, tuple[HealthReport, datetime]] = {}
        self._numbers = 0
        self._ending = False

    def opened(self, link: Link) -> None:
        """A peer connected; its first report will say who it is."""

    def received(self, link: Link, payload: bytes) -> None:
        """Pass a report on to the shard that decides, or say why not."""
        try:
            message = SCHEMAS[CP_HEALTH.name].decode(payload)
        except BadJson as error:
            self._refuse(link, f"Not a health report: {error}")
            return
        if not isinstance(message, HealthReport):
            self._refuse(link, f"A monitor's link carries health reports, not {type(message).__name__}")
            return
        if link not in self._owners and not self._adopt(link, message.cp_id):
            return
        cp_id, number = self._owners[link]
        if message.cp_id != cp_id:
            self._refuse(link, f"This link belongs to {cp_id} and cannot report for {message.cp_id}")
            return
        report = changed(message, link=number)
        if self._newest.get(cp_id) is link:
            self._reports[cp_id] = report, self._now()
        self._publish(report)

    def shown(self, message: News) -> None:
        """Where a point is shown as disconnected whose link is open here, its shard has just been taken over by a
        Central that does not know: tell it at once what the link said last."""
        if isinstance(message, PointShown) and message.state is CPState.DISCONNECTED:
            report, heard_at = self._reports.get(message.cp_id, (None, self._now()))
            if report is not None and self._now() - heard_at < FRESH:
                self._publish(report)

    def closed(self, link: Link, reason: str) -> None:
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

    def _adopt(self, link: Link, cp_id: str) -> bool:
        if not self._is_known(cp_id):
            self._refuse(link, f"{cp_id} is not registered: POST /cp/register first")
            return False
        older = self._newest.get(cp_id)
        self._owners[link] = (cp_id, self._number())
        self._newest[cp_id] = link
        if older is not None:
            older.close()
        return True

    def _number(self) -> int:
        opened_at = int(self._now().timestamp() * 1_000_000)
        self._numbers = max(self._numbers + 1, opened_at)
        return self._numbers

    def _refuse(self, link: Link, reason: str) -> None:
        self._say("warning", f"Refused a link from {link.peer}: {reason}")
        link.send(to_json(LinkRefused(ts=self._now(), reason=reason[:500])))
        link.close()
