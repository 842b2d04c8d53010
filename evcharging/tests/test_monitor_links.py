"""Monitors' links and registration over real sockets: to a Central that is away, restarts or forgets, and to engines
that are silent or not the right ones."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from evcharging.adapters.bus.memory import MemoryBus
from evcharging.adapters.clock import WallClock
from evcharging.adapters.tcp import serve
from evcharging.apps.ev_central.tcp_server import ControlPlane
from evcharging.apps.ev_cp_e.engines import engines, open_journal
from evcharging.apps.ev_cp_m.links import MonitorLinks
from evcharging.apps.ev_cp_m.monitors import monitors
from evcharging.apps.ev_cp_m.registration import Registrar
from evcharging.apps.web_server import web_server
from evcharging.common.config import EngineSettings, MonitorSettings
from evcharging.common.messages import HealthReport
from evcharging.roles.role import Input, LinkDown, LinkUp, Peer
from evcharging.tests.central_world import World, living
from evcharging.tests.tcp_stage import HOST, QUICK, Ear, free_port, serving, soon
from evcharging.tests.test_tcp_server import Door, opened

Said = list[tuple[str, str]]


def settings_for(central_port: int = 8000, **others: Any) -> MonitorSettings:
    fields = {"cp_id": "CP-001", "central_host": HOST, "cp_e_host": HOST, "health_interval": 0.02, **others}
    return MonitorSettings.model_construct(central_port=central_port, **fields)


@asynccontextmanager
async def registering(settings: MonitorSettings, said: Said) -> AsyncIterator[Registrar]:
    registrar = Registrar(settings, Random(1), lambda level, text: said.append((level, text)))
    try:
        yield registrar
    finally:
        await registrar.close()


@asynccontextmanager
async def central_at(world: World, tcp_port: int = 0, http_port: int = 0) -> AsyncIterator[int]:
    """Central's two doors; gives its HTTP port."""
    plane = ControlPlane(
        world.bus.publish, world.desk.panel.points.__contains__, world.clock.now, lambda level, text: None
    )
    links = await serve(HOST, tcp_port, lambda _: plane)
    world.desk.tcp_port = links.port
    try:
        async with web_server(world.app, HOST, http_port) as (_, port):
            yield port
    finally:
        plane.end()
        await soon(links.close())


def registry(answer: Callable[[Request], Awaitable[Response]]) -> Starlette:
    """Something that is asked to register points, and answers what a test wants."""
    paths = ("/cp/register", "/cp/register/many")
    return Starlette(routes=[Route(path, answer, methods=["POST"]) for path in paths])


class Ward:
    """What the links of a monitor told its role, and what they said aloud."""

    def __init__(self) -> None:
        self.said: Said = []
        self.links: MonitorLinks
        self._told: asyncio.Queue[Input] = asyncio.Queue()

    def tell(self, cp_id: str, message: Input) -> None:
        self._told.put_nowait(message)

    async def until_linked(self, peer: Peer = Peer.CENTRAL) -> None:
        await self.until_told(LinkUp(peer=peer))

    async def until_told(self, signal: Input) -> None:
        while await soon(self._told.get()) != signal:
            pass

    def say(self, level: str, text: str) -> None:
        self.said.append((level, text))


@asynccontextmanager
async def watching(settings: MonitorSettings, engine_port: int) -> AsyncIterator[Ward]:
    """The links of one monitor, from begin to end."""
    ward = Ward()
    async with registering(settings, ward.said) as registrar:
        ward.links = MonitorLinks(settings, registrar, Random(1), ward.tell, ward.say, lambda _: ward.say, QUICK)
        ward.links.begin([settings.cp_id], engine_port)
        try:
            yield ward
        finally:
            await soon(ward.links.close())


# Registration


def test_registration_is_tried_until_central_is_there_and_complained_of_once() -> None:
    async def scene() -> None:
        said: Said = []
        async with living() as world, registering(settings_for(port), said) as registrar:
            task = asyncio.create_task(registrar.register("CP-001", "Bay 1"))
            while not said:
                await asyncio.sleep(0.01)
            async with web_server(world.app, HOST, port):
                assert await soon(task) == (HOST, 9999)
            assert (await world.get("/cp/CP-001"))["location"] == "Bay 1"
        assert said == [("warning", f"Cannot reach Central at {HOST}:{port}, retrying")]

    with free_port() as port:
        asyncio.run(scene())


