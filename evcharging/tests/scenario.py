"""Stages for tests of roles: an engine or a Central with its records and a clock that is turned by hand.
Whatever a role says on a stage must be readable by its own schema, and whatever it records must read back."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from hypothesis import settings

from evcharging.common.kafka import SCHEMAS, TOPIC_OF
from evcharging.common.messages import (
    CPStatus,
    DriverRequest,
    EndReason,
    HealthReport,
    Message,
    PointShown,
    RegisterPoint,
    StartSupply,
    SupplyEnded,
    SupplyStarted,
)
from evcharging.common.states import CPState
from evcharging.common.utils import from_json, to_json
from evcharging.domain.charging_point import Point
from evcharging.domain.record import Record
from evcharging.domain.session import Session
from evcharging.domain.supply import EngineMemory, Reading, Supply
from evcharging.roles.central.central import Central
from evcharging.roles.engine import Engine, EngineSetup
from evcharging.roles.role import Effect, Effects, Input, Role, Started

T = TypeVar("T")
R = TypeVar("R", bound=Record)

T0 = datetime(2026, 3, 1, 12, tzinfo=UTC)
CP = "CP-001"
ALICE, BOB = "driver-alice", "driver-bob"

law = settings(derandomize=True, deadline=None, max_examples=100)
story = settings(derandomize=True, deadline=None, max_examples=120, stateful_step_count=50)


def after(seconds: float) -> datetime:
    """A moment so many seconds into a test."""
    return T0 + timedelta(seconds=seconds)


def all_of(kind: type[T], effects: Iterable[object]) -> list[T]:
    """The effects of one kind, in order."""
    return [effect for effect in effects if isinstance(effect, kind)]


def the(kind: type[T], effects: Iterable[object]) -> T:
    """The one effect of a kind that there must be."""
    [effect] = all_of(kind, effects)
    return effect


def kinds(effects: Iterable[object]) -> list[str]:
    """What kinds of effects there are, in order."""
    return [type(effect).__name__ for effect in effects]


def hold_to_agreement(effects: Iterable[Effect]) -> None:
    """Every message can be read by whoever reads its topic, every record by whoever starts again from it."""
    for effect in effects:
        text = to_json(effect)
        if isinstance(effect, Message):
            assert SCHEMAS[TOPIC_OF[type(effect)].name].decode(text) == effect
        else:
            assert from_json(type(effect), text) == effect


class Stage:
    """A role on its own: `said` is all that it ever answered, `records` what a store would have of it."""

    role: Role

    def __init__(self, now: datetime = T0) -> None:
        self.now = now
        self.said: list[Effect] = []
        self.records: defaultdict[type[Record], dict[str, Record]] = defaultdict(dict)

    def tell(self, *messages: Input) -> list[Effect]:
        """Hand the role some messages at this moment; what it answers."""
        answers: list[Effect] = []
        for message in messages:
            answers += self.took(self.role.on_message(message, self.now))
        return answers

    def wait(self, seconds: float) -> list[Effect]:
        """Let time pass, from one deadline to the next; what the role answers."""
        end = self.now + timedelta(seconds=seconds)
        answers: list[Effect] = []
        while self.role.deadline is not None and self.role.deadline <= end:
            self.now = max(self.now, self.role.deadline)
            answers += self.took(self.role.on_deadline(self.now))
        self.now = end
        return answers

    def every(self, kind: type[R]) -> dict[str, R]:
        """The newest records of a kind, by key."""
        return {key: record for key, record in self.records[kind].items() if isinstance(record, kind)}

    def took(self, effects: Effects) -> Effects:
        """Keep what a role answered."""
        hold_to_agreement(effects)
        self.said += effects
        for effect in effects:
            if isinstance(effect, Record):
                self.records[type(effect)][effect.key] = effect
        return effects


class EngineStage(Stage):
    """An engine that has just started."""

    role: Engine

    def __init__(self, setup: EngineSetup | None = None, now: datetime = T0) -> None:
        super().__init__(now)
        self.setup = setup or EngineSetup(cp_id=CP)
        self.epoch = 0
        self.restart()

    @property
    def memory(self) -> EngineMemory:
        """What the engine wrote down of its own condition."""
        return self.every(EngineMemory).get(self.setup.cp_id, EngineMemory(cp_id=self.setup.cp_id))

    @property
    def supply(self) -> Supply:
        """The newest supply that it wrote down."""
        return self.every(Supply)[self.setup.cp_id]

    @property
    def register(self) -> int:
        """The newest register that it wrote down, in mWh."""
        reading = self.every(Reading).get(self.setup.cp_id)
        return reading.register_mwh if reading else 0

    def restart(self) -> list[Effect]:
        """Kill it and start it again from its records; its first words."""
        cp_id = self.setup.cp_id
        self.epoch += 1
        self.role = Engine(
            self.setup,
            self.epoch,
            memory=self.every(EngineMemory).get(cp_id),
            supply=self.every(Supply).get(cp_id),
            reading=self.every(Reading).get(cp_id),
        )
        return self.tell(Started())


def start(session_id: str = "S-1", *, seq: int = 1, epoch: int = 1, limit_mwh: int | None = None) -> StartSupply:
    """Central's order to supply."""
    return StartSupply(
        ts=T0,
        epoch=epoch,
        seq=seq,
        cp_id=CP,
        session_id=session_id,
        request_id=f"R-{session_id}",
        driver_id=ALICE,
        micro_euros_per_kwh=300_000,
        limit_mwh=limit_mwh,
    )


