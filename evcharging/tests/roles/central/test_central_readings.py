"""Readings that stay away, come late or are too good: what is shown of them and what is kept."""

from datetime import timedelta

import pytest

from evcharging.common.messages import QueryStatus
from evcharging.common.messages_view import NoticeShown, ReadingsShown
from evcharging.common.states import CPState as S
from evcharging.common.utils import changed, numbered
from evcharging.domain.charging_point import LastReading
from evcharging.domain.meter_value import MeterValue
from evcharging.domain.plausibility import BACKWARDS, TOO_SOON
from evcharging.domain.session import Bill, SessionStatus
from evcharging.domain.totals import EVERYTHING, Step, Total
from evcharging.roles.cadences import QUIET
from evcharging.roles.central.readings import KEPT_AT_ONCE
from evcharging.roles.role import ClockStepped, Stopping
from evcharging.tests.roles.central.test_central_plausibility import telemetry
from evcharging.tests.stages.central_stage import CentralStage, ask, begun, final, well
from evcharging.tests.stages.scenario import CP, after, all_of, the


def test_an_engine_whose_readings_stay_away_is_asked_and_then_shown_as_a_fault(central: CentralStage) -> None:
    session = central.supply()
    assert the(QueryStatus, central.wait(4)).session_id == session.session_id
    assert central.wait(3.9) == []
    central.tell(well())
    central.wait(0.1)
    assert (central.shown().state, central.shown().reason) == (S.FAULT, "no readings for 8 s")
    assert central.shown().session is not None


def test_a_reading_that_comes_after_all_ends_the_fault(central: CentralStage) -> None:
    session = central.supply()
    central.wait(5)
    central.tell(well())
    central.wait(4)
    central.tell(changed(telemetry(session, 100), ts=central.now))
    assert central.shown().state is S.SUPPLYING
    central.wait(5)
    central.tell(well())
    central.wait(4)
    assert central.shown().state is S.FAULT


def test_a_final_reading_ends_the_fault_and_is_billed(central: CentralStage) -> None:
    session = central.supply()
    central.wait(9)
    central.tell(well())
    assert the(Bill, central.tell(final(session))).energy_mwh == 61_111
    assert central.shown().state is S.ACTIVATED


def test_a_point_that_is_read_seldom_is_given_three_of_its_intervals(central: CentralStage) -> None:
    central.tell(changed(central.status(), interval_s=60.0))
    central.supply()
    for _ in range(179):
        central.wait(1)
        central.tell(well())
    assert central.shown().state is S.SUPPLYING
    central.wait(1)
    assert central.shown().reason == "no readings for 180 s"


def test_after_a_restart_readings_are_awaited_as_before(central: CentralStage) -> None:
    central.supply()
    central.restart()
    central.tell(well(link=2))
    central.wait(8)
    assert central.shown().reason == "no readings for 8 s"


def test_a_reading_that_is_older_than_the_one_before_moves_no_figure_back(central: CentralStage) -> None:
    session = central.supply()
    central.wait(3)
    newer = changed(telemetry(session, 2_000), epoch=1, seq=9, ts=after(3))
    older = changed(telemetry(session, 1_000), epoch=1, seq=8, ts=after(2))
    assert central.tell(newer) != []
    assert central.tell(older, newer) == []
    [shown] = the(ReadingsShown, central.wait(0.2)).readings
    assert (shown.register_mwh, shown.heard_at) == (2_000, after(3))


def test_without_numbers_readings_go_by_their_moment(central: CentralStage) -> None:
    session = central.supply()
    central.wait(3)
    assert central.tell(changed(telemetry(session, 2_000), ts=after(3))) != []
    assert central.tell(changed(telemetry(session, 2_500), ts=after(2))) == []


def test_a_newer_reading_with_a_lower_register_is_doubted(central: CentralStage) -> None:
    session = central.supply()
    central.wait(3)
    central.tell(changed(telemetry(session, 2_000), epoch=1, seq=1, ts=after(2)))
    answers = central.tell(changed(telemetry(session, 1_999), epoch=1, seq=2, ts=after(3)))
    assert BACKWARDS in the(NoticeShown, answers).text


def test_readings_are_bounded_by_the_time_that_central_has_seen_itself(central: CentralStage) -> None:
    session = central.authorise()
    central.tell(begun(session, 0, after(-80_000)))
    central.wait(2)
    lie = changed(telemetry(session, 400_000_000), ts=after(2))
    assert TOO_SOON in the(NoticeShown, central.tell(lie)).text
    end = final(session, 480_000_000, started_at=after(-80_000), seconds=80_002)
    assert all_of(Bill, central.tell(end)) == []
    assert central.session(session.session_id).status is SessionStatus.SUSPECT


