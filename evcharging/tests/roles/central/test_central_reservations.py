"""A driver books a point for a time to come: which times may be booked, and that nobody else has the point then."""

from datetime import timedelta

import pytest

from evcharging.common.messages import DriverUpdate, StartSupply, StopSupply, UpdateStatus
from evcharging.common.messages_operators import (
    RegisterPoint,
)
from evcharging.common.messages_reservations import (
    CancelReservation,
    ReservationUpdate,
)
from evcharging.common.messages_site import PointAtSite
from evcharging.common.states import CPState
from evcharging.common.utils import changed
from evcharging.domain.reservation import Reservation
from evcharging.domain.session import Session
from evcharging.roles.cadences import Cadences
from evcharging.tests.stages.central_stage import CentralStage, ask, begun, final, well
from evcharging.tests.stages.reservations_stage import (
    HOUR,
    MINUTE,
    S,
    denial,
    open_for_booking,
    reason,
    status,
    until,
    wish,
)
from evcharging.tests.stages.scenario import ALICE, BOB, CP, T0, all_of, the


@pytest.fixture
def central() -> CentralStage:
    """A Central with one free, healthy point, whose monitor speaks of changes alone."""
    return open_for_booking()


# Booked


def test_a_free_time_is_booked_with_the_fees_of_the_tariff_that_counts_then(central: CentralStage) -> None:
    effects = central.tell(wish())
    update = the(ReservationUpdate, effects)
    assert (update.status, update.driver_id, update.cp_id) == (S.BOOKED, ALICE, CP)
    assert (update.late_cancel_euros, update.no_show_euros) == (2.42, 6.05)
    assert central.shown().reserved_from == T0 + HOUR
    assert not central.shown().is_reserved


def test_the_same_request_again_is_answered_again_and_another_one_by_its_id_is_refused(central: CentralStage) -> None:
    central.tell(wish())
    again = central.tell(wish())
    assert the(ReservationUpdate, again).status is S.BOOKED
    assert all_of(Reservation, again) == []
    other = central.tell(wish(at=3 * HOUR))
    assert reason(other) == "request id B-1 was already used for another request"
    assert status(central) is S.BOOKED


def test_what_was_refused_stays_refused_when_it_is_said_again_after_the_time_is_free(central: CentralStage) -> None:
    central.tell(wish(), wish("B-2", driver_id=BOB))
    central.tell(CancelReservation(ts=T0, reservation_id="B-1", driver_id=ALICE, cp_id=CP))
    assert reason(central.tell(wish("B-2", driver_id=BOB))) is not None
    assert the(ReservationUpdate, central.tell(wish("B-3", driver_id=BOB))).status is S.BOOKED


@pytest.mark.parametrize(
    ("at", "lasts", "why"),
    [
        (-MINUTE, HOUR, "a reservation cannot begin in the past: it is 2026-03-01 12:00 UTC already"),
        (timedelta(days=3650), HOUR, "a reservation begins within 7 days: before 2026-03-08 12:00 UTC"),
        (HOUR, -HOUR, "a reservation ends after it begins: let `to` be after `from`"),
        (HOUR, 14 * MINUTE, "a reservation lasts 15 minutes at least"),
        (HOUR, 241 * MINUTE, "a reservation lasts 4 hours at most"),
    ],
)
def test_a_time_that_cannot_be_booked_is_refused_in_one_sentence(
    central: CentralStage, at: timedelta, lasts: timedelta, why: str
) -> None:
    assert reason(central.tell(wish(at=at, lasts=lasts))) == why


def test_two_times_overlap_unless_five_minutes_are_between_them(central: CentralStage) -> None:
    central.tell(wish(at=2 * HOUR))
    said = f"{CP} is reserved from 2026-03-01 14:00 UTC to 2026-03-01 15:00 UTC: leave 5 minutes between"
    assert reason(central.tell(wish("B-2", at=3 * HOUR + 4 * MINUTE, driver_id=BOB))) == said
    assert reason(central.tell(wish("B-3", at=HOUR - 4 * MINUTE, driver_id=BOB))) == said
    assert the(ReservationUpdate, central.tell(wish("B-4", at=3 * HOUR + 5 * MINUTE))).status is S.BOOKED
    assert the(ReservationUpdate, central.tell(wish("B-5", at=HOUR - 5 * MINUTE))).status is S.BOOKED


def test_a_point_that_nobody_knows_is_refused(central: CentralStage) -> None:
    assert reason(central.tell(wish(cp_id="CP-404"))) == "CP-404 is not a known charging point"


def test_a_running_charge_has_to_end_early_enough(central: CentralStage) -> None:
    central.supply(changed(ask(driver_id=BOB), minutes=60))
    busy = f"{CP} charges another vehicle, maybe until 2026-03-01 13:00 UTC: begin 5 minutes after that"
    assert reason(central.tell(wish(at=64 * MINUTE))) == busy
    assert the(ReservationUpdate, central.tell(wish("B-2", at=65 * MINUTE))).status is S.BOOKED


def test_a_charge_of_no_stated_time_has_half_an_hours_notice_and_is_stopped_then(central: CentralStage) -> None:
    session = central.supply(ask(driver_id=BOB))
    central.now += 2 * HOUR
    busy = f"{CP} charges another vehicle, maybe until 2026-03-01 14:30 UTC: begin 5 minutes after that"
    assert reason(central.tell(wish(at=2 * HOUR + 34 * MINUTE))) == busy
    assert the(ReservationUpdate, central.tell(wish("B-2", at=2 * HOUR + 35 * MINUTE))).status is S.BOOKED
    stopped = the(StopSupply, until(central, T0 + 2 * HOUR + 30 * MINUTE))
    assert stopped.session_id == session.session_id


