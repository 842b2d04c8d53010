"""What engines may draw by the grants that they heard, by the world's own reckoning: true moments, whatever clocks
show. Knows no role and no invariant."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from evcharging.common.messages_grants import GrantPower, PowerReport
from evcharging.domain.supply import EngineMemory, Managed, Supply

LASTS = timedelta(seconds=10)

Allowed = tuple[datetime, int | None]
"""From which moment on, and how much: mA on each phase, None for all that the point gives."""


@dataclass(slots=True)
class Grantee:
    """An engine: who manages it, by its own words and by its journal; when it sent which report; the newest grant that
    it heard in time, and how long that holds; how many phases its vehicle uses, 0 where none is there."""

    managed: Managed | None = None
    written: Managed | None = None
    sent: dict[tuple[int, int, int], datetime] = field(default_factory=dict)
    order: tuple[int, int] = (0, 0)
    ma: int = 0
    phases: int = 0
    until: datetime | None = None
    used: int = 0
    history: list[Allowed] = field(default_factory=list)

    @property
    def is_managed(self) -> bool:
        """Whether a site manages it."""
        return self.managed is not None and self.managed.failsafe_ma is not None

    def lapse(self, now: datetime) -> None:
        """What was granted may have come to its end meanwhile."""
        if self.until is not None and now >= self.until:
            at, self.until, self.ma, self.phases = self.until, None, 0, 0
            self.note(at)

    def drop(self, now: datetime) -> None:
        """It draws nothing by a grant any more."""
        self.lapse(now)
        self.until, self.ma, self.phases = None, 0, 0
        self.note(now)

    def note(self, now: datetime) -> None:
        """What it may draw from now on."""
        managed = self.managed
        if managed is None or managed.failsafe_ma is None:
            ma = None
        else:
            ma = self.ma if 0 < self.used <= self.phases else managed.failsafe_ma
        if (self.history[-1][1] if self.history else None) != ma:
            self.history.append((now, ma))


class Granted:
    """All of them, by their point."""

    def __init__(self) -> None:
        self.of: defaultdict[str, Grantee] = defaultdict(Grantee)

    def hear(self, now: datetime, grant: GrantPower) -> None:
        """A grant has reached its engine."""
        grantee = self.of[grant.cp_id]
        grantee.lapse(now)
        order, quoted = (grant.epoch, grant.seq), (grant.heard_run, grant.heard_epoch, grant.heard_seq)
        sent_at = grantee.sent.get(quoted)
        is_ours = grantee.is_managed and grantee.managed is not None and grantee.managed.site_id == grant.site_id
        if not is_ours or order <= grantee.order or sent_at is None or now >= sent_at + LASTS:
            return
        grantee.order = order
        if grantee.used:
            grantee.ma, grantee.phases, grantee.until = grant.milliamperes, grant.phases, sent_at + LASTS
            grantee.note(now)

    def say(self, now: datetime, report: PowerReport) -> None:
        """An engine reports to its site."""
        self.of[report.cp_id].sent[report.run, report.epoch, report.seq] = now

    def belong(self, now: datetime, memory: EngineMemory) -> None:
        """An engine says who manages it."""
        grantee = self.of[memory.cp_id]
        before, grantee.managed = grantee.managed, memory.managed
        if before == memory.managed:
            return
        is_same = before is not None and memory.managed is not None and before.site_id == memory.managed.site_id
        if not (is_same and grantee.is_managed):
            grantee.order = (0, 0)
            grantee.drop(now)
        grantee.lapse(now)
        grantee.note(now)

    def supply(self, now: datetime, supply: Supply, phases: int) -> None:
        """A supply has begun, with a vehicle of so many phases, or has ended."""
        grantee = self.of[supply.cp_id]
        is_drawing = supply.is_open and supply.started_at is not None
        if is_drawing is not (grantee.used > 0):
            grantee.used = phases if is_drawing else 0
            grantee.drop(now)

    def write(self, memory: EngineMemory) -> None:
        """An engine's journal says who manages it."""
        self.of[memory.cp_id].written = memory.managed

    def begin_again(self, now: datetime, cp_id: str) -> None:
        """Its process has died: it knows what it had written down, and no grant."""
        grantee = self.of[cp_id]
        grantee.managed, grantee.order, grantee.used = grantee.written, (0, 0), 0
        grantee.sent.clear()
        grantee.drop(now)

    def forget(self, now: datetime, cp_id: str) -> None:
        """Its journal is lost."""
        self.of[cp_id].written = None
        self.begin_again(now, cp_id)

    def history(self, cp_id: str, until: datetime) -> list[Allowed]:
        """What it might draw, from which moment on, up to one."""
        grantee = self.of[cp_id]
        grantee.lapse(until)
        return grantee.history
