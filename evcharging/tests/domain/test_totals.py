"""What bills add up to by the hour and by the day: nothing is lost, and energy is counted when it flowed."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evcharging.common.utils import changed
from evcharging.domain.meter_value import MeterValue
from evcharging.domain.session import Bill, Session, SessionStatus
from evcharging.domain.totals import (
    BILLED,
    EVERYTHING,
    LONGEST,
    SPANS,
    Step,
    added_up,
    begin_of,
    minutes_of,
    of_point,
    shares,
    totals_of,
)
from evcharging.tests.stages.scenario import law

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
moments = st.timedeltas(timedelta(days=-9000), timedelta(days=9000)).map(lambda since: NOON + since)


ASKED = Session(
    session_id="S-1",
    request_id="R-1",
    driver_id="driver-1",
    cp_id="CP-1",
    micro_euros_per_kwh=300_000,
    requested_at=NOON,
    status=SessionStatus.FAILED,
)


def bill(began: datetime, ended: datetime, energy_mwh: int, micro_euros: int = 0) -> Bill:
    return Bill(
        session_id="S-1",
        driver_id="driver-1",
        cp_id="CP-1",
        started_at=began,
        ended_at=ended,
        energy_mwh=energy_mwh,
        micro_euros_per_kwh=300_000,
        micro_euros=micro_euros,
        ended_by="supply complete",
    )


@law
@given(began=moments, lasted=st.timedeltas(timedelta(0), timedelta(days=3)), energy=st.integers(0, 10**11))
def test_the_shares_of_a_bill_are_its_energy_in_the_spans_in_which_it_flowed(
    began: datetime, lasted: timedelta, energy: int
) -> None:
    for step in Step:
        found = shares(energy, began, began + lasted, step)
        assert sum(found.values()) == energy
        assert min(found.values()) >= 0
        assert list(found) == sorted(found)
        for at in found:
            assert at == begin_of(step, at)
            assert at <= began + lasted
            assert at + SPANS[step] > began


def test_energy_is_spread_evenly_by_time() -> None:
    spread = shares(1_200, NOON + timedelta(minutes=30), NOON + timedelta(minutes=150), Step.HOUR)
    assert list(spread.values()) == [300, 600, 300]


def test_session_and_money_count_where_the_session_ended() -> None:
    totals = [each for each in totals_of(bill(NOON, NOON + timedelta(hours=2, minutes=30), 250, 75)) if each.sessions]
    assert {(each.subject, each.step, each.at.hour, each.micro_euros) for each in totals} == {
        (subject, step, hour, 75)
        for subject in (of_point("CP-1"), EVERYTHING)
        for step, hour in ((Step.HOUR, 14), (Step.DAY, 0))
    }


def test_a_bill_of_years_is_counted_in_its_last_days() -> None:
    spans = shares(10**9, NOON - timedelta(days=20_000), NOON, Step.HOUR)
    assert sum(spans.values()) == 10**9
    assert min(spans) >= NOON - LONGEST
    assert len(spans) <= LONGEST / SPANS[Step.HOUR] + 1


def test_a_bill_that_ends_before_it_begins_is_counted_at_its_end() -> None:
    assert shares(100, NOON, NOON - timedelta(hours=5), Step.HOUR) == {NOON - timedelta(hours=5): 100}


def test_a_moment_of_another_time_zone_is_counted_in_the_day_that_it_is_in_utc() -> None:
    late = datetime(2026, 3, 1, 1, 30, tzinfo=timezone(timedelta(hours=2)))
    assert begin_of(Step.DAY, late) == datetime(2026, 2, 28, tzinfo=UTC)


def test_totals_of_one_span_become_one() -> None:
    twice = added_up([*totals_of(bill(NOON, NOON, 5, 1)), *totals_of(bill(NOON, NOON, 7, 2))])
    assert {(each.sessions, each.energy_mwh, each.micro_euros) for each in twice} == {(2, 12, 3)}


def test_the_minutes_of_a_session_follow_its_meter_and_add_up_to_it() -> None:
    began, ended = NOON + timedelta(seconds=30), NOON + timedelta(minutes=40)
    billed = bill(began, ended, 9_000, 2_700)
    session = changed(
        ASKED,
        status=SessionStatus.COMPLETED,
        started_at=began,
        ended_at=ended,
        register_start_mwh=1_000,
        register_stop_mwh=10_000,
    )
    values = [
        MeterValue(session_id="S-1", at=NOON + timedelta(minutes=15), register_mwh=1_000, power_w=0),
        MeterValue(session_id="S-1", at=NOON + timedelta(minutes=30), register_mwh=10_000, power_w=22_000),
    ]
    minutes = added_up(minutes_of(session, values, billed))
    energy = {each.at: each.energy_mwh for each in minutes if each.energy_mwh}
    assert energy == {NOON + timedelta(minutes=minute): 600 for minute in range(15, 30)}
    assert [(each.at, each.sessions, each.micro_euros) for each in minutes if each.sessions] == [(ended, 1, 2_700)]
    assert {(each.subject, each.step) for each in minutes} == {(of_point("CP-1"), Step.MINUTE)}


def test_a_session_that_never_began_has_no_minutes_and_a_meter_that_ran_backwards_none_below_nothing() -> None:
    assert list(minutes_of(ASKED, [], None)) == []
    backwards = changed(ASKED, started_at=NOON, ended_at=NOON + timedelta(minutes=3), register_start_mwh=9)
    assert {each.energy_mwh for each in minutes_of(backwards, [], None)} == {0}


FAR = [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]
FAR += [moment.replace(tzinfo=timezone(timedelta(hours=hours))) for moment in FAR for hours in (-14, 14)]


@pytest.mark.parametrize("ended", FAR, ids=str)
@pytest.mark.parametrize("began", [*FAR, NOON], ids=str)
def test_a_bill_that_is_dated_at_the_end_of_all_time_is_counted(began: datetime, ended: datetime) -> None:
    totals = list(totals_of(bill(began, ended, 61_111, 7)))
    for step in BILLED:
        of_all = [each for each in totals if (each.subject, each.step) == (EVERYTHING, step)]
        assert sum(each.energy_mwh for each in of_all) == 61_111
        assert (sum(each.sessions for each in of_all), sum(each.micro_euros for each in of_all)) == (1, 7)
