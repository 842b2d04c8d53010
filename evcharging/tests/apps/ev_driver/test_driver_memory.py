"""Drivers of one process on the memory bus: they end in good order, come back, and go on where they were."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest

from evcharging.adapters.bus.memory import MemoryBus
from evcharging.adapters.clock import WallClock
from evcharging.apps.ev_driver.drivers import drivers, ending, open_memory, plan_of, spread
from evcharging.apps.shell.logs import configure
from evcharging.common.kafka import DRIVER_REQUESTS
from evcharging.common.messages import DriverRequest, DriverUpdate, UpdateStatus

IDS = ["driver-1", "driver-2"]
POINTS = ["CP-001", "CP-002", "CP-003"]


@pytest.fixture
def log() -> StringIO:
    out = StringIO()
    configure("INFO", WallClock().now, out)
    return out


class Road:
    """Some drivers on their way, and what they say."""

    def __init__(self, bus: MemoryBus, stop: asyncio.Event) -> None:
        self.stop = stop
        self._bus = bus
        self._requests: list[DriverRequest] = []
        self._known: set[str] = set()
        self._reader = bus.subscribe((DRIVER_REQUESTS,), group="test", partitions=range(bus.partitions))

    async def heard(self) -> DriverRequest:
        """The next request that is none of those before it."""
        async with asyncio.timeout(10):
            while not self._requests:
                await asyncio.sleep(0.001)
                for fetched in self._reader.poll(100):
                    fresh = {each.request_id: each for each in fetched.messages if isinstance(each, DriverRequest)}
                    self._requests += [each for request_id, each in fresh.items() if request_id not in self._known]
                    self._known |= fresh.keys()
        return self._requests.pop(0)

    def answer(self, request: DriverRequest, status: UpdateStatus = UpdateStatus.COMPLETED) -> None:
        """A step of a request."""
        update = DriverUpdate(
            ts=WallClock().now(),
            request_id=request.request_id,
            driver_id=request.driver_id,
            cp_id=request.cp_id,
            status=status,
        )
        self._bus.publish(update)


@asynccontextmanager
async def driving(file: Path) -> AsyncIterator[Road]:
    """Both drivers, with what they remember in a file."""
    bus, stop = MemoryBus(2), asyncio.Event()
    wanted = spread(IDS, POINTS, timedelta(milliseconds=1))
    road = Road(bus, stop)
    with open_memory(file) as store:
        async with drivers(wanted, bus, WallClock(), ending(IDS, stop), store=store, plan=plan_of(POINTS, IDS)):
            yield road


def test_drivers_that_end_in_good_order_go_on_with_what_was_open(log: StringIO, tmp_path: Path) -> None:
    async def scene() -> None:
        async with driving(tmp_path / "memory") as road:
            first = {request.driver_id: request for request in [await road.heard(), await road.heard()]}
            assert [first[driver_id].cp_id for driver_id in IDS] == ["CP-001", "CP-002"]
            road.answer(first["driver-1"])
            second = await road.heard()
        async with driving(tmp_path / "memory") as road:
            again = {request.request_id for request in [await road.heard(), await road.heard()]}
            assert again == {second.request_id, first["driver-2"].request_id}
            road.answer(second)
            road.answer(first["driver-2"])
            served = []
            for _ in range(3):
                request = await road.heard()
                served.append((request.driver_id, request.cp_id))
                road.answer(request)
            await asyncio.wait_for(road.stop.wait(), 10)
        assert sorted(served) == [("driver-1", "CP-003"), ("driver-2", "CP-001"), ("driver-2", "CP-003")]
        said = log.getvalue()
        assert "Driver:driver-1..driver-2 | Asks again for what was open: CP-002, CP-002\n" in said
        assert said.count("All requests are served: 3 COMPLETED\n") == 2

    asyncio.run(scene())


def test_drivers_who_were_served_begin_anew(log: StringIO, tmp_path: Path) -> None:
    async def scene() -> None:
        for _ in range(2):
            async with driving(tmp_path / "memory") as road:
                begun = [await road.heard() for _ in IDS]
                assert sorted(request.cp_id for request in begun) == ["CP-001", "CP-002"]
                for request in begun:
                    road.answer(request, UpdateStatus.DENIED)
                for _ in range(2 * len(IDS)):
                    road.answer(await road.heard(), UpdateStatus.DENIED)
                await asyncio.wait_for(road.stop.wait(), 10)
        assert log.getvalue().count("All requests are served: 3 DENIED\n") == 4
        assert "Asks again" not in log.getvalue()

    asyncio.run(scene())
