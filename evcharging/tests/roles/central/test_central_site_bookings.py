"""A site has one of its points booked: that is asked once, moves where it cannot serve, and not while it serves."""

from datetime import timedelta

import pytest

from evcharging.common.messages_operators import AssignTariff, RegisterPoint, RetirePoint
from evcharging.common.messages_reservations import (
    ReleaseAsk,
    ReservationLost,
    ReservationServed,
    ReservationStatus,
    ReservationUpdate,
    ReserveAsk,
    ReserveReply,
)
from evcharging.common.states import CPState
from evcharging.common.utils import changed
from evcharging.domain.reservation import Reservation
from evcharging.domain.session import Bill
from evcharging.roles.cadences import Cadences
from evcharging.roles.role import NOTHING
from evcharging.tests.stages.central_stage import CentralStage, ask, well
from evcharging.tests.stages.reservations_stage import FEES
from evcharging.tests.stages.scenario import ALICE, BOB, CP, T0, all_of, another, the

S = ReservationStatus
HOUR = timedelta(hours=1)
SITE = "SITE-1"


@pytest.fixture
def central() -> CentralStage:
    """A Central with one free point of a site."""
    stage = CentralStage(cadences=Cadences(silent_after=None, show_every=None))
    stage.open_point()
    stage.tell(RegisterPoint(ts=stage.now, request_id="register-site", cp_id=CP, site_id=SITE))
    return stage


def booking(attempt: int = 1, driver_id: str = ALICE, request_id: str = "B-1") -> ReserveAsk:
    return ReserveAsk(
        ts=T0,
        site_id=SITE,
        cp_id=CP,
        attempt=attempt,
        request_id=request_id,
        driver_id=driver_id,
        begins_at=T0 + HOUR,
        ends_at=T0 + 2 * HOUR,
    )


def release(moved_to: str | None = "B-1.2") -> ReleaseAsk:
    cp_id = None if moved_to is None else "CP-2"
    return ReleaseAsk(ts=T0, site_id=SITE, cp_id=CP, reservation_id="B-1.1", moved_to=moved_to, moved_to_cp=cp_id)


def status(stage: CentralStage) -> ReservationStatus:
    return stage.every(Reservation)["B-1.1"].status


def test_an_ask_is_answered_with_what_was_decided_however_often_it_comes(central: CentralStage) -> None:
    effects = central.tell(booking())
    assert the(ReserveReply, effects).reason is None
    assert (the(ReservationUpdate, effects).request_id, status(central)) == ("B-1", S.BOOKED)
    refused = central.tell(booking(driver_id=BOB, request_id="B-2"))
    assert (the(ReserveReply, refused).reason or "").startswith(f"{CP} is reserved from")
    assert all_of(ReservationUpdate, refused) == []
    again = central.tell(booking())
    assert (the(ReserveReply, again).reason, all_of(Reservation, again)) == (None, [])


def test_an_ask_by_an_id_that_somebody_else_has_is_refused(central: CentralStage) -> None:
    central.tell(booking())
    assert the(ReserveReply, central.tell(booking(driver_id=BOB))).reason is not None


def test_a_point_that_cannot_serve_asks_its_site_for_another_one_once_the_time_has_come(central: CentralStage) -> None:
    central.tell(booking(), central.status(CPState.FAULT))
    assert all_of(ReservationLost, central.wait(60 * 60 + 29)) == []
    lost = the(ReservationLost, central.wait(1))
    assert (lost.reservation_id, lost.reason) == ("B-1.1", "fault")
    assert all_of(ReservationLost, central.wait(60)) == []
    moved = central.tell(release())
    update = the(ReservationUpdate, moved)
    assert (update.status, update.moved_to, update.reason) == (S.MOVED, "B-1.2", "moved to CP-2")
    assert all_of(Bill, moved) == []


def test_a_point_that_is_retired_asks_at_once_and_fails_if_there_is_no_other(central: CentralStage) -> None:
    central.tell(booking())
    retired = central.tell(RetirePoint(ts=central.now, request_id="retire-1", cp_id=CP))
    assert the(ReservationLost, retired).reservation_id == "B-1.1"
    assert status(central) is S.BOOKED
    failed = the(ReservationUpdate, central.tell(release(None)))
    assert (failed.status, failed.reason) == (S.FAILED, "the point was retired, and no other one is free")


def test_a_point_in_trouble_waits_on_where_there_is_no_other(central: CentralStage) -> None:
    central.tell(booking(), central.status(CPState.FAULT))
    central.wait(60 * 60 + 30)
    assert central.tell(release(None)) == list(NOTHING)
    assert status(central) is S.HELD


def test_a_charge_that_has_begun_is_not_moved(central: CentralStage) -> None:
    central.tell(booking())
    central.wait(60 * 60)
    central.authorise(ask())
    served = the(ReservationServed, central.tell(release()))
    assert (served.reservation_id, status(central)) == ("B-1.1", S.HELD)


def test_after_a_start_of_central_links_have_the_time_to_come_back(central: CentralStage) -> None:
    central.tell(booking())
    central.wait(60 * 60)
    central.restart()
    central.wait(20)
    central.tell(well(link=2), central.status())
    assert all_of(ReservationLost, central.wait(60)) == []


def test_what_is_moved_here_after_its_begin_is_kept_for_a_whole_grace_and_costs_nothing(central: CentralStage) -> None:
    central.tell(AssignTariff(ts=central.now, request_id=another("assign"), cp_id=CP, tariff=FEES))
    central.now = T0 + HOUR + timedelta(minutes=5)
    moved = central.tell(changed(booking(2), moved_from="B-1.1"))
    assert the(ReserveReply, moved).reason is None
    assert central.every(Reservation)["B-1.2"].status is S.HELD
    late = changed(booking(1, request_id="B-9"), begins_at=central.now - timedelta(seconds=1))
    assert (the(ReserveReply, central.tell(late)).reason or "").startswith("a reservation cannot begin in the past")
    central.wait(15 * 60 - 1)
    assert central.every(Reservation)["B-1.2"].status is S.HELD
    failed = central.wait(1)
    assert (central.every(Reservation)["B-1.2"].status, all_of(Bill, failed)) == (S.FAILED, [])


def test_a_release_of_something_else_changes_nothing(central: CentralStage) -> None:
    central.tell(booking())
    assert central.tell(changed(release(), site_id="SITE-2")) == list(NOTHING)
    assert central.tell(changed(release(), reservation_id="B-9.1")) == list(NOTHING)
    assert status(central) is S.BOOKED
