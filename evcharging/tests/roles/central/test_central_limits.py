"""An operator limits a point, Central sees to it that its engine hears of that, and a driver's time is passed on."""

import pytest

from evcharging.common.messages import DriverUpdate, Limit, SetLimit, StartSupply, UpdateStatus
from evcharging.common.messages_operators import LimitPoint, OperatorAnswer
from evcharging.common.utils import changed
from evcharging.domain.charging_point import Point
from evcharging.domain.session import Request, Session
from evcharging.tests.stages.central_stage import CentralStage, ask, well
from evcharging.tests.stages.scenario import CP, T0, after, all_of, another, the

HALF = Limit(milliamperes=16_000)


def limits(limit: Limit | None, cp_id: str = CP) -> LimitPoint:
    return LimitPoint(ts=T0, request_id=another("limit"), cp_id=cp_id, limit=limit)


def test_a_limit_is_recorded_ordered_and_answered(central: CentralStage) -> None:
    answers = central.tell(limits(HALF))
    assert the(Point, answers).limit == HALF
    assert the(SetLimit, answers).limit == HALF
    assert the(OperatorAnswer, answers).refusal is None
    assert (central.shown().limit, central.shown().is_limited) == (HALF, False)


def test_it_is_shown_as_kept_once_the_engine_says_so(central: CentralStage) -> None:
    central.tell(limits(HALF), changed(central.status(), limit=HALF))
    assert (central.shown().limit, central.shown().is_limited) == (HALF, True)


def test_an_engine_that_says_otherwise_hears_it_again(central: CentralStage) -> None:
    central.tell(limits(HALF))
    assert the(SetLimit, central.tell(central.status())).limit == HALF
    assert not all_of(SetLimit, central.tell(changed(central.status(), limit=HALF)))
    central.tell(limits(None))
    assert the(SetLimit, central.tell(changed(central.status(), limit=HALF))).limit is None


def test_a_central_that_has_just_started_knows_the_limit(central: CentralStage) -> None:
    central.tell(limits(HALF))
    central.restart()
    central.tell(well())
    assert central.shown().limit == HALF
    assert the(SetLimit, central.tell(central.status())).limit == HALF


def test_a_point_that_is_away_is_limited_too() -> None:
    central = CentralStage()
    central.open_point()
    central.restart()
    assert the(OperatorAnswer, central.tell(limits(HALF))).refusal is None
    assert central.every(Point)[CP].limit == HALF


@pytest.mark.parametrize(
    ("limit", "why"),
    [(Limit(milliamperes=5_999), "below 6000 mA"), (Limit(watts=4_000), "below 4140 W"), (Limit(), "neither")],
)
def test_a_limit_that_the_point_cannot_keep_to_is_refused_and_changes_nothing(
    central: CentralStage, limit: Limit, why: str
) -> None:
    central.tell(limits(HALF))
    answers = central.tell(limits(limit))
    assert why in (the(OperatorAnswer, answers).refusal or "")
    assert not all_of(SetLimit, answers)
    assert central.every(Point)[CP].limit == HALF


def test_nobody_limits_a_point_that_is_not_known(central: CentralStage) -> None:
    assert the(OperatorAnswer, central.tell(limits(HALF, "CP-404"))).refusal == "CP-404 is not a known charging point"


# A driver's time


def test_a_driver_may_ask_for_a_time_and_the_engine_is_told_when_it_is_up(central: CentralStage) -> None:
    central.wait(5)
    answers = central.tell(changed(ask(), minutes=30))
    assert the(StartSupply, answers).ends_by == after(5 + 30 * 60)
    assert the(Session, answers).minutes == 30
    assert the(Request, answers).minutes == 30


def test_without_a_time_there_is_no_end(central: CentralStage) -> None:
    assert the(StartSupply, central.tell(ask())).ends_by is None


def test_the_same_request_with_another_time_is_another_request(central: CentralStage) -> None:
    central.tell(changed(ask(), minutes=30))
    again = the(DriverUpdate, central.tell(changed(ask(), minutes=30)))
    assert again.status is UpdateStatus.ACCEPTED
    other = the(DriverUpdate, central.tell(changed(ask(), minutes=31)))
    assert (other.status, other.reason) == (
        UpdateStatus.DENIED,
        "request id R-1 was already used for another request",
    )


def test_an_order_that_is_given_again_says_the_same_end(central: CentralStage) -> None:
    central.tell(changed(ask(), minutes=30))
    central.wait(2)
    assert the(StartSupply, central.tell(central.status())).ends_by == after(30 * 60)


# A vehicle that is in the way


def test_a_point_at_which_a_vehicle_is_left_is_not_free(central: CentralStage) -> None:
    central.tell(changed(central.status(), occupied=True))
    assert central.shown().occupied
    denied = the(DriverUpdate, central.tell(ask()))
    assert denied.reason == "CP-001 is occupied: the vehicle of the last charge is still plugged in"
    central.tell(central.status())
    assert the(DriverUpdate, central.tell(ask("R-2"))).status is UpdateStatus.ACCEPTED
