"""The TCP control plane: monitors' framed links in, messages on the bus out. Decides nothing about points."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from evcharging.adapters.monitor_links import LinkRejected, MonitorLinks, Why
from evcharging.adapters.tcp import Link
from evcharging.common.kafka import CP_HEALTH, SCHEMAS
from evcharging.common.messages import HealthReport, LinkRefused, Message
from evcharging.common.messages_view import PointShown
from evcharging.common.utils import BadJson, to_json
from evcharging.roles.live_view import News


class ControlPlane:
    """Handles all links of one Central, by what its door says of them."""

    def __init__(
        self,
        publish: Callable[[Message], None],
        is_known: Callable[[str], bool],
        is_retired: Callable[[str], bool],
        now: Callable[[], datetime],
        log: Callable[[str, str], None],
        steady: Callable[[], datetime] | None = None,
    ) -> None:
        self._now = now
        self._say = log
        self._refused: Counter[Why] = Counter()
        self._door: MonitorLinks[Link] = MonitorLinks(
            publish, is_known, now, Link.close, is_retired, self._refuse, steady
        )

    def opened(self, link: Link) -> None:
        """A peer connected; its first report will say who it is."""

    def received(self, link: Link, payload: bytes) -> None:
        """Pass a report on to the shard that decides, or say why not."""
        try:
            self._door.received(link, _report_in(payload))
        except LinkRejected as refusal:
            self._refuse(link, refusal)

    def shown(self, message: News) -> None:
        """The panel shows something new."""
        if isinstance(message, PointShown):
            self._door.shown(message)

    def closed(self, link: Link, reason: str) -> None:
        """A link ended."""
        self._door.closed(link)

    def end(self) -> None:
        """Links that end from now on end because Central does."""
        self._door.end()

    def _refuse(self, link: Link, refusal: LinkRejected) -> None:
        reason, is_retired = str(refusal)[:500], refusal.why is Why.RETIRED
        self._tell_of(link, refusal.why, reason)
        link.send(to_json(LinkRefused(ts=self._now(), reason=reason, retired=is_retired)))
        link.close()

    def _tell_of(self, link: Link, why: Why, reason: str) -> None:
        self._refused[why] += 1
        count = self._refused[why]
        # 1, 2, 4, 8 ...: a flood of them does not become a flood of sentences.
        if count.bit_count() == 1:
            times = "" if count == 1 else f" ({count} refused for such a reason since the start)"
            self._say("warning", f"Refused a link from {link.peer}: {reason}{times}")


def _report_in(payload: bytes) -> HealthReport:
    """The report that a frame carries; raises LinkRejected."""
    try:
        message = SCHEMAS[CP_HEALTH.name].decode(payload)
    except BadJson as error:
        raise LinkRejected(Why.UNREADABLE, f"Not a health report: {error}") from None
    if not isinstance(message, HealthReport):
        text = f"A monitor's link carries health reports, not {type(message).__name__}"
        raise LinkRejected(Why.UNREADABLE, text)
    return message
