"""Whatever goes wrong with a supply, its energy is billed once or its bill is held, its driver hears one kind of end,
and the point is free again."""

import pytest

from evcharging.common.messages import (
    CPTelemetry,
    DriverUpdate,
    EndReason,
    QueryStatus,
    SupplyAwaited,
    SupplyRefused,
    UpdateStatus,
)
from evcharging.common.messages_view import NoticeShown, PointShown
from evcharging.common.states import CPState
from evcharging.common.utils import changed
from evcharging.domain.session import Bill, Session, SessionStatus
from evcharging.tests.stages.central_stage import CentralStage, ask, begun, final, ill, well
from evcharging.tests.stages.scenario import BOB, CP, T0, after, all_of, the

FAILED, COMPLETED, IN_PROGRESS = UpdateStatus.FAILED, UpdateStatus.COMPLETED, UpdateStatus.IN_PROGRESS


def telemetry(session: Session, register_mwh: int, *, kw: float = 22.0, seconds: float = 10) -> CPTelemetry:
    return CPTelemetry(
        ts=after(seconds),
        epoch=1,
        seq=99,
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


# Refused, awaited, late


def test_a_refusal_fails_the_driver_with_the_reason_and_frees_the_point(central: CentralStage) -> None:
    session = central.authorise()
    answers = central.tell(refused(session))
    update = the(DriverUpdate, answers)
    assert (update.status, update.ticket) == (FAILED, None)
    assert update.reason == "the charging point did not start: CP-001 is stopped"
    assert the(PointShown, answers).session is None
    central.wait(60)
    assert ends(central) == [FAILED]


def test_a_session_that_its_engine_no_longer_knows_is_suspect_with_the_last_reading_as_its_figure(
    central: CentralStage,
) -> None:
    session = central.supply(register_mwh=5_000)
    central.tell(telemetry(session, 11_000))
    assert central.tell(refused(session, "CP-001 never began it")) == []
    answers = central.wait(2)
    update = the(DriverUpdate, answers)
    assert (update.status, update.ticket, update.kwh) == (FAILED, None, 0.0)
    assert all_of(Bill, answers) == []
    assert central.shown().session is None
    kept = central.session(session.session_id)
    assert (kept.status, kept.started_at, kept.energy_mwh) == (SessionStatus.SUSPECT, T0, 6_000)
    assert "0.006 kWh is proposed" in the(NoticeShown, answers).text


def test_a_session_that_was_forgotten_is_billed_by_a_final_reading_that_comes_after_all(central: CentralStage) -> None:
    session = central.supply(register_mwh=5_000)
    central.tell(refused(session, "CP-001 never began it"))
    central.wait(2)
    central.wait(10)
    late = central.tell(final(session, register_start_mwh=5_000))
    assert the(Bill, late).energy_mwh == 61_111
    assert the(DriverUpdate, late).status is FAILED


def test_a_new_run_of_an_engine_that_says_nothing_of_the_open_session_has_forgotten_it(central: CentralStage) -> None:
    session = central.supply(register_mwh=5_000)
    asked = central.tell(changed(central.status(), epoch=2))
    assert the(QueryStatus, asked).session_id == session.session_id
    central.wait(2)
    assert central.session(session.session_id).status is SessionStatus.SUSPECT
    assert central.shown().session is None


def test_what_central_last_received_outlasts_its_own_crash(central: CentralStage) -> None:
    session = central.supply(register_mwh=5_000)
    central.tell(telemetry(session, 11_000))
    central.wait(2)
    central.restart()
    central.tell(refused(session, "CP-001 never began it"))
    central.wait(2)
    assert central.session(session.session_id).energy_mwh == 6_000


def test_a_point_that_waits_for_a_vehicle_is_given_the_time(central: CentralStage) -> None:
    session = central.authorise()
    assert central.tell(awaited(session)) == []
    for _ in range(10):
        central.wait(8)
        central.tell(well())
    assert ends(central) == []
    central.wait(10)
    assert ends(central) == [FAILED]


def test_a_point_that_still_waits_for_a_vehicle_after_a_restart_is_asked_and_given_the_time(
    central: CentralStage,
) -> None:
    session = central.authorise()
    central.tell(awaited(session))
    query = the(QueryStatus, central.restart())
    assert (query.cp_id, query.session_id, query.epoch) == (CP, session.session_id, 2)
    central.tell(awaited(session))
    central.wait(60)
    assert ends(central) == []


def test_energy_that_comes_to_light_after_the_driver_was_told_of_a_failure_becomes_exactly_one_bill(
    central: CentralStage,
) -> None:
    session = central.authorise()
    central.wait(5)
    assert ends(central) == [FAILED]
    answers = central.tell(final(session, 12_000, EndReason.STOPPED, started_at=after(5)))
    update = the(DriverUpdate, answers)
    assert the(Bill, answers).energy_mwh == 12_000
    assert (update.status, update.kwh, update.euros) == (FAILED, 0.012, 0.0036)
    assert update.ticket is not None
    assert central.tell(final(session, 12_000, EndReason.STOPPED, started_at=after(5))) == []
    assert central.session(session.session_id).status is SessionStatus.FAILED


def test_late_energy_is_billed_while_the_next_driver_charges_and_does_not_touch_them(central: CentralStage) -> None:
    late = central.authorise(ask("R-1"))
    central.wait(5)
    now = central.supply(ask("R-2", driver_id=BOB), register_mwh=12_000)
    shown = central.shown()
    answers = central.tell(final(late, 12_000, EndReason.STOPPED, started_at=after(5)))
    assert the(Bill, answers).session_id == late.session_id
    assert central.shown() == shown
    central.wait(10)
    end = final(now, register_start_mwh=12_000, started_at=after(5))
    assert the(Bill, central.tell(end)).energy_mwh == 61_111


# Central dies


def test_a_restart_rebuilds_open_sessions_and_asks_what_became_of_them(central: CentralStage) -> None:
    session = central.supply(register_mwh=5_000)
    answers = central.restart()
    assert the(QueryStatus, answers).session_id == session.session_id
    shown = central.shown()
    assert shown.state is CPState.DISCONNECTED
    assert shown.session is not None
    assert shown.session.session_id == session.session_id
    central.tell(well(), telemetry(session, 6_000))
    assert central.shown().state is CPState.SUPPLYING
    assert the(Bill, central.tell(final(session, register_start_mwh=5_000))).energy_mwh == 61_111


def test_results_that_arrive_before_the_links_are_back_are_billed(central: CentralStage) -> None:
    session = central.supply()
    central.restart()
    assert the(Bill, central.tell(final(session))).energy_mwh == 61_111
    assert ends(central) == [COMPLETED]


def test_nobody_charges_at_a_point_whose_session_is_open_after_a_restart(central: CentralStage) -> None:
    central.supply()
    central.restart()
    central.open_point()
    assert the(DriverUpdate, central.tell(ask("R-2", driver_id=BOB))).reason == "CP-001 is busy"


@pytest.mark.parametrize("dies_after", range(4))
def test_central_may_die_after_every_step_and_there_is_one_bill_and_one_end(dies_after: int) -> None:
    stage = CentralStage()
    stage.open_point()
    session = stage.authorise()
    steps = [begun(session), telemetry(session, 30_000), final(session)]
    for number in range(4):
        if number == dies_after:
            stage.restart()
            stage.tell(well())
        stage.tell(*steps[number : number + 1])
    assert len(all_of(Bill, stage.said)) == 1
    assert ends(stage) == [COMPLETED]


# Faults on the way


def test_a_driver_is_told_that_the_point_broke_and_that_the_bill_follows(central: CentralStage) -> None:
    central.supply()
    update = the(DriverUpdate, central.tell(ill("the engine does not answer")))
    assert update.status is IN_PROGRESS
    assert update.reason == "CP-001: the engine does not answer; the bill follows"


def test_a_driver_who_still_waits_is_not_told_of_progress_when_the_point_breaks(central: CentralStage) -> None:
    central.authorise()
    assert all_of(DriverUpdate, central.tell(ill("the engine does not answer"))) == []
    central.wait(5)
    assert ends(central) == [FAILED]


def test_a_supply_goes_on_while_the_monitor_is_away_and_its_driver_hears_of_it(central: CentralStage) -> None:
    session = central.supply()
    central.wait(10)
    assert central.shown().state is CPState.DISCONNECTED
    assert the(DriverUpdate, central.tell(telemetry(session, 61_111))).kwh == 0.061111
    assert the(Bill, central.tell(final(session))).energy_mwh == 61_111
