"""Whatever comes to an engine, in whatever order and however often, killed at any moment: the register only grows, one
supply is open at most, the state keeps to the table, and what is said to have been delivered is what was metered."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from evcharging.common.messages import (
    Action,
    CentralCommand,
    CPStatus,
    CPTelemetry,
    EndReason,
    QueryStatus,
    StartSupply,
    StopSupply,
    SupplyEnded,
    SupplyRefused,
    SupplyStarted,
)
from evcharging.common.messages_link import HealthQuery
from evcharging.common.states import TRANSITIONS, CPState
from evcharging.common.utils import changed
from evcharging.domain.meter import energy_mwh
from evcharging.domain.supply import Reading, Supply
from evcharging.roles.engine.orders import ByHand
from evcharging.roles.engine.setup import EngineSetup
from evcharging.roles.role import Effect, Input, Stopping
from evcharging.tests.stages.engine_stage import EngineStage, start
from evcharging.tests.stages.scenario import CP, T0, story

STEPS = {(state, after) for (state, _), after in TRANSITIONS.items()} | {(state, state) for state in CPState}
TWO_STEPS = {(a, d) for a, b in STEPS for c, d in STEPS if b is c}
"""From which state one input may lead to which: by one edge of the table, or by two where one input means two."""

Word = StartSupply | StopSupply | CentralCommand | QueryStatus


def _figures(final: SupplyEnded) -> SupplyEnded:
    """What every word of the same end says; that the vehicle has left comes later."""
    return changed(final, epoch=0, seq=0, plugged=False, unplugged_at=None)


class EngineStory(RuleBasedStateMachine):
    """An engine by itself or by hand, with or without a crash in between."""

    def __init__(self) -> None:
        super().__init__()
        self.stage = EngineStage(EngineSetup(cp_id=CP))
        self.words: list[Word] = []
        self.epoch, self.seq, self.sessions = 1, 0, 0
        self.finals: dict[str, SupplyEnded] = {}
        self.beginnings: dict[str, int] = {}
        self.told: dict[str, int] = {}
        self.register = 0

    @initialize(
        manual=st.booleans(), ticks=st.none() | st.integers(1, 5), power_w=st.sampled_from([0, 1, 7_360, 22_000])
    )
    def a_kind_of_point(self, manual: bool, ticks: int | None, power_w: int) -> None:
        setup = EngineSetup(cp_id=CP, manual=manual, ticks=ticks, power_w=power_w, plug_wait=timedelta(seconds=4))
        self.stage = EngineStage(setup, self.stage.now)

    @rule(limit_mwh=st.none() | st.integers(0, 40_000))
    def central_orders_a_supply(self, limit_mwh: int | None) -> None:
        self.sessions += 1
        before = self.stage.every(Supply).get(CP)
        self._say(start(f"S-{self.sessions}", seq=self._next(), epoch=self.epoch, limit_mwh=limit_mwh))
        if before is not None and before.is_open:
            assert self.stage.every(Supply)[CP] == before

    @rule(action=st.sampled_from(Action))
    def central_commands(self, action: Action) -> None:
        self._say(CentralCommand(ts=T0, epoch=self.epoch, seq=self._next(), cp_id=CP, action=action))

    @rule(back=st.integers(0, 2))
    def central_stops_a_session(self, back: int) -> None:
        self._say(StopSupply(ts=T0, epoch=self.epoch, seq=self._next(), cp_id=CP, session_id=self._session(back)))

    @rule(back=st.integers(0, 2))
    def central_asks(self, back: int) -> None:
        self._say(QueryStatus(ts=T0, epoch=self.epoch, seq=self._next(), cp_id=CP, session_id=self._session(back)))

    @rule()
    def another_central_begins(self) -> None:
        self.epoch, self.seq = self.epoch + 1, 0

    @precondition(lambda self: self.words)
    @rule(data=st.data())
    def an_old_word_comes_again(self, data: st.DataObject) -> None:
        word = data.draw(st.sampled_from(self.words))
        before = (self.stage.role.state, self.stage.register, self.stage.every(Supply).get(CP))
        self._take(self.stage.tell(word))
        after = (self.stage.role.state, self.stage.register, self.stage.every(Supply).get(CP))
        assert before == after or (isinstance(word, StopSupply) and before[2] is not None)

    @rule(action=st.sampled_from(Action))
    def a_hand_does_something(self, action: Action) -> None:
        self._tell(ByHand(action=action))

    @rule()
    def a_monitor_asks(self) -> None:
        self._tell(HealthQuery(ts=T0, cp_id=CP))

    @rule(seconds=st.sampled_from([0, 0.001, 0.7, 1, 2.5, 5, 30]))
    def time_passes(self, seconds: float) -> None:
        self._take(self.stage.wait(seconds))

    @rule(seconds=st.sampled_from([0.5, 3600]))
    def the_clock_steps_back(self, seconds: float) -> None:
        self.stage.now -= timedelta(seconds=seconds)

    @rule(politely=st.booleans())
    def the_engine_dies_and_starts_again(self, politely: bool) -> None:
        if politely:
            self._tell(Stopping())
        self._take(self.stage.restart())

    def _next(self) -> int:
        self.seq += 1
        return self.seq

    def _session(self, back: int) -> str:
        return f"S-{max(1, self.sessions - back)}"

    def _say(self, word: Word) -> None:
        self.words.append(word)
        self._tell(word)

    def _tell(self, message: Input) -> None:
        before = self.stage.role.state
        self._take(self.stage.tell(message))
        assert (before, self.stage.role.state) in TWO_STEPS

    def _take(self, effects: list[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Reading):
                assert effect.register_mwh >= self.register
                self.register = effect.register_mwh
            elif isinstance(effect, SupplyStarted):
                assert self.beginnings.setdefault(effect.session_id, effect.register_mwh) == effect.register_mwh
            elif isinstance(effect, CPTelemetry):
                assert effect.session_id not in self.finals
                self.told[effect.session_id] = effect.register_mwh
            elif isinstance(effect, SupplyEnded):
                self._take_final(effect)
            elif isinstance(effect, SupplyRefused):
                assert effect.session_id not in self.beginnings or effect.session_id not in self._newest()
            elif isinstance(effect, CPStatus):
                assert effect.register_mwh == self.register

    def _newest(self) -> set[str]:
        return {supply.session_id for supply in self.stage.every(Supply).values()}

    def _take_final(self, final: SupplyEnded) -> None:
        again = self.finals.setdefault(final.session_id, final)
        assert _figures(again) == _figures(final)
        assert final.unplugged_at is None or final.unplugged_at >= final.ts
        assert final.register_start_mwh == self.beginnings[final.session_id]
        assert final.register_stop_mwh >= self.told.get(final.session_id, final.register_start_mwh)
        energy = final.register_stop_mwh - final.register_start_mwh
        assert 0 <= energy <= energy_mwh(self.stage.setup.power_w, final.ts - final.started_at)
        assert final.ended_by is not EndReason.NOT_STARTED

    @invariant()
    def the_last_final_reading_is_the_register(self) -> None:
        assert self.stage.register == self.register
        supply = self.stage.every(Supply).get(CP)
        if supply is not None and not supply.is_open:
            assert supply.register_stop_mwh == self.register

    @invariant()
    def energy_flows_exactly_where_a_journalled_supply_has_begun(self) -> None:
        supply = self.stage.every(Supply).get(CP)
        flows = supply is not None and supply.is_open and supply.started_at is not None
        assert (self.stage.role.state is CPState.SUPPLYING) is flows

    @invariant()
    def what_waits_or_flows_has_a_deadline_and_nothing_else_has(self) -> None:
        supply = self.stage.every(Supply).get(CP)
        assert (self.stage.role.deadline is not None) is (supply is not None and supply.is_open)


TestEngineStory = EngineStory.TestCase
TestEngineStory.settings = story
