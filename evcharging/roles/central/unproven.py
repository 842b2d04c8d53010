"""What is said to somebody who has not proven who asks. It is no decision: nothing is recorded, and no role hears of
it."""

from datetime import datetime

from evcharging.common.messages import DriverRequest, DriverUpdate, Message, UpdateStatus

SIGN_IN_FIRST = "sign in first: evcharging driver login"


def denial(message: Message, now: datetime) -> DriverUpdate | None:
    """What the driver hears whose request is not believed; of any other message, nobody hears."""
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
