"""What operators say of a site is kept by the role that counts for it, and is shown with it."""

from collections.abc import Sequence

import pytest

from evcharging.common.messages_operators import Actor, ActorKind
from evcharging.common.messages_site import DescribeSite, SiteAnswer, SiteShown
from evcharging.common.site_description import Coordinates, PlacedPoint, SiteAbout, SiteDescription, SitePlan
from evcharging.common.utils import changed, from_json
from evcharging.domain.access.action import OperatorAction
from evcharging.domain.site import Site
from evcharging.roles.orders import TOO_LATE, USED
from evcharging.roles.role import Effect, Started
from evcharging.roles.site import descriptions
from evcharging.roles.site.sites import Sites
from evcharging.tests.stages.scenario import Stage, all_of, another, kinds, the

ME = Actor(kind=ActorKind.LOCAL, id="local", via="http")
MADRID = Coordinates(latitude=40.4168, longitude=-3.7038)
PLAN = SitePlan(points=(PlacedPoint(cp_id="CP-1", x_m=2.5, y_m=10), PlacedPoint(cp_id="CP-2", x_m=5, y_m=10, angle=90)))
NORTH = SiteDescription(name="North", address="Calle Mayor 1", coordinates=MADRID, time_zone="Europe/Madrid", plan=PLAN)


class DescribedStage(Stage):
    """The sites of a partition, in a run that has just begun."""

    role: Sites

    def __init__(self) -> None:
        super().__init__()
        self.epoch = 0
        self.restart()

    def restart(self) -> list[Effect]:
        """Start it anew from its records."""
        self.epoch += 1
        self.role = Sites("site-0", self.epoch, described=self.every(Site).values())
        return self.tell(Started())

    def order(self, description: SiteDescription = NORTH, site_id: str = "SITE-1") -> DescribeSite:
        """The next order, now."""
        request_id = another("describe")
        return DescribeSite(ts=self.now, request_id=request_id, site_id=site_id, description=description, actor=ME)


def refusal(effects: Sequence[Effect]) -> str | None:
    return the(SiteAnswer, effects).refusal


def test_a_description_lasts_with_who_gave_it_and_is_shown_before_it_is_answered() -> None:
    stage = DescribedStage()
    effects = stage.tell(stage.order())
    assert kinds(effects) == ["Site", "OperatorAction", "SiteShown", "SiteAnswer"]
    assert the(Site, effects) == Site(site_id="SITE-1", description=NORTH, described_at=stage.now, actor=ME)
    shown = SiteAbout(name="North", address="Calle Mayor 1", coordinates=MADRID, time_zone="Europe/Madrid")
    assert the(SiteShown, effects).about == shown
    assert (refusal(effects), the(SiteAnswer, effects).asked_at) == (None, stage.now)


def test_a_site_is_shown_with_its_description_after_a_restart() -> None:
    stage = DescribedStage()
    stage.tell(stage.order(), stage.order(changed(NORTH, name="South"), "SITE-2"))
    stage.restart()
    shown = {each.site_id: each.about for each in all_of(SiteShown, stage.wait(4))}
    assert {site_id: about.name for site_id, about in shown.items() if about} == {"SITE-1": "North", "SITE-2": "South"}


def test_a_site_that_nobody_has_described_is_shown_without_a_word_about_it() -> None:
    stage = DescribedStage()
    stage.tell(stage.order())
    assert the(SiteShown, stage.tell(stage.order(SiteDescription()))).about == SiteAbout()


def test_what_a_description_changes_is_noted_and_of_a_plan_how_many_points_it_has() -> None:
    stage = DescribedStage()
    stage.tell(stage.order())
    action = the(OperatorAction, stage.tell(stage.order(changed(NORTH, name="South", plan=None))))
    assert (action.action, action.subject, action.actor_id) == ("describe_site", "SITE-1", "local")
    said = [from_json(dict, (text or "").encode()) for text in (action.before, action.after)]
    assert said == [{"name": "North", "plan": {"points": 2}}, {"name": "South", "plan": None}]
    asked = from_json(dict, (action.asked or "").encode())["description"]
    assert (asked["name"], "plan" in asked) == ("South", False)
    first = all_of(OperatorAction, stage.said)[0]
    assert from_json(dict, (first.asked or "").encode())["description"]["plan"] == {"points": 2}


def test_the_same_description_again_changes_nothing() -> None:
    stage = DescribedStage()
    stage.tell(stage.order())
    assert kinds(stage.tell(stage.order())) == ["SiteAnswer"]


def test_what_is_asked_again_with_the_same_id_is_done_once() -> None:
    stage = DescribedStage()
    order = stage.order()
    stage.tell(order, stage.order(SiteDescription(name="South")))
    stage.wait(100)
    again = stage.tell(changed(order, ts=stage.now))
    assert kinds(again) == ["SiteAnswer"]
    assert (refusal(again), the(SiteAnswer, again).asked_at) == (None, stage.now)
    assert stage.every(Site)["SITE-1"].description.name == "South"
    assert refusal(stage.tell(changed(order, site_id="SITE-2"))) == USED


def test_so_many_orders_are_kept_in_mind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(descriptions, "REMEMBERED", 1)
    stage = DescribedStage()
    first = stage.order()
    stage.tell(first, stage.order(SiteDescription(name="South")))
    assert kinds(stage.tell(first)) == ["Site", "OperatorAction", "SiteShown", "SiteAnswer"]


def test_an_order_that_comes_too_late_is_not_carried_out() -> None:
    stage = DescribedStage()
    late = stage.order()
    stage.wait(5.001)
    assert refusal(stage.tell(late)) == TOO_LATE
    assert stage.every(Site) == {}


def test_a_description_that_makes_no_sense_is_refused_and_noted() -> None:
    stage = DescribedStage()
    effects = stage.tell(stage.order(changed(NORTH, time_zone="Europe/Nowhere")))
    assert kinds(effects) == ["OperatorAction", "SiteAnswer"]
    assert refusal(effects) == "'Europe/Nowhere' is no time zone: give a name such as Europe/Madrid or UTC"
