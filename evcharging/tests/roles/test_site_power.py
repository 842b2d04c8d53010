"""A site with circuits: it lowers before it raises, and writes down what it grants before it says it."""

import pytest

from evcharging.common.messages_grants import BuildingMeasured, GrantPower, ManagePoint, PowerReport
from evcharging.common.messages_power import Circuit, CircuitTree, FedPoint
from evcharging.common.messages_site import DescribeSite
from evcharging.common.site_description import SiteDescription
from evcharging.common.utils import changed
from evcharging.domain.site_power import SitePower
from evcharging.roles.role import Effect
from evcharging.tests.stages.scenario import all_of, another, kinds, the
from evcharging.tests.stages.sites_stage import SITE, SitesStage

Granted = dict[str, int]


class PowerStage(SitesStage):
    """A site of some points that want 32 A each, and have acknowledged that they are managed."""

    def __init__(self, limit_ma: int, *cp_ids: str, failsafe_ma: int = 0, building_ma: int = 0) -> None:
        super().__init__()
        points = tuple(FedPoint(cp_id=each, most_ma=32_000, failsafe_ma=failsafe_ma) for each in cp_ids)
        main = Circuit(circuit_id="main", limit_ma=limit_ma, points=points, building_ma=building_ma)
        self.describe(CircuitTree(circuits=(main,)))
        for cp_id in cp_ids:
            self.reports(cp_id, wanted_ma=0, failsafe_ma=failsafe_ma)
        self.wait(1)

    def describe(self, tree: CircuitTree | None) -> list[Effect]:
        return self.tell(
            DescribeSite(
                ts=self.now,
                request_id=another("describe"),
                site_id=SITE,
                description=SiteDescription(circuits=tree),
            )
        )

    def reports(self, cp_id: str, *, obeyed: GrantPower | None = None, **fields: object) -> list[Effect]:
        """The next word of a point, by default that it wants 32 A and obeys the grant that is given."""
        self.seq += 1
        claims = [each for each in all_of(ManagePoint, self.said) if each.cp_id == cp_id]
        report = PowerReport(
            ts=self.now,
            epoch=1,
            seq=self.seq,
            site_id=SITE,
            cp_id=cp_id,
            wanted_ma=32_000,
            grant_epoch=obeyed.epoch if obeyed else 0,
            grant_seq=obeyed.seq if obeyed else 0,
            grant_ma=obeyed.milliamperes if obeyed else 0,
            claim_epoch=claims[-1].epoch if claims else 0,
            claim_seq=claims[-1].seq if claims else 0,
        )
        return self.tell(changed(report, **fields))

    def grant_of(self, cp_id: str) -> GrantPower:
        """The newest grant of a point."""
        return [each for each in all_of(GrantPower, self.said) if each.cp_id == cp_id][-1]

    def granted(self) -> Granted:
        """What each point was granted last."""
        return {each.cp_id: each.milliamperes for each in all_of(GrantPower, self.said)}

    def keep_on(self, seconds: int, *cp_ids: str) -> None:
        """Points report each second that they obey what they were granted last."""
        for _ in range(seconds):
            for cp_id in cp_ids:
                known = [each for each in all_of(GrantPower, self.said) if each.cp_id == cp_id]
                self.reports(cp_id, obeyed=known[-1] if known else None)
            self.wait(1)


def test_who_is_alone_is_granted_what_it_wants_in_steps() -> None:
    stage = PowerStage(63_000, "CP-1", "CP-2")
    stage.keep_on(1, "CP-1")
    assert stage.granted() == {"CP-1": 16_000}
    stage.keep_on(6, "CP-1")
    assert stage.granted() == {"CP-1": 32_000}


def test_a_grant_is_written_down_in_the_same_effects_and_before_it() -> None:
    stage = PowerStage(63_000, "CP-1")
    stage.reports("CP-1")
    effects = stage.wait(1)
    assert kinds(effects)[:2] == ["SitePower", "GrantPower"]
    [bound] = the(SitePower, effects).bounds
    assert (bound.cp_id, bound.ma, bound.phases, bound.failsafe_ma) == ("CP-1", 16_000, 3, 0)


def test_a_point_gets_what_another_one_gives_up_only_once_that_has_acknowledged() -> None:
    stage = PowerStage(32_000, "CP-1", "CP-2")
    stage.keep_on(8, "CP-1")
    assert stage.granted() == {"CP-1": 32_000}
    old = stage.grant_of("CP-1")
    stage.reports("CP-2")
    stage.wait(1)
    assert stage.granted() == {"CP-1": 16_000, "CP-2": 0}
    stage.reports("CP-1", obeyed=old)
    stage.reports("CP-2", obeyed=stage.grant_of("CP-2"))
    stage.wait(1)
    assert stage.granted()["CP-2"] == 0
    stage.reports("CP-1", obeyed=stage.grant_of("CP-1"))
    stage.wait(1)
    assert stage.granted() == {"CP-1": 16_000, "CP-2": 16_000}


def test_the_grant_of_a_silent_point_counts_until_nobody_can_obey_it() -> None:
    stage = PowerStage(32_000, "CP-1", "CP-2")
    stage.keep_on(8, "CP-1")
    stage.keep_on(7, "CP-2")
    assert stage.granted()["CP-2"] == 0
    stage.keep_on(10, "CP-2")
    assert stage.granted()["CP-2"] == 32_000


