"""What Central has in mind of the reservations of one point. Knows no rule and no message flow."""

from collections.abc import Sequence
from datetime import datetime

from evcharging.common.messages_reservations import ReservationStatus
from evcharging.domain.reservation import Reservation, in_order
from evcharging.domain.session import Session


class Reserved:
    """The active reservations of a point, `first` among them the next one. `able_since`: since when the point could
    serve it, if it can, and `unable_since`, since when not. `due_at`: when something is due; `moving`: the reservation
    that its site was asked to move; `followed`: how the point was looked at last. `awaited`: the session for which the
    point waits for a vehicle; `excused`: the reservation whose driver has come in vain."""

    def __init__(self) -> None:
        self.all: Sequence[Reservation] = ()
        self.able_since: datetime | None = None
        self.unable_since: datetime | None = None
        self.due_at: datetime | None = None
        self.moving = ""
        self.awaited = ""
        self.excused = ""
        self.followed: tuple[bool, bool] | None = None

    @property
    def first(self) -> Reservation | None:
        """The next one."""
        return self.all[0] if self.all else None

    @property
    def is_in_vain(self) -> bool:
        """Whether the point is kept for a driver, and cannot serve."""
        first = self.first
        return first is not None and first.status is ReservationStatus.HELD and self.unable_since is not None

    def put(self, reservation: Reservation) -> None:
        """A reservation as it is now."""
        others = [each for each in self.all if each.reservation_id != reservation.reservation_id]
        self.all = in_order([*others, reservation])

    def forget(self) -> None:
        """What was measured counts no more."""
        self.able_since = self.unable_since = self.due_at = self.followed = None

    def follow(self, session: Session | None, now: datetime, *, is_free: bool, is_in_service: bool) -> bool:
        """Note since when the point could serve the first of them; whether that is news."""
        if self.first is None:
            self.forget()
            return False
        is_begun = self.is_begun(session)
        is_able = is_free or (is_begun and is_in_service)
        self.able_since = (self.able_since or now) if is_able else None
        self.unable_since = None if is_able else (self.unable_since or now)
        if self.followed == (is_able, is_begun):
            return False
        self.followed, self.due_at = (is_able, is_begun), None
        return True

    def did_not_begin(self, session: Session) -> None:
        """A charge that was accepted does not begin: unless no vehicle was plugged in, its driver has come in vain."""
        if session.reservation_id is not None and session.session_id != self.awaited:
            self.excused = session.reservation_id

    def is_excused(self, session: Session | None) -> bool:
        """Whether it is not for the driver of the first of them that no energy has flowed."""
        if self.first is None:
            return False
        waits = session is not None and self.is_begun(session) and session.session_id != self.awaited
        return waits or self.excused == self.first.reservation_id

    def is_begun(self, session: Session | None) -> bool:
        """Whether the charge that is accepted at the point is for the first of them, and no energy flows yet."""
        first = self.first
        return first is not None and session is not None and session.reservation_id == first.reservation_id

    def is_for(self, driver_id: str) -> bool:
        """Whether the point is kept for this driver now."""
        first = self.first
        return first is not None and first.status is ReservationStatus.HELD and first.driver_id == driver_id
