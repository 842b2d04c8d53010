"""What a meter says and cannot be true is kept, flagged and shown to nobody as if it were; its bill is held until an
operator settles it."""

from datetime import datetime

import pytest

from evcharging.common.messages import CPTelemetry, DriverUpdate, SupplyEnded, UpdateStatus
from evcharging.common.messages_view import NoticeShown, PointShown, ReadingsShown
from evcharging.common.states import CPState
from evcharging.common.utils import changed
from evcharging.domain.plausibility import BACKWARDS, BEHIND, ENDS_FIRST, TOO_MUCH, TOO_STRONG, WRONG_CLOCK
from evcharging.domain.session import Bill, Session, SessionStatus
from evcharging.tests.stages.central_stage import CentralStage, ask, begun, final
from evcharging.tests.stages.scenario import CP, after, all_of, kinds, the

FAILED = UpdateStatus.FAILED


# The final reading

IMPOSSIBLE: dict[str, dict[str, object]] = {
    "backwards": {"register_stop_mwh": 0, "register_start_mwh": 5_000},
    "too much": {"register_stop_mwh": 2**63 - 1},
    "before it began": {"ts": after(-1)},
    "1970": {"started_at": datetime.fromisoformat("1970-01-01T00:00:00Z")},
    "9999": {"ts": datetime.fromisoformat("9999-12-31T23:59:59Z")},
}


def impossible(session: Session, fields: dict[str, object]) -> SupplyEnded:
    return changed(final(session), **fields)


