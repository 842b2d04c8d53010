"""A driver asks for one charge after another, follows each to its end, and asks again where nobody answers."""

from collections.abc import Iterable
from datetime import timedelta

import pytest

from evcharging.common.messages import DriverRequest, DriverUpdate, HealthReport, UpdateStatus
from evcharging.common.utils import changed
from evcharging.domain.driving import DriverMemory
from evcharging.roles.driver import ChargeIntent, Driver
from evcharging.roles.role import LinkDown, LinkUp, Peer, Started
from evcharging.tests.laws.any_message import example
from evcharging.tests.stages.scenario import ALICE, BOB, CP, T0, Stage, after, all_of, the

ENDS = [UpdateStatus.COMPLETED, UpdateStatus.DENIED, UpdateStatus.FAILED]
STEPS = [UpdateStatus.ACCEPTED, UpdateStatus.IN_PROGRESS]


def intent(cp_id: str = CP, seconds: float = 4, kwh: float | None = None) -> ChargeIntent:
    return ChargeIntent(cp_id=cp_id, wait=timedelta(seconds=seconds), kwh=kwh)


class DriverStage(Stage):
    """A driver with some wishes, who has just started."""

    role: Driver

    def __init__(
        self,
        intents: Iterable[ChargeIntent],
        *,
        plan: str | None = None,
        memory: DriverMemory | None = None,
        first: int = 1,
        linked: bool = False,
    ) -> None:
        super().__init__()
        ids = (f"R-{number}" for number in range(first, 1000))
        self.role = Driver(ALICE, iter(intents), lambda: next(ids), plan=plan, memory=memory, linked=linked)
        self.tell(Started())

    @property
    def memory(self) -> DriverMemory:
        """What it wrote down last."""
        return all_of(DriverMemory, self.said)[-1]

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
    stage = DriverStage([changed(intent(seconds=4, kwh=7.5), minutes=30)])
    assert stage.wait(3.999) == []
    request = the(DriverRequest, stage.wait(0.001))
    assert (request.request_id, request.driver_id, request.cp_id) == ("R-1", ALICE, CP)
    assert (request.kwh, request.minutes) == (7.5, 30)
    assert (request.ts, request.seq) == (after(4), 1)


def test_a_driver_without_wishes_is_done() -> None:
    stage = DriverStage([])
    assert stage.role.done
    assert stage.role.deadline is None
    assert stage.role.on_deadline(T0) == ()


@pytest.mark.parametrize("end", ENDS)
def test_the_next_wish_follows_whatever_the_outcome_of_the_last(end: UpdateStatus) -> None:
    stage = DriverStage([intent(seconds=0), intent("CP-002", seconds=4)])
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
    stage = DriverStage([intent(seconds=0), intent(seconds=0)])
    request = the(DriverRequest, stage.wait(0))
    stage.hear(request, step)
    assert stage.wait(3600) == []
    assert sum(stage.role.ends.values()) == 0


def test_a_request_that_nobody_answers_is_asked_again_with_the_same_id() -> None:
    stage = DriverStage([intent(seconds=0)])
    said = all_of(DriverRequest, stage.wait(95))
    assert len(said) == 4
    assert set(said) == {said[0]}


def test_a_request_that_was_answered_is_not_asked_again() -> None:
    stage = DriverStage([intent(seconds=0)])
    request = the(DriverRequest, stage.wait(20))
    stage.hear(request, UpdateStatus.ACCEPTED)
    assert stage.wait(3600) == []


def test_the_patience_of_a_new_request_is_its_own() -> None:
    stage = DriverStage([intent(seconds=0), intent(seconds=0)])
    first = the(DriverRequest, stage.wait(20))
    stage.hear(first, UpdateStatus.DENIED)
    assert [request.request_id for request in all_of(DriverRequest, stage.wait(29))] == ["R-2"]


def test_an_end_that_comes_twice_counts_once() -> None:
    stage = DriverStage([intent(seconds=0), intent(seconds=4)])
    request = the(DriverRequest, stage.wait(0))
    stage.hear(request, UpdateStatus.COMPLETED)
    stage.wait(2)
    stage.hear(request, UpdateStatus.COMPLETED)
    assert stage.role.ends[UpdateStatus.COMPLETED] == 1
    assert the(DriverRequest, stage.wait(2)).ts == after(4)


@pytest.mark.parametrize("fields", [{"driver_id": BOB}, {"request_id": "R-9"}], ids=["driver", "request"])
def test_what_is_meant_for_somebody_else_is_nothing(fields: dict[str, str]) -> None:
    stage = DriverStage([intent(seconds=0)])
    request = the(DriverRequest, stage.wait(0))
    stage.hear(changed(request, **fields), UpdateStatus.COMPLETED)
    assert sum(stage.role.ends.values()) == 0
    assert the(DriverRequest, stage.wait(30)) == request


def test_an_update_before_anything_was_asked_is_nothing() -> None:
    stage = DriverStage([intent()])
    stage.tell(example(DriverUpdate), example(HealthReport))
    assert the(DriverRequest, stage.wait(4)).request_id == "R-1"


def test_wishes_may_be_endless() -> None:
    stage = DriverStage(intent(f"CP-{number}", seconds=0) for number in range(10**12))
    for number in range(50):
        request = the(DriverRequest, stage.wait(0))
        assert request.cp_id == f"CP-{number}"
        stage.hear(request, UpdateStatus.DENIED)
    assert stage.role.ends[UpdateStatus.DENIED] == 50


# Where it asks


