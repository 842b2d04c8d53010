"""What becomes of a reservation: used by energy, cancelled, missed, or failed; over crashes and set clocks too."""

from datetime import timedelta

import pytest

from evcharging.common.messages import StartSupply, SupplyAwaited
from evcharging.common.messages_operators import (
    FreeReservation,
    OperatorAnswer,
    RegisterPoint,
    RetirePoint,
)
from evcharging.common.messages_reservations import (
    CancelReservation,
    ReservationUpdate,
)
from evcharging.common.messages_site import SessionAtSite
from evcharging.common.states import CPState
from evcharging.common.utils import changed
from evcharging.domain.alert import Alert, AlertCode
from evcharging.domain.notice import Notice, NoticeCode
from evcharging.domain.reservation import Reservation
from evcharging.domain.session import Bill
from evcharging.roles.role import ClockStepped
from evcharging.tests.stages.central_stage import CentralStage, ask, begun, well
from evcharging.tests.stages.reservations_stage import HOUR, MINUTE, S, denial, open_for_booking, status, until, wish
from evcharging.tests.stages.scenario import ALICE, BOB, CP, T0, all_of, the


@pytest.fixture
def central() -> CentralStage:
    """A Central with one free, healthy point, whose monitor speaks of changes alone."""
    return open_for_booking()


# Used


def test_energy_uses_a_reservation_and_an_accepted_request_alone_does_not(central: CentralStage) -> None:
    central.tell(wish())
    until(central, T0 + HOUR)
    session = central.authorise(ask())
    assert status(central) is S.HELD
    central.wait(10)  # It does not start in time.
    assert (status(central), central.session(session.session_id).is_open) == (S.HELD, False)
    second = central.authorise(ask("R-2"))
    used = central.tell(begun(second, at=central.now))
    assert the(ReservationUpdate, used).status is S.USED
    assert the(Reservation, used).session_id == second.session_id
    assert all_of(Bill, used) == []
    assert central.shown().reserved_from is None


def test_who_is_plugging_in_when_the_grace_ends_still_uses_it(central: CentralStage) -> None:
    central.tell(wish())
    until(central, T0 + HOUR + 15 * MINUTE - timedelta(seconds=2))
    session = central.authorise(ask())
    central.wait(3)
    assert status(central) is S.HELD
    assert the(Reservation, central.tell(begun(session, at=central.now))).status is S.USED


def test_whose_charge_did_not_begin_though_they_came_pays_nothing(central: CentralStage) -> None:
    central.tell(wish())
    until(central, T0 + HOUR - 2 * MINUTE)
    central.authorise(ask())
    central.wait(10)  # It does not start in time.
    effects = until(central, T0 + HOUR + 15 * MINUTE)
    assert (status(central), all_of(Bill, effects)) == (S.FAILED, [])


def test_who_asks_from_afar_and_plugs_in_no_vehicle_has_not_come(central: CentralStage) -> None:
    central.tell(wish())
    until(central, T0 + HOUR)
    session = central.authorise(ask())
    central.tell(SupplyAwaited(ts=central.now, epoch=1, seq=50, cp_id=CP, session_id=session.session_id))
    central.wait(100)
    assert not central.session(session.session_id).is_open
    assert the(Bill, until(central, T0 + HOUR + 15 * MINUTE)).reservation_id == "B-1"


def test_a_point_that_breaks_while_a_charge_begins_costs_its_holder_nothing(central: CentralStage) -> None:
    central.tell(wish(lasts=15 * MINUTE))
    until(central, T0 + HOUR + 15 * MINUTE - timedelta(seconds=1))
    central.authorise(ask())
    central.tell(central.status(CPState.FAULT))
    effects = central.wait(60)
    assert (status(central), all_of(Bill, effects)) == (S.FAILED, [])


# Cancelled


