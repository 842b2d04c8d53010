"""The monitor: asks its engine for its health, and tells Central at once what changed and regularly that it lives.
Knows no socket and no other role."""

from collections.abc import Callable
from datetime import datetime, timedelta

from evcharging.common.messages import HealthReport
from evcharging.common.messages_link import EngineHealth, HealthQuery
from evcharging.common.utils import Frozen
from evcharging.roles.role import NOTHING, ClockStepped, Effect, Effects, Input, LinkDown, LinkUp, Peer, Started
from evcharging.roles.timers import moved

SILENCE = 3
"""Missed answers in a row that make an engine silent."""

NOT_YET_HEARD = "not yet heard from the engine"
NO_ANSWER = "the engine does not answer"
"""What is wrong with an engine that says nothing."""


class MonitorSetup(Frozen, frozen=True, kw_only=True):
    """Which point it watches, how often it asks, and how often it reports when nothing changes. One that does not
    ask on (`asks`) is content with an engine that has answered, until a link ends or opens."""

    cp_id: str
    interval: timedelta = timedelta(seconds=1)
    report_interval: timedelta = timedelta(seconds=3)
    asks: bool = True


class Monitor:
    """The health watch of one charging point."""

    def __init__(self, setup: MonitorSetup) -> None:
        self.deadline: datetime | None = None
        self._setup = setup
        self._query_open = False
        self._engine_linked = False
        self._central_linked = False
        self._missed = 0
        self._well = False
        self._reason: str | None = NOT_YET_HEARD
        self._deaf = False
        self._ask_at: datetime | None = None
        self._report_at: datetime | None = None

    def on_message(self, message: Input, now: datetime) -> Effects:
        handler = _HANDLERS.get(type(message))
        return handler(self, message, now) if handler else NOTHING

    def on_deadline(self, now: datetime) -> Effects:
        effects: list[Effect] = []
        at = self._ask_at or now
        if at <= now:
            late = self._setup.interval <= now - at
            self._ask_at = (now if late else at) + self._setup.interval
            effects += self._ask(now)
        if self._report_at is not None and self._report_at <= now:
            effects += self._report(now)
        self._sleep()
        return effects

    def _sleep(self) -> None:
        """Until the next question, which regular reports go with unless questions are too seldom for that."""
        if not self._setup.asks and (self._is_content or self._missed >= SILENCE):
            self.deadline = None
            return
        self.deadline = self._ask_at
        if self._ask_at and self._report_at and self._setup.report_interval < self._setup.interval:
            self.deadline = min(self._ask_at, self._report_at)

    @property
    def _is_content(self) -> bool:
        return self._engine_linked and not self._query_open

    def _ask(self, now: datetime) -> list[Effect]:
        effects: list[Effect] = []
        if self._query_open or not self._engine_linked:
            effects += self._miss(now)
        if self._engine_linked:
            self._query_open = True
            effects.append(HealthQuery(ts=now, cp_id=self._setup.cp_id))
        return effects

    def _on_started(self, _: Started, now: datetime) -> Effects:
        self._ask_at = self.deadline = now
        return NOTHING

    def _on_answer(self, answer: EngineHealth, now: datetime) -> Effects:
        self._query_open = False
        self._missed = 0
        if not self._setup.asks:
            self._sleep()
        if answer.cp_id != self._setup.cp_id:
            return self._conclude(False, f"the engine here is {answer.cp_id}, not {self._setup.cp_id}", now)
        return self._conclude(answer.well, answer.reason, now, deaf=answer.deaf)

    def _on_link_up(self, link: LinkUp, now: datetime) -> Effects:
        if link.peer is Peer.ENGINE:
            self._engine_linked, self._query_open = True, True
            self._ask_at = now + self._setup.interval
            self._sleep()
            return [HealthQuery(ts=now, cp_id=self._setup.cp_id)]
        self._central_linked = True
        return [*self._report(now), *self._look_again(now)]

    def _look_again(self, now: datetime) -> list[Effect]:
        """Ask an engine that has answered before, since what it said may be old."""
        if not self._is_content:
            return []
        self._query_open = True
        return [HealthQuery(ts=now, cp_id=self._setup.cp_id)]

    def _on_link_down(self, link: LinkDown, now: datetime) -> Effects:
        if link.peer is Peer.CENTRAL:
            self._central_linked, self._report_at = False, None
            return NOTHING
        if not self._engine_linked:
            return NOTHING
        self._engine_linked, self._query_open = False, False
        self._catch_up(now)
        return self._miss(now)

    def _catch_up(self, now: datetime) -> None:
        """Go on asking at the moments at which it would have asked all the time."""
        if self._ask_at is not None and self._ask_at <= now:
            rounds = (now - self._ask_at) // self._setup.interval + 1
            self._ask_at += rounds * self._setup.interval
        self._sleep()

    def _on_clock_stepped(self, clock: ClockStepped, now: datetime) -> Effects:
        self._ask_at, self._report_at = moved(self._ask_at, clock.by), moved(self._report_at, clock.by)
        self.deadline = moved(self.deadline, clock.by)
        return NOTHING

    def _miss(self, now: datetime) -> Effects:
        self._missed += 1
        if self._missed < SILENCE:
            return NOTHING
        return self._conclude(False, NO_ANSWER, now)

    def _conclude(self, well: bool, reason: str | None, now: datetime, *, deaf: bool = False) -> Effects:
        if (well, reason, deaf) == (self._well, self._reason, self._deaf):
            return NOTHING
        self._well, self._reason, self._deaf = well, reason, deaf
        return self._report(now)

    def _report(self, now: datetime) -> Effects:
        if not self._central_linked:
            return NOTHING
        self._report_at = now + self._setup.report_interval
        self._sleep()
        cp_id = self._setup.cp_id
        return [HealthReport(ts=now, cp_id=cp_id, well=self._well, reason=self._reason, deaf=self._deaf)]


_HANDLERS: dict[type[Input], Callable[..., Effects]] = {
    EngineHealth: Monitor._on_answer,
    Started: Monitor._on_started,
    LinkUp: Monitor._on_link_up,
    LinkDown: Monitor._on_link_down,
    ClockStepped: Monitor._on_clock_stepped,
}
