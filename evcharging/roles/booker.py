"""A driver who books once: a point, or any point of a site. Knows no transport and no other role."""

from datetime import datetime, timedelta

from evcharging.common.messages_reservations import ReservationUpdate, ReserveAtSite, ReserveRequest
from evcharging.roles.role import NOTHING, ClockStepped, Effects, Input, LinkUp, Started
from evcharging.roles.timers import moved


class Booker:
    """Says the request, and again every `patience` with the same ID until somebody answers. One that is `linked` hears
    over a link to Central, and says it each time that is opened. `answer` is what it was told."""

    def __init__(
        self,
        request: ReserveRequest | ReserveAtSite,
        patience: timedelta = timedelta(seconds=10),
        *,
        linked: bool = False,
    ) -> None:
        self.deadline: datetime | None = None
        self.driver_id = request.driver_id
        self.answer: ReservationUpdate | None = None
        self._request = request
        self._patience = patience
        self._begins = LinkUp if linked else Started

    def on_message(self, message: Input, now: datetime) -> Effects:
        if isinstance(message, self._begins) and self.answer is None:
            return self.on_deadline(now)
        if isinstance(message, ClockStepped):
            self.deadline = moved(self.deadline, message.by)
        elif isinstance(message, ReservationUpdate) and message.request_id == self._request.request_id:
            self.answer, self.deadline = message, None
        return NOTHING

    def on_deadline(self, now: datetime) -> Effects:
        self.deadline = now + self._patience
        return [self._request]
