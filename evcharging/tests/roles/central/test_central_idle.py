"""A session whose vehicle stays is idle where that costs time, and billed once the vehicle has left or nobody knows."""

from datetime import timedelta

import pytest

from evcharging.common.messages import (
    DriverUpdate,
    EndReason,
    MonitorDisconnected,
    QueryStatus,
    StopSupply,
    SupplyEnded,
    SupplyRefused,
    SupplyStarted,
    UpdateStatus,
)
from evcharging.common.messages_operators import AssignTariff, RetirePoint
from evcharging.common.messages_tariff import Component, Element, Tariff
from evcharging.common.states import CPState
from evcharging.common.utils import changed
from evcharging.domain.charging_point import Point
from evcharging.domain.session import Bill, Session, SessionStatus
from evcharging.roles.cadences import FULL, QUIET, Cadences
from evcharging.roles.role import ClockStepped
from evcharging.tests.stages.central_stage import CentralStage, ask, begun, final, ill, notices, well
from evcharging.tests.stages.scenario import CP, T0, after, all_of, another, the

ENERGY = Element(energy_micro_euros_per_kwh=200_000, idle_micro_euros_per_minute=100_000)
IDLE = Tariff(version_id="idle@1", zone="UTC", elements=(ENERGY,), idle_grace_s=120)
FREE = changed(IDLE, elements=(Element(energy_micro_euros_per_kwh=200_000),))


def at_a_point(tariff: Tariff | None = IDLE, cadences: Cadences = QUIET) -> CentralStage:
    central = CentralStage(cadences=cadences)
    central.open_point()
    central.tell(AssignTariff(ts=T0, request_id=another("assign"), cp_id=CP, tariff=tariff))
    return central


def stays(session: Session, by: EndReason = EndReason.COMPLETE) -> SupplyEnded:
    """The final reading after 10 s; the vehicle is still there."""
    return changed(final(session, by=by), plugged=True)


def left(session: Session, minutes: float) -> SupplyEnded:
    """The same, said again once the vehicle has left."""
    return changed(final(session), unplugged_at=after(10 + 60 * minutes))


def idling(tariff: Tariff = IDLE, cadences: Cadences = QUIET) -> tuple[CentralStage, Session]:
    central = at_a_point(tariff, cadences)
    session = central.supply()
    central.wait(10)
    central.tell(stays(session))
    return central, session


def idle_minutes(bill: Bill) -> float:
    assert bill.price is not None
    return sum(line.quantity for line in bill.price.lines if line.component == Component.IDLE_TIME) / 60e6


def test_a_session_whose_vehicle_stays_is_idle_and_its_point_busy() -> None:
    central = at_a_point()
    session = central.supply()
    central.wait(10)
    answers = central.tell(stays(session))
    idle = the(Session, answers)
    assert (idle.status, idle.register_stop_mwh, idle.ended_at) == (SessionStatus.IDLE, 61_111, after(10))
    assert not all_of(Bill, answers)
    told = the(DriverUpdate, answers)
    assert (told.status, told.kwh) == (UpdateStatus.IN_PROGRESS, 0.061111)
    assert told.reason == "CP-001: the supply has ended: unplug the vehicle, idle time is billed 2 minutes from now"
    shown = central.shown()
    assert shown.state is CPState.ACTIVATED
    assert shown.session is not None
    assert (shown.session.status, shown.session.ended_at) == ("IDLE", after(10))
    assert the(DriverUpdate, central.tell(ask("R-2"))).reason == "CP-001 is busy"


def test_another_engine_that_begins_a_session_after_it_has_ended_is_stopped() -> None:
    central, session = idling()
    again = begun(session, 0, T0)
    assert central.tell(again) == []
    assert the(StopSupply, central.tell(changed(again, run=again.run + 1))).session_id == session.session_id
    assert central.session(session.session_id).status is SessionStatus.IDLE


def test_it_is_billed_until_the_vehicle_has_left_after_the_grace() -> None:
    central, session = idling()
    central.wait(600)
    answers = central.tell(left(session, 10))
    bill = the(Bill, answers)
    assert idle_minutes(bill) == 8
    assert bill.micro_euros == 12_222 + 800_000
    assert bill.unplugged_at == after(610)
    update = the(DriverUpdate, answers)
    assert update.status is UpdateStatus.COMPLETED
    assert update.ticket is not None
    assert (update.ticket.ended_at, update.ticket.unplugged_at) == (after(10), after(610))
    assert central.shown().session is None


def test_a_vehicle_that_leaves_within_the_grace_costs_nothing_more() -> None:
    central, session = idling()
    central.wait(60)
    bill = the(Bill, central.tell(left(session, 1)))
    assert (idle_minutes(bill), bill.micro_euros) == (0, 12_222)


