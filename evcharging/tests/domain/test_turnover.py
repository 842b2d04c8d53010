"""What bills come to, by what they have in common: nothing is lost between the parts of a time."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from evcharging.common.messages_tariff import Price
from evcharging.common.utils import changed
from evcharging.domain.session import Bill
from evcharging.domain.totals import SPANS, Step
from evcharging.domain.turnover import Group, Shared, Turnover, added, grouped, less, parts_of, turnover_of

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
BILL = Bill(
    session_id="S-1",
    driver_id="ann",
    cp_id="CP-1",
    started_at=NOON,
    ended_at=NOON,
    energy_mwh=5,
    micro_euros_per_kwh=0,
    micro_euros=121,
    ended_by="supply complete",
    tariff="day@1",
    price=Price(lines=(), net=100, vat_permille=210, vat=21, gross=121),
)
SINGLE = changed(BILL, session_id="S-2", driver_id="bob", micro_euros=50, tariff=None, price=None)


def test_net_is_told_of_the_bills_whose_price_has_lines() -> None:
    assert turnover_of([BILL, SINGLE]) == Turnover(
        sessions=2, energy_mwh=10, micro_euros=171, net_micro_euros=100, priced_micro_euros=121
    )
    assert turnover_of([]) == Turnover()


def test_parts_are_added_up_and_taken_away_again() -> None:
    one, other = turnover_of([BILL]), turnover_of([SINGLE])
    assert added([one, other]) == turnover_of([BILL, SINGLE])
    assert less(added([one, other]), other) == one
    assert added([]) == Turnover()


def test_groups_come_with_the_most_money_first_and_those_without_a_value_are_one() -> None:
    found = grouped([SINGLE, BILL, SINGLE], Shared.TARIFF, 1)
    assert (found.count, found.total) == (2, turnover_of([BILL, SINGLE, SINGLE]))
    assert found.first == (Group(value="day@1", turnover=turnover_of([BILL])),)
    assert [group.value for group in grouped([SINGLE, BILL], Shared.TARIFF, 9).first] == ["day@1", ""]
    assert [group.value for group in grouped([SINGLE, BILL], Shared.DRIVER, 9).first] == ["ann", "bob"]
    assert [group.value for group in grouped([SINGLE, BILL], Shared.POINT, 9).first] == ["CP-1"]


def test_a_time_is_whole_days_and_the_hours_around_them() -> None:
    midnight = NOON + 12 * HOUR
    assert parts_of(NOON, NOON + 60 * HOUR) == [
        (Step.HOUR, NOON, midnight),
        (Step.DAY, midnight, midnight + 48 * HOUR),
    ]
    assert parts_of(NOON, NOON + 13 * HOUR) == [(Step.HOUR, NOON, NOON + 13 * HOUR)]
    assert parts_of(NOON, NOON) == []


@given(st.integers(-1000, 1000), st.integers(0, 1000))
def test_the_parts_of_a_time_follow_one_another_without_a_gap(begin: int, hours: int) -> None:
    since = NOON + begin * HOUR
    until = since + hours * HOUR
    at = since
    for step, first, last in parts_of(since, until):
        assert first == at < last
        assert (last - first) % SPANS[step] == timedelta(0)
        assert step is Step.HOUR or first.hour == 0
        at = last
    assert at == until
