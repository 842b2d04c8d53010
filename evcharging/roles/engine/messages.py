"""What an engine says: its messages, numbered in the order in which it says them. Decides nothing."""

from datetime import datetime, timedelta

from evcharging.common.messages import (
    CPStatus,
    CPTelemetry,
    DriverRequest,
    EndReason,
    QueryStatus,
    SupplyAwaited,
    SupplyEnded,
    SupplyRefused,
    SupplyStarted,
)
from evcharging.common.messages_link import EngineHealth
from evcharging.common.states import CPState
from evcharging.common.utils import Frozen
from evcharging.domain.meter import to_kw, to_kwh
from evcharging.domain.money import to_euros
from evcharging.domain.supply import EngineMemory, Supply, cost_so_far, final_reading

WALK_IN = "walk-in"
"""The driver of a charge that was asked for by hand, at the point itself."""


class Nameplate(Frozen, frozen=True, kw_only=True):
    """What an engine always says of itself: power in W, price in micro-euro a kWh, the number of this run, and the
    number that tells this process from others with the same ID."""

    cp_id: str
    power_w: int
    micro_euros_per_kwh: int
    manual: bool
    interval: timedelta
    epoch: int
    run: int


class EngineMessages:
    """The voice of one engine in one run."""

    def __init__(self, plate: Nameplate) -> None:
        self._plate = plate
        self._seq = 0
        self._kw_rate = to_kw(plate.power_w)

    def _next(self) -> int:
        self._seq += 1
        return self._seq

    @property
    def spoken(self) -> int:
        """The number of the last message."""
        return self._seq

    def number(self) -> int:
        """The number of the next message."""
        return self._next()

    def status(
        self,
        state: CPState,
        memory: EngineMemory,
        register_mwh: int,
        occupied: bool,
        now: datetime,
        query: QueryStatus | None = None,
        *,
        overdrawn: bool = False,
    ) -> CPStatus:
        """How the engine is, perhaps in answer to a query."""
        plate = self._plate
        return CPStatus(
            ts=now,
            epoch=plate.epoch,
            seq=self._next(),
            cp_id=plate.cp_id,
            state=state,
            kw_rate=self._kw_rate,
            euro_rate=to_euros(plate.micro_euros_per_kwh),
            register_mwh=register_mwh,
            manual=plate.manual,
            plugged=memory.plugged,
            reason=memory.fault,
            interval_s=plate.interval.total_seconds(),
            run=plate.run,
            query_epoch=query.epoch if query else 0,
            query_seq=query.seq if query else 0,
            limit=memory.limit,
            occupied=occupied,
            overdrawn=overdrawn,
        )

    def reading(self, supply: Supply, register_mwh: int, power_w: int, at: datetime) -> CPTelemetry:
        """How a running supply goes on: its register, and the power that flows now."""
        energy = register_mwh - supply.register_start_mwh
        self._seq += 1
        return CPTelemetry(
            ts=at,
            epoch=self._plate.epoch,
            seq=self._seq,
            cp_id=supply.cp_id,
            kw=to_kw(power_w),
            euros=to_euros(cost_so_far(supply, register_mwh, at)),
            driver_id=supply.driver_id,
            session_id=supply.session_id,
            kwh=to_kwh(energy),
            register_mwh=register_mwh,
            run=self._plate.run,
        )

    def about(self, supply: Supply, now: datetime) -> SupplyStarted | SupplyAwaited | SupplyRefused | SupplyEnded:
        """How far a supply is; said again, it says the same."""
        if not supply.is_open:
            return self.last_word(supply)
        epoch, run, cp_id, session_id = self._plate.epoch, self._plate.run, supply.cp_id, supply.session_id
        if supply.started_at is None:
            return SupplyAwaited(ts=now, epoch=epoch, seq=self._next(), cp_id=cp_id, session_id=session_id, run=run)
        return SupplyStarted(
            ts=supply.started_at,
            epoch=epoch,
            seq=self._next(),
            cp_id=cp_id,
            session_id=session_id,
            register_mwh=supply.register_start_mwh,
            run=run,
        )

    def last_word(self, supply: Supply) -> SupplyRefused | SupplyEnded:
        """The final reading of an ended supply, or why it never began."""
        if supply.ended_by is EndReason.NOT_STARTED and supply.ended_at is not None:
            return self.refusal(supply.session_id, supply.detail or supply.ended_by, supply.ended_at)
        return final_reading(supply, epoch=self._plate.epoch, seq=self._next(), run=self._plate.run)

    def refusal(self, session_id: str, reason: str, now: datetime) -> SupplyRefused:
        """Why a session will not be carried out."""
        return SupplyRefused(
            ts=now,
            epoch=self._plate.epoch,
            seq=self._next(),
            cp_id=self._plate.cp_id,
            session_id=session_id,
            reason=reason,
            run=self._plate.run,
        )

    def health(self, asked: str, reason: str | None, deaf: bool, now: datetime) -> EngineHealth:
        """An answer to a monitor: well where there is no reason not to be."""
        well = reason is None
        return EngineHealth(ts=now, cp_id=self._plate.cp_id, asked=asked, well=well, reason=reason, deaf=deaf)

    def walk_in(self, now: datetime) -> DriverRequest:
        """A request by hand: somebody plugged in without having asked anybody."""
        plate, seq = self._plate, self._next()
        return DriverRequest(
            ts=now,
            epoch=plate.epoch,
            seq=seq,
            request_id=f"{WALK_IN}-{plate.cp_id}-{plate.epoch}-{seq}",
            driver_id=WALK_IN,
            cp_id=plate.cp_id,
        )