def test_the_cap_holds() -> None:
    central, session = idling(changed(IDLE, idle_cap_micro_euros=300_000))
    central.wait(3600)
    assert the(Bill, central.tell(left(session, 60))).micro_euros == 12_222 + 300_000


@pytest.mark.parametrize("tariff", [FREE, None])
def test_where_idle_time_has_no_price_the_bill_comes_with_the_end(tariff: Tariff | None) -> None:
    central = at_a_point(tariff)
    session = central.supply()
    central.wait(10)
    assert all_of(Bill, central.tell(stays(session)))
    assert central.tell(left(session, 10)) == []


@pytest.mark.parametrize("by", [EndReason.FAULT, EndReason.RESTART, EndReason.SHUTDOWN])
def test_after_a_fault_nobody_pays_for_time(by: EndReason) -> None:
    central = at_a_point()
    session = central.supply()
    central.wait(10)
    assert idle_minutes(the(Bill, central.tell(stays(session, by)))) == 0


@pytest.mark.parametrize("by", [EndReason.FAULT, EndReason.RESTART, EndReason.SHUTDOWN])
def test_nor_where_only_the_word_arrives_that_the_vehicle_has_left(by: EndReason) -> None:
    central = at_a_point()
    session = central.supply()
    central.wait(3600)
    bill = the(Bill, central.tell(changed(left(session, 50), ended_by=by)))
    assert (idle_minutes(bill), bill.unplugged_at) == (0, None)


@pytest.mark.parametrize("by", [EndReason.STOPPED, EndReason.TIME_UP, EndReason.DRIVER])
def test_after_a_stop_or_the_end_of_its_time_it_is_idle(by: EndReason) -> None:
    central = at_a_point()
    session = central.supply()
    central.wait(10)
    assert the(Session, central.tell(stays(session, by))).status is SessionStatus.IDLE


def test_what_is_said_again_changes_nothing() -> None:
    central, session = idling()
    assert central.tell(stays(session)) == []
    assert central.tell(begun(session)) == []
    central.wait(600)
    central.tell(left(session, 10))
    assert central.tell(left(session, 10)) == []
    assert central.tell(stays(session)) == []
    assert len(all_of(Bill, central.said)) == 1


def test_other_figures_of_an_idle_session_are_set_aside() -> None:
    central, session = idling()
    answers = central.tell(changed(left(session, 10), register_stop_mwh=50_000))
    assert not all_of(Bill, answers)
    assert "it ended with other figures" in notices(central)[-1]


def test_a_first_word_that_was_lost_is_made_up_for_by_the_second() -> None:
    central = at_a_point()
    session = central.supply()
    central.wait(610)
    assert idle_minutes(the(Bill, central.tell(left(session, 10)))) == 8


# Who nobody knows any more


def test_a_fault_ends_it() -> None:
    central, session = idling()
    central.wait(300)
    bill = the(Bill, central.tell(ill("broken cable")))
    assert (idle_minutes(bill), bill.unplugged_at) == (3, after(310))
    central.wait(300)
    assert central.tell(left(session, 10)) == []


def test_the_engine_says_the_fault_itself() -> None:
    central, _ = idling()
    central.wait(300)
    assert idle_minutes(the(Bill, central.tell(central.status(CPState.FAULT)))) == 3


def test_the_end_of_its_link_ends_it() -> None:
    central, _ = idling()
    central.wait(300)
    answers = central.tell(MonitorDisconnected(ts=T0, cp_id=CP, link=1))
    assert idle_minutes(the(Bill, answers)) == 3
    assert central.shown().session is None


def test_a_link_that_falls_silent_ends_it_with_when_it_was_last_heard_of() -> None:
    central, _ = idling(cadences=FULL)
    for _ in range(100):
        central.wait(2)
        central.tell(well())
    bill = the(Bill, central.wait(12))
    assert (idle_minutes(bill), bill.unplugged_at) == (80 / 60, after(210))


def test_a_clock_that_is_set_makes_it_no_longer() -> None:
    central, _ = idling()
    central.wait(300)
    central.now += timedelta(hours=3)
    central.tell(ClockStepped(by=timedelta(hours=3)))
    assert idle_minutes(the(Bill, central.tell(ill("broken cable")))) == 3


def test_a_point_that_is_retired_ends_it() -> None:
    central, _ = idling()
    central.tell(RetirePoint(ts=central.now, request_id=another("retire"), cp_id=CP))
    assert the(Bill, central.wait(10)).unplugged_at == after(15)
    assert central.every(Point)[CP].retired_at is not None


