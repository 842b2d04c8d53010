"""Laws of reservations: which times may be booked beside others, until when others may charge, and who pays."""

from datetime import timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as some

from evcharging.common.messages_reservations import ReservationStatus
from evcharging.common.utils import changed
from evcharging.domain.reservation import (
    TERMS,
    Reservation,
    in_order,
    is_late,
    is_no_show,
    kept_until,
    missed,
    over,
    room,
    wanted,
    why_kept,
    why_no_time,
    why_not_free,
)
from evcharging.domain.reservation_fee import fee_of, fees_of
from evcharging.tests.stages.scenario import ALICE, BOB, CP, T0, law

MINUTE = timedelta(minutes=1)
S = ReservationStatus

minutes = some.integers(0, 24 * 60)
spans = some.tuples(minutes, some.integers(15, 240))


def booked(begin: int, lasts: int, reservation_id: str = "B-1", driver_id: str = ALICE) -> Reservation:
    """A reservation so many minutes from the beginning, for so many."""
    begins_at = T0 + begin * MINUTE
    plain = wanted(
        reservation_id,
        request_id=reservation_id,
        driver_id=driver_id,
        cp_id=CP,
        begins_at=begins_at,
        ends_at=begins_at + lasts * MINUTE,
        now=T0,
        terms=TERMS,
    )
    fees = {"tariff": "fees@1", "late_cancel_micro_euros": 2_000_000, "no_show_micro_euros": 5_000_000}
    return changed(plain, vat_permille=210, **fees)


@law
@given(some.lists(spans, max_size=12))
def test_of_all_that_is_booked_each_ends_before_the_next_is_kept(asked: list[tuple[int, int]]) -> None:
    taken: list[Reservation] = []
    for number, (begin, lasts) in enumerate(asked):
        one = booked(begin, lasts, f"B-{number}")
        if why_not_free(one, taken) is None:
            taken.append(one)
    ordered = in_order(taken)
    assert all(a.ends_at <= b.kept_from for a, b in pairwise(ordered))


@law
@given(spans, spans)
def test_whether_two_times_fit_does_not_depend_on_which_was_first(a: tuple[int, int], b: tuple[int, int]) -> None:
    one, other = booked(*a, "B-1"), booked(*b, "B-2")
    assert (why_not_free(one, [other]) is None) is (why_not_free(other, [one]) is None)


@law
@given(spans, minutes)
def test_others_have_ten_minutes_or_none_and_end_before_the_point_is_kept(span: tuple[int, int], at: int) -> None:
    one, now = booked(*span), T0 + at * MINUTE
    if why_kept(CP, one, BOB, now) is not None:
        return
    until = room(one, BOB, now).until
    assert until is not None
    assert now + TERMS.least_charge <= until <= one.kept_from


@law
@given(spans)
def test_its_driver_has_the_point_until_the_end_once_it_is_kept(span: tuple[int, int]) -> None:
    one = booked(*span)
    assert why_kept(CP, one, ALICE, one.kept_from) is None
    assert room(one, ALICE, one.kept_from).until == one.ends_at
    assert why_kept(CP, one, BOB, one.kept_from) is not None


@law
@given(spans, some.none() | some.integers(-600, 600))
def test_a_point_is_kept_until_the_end_at_most_and_a_fee_needs_all_of_the_grace(
    span: tuple[int, int], able: int | None
) -> None:
    one = booked(*span)
    able_since = None if able is None else one.begins_at + able * MINUTE
    ends = kept_until(one, able_since)
    assert one.begins_at + TERMS.grace <= ends <= one.ends_at or ends == one.ends_at
    after = missed(one, able_since, ends)
    assert (after.status is S.NO_SHOW) is is_no_show(one, able_since)
    assert (fee_of(after, ends) is not None) is (able is not None and able <= 0)


@law
@given(spans, minutes)
def test_cancelling_costs_what_was_said_and_only_when_it_is_late(span: tuple[int, int], at: int) -> None:
    one, now = booked(*span), T0 + at * MINUTE
    bill = fee_of(over(one, S.CANCELLED, "", now), now)
    late_cancel, no_show = fees_of(one)
    assert (late_cancel, no_show) == (2_420_000, 6_050_000)
    assert (bill.micro_euros if bill else 0) == (late_cancel if is_late(one, now) else 0)


@law
@given(minutes, some.integers(-300, 600))
def test_what_may_be_booked_lasts_a_quarter_of_an_hour_to_four_hours(begin: int, lasts: int) -> None:
    begins_at = T0 + begin * MINUTE
    may_be = why_no_time(begins_at, begins_at + lasts * MINUTE, T0) is None
    assert may_be is (15 <= lasts <= 240)


def test_what_costs_nothing_has_no_bill() -> None:
    free = changed(booked(60, 60), late_cancel_micro_euros=0, no_show_micro_euros=0)
    for status in S:
        assert fee_of(changed(free, status=status, ended_at=free.begins_at), free.begins_at) is None