def test_registration_passes_on_the_price_and_prefers_the_tcp_port_of_the_settings() -> None:
    async def scene() -> None:
        said: Said = []
        async with living() as world, web_server(world.app, HOST, 0) as (_, port):
            settings = settings_for(port, euros_per_kwh=0.55, central_tcp_port=4711)
            async with registering(settings, said) as registrar:
                assert await soon(registrar.register("CP-001", None)) == (HOST, 4711)
            point = await world.get("/cp/CP-001")
        assert (point["euros_per_kwh"], point["location"], said) == (0.55, "unknown location", [])

    asyncio.run(scene())


def test_what_is_not_central_is_said_so_once() -> None:
    ports: list[Any] = ["?", None, True, 1.5, 0, -1, 65_536, 10**30]
    bodies = [b"", b"text", b"[]", b'{"hello": "world"}', b"\xff", b'{"tcp_port": 1e400}', b"[" * 60_000, b"1" * 65_537]
    bodies += [json.dumps({"tcp_port": port}).encode() for port in ports]

    async def answer(_: Request) -> Response:
        return Response(bodies[-1])

    async def scene() -> None:
        async with web_server(registry(answer), HOST, 0) as (_, port):
            while bodies:
                said: Said = []
                async with registering(settings_for(port), said) as registrar:
                    task = asyncio.create_task(registrar.register("CP-001", None))
                    while not said:
                        await asyncio.sleep(0.01)
                    task.cancel()
                assert said == [("warning", f"What answers at {HOST}:{port} is not Central, retrying")], bodies[-1][:40]
                bodies.pop()

    asyncio.run(scene())


@pytest.mark.parametrize("host", ["no such host", "x" * 300, "é" * 70, "::1", "no such host,x y"])
def test_an_address_that_cannot_be_is_one_sentence(host: str) -> None:
    async def scene() -> None:
        said: Said = []
        async with registering(settings_for(central_host=host), said) as registrar:
            task = asyncio.create_task(registrar.register("CP-001", None))
            while not said and not task.done():
                await asyncio.sleep(0.01)
            assert not task.done(), task.exception()
            task.cancel()
        assert len(said) == 1
        assert said[0][1].endswith(", retrying")

    asyncio.run(scene())


def test_a_fleet_that_central_refuses_for_one_reason_complains_once() -> None:
    async def scene() -> None:
        said: Said = []
        refusals = 0

        async def refuse(_: Request) -> Response:
            nonlocal refusals
            refusals += 1
            return JSONResponse({"detail": "The disk is full"}, 503)

        async with (
            web_server(registry(refuse), HOST, 0) as (_, port),
            registering(settings_for(port), said) as registrar,
        ):
            tasks = [asyncio.create_task(registrar.register(f"CP-00{number}", None)) for number in range(5)]
            while refusals < 3:
                await asyncio.sleep(0.01)
            for task in tasks:
                task.cancel()
        assert said == [("warning", f"Central at {HOST}:{port} does not register CP-000: The disk is full, retrying")]

    asyncio.run(scene())


# The link to Central


def test_a_monitor_registers_its_point_and_then_links_up() -> None:
    async def scene() -> None:
        async with living() as world, central_at(world) as port, serving(Ear()) as engine:
            async with watching(settings_for(port), engine.port) as ward:
                await ward.until_linked()
            assert [point["cp_id"] for point in await world.get("/cp")] == ["CP-001"]

    asyncio.run(scene())


def test_a_central_that_comes_back_without_its_memory_has_the_point_register_again() -> None:
    async def scene() -> None:
        async with AsyncExitStack() as stack:
            engine = await stack.enter_async_context(serving(Ear()))
            async with living() as world, central_at(world, tcp_port, http_port):
                ward = await stack.enter_async_context(watching(settings_for(http_port), engine.port))
                await ward.until_linked()
                report_to(ward)
            async with living() as world, central_at(world, tcp_port, http_port):
                await ward.until_linked()
                report_to(ward)
                await ward.until_linked()
                assert [point["cp_id"] for point in await world.get("/cp")] == ["CP-001"]
            refusal = "Central refuses the link: CP-001 is not registered: POST /cp/register first"
            assert ("warning", refusal) in ward.said

    with free_port() as http_port, free_port() as tcp_port:
        asyncio.run(scene())


def test_a_central_that_comes_back_on_another_tcp_port_is_found_there() -> None:
    async def scene() -> None:
        async with AsyncExitStack() as stack:
            engine = await stack.enter_async_context(serving(Ear()))
            async with living() as world, central_at(world, tcp_port, http_port):
                ward = await stack.enter_async_context(watching(settings_for(http_port), engine.port))
                await ward.until_linked()
            async with living() as world, central_at(world, 0, http_port):
                await ward.until_linked()
                assert world.desk.tcp_port != tcp_port

    with free_port() as http_port, free_port() as tcp_port:
        asyncio.run(scene())


