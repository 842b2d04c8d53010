"""An idle session whose engine seems to have forgotten it: another process may know it still, or nobody does."""

from evcharging.common.messages import SupplyRefused
from evcharging.domain.session import Bill
from evcharging.roles.cadences import FULL
from evcharging.tests.roles.central.test_central_idle import idle_minutes, idling, left, stays
from evcharging.tests.stages.central_stage import well
from evcharging.tests.stages.scenario import CP, T0, after, all_of, the


def test_an_engine_that_has_forgotten_it_ends_it() -> None:
    central, session = idling()
    central.wait(300)
    refusal = SupplyRefused(ts=T0, epoch=2, cp_id=CP, session_id=session.session_id, reason="never began it")
    assert not all_of(Bill, central.tell(refusal))
    assert idle_minutes(the(Bill, central.wait(2))) == 3


def test_one_that_has_forgotten_it_ends_it_with_when_its_point_was_last_heard_of() -> None:
    central, session = idling(cadences=FULL)
    for _ in range(100):
        central.wait(2)
        central.tell(well())
    central.wait(4)
    central.tell(SupplyRefused(ts=T0, epoch=2, cp_id=CP, session_id=session.session_id, reason="never began it"))
    assert the(Bill, central.wait(2)).unplugged_at == after(210)


def test_an_engine_that_says_the_end_again_still_knows_it_though_another_one_does_not() -> None:
    central, session = idling(cadences=FULL)
    refusal = SupplyRefused(ts=T0, epoch=2, cp_id=CP, session_id=session.session_id, reason="never began it")
    central.tell(stays(session), refusal)
    assert not all_of(Bill, central.wait(2)), "the other one has just said that the vehicle stays"
    central.tell(refusal)
    assert len(all_of(Bill, central.wait(4))) == 1


def test_an_engine_that_still_knows_it_is_believed_whoever_else_has_forgotten_it() -> None:
    central, session = idling()
    central.wait(300)
    central.tell(SupplyRefused(ts=T0, epoch=2, cp_id=CP, session_id=session.session_id, reason="never began it"))
    central.tell(stays(session))
    assert not all_of(Bill, central.wait(300))
    assert idle_minutes(the(Bill, central.tell(left(session, 9)))) == 7
