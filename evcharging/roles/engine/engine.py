"""The charging-point engine: obeys Central, keeps to limits, ends what must end. Knows no transport, no journal and no
other role."""

from collections.abc import Callable, Iterator
from datetime import datetime

from evcharging.common.messages import (
    Action,
    CentralCommand,
    EndReason,
    ExtendSupply,
    Order,
    QueryStatus,
    SetLimit,
    StartSupply,
    StopSupply,
)
from evcharging.common.messages_grants import GrantPower, ManagePoint
from evcharging.common.messages_link import HealthQuery
from evcharging.common.states import CPEvent, CPState
from evcharging.domain.charging_point import refusal
from evcharging.domain.supply import EngineMemory, Reading, Supply
from evcharging.domain.tariff import why_no_tariff
from evcharging.domain.vehicle import Visit
from evcharging.roles.engine.condition import Condition
from evcharging.roles.engine.messages import EngineMessages, Nameplate
from evcharging.roles.engine.orders import ByHand, is_current, is_fresh, is_new
from evcharging.roles.engine.power import EnginePower
from evcharging.roles.engine.setup import EngineSetup
from evcharging.roles.engine.supply import EngineSupply
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
    are what the last run wrote down. `visits` are the vehicles that come there, where it has any."""

    def __init__(
        self,
        setup: EngineSetup,
        epoch: int,
        *,
        run: int = 0,
        memory: EngineMemory | None = None,
        supply: Supply | None = None,
        reading: Reading | None = None,
        visits: Iterator[Visit] | None = None,
        is_leased: bool = True,
    ) -> None:
        self._setup = setup
        self._condition = Condition(memory or EngineMemory(cp_id=setup.cp_id))
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
        self._power = EnginePower(self._condition, epoch, run, is_leased=is_leased)
        self._supply = EngineSupply(setup, self._condition, self._voice, supply, reading, visits, self._power)
        self._epoch = epoch
        self._run = run
        self._announced = (epoch, 0)
        self._deaf = False

    @property
    def deadline(self) -> datetime | None:
        """When it wants to be woken."""
        supply, power = self._supply.deadline, self._power.deadline
        if supply is None or power is None:
            return supply or power
        return supply if supply <= power else power

    @property
    def state(self) -> CPState:
        """How it is."""
        return self._condition.state

    def draws(self, now: datetime) -> tuple[int, int]:
        """The power that flows from its site, in W, and on how many phases: for who looks at the meter itself."""
        return self._supply.draws(now)

    def register_at(self, now: datetime) -> int:
        """What its register shows, in mWh: for who looks at the meter itself."""
        return self._supply.register_at(now)

    def on_message(self, message: Input, now: datetime) -> Effects:
        handler = _HANDLERS.get(type(message))
        return self._with_report(handler(self, message, now), now) if handler else NOTHING

    def on_deadline(self, now: datetime) -> Effects:
        at = self.deadline
        if at is None:
            return NOTHING
        effects: list[Effect] = []
        if self._power.until == at:
            self._power.drop()
            self._power.has_news = True
            effects += self._supply.limit(at)
        if self._supply.deadline == at:
            effects += self._supply.on_deadline()
        return self._with_report(effects, now)

    def _with_report(self, effects: Effects, now: datetime) -> Effects:
        """And what its site is told, once all has happened that was due."""
        power = self._power
        if self._condition.memory.managed is None:
            return effects
        power.follow(is_drawing=self._supply.is_drawing, now=now)
        if not power.has_news or ((due := self.deadline) is not None and due <= now):
            return effects
        return [*effects, *power.report(self._setup.cp_id, self._voice.number, self._supply.needs(now), now)]

    # Life

    def _on_started(self, _: Started, now: datetime) -> Effects:
        condition = self._condition
        effects = self._supply.close_last_run(now)
        condition.step(CPEvent.CONNECT)
        if condition.memory.fault is not None:
            condition.step(CPEvent.FAIL)
        condition.stop_if_stopped()
        return [*effects, self._announce(now)]

    def _announce(self, now: datetime) -> Effect:
        """Say how it is; orders that were given before Central knows that are not obeyed."""
        status = self._supply.status(now)
        self._announced = (self._epoch, self._voice.spoken)
        return status

    def _on_bus_lost(self, _: BusLost, now: datetime) -> Effects:
        self._deaf = True
        return NOTHING

    def _on_bus_back(self, _: BusBack, now: datetime) -> Effects:
        self._deaf = False
        return [self._announce(now)]

    def _on_clock_stepped(self, step: ClockStepped, now: datetime) -> Effects:
        self._power.shift(step.by)
        return self._supply.shift(step.by, now)

    def _on_stopping(self, _: Stopping, now: datetime) -> Effects:
        effects = self._supply.end(EndReason.SHUTDOWN, now)
        self._condition.step_if_allowed(CPEvent.DISCONNECT)
        return effects

    # Central's orders

    def _on_start(self, order: StartSupply, now: datetime) -> Effects:
        if not self._is_current(order, now):
            return NOTHING
        newest = self._supply.newest
        if newest and newest.session_id == order.session_id:
            return [self._voice.about(newest, now)]
        if not self._may_obey(order, now):
            return NOTHING
        obstacle = self._obstacle(order, now)
        if obstacle:
            return [*self._condition.obey(order), self._voice.refusal(order.session_id, obstacle, now)]
        return self._supply.order(order, now)

    def _obstacle(self, order: StartSupply, now: datetime) -> str | None:
        condition, supply = self._condition, self._supply
        obstacle = refusal(
            self._setup.cp_id,
            condition.state,
            condition.memory.fault,
            busy=supply.is_open,
            stopped=False,
            occupied=supply.is_occupied,
        )
        is_late = order.ends_by is not None and order.ends_by <= now
        return obstacle or why_no_tariff(order.tariff) or (EndReason.TIME_UP.value if is_late else None)

    def _on_stop_supply(self, order: StopSupply, now: datetime) -> Effects:
        if not self._is_current(order, now):
            return NOTHING
        effects, newest = self._condition.obey(order), self._supply.newest
        if newest is None or newest.session_id != order.session_id:
            return effects
        if not newest.is_open:
            return [*effects, self._voice.last_word(newest)]
        if order.ends_by is not None and order.ends_by > now:
            return [*effects, *self._supply.end_by(order.ends_by)]
        by = EndReason.DRIVER if order.by_driver else EndReason.STOPPED
        return [*effects, *self._supply.end(by, now), self._supply.status(now)]

    def _on_extend(self, order: ExtendSupply, now: datetime) -> Effects:
        """What was ordered later counts."""
        memory = self._condition.memory
        if not self._is_current(order, now) or not is_new(memory, order):
            return NOTHING
        return [*self._condition.obey(order), *self._supply.extend(order, now)]

    def _on_query(self, query: QueryStatus, now: datetime) -> Effects:
        if not self._is_current(query, now):
            return NOTHING
        effects: list[Effect] = [*self._condition.obey(query), self._supply.status(now, query)]
        if query.session_id is not None:
            newest = self._supply.newest
            if newest and newest.session_id == query.session_id:
                effects.append(self._voice.about(newest, now))
            else:
                effects.append(self._voice.refusal(query.session_id, f"{self._setup.cp_id} never began it", now))
        return effects

    def _on_command(self, command: CentralCommand, now: datetime) -> Effects:
        if not (self._is_current(command, now) and self._may_obey(command, now)):
            return NOTHING
        return [*self._condition.obey(command), *self._act(command.action, now)]

    def _on_limit(self, order: SetLimit, now: datetime) -> Effects:
        """What it keeps to lasts, over the end of the supply and over a restart."""
        if not (self._is_current(order, now) and self._may_obey(order, now)):
            return NOTHING
        is_other = self._power.has_news = self._condition.memory.limit != order.limit
        effects = self._condition.obey(order, limit=order.limit)
        return [*effects, *(self._supply.limit(now) if is_other else []), self._supply.status(now)]

    def _on_manage(self, order: ManagePoint, now: datetime) -> Effects:
        """Whom it belongs to lasts, over a restart."""
        noted = self._power.manage(order, now)
        return NOTHING if noted is None else [*noted, *self._supply.limit(now)]

    def _on_grant(self, grant: GrantPower, now: datetime) -> Effects:
        before = self._power.allowed_ma(self._supply.phases)
        self._power.take(grant, now)
        return NOTHING if self._power.allowed_ma(self._supply.phases) == before else self._supply.limit(now)

    def _on_hand(self, hand: ByHand, now: datetime) -> Effects:
        return self._act(hand.action, now)

    def _act(self, action: Action, now: datetime) -> list[Effect]:
        effects = _ACTIONS[action](self, now)
        return [*effects, self._supply.status(now)]

    # Actions

    def _stop(self, now: datetime) -> list[Effect]:
        effects = self._supply.end(EndReason.STOPPED, now)
        effects += self._condition.note(stopped=True)
        self._condition.stop_if_stopped()
        return effects

    def _resume(self, now: datetime) -> list[Effect]:
        if self.state is CPState.STOPPED:
            self._condition.step(CPEvent.RESUME)
        return self._condition.note(stopped=False)

    def _plug(self, now: datetime) -> list[Effect]:
        effects = self._condition.note(plugged=True)
        if self._supply.is_open:
            return effects + self._supply.plug(now)
        if self.state is CPState.ACTIVATED:
            effects.append(self._voice.walk_in(now))
        return effects

    def _unplug(self, now: datetime) -> list[Effect]:
        return self._supply.unplug(now)

    def _fail(self, now: datetime) -> list[Effect]:
        if self.state is CPState.FAULT:
            return []
        effects = self._supply.end(EndReason.FAULT, now)
        self._condition.step(CPEvent.FAIL)
        return effects + self._condition.note(fault="fault reported at the point")

    def _recover(self, now: datetime) -> list[Effect]:
        if self.state is CPState.FAULT:
            self._condition.step(CPEvent.RECOVER)
        effects = self._condition.note(fault=None)
        self._condition.stop_if_stopped()
        return effects

    # What it says, and whom it obeys

    def _on_health_query(self, query: HealthQuery, now: datetime) -> Effects:
        reason = None if self.state not in UNWELL else self._condition.memory.fault or "not ready"
        if self._deaf:
            reason = reason or DEAF
        return [self._voice.health(query.cp_id, reason, self._deaf, now)]

    def _is_current(self, order: Order | StopSupply | ExtendSupply | QueryStatus, now: datetime) -> bool:
        return is_current(self._condition.memory, order, now)

    def _may_obey(self, order: Order, now: datetime) -> bool:
        """Whether an order is a new one, and not too old; what arrives while the bus is lost may be."""
        is_next = is_new(self._condition.memory, order) and not self._deaf
        return is_next and is_fresh(order, self._announced, self._run, now)


# The table hands each handler exactly the type that it is listed under.
_HANDLERS: dict[type[Input], Callable[..., Effects]] = {
    HealthQuery: Engine._on_health_query,
    Started: Engine._on_started,
    Stopping: Engine._on_stopping,
    StartSupply: Engine._on_start,
    StopSupply: Engine._on_stop_supply,
    ExtendSupply: Engine._on_extend,
    QueryStatus: Engine._on_query,
    CentralCommand: Engine._on_command,
    SetLimit: Engine._on_limit,
    ManagePoint: Engine._on_manage,
    GrantPower: Engine._on_grant,
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
