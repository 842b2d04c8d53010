"""Mutants of what sites count."""

from datetime import datetime

from evcharging.common.messages_site import SessionAtSite
from evcharging.common.utils import changed
from evcharging.domain.session import Session, bill_of
from evcharging.domain.site import SitePoint
from evcharging.roles.central import central, closing, point_view, resolving
from evcharging.roles.central.shard import LivePoint, Shard
from evcharging.roles.role import Effect
from evcharging.roles.site import sites
from evcharging.tests.mutants.mutant import Target, mutant


@mutant("site-counts-twice")
def site_counts_twice() -> list[Target]:
    """A site counts a session as often as it is told of it."""

    def again(point: SitePoint, session: SessionAtSite) -> SitePoint:
        return changed(
            point,
            sessions=point.sessions + 1,
            energy_mwh=point.energy_mwh + session.energy_mwh,
            micro_euros=point.micro_euros + session.micro_euros,
        )

    return [(sites, "counted", again)]


@mutant("site-untold")
def site_untold() -> list[Target]:
    """A site does not hear of bills."""

    def alone(shard: Shard, live: LivePoint, session: Session, now: datetime) -> list[Effect]:
        return [bill_of(session)]

    return [(closing, "billed", alone), (resolving, "billed", alone)]


@mutant("site-not-told-again")
def site_not_told_again() -> list[Target]:
    """How a point stands is said to its site when it changes, and never again."""

    def show_again(shard: Shard, _: str, now: datetime) -> list[Effect]:
        point_view.plan_again(shard, now)
        return [
            changed(live.shown, ts=now, epoch=shard.epoch, seq=shard.next(), last_seen=live.heard_at)
            for live in shard.points.values()
            if live.shown is not None
        ]

    return [(central, "_TIMEOUTS", {**central._TIMEOUTS, point_view.AGAIN: show_again})]