class CentralStage(Stage):
    """A shard of Central that has just started; its store reminds it of what it forgot, as a host does."""

    role: Central

    def __init__(self, now: datetime = T0, name: str = "0") -> None:
        super().__init__(now)
        self.name = name
        self.epoch = 0
        self.seq = 0
        self.restart()

    def restart(self) -> list[Effect]:
        """Kill it and start it again from its records; its first words."""
        self.epoch += 1
        open_ones = [session for session in self.every(Session).values() if session.is_open]
        self.role = Central(self.name, self.epoch, points=self.every(Point).values(), sessions=open_ones)
        return self.tell(Started())

    def tell(self, *messages: Input) -> list[Effect]:
        answers: list[Effect] = []
        for message in messages:
            self._remind(message)
            answers += super().tell(message)
        return answers

    def _remind(self, message: Input) -> None:
        asked: set[tuple[type[Record], str]] = set()
        while isinstance(message, Message) and (question := self.role.forgotten(message)) not in (None, *asked):
            assert question is not None
            asked.add(question)
            kind, key = question
            if key in self.records[kind]:
                self.role.remember(self.records[kind][key])

    def shown(self, cp_id: str = CP) -> PointShown:
        """How the panel shows a point now."""
        return [view for view in all_of(PointShown, self.said) if view.cp_id == cp_id][-1]

    def session(self, session_id: str) -> Session:
        """A session in the ledger."""
        return self.every(Session)[session_id]

    def status(self, state: CPState = CPState.ACTIVATED, *, cp_id: str = CP, manual: bool = False) -> CPStatus:
        """The next word of an engine about itself."""
        self.seq += 1
        return CPStatus(
            ts=self.now,
            epoch=1,
            seq=self.seq,
            cp_id=cp_id,
            state=state,
            kw_rate=22.0,
            euro_rate=0.30,
            register_mwh=0,
            manual=manual,
        )

    def open_point(self, cp_id: str = CP) -> list[Effect]:
        """Make a point known, linked and well."""
        registration = RegisterPoint(ts=self.now, request_id=f"register-{cp_id}", cp_id=cp_id)
        return self.tell(registration, self.status(cp_id=cp_id), well(cp_id=cp_id))

    def authorise(self, request: DriverRequest | None = None) -> Session:
        """Have a request accepted; its session."""
        return the(Session, self.tell(request or ask()))

    def supply(self, request: DriverRequest | None = None, *, register_mwh: int = 0) -> Session:
        """Have a request accepted and its supply started; its session."""
        session = self.authorise(request)
        return the(Session, self.tell(begun(session, register_mwh, self.now)))


def ask(request_id: str = "R-1", *, driver_id: str = ALICE, cp_id: str = CP, kwh: float | None = None) -> DriverRequest:
    """A driver's request."""
    return DriverRequest(ts=T0, request_id=request_id, driver_id=driver_id, cp_id=cp_id, kwh=kwh)


def well(link: int = 1, *, cp_id: str = CP) -> HealthReport:
    """A monitor's report that all is well."""
    return HealthReport(ts=T0, cp_id=cp_id, well=True, link=link)


def ill(reason: str, link: int = 1, *, cp_id: str = CP) -> HealthReport:
    """A monitor's report that something is wrong."""
    return HealthReport(ts=T0, cp_id=cp_id, well=False, reason=reason, link=link)


def begun(session: Session, register_mwh: int = 0, at: datetime = T0) -> SupplyStarted:
    """The engine's word that energy flows."""
    return SupplyStarted(ts=at, epoch=1, cp_id=session.cp_id, session_id=session.session_id, register_mwh=register_mwh)


def final(
    session: Session,
    energy_mwh: int = 61_111,
    by: EndReason = EndReason.COMPLETE,
    *,
    register_start_mwh: int = 0,
    started_at: datetime = T0,
    seconds: float = 10,
) -> SupplyEnded:
    """The engine's final reading; energy that 22 kW gives in 10 s unless told otherwise."""
    return SupplyEnded(
        ts=started_at + timedelta(seconds=seconds),
        epoch=1,
        cp_id=session.cp_id,
        session_id=session.session_id,
        started_at=started_at,
        register_start_mwh=register_start_mwh,
        register_stop_mwh=register_start_mwh + energy_mwh,
        ended_by=by,
    )