def test_cancelling_is_free_until_half_an_hour_before_and_costs_the_fee_afterwards(central: CentralStage) -> None:
    central.tell(wish(), wish("B-2", at=3 * HOUR))
    until(central, T0 + 30 * MINUTE)
    free = central.tell(CancelReservation(ts=T0, reservation_id="B-1", driver_id=ALICE, cp_id=CP))
    assert (the(ReservationUpdate, free).status, all_of(Bill, free)) == (S.CANCELLED, [])
    central.wait(2 * 60 * 60 + 1)
    late = central.tell(CancelReservation(ts=T0, reservation_id="B-2", driver_id=ALICE, cp_id=CP))
    bill = the(Bill, late)
    assert (bill.reservation_id, bill.micro_euros, bill.energy_mwh) == ("B-2", 2_420_000, 0)
    assert the(ReservationUpdate, late).euros == 2.42
    again = central.tell(CancelReservation(ts=T0, reservation_id="B-2", driver_id=ALICE, cp_id=CP))
    assert (the(ReservationUpdate, again).status, all_of(Bill, again)) == (S.CANCELLED, [])


def test_somebody_else_cancels_nothing(central: CentralStage) -> None:
    central.tell(wish())
    assert central.tell(CancelReservation(ts=T0, reservation_id="B-1", driver_id=BOB, cp_id=CP)) == []
    assert status(central) is S.BOOKED


def test_an_operator_cancels_it_at_no_cost(central: CentralStage) -> None:
    central.tell(wish())
    until(central, T0 + 50 * MINUTE)
    order = FreeReservation(ts=central.now, request_id="F-1", cp_id=CP, reservation_id="B-1")
    effects = central.tell(order)
    assert the(OperatorAnswer, effects).refusal is None
    assert (status(central), all_of(Bill, effects)) == (S.FAILED, [])
    again = central.tell(changed(order, request_id="F-2"))
    assert the(OperatorAnswer, again).refusal == "B-1 is not waiting: it is failed"


# Nobody came


def test_who_does_not_come_within_the_grace_pays_and_the_point_is_free_again(central: CentralStage) -> None:
    central.tell(wish())
    assert all_of(Bill, until(central, T0 + HOUR + 15 * MINUTE - timedelta(seconds=1))) == []
    effects = central.wait(1)
    bill = the(Bill, effects)
    assert (status(central), bill.micro_euros, bill.ended_by) == (S.NO_SHOW, 6_050_000, "reservation not used")
    assert the(ReservationUpdate, effects).euros == 6.05
    assert the(StartSupply, central.tell(ask(driver_id=BOB))).ends_by is None


def test_nobody_pays_for_a_point_that_could_not_serve_all_the_time(central: CentralStage) -> None:
    central.tell(wish())
    until(central, T0 + HOUR + 5 * MINUTE)
    central.tell(central.status(CPState.FAULT))
    central.wait(5 * 60)
    central.tell(central.status())
    until(central, T0 + HOUR + 25 * MINUTE - timedelta(seconds=1))
    assert status(central) is S.HELD
    effects = central.wait(1)
    assert (status(central), all_of(Bill, effects)) == (S.FAILED, [])
    assert the(Notice, effects).code == NoticeCode.RESERVATION_FAILED


def test_a_point_that_never_serves_fails_at_the_end_and_not_later(central: CentralStage) -> None:
    central.tell(wish())
    central.tell(central.status(CPState.FAULT))
    until(central, T0 + 2 * HOUR - timedelta(seconds=1))
    assert status(central) is S.HELD
    central.wait(1)
    assert status(central) is S.FAILED


def test_a_vehicle_that_stays_in_the_way_costs_the_holder_nothing(central: CentralStage) -> None:
    central.tell(wish())
    central.tell(changed(central.status(), occupied=True))
    until(central, T0 + HOUR)
    assert (denial(central.tell(ask())) or "").startswith(f"{CP} is occupied")
    assert all_of(Bill, until(central, T0 + 2 * HOUR)) == []
    assert status(central) is S.FAILED


def test_a_holder_whose_point_is_still_occupied_hears_where_to_ask(central: CentralStage) -> None:
    central.tell(RegisterPoint(ts=central.now, request_id="r-site", cp_id=CP, site_id="SITE-1"))
    central.tell(wish())
    central.tell(changed(central.status(), occupied=True))
    until(central, T0 + HOUR + timedelta(seconds=29))
    offer = the(ReservationUpdate, central.wait(1))
    said = "its point is still occupied: ask at SITE-1 for any other point, and this reservation costs nothing"
    assert (offer.status, offer.reason) == (S.HELD, said)
    assert all_of(ReservationUpdate, central.wait(60)) == []


