"""Sessions start, go on and end by what engines say; an end becomes exactly one bill, and its driver hears of it."""

import pytest

from evcharging.common.messages import (
    CPTelemetry,
    DriverUpdate,
    EndReason,
    StopSupply,
    SupplyAwaited,
    SupplyRefused,
    UpdateStatus,
)
from evcharging.common.messages_view import NoticeShown, PointShown, ReadingsShown
from evcharging.common.states import CPState
from evcharging.common.utils import changed
from evcharging.domain.notice import Notice
from evcharging.domain.session import Bill, Session
from evcharging.roles.central import readings, shard
from evcharging.tests.stages.central_stage import CentralStage, ask, begun, final
from evcharging.tests.stages.scenario import ALICE, BOB, CP, T0, after, all_of, kinds, the

FAILED, COMPLETED, IN_PROGRESS = UpdateStatus.FAILED, UpdateStatus.COMPLETED, UpdateStatus.IN_PROGRESS


def telemetry(session: Session, register_mwh: int, *, kw: float = 22.0, seconds: float = 10) -> CPTelemetry:
    return CPTelemetry(
        ts=after(seconds),
        epoch=1,
        seq=1 + register_mwh,
        cp_id=session.cp_id,
        kw=kw,
        euros=12.0,
        driver_id=session.driver_id,
        session_id=session.session_id,
        kwh=40.0,
        register_mwh=register_mwh,
    )


def refused(session: Session, reason: str = "CP-001 is stopped") -> SupplyRefused:
    return SupplyRefused(ts=T0, epoch=1, cp_id=session.cp_id, session_id=session.session_id, reason=reason)


def awaited(session: Session) -> SupplyAwaited:
    return SupplyAwaited(ts=T0, epoch=1, cp_id=session.cp_id, session_id=session.session_id)


def ends(stage: CentralStage) -> list[UpdateStatus]:
    """The ends that drivers were told, in order."""
    return [update.status for update in all_of(DriverUpdate, stage.said) if update.status in (COMPLETED, FAILED)]


# The happy path


def test_a_supply_that_starts_is_shown_as_supplying(central: CentralStage) -> None:
    session = central.authorise()
    answers = central.tell(begun(session, 5_000, after(0.1)))
    assert kinds(answers) == ["Session", "PointShown"]
    assert the(Session, answers).register_start_mwh == 5_000
    shown = the(PointShown, answers)
    assert shown.state is CPState.SUPPLYING
    assert shown.session is not None
    assert (shown.session.status, shown.session.started_at) == ("SUPPLYING", after(0.1))


def test_each_reading_tells_the_driver_by_the_ledgers_own_price(central: CentralStage) -> None:
    session = central.supply(register_mwh=5_000)
    [update] = central.tell(telemetry(session, 5_000 + 6_111, seconds=1))
    assert isinstance(update, DriverUpdate)
    assert (update.status, update.driver_id, update.session_id) == (IN_PROGRESS, ALICE, session.session_id)
    assert (update.kw, update.kwh, update.euros) == (22.0, 0.006111, 0.001833)
    assert update.ts == after(1)


def test_the_final_reading_becomes_one_bill_one_ticket_and_a_free_point(central: CentralStage) -> None:
    session = central.supply()
    answers = central.tell(final(session))
    assert kinds(answers) == ["Session", "Bill", "DriverUpdate", "PointShown"]
    bill, update = the(Bill, answers), the(DriverUpdate, answers)
    assert (bill.energy_mwh, bill.micro_euros) == (61_111, 18_333)
    assert (update.status, update.kwh, update.euros, update.reason) == (COMPLETED, 0.061111, 0.018333, None)
    ticket = update.ticket
    assert ticket is not None
    assert (ticket.kwh, ticket.euros_per_kwh, ticket.euros) == (0.061111, 0.3, 0.018333)
    assert (ticket.started_at, ticket.ended_at, ticket.ended_by) == (T0, after(10), "supply complete")
    assert (the(PointShown, answers).state, the(PointShown, answers).session) == (CPState.ACTIVATED, None)


def test_the_last_live_figure_and_the_ticket_cost_the_same(central: CentralStage) -> None:
    session = central.supply()
    live = the(DriverUpdate, central.tell(telemetry(session, 61_111)))
    ticket = the(DriverUpdate, central.tell(final(session))).ticket
    assert ticket is not None
    assert (live.kwh, live.euros) == (ticket.kwh, ticket.euros)


@pytest.mark.parametrize(
    ("by", "status"),
    [
        (EndReason.COMPLETE, COMPLETED),
        (EndReason.UNPLUGGED, COMPLETED),
        (EndReason.DRIVER, COMPLETED),
        (EndReason.STOPPED, FAILED),
        (EndReason.FAULT, FAILED),
        (EndReason.RESTART, FAILED),
        (EndReason.SHUTDOWN, FAILED),
    ],
)
def test_whatever_ends_a_supply_the_energy_is_billed_and_the_driver_told_how(
    central: CentralStage, by: EndReason, status: UpdateStatus
) -> None:
    answers = central.tell(final(central.supply(), 30_000, by))
    update = the(DriverUpdate, answers)
    assert the(Bill, answers).energy_mwh == 30_000
    assert update.status is status
    assert update.ticket is not None
    assert update.ticket.ended_by == by.value
    assert update.reason == (None if status is COMPLETED else by.value)


def test_a_supply_may_end_before_central_heard_that_it_started(central: CentralStage) -> None:
    session = central.authorise()
    answers = central.tell(final(session))
    assert the(Bill, answers).energy_mwh == 61_111
    central.wait(60)
    assert ends(central) == [COMPLETED]


