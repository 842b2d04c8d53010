"""A driver who books says so until somebody answers."""

from datetime import timedelta

import pytest

from evcharging.common.messages_reservations import ReservationStatus, ReservationUpdate, ReserveRequest
from evcharging.roles.booker import Booker
from evcharging.roles.role import ClockStepped, Input, LinkUp, Peer, Started
from evcharging.tests.stages.scenario import ALICE, CP, T0, Stage

HOUR = timedelta(hours=1)
WISH = ReserveRequest(ts=T0, request_id="B-1", driver_id=ALICE, cp_id=CP, begins_at=T0 + HOUR, ends_at=T0 + 2 * HOUR)


class BookerStage(Stage):
    role: Booker

    def __init__(self, *, linked: bool = False) -> None:
        super().__init__()
        self.role = Booker(WISH, linked=linked)


def answer(request_id: str = "B-1") -> ReservationUpdate:
    return ReservationUpdate(
        ts=T0,
        request_id=request_id,
        reservation_id=request_id,
        driver_id=ALICE,
        cp_id=CP,
        begins_at=WISH.begins_at,
        ends_at=WISH.ends_at,
        status=ReservationStatus.BOOKED,
    )


@pytest.mark.parametrize(("linked", "begins"), [(False, Started()), (True, LinkUp(peer=Peer.CENTRAL))])
def test_it_says_what_it_wants_and_again_until_it_is_answered(begins: Input, *, linked: bool) -> None:
    stage = BookerStage(linked=linked)
    assert stage.tell(begins) == [WISH]
    assert stage.wait(25) == [WISH, WISH]
    stage.tell(answer("B-2"))
    assert stage.role.answer is None
    stage.tell(answer())
    assert stage.role.answer == answer()
    assert [*stage.wait(60), *stage.tell(begins)] == []


def test_a_clock_that_is_set_does_not_make_it_wait_longer() -> None:
    stage = BookerStage()
    stage.tell(Started())
    stage.now += HOUR
    stage.tell(ClockStepped(by=HOUR))
    assert stage.wait(9) == []
    assert stage.wait(1) == [WISH]
