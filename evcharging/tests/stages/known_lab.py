"""A lab that does nothing but remember what it was asked, for tests of HTTP."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from evcharging.apps.ev_central.lab import (
    Deed,
    LabDriver,
    LabPoint,
    LabScenario,
    LabState,
    NewDrivers,
    NewPoints,
    NewVehicle,
    PartKind,
    PartState,
    Play,
)
from evcharging.common.messages_operators import Actor

BEGAN = datetime(2026, 1, 1, 12, tzinfo=UTC)


class KnownLab:
    """`asked` is what it was asked, by whom. It has ten points and two drivers."""

    def __init__(self) -> None:
        self.asked: list[tuple[object, ...]] = []
        self.central = PartState.RUNNING
        self.going: Play | None = None

    def state(self) -> LabState:
        away = {**dict.fromkeys(PartKind, 0), PartKind.ENGINES: 1}
        scenarios = [LabScenario("faults", "Faults", "Engines report faults", 20)]
        return LabState(2.5, True, self.central, 10, 2, away, scenarios, self.going)

    def points(self, after: str, limit: int, sought: str) -> Sequence[LabPoint]:
        ids = [f"CP-{number:03}" for number in range(1, 11)]
        running = PartState.RUNNING
        wanted = [cp_id for cp_id in ids if cp_id > after and sought in cp_id]
        return [LabPoint(cp_id, PartState.KILLED, running, PartState.LOST, 22_000) for cp_id in wanted[:limit]]

    def drivers(self, after: str, limit: int, sought: str) -> Sequence[LabDriver]:
        drivers = [LabDriver("driver-alice", PartState.RUNNING, "CP-001"), LabDriver("driver-bob", PartState.CUT, None)]
        return [each for each in drivers if each.driver_id > after and sought in each.driver_id][:limit]

    async def add_points(self, wanted: NewPoints, actor: Actor) -> Sequence[str]:
        self.asked.append((wanted, actor.id))
        return ["CP-011"]

    async def add_drivers(self, wanted: NewDrivers, actor: Actor) -> Sequence[str]:
        self.asked.append((wanted, actor.id))
        return ["driver-carol"]

    async def send_vehicle(self, cp_id: str, vehicle: NewVehicle, actor: Actor) -> None:
        self.asked.append((cp_id, vehicle, actor.id))

    async def change(self, kind: PartKind, part_id: str, deed: Deed, actor: Actor) -> None:
        self.asked.append((kind, part_id, deed, actor.id))

    async def change_central(self, deed: Deed, actor: Actor) -> None:
        self.asked.append((deed, actor.id))
        self.central = PartState.KILLED if deed is Deed.KILL else PartState.RUNNING

    async def play(self, scenario_id: str, actor: Actor) -> None:
        self.asked.append((scenario_id, actor.id))
        self.going = Play(scenario_id, BEGAN, BEGAN + timedelta(seconds=20), 1, 2)

    async def end_play(self, actor: Actor) -> None:
        self.asked.append(("end", actor.id))
        self.going = None
