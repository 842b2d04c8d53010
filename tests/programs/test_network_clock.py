"""The machine's clock is set under a whole network that is up: nobody is lost, and nothing is metered over the jump."""

import asyncio
import time
from datetime import timedelta
from pathlib import Path

import pytest

from evcharging.adapters.clock import WallClock
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.apps.network.ids import point_ids
from evcharging.apps.network.network import NetworkSetup, infrastructure, until_connected
from evcharging.apps.shell.logs import configure
from evcharging.common.config import (
    CentralSettings,
    DriverSettings,
    EngineSettings,
    NetworkSettings,
    read,
)
from evcharging.common.messages import DriverRequest
from evcharging.common.states import CPState
from evcharging.domain.session import Bill, Session, SessionStatus

IDS = point_ids(3)
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def quiet() -> None:
    configure("ERROR", WallClock().now)


class Wall:
    """The wall's clock of this machine, as somebody sets it."""

    def __init__(self) -> None:
        self.wrong = timedelta(0)

    def __call__(self) -> int:
        return time.time_ns() + self.wrong // timedelta(microseconds=1) * 1000


@pytest.mark.parametrize("by", [8 * 365 * 24 * HOUR, HOUR, -HOUR, timedelta(seconds=2), timedelta(milliseconds=-400)])
def test_a_clock_that_is_set_during_supplies_loses_no_point_and_bills_what_was_delivered(
    tmp_path: Path, by: timedelta
) -> None:
    wall = Wall()
    clock = WallClock(wall=wall)
    url = f"sqlite:///{tmp_path}/central.db"
    setup = NetworkSetup(
        NetworkSettings.model_construct(points=len(IDS)),
        CentralSettings.model_construct(http_port=0, listen_port=0, db_url=url),
        read(
            EngineSettings,
            {"journal": str(tmp_path / "engines.journal"), "telemetry_interval": 0.2, "supply_ticks": 10},
        ),
        DriverSettings.model_construct(),
    )

    async def act() -> None:
        async with asyncio.timeout(60), infrastructure(setup, IDS, clock) as (bus, up):
            points = up.panel.points
            await until_connected(up.panel, IDS, asyncio.Event())
            for cp_id in IDS[:2]:
                bus.publish(DriverRequest(ts=clock.now(), request_id=f"R-{cp_id}", driver_id="driver-x", cp_id=cp_id))
            while not all(cp_id in up.panel.readings for cp_id in IDS[:2]):
                await asyncio.sleep(0.01)
            wall.wrong = by
            while any(points[cp_id].state is CPState.SUPPLYING for cp_id in IDS[:2]):
                assert not {points[cp_id].state for cp_id in IDS} & {CPState.DISCONNECTED, CPState.FAULT}
                await asyncio.sleep(0.01)
            assert [points[cp_id].state for cp_id in IDS] == [CPState.ACTIVATED] * 3

    asyncio.run(act())
    store = SqlStore(url)
    sessions, bills = store.select(Session), store.select(Bill)
    store.close()
    assert [session.status for session in sessions] == [SessionStatus.COMPLETED] * 2
    # 22 kW for ten times 0.2 s.
    assert [bill.energy_mwh for bill in bills] == [12_222] * 2
