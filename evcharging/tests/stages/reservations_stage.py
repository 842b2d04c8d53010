"""Reservations at one point of a Central: wishes, time that passes, and what was answered."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from evcharging.common.messages import DriverUpdate, UpdateStatus
from evcharging.common.messages_operators import (
    AssignTariff,
)
from evcharging.common.messages_reservations import (
    ReservationStatus,
    ReservationUpdate,
    ReserveRequest,
)
from evcharging.common.messages_tariff import Element, Tariff
from evcharging.domain.reservation import Reservation
from evcharging.roles.cadences import Cadences
from evcharging.roles.role import Effect
from evcharging.tests.stages.central_stage import CentralStage
from evcharging.tests.stages.scenario import ALICE, CP, T0, another, the

S = ReservationStatus
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
FEES = Tariff(
    version_id="fees@1",
    zone="UTC",
    elements=(Element(energy_micro_euros_per_kwh=300_000),),
    vat_permille=210,
    late_cancel_micro_euros=2_000_000,
    no_show_micro_euros=5_000_000,
)


def open_for_booking() -> CentralStage:
    """A Central with one free, healthy point, whose monitor speaks of changes alone."""
    stage = CentralStage(cadences=Cadences(silent_after=None, show_every=None))
    stage.open_point()
    stage.tell(AssignTariff(ts=stage.now, request_id=another("assign"), cp_id=CP, tariff=FEES))
    return stage


def wish(
    request_id: str = "B-1",
    *,
    driver_id: str = ALICE,
    at: timedelta = HOUR,
    lasts: timedelta = HOUR,
    cp_id: str = CP,
) -> ReserveRequest:
    """A driver books a time that begins so long after the beginning."""
    begins_at = T0 + at
    return ReserveRequest(
        ts=T0, request_id=request_id, driver_id=driver_id, cp_id=cp_id, begins_at=begins_at, ends_at=begins_at + lasts
    )


def until(stage: CentralStage, at: datetime) -> list[Effect]:
    """Let time pass until a moment."""
    return stage.wait((at - stage.now).total_seconds())


def status(stage: CentralStage, reservation_id: str = "B-1") -> ReservationStatus:
    """How a reservation stands."""
    return stage.every(Reservation)[reservation_id].status


def reason(effects: Sequence[Effect]) -> str | None:
    """Why a booking was refused."""
    update = the(ReservationUpdate, effects)
    assert update.status is S.REFUSED
    return update.reason


def denial(effects: Sequence[Effect]) -> str | None:
    """Why a charge was denied."""
    update = the(DriverUpdate, effects)
    assert update.status is UpdateStatus.DENIED
    return update.reason
