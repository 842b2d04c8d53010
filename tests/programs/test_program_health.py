"""The health of whole programs, each as its main runs it: what it waits for, and when it is ready."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, chdir, contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from evcharging.adapters.bus.kafka.topics import NAMES
from evcharging.adapters.bus.memory import MemoryBus
from evcharging.adapters.clock import WallClock
from evcharging.adapters.store import Commit
from evcharging.adapters.store.memory import MemoryStore
from evcharging.adapters.tcp import PortTaken
from evcharging.apps.ev_central.main import run as run_central
from evcharging.apps.ev_cp_e.main import run as run_engine
from evcharging.apps.ev_cp_m.main import run as run_monitor
from evcharging.apps.ev_driver.main import run as run_driver
from evcharging.apps.shell import program as program_module
from evcharging.apps.shell.program import Stop, running
from evcharging.apps.shell.status import Status
from evcharging.common.config import (
    CentralSettings,
    DriverSettings,
    EngineSettings,
    MonitorSettings,
    read,
)
from evcharging.roles.engine.setup import EngineSetup
from evcharging.runtime.host import Host
from evcharging.runtime.programs import add_engines
from evcharging.tests.stages.mock_kafka import MockKafka, mock_kafka
from evcharging.tests.stages.tcp_stage import HOST, free_port

Run = Callable[[Any, asyncio.Event], Awaitable[None]]
KINDS: dict[Run, Any] = {
    run_central: CentralSettings,
    run_engine: EngineSettings,
    run_monitor: MonitorSettings,
    run_driver: DriverSettings,
}


@pytest.fixture(autouse=True)
def alone(tmp_path: Path) -> Iterator[None]:
    (tmp_path / "requests.txt").write_text("CP-001\n")
    with chdir(tmp_path):
        yield


@asynccontextmanager
async def program(run: Run, **flags: Any) -> AsyncIterator[httpx.AsyncClient]:
    """A program in this loop, until the block is left; it is asked at its HTTP port."""
    stop = Stop()
    with free_port() as port:
        task = asyncio.ensure_future(run(read(KINDS[run], {"http_port": port, "log_level": "ERROR", **flags}), stop))
        try:
            async with httpx.AsyncClient(base_url=f"http://{HOST}:{port}", timeout=10, trust_env=False) as http:
                yield http
        finally:
            if not stop.is_awaited:
                task.cancel()
            stop.set()
            with suppress(asyncio.CancelledError):
                await task


async def until(http: httpx.AsyncClient, path: str, status: int, reason: str | None) -> dict[str, Any]:
    """What the page says, once it says this."""
    said: object = None
    try:
        async with asyncio.timeout(20):
            while True:
                with suppress(httpx.TransportError):
                    answer = await http.get(path)
                    view: dict[str, Any] = answer.json()
                    said = answer.status_code, view["reason"]
                    if said == (status, reason):
                        return view
                await asyncio.sleep(0.02)
    except TimeoutError:
        pytest.fail(f"{path} says {said}")


def scene(play: Callable[[AsyncExitStack], Awaitable[None]]) -> None:
    """Play in a loop; what was entered ends in the opposite order."""

    async def played() -> None:
        async with AsyncExitStack() as stack:
            await play(stack)

    asyncio.run(played())


@pytest.fixture
def nowhere() -> Iterator[str]:
    """An address at which no Kafka is."""
    with free_port() as port:
        yield f"{HOST}:{port}"


@contextmanager
def kafka_with_topics(partitions: int = 2) -> Iterator[MockKafka]:
    with mock_kafka() as kafka:
        kafka.make_topics(NAMES, partitions)
        yield kafka


@pytest.mark.parametrize("run", [run_central, run_engine, run_driver], ids=["central", "engine", "driver"])
def test_a_program_that_waits_for_kafka_lives_and_is_not_ready(run: Run, nowhere: str) -> None:
    async def play(stack: AsyncExitStack) -> None:
        http = await stack.enter_async_context(program(run, kafka_bootstrap=nowhere))
        await until(http, "/health/ready", 503, f"Waiting for Kafka at {nowhere}")
        await until(http, "/health/live", 200, None)

    scene(play)


def test_an_engine_is_ready_while_kafka_is_there() -> None:
    async def play(stack: AsyncExitStack) -> None:
        kafka = stack.enter_context(kafka_with_topics())
        http = await stack.enter_async_context(program(run_engine, kafka_bootstrap=kafka.bootstrap, health_port=0))
        await until(http, "/health/ready", 200, None)
        assert (await until(http, "/health", 200, None))["engines"] == 1
        kafka.go_down()
        await until(http, "/health/ready", 503, f"Cannot reach Kafka at {kafka.bootstrap}")
        await until(http, "/health/live", 200, None)
        kafka.come_up()
        await until(http, "/health/ready", 200, None)

    scene(play)


def test_a_central_that_waits_for_kafka_says_so_to_whoever_asks_until_it_is_there() -> None:
    async def play(stack: AsyncExitStack) -> None:
        with free_port() as port:
            bootstrap = f"{HOST}:{port}"
        http = await stack.enter_async_context(program(run_central, kafka_bootstrap=bootstrap, listen_port=0))
        await until(http, "/health", 503, f"Waiting for Kafka at {bootstrap}")
        for answer in (await http.get("/cp"), await http.post("/cp/register", json={"cp_id": "CP-001"})):
            assert answer.status_code == 503
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["detail"] == f"Central is starting: Waiting for Kafka at {bootstrap}"
        assert "evcharging_ready 0.0" in (await http.get("/metrics")).text

    scene(play)


def test_a_central_whose_port_is_taken_says_so_before_it_looks_for_kafka(nowhere: str) -> None:
    async def play(stack: AsyncExitStack) -> None:
        http = await stack.enter_async_context(program(run_central, kafka_bootstrap=nowhere, listen_port=0))
        await until(http, "/health/live", 200, None)
        second = {"kafka_bootstrap": nowhere, "http_port": http.base_url.port, "log_level": "ERROR"}
        with pytest.raises(PortTaken):
            await run_central(read(CentralSettings, second), Stop())

    scene(play)


def test_central_says_while_kafka_is_away_that_it_is_and_refuses_at_once() -> None:
    async def play(stack: AsyncExitStack) -> None:
        kafka = stack.enter_context(kafka_with_topics())
        flags = {"kafka_bootstrap": kafka.bootstrap, "listen_port": 0, "partitions": 2}
        http = await stack.enter_async_context(program(run_central, **flags))
        await until(http, "/health/ready", 200, None)
        kafka.go_down()
        away = f"Cannot reach Kafka at {kafka.bootstrap}"
        for path in ("/health", "/health/ready"):
            await until(http, path, 503, away)
        await until(http, "/health/live", 200, None)
        refused = await http.post("/cp/register", json={"cp_id": "CP-001"})
        assert (refused.status_code, refused.json()["detail"]) == (503, away)
        kafka.come_up()
        for path in ("/health", "/health/ready"):
            await until(http, path, 200, None)

    scene(play)


def test_a_central_without_a_shard_lives_and_is_not_ready_until_it_has_one() -> None:
    async def play(stack: AsyncExitStack) -> None:
        kafka = stack.enter_context(kafka_with_topics(partitions=1))
        flags = {"kafka_bootstrap": kafka.bootstrap, "listen_port": 0, "partitions": 1}
        async with AsyncExitStack() as first:
            await until(await first.enter_async_context(program(run_central, **flags)), "/health/ready", 200, None)
            second = await stack.enter_async_context(program(run_central, **flags))
            await until(second, "/health/ready", 503, "No shard is assigned to this Central yet")
            await until(second, "/health", 200, None)
        await until(second, "/health/ready", 200, None)

    scene(play)


class Slow(MemoryStore):
    """A store whose commits last until somebody lets them go on."""

    def __init__(self) -> None:
        super().__init__()
        self.may_go_on = threading.Event()

    def commit(self, commit: Commit) -> list[int]:
        assert self.may_go_on.wait(10)
        return super().commit(commit)


def test_a_program_whose_store_does_not_answer_is_not_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(program_module, "PATIENCE", 0.0)

    async def play(stack: AsyncExitStack) -> None:
        status, store, bus = Status(), Slow(), MemoryBus(1)
        status.waiting = None

        def make(wake: Callable[[], None]) -> Host:
            return Host(store, bus, on_ready=wake)

        life = await stack.enter_async_context(running(WallClock(), lambda level, text: None, make, status, "engine"))
        assert status.obstacle() is None
        add_engines(life.host, store, bus, [EngineSetup(cp_id="CP-001")])
        async with asyncio.timeout(10):
            while status.obstacle() is None:
                await asyncio.sleep(0.001)
            assert status.obstacle() == "The store has not answered for 0 s"
            store.may_go_on.set()
            while status.obstacle() is not None:
                await asyncio.sleep(0.001)

    scene(play)


def test_a_monitor_is_ready_once_it_has_a_link_to_central_and_one_to_its_engine() -> None:
    async def play(stack: AsyncExitStack) -> None:
        enter = stack.enter_async_context
        kafka = stack.enter_context(kafka_with_topics())
        central_port, engine_port = (stack.enter_context(free_port()) for _ in range(2))
        http = await enter(program(run_monitor, central_host=HOST, central_port=central_port, cp_e_port=engine_port))
        await until(http, "/health/live", 200, None)
        await until(http, "/health/ready", 503, "No link to Central")
        await enter(program(run_engine, kafka_bootstrap=kafka.bootstrap, health_port=engine_port))
        flags = {"kafka_bootstrap": kafka.bootstrap, "listen_port": 0, "partitions": 2, "http_port": central_port}
        async with program(run_central, **flags):
            await until(http, "/health/ready", 200, None)
            health = await until(http, "/health", 200, None)
            assert (health["monitors"], health["links_to_central"], health["links_to_engines"]) == (1, 1, 1)
        await until(http, "/health/ready", 503, "No link to Central")

    scene(play)