def report_to(ward: Ward) -> None:
    """Say over the link what a monitor would."""
    ward.links.to_central(HealthReport(ts=WallClock().now(), cp_id="CP-001", well=True))


def test_a_link_that_is_refused_again_and_again_is_one_registration_and_one_link_in_the_end() -> None:
    async def scene() -> None:
        allowed, asked = asyncio.Event(), 0

        async def answer(_: Request) -> Response:
            nonlocal asked
            asked += 1
            if asked > 1:
                await allowed.wait()
            return JSONResponse({"cp_id": "CP-001", "tcp_port": server.port})

        async with AsyncExitStack() as stack:
            enter = stack.enter_async_context
            _, server = await enter(opened())
            _, port = await enter(web_server(registry(answer), HOST, 0))
            engine = await enter(serving(Ear()))
            ward = await enter(watching(settings_for(port, cp_id="CP-404"), engine.port))
            await ward.until_linked()
            for _ in range(3):
                ward.links.to_central(HealthReport(ts=WallClock().now(), cp_id="CP-404", well=True))
            while asked < 2 or server.links:
                await asyncio.sleep(0.01)
            assert asked == 2
            allowed.set()
            await ward.until_linked()
            assert len(server.links) == 1

    asyncio.run(scene())


def test_a_monitor_that_is_hushed_reports_no_more_and_complains_no_more() -> None:
    async def scene() -> None:
        async with AsyncExitStack() as stack:
            async with living() as world, central_at(world) as port, serving(Ear()) as engine:
                ward = await stack.enter_async_context(watching(settings_for(port), engine.port))
                await ward.until_linked()
                said = list(ward.said)
                ward.links.hush()
                await ward.until_told(LinkDown(peer=Peer.CENTRAL))
            await ward.until_told(LinkDown(peer=Peer.ENGINE))
            assert ward.said == said

    asyncio.run(scene())


# The link to the engine


@asynccontextmanager
async def watched(folder: Path, cp_id: str, engine_id: str) -> AsyncIterator[tuple[Door, AsyncExitStack]]:
    """A whole monitor between a door that keeps what it reports, and a real engine that ends with the stack."""
    async with AsyncExitStack() as stack, AsyncExitStack() as engine:
        enter = stack.enter_async_context
        door, server = await enter(opened())

        async def answer(_: Request) -> Response:
            return JSONResponse({"tcp_port": server.port})

        _, http_port = await enter(web_server(registry(answer), HOST, 0))
        clock = WallClock()
        settings = EngineSettings.model_construct(journal=str(folder / "journal"))
        journal = stack.enter_context(open_journal(settings, folder, clock))
        port = await engine.enter_async_context(engines(settings, [engine_id], journal, MemoryBus(1), clock, port=0))
        watcher = settings_for(http_port, cp_id=cp_id)
        links = await enter(monitors(watcher, [cp_id], MemoryBus(1), clock, Random(1)))
        links.begin([cp_id], port)
        yield door, engine


async def report_until(door: Door, *, well: bool, reason: str | None) -> None:
    """Reports come until one says this."""
    while True:
        message = await soon(door.next())
        if isinstance(message, HealthReport) and (message.well, message.reason) == (well, reason):
            return


def test_a_well_engine_is_reported_well_and_one_that_died_is_a_fault_within_three_questions(tmp_path: Path) -> None:
    async def scene() -> None:
        async with watched(tmp_path, "CP-001", "CP-001") as (door, engine):
            await report_until(door, well=True, reason=None)
            await engine.aclose()
            await report_until(door, well=False, reason="the engine does not answer")

    asyncio.run(scene())


def test_an_engine_of_another_point_is_a_fault(tmp_path: Path) -> None:
    async def scene() -> None:
        async with watched(tmp_path, "CP-002", "CP-001") as (door, _):
            await report_until(door, well=False, reason="the engine here is CP-001, not CP-002")

    asyncio.run(scene())


@pytest.mark.parametrize("answer", [b"{}", b"[]", b"[1]", b'{"type":"HealthQuery"}', b"1e999"])
def test_an_engine_that_answers_nonsense_is_complained_of_and_outlived(answer: bytes) -> None:
    async def scene() -> None:
        ear = Ear()
        async with serving(ear) as engine, watching(settings_for(), engine.port) as ward:
            await ward.until_linked(Peer.ENGINE)
            assert await ear.next() == "opened"
            ear.links[-1].send(answer)
            while not any(text.startswith("The engine's answer cannot be read: ") for _, text in ward.said):
                await asyncio.sleep(0.01)
            assert ear.quiet

    asyncio.run(scene())