def test_a_session_without_energy_still_ends(central: CentralStage) -> None:
    update = the(DriverUpdate, central.tell(final(central.supply(), 0, seconds=0)))
    assert (update.status, update.kwh, update.euros) == (COMPLETED, 0.0, 0.0)


# Duplicates and strangers


def test_what_an_engine_says_twice_changes_nothing_the_second_time(central: CentralStage) -> None:
    session = central.authorise()
    central.tell(begun(session))
    assert central.tell(begun(session)) == []
    central.tell(final(session))
    assert central.tell(final(session)) == []
    assert central.tell(awaited(session)) == []
    assert central.tell(refused(session)) == []
    assert central.tell(telemetry(session, 61_111)) == []
    assert ends(central) == [COMPLETED]


def test_an_end_that_comes_again_after_a_restart_is_still_the_same_end(central: CentralStage) -> None:
    session = central.supply()
    central.tell(final(session))
    central.restart()
    assert central.tell(changed(final(session), epoch=2, seq=1)) == []
    assert len(all_of(Bill, central.said)) == 1


def test_an_end_that_comes_again_after_it_was_forgotten_is_still_the_same_end(
    central: CentralStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shard, "REMEMBERED", 2)
    session = central.supply()
    central.tell(final(session))
    for number in range(2, 9):
        central.tell(ask(f"R-{number}", cp_id="CP-404"))
    assert central.role.forgotten(final(session)) == [(Session, session.session_id)]
    assert central.tell(final(session)) == []
    assert len(all_of(Bill, central.said)) == 1


def test_a_start_after_the_end_orders_the_engine_to_stop(central: CentralStage) -> None:
    session = central.supply()
    central.tell(final(session))
    [stop] = central.tell(begun(session))
    assert isinstance(stop, StopSupply)
    assert (stop.cp_id, stop.session_id) == (CP, session.session_id)


@pytest.mark.parametrize("cp_id", [CP, "CP-404"])
def test_a_supply_that_nobody_authorised_is_stopped(central: CentralStage, cp_id: str) -> None:
    stranger = changed(central.authorise(), session_id="stranger", cp_id=cp_id)
    [stop] = central.tell(begun(stranger))
    assert isinstance(stop, StopSupply)
    assert (stop.cp_id, stop.session_id) == (cp_id, "stranger")


def test_one_point_cannot_speak_of_the_session_of_another(central: CentralStage) -> None:
    central.open_point("CP-002")
    session = central.supply()
    other = changed(session, cp_id="CP-002")
    central.tell(refused(other), awaited(other), telemetry(other, 500), final(other))
    assert central.session(session.session_id) == session
    assert ends(central) == []
    assert all_of(Bill, central.said) == []


@pytest.mark.parametrize("cp_id", [CP, "CP-404"])
def test_an_end_of_a_session_that_nobody_authorised_is_set_aside_with_a_notice(
    central: CentralStage, cp_id: str
) -> None:
    stranger = changed(central.authorise(), session_id="stranger", cp_id=cp_id)
    answers = central.tell(final(stranger))
    assert kinds(answers) == ["Notice", "NoticeShown"]
    expected = (
        f"{cp_id}: a final reading of stranger was set aside: 0 to 61111 mWh: nobody authorised that session there"
    )
    assert the(NoticeShown, answers).text == the(Notice, answers).text == expected


def test_readings_of_a_session_that_does_not_supply_tell_nobody_anything(central: CentralStage) -> None:
    session = central.authorise()
    assert central.tell(telemetry(session, 500)) == []
    assert central.tell(telemetry(changed(session, cp_id="CP-404"), 500)) == []
    central.tell(begun(session))
    assert central.tell(telemetry(changed(session, session_id="stranger"), 500)) == []


# What the panel hears of readings


def test_readings_reach_the_panel_together_and_only_the_newest_of_each_point(central: CentralStage) -> None:
    central.open_point("CP-002")
    first, second = central.supply(), central.supply(ask("R-2", driver_id=BOB, cp_id="CP-002"))
    central.tell(telemetry(first, 1_000), telemetry(second, 2_000), telemetry(first, 3_000))
    assert [kinds(central.wait(0.199)), kinds(central.wait(0.001))] == [[], ["ReadingsShown"]]
    shown = the(ReadingsShown, central.said[-1:])
    assert [(each.cp_id, each.register_mwh) for each in shown.readings] == [(CP, 3_000), ("CP-002", 2_000)]
    assert [(each.kwh, each.euros) for each in shown.readings] == [(0.003, 0.0009), (0.002, 0.0006)]
    assert shown.cp_id == CP
    assert kinds(central.wait(3)) == ["LastReading", "LastReading"]


def test_a_reading_of_a_supply_that_has_ended_meanwhile_is_not_shown(central: CentralStage) -> None:
    session = central.supply()
    central.tell(telemetry(session, 1_000), final(session))
    assert central.wait(1) == []


def test_many_readings_are_several_messages(central: CentralStage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readings, "READINGS_AT_ONCE", 2)
    for number in range(5):
        cp_id = f"CP-{number}"
        central.open_point(cp_id)
        central.tell(telemetry(central.supply(ask(f"R-{number}", cp_id=cp_id)), 1_000))
    shown = all_of(ReadingsShown, central.wait(0.2))
    assert [len(message.readings) for message in shown] == [2, 2, 1]
    assert [message.cp_id for message in shown] == ["CP-0", "CP-2", "CP-4"]
