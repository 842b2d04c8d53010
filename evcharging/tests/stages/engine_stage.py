"""A stage for an engine, and what Central says to it."""

from collections.abc import Iterable
from datetime import datetime

from evcharging.common.messages import (
    Action,
    CentralCommand,
    CPStatus,
    Limit,
    Order,
    QueryStatus,
    SetLimit,
    StartSupply,
    StopSupply,
)
from evcharging.common.utils import changed
from evcharging.domain.supply import EngineMemory, Reading, Supply
from evcharging.domain.vehicle import Visit
from evcharging.roles.engine.engine import Engine
from evcharging.roles.engine.setup import EngineSetup
from evcharging.roles.role import Effect, Input, Started
from evcharging.tests.stages.scenario import ALICE, CP, T0, Stage


class EngineStage(Stage):
    """An engine that has just started."""

    role: Engine

    def __init__(
        self, setup: EngineSetup | None = None, now: datetime = T0, *, visits: Iterable[Visit] | None = None
    ) -> None:
        super().__init__(now)
        self.setup = setup or EngineSetup(cp_id=CP)
        self.visits = None if visits is None else iter(visits)
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

    def tell(self, *messages: Input) -> list[Effect]:
        """Hand the engine some messages; an order that does not say what Central had heard is given as of now."""
        return super().tell(*map(self._as_of_now, messages))

    def _as_of_now(self, message: Input) -> Input:
        if not isinstance(message, Order) or message.heard_epoch is not None:
            return message
        heard = next(effect for effect in reversed(self.said) if isinstance(effect, CPStatus))
        return changed(message, heard_epoch=heard.epoch, heard_seq=heard.seq)

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
            visits=self.visits,
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


def stop(session_id: str = "S-1", *, seq: int = 2, epoch: int = 1, by_driver: bool = False) -> StopSupply:
    """Central's order to end a session."""
    return StopSupply(ts=T0, epoch=epoch, seq=seq, cp_id=CP, session_id=session_id, by_driver=by_driver)


def command(action: Action, *, seq: int = 1, epoch: int = 1) -> CentralCommand:
    """An operator's action, as Central passes it on."""
    return CentralCommand(ts=T0, epoch=epoch, seq=seq, cp_id=CP, action=action)


def limited(limit: Limit | None, *, seq: int = 2, epoch: int = 1) -> SetLimit:
    """Central's word on what the point may give at most."""
    return SetLimit(ts=T0, epoch=epoch, seq=seq, cp_id=CP, limit=limit)


def query(session_id: str | None = None, *, seq: int = 2, epoch: int = 1) -> QueryStatus:
    """Central's question."""
    return QueryStatus(ts=T0, epoch=epoch, seq=seq, cp_id=CP, session_id=session_id)
