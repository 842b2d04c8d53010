"""A site counts how its points stand and what was billed there, and says so."""

from collections.abc import Sequence
from datetime import timedelta

from evcharging.common.messages_site import PointAtSite, PointLeftSite, SessionAtSite, SiteShown
from evcharging.common.states import CPState
from evcharging.domain.site import Site, SitePoint
from evcharging.roles.role import ClockStepped, Effect, Started
from evcharging.roles.site.sites import FORGOTTEN_AFTER, SHOW_EVERY, SILENT_AFTER, Sites
from evcharging.tests.stages.scenario import Stage, all_of, kinds, the

SITE = "SITE-1"
AGAIN_EVERY = timedelta(seconds=4)


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
        self.role = Sites("site-0", self.epoch, self.every(SitePoint).values(), self.every(Site).values())
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


def states(shown: SiteShown) -> tuple[int, int, int, int, int]:
    return shown.activated, shown.supplying, shown.stopped, shown.fault, shown.disconnected


def test_points_are_counted_by_their_state_and_shown_together_a_second_later() -> None:
    stage = SitesStage()
    stage.wait(60)
    for number, state in enumerate((CPState.ACTIVATED, CPState.ACTIVATED, CPState.SUPPLYING, CPState.FAULT)):
        assert stage.tell(stage.stands(f"CP-{number}", state)) == []
    assert stage.wait(SHOW_EVERY.total_seconds() - 0.001) == []
    assert kinds(shown := stage.wait(0.001)) == ["SiteShown"]
    assert states(the(SiteShown, shown)) == (2, 1, 0, 1, 0)


def test_a_point_that_changes_is_counted_as_it_is_now() -> None:
    stage = SitesStage()
    stage.tell(stage.stands("CP-1", CPState.ACTIVATED))
    stage.tell(stage.stands("CP-1", CPState.STOPPED))
    stage.wait(1)
    assert states(stage.shown()) == (0, 0, 1, 0, 0)


def test_an_older_word_about_a_point_counts_for_nothing() -> None:
    stage = SitesStage()
    stage.tell(stage.stands("CP-1", CPState.SUPPLYING, seq=9), stage.stands("CP-1", CPState.ACTIVATED, seq=8))
    stage.wait(1)
    assert states(stage.shown()) == (0, 1, 0, 0, 0)


def test_a_point_that_left_is_counted_no_more_whatever_is_said_of_it_late() -> None:
    stage = SitesStage()
    stage.tell(stage.stands("CP-1", CPState.ACTIVATED, seq=1), stage.stands("CP-2", CPState.ACTIVATED))
    stage.tell(PointLeftSite(ts=stage.now, epoch=1, seq=3, site_id=SITE, cp_id="CP-1"))
    stage.tell(stage.stands("CP-1", CPState.SUPPLYING, seq=2))
    stage.wait(1)
    assert states(stage.shown()) == (1, 0, 0, 0, 0)


def test_a_point_of_which_nobody_says_anything_is_disconnected_and_then_forgotten() -> None:
    stage = SitesStage()
    stage.tell(stage.stands("CP-1", CPState.ACTIVATED))
    again = AGAIN_EVERY.total_seconds()
    stage.wait(SILENT_AFTER.total_seconds() + again)
    assert states(stage.shown()) == (0, 0, 0, 0, 1)
    stage.wait(FORGOTTEN_AFTER.total_seconds())
    assert states(stage.shown()) == (0, 0, 0, 0, 0)


def test_the_live_view_is_told_again_every_few_seconds() -> None:
    stage = SitesStage()
    stage.tell(stage.stands("CP-1", CPState.ACTIVATED))
    stage.wait(1)
    assert kinds(stage.wait(AGAIN_EVERY.total_seconds())) == ["SiteShown"]


def test_a_session_is_recorded_once_and_is_part_of_what_is_shown() -> None:
    stage = SitesStage()
    first, second = stage.billed("S-1", 1000), stage.billed("S-2", 500)
    assert kinds(stage.tell(first, second)) == ["SitePoint", "SitePoint"]
    assert stage.tell(first, second) == []
    stage.wait(1)
    shown = stage.shown()
    assert (shown.sessions, shown.energy_mwh, shown.micro_euros) == (2, 1500, 750)


def test_what_was_billed_lasts_over_a_restart_and_is_not_counted_again() -> None:
    stage = SitesStage()
    said = stage.billed("S-1", 1000), stage.billed("S-2", 500, cp_id="CP-2")
    stage.tell(*said)
    stage.restart()
    assert stage.tell(*said) == []
    assert stage.wait(AGAIN_EVERY.total_seconds() - 0.001) == []
    stage.wait(0.001)
    assert (stage.shown().sessions, stage.shown().energy_mwh) == (2, 1500)
    assert stage.shown().epoch == 2


def test_sites_of_one_partition_are_told_apart() -> None:
    stage = SitesStage()
    stage.tell(stage.stands("CP-1", CPState.ACTIVATED), stage.stands("CP-2", CPState.FAULT, site_id="SITE-2"))
    shown = {view.site_id: states(view) for view in all_of(SiteShown, stage.wait(1))}
    assert shown == {SITE: (1, 0, 0, 0, 0), "SITE-2": (0, 0, 0, 1, 0)}


def test_a_clock_that_is_set_makes_no_point_silent() -> None:
    stage = SitesStage()
    stage.tell(stage.stands("CP-1", CPState.ACTIVATED))
    stage.now += timedelta(days=1)
    stage.tell(ClockStepped(by=timedelta(days=1)))
    stage.wait(5)
    assert states(stage.shown()) == (1, 0, 0, 0, 0)
