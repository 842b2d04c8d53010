"""A hundred thousand sessions with their meter values: each page, series of a year and tally has its answer in time."""

from time import perf_counter, thread_time

import pytest

from benchmarks.history.measured import GOAL_MS, measure
from benchmarks.history.past import Plan

WORK_S = 0.5


def held_up() -> float:
    """How many times as long as alone a piece of work takes, with all that others do on this machine."""
    began, begun = perf_counter(), thread_time()
    while thread_time() < begun + WORK_S:
        pass
    return (perf_counter() - began) / WORK_S


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_each_page_of_a_hundred_thousand_sessions_takes_a_fifth_of_a_second_at_most(database: str) -> None:
    before = held_up()
    run = measure(Plan(), database)
    goal_ms = GOAL_MS * max(before, held_up())
    assert {page.status for page in run.pages} == {200}
    assert [page.what for page in run.pages if page.best_ms > goal_ms] == []
