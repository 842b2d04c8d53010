"""The charging-point engine: obeys Central, meters by its schedule, ends what must end.
Knows no transport, no journal and no other role."""

from collections.abc import Callable
from datetime import datetime

from evcharging.common.messages import (
    Action,
    CentralCommand,
    EndReason,
    HealthQuery,
    Message,
    Order,
    QueryStatus,
    StartSupply,
    StopSupply,
)
from evcharging.common.states import CPEvent, CPState, is_allowed, next_state
from evcharging.common.utils import changed
from evcharging.domain.charging_point import refusal
from evcharging.domain.supply import EngineMemory, Reading, Supply, ended, marked, ordered, redated, started
from evcharging.domain.tariff import why_no_tariff
from evcharging.roles.engine.messages import EngineMessages, Nameplate
from evcharging.roles.engine.meter import RunningMeter
from evcharging.roles.engine.orders import ByHand, is_current, is_fresh, is_new
from evcharging.roles.engine.setup import EngineSetup
from evcharging.roles.role import (
    NOTHING,
    BusBack,
    BusLost,
    ClockStepped,
    Effect,
    Effects,
    Input,
    Started,
    Stopping,
)

DEAF = "cannot reach Kafka"
UNWELL = frozenset({CPState.FAULT, CPState.DISCONNECTED})