def test_of_many_supplies_each_has_its_turn_to_be_kept() -> None:
    central = CentralStage()
    ids = numbered("P", 3 * KEPT_AT_ONCE)
    sessions = []
    for cp_id in ids:
        central.open_point(cp_id)
        sessions.append(central.supply(ask(f"R-{cp_id}", driver_id=f"driver-{cp_id}", cp_id=cp_id)))
    for number in range(1, 4):
        for session in sessions:
            central.tell(changed(telemetry(session, number), epoch=1, seq=number, ts=central.now))
        central.wait(2)
    assert sorted(reading.cp_id for reading in all_of(LastReading, central.said)) == ids


@pytest.mark.parametrize("minutes, is_billed", [(9, True), (12, False)])
def test_after_a_restart_a_supply_is_bounded_by_what_both_runs_of_central_have_seen(
    central: CentralStage, minutes: int, is_billed: bool
) -> None:
    session = central.authorise()
    central.restart()
    central.wait(2)
    seconds = minutes * 60
    full = 22_000_000 * minutes // 60
    end = final(session, full, started_at=after(2 - seconds), seconds=seconds)
    assert len(all_of(Bill, central.tell(end))) == is_billed
    assert central.session(session.session_id).is_final


def test_the_newest_reading_is_kept_every_two_seconds_and_not_after_the_end(central: CentralStage) -> None:
    session = central.supply()
    for number in range(1, 5):
        central.wait(1)
        central.tell(changed(telemetry(session, number), epoch=1, seq=number, ts=central.now))
    kept = all_of(LastReading, central.said)
    assert [(each.cp_id, each.session_id, each.register_mwh) for each in kept] == [(CP, session.session_id, 2)]
    central.tell(final(session, 5, seconds=4))
    central.wait(9)
    assert len(all_of(LastReading, central.said)) == 1


def test_the_first_reading_of_each_quarter_of_an_hour_is_kept_as_a_meter_value(central: CentralStage) -> None:
    session = central.supply()
    begin, told = central.now, 0
    while central.now - begin < timedelta(minutes=40):
        central.wait(5)
        told += 1
        central.tell(changed(telemetry(session, told), epoch=1, seq=told, ts=central.now))
    kept = all_of(MeterValue, central.said)
    assert [each.at.replace(second=0, microsecond=0).minute % 15 for each in kept] == [0] * len(kept)
    assert len(kept) in (2, 3)
    assert {(each.session_id, each.power_w) for each in kept} == {(session.session_id, 22_000)}


def test_each_minute_is_written_down_once_it_is_over_and_adds_up_to_the_bill(central: CentralStage) -> None:
    session = central.supply()
    for number in range(1, 100):
        central.wait(1)
        central.tell(changed(telemetry(session, 6_000 * number), epoch=1, seq=number, ts=central.now))
    central.tell(final(session, 600_000, seconds=100))
    central.wait(61)
    minutes = [total for total in all_of(Total, central.said) if total.subject == EVERYTHING]
    assert [each.at for each in minutes] == sorted({each.at for each in minutes})
    assert {(each.step, each.at.second, each.at.microsecond) for each in minutes} == {(Step.MINUTE, 0, 0)}
    assert sum(each.energy_mwh for each in minutes) == 600_000
    assert [each.sessions for each in minutes if each.sessions] == [1]
    assert sum(each.micro_euros for each in minutes) == the(Bill, central.said).micro_euros


def test_in_quiet_time_no_minute_is_written_down() -> None:
    central = CentralStage(cadences=QUIET)
    central.open_point()
    session = central.supply()
    central.wait(100)
    central.tell(final(session, 600_000, seconds=100))
    central.wait(120)
    assert all_of(Bill, central.said)
    assert all_of(Total, central.said) == []


def energy_in_minutes(central: CentralStage) -> int:
    return sum(total.energy_mwh for total in all_of(Total, central.said) if total.subject == EVERYTHING)


def test_a_central_that_is_asked_to_end_writes_down_the_minute(central: CentralStage) -> None:
    session = central.supply()
    central.wait(1)
    central.tell(changed(telemetry(session, 6_000), epoch=1, seq=1, ts=central.now), Stopping())
    assert energy_in_minutes(central) == 6_000


def test_energy_before_a_start_of_central_is_not_counted_again_after_it(central: CentralStage) -> None:
    session = central.supply()
    for number in range(1, 60):
        central.wait(1)
        central.tell(changed(telemetry(session, 6_000 * number), epoch=1, seq=number, ts=central.now))
    central.wait(30)
    before = energy_in_minutes(central)
    central.restart()
    for number in range(90, 93):
        central.tell(changed(telemetry(session, 6_000 * number), epoch=1, seq=number, ts=central.now))
        central.wait(1)
    central.wait(60)
    assert energy_in_minutes(central) == before + 2 * 6_000


def test_meter_values_go_on_after_the_clock_was_set_back(central: CentralStage) -> None:
    session = central.supply()
    central.now -= timedelta(hours=5)
    central.tell(ClockStepped(by=timedelta(hours=-5)))
    for number in range(1, 260):
        central.wait(7)
        central.tell(changed(telemetry(session, number), epoch=1, seq=number, ts=after(7 * number)))
    assert len(all_of(MeterValue, central.said)) in (1, 2, 3)
