"""The power of all sites of one partition that have circuits: who is granted what, and who manages which point."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from evcharging.common.messages_grants import BuildingMeasured, ManagePoint, PowerReport
from evcharging.common.messages_site import PointAtSite
from evcharging.common.states import CPState
from evcharging.domain.power.escrow import COUNTED_FOR, Escrow
from evcharging.domain.site import Site
from evcharging.domain.site_power import SitePower
from evcharging.roles.role import NOTHING, Effects
from evcharging.roles.site.granting import Granting
from evcharging.roles.site.parts import Handlers, Timeouts
from evcharging.roles.site.power_view import power_shown
from evcharging.roles.timers import Timers
from evcharging.roles.voice import Voice

RENEW_EVERY = timedelta(seconds=4)
"""How often grants are said again: several times in the 10 s for which each holds."""

UNHEARD_AFTER = timedelta(seconds=5)
"""A point that supplies and has reported nothing for so long may have forgotten that it is managed."""

LOOK_EVERY = timedelta(milliseconds=500)
"""How often one site looks who is granted what, at most."""

SHOW_EVERY = timedelta(seconds=2)
"""How often the power of a site is shown, at most."""

LOOK, RENEW, MANAGE, SHOW = "look at power", "renew grants", "manage points", "show power"


class Power:
    """`granted` is what the store has of earlier runs. Without `manage_every` nothing is lost, so that nothing is said
    twice and no grant ends by itself."""

    def __init__(
        self, voice: Voice, timers: Timers, granted: Iterable[SitePower], manage_every: timedelta | None
    ) -> None:
        self.sites: dict[str, Granting] = {}
        self._voice = voice
        self._timers = timers
        self._granted = {each.site_id: each.bounds for each in granted}
        self._manage_every = manage_every
        self._looked_at: dict[str, datetime] = {}

    @property
    def handlers(self) -> Handlers:
        """What it hears."""
        return {PowerReport: self.on_report, BuildingMeasured: self.on_building}

    @property
    def timeouts(self) -> Timeouts:
        """What is done when its timers ring."""
        return {LOOK: self._look, RENEW: self._renew, MANAGE: self._manage, SHOW: self._show}

    def describe(self, site: Site, now: datetime) -> Effects:
        """A site is as it was described: it has circuits, other ones, or none any more."""
        site_id, description = site.site_id, site.description
        known, tree = self.sites.get(site_id), description.circuits
        before = set[str]() if known is None else set(known.wired)
        if tree is None:
            self.sites.pop(site_id, None)
            return [self._release(site_id, cp_id, now) for cp_id in sorted(before)]
        if known is None:
            granted = self._granted.pop(site_id, ())
            escrow = Escrow(tree, granted, (self._voice.epoch, 0), now + COUNTED_FOR if self._is_leased else None)
            known = self.sites[site_id] = Granting(
                site_id, tree, description.strategy, self._voice, escrow, is_leased=self._is_leased
            )
        else:
            known.rewire(tree, description.strategy, known.escrow.under(tree))
        known.look_by(now)
        self._follow(known, now)
        if self._is_leased:
            self._timers.sooner(RENEW, site_id, now + RENEW_EVERY)
        left = [self._release(site_id, cp_id, now) for cp_id in sorted(before - known.wired.keys())]
        return [*left, *self._manage(site_id, now)]

    @property
    def _is_leased(self) -> bool:
        return self._manage_every is not None

    # What it hears

    def on_report(self, report: PowerReport, now: datetime) -> Effects:
        """A point says what it wants; one that is not managed here any more is let go."""
        site = self.sites.get(report.site_id)
        if site is None or report.cp_id not in site.points:
            return [self._release(report.site_id, report.cp_id, now)]
        effects = site.hear(report, now)
        self._follow(site, now)
        return effects

    def on_building(self, message: BuildingMeasured, now: datetime) -> Effects:
        """A meter says what a building takes."""
        site = self.sites.get(message.site_id)
        if site is not None and site.buildings.measure(message, now):
            site.look_by(now)
            self._follow(site, now)
        return NOTHING

    def on_point(self, message: PointAtSite, now: datetime) -> Effects:
        """A point that supplies and does not report may have lost its memory."""
        site = self.sites.get(message.site_id)
        fed = site.points.get(message.cp_id) if site is not None else None
        if site is None or fed is None or message.state is not CPState.SUPPLYING or not self._is_leased:
            return NOTHING
        is_heard = fed.heard_at is not None and now - fed.heard_at < UNHEARD_AFTER
        return NOTHING if is_heard else site.claim([message.cp_id], now)

    # What its timers ring for

    def _look(self, site_id: str, now: datetime) -> Effects:
        site = self.sites.get(site_id)
        if site is None or site.look_at is None:
            return NOTHING
        self._looked_at[site_id] = now
        effects = site.look(now)
        self._follow(site, now)
        return effects

    def _renew(self, site_id: str, now: datetime) -> Effects:
        site = self.sites.get(site_id)
        if site is None:
            return NOTHING
        self._timers.set(RENEW, site_id, now + RENEW_EVERY)
        effects = site.renew(now)
        self._follow(site, now)
        return effects

    def _manage(self, site_id: str, now: datetime) -> Effects:
        site = self.sites.get(site_id)
        if site is None:
            return NOTHING
        said = site.manage(now)
        if said and self._manage_every is not None:
            self._timers.set(MANAGE, site_id, now + self._manage_every)
        return said

    def _show(self, site_id: str, now: datetime) -> Effects:
        site = self.sites.get(site_id)
        return NOTHING if site is None else [power_shown(site, self._voice, now)]

    def _follow(self, site: Granting, now: datetime) -> None:
        """Ring when a site wants to look, and when it is to be shown, and not too often."""
        if self._is_leased and not self._timers.is_set(SHOW, site.site_id):
            self._timers.set(SHOW, site.site_id, now + SHOW_EVERY)
        if site.look_at is not None:
            looked_at = self._looked_at.get(site.site_id)
            at = site.look_at if looked_at is None else max(site.look_at, looked_at + LOOK_EVERY)
            self._timers.sooner(LOOK, site.site_id, max(at, now))

    def _release(self, site_id: str, cp_id: str, now: datetime) -> ManagePoint:
        return self._voice.say(ManagePoint, ts=now, site_id=site_id, cp_id=cp_id, managed=False)

    def shift(self, by: timedelta) -> None:
        """The clock was set; the timers are shifted by whoever has them."""
        self._looked_at = {site_id: at + by for site_id, at in self._looked_at.items()}
        for site in self.sites.values():
            site.shift(by)