def test_a_point_that_is_retired_fails_its_reservations(central: CentralStage) -> None:
    central.tell(wish(), wish("B-2", at=3 * HOUR))
    central.tell(RetirePoint(ts=central.now, request_id="retire-1", cp_id=CP))
    assert {status(central), status(central, "B-2")} == {S.FAILED}


# Over a crash, and when clocks are set


def test_a_start_of_central_over_the_begin_gives_a_new_grace_and_no_fee(central: CentralStage) -> None:
    central.tell(wish())
    until(central, T0 + 50 * MINUTE)
    central.now = T0 + HOUR + 20 * MINUTE
    central.restart()
    central.tell(well(link=2), central.status())
    central.wait(0)
    assert status(central) is S.HELD
    assert denial(central.tell(ask("R-8", driver_id=BOB))) is not None
    used = central.supply(ask("R-9"))
    assert (used.reservation_id, status(central)) == ("B-1", S.USED)


def test_nobody_pays_whose_grace_ended_while_central_was_down(central: CentralStage) -> None:
    central.tell(wish())
    central.now = T0 + HOUR + 20 * MINUTE
    central.restart()
    central.tell(well(link=2), central.status())
    assert all_of(Bill, until(central, T0 + HOUR + 35 * MINUTE)) == []
    assert status(central) is S.FAILED


def test_one_whose_time_is_over_when_central_starts_fails_at_once(central: CentralStage) -> None:
    central.tell(wish())
    central.now = T0 + 3 * HOUR
    central.restart()
    central.wait(1)
    assert status(central) is S.FAILED


def test_a_central_that_stood_still_over_the_grace_bills_nobody(central: CentralStage) -> None:
    central.tell(wish())
    until(central, T0 + HOUR + MINUTE)
    central.now = T0 + HOUR + 30 * MINUTE
    central.took(central.role.on_deadline(central.now))
    assert status(central) is S.HELD
    assert central.supply(ask()).reservation_id == "B-1"


def test_a_clock_that_is_set_moves_no_reservation_and_bills_nobody(central: CentralStage) -> None:
    central.tell(wish())
    central.now += 2 * HOUR - 10 * MINUTE
    central.tell(ClockStepped(by=2 * HOUR - 10 * MINUTE))
    assert status(central) is S.HELD
    assert all_of(Bill, until(central, T0 + 2 * HOUR)) == []
    assert status(central) is S.FAILED
    central.tell(wish("B-2", at=4 * HOUR))
    central.now -= HOUR
    central.tell(ClockStepped(by=-HOUR))
    assert all_of(ReservationUpdate, until(central, T0 + 4 * HOUR - 6 * MINUTE)) == []
    assert the(ReservationUpdate, until(central, T0 + 4 * HOUR - 5 * MINUTE)).status is S.HELD


def test_operators_hear_of_a_point_that_is_kept_and_cannot_serve(central: CentralStage) -> None:
    def rules() -> list[AlertCode]:
        return [alert.rule for alert in central.every(Alert).values() if alert.closed_at is None]

    central.tell(wish())
    until(central, T0 + 50 * MINUTE)
    central.tell(changed(central.status(), occupied=True))
    until(central, T0 + 55 * MINUTE + timedelta(seconds=29))
    assert rules() == []
    central.wait(1)
    assert rules() == [AlertCode.RESERVED_IN_VAIN]
    central.tell(central.status())
    assert rules() == []


def test_a_fee_is_no_session_of_its_site(central: CentralStage) -> None:
    central.tell(RegisterPoint(ts=central.now, request_id="r-site", cp_id=CP, site_id="SITE-1"))
    central.tell(wish())
    told = the(SessionAtSite, until(central, T0 + HOUR + 15 * MINUTE))
    assert (told.sessions, told.micro_euros) == (0, 6_050_000)


def test_the_engine_of_a_point_may_be_heard_late_and_the_reservation_waits_for_it(central: CentralStage) -> None:
    central.tell(wish())
    until(central, T0 + HOUR)
    session = central.authorise(ask())
    central.restart()
    central.tell(well(link=2), changed(central.status(CPState.SUPPLYING), seq=99))
    assert the(Reservation, central.tell(begun(session, at=central.now))).status is S.USED
