"""The real Central in a host on a SQL store, for tests that kill it: composed anew it goes on from the store, and the
old one stays as a zombie. All that it says and records can be looked at."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta

from evcharging.adapters.bus.memory import MemoryBus
from evcharging.adapters.store import Commit
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.common.kafka import CENTRAL_COMMANDS, CENTRAL_PANEL, DRIVER_UPDATES
from evcharging.common.messages import DriverUpdate, Message, StartSupply, UpdateStatus
from evcharging.common.messages_operators import OperatorAnswer
from evcharging.common.messages_view import PointShown
from evcharging.common.utils import changed
from evcharging.domain.session import Bill, Request, Session, SessionStatus, request_of
from evcharging.runtime.central_program import add_central
from evcharging.runtime.host import Host
from evcharging.tests.stages.audit_world import audit

T0 = datetime(2026, 3, 1, 12, tzinfo=UTC)
PARTITIONS = 2
ENDS = {UpdateStatus.COMPLETED, UpdateStatus.FAILED}


class Died(Exception):
    """The process was killed in the middle of a commit."""


class MortalStore(SqlStore):
    """A store whose process dies just before or just after it commits, once that is wished for."""

    dies: str | None = None
    commits = 0

    def commit(self, commit: Commit) -> list[int]:
        when, self.dies = self.dies, None
        if when == "before":
            raise Died
        numbers = super().commit(commit)
        self.commits += 1
        if when == "after":
            raise Died
        return numbers


class MortalCentral:
    """Central with all its shards on an empty ledger; `look` brings `sessions`, `bills` and `decisions` up to date."""

    def __init__(self, url: str) -> None:
        self.now = T0
        self._url = url
        self.store = MortalStore(url)
        self.shown: dict[str, PointShown] = {}
        self.answers: dict[str, OperatorAnswer] = {}
        self.orders: dict[str, StartSupply] = {}
        self.ends: defaultdict[str, list[DriverUpdate]] = defaultdict(list)
        self.zombies: list[Host] = []
        self.sessions: dict[str, Session] = {}
        self.bills: list[Bill] = []
        self.decisions: list[Request] = []
        self._looked_at = -1
        self._bus = MemoryBus(PARTITIONS)
        self._ears = self._bus.subscribe(
            (CENTRAL_COMMANDS, CENTRAL_PANEL, DRIVER_UPDATES), group="test", partitions=range(PARTITIONS)
        )
        self._compose()

    def _compose(self) -> None:
        self._host = Host(self.store, self._bus)
        add_central(self._host, self.store, self._bus)
        self._settle()

    def log(self, message: Message) -> None:
        """Let it hear something, and do what comes of it."""
        self._bus.publish(message)
        self._settle()

    def pass_time(self, seconds: float) -> None:
        """Let everything happen that this time brings."""
        until = self.now + timedelta(seconds=seconds)
        while (due := self._host.next_due()) is not None and due <= until:
            self.now = max(self.now, due)
            self._settle()
        self.now = until
        self._settle()

    def kill(self) -> None:
        """Kill it, and compose it anew."""
        assert self._host.intake is not None
        self._host.intake.close()
        self.zombies.append(self._host)
        self._compose()

    def look(self) -> None:
        """Read the ledger again, if anything was committed since."""
        if self._looked_at != self.store.commits:
            self._looked_at = self.store.commits
            self.sessions = {session.request_id: session for session in self.store.select(Session)}
            self.bills = self.store.facts(Bill)
            begun = [fact for fact in self.store.facts(Session) if fact.status is SessionStatus.AUTHORISED]
            self.decisions = [*self.store.facts(Request), *map(request_of, begun)]

    def close(self) -> None:
        """End it; an audit must find every table and every bill to be what the facts make of it."""
        self.store.close()
        assert audit(self._url).findings == []

    def _settle(self) -> None:
        try:
            while self._host.cycle(self.now):
                pass
        except Died:
            self.kill()
        for fetched in self._ears.poll(10_000):
            for message in fetched.messages:
                self._hear(message)

    def _hear(self, message: Message) -> None:
        if isinstance(message, PointShown):
            self.shown[message.cp_id] = message
        elif isinstance(message, OperatorAnswer):
            self.answers[message.request_id] = message
        elif isinstance(message, StartSupply):
            first = self.orders.setdefault(message.session_id, message)
            again = {"ts": first.ts, "seq": first.seq, "heard_epoch": first.heard_epoch, "heard_seq": first.heard_seq}
            assert changed(message, **again) == first
        elif isinstance(message, DriverUpdate) and message.status in ENDS and message.session_id:
            self.ends[message.session_id].append(message)
