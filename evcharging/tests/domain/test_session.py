"""A session from its authorisation to its bill: settled once, by the price frozen at the start, never on figures that
cannot be true."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evcharging.common.messages import EndReason, SupplyEnded
from evcharging.common.utils import changed, from_json, to_json
from evcharging.domain.meter import energy_mwh
from evcharging.domain.money import to_euros
from evcharging.domain.ongoing import ongoing
from evcharging.domain.plausibility import TOO_MUCH, TOO_SOON, seen_for, why_implausible
from evcharging.domain.price import price_of_energy
from evcharging.domain.records import LEDGER
from evcharging.domain.session import (
    Bill,
    Request,
    Session,
    SessionStatus,
    bill_of,
    failed,
    finalised,
    how_it_ended,
    is_same_final,
    supplying,
)
from evcharging.domain.supply import ended, final_reading, ordered, started
from evcharging.domain.ticket import ticket_of
from evcharging.tests.stages.central_stage import final
from evcharging.tests.stages.engine_stage import start
from evcharging.tests.stages.scenario import ALICE, CP, T0, after, law

AUTHORISED = Session(
    session_id="S-1",
    request_id="R-1",
    driver_id=ALICE,
    cp_id=CP,
    status=SessionStatus.AUTHORISED,
    micro_euros_per_kwh=300_000,
    requested_at=T0,
)
RUNNING = supplying(AUTHORISED, 1_000, T0)


def end(by: EndReason = EndReason.COMPLETE, session: Session = RUNNING) -> SupplyEnded:
    return final(session, by=by, register_start_mwh=1_000)


# How far it is


def test_a_session_is_open_until_it_has_ended() -> None:
    assert AUTHORISED.is_open
    assert RUNNING.is_open
    assert not finalised(RUNNING, end()).is_open
    assert not failed(AUTHORISED, T0, "no").is_open


def test_a_session_that_supplies_knows_since_when_and_from_which_register() -> None:
    assert (RUNNING.status, RUNNING.started_at, RUNNING.register_start_mwh) == (SessionStatus.SUPPLYING, T0, 1_000)


@pytest.mark.parametrize("by", EndReason)
def test_only_completion_unplugging_the_end_of_time_or_money_and_the_drivers_word_are_good_ends(by: EndReason) -> None:
    good = by in (
        EndReason.COMPLETE,
        EndReason.UNPLUGGED,
        EndReason.TIME_UP,
        EndReason.HOLD_USED,
        EndReason.DRIVER,
    )
    assert finalised(RUNNING, end(by)).status is (SessionStatus.COMPLETED if good else SessionStatus.FAILED)


def test_a_settled_session_has_the_readings_of_the_meter() -> None:
    session = finalised(RUNNING, end())
    assert (session.register_start_mwh, session.register_stop_mwh, session.energy_mwh) == (1_000, 62_111, 61_111)
    assert (session.started_at, session.ended_at, session.ended_by) == (T0, after(10), EndReason.COMPLETE)
    assert session.is_finalised


def test_a_session_may_end_without_ever_having_been_said_to_start() -> None:
    session = finalised(AUTHORISED, end())
    assert (session.status, session.energy_mwh, session.started_at) == (SessionStatus.COMPLETED, 61_111, T0)


@pytest.mark.parametrize("session", [AUTHORISED, RUNNING], ids=["authorised", "supplying"])
def test_a_session_that_its_point_knows_nothing_of_has_failed_and_is_not_settled(session: Session) -> None:
    lost = failed(session, after(5), "CP-001 never began it")
    assert (lost.status, lost.ended_at, lost.energy_mwh) == (SessionStatus.FAILED, after(5), 0)
    assert how_it_ended(lost) == "the charging point did not start: CP-001 never began it"
    assert not lost.is_finalised


def test_energy_that_comes_to_light_after_a_failure_is_billed_and_the_failure_stays() -> None:
    late = finalised(failed(AUTHORISED, after(5), "no"), end())
    assert late.status is SessionStatus.FAILED
    assert late.is_finalised
    assert bill_of(late).energy_mwh == 61_111


def test_a_session_agrees_with_the_reading_that_settled_it_and_with_no_other() -> None:
    session = finalised(RUNNING, end())
    assert is_same_final(session, end())
    assert is_same_final(session, changed(end(), epoch=9, seq=9))
    assert not is_same_final(session, changed(end(), register_stop_mwh=62_112))
    assert not is_same_final(session, changed(end(), ts=after(11)))


# Bill and ticket


def test_the_bill_of_the_specified_session_is_exact() -> None:
    bill = bill_of(finalised(RUNNING, end()))
    assert bill == Bill(
        session_id="S-1",
        driver_id=ALICE,
        cp_id=CP,
        started_at=T0,
        ended_at=after(10),
        energy_mwh=61_111,
        micro_euros_per_kwh=300_000,
        micro_euros=18_333,
        ended_by="supply complete",
    )


def test_a_ticket_says_what_the_bill_says() -> None:
    ticket = ticket_of(bill_of(finalised(RUNNING, end(EndReason.FAULT))))
    assert (ticket.session_id, ticket.cp_id, ticket.started_at, ticket.ended_at) == ("S-1", CP, T0, after(10))
    assert (ticket.kwh, ticket.euros_per_kwh, ticket.euros) == (0.061111, 0.3, 0.018333)
    assert ticket.ended_by == "fault at the charging point"


@law
@given(energy=st.integers(0, 10**9), price=st.integers(0, 10**9))
def test_bill_and_ticket_cost_what_the_live_figure_said(energy: int, price: int) -> None:
    session = changed(RUNNING, micro_euros_per_kwh=price)
    bill = bill_of(finalised(session, final(session, energy, register_start_mwh=1_000)))
    live = to_euros(price_of_energy(energy, price))
    assert to_euros(bill.micro_euros) == live == ticket_of(bill).euros


@pytest.mark.parametrize("session", [AUTHORISED, RUNNING, failed(AUTHORISED, T0, "no")], ids=lambda s: str(s.status))
def test_what_has_no_final_readings_has_no_bill(session: Session) -> None:
    with pytest.raises(ValueError, match="S-1 has no final readings to bill"):
        bill_of(session)


def test_how_a_session_ended_is_said_with_its_detail() -> None:
    assert how_it_ended(RUNNING) == "still open"
    assert how_it_ended(finalised(RUNNING, end(EndReason.STOPPED))) == "stopped by the operator"
    detailed = finalised(RUNNING, changed(end(EndReason.FAULT), detail="smoke"))
    assert how_it_ended(detailed) == "fault at the charging point: smoke"


def test_an_open_session_is_shown_with_its_driver_and_nothing_more_of_them() -> None:
    view = ongoing(RUNNING)
    assert (view.session_id, view.request_id, view.driver_id, view.status) == ("S-1", "R-1", ALICE, "SUPPLYING")
    assert (view.requested_at, view.started_at) == (T0, T0)


def test_sessions_bills_and_requests_come_back_from_their_records() -> None:
    request = Request(
        request_id="R-1", driver_id=ALICE, cp_id=CP, limit_mwh=None, requested_at=T0, accepted=True, session_id="S-1"
    )
    session = finalised(RUNNING, end())
    for record in (AUTHORISED, session, bill_of(session), request):
        assert type(record) in LEDGER
        assert from_json(type(record), to_json(record)) == record
    assert (request.key, session.key, bill_of(session).key) == ("R-1", "S-1", "S-1")


# What cannot be true

DAY = 86_400
WRONG_CLOCK = "the clock of the charging point is wrong"


def reading(**fields: object) -> SupplyEnded:
    return changed(end(), **fields)


@pytest.mark.parametrize(
    ("impossible", "reason"),
    [
        (reading(register_stop_mwh=999), "the register ran backwards"),
        (reading(register_start_mwh=999), "it begins with another reading than was said at the start"),
        (reading(started_at=after(11)), "it ended before it began"),
        (reading(started_at=datetime.fromisoformat("1970-01-01T00:00:00Z")), WRONG_CLOCK),
        (reading(ts=datetime.fromisoformat("9999-12-31T23:59:59Z")), WRONG_CLOCK),
        (reading(started_at=datetime.fromisoformat("0001-01-01T00:00:00+05:00")), WRONG_CLOCK),
        (reading(register_stop_mwh=63_336), "more energy than the point can give in that time"),
        (reading(register_stop_mwh=2**63 - 1), "more energy than the point can give in that time"),
        (reading(started_at=after(-1)), "it began at another moment than was said at the start"),
    ],
)
def test_what_is_physically_impossible_is_doubted(impossible: SupplyEnded, reason: str) -> None:
    assert why_implausible(RUNNING, impossible, 22_000, after(10)) == reason


@pytest.mark.parametrize("by", EndReason)
def test_an_ordinary_end_is_not_doubted(by: EndReason) -> None:
    assert why_implausible(RUNNING, end(by), 22_000, after(10)) is None


@pytest.mark.parametrize("off", [-0.999, -0.000_001, 0.000_001, 0.1])
def test_a_start_that_is_told_a_little_differently_is_not_doubted(off: float) -> None:
    assert why_implausible(RUNNING, reading(started_at=after(off)), 22_000, after(10)) is None


def test_clocks_may_differ_by_a_day() -> None:
    early = reading(started_at=after(-DAY), ts=after(10 - DAY))
    late = reading(started_at=after(DAY), ts=after(10 + DAY))
    assert why_implausible(changed(RUNNING, started_at=early.started_at), early, 22_000, after(10)) is None
    assert why_implausible(changed(RUNNING, started_at=late.started_at), late, 22_000, after(10)) is None
    assert why_implausible(RUNNING, changed(early, started_at=after(-DAY - 1)), 22_000, after(10))
    assert why_implausible(RUNNING, changed(late, ts=after(11 + DAY)), 22_000, after(10))


def test_a_reading_behind_what_the_register_was_known_to_be_is_doubted() -> None:
    assert why_implausible(AUTHORISED, end(), 22_000, after(10), known_mwh=1_000) is None
    behind = why_implausible(AUTHORISED, end(), 22_000, after(10), known_mwh=1_001)
    assert behind == "it begins behind the reading that the point showed before"


def test_where_the_start_was_never_said_any_reading_may_be_the_first() -> None:
    assert why_implausible(AUTHORISED, reading(register_start_mwh=1_001), 22_000, after(10)) is None


def test_a_point_that_never_said_its_power_is_still_no_power_station() -> None:
    assert why_implausible(RUNNING, reading(register_stop_mwh=1_000 + 28_333_333), 0, after(10)) is None
    assert why_implausible(RUNNING, reading(register_stop_mwh=1_000 + 28_333_334), 0, after(10))


def test_a_meter_may_show_two_percent_more_than_the_nominal_power_gives() -> None:
    assert why_implausible(RUNNING, reading(register_stop_mwh=62_112), 22_000, after(10)) is None
    assert why_implausible(RUNNING, reading(register_stop_mwh=63_334), 22_000, after(10)) is None
    assert why_implausible(RUNNING, reading(register_stop_mwh=63_335), 22_000, after(10)) == TOO_MUCH


def test_energy_is_bounded_by_the_time_that_central_has_seen_itself() -> None:
    long_ago = changed(RUNNING, started_at=after(-3_600))
    lie = reading(started_at=after(-3_600), register_stop_mwh=1_000 + 20_000_000)
    assert why_implausible(long_ago, lie, 22_000, after(10)) is None
    assert why_implausible(long_ago, lie, 22_000, after(10), seen=timedelta(seconds=70)) == TOO_SOON
    assert why_implausible(long_ago, lie, 22_000, after(10), seen=timedelta(seconds=3_300)) is None


def test_central_has_seen_a_supply_since_it_authorised_it_and_allows_a_day_for_what_another_run_authorised() -> None:
    assert seen_for(RUNNING, after(5), after(10)) == timedelta(seconds=65)
    assert seen_for(RUNNING, None, RUNNING.requested_at + timedelta(seconds=10)) == timedelta(minutes=10, seconds=10)
    assert seen_for(RUNNING, None, RUNNING.requested_at - timedelta(hours=3)) == timedelta(minutes=10)


@law
@given(power=st.integers(1, 1_000_000), microseconds=st.integers(0, 10**10), register=st.integers(0, 10**12))
def test_what_an_engine_meters_is_never_doubted(power: int, microseconds: int, register: int) -> None:
    elapsed = timedelta(microseconds=microseconds)
    session = supplying(AUTHORISED, register, T0)
    honest = final(session, energy_mwh(power, elapsed), register_start_mwh=register, seconds=elapsed.total_seconds())
    assert why_implausible(session, honest, power, T0 + elapsed) is None


def test_a_session_in_doubt_is_suspect_and_its_bill_is_held() -> None:
    session = finalised(RUNNING, reading(register_stop_mwh=0), "the register ran backwards")
    assert session.status is SessionStatus.SUSPECT
    assert session.is_finalised
    assert how_it_ended(session) == "supply complete: the register ran backwards; the bill is held"
    with pytest.raises(ValueError, match="no final readings to bill"):
        bill_of(session)


# What an engine remembers


def test_a_supply_that_has_not_ended_has_no_final_reading() -> None:
    supply = ordered(start())
    for unfinished in (supply, started(supply, 0, T0)):
        with pytest.raises(ValueError, match="S-1 has not ended"):
            final_reading(unfinished, epoch=1, seq=1)


def test_a_supply_that_never_began_ends_where_it_would_have_begun() -> None:
    supply = ended(ordered(start()), 500, after(60), EndReason.NOT_STARTED, "no vehicle")
    assert (supply.register_start_mwh, supply.register_stop_mwh, supply.started_at) == (500, 500, after(60))
    assert not supply.is_open
