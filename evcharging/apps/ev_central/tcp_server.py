"""The TCP control plane: monitors' framed links in, messages on the bus out. Decides nothing about points."""

from collections.abc import Callable
from datetime import datetime

from evcharging.adapters.door import Door, Unwelcome
from evcharging.adapters.tcp import Link
from evcharging.common.kafka import CP_HEALTH, SCHEMAS
from evcharging.common.messages import HealthReport, LinkRefused, Message, PointShown
from evcharging.common.utils import BadJson, to_json
from evcharging.roles.panel import News


class ControlPlane:
    """Handles all links of one Central, by what its door says of them."""

    def __init__(
        self,
        publish: Callable[[Message], None],
        is_known: Callable[[str], bool],
        now: Callable[[], datetime],
        say: Callable[[str, str], None],
    ) -> None:
        self._now = now
        self._say = say
        self._door: Door[Link] = Door(publish, is_known, now, hang_up=Link.close)

    def opened(self, link: Link) -> None:
        """A peer connected; its first report will say who it is."""

    def received(self, link: Link, payload: bytes) -> None:
        """Pass a report on to the shard that decides, or say why not."""
        try:
            self._door.received(link, _report_in(payload))
        except Unwelcome as refusal:
            self._refuse(link, str(refusal))

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

    def _refuse(self, link: Link, reason: str) -> None:
        self._say("warning", f"Refused a link from {link.peer}: {reason}")
        link.send(to_json(LinkRefused(ts=self._now(), reason=reason[:500])))
        link.close()


def _report_in(payload: bytes) -> HealthReport:
    """The report that a frame carries; raises Unwelcome."""
    try:
        message = SCHEMAS[CP_HEALTH.name].decode(payload)
    except BadJson as error:
        raise Unwelcome(f"Not a health report: {error}") from None
    if not isinstance(message, HealthReport):
        raise Unwelcome(f"A monitor's link carries health reports, not {type(message).__name__}")
    return message