class Engine:
    """One charging point. `epoch` is the number of this run, and `run` tells its process from any other; the records
    are what the last run wrote down."""

    def __init__(
        self,
        setup: EngineSetup,
        epoch: int,
        *,
        run: int = 0,
        memory: EngineMemory | None = None,
        supply: Supply | None = None,
        reading: Reading | None = None,
    ) -> None:
        self.deadline: datetime | None = None
        self.state = CPState.DISCONNECTED
        self._setup = setup
        self._memory = memory or EngineMemory(cp_id=setup.cp_id)
        self._supply = supply
        self._reading = reading
        self._meter = RunningMeter(setup, reading)
        self._voice = EngineMessages(
            Nameplate(
                cp_id=setup.cp_id,
                power_w=setup.power_w,
                micro_euros_per_kwh=setup.micro_euros_per_kwh,
                manual=setup.manual,
                interval=setup.interval,
                epoch=epoch,
                run=run,
            )
        )
        self._epoch = epoch
        self._run = run
        self._announced = (epoch, 0)
        self._deaf = False

    def on_message(self, message: Input, now: datetime) -> Effects:
        handler = _HANDLERS.get(type(message))
        return handler(self, message, now) if handler else NOTHING

    def on_deadline(self, now: datetime) -> Effects:
        at, supply = self.deadline, self._supply
        if at is None or supply is None or not supply.is_open:
            self.deadline = None
            return NOTHING
        if supply.started_at is None:
            return self._drop(supply, "no vehicle was plugged in", at)
        return self._tick(supply, supply.started_at, at)

    # Life

    def _on_started(self, _: Started, now: datetime) -> Effects:
        effects = self._close_last_run(now)
        self._step(CPEvent.CONNECT)
        if self._memory.fault is not None:
            self._step(CPEvent.FAIL)
        self._stop_if_stopped()
        return [*effects, self._announce(now)]

    def _announce(self, now: datetime) -> Effect:
        """Say how it is; orders that were given before Central knows that are not obeyed."""
        status = self._status(now)
        self._announced = (self._epoch, self._voice.spoken)
        return status

    def _on_bus_lost(self, _: BusLost, now: datetime) -> Effects:
        self._deaf = True
        return NOTHING

    def _on_bus_back(self, _: BusBack, now: datetime) -> Effects:
        self._deaf = False
        return [self._announce(now)]

    def _on_clock_stepped(self, step: ClockStepped, now: datetime) -> Effects:
        """The supply that runs is as long as it was: all its moments move with the clock."""
        self.deadline = self.deadline and self.deadline + step.by
        self._meter.shift(step.by)
        supply = self._supply
        if supply is None or not supply.is_open or supply.started_at is None:
            return NOTHING
        self._supply = supply = redated(supply, step.by)
        read_at = self._meter.read_at or now
        self._meter.look_ahead(supply, supply.started_at or now, now)
        self.deadline = self._meter.next_reading(read_at)
        reading = self._meter.reading(read_at)
        return [supply, reading, self._voice.about(supply, now)]

    def _close_last_run(self, now: datetime) -> list[Effect]:
        supply = self._supply
        if supply is None:
            return []
        if supply.is_open and supply.started_at is None:
            return self._drop(supply, "the charging point restarted", now)
        if supply.is_open and supply.started_at is not None:
            at = max(self._reading.ts, supply.started_at) if self._reading else supply.started_at
            supply = self._supply = ended(supply, self._meter.register, at, EndReason.RESTART, None)
            return [*self._let_go(), supply, self._voice.last_word(supply)]
        return [self._voice.last_word(supply)]

    def _on_stopping(self, _: Stopping, now: datetime) -> Effects:
        effects = self._end_if_open(EndReason.SHUTDOWN, now)
        if is_allowed(self.state, CPEvent.DISCONNECT):
            self._step(CPEvent.DISCONNECT)
        return effects

    # Central's orders

    def _on_start(self, order: StartSupply, now: datetime) -> Effects:
        if not is_current(self._memory, order, now):
            return NOTHING
        supply = self._supply
        if supply and supply.session_id == order.session_id:
            return [self._voice.about(supply, now)]
        if not is_new(self._memory, order) or not self._may_obey(order, now):
            return NOTHING
        obstacle = self._obstacle() or why_no_tariff(order.tariff)
        if obstacle:
            return [*self._obey(order), self._voice.refusal(order.session_id, obstacle, now)]
        self._supply = ordered(order)
        if self._setup.manual and not self._memory.plugged:
            self.deadline = now + self._setup.plug_wait
            return [*self._obey(order), self._supply, self._voice.about(self._supply, now)]
        return [*self._obey(order, plugged=True), *self._begin(self._supply, now)]

    def _obstacle(self) -> str | None:
        busy = self._supply is not None and self._supply.is_open
        return refusal(self._setup.cp_id, self.state, self._memory.fault, busy=busy, stopped=False)

    def _on_stop_supply(self, order: StopSupply, now: datetime) -> Effects:
        if not is_current(self._memory, order, now):
            return NOTHING
        effects, supply = self._obey(order), self._supply
        if supply is None or supply.session_id != order.session_id:
            return effects
        if not supply.is_open:
            return [*effects, self._voice.last_word(supply)]
        return [*effects, *self._end_if_open(EndReason.STOPPED, now), self._status(now)]

    def _on_query(self, query: QueryStatus, now: datetime) -> Effects:
        if not is_current(self._memory, query, now):
            return NOTHING
        status = self._voice.status(self.state, self._memory, self._meter.register, now, query)
        effects: list[Effect] = [*self._obey(query), status]
        if query.session_id is not None:
            supply = self._supply
            if supply and supply.session_id == query.session_id:
                effects.append(self._voice.about(supply, now))
            else:
                effects.append(self._voice.refusal(query.session_id, f"{self._setup.cp_id} never began it", now))
        return effects

    def _on_command(self, command: CentralCommand, now: datetime) -> Effects:
        memory = self._memory
        if not (is_current(memory, command, now) and is_new(memory, command) and self._may_obey(command, now)):
            return NOTHING
        return [*self._obey(command), *self._act(command.action, now)]

    def _on_hand(self, hand: ByHand, now: datetime) -> Effects:
        return self._act(hand.action, now)

    def _act(self, action: Action, now: datetime) -> list[Effect]:
        effects = _ACTIONS[action](self, now)
        return [*effects, self._status(now)]

    # Actions

    def _stop(self, now: datetime) -> list[Effect]:
        effects = self._end_if_open(EndReason.STOPPED, now)
        effects += self._note(stopped=True)
        self._stop_if_stopped()
        return effects

    def _resume(self, now: datetime) -> list[Effect]:
        if self.state is CPState.STOPPED:
            self._step(CPEvent.RESUME)
        return self._note(stopped=False)

    def _plug(self, now: datetime) -> list[Effect]:
        supply = self._supply
        effects = self._note(plugged=True)
        if supply and supply.is_open:
            return effects + (self._begin(supply, now) if supply.started_at is None else [])
        if self.state is CPState.ACTIVATED:
            effects.append(self._voice.walk_in(now))
        return effects

    def _unplug(self, now: datetime) -> list[Effect]:
        effects = self._end_if_open(EndReason.UNPLUGGED, now)
        return effects + self._note(plugged=False)

    def _fail(self, now: datetime) -> list[Effect]:
        if self.state is CPState.FAULT:
            return []
        effects = self._end_if_open(EndReason.FAULT, now)
        self._step(CPEvent.FAIL)
        return effects + self._note(fault="fault reported at the point")

    def _recover(self, now: datetime) -> list[Effect]:
        if self.state is CPState.FAULT:
            self._step(CPEvent.RECOVER)
        effects = self._note(fault=None)
        self._stop_if_stopped()
        return effects

    # Supply

    def _begin(self, supply: Supply, now: datetime) -> list[Effect]:
        self._step(CPEvent.START_SUPPLY)
        self._supply = started(supply, self._meter.register, now)
        self._meter.begin(supply, now)
        self.deadline = self._meter.next_reading(now)
        return [self._supply, self._voice.about(self._supply, now), self._status(now)]

    def _tick(self, supply: Supply, begun: datetime, at: datetime) -> list[Effect]:
        meter = self._meter
        meter.read(supply, begun, at)
        effects: list[Effect] = [meter.reading(at), self._voice.reading(supply, meter.register, at)]
        if meter.passes_edge(supply, begun, at):
            self._supply = marked(supply, meter.register, at)
            effects.append(self._supply)
        if meter.is_over(at):
            return [*effects, *self._end_if_open(EndReason.COMPLETE, at), self._status(at)]
        self.deadline = meter.next_reading(at)
        return effects

    def _end_if_open(self, by: EndReason, now: datetime) -> list[Effect]:
        supply = self._supply
        if supply is None or not supply.is_open:
            return []
        if supply.started_at is None:
            return self._drop(supply, by.value, now)
        at = max(now, self._meter.read_at or now)
        self._meter.read(supply, supply.started_at, at)
        self._step(CPEvent.END_SUPPLY)
        self.deadline = None
        supply = self._supply = ended(supply, self._meter.register, at, by, None)
        return [self._meter.reading(at), supply, *self._let_go(), self._voice.last_word(supply)]

    def _let_go(self) -> list[Effect]:
        """At a point that works by itself the vehicle leaves when its supply has ended."""
        return [] if self._setup.manual else self._note(plugged=False)

    def _drop(self, supply: Supply, why: str, now: datetime) -> list[Effect]:
        self.deadline = None
        supply = self._supply = ended(supply, self._meter.register, now, EndReason.NOT_STARTED, why)
        return [supply, self._voice.last_word(supply)]

    # What it says

    def _on_health_query(self, query: HealthQuery, now: datetime) -> Effects:
        reason = None if self.state not in UNWELL else self._memory.fault or "not ready"
        if self._deaf:
            reason = reason or DEAF
        return [self._voice.health(query.cp_id, reason, self._deaf, now)]

    def _status(self, now: datetime) -> Effect:
        return self._voice.status(self.state, self._memory, self._meter.register, now)

    # Its own bookkeeping

    def _step(self, event: CPEvent) -> None:
        self.state = next_state(self.state, event)

    def _stop_if_stopped(self) -> None:
        if self._memory.stopped and self.state is CPState.ACTIVATED:
            self._step(CPEvent.STOP)

    def _may_obey(self, order: Order, now: datetime) -> bool:
        """Whether an order is not too old; what arrives while the bus is lost may be."""
        return not self._deaf and is_fresh(order, self._announced, self._run, now)

    def _obey(self, order: Message, **condition: object) -> list[Effect]:
        if is_new(self._memory, order):
            return self._note(central_epoch=order.epoch, central_seq=order.seq, **condition)
        return self._note(**condition)

    def _note(self, **condition: object) -> list[Effect]:
        memory = changed(self._memory, **condition)
        if memory == self._memory:
            return []
        self._memory = memory
        return [memory]


# The table hands each handler exactly the type that it is listed under.
_HANDLERS: dict[type[Input], Callable[..., Effects]] = {
    HealthQuery: Engine._on_health_query,
    Started: Engine._on_started,
    Stopping: Engine._on_stopping,
    StartSupply: Engine._on_start,
    StopSupply: Engine._on_stop_supply,
    QueryStatus: Engine._on_query,
    CentralCommand: Engine._on_command,
    BusLost: Engine._on_bus_lost,
    BusBack: Engine._on_bus_back,
    ClockStepped: Engine._on_clock_stepped,
    ByHand: Engine._on_hand,
}

_ACTIONS: dict[Action, Callable[[Engine, datetime], list[Effect]]] = {
    Action.STOP: Engine._stop,
    Action.RESUME: Engine._resume,
    Action.PLUG: Engine._plug,
    Action.UNPLUG: Engine._unplug,
    Action.FAULT: Engine._fail,
    Action.RECOVER: Engine._recover,
}
