"""When in the week a network is used: all that flowed is in one of its hours."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from evcharging.domain.session import Session, SessionStatus
from evcharging.domain.totals import EVERYTHING, Step, Total, begin_of
from evcharging.domain.utilisation import HOUR, HOURS_OF_WEEK, supplies_of, week_of
from evcharging.tests.stages.scenario import law

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
moments = st.timedeltas(timedelta(0), timedelta(days=40)).map(lambda since: MONDAY + since)


def total(at: datetime, energy_mwh: int) -> Total:
    return Total(subject=EVERYTHING, step=Step.HOUR, at=at, energy_mwh=energy_mwh)


def session(started: datetime | None, ended: datetime | None) -> Session:
    return Session(
        session_id="S-1",
        request_id="R-1",
        driver_id="driver-1",
        cp_id="CP-1",
        status=SessionStatus.COMPLETED,
        micro_euros_per_kwh=300_000,
        requested_at=MONDAY,
        started_at=started,
        ended_at=ended,
    )


def test_an_hour_of_the_week_is_all_hours_like_it() -> None:
    end = MONDAY + timedelta(days=14)
    wednesday = MONDAY + timedelta(days=2, hours=17)
    totals = [total(wednesday, 3), total(wednesday + timedelta(days=7), 4), total(MONDAY, 5)]
    week = week_of(MONDAY, end, totals, None)
    assert [(hour.weekday, hour.hour) for hour in week[:25]] == [*((0, hour) for hour in range(24)), (1, 0)]
    assert {hour.lasted for hour in week} == {2 * HOUR}
    assert (week[2 * 24 + 17].energy_mwh, week[0].energy_mwh, week[1].energy_mwh) == (7, 5, 0)
    assert {hour.supplied for hour in week} == {None}


def test_a_supply_counts_in_each_hour_by_how_long_it_was_in_it() -> None:
    begin = MONDAY + timedelta(minutes=45)
    week = week_of(MONDAY, MONDAY + timedelta(days=1), [], [(begin, begin + HOUR)])
    supplied = [hour.supplied for hour in week[:3]]
    assert supplied == [timedelta(minutes=15), timedelta(minutes=45), timedelta()]
    assert week[24].lasted == timedelta()


def test_sessions_supply_from_their_begin_to_their_end_within_the_time() -> None:
    end = MONDAY + 3 * HOUR
    some = [session(MONDAY - HOUR, MONDAY + HOUR), session(MONDAY + 2 * HOUR, None), session(None, MONDAY + HOUR)]
    assert supplies_of(some, MONDAY, end) == [(MONDAY, MONDAY + HOUR), (MONDAY + 2 * HOUR, end)]
    assert supplies_of([session(MONDAY - HOUR, MONDAY)], MONDAY, end) == []


@law
@given(begin=moments, lasted=st.timedeltas(timedelta(0), timedelta(days=31)), energy=st.integers(0, 10**9))
def test_no_time_and_no_energy_is_lost(begin: datetime, lasted: timedelta, energy: int) -> None:
    end = begin + lasted
    week = week_of(begin, end, [total(begin_of(Step.HOUR, begin), energy)], [(begin, end)])
    assert len(week) == HOURS_OF_WEEK
    assert sum((hour.lasted for hour in week), timedelta()) == lasted
    assert [hour.lasted for hour in week] == [hour.supplied for hour in week]
    assert sum(hour.energy_mwh for hour in week) == energy