def test_where_a_driver_asks_may_be_chosen_once_its_time_has_come() -> None:
    chosen: list[str] = []

    def choose() -> str:
        chosen.append(f"CP-{len(chosen)}")
        return chosen[-1]

    stage = DriverStage([ChargeIntent(cp_id=choose, wait=timedelta(seconds=4)), intent("CP-9"), intent("CP-9")])
    stage.wait(3.999)
    assert chosen == []
    assert the(DriverRequest, stage.wait(0.001)).cp_id == "CP-0"
    assert {each.cp_id for each in all_of(DriverRequest, stage.wait(90))} == {"CP-0"}
    assert chosen == ["CP-0"]


def test_a_driver_that_comes_back_asks_at_the_point_that_it_had_chosen() -> None:
    points = iter(["CP-7", "CP-8", "CP-9"])
    intents = [ChargeIntent(cp_id=lambda: next(points), wait=timedelta(0)) for _ in range(3)]
    killed = DriverStage(intents, plan="free points")
    request = the(DriverRequest, killed.wait(0))
    back = DriverStage(intents, plan="free points", memory=killed.memory, first=100)
    assert back.said == [request]
    assert request.cp_id == "CP-7"
    back.hear(request, UpdateStatus.COMPLETED)
    assert the(DriverRequest, back.wait(0)).cp_id == "CP-8"


# What it remembers

FILE = [intent("CP-001", seconds=0), intent("CP-002"), intent("CP-003")]


def driver_with(memory: DriverMemory | None, plan: str = "file") -> DriverStage:
    return DriverStage(FILE, plan=plan, memory=memory, first=100)


def test_a_driver_without_a_plan_writes_nothing_down() -> None:
    stage = DriverStage(FILE)
    stage.hear(the(DriverRequest, stage.wait(0)), UpdateStatus.COMPLETED)
    assert all_of(DriverMemory, stage.said) == []


def test_a_request_is_written_down_before_it_is_said() -> None:
    stage = driver_with(None)
    memory, request = stage.wait(0)
    assert isinstance(memory, DriverMemory)
    assert (memory.driver_id, memory.plan, memory.begun, memory.asked) == (ALICE, "file", 1, request)


def test_a_driver_that_comes_back_asks_again_at_once_and_hears_the_end_of_what_it_had_asked_for() -> None:
    killed = driver_with(None)
    request = the(DriverRequest, killed.wait(0))
    killed.hear(request, UpdateStatus.ACCEPTED)
    back = driver_with(killed.memory)
    assert back.said == [request]
    back.hear(request, UpdateStatus.COMPLETED)
    assert back.role.ends[UpdateStatus.COMPLETED] == 1
    assert the(DriverRequest, back.wait(4)).cp_id == "CP-002"


def test_a_driver_that_comes_back_asks_again_until_it_is_answered() -> None:
    killed = driver_with(None)
    request = the(DriverRequest, killed.wait(0))
    back = driver_with(killed.memory)
    assert all_of(DriverRequest, back.wait(60)) == [request, request]


def test_a_driver_that_comes_back_between_two_requests_goes_on_with_the_next_line() -> None:
    killed = driver_with(None)
    killed.hear(the(DriverRequest, killed.wait(0)), UpdateStatus.DENIED)
    back = driver_with(killed.memory)
    assert back.wait(3.9) == []
    assert the(DriverRequest, back.wait(0.1)).cp_id == "CP-002"
    assert back.role.ends[UpdateStatus.DENIED] == 1


def test_a_driver_that_was_done_begins_its_file_anew() -> None:
    done = driver_with(None)
    for _ in FILE:
        done.hear(the(DriverRequest, done.wait(4)), UpdateStatus.COMPLETED)
    assert done.role.done
    assert done.role.ends[UpdateStatus.COMPLETED] == 3
    anew = driver_with(done.memory)
    assert the(DriverRequest, anew.wait(0)).cp_id == "CP-001"
    assert sum(anew.role.ends.values()) == 0


def test_another_file_is_begun_at_its_first_line_once_what_was_open_has_ended() -> None:
    killed = driver_with(None)
    killed.hear(the(DriverRequest, killed.wait(0)), UpdateStatus.COMPLETED)
    request = the(DriverRequest, killed.wait(4))
    back = driver_with(killed.memory, plan="another file")
    assert back.said == [request]
    back.hear(request, UpdateStatus.FAILED)
    assert the(DriverRequest, back.wait(0)).cp_id == "CP-001"
    assert back.memory.plan == "another file"


def test_a_file_that_has_grown_shorter_is_done() -> None:
    memory = DriverMemory(driver_id=ALICE, plan="file", begun=7)
    assert driver_with(memory).role.done


UP, DOWN = LinkUp(peer=Peer.CENTRAL), LinkDown(peer=Peer.CENTRAL)


def test_a_linked_driver_begins_once_the_link_is_open() -> None:
    stage = DriverStage([intent(seconds=0)], linked=True)
    assert stage.wait(60) == []
    stage.tell(UP)
    assert the(DriverRequest, stage.wait(1)).cp_id == CP


def test_a_linked_driver_asks_again_with_the_same_id_whenever_the_link_is_opened_anew() -> None:
    stage = DriverStage([intent(seconds=0), intent(seconds=4)], linked=True)
    stage.tell(UP)
    asked = the(DriverRequest, stage.wait(1))
    stage.hear(asked, UpdateStatus.ACCEPTED)
    assert stage.tell(DOWN) == []
    assert the(DriverRequest, stage.tell(UP)) == asked
    stage.hear(asked, UpdateStatus.COMPLETED)
    assert stage.tell(UP) == [], "nothing is open"
    assert the(DriverRequest, stage.wait(4)).request_id != asked.request_id


def test_a_driver_that_is_not_linked_does_not_ask_again_for_a_link() -> None:
    stage = DriverStage([intent(seconds=0)])
    stage.wait(1)
    assert stage.tell(UP) == []
