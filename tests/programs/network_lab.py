"""A network in this process with its lab, for tests that take its parts away and look at what becomes of it."""

import asyncio
import functools
import inspect
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from evcharging.adapters.bus import Bus
from evcharging.adapters.bus.traffic import Passing
from evcharging.adapters.clock import WallClock
from evcharging.apps.ev_central.central import Up
from evcharging.apps.ev_central.lab import Deed, NewDrivers, NewPoints, PartKind
from evcharging.apps.network.drivers import network_drivers
from evcharging.apps.network.ids import point_ids
from evcharging.apps.network.lab import NetworkLab
from evcharging.apps.network.network import NetworkSetup, infrastructure, until_connected
from evcharging.apps.shell.logs import configure
from evcharging.common.config import CentralSettings, DriverSettings, EngineSettings, NetworkSettings
from evcharging.common.messages import SupplyEnded
from evcharging.common.messages_operators import Actor, ActorKind
from evcharging.common.messages_view import PointShown
from evcharging.common.states import CPState
from evcharging.domain.access.action import OperatorAction
from evcharging.domain.session import Bill, Session
from tests.programs.network_process import SOON

ENDED = f'"{SupplyEnded.__struct_config__.tag}"'.encode()
OPERATOR = Actor(kind=ActorKind.PERSON, id="acc-1", via="session", role="operator")


class LabStage:
    """A network that is up, and its lab."""

    def __init__(self, lab: NetworkLab, up: Up, bus: Bus, folder: Path) -> None:
        self.lab = lab
        self.up = up
        self.folder = folder
        self.ended = 0
        """Supplies that have ended, as engines said."""
        bus.traffic.tail(self._hear)

    def _hear(self, passing: Passing) -> None:
        self.ended += ENDED in passing.body

    @property
    def url(self) -> str:
        """That of the ledger."""
        return f"sqlite:///{self.folder}/central.db"

    def point(self, cp_id: str) -> PointShown:
        return self.up.panel.points[cp_id]

    async def until(self, holds: Callable[[], object]) -> None:
        """Wait for a condition."""
        async with asyncio.timeout(SOON):
            while not holds():
                await asyncio.sleep(0.02)

    async def until_one_more_ends(self) -> None:
        """Wait until one more supply has ended than had until now."""
        ended = self.ended
        await self.until(lambda: self.ended > ended)

    async def until_shown(self, cp_id: str, *states: CPState) -> None:
        points = self.up.panel.points
        await self.until(lambda: cp_id in points and points[cp_id].state in states)

    async def do(self, kind: PartKind, part_id: str, deed: Deed) -> None:
        await self.lab.change(kind, part_id, deed, OPERATOR)

    async def add_points(
        self, count: int, site_id: str | None = None, power_w: int | None = None, euros: float | None = None
    ) -> list[str]:
        return [*await self.lab.add_points(NewPoints(count, site_id, power_w, euros), OPERATOR)]

    async def add_drivers(self, count: int, cp_id: str | None = None) -> list[str]:
        return [*await self.lab.add_drivers(NewDrivers(count, 0.1, cp_id), OPERATOR)]

    async def bills(self) -> list[Bill]:
        return await self.up.queries.history(lambda store: store.select(Bill))

    async def sessions(self) -> list[Session]:
        return await self.up.queries.history(lambda store: store.select(Session))

    async def bills_at(self, cp_id: str) -> int:
        return Counter(bill.cp_id for bill in await self.bills())[cp_id]

    async def until_billed(self, count: int, cp_id: str | None = None) -> None:
        """Wait until there are so many bills, at a point or everywhere."""
        async with asyncio.timeout(SOON):
            while (await self.bills_at(cp_id) if cp_id else len(await self.bills())) < count:
                await asyncio.sleep(0.05)

    async def actions(self) -> list[tuple[str, str]]:
        found = await self.up.queries.history(lambda store: store.select(OperatorAction))
        return [
            (each.action, each.subject) for each in sorted(found, key=lambda each: each.at) if each.via == "session"
        ]


@asynccontextmanager
async def living(folder: Path, points: int, drivers: int, *, manual: bool, max_points: int) -> AsyncIterator[LabStage]:
    configure("ERROR", WallClock().now)
    engine = EngineSettings.model_construct(
        journal=str(folder / "journal"), telemetry_interval=0.1, supply_ticks=5, manual=manual
    )
    setup = NetworkSetup(
        NetworkSettings.model_construct(points=points, drivers=drivers),
        CentralSettings.model_construct(
            http_port=0, listen_port=0, db_url=f"sqlite:///{folder}/central.db", max_points=max_points
        ),
        engine,
        DriverSettings.model_construct(request_interval=0.1),
    )
    clock, stop, ids = WallClock(), asyncio.Event(), point_ids(points)
    lab = NetworkLab(clock, 1.0, is_manual=manual)
    async with infrastructure(setup, ids, clock, lab) as (bus, up):
        await until_connected(up.panel, [*ids], stop)
        async with network_drivers(setup.network, setup.driver, None, None, ids, up, bus, clock, stop) as theirs:
            lab.open(theirs)
            yield LabStage(lab, up, bus, folder)
            await lab.close()


def in_lab(
    points: int = 3, drivers: int = 2, *, manual: bool = False, max_points: int = 100
) -> Callable[[Callable[[LabStage], Awaitable[None]]], Callable[[Path], None]]:
    """Makes a plain test of one that is given such a network."""

    def make(test: Callable[[LabStage], Awaitable[None]]) -> Callable[[Path], None]:
        async def scene(folder: Path) -> None:
            async with living(folder, points, drivers, manual=manual, max_points=max_points) as stage:
                await test(stage)

        @functools.wraps(test)
        def run(tmp_path: Path) -> None:
            asyncio.run(scene(tmp_path))

        vars(run)["__signature__"] = inspect.signature(lambda tmp_path: None)
        return run

    return make