def test_the_clock_of_the_engine_need_not_be_centrals() -> None:
    central = at_a_point()
    session = central.authorise()
    apart = timedelta(hours=3)
    central.tell(SupplyStarted(ts=T0 + apart, epoch=1, cp_id=CP, session_id=session.session_id, register_mwh=0))
    central.wait(10)
    central.tell(changed(final(session, started_at=T0 + apart), plugged=True))
    central.wait(300)
    bill = the(Bill, central.tell(ill("broken cable")))
    assert (idle_minutes(bill), bill.unplugged_at) == (3, after(310) + apart)


def test_an_end_at_a_point_without_a_link_waits_for_that() -> None:
    central = at_a_point()
    session = central.supply()
    central.tell(MonitorDisconnected(ts=T0, cp_id=CP, link=1))
    central.wait(10)
    central.tell(stays(session))
    assert idle_minutes(the(Bill, central.wait(31))) == 0


def test_an_end_at_a_point_in_fault_is_no_idle_time() -> None:
    central = at_a_point()
    session = central.supply()
    central.wait(10)
    central.tell(ill("broken cable"))
    assert idle_minutes(the(Bill, central.tell(stays(session)))) == 0


def test_two_engines_end_it() -> None:
    central, _ = idling()
    central.wait(300)
    central.tell(changed(central.status(), run=1), changed(central.status(), run=2))
    question = all_of(QueryStatus, central.said)[-1]
    answers = (changed(central.status(), run=run, query_epoch=1, query_seq=question.seq) for run in (1, 2))
    assert idle_minutes(the(Bill, central.tell(*answers))) == 3
    assert central.shown().state is CPState.FAULT


def test_one_that_may_be_forgotten_is_asked_for_again_until_it_is_known_or_over() -> None:
    central, session = idling()
    central.wait(300)
    central.tell(changed(central.status(), run=7))
    question = all_of(QueryStatus, central.said)[-1]
    central.tell(changed(central.status(), run=7, query_epoch=1, query_seq=question.seq))
    refusal = SupplyRefused(ts=T0, epoch=2, cp_id=CP, session_id=session.session_id, reason="never began it")
    central.tell(refusal)
    central.wait(60)
    assert central.session(session.session_id).status is SessionStatus.COMPLETED


# Another run of Central


def test_a_central_that_starts_again_goes_on_with_it() -> None:
    central, session = idling()
    central.wait(100)
    central.restart()
    central.tell(central.status(), well(2))
    central.wait(500)
    assert central.session(session.session_id).status is SessionStatus.IDLE
    assert idle_minutes(the(Bill, central.tell(left(session, 10)))) == 8


def test_an_engine_that_has_started_again_may_still_say_that_the_vehicle_has_left() -> None:
    central, session = idling()
    central.wait(600)
    central.tell(changed(central.status(), epoch=2, register_mwh=61_111))
    assert idle_minutes(the(Bill, central.tell(left(session, 10)))) == 8


def test_a_point_that_does_not_come_back_with_it_ends_it_with_when_it_was_last_heard_of() -> None:
    central, _ = idling()
    central.wait(300)
    central.restart()
    assert not all_of(Bill, central.wait(29))
    bill = the(Bill, central.wait(2))
    assert idle_minutes(bill) == 0


def test_what_an_earlier_run_saw_counts_only_where_the_engine_says_it() -> None:
    central, _ = idling()
    central.wait(300)
    central.restart()
    central.tell(central.status(), well(2))
    central.wait(300)
    assert idle_minutes(the(Bill, central.tell(ill("broken cable", 2)))) == 3


def test_when_an_earlier_run_heard_of_the_point_by_a_clock_ahead_of_this_one_is_no_news() -> None:
    central = at_a_point(cadences=FULL)
    central.tell(MonitorDisconnected(ts=T0, cp_id=CP, link=1))
    central.tell(well(2))
    session = central.supply()
    central.wait(10)
    central.tell(stays(session))
    central.now -= timedelta(hours=3)
    central.restart()
    central.wait(20)
    central.tell(SupplyRefused(ts=T0, epoch=2, cp_id=CP, session_id=session.session_id, reason="never began it"))
    bill = the(Bill, central.wait(3))
    assert bill.unplugged_at == bill.ended_at


# What cannot be


def test_a_vehicle_that_left_before_the_end_or_after_now_is_not_billed_but_held() -> None:
    for minutes, why in ((-0.1, "not in order"), (60, "longer than since it was authorised")):
        central, session = idling()
        central.wait(300)
        answers = central.tell(left(session, minutes))
        assert the(Session, answers).status is SessionStatus.SUSPECT
        assert not all_of(Bill, answers)
        assert why in notices(central)[-1]
        assert central.shown().session is None
