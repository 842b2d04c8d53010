"""A driver asks for one charge after another, follows each to its end, and asks again where nobody answers."""

from collections.abc import Iterable
from datetime import timedelta

import pytest

from evcharging.common.messages import DriverRequest, DriverUpdate, HealthReport, UpdateStatus
from evcharging.common.utils import changed
from evcharging.roles.driver import Driver, Wish
from evcharging.roles.role import Started
from evcharging.tests.any_message import example
from evcharging.tests.scenario import ALICE, BOB, CP, T0, Stage, after, all_of, the

ENDS = [UpdateStatus.COMPLETED, UpdateStatus.DENIED, UpdateStatus.FAILED]
STEPS = [UpdateStatus.ACCEPTED, UpdateStatus.IN_PROGRESS]


def wish(cp_id: str = CP, seconds: float = 4, kwh: float | None = None) -> Wish:
    return Wish(cp_id=cp_id, wait=timedelta(seconds=seconds), kwh=kwh)


class DriverStage(Stage):
    """A driver with some wishes, who has just started."""

    role: Driver

    def __init__(self, wishes: Iterable[Wish]) -> None:
        super().__init__()
        ids = (f"R-{number}" for number in range(1, 1000))
        self.role = Driver(ALICE, iter(wishes), lambda: next(ids))
        self.tell(Started())

    def hear(self, request: DriverRequest, status: UpdateStatus) -> None:
        """Be told a step of a request."""
        self.tell(
            DriverUpdate(
                ts=self.now,
                request_id=request.request_id,
                driver_id=request.driver_id,
                cp_id=request.cp_id,
                status=status,
            )
        )


def test_a_driver_asks_after_the_wait_that_the_wish_names() -> None:
    stage = DriverStage([wish(seconds=4, kwh=7.5)])
    assert stage.wait(3.999) == []
    request = the(DriverRequest, stage.wait(0.001))
    assert (request.request_id, request.driver_id, request.cp_id, request.kwh) == ("R-1", ALICE, CP, 7.5)
    assert (request.ts, request.seq) == (after(4), 1)


def test_a_driver_without_wishes_is_done() -> None:
    stage = DriverStage([])
    assert stage.role.done
    assert stage.role.deadline is None
    assert stage.role.on_deadline(T0) == ()


@pytest.mark.parametrize("end", ENDS)
def test_the_next_wish_follows_whatever_the_outcome_of_the_last(end: UpdateStatus) -> None:
    stage = DriverStage([wish(seconds=0), wish("CP-002", seconds=4)])
    first = the(DriverRequest, stage.wait(0))
    stage.hear(first, UpdateStatus.ACCEPTED)
    stage.wait(12)
    stage.hear(first, end)
    assert stage.role.ends == {other: int(other is end) for other in ENDS}
    assert not stage.role.done
    assert stage.wait(3.999) == []
    second = the(DriverRequest, stage.wait(0.001))
    assert (second.request_id, second.cp_id, second.ts) == ("R-2", "CP-002", after(16))
    stage.hear(second, end)
    assert stage.role.done
    assert stage.role.deadline is None


@pytest.mark.parametrize("step", STEPS)
def test_a_step_on_the_way_is_no_end(step: UpdateStatus) -> None:
    stage = DriverStage([wish(seconds=0), wish(seconds=0)])
    request = the(DriverRequest, stage.wait(0))
    stage.hear(request, step)
    assert stage.wait(3600) == []
    assert sum(stage.role.ends.values()) == 0


def test_a_request_that_nobody_answers_is_asked_again_with_the_same_id() -> None:
    stage = DriverStage([wish(seconds=0)])
    said = all_of(DriverRequest, stage.wait(95))
    assert len(said) == 4
    assert set(said) == {said[0]}


def test_a_request_that_was_answered_is_not_asked_again() -> None:
    stage = DriverStage([wish(seconds=0)])
    request = the(DriverRequest, stage.wait(20))
    stage.hear(request, UpdateStatus.ACCEPTED)
    assert stage.wait(3600) == []


def test_the_patience_of_a_new_request_is_its_own() -> None:
    stage = DriverStage([wish(seconds=0), wish(seconds=0)])
    first = the(DriverRequest, stage.wait(20))
    stage.hear(first, UpdateStatus.DENIED)
    assert [request.request_id for request in all_of(DriverRequest, stage.wait(29))] == ["R-2"]


def test_an_end_that_comes_twice_counts_once() -> None:
    stage = DriverStage([wish(seconds=0), wish(seconds=4)])
    request = the(DriverRequest, stage.wait(0))
    stage.hear(request, UpdateStatus.COMPLETED)
    stage.wait(2)
    stage.hear(request, UpdateStatus.COMPLETED)
    assert stage.role.ends[UpdateStatus.COMPLETED] == 1
    assert the(DriverRequest, stage.wait(2)).ts == after(4)


@pytest.mark.parametrize("fields", [{"driver_id": BOB}, {"request_id": "R-9"}], ids=["driver", "request"])
def test_what_is_meant_for_somebody_else_is_nothing(fields: dict[str, str]) -> None:
    stage = DriverStage([wish(seconds=0)])
    request = the(DriverRequest, stage.wait(0))
    stage.hear(changed(request, **fields), UpdateStatus.COMPLETED)
    assert sum(stage.role.ends.values()) == 0
    assert the(DriverRequest, stage.wait(30)) == request


def test_an_update_before_anything_was_asked_is_nothing() -> None:
    stage = DriverStage([wish()])
    stage.tell(example(DriverUpdate), example(HealthReport))
    assert the(DriverRequest, stage.wait(4)).request_id == "R-1"


def test_wishes_may_be_endless() -> None:
    stage = DriverStage(wish(f"CP-{number}", seconds=0) for number in range(10**12))
    for number in range(50):
        request = the(DriverRequest, stage.wait(0))
        assert request.cp_id == f"CP-{number}"
        stage.hear(request, UpdateStatus.DENIED)
    assert stage.role.ends[UpdateStatus.DENIED] == 50
