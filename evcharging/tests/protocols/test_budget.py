"""What one link may bring: a purse that fills with time and pays for what comes."""

import pytest

from evcharging.adapters.clock import SteppedClock, WallClock
from evcharging.apps.shell.link_budgets import ASKING, REPORTING, scaled
from evcharging.common.messages import HealthReport
from evcharging.common.messages_link import HealthQuery
from evcharging.common.utils import to_json
from evcharging.protocols.budget import PER_EVENT, PER_MESSAGE, PER_READ, Budget, Purse
from evcharging.tests.apps.ev_cp_e.test_health_server import NOW

SMALL = Budget(per_second=10, at_once=100, at_first=20)


def test_a_new_purse_pays_for_what_may_come_at_first_and_no_more() -> None:
    purse = Purse(SMALL, 1000.0)
    assert purse.spend(20, 1000.0) == 0
    assert purse.spend(1, 1000.0) == pytest.approx(0.1)


def test_a_debt_is_paid_off_by_the_second() -> None:
    purse = Purse(SMALL, 0.0)
    assert purse.spend(50, 0.0) == pytest.approx(3.0)
    assert purse.spend(0, 1.0) == pytest.approx(2.0)
    assert purse.spend(0, 3.0) == 0
    assert purse.spend(5, 3.0) == pytest.approx(0.5)


def test_a_quiet_time_fills_the_purse_and_no_time_overfills_it() -> None:
    purse = Purse(SMALL, 0.0)
    assert purse.spend(100, 8.0) == 0
    assert purse.spend(101, 1_000_000.0) == pytest.approx(0.1)


def test_what_cannot_be_afforded_is_not_paid_for() -> None:
    purse = Purse(SMALL, 0.0)
    assert [purse.afford(9, 0.0) for _ in range(4)] == [True, True, False, False]
    assert purse.afford(12, 1.0)


def test_after_a_clock_was_set_back_a_purse_that_is_never_in_debt_fills_again() -> None:
    purse = Purse(SMALL, 1000.0)
    assert not purse.afford(1, 500.0)
    assert purse.afford(9, 501.0)


@pytest.mark.parametrize("seconds", [1, 60, 3600])
def test_over_any_time_no_more_gets_through_than_the_budget_says(seconds: int) -> None:
    purse, now, through = Purse(SMALL, 0.0), 0.0, 0
    while now <= seconds:
        wait = purse.spend(7, now)
        through += 7
        now += wait or 0.001
    assert SMALL.per_second * seconds <= through <= SMALL.at_first + SMALL.per_second * (seconds + 1) + 7


def test_a_network_whose_time_passes_faster_has_as_much_more_and_a_slow_one_no_less() -> None:
    assert scaled(SMALL, WallClock(5)) == Budget(per_second=50, at_once=500, at_first=100)
    assert scaled(SMALL, WallClock(0.1)) == SMALL
    assert scaled(SMALL, SteppedClock(NOW)) == SMALL


def test_what_250_points_ask_in_a_second_is_less_than_a_fifth_of_the_budget_even_in_small_portions() -> None:
    question = len(to_json(HealthQuery(ts=NOW, cp_id="CP-12345"))) + 1
    bundles = 250 * (question + PER_MESSAGE)
    answers_and_portions = 5 * (2 * PER_EVENT + 2 * PER_READ)
    assert bundles + answers_and_portions < ASKING.per_second / 5


def test_a_monitor_may_report_twice_as_often_as_it_ever_does() -> None:
    longest = HealthReport(ts=NOW, cp_id="C" * 64, well=False, reason="x" * 250)
    assert 2 * 2 * (len(to_json(longest)) + 20 + PER_EVENT + PER_READ) < REPORTING.per_second