def test_who_books_a_time_that_has_almost_come_has_the_point_at_once(central: CentralStage) -> None:
    central.tell(wish(at=2 * MINUTE))
    assert status(central) is S.HELD
    assert denial(central.tell(ask(driver_id=BOB))) == f"{CP} is reserved for another driver from 2026-03-01 12:02 UTC"


def test_a_point_that_cannot_serve_now_is_not_booked_for_now(central: CentralStage) -> None:
    central.tell(central.status(CPState.FAULT))
    assert (reason(central.tell(wish(at=MINUTE))) or "").startswith(f"{CP} is faulty")
    assert the(ReservationUpdate, central.tell(wish("B-2"))).status is S.BOOKED


def test_a_driver_has_five_reservations_at_most_until_one_comes_to_its_end(central: CentralStage) -> None:
    for number in range(1, 6):
        assert the(ReservationUpdate, central.tell(wish(f"B-{number}", at=2 * number * HOUR))).status is S.BOOKED
    said = f"{ALICE} has 5 reservations already, which is the most: use or cancel one first"
    assert reason(central.tell(wish("B-6", at=12 * HOUR))) == said
    assert the(ReservationUpdate, central.tell(wish("B-7", driver_id=BOB, at=12 * HOUR))).status is S.BOOKED
    central.tell(CancelReservation(ts=central.now, reservation_id="B-5", driver_id=ALICE, cp_id=CP))
    assert the(ReservationUpdate, central.tell(wish("B-8", at=10 * HOUR))).status is S.BOOKED


# Kept


def test_whose_point_is_booked_hears_by_when_the_charge_ends_and_so_does_its_engine(central: CentralStage) -> None:
    session = central.supply(ask(driver_id=BOB))
    effects = central.tell(wish())
    order, heard = the(StopSupply, effects), the(DriverUpdate, effects)
    assert (order.session_id, order.ends_by) == (session.session_id, T0 + 55 * MINUTE)
    assert (heard.driver_id, heard.status, heard.ends_by) == (BOB, UpdateStatus.ACCEPTED, T0 + 55 * MINUTE)
    assert the(Session, effects).ends_by == T0 + 55 * MINUTE


def test_whose_charge_ends_before_anyway_is_not_told_again(central: CentralStage) -> None:
    central.supply(changed(ask(driver_id=BOB), minutes=55))
    effects = central.tell(wish())
    assert not [each for each in effects if isinstance(each, StopSupply | DriverUpdate)]


def test_others_charge_until_five_minutes_before_and_are_told_so(central: CentralStage) -> None:
    central.tell(wish())
    effects = central.tell(ask(driver_id=BOB))
    assert the(StartSupply, effects).ends_by == T0 + 55 * MINUTE
    assert the(DriverUpdate, effects).ends_by == T0 + 55 * MINUTE


def test_nobody_begins_who_would_have_less_than_ten_minutes(central: CentralStage) -> None:
    central.tell(wish())
    until(central, T0 + 45 * MINUTE)
    assert central.shown().is_reserved
    assert the(StartSupply, central.tell(ask(driver_id=BOB))).ends_by == T0 + 55 * MINUTE
    central.restart()
    central.tell(well(link=2), central.status())
    central.tell(final(central.session("session-0-1-1"), started_at=central.now, energy_mwh=0, seconds=0))
    central.wait(1)
    soon = f"{CP} is reserved from 2026-03-01 13:00 UTC, and less than 10 minutes are left"
    assert denial(central.tell(ask("R-2", driver_id=BOB))) == soon
    own = f"{CP} is reserved for {ALICE}, and is kept from 2026-03-01 12:55 UTC: ask again then"
    assert denial(central.tell(ask("R-3", driver_id=ALICE))) == own


def test_a_site_hears_that_a_point_is_not_free_when_it_is_too_late_to_begin() -> None:
    stage = CentralStage(cadences=Cadences(silent_after=None, show_every=None))
    stage.tell(RegisterPoint(ts=stage.now, request_id="r", cp_id=CP, site_id="SITE-1"), stage.status(), well())
    stage.tell(wish())
    assert all_of(PointAtSite, stage.said)[-1].free
    until(stage, T0 + 45 * MINUTE)
    assert not all_of(PointAtSite, stage.said)[-1].free


def test_a_charge_of_no_time_ends_within_a_day_where_somebody_has_booked_and_is_stopped_if_it_does_not(
    central: CentralStage,
) -> None:
    central.tell(wish(at=49 * HOUR))
    effects = central.tell(ask(driver_id=BOB))
    assert the(StartSupply, effects).ends_by == T0 + 24 * HOUR
    session = the(Session, effects)
    central.tell(begun(session))
    stopped = the(StopSupply, until(central, T0 + 49 * HOUR - 5 * MINUTE))
    assert stopped.session_id == session.session_id


def test_the_point_is_kept_for_its_driver_who_charges_until_the_end(central: CentralStage) -> None:
    central.tell(wish())
    told = the(ReservationUpdate, until(central, T0 + 55 * MINUTE))
    assert (told.status, told.driver_id) == (S.HELD, ALICE)
    assert denial(central.tell(ask(driver_id=BOB))) == f"{CP} is reserved for another driver from 2026-03-01 13:00 UTC"
    effects = central.tell(ask("R-2"))
    assert the(StartSupply, effects).ends_by == T0 + 2 * HOUR
    assert the(Session, effects).reservation_id == "B-1"
