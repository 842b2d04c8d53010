"""A stage for the sites of one partition: points speak by hand, and drivers ask."""

from collections.abc import Sequence
from datetime import datetime

from evcharging.common.messages_queue import AskOutcome, PointAsk, PointReply, SiteRequest
from evcharging.common.messages_site import PointAtSite, SessionAtSite, SiteShown
from evcharging.common.states import CPState
from evcharging.common.utils import changed
from evcharging.domain.queue import QueueEntry
from evcharging.domain.site import Site, SitePoint
from evcharging.domain.site_power import SitePower
from evcharging.domain.site_reservation import SiteReservation
from evcharging.roles.role import Effect, Started
from evcharging.roles.site.sites import Sites
from evcharging.tests.stages.scenario import Stage, all_of

SITE = "SITE-1"


class SitesStage(Stage):
    """The sites of a partition, in a run that has just begun."""

    role: Sites

    def __init__(self) -> None:
        super().__init__()
        self.epoch = 0
        self.seq = 0
        self.restart()

    def restart(self) -> list[Effect]:
        """Start it anew from its records."""
        self.epoch += 1
        waiting = [entry for entry in self.every(QueueEntry).values() if entry.is_open]
        granted = self.every(SitePower).values()
        billed, described = self.every(SitePoint).values(), self.every(Site).values()
        reserved = [each for each in self.every(SiteReservation).values() if each.state == "open"]
        self.role = Sites("site-0", self.epoch, billed, described, entries=waiting, reserved=reserved, granted=granted)
        return self.tell(Started())

    def stands(self, cp_id: str, state: CPState, *, seq: int | None = None, site_id: str = SITE) -> PointAtSite:
        """The next word of Central about a point."""
        self.seq += 1
        seq = self.seq if seq is None else seq
        return PointAtSite(ts=self.now, epoch=1, seq=seq, site_id=site_id, cp_id=cp_id, state=state)

    def billed(self, session_id: str, energy_mwh: int, cp_id: str = "CP-1") -> SessionAtSite:
        """A bill of which Central tells."""
        self.seq += 1
        return SessionAtSite(
            ts=self.now,
            epoch=1,
            seq=self.seq,
            site_id=SITE,
            cp_id=cp_id,
            session_id=session_id,
            energy_mwh=energy_mwh,
            micro_euros=energy_mwh // 2,
        )

    def shown(self, effects: Sequence[Effect] | None = None) -> SiteShown:
        """How the site was shown last."""
        return all_of(SiteShown, self.said if effects is None else effects)[-1]

    def free(self, cp_id: str, kw_rate: float = 22.0, **fields: object) -> PointAtSite:
        """The word that a point is free."""
        return changed(self.stands(cp_id, CPState.ACTIVATED), free=True, kw_rate=kw_rate, **fields)

    def busy(self, cp_id: str, ends_at: datetime | None = None) -> PointAtSite:
        """The word that somebody charges at a point."""
        return changed(self.stands(cp_id, CPState.SUPPLYING), ends_at=ends_at)

    def ask(self, driver_id: str, request_id: str | None = None, *, kwh: float | None = None) -> list[Effect]:
        """A driver asks for any point of the site."""
        return self.tell(asked(self.now, driver_id, request_id or f"R-{driver_id}", kwh=kwh))

    def answer(self, ask: PointAsk, outcome: AskOutcome, reason: str | None = None) -> list[Effect]:
        """The shard of a point answers what it was asked."""
        self.seq += 1
        reply = PointReply(
            ts=self.now,
            epoch=1,
            seq=self.seq,
            site_id=ask.site_id,
            cp_id=ask.cp_id,
            request_id=ask.request_id,
            ask_epoch=ask.epoch,
            ask_seq=ask.seq,
            outcome=outcome,
            session_id=f"session-{ask.request_id}" if outcome is AskOutcome.STARTED else None,
            reason=reason,
        )
        return self.tell(reply)

    def entry(self, driver_id: str) -> QueueEntry:
        """How the request of a driver stands."""
        return self.every(QueueEntry)[f"R-{driver_id}"]


def asked(
    now: datetime, driver_id: str, request_id: str, *, site_id: str = SITE, kwh: float | None = None
) -> SiteRequest:
    """A driver's request at a site."""
    return SiteRequest(ts=now, request_id=request_id, driver_id=driver_id, site_id=site_id, kwh=kwh)
