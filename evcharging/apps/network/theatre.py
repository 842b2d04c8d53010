"""Plays scenarios, one at a time: step by step in the network's own time, and undone where it is ended early. Knows
what each step is called, and not how it is done."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta

from evcharging.adapters.clock import Clock
from evcharging.adapters.store import StoreUnavailable
from evcharging.apps.ev_central.lab import Play
from evcharging.apps.ev_central.refusals import OrderRefused, UnknownResource
from evcharging.apps.network.scenarios import SCRIPTS, UNDOES, Scene, Script

LogLine = Callable[[str, str], None]


class Theatre:
    """`do` does a step, and `log` is told of each."""

    def __init__(self, do: Callable[[Scene], Awaitable[None]], clock: Clock, log: LogLine) -> None:
        self.going: Play | None = None
        """What is played, while something is."""
        self._do = do
        self._clock = clock
        self._log = log
        self._wake = asyncio.Event()
        self._is_ending = False
        self._task: asyncio.Task[None] | None = None

    def begin(self, scenario_id: str) -> None:
        """Play it; raises UnknownResource, or OrderRefused while another one goes on."""
        script = SCRIPTS.get(scenario_id)
        if script is None:
            raise UnknownResource(f"There is no scenario {scenario_id}; there are {', '.join(SCRIPTS)}")
        if self.going is not None:
            raise OrderRefused(f"The scenario {self.going.scenario_id} goes on: end it first")
        now = self._clock.now()
        ends_at = now + timedelta(seconds=script.seconds)
        self.going = Play(scenario_id, now, ends_at, 0, len(script.steps))
        self._is_ending = False
        self._task = asyncio.create_task(self._play(script))

    async def end(self) -> None:
        """End what is played, and undo it; raises OrderRefused where nothing is."""
        if self.going is None or self._task is None:
            raise OrderRefused("No scenario is played")
        self._is_ending = True
        self._wake.set()
        await asyncio.wait([self._task])

    async def close(self) -> None:
        """Play no more, as the network ends."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        self.going = None

    async def _play(self, script: Script) -> None:
        try:
            done: set[Scene] = set()
            for number, step in enumerate(script.steps, 1):
                await self._wait(step.after_s)
                is_undone = UNDOES.get(step.scene) in done
                if not self._is_ending or is_undone:
                    done.add(step.scene)
                    await self._take(step.scene)
                if self.going is not None:
                    self.going = self.going._replace(step=number)
        finally:
            self.going = None

    async def _take(self, scene: Scene) -> None:
        """What cannot be done is said, and the rest goes on."""
        self._log("info", f"Scenario: {scene}")
        try:
            await self._do(scene)
        except (OrderRefused, UnknownResource, StoreUnavailable) as error:
            self._log("warning", str(error))

    async def _wait(self, seconds: int) -> None:
        until = self._clock.now() + timedelta(seconds=seconds)
        while not self._is_ending and self._clock.now() < until:
            await self._clock.wait(self._wake, until)