@pytest.mark.parametrize("later", range(4))
def test_what_was_granted_to_a_point_that_was_silent_is_not_said_again_once_another_has_it(later: int) -> None:
    stage = PowerStage(32_000, "CP-1", "CP-2")
    stage.keep_on(8 + later, "CP-1", "CP-2")
    assert stage.granted() == {"CP-1": 16_000, "CP-2": 16_000}
    while stage.granted()["CP-2"] == 16_000:
        stage.keep_on(1, "CP-2")
    stage.keep_on(12, "CP-1", "CP-2")
    assert stage.granted() == {"CP-1": 16_000, "CP-2": 16_000}
    assert max(sum(bound.ma for bound in power.bounds) for power in all_of(SitePower, stage.said)) == 32_000


def test_a_failsafe_current_is_kept_free_for_who_says_nothing() -> None:
    stage = PowerStage(32_000, "CP-1", "CP-2", failsafe_ma=6_000)
    for _ in range(8):
        stage.reports("CP-1", obeyed=all_of(GrantPower, stage.said)[-1] if stage.granted() else None, failsafe_ma=6_000)
        stage.wait(1)
    assert stage.granted() == {"CP-1": 26_000}


def test_a_point_that_has_not_acknowledged_counts_with_all_that_it_can_give() -> None:
    stage = PowerStage(40_000, "CP-1")
    points = tuple(FedPoint(cp_id=each, most_ma=32_000) for each in ("CP-1", "CP-9"))
    stage.describe(CircuitTree(circuits=(Circuit(circuit_id="main", limit_ma=40_000, points=points),)))
    stage.keep_on(8, "CP-1")
    assert stage.granted() == {"CP-1": 8_000}
    assert [each.cp_id for each in all_of(ManagePoint, stage.said)].count("CP-9") > 1
    stage.reports("CP-9", wanted_ma=0)
    stage.keep_on(12, "CP-1")
    assert stage.granted() == {"CP-1": 32_000}


def test_who_takes_the_site_over_counts_every_last_grant_for_a_whole_lease() -> None:
    stage = PowerStage(32_000, "CP-1", "CP-2")
    stage.keep_on(8, "CP-1")
    stage.restart()
    stage.said.clear()
    stage.keep_on(9, "CP-2")
    assert stage.granted().get("CP-2", 0) == 0
    stage.keep_on(8, "CP-2")
    assert stage.granted()["CP-2"] == 32_000


def test_grants_are_renewed_with_a_record_while_their_points_are_heard() -> None:
    stage = PowerStage(32_000, "CP-1")
    stage.keep_on(8, "CP-1")
    stage.said.clear()
    stage.keep_on(9, "CP-1")
    assert len(all_of(GrantPower, stage.said)) == len(all_of(SitePower, stage.said)) == 2
    stage.wait(4)
    stage.said.clear()
    stage.wait(30)
    assert all_of(GrantPower, stage.said) == []


def test_a_vehicle_that_draws_more_than_it_may_counts_as_it_measures() -> None:
    stage = PowerStage(40_000, "CP-1", "CP-2")
    stage.keep_on(12, "CP-1", "CP-2")
    assert stage.granted() == {"CP-1": 20_000, "CP-2": 20_000}
    stage.reports("CP-1", obeyed=stage.grant_of("CP-1"), measured_ma=32_000)
    stage.wait(1)
    assert stage.granted()["CP-2"] == 8_000


def test_a_building_counts_as_its_meter_says_and_when_that_is_silent_as_its_worst() -> None:
    stage = PowerStage(32_000, "CP-1", building_ma=20_000)
    stage.keep_on(8, "CP-1")
    assert stage.granted() == {"CP-1": 12_000}
    for second in range(16):
        if second < 8:
            stage.tell(BuildingMeasured(ts=stage.now, site_id=SITE, circuit_id="main", l1_ma=5_000, l2_ma=-9_000))
        stage.keep_on(1, "CP-1")
        if second == 8:
            assert stage.granted() == {"CP-1": 27_000}
    stage.keep_on(4, "CP-1")
    assert stage.granted() == {"CP-1": 12_000}


def test_a_point_that_is_fed_no_more_is_let_go_and_again_whenever_it_reports() -> None:
    stage = PowerStage(32_000, "CP-1")
    assert the(ManagePoint, stage.describe(None)).managed is False
    assert the(ManagePoint, stage.reports("CP-1")).managed is False


def test_nothing_is_said_where_nothing_changes() -> None:
    stage = PowerStage(32_000, "CP-1")
    stage.said.clear()
    stage.wait(60)
    assert [each for each in stage.said if isinstance(each, GrantPower | ManagePoint | SitePower)] == []


def test_a_point_that_begins_anew_and_wants_the_same_is_granted_something_again() -> None:
    stage = PowerStage(32_000, "CP-1")
    stage.keep_on(8, "CP-1")
    stage.wait(20)
    stage.said.clear()
    stage.reports("CP-1", epoch=2)
    assert the(GrantPower, stage.wait(1)).milliamperes == 16_000


def test_a_grant_counts_for_longer_than_its_point_obeys_it_since_clocks_drift() -> None:
    stage = PowerStage(16_000, "CP-1", "CP-2")
    stage.reports("CP-1")
    stage.wait(1)
    for _ in range(92):
        stage.reports("CP-2")
        stage.wait(0.1)
    assert stage.granted()["CP-2"] == 0
    stage.reports("CP-2")
    stage.wait(0.5)
    assert stage.granted()["CP-2"] == 16_000
