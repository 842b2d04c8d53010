"""A driver's process that is killed and started again, over Kafka's mock cluster and a Central that the test plays."""

import asyncio
import re
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from evcharging.adapters.bus.kafka.bus import KafkaBus, open_kafka
from evcharging.adapters.bus.kafka.topics import NAMES
from evcharging.common.kafka import DRIVER_REQUESTS
from evcharging.common.messages import DriverRequest, DriverUpdate, UpdateStatus
from evcharging.tests.stages.mock_kafka import MockKafka, mock_kafka

SOON = 30.0


@pytest.fixture
def kafka() -> Iterator[MockKafka]:
    with mock_kafka() as kafka:
        kafka.make_topics(NAMES, 2)
        yield kafka


class Central:
    """Hears requests, and answers what the test wants."""

    def __init__(self, bus: KafkaBus) -> None:
        self._bus = bus
        self._woken = asyncio.Event()
        self._requests: list[DriverRequest] = []
        self._reader = bus.subscribe((DRIVER_REQUESTS,), group="test", partitions=range(2), on_ready=self._woken.set)

    async def heard(self) -> DriverRequest:
        """The next request."""
        async with asyncio.timeout(SOON):
            while not self._requests:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), 0.1)
                self._woken.clear()
                for fetched in self._reader.poll(100):
                    self._requests += [message for message in fetched.messages if isinstance(message, DriverRequest)]
        return self._requests.pop(0)

    def answer(self, request: DriverRequest, status: UpdateStatus) -> None:
        """A step of a request."""
        update = DriverUpdate(
            ts=datetime.now(UTC),
            request_id=request.request_id,
            driver_id=request.driver_id,
            cp_id=request.cp_id,
            status=status,
        )
        self._bus.publish(update)


@asynccontextmanager
async def central(kafka: MockKafka) -> AsyncIterator[Central]:
    async with open_kafka(kafka.bootstrap, None, lambda level, text: None) as bus:
        yield Central(bus)


class Terminal:
    """A driver in a process of its own."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.said: list[str] = []

    async def until(self, pattern: str) -> None:
        """Read on to a line with this in it."""
        assert self.process.stdout is not None
        while True:
            line = (await asyncio.wait_for(self.process.stdout.readline(), SOON)).decode()
            assert line, "".join(self.said)
            self.said.append(line)
            if re.search(pattern, line):
                return

    async def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        await self.process.communicate()


@asynccontextmanager
async def driving(kafka: MockKafka, folder: Path, *options: str) -> AsyncIterator[Terminal]:
    always = ("--kafka-bootstrap", kafka.bootstrap, "--request-interval", "0.05", "--http-port", "0")
    command = ("-m", "evcharging.apps.ev_driver.main", *always, *options)
    process = await asyncio.create_subprocess_exec(sys.executable, *command, cwd=folder, stdout=PIPE, stderr=STDOUT)
    try:
        yield Terminal(process)
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


def test_a_driver_that_is_killed_sees_the_result_of_its_request_when_it_is_back(
    kafka: MockKafka, tmp_path: Path
) -> None:
    async def scene() -> None:
        (tmp_path / "requests.txt").write_text("CP-001\nCP-002\n")
        async with central(kafka) as here:
            async with driving(kafka, tmp_path, "--driver-id", "driver-alice") as killed:
                request = await here.heard()
                here.answer(request, UpdateStatus.ACCEPTED)
                await killed.until("CP-001 | ACCEPTED")
                await killed.kill()
            here.answer(request, UpdateStatus.COMPLETED)
            async with driving(kafka, tmp_path, "--driver-id", "driver-alice") as back:
                await back.until(r"Asks again for what was open: CP-001")
                await back.until(r"✔️ CP-001 \| COMPLETED")
                while (second := await here.heard()).request_id == request.request_id:
                    assert second.cp_id == "CP-001"
                assert second.cp_id == "CP-002"
                here.answer(second, UpdateStatus.DENIED)
                await back.until("All requests are served: 1 COMPLETED, 1 DENIED")
                assert await asyncio.wait_for(back.process.wait(), SOON) == 0

    asyncio.run(scene())


def test_a_driver_that_was_not_answered_before_it_was_killed_asks_again_with_the_same_id(
    kafka: MockKafka, tmp_path: Path
) -> None:
    async def scene() -> None:
        (tmp_path / "requests.txt").write_text("CP-001\n")
        async with central(kafka) as here:
            async with driving(kafka, tmp_path, "--driver-id", "driver-bob") as killed:
                request = await here.heard()
                await killed.kill()
            async with driving(kafka, tmp_path, "--driver-id", "driver-bob") as back:
                again = await here.heard()
                assert again.request_id == request.request_id
                here.answer(again, UpdateStatus.FAILED)
                await back.until("All requests are served: 1 FAILED")

    asyncio.run(scene())


def test_a_second_process_of_the_same_driver_is_refused_in_one_sentence(kafka: MockKafka, tmp_path: Path) -> None:
    async def scene() -> None:
        (tmp_path / "requests.txt").write_text("CP-001\n")
        async with central(kafka) as here, driving(kafka, tmp_path, "--driver-id", "driver-carol") as first:
            await here.heard()
            async with driving(kafka, tmp_path, "--driver-id", "driver-carol") as second:
                output, _ = await asyncio.wait_for(second.process.communicate(), SOON)
                assert second.process.returncode == 1
                [line] = [line for line in output.decode().splitlines() if line.startswith("Error: ")]
                assert "data/driver-carol.requests is in use by another process" in line
            first.process.send_signal(signal.SIGINT)
            assert await asyncio.wait_for(first.process.wait(), SOON) == 0

    asyncio.run(scene())


def test_a_fleet_of_drivers_comes_back_as_one(kafka: MockKafka, tmp_path: Path) -> None:
    async def scene() -> None:
        (tmp_path / "requests.txt").write_text("CP-001\nCP-002\nCP-003\n")
        fleet = ("--driver-count", "3", "--driver-prefix", "D")
        async with central(kafka) as here:
            async with driving(kafka, tmp_path, *fleet) as killed:
                requests = [await here.heard() for _ in range(3)]
                assert sorted((each.driver_id, each.cp_id) for each in requests) == [
                    ("D001", "CP-001"),
                    ("D002", "CP-002"),
                    ("D003", "CP-003"),
                ]
                await killed.kill()
            async with driving(kafka, tmp_path, *fleet) as back:
                served: dict[str, list[str]] = {}
                while len(served) < 3 or any(len(points) < 3 for points in served.values()):
                    request = await here.heard()
                    points = served.setdefault(request.driver_id, [])
                    if request.cp_id not in points:
                        points.append(request.cp_id)
                    here.answer(request, UpdateStatus.COMPLETED)
                for _ in range(3):
                    await back.until("All requests are served: 3 COMPLETED")
                assert {driver_id: points[0] for driver_id, points in served.items()} == {
                    each.driver_id: each.cp_id for each in requests
                }

    asyncio.run(scene())
