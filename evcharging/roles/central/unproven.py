"""What is said to somebody who has not proven who asks. It is no decision: nothing is recorded, and no role hears of
it."""

from datetime import datetime

from evcharging.common.messages import DriverRequest, DriverUpdate, Message, UpdateStatus
from evcharging.common.messages_queue import QueueStatus, QueueUpdate, SiteRequest
from evcharging.common.messages_reservations import ReservationStatus, ReservationUpdate, ReserveAtSite, ReserveRequest

SIGN_IN_FIRST = "sign in first: evcharging driver login"


def denial(message: Message, now: datetime) -> DriverUpdate | QueueUpdate | ReservationUpdate | None:
    """What the driver hears whose request is not believed; of any other message, nobody hears."""
    if isinstance(message, SiteRequest):
        return QueueUpdate(
            ts=now,
            request_id=message.request_id,
            driver_id=message.driver_id,
            site_id=message.site_id,
            status=QueueStatus.DENIED,
            reason=SIGN_IN_FIRST,
        )
    if isinstance(message, ReserveRequest | ReserveAtSite):
        return ReservationUpdate(
            ts=now,
            request_id=message.request_id,
            reservation_id=message.request_id,
            driver_id=message.driver_id,
            begins_at=message.begins_at,
            ends_at=message.ends_at,
            status=ReservationStatus.REFUSED,
            reason=SIGN_IN_FIRST,
        )
    if not isinstance(message, DriverRequest):
        return None
    return DriverUpdate(
        ts=now,
        request_id=message.request_id,
        driver_id=message.driver_id,
        cp_id=message.cp_id,
        status=UpdateStatus.DENIED,
        reason=SIGN_IN_FIRST,
    )
