"""Scenarios as they are played: step by step in the network's own time, undone where they are ended early."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from functools import wraps

import pytest

from evcharging.adapters.clock import SteppedClock
from evcharging.apps.ev_central.refusals import OrderRefused, UnknownResource
from evcharging.apps.network.scenarios import SCRIPTS, UNDOES, Scene
from evcharging.apps.network.theatre import Theatre

START = datetime(2026, 1, 1, tzinfo=UTC)


class Stage:
    """A theatre on a clock that the test turns; `done` is what was done, and after how many seconds."""

    def __init__(self) -> None:
        self.clock = SteppedClock(START)
        self.done: list[tuple[Scene, float]] = []
        self.said: list[str] = []
        self.refuses: Scene | None = None
        self.theatre = Theatre(self.do, self.clock, lambda level, text: self.said.append(f"{level}: {text}"))

    async def do(self, scene: Scene) -> None:
        self.done.append((scene, (self.clock.now() - START).total_seconds()))
        if scene is self.refuses:
            raise OrderRefused("there are too many drivers")

    async def pass_time(self, seconds: float) -> None:
        await self.clock.run_until(START + timedelta(seconds=seconds))


def on_stage(act: Callable[[Stage], Awaitable[None]]) -> Callable[[], None]:
    @wraps(act)
    def test() -> None:
        async def run() -> None:
            await act(Stage())

        asyncio.run(run())

    del test.__dict__["__wrapped__"]  # else the stage would be sought among the fixtures
    return test


@pytest.mark.parametrize("scenario_id", SCRIPTS)
def test_a_scenario_undoes_all_that_it_does(scenario_id: str) -> None:
    going: set[Scene] = set()
    for step in SCRIPTS[scenario_id].steps:
        going ^= {UNDOES.get(step.scene, step.scene)}
    assert going == set()
    assert SCRIPTS[scenario_id].seconds > 0


@on_stage
async def test_each_step_is_taken_in_its_time_and_told_of(stage: Stage) -> None:
    stage.theatre.begin("central-dies")
    await stage.pass_time(9)
    assert stage.done == [(Scene.CENTRAL_DIES, 0)]
    play = stage.theatre.going
    assert play is not None
    assert (play.scenario_id, play.step, play.steps) == ("central-dies", 1, 2)
    assert (play.began_at, play.ends_at) == (START, START + timedelta(seconds=10))
    await stage.pass_time(11)
    assert stage.done == [(Scene.CENTRAL_DIES, 0), (Scene.CENTRAL_BEGINS_AGAIN, 10)]
    assert stage.theatre.going is None
    assert stage.said == ["info: Scenario: Central dies", "info: Scenario: Central begins again"]


@on_stage
async def test_ended_early_it_undoes_what_it_did_at_once_and_does_nothing_more(stage: Stage) -> None:
    stage.theatre.begin("worst-day")
    await stage.pass_time(12)
    await stage.theatre.end()
    scenes = [scene for scene, _ in stage.done]
    assert scenes == [Scene.DRIVERS_COME, Scene.SITE_IS_CUT, Scene.LINKS_ARE_RESTORED, Scene.DRIVERS_GO]
    assert {at for _, at in stage.done[2:]} == {12}
    assert stage.theatre.going is None


@on_stage
async def test_one_is_played_at_a_time_and_only_what_there_is(stage: Stage) -> None:
    with pytest.raises(UnknownResource, match="There is no scenario flood; there are busy-evening, site-offline"):
        stage.theatre.begin("flood")
    with pytest.raises(OrderRefused, match="No scenario is played"):
        await stage.theatre.end()
    stage.theatre.begin("faults")
    with pytest.raises(OrderRefused, match="The scenario faults goes on: end it first"):
        stage.theatre.begin("faults")
    await stage.theatre.end()
    stage.theatre.begin("central-dies")
    await stage.theatre.close()
    assert stage.theatre.going is None


@on_stage
async def test_a_step_that_cannot_be_taken_is_said_and_the_rest_goes_on(stage: Stage) -> None:
    stage.refuses = Scene.DRIVERS_COME
    stage.theatre.begin("busy-evening")
    await stage.pass_time(61)
    assert [scene for scene, _ in stage.done] == [Scene.DRIVERS_COME, Scene.DRIVERS_GO]
    assert stage.said[1] == "warning: there are too many drivers"
    assert stage.theatre.going is None
