"""The TCP control plane: monitors' framed links in, messages on the bus out. Decides nothing about points."""

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from secrets import token_bytes

from evcharging.adapters.link_proofs import ENROL, LinkProofs, NoKeys, PointKeys
from evcharging.adapters.monitor_links import LinkRejected, MonitorLinks, Why
from evcharging.adapters.tcp import Link
from evcharging.apps.ev_central.link_notes import LinkNotes
from evcharging.common.kafka import CP_HEALTH, SCHEMAS
from evcharging.common.messages import HealthReport, Message
from evcharging.common.messages_link import LinkRefused
from evcharging.common.messages_view import PointShown
from evcharging.common.utils import BadJson, to_json
from evcharging.protocols.proof import RANDOM_BYTES, NotProven, read_proof
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
        keys: PointKeys | None = None,
        notes: LinkNotes | None = None,
    ) -> None:
        self._now = now
        self._say = log
        self._notes = notes
        self._refused: Counter[Why] = Counter()
        self._is_shut = False
        self._door: MonitorLinks[Link] = MonitorLinks(
            publish, is_known, now, Link.close, is_retired, self._refuse, steady, self._took_over
        )
        self._proofs: LinkProofs[Link] = LinkProofs(keys or NoKeys(), lambda: token_bytes(RANDOM_BYTES), steady or now)

    def opened(self, link: Link) -> None:
        """A peer connected; its proof, or else its first report, will say who it is."""
        if self._is_shut:
            link.close()
            return
        try:
            greeting = self._proofs.opened(link, link.peer.rpartition(":")[0])
        except LinkRejected as refusal:
            self._refuse(link, refusal)
        else:
            if greeting is not None:
                link.send(greeting)

    def received(self, link: Link, payload: bytes) -> None:
        """Pass a report on to the shard that decides, or say why not."""
        if self._is_shut:
            return
        try:
            if self._proofs.awaits(link):
                self._prove(link, payload)
            else:
                self._report(link, self._proofs.heard(link, payload))
        except LinkRejected as refusal:
            self._refuse(link, refusal, payload)

    def shown(self, message: News) -> None:
        """The panel shows something new."""
        if isinstance(message, PointShown):
            self._door.shown(message)

    def closed(self, link: Link, reason: str) -> None:
        """A link ended."""
        self._proofs.closed(link)
        self._door.closed(link)

    def look(self) -> None:
        """Cut links that took too long to prove a key, and those whose key counts no more; to be called every second
        or so."""
        for link, refusal in self._proofs.overdue():
            self._refuse(link, refusal)

    def end(self) -> None:
        """Links that end from now on end because Central does."""
        self._door.end()

    def shut(self) -> None:
        """Hear no link and take none, before `open_again`; nobody is told of links that end meanwhile."""
        self._is_shut = True
        self._door.end()

    def open_again(self) -> None:
        """Take links again, and know of none from before."""
        self._is_shut = False
        self._door.begin_anew()

    def _prove(self, link: Link, payload: bytes) -> None:
        # Who has no key begins with a report, and is told whose key is missing.
        if (cp_id := _named_in(payload)) is not None:
            raise LinkRejected(Why.UNPROVEN, f"{cp_id} has not proven that it has its key: {ENROL}")
        link.send(self._proofs.prove(link, payload))

    def _report(self, link: Link, payload: bytes) -> None:
        report, cp_id = _report_in(payload), self._proofs.whose(link)
        if cp_id is not None and cp_id != report.cp_id:
            raise LinkRejected(Why.FOREIGN, f"This link has the key of {cp_id} and cannot report for {report.cp_id}")
        self._door.received(link, report)

    def _took_over(self, link: Link, cp_id: str) -> None:
        if self._notes is not None:
            self._notes.took_over(cp_id, self._proofs.whose(link))

    def _refuse(self, link: Link, refusal: LinkRejected, payload: bytes = b"") -> None:
        reason, is_retired = str(refusal)[:500], refusal.why is Why.RETIRED
        self._tell_of(link, refusal.why, reason)
        proven = self._proofs.whose(link)
        if self._notes is not None and (cp_id := _claimed_in(payload) or proven) is not None:
            self._notes.refused(cp_id, proven, reason)
        refused = to_json(LinkRefused(ts=self._now(), reason=reason, retired=is_retired))
        link.send(self._proofs.wrapped(link, refused))
        self._proofs.closed(link)
        link.close()

    def _tell_of(self, link: Link, why: Why, reason: str) -> None:
        self._refused[why] += 1
        count = self._refused[why]
        # 1, 2, 4, 8 ...: a flood of them does not become a flood of sentences.
        if count.bit_count() == 1:
            times = "" if count == 1 else f" ({count} refused for such a reason since the start)"
            self._say("warning", f"Refused a link from {link.peer}: {reason}{times}")


def _named_in(payload: bytes) -> str | None:
    """The point that a report is about, where the payload is one."""
    try:
        return _report_in(payload).cp_id
    except LinkRejected:
        return None


def _claimed_in(payload: bytes) -> str | None:
    """The point whose link a payload says to be on, whether that is so or not."""
    try:
        return _named_in(payload) or read_proof(payload).cp_id
    except NotProven:
        return None


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