@pytest.mark.parametrize("fields", IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_an_impossible_end_is_kept_flagged_and_not_billed(central: CentralStage, fields: dict[str, object]) -> None:
    session = central.authorise()
    message = impossible(session, fields)
    answers = central.tell(message)
    assert kinds(answers) == ["Session", "Notice", "NoticeShown", "Alert", "AlertSaid", "DriverUpdate", "PointShown"]
    kept = the(Session, answers)
    assert kept.status is SessionStatus.SUSPECT
    assert (kept.register_start_mwh, kept.register_stop_mwh) == (message.register_start_mwh, message.register_stop_mwh)
    update, shown = the(DriverUpdate, answers), the(NoticeShown, answers)
    assert (update.status, update.ticket, update.kwh, update.euros) == (FAILED, None, 0.0, 0.0)
    assert update.reason is not None
    assert update.reason.endswith("; the bill is held")
    assert (shown.level, shown.cp_id) == ("error", CP)
    assert session.session_id in shown.text
    assert the(PointShown, answers).session is None


def test_a_suspect_end_that_comes_again_changes_nothing_even_if_it_is_better(central: CentralStage) -> None:
    session = central.supply()
    message = impossible(session, IMPOSSIBLE["too much"])
    central.tell(message)
    assert central.tell(message) == []
    central.restart()
    assert kinds(central.tell(final(session))) == ["Notice", "NoticeShown"]
    assert all_of(Bill, central.said) == []
    [again] = central.tell(ask())
    assert isinstance(again, DriverUpdate)
    assert (again.status, again.ticket) == (FAILED, None)


def test_a_second_end_with_other_figures_is_set_aside_with_a_notice_and_the_bill_stays(central: CentralStage) -> None:
    session = central.supply()
    bill = the(Bill, central.tell(final(session)))
    answers = central.tell(final(session, 61_000))
    assert kinds(answers) == ["Notice", "NoticeShown"]
    assert the(NoticeShown, answers).text == (
        f"CP-001: a final reading of {session.session_id} was set aside: 0 to 61000 mWh: it ended with other figures"
    )
    assert central.every(Bill) == {session.session_id: bill}


def test_a_supply_that_begins_behind_what_the_point_showed_before_is_suspect(central: CentralStage) -> None:
    central.tell(changed(central.status(), register_mwh=5_000))
    session = central.authorise()
    central.tell(final(session, register_start_mwh=4_999))
    assert central.session(session.session_id).detail == f"{BEHIND}; the bill is held"


def test_what_a_point_shows_while_it_supplies_is_no_measure_of_where_it_begins(central: CentralStage) -> None:
    session = central.supply(register_mwh=5_000)
    central.tell(changed(central.status(CPState.SUPPLYING), register_mwh=9_000))
    assert the(Bill, central.tell(final(session, register_start_mwh=5_000))).energy_mwh == 61_111
    central.tell(changed(central.status(CPState.SUPPLYING), register_mwh=99_000))
    after_that = central.authorise(ask("R-2"))
    assert the(Bill, central.tell(final(after_that, register_start_mwh=66_111))).energy_mwh == 61_111


def test_a_late_final_reading_is_not_measured_by_what_the_point_showed_since(central: CentralStage) -> None:
    session = central.authorise()
    central.wait(5)
    central.tell(changed(central.status(), register_mwh=61_111))
    assert the(Bill, central.tell(final(session))).energy_mwh == 61_111


# Readings on the way

LONG_AGO = datetime.fromisoformat("1970-01-01T00:00:00Z")


def telemetry(session: Session, register_mwh: int = 11_111) -> CPTelemetry:
    return CPTelemetry(
        ts=after(1),
        epoch=1,
        seq=99,
        cp_id=session.cp_id,
        kw=22.0,
        euros=12.0,
        driver_id=session.driver_id,
        session_id=session.session_id,
        kwh=40.0,
        register_mwh=register_mwh,
    )


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"register_mwh": 4_999}, BACKWARDS),
        ({"register_mwh": 11_235}, TOO_MUCH),
        ({"register_mwh": 2**63 - 1}, TOO_MUCH),
        ({"kw": 22.442}, TOO_STRONG),
        ({"ts": after(-1)}, ENDS_FIRST),
        ({"ts": LONG_AGO}, ENDS_FIRST),
        ({"ts": datetime.fromisoformat("9999-12-31T23:59:59Z")}, WRONG_CLOCK),
    ],
)
def test_a_reading_that_cannot_be_true_is_flagged_and_shown_to_nobody(
    central: CentralStage, fields: dict[str, object], reason: str
) -> None:
    session = central.supply(register_mwh=5_000)
    reading = changed(telemetry(session), **fields)
    answers = central.tell(reading)
    assert kinds(answers) == ["Notice", "NoticeShown"]
    shown = the(NoticeShown, answers)
    expected = f"readings of {session.session_id} are not shown: {reason} ({reading.register_mwh} mWh)"
    assert (shown.level, shown.text) == ("warning", f"{CP}: {expected}")
    assert all_of(ReadingsShown, central.wait(1)) == []


def test_a_supply_whose_own_start_lay_in_1970_shows_no_readings(central: CentralStage) -> None:
    session = central.authorise()
    central.tell(begun(session, 0, LONG_AGO))
    assert the(NoticeShown, central.tell(telemetry(session))).text.endswith(f"{WRONG_CLOCK} (11111 mWh)")


def test_operators_hear_once_a_session_that_its_readings_cannot_be_true(central: CentralStage) -> None:
    session = central.supply(register_mwh=5_000)
    central.tell(telemetry(session, 4_000))
    assert central.tell(telemetry(session, 4_001)) == []
    assert kinds(central.tell(telemetry(session))) == ["DriverUpdate"]
    central.tell(final(session, register_start_mwh=5_000))
    following = central.supply(ask("R-2"), register_mwh=66_111)
    assert kinds(central.tell(telemetry(following, 4_000))) == ["Notice", "NoticeShown"]


def test_a_doubtful_reading_on_the_way_does_not_change_the_bill(central: CentralStage) -> None:
    session = central.supply()
    central.tell(telemetry(session, 2**63 - 1))
    assert the(Bill, central.tell(final(session))).energy_mwh == 61_111
