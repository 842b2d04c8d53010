"""Central says to the site of a point how the point stands, and what was billed there."""

import pytest

from evcharging.common.messages import Action
from evcharging.common.messages_operators import Actor, ActorKind, OperatorRequest, RegisterPoint, RetirePoint
from evcharging.common.messages_site import PointAtSite, PointLeftSite, SessionAtSite
from evcharging.common.states import CPState
from evcharging.common.utils import changed
from evcharging.domain.charging_point import Point
from evcharging.tests.stages.central_stage import CentralStage, final
from evcharging.tests.stages.scenario import CP, T0, after, all_of, another, the

LOCAL = Actor(kind=ActorKind.LOCAL, id="local", via="http")


def at(site_id: str | None = None, station_id: str | None = None, actor: Actor | None = LOCAL) -> RegisterPoint:
    return RegisterPoint(
        ts=T0, request_id=another("register"), cp_id=CP, site_id=site_id, station_id=station_id, actor=actor
    )


@pytest.fixture
def central() -> CentralStage:
    """A Central with one free point at SITE-1."""
    stage = CentralStage()
    stage.open_point()
    stage.tell(at("SITE-1"))
    return stage


def test_a_site_hears_of_each_change_of_its_point(central: CentralStage) -> None:
    session = central.supply()
    assert [said.state for said in all_of(PointAtSite, central.said)][-1] is CPState.SUPPLYING
    central.tell(final(session))
    assert [said.state for said in all_of(PointAtSite, central.said)][-1] is CPState.ACTIVATED
    assert {said.site_id for said in all_of(PointAtSite, central.said)} == {"SITE-1"}


def test_a_site_is_told_of_a_bill_with_its_figures(central: CentralStage) -> None:
    session = central.supply()
    told = the(SessionAtSite, central.tell(final(session)))
    assert (told.site_id, told.cp_id, told.session_id) == ("SITE-1", CP, session.session_id)
    assert (told.energy_mwh, told.micro_euros) == (61_111, 18_333)


def test_of_a_point_without_a_site_nobody_is_told() -> None:
    stage = CentralStage()
    stage.open_point()
    stage.tell(final(stage.supply()))
    assert not all_of(PointAtSite, stage.said)
    assert not all_of(SessionAtSite, stage.said)


def test_a_point_that_moves_leaves_its_old_site(central: CentralStage) -> None:
    answers = central.tell(at("SITE-2"))
    assert the(PointLeftSite, answers).site_id == "SITE-1"
    assert the(PointAtSite, answers).site_id == "SITE-2"
    assert central.shown().site_id == "SITE-2"


def test_a_point_that_is_retired_leaves_its_site(central: CentralStage) -> None:
    answers = central.tell(RetirePoint(ts=central.now, request_id=another("retire"), cp_id=CP, actor=LOCAL))
    assert the(PointLeftSite, answers).site_id == "SITE-1"
    assert not all_of(PointAtSite, central.wait(60))


def test_a_registration_without_a_site_leaves_it_as_it_is(central: CentralStage) -> None:
    central.tell(changed(at(), location="North car park"))
    assert central.shown().site_id == "SITE-1"


def test_the_station_is_the_one_that_was_said_or_what_the_id_names(central: CentralStage) -> None:
    assert central.shown().station_id == CP
    central.tell(at(station_id="STATION-7"))
    assert central.shown().station_id == "STATION-7"
    stage = CentralStage()
    stage.open_point("STATION-1:2")
    assert stage.shown("STATION-1:2").station_id == "STATION-1"


# Who asked


def test_who_changed_a_point_last_stands_in_the_ledger(central: CentralStage) -> None:
    assert central.every(Point)[CP].actor == LOCAL
    other = Actor(kind=ActorKind.LOCAL, id="other", via="bus")
    central.tell(OperatorRequest(ts=central.now, request_id=another("stop"), cp_id=CP, action=Action.STOP, actor=other))
    assert central.every(Point)[CP].actor == other


def test_a_registration_that_changes_nothing_is_no_change_by_anybody(central: CentralStage) -> None:
    assert not all_of(Point, central.tell(at("SITE-1", actor=Actor(kind=ActorKind.LOCAL, id="other", via="bus"))))


# How long a point may take


def test_a_point_may_take_as_long_to_begin_as_it_says() -> None:
    stage = CentralStage()
    stage.open_point()
    stage.tell(changed(stage.status(), start_within_s=60.0))
    session = stage.authorise()
    stage.wait(59)
    assert stage.session(session.session_id).is_open
    stage.restart()
    stage.wait(59)
    assert stage.session(session.session_id).is_open
    stage.wait(1.001)
    assert not stage.session(session.session_id).is_open
    assert stage.now > after(60)
