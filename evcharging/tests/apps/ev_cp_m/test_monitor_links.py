"""Monitors' links over real sockets: to a Central that restarts, moves or forgets, and to engines that are silent or
not the right ones."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from random import Random

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from evcharging.adapters.bus.memory import MemoryBus
from evcharging.adapters.clock import WallClock
from evcharging.adapters.tcp import Connector
from evcharging.apps.ev_cp_e.engines import engines, open_journal
from evcharging.apps.ev_cp_m import central_link
from evcharging.apps.ev_cp_m.central_link import CentralLink
from evcharging.apps.ev_cp_m.monitors import monitors
from evcharging.apps.web.server import web_server
from evcharging.common.config import EngineSettings
from evcharging.common.messages import HealthReport
from evcharging.common.setting_values import Address
from evcharging.roles.role import LinkDown, Peer
from evcharging.tests.stages.central_world import living
from evcharging.tests.stages.control_plane_stage import Door, opened
from evcharging.tests.stages.monitor_stage import (
    Ward,
    central_at,
    known_to,
    registry,
    settings_for,
    watching,
)
from evcharging.tests.stages.tcp_stage import HOST, Ear, free_port, serving, soon

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
                assert world.health.tcp_port != tcp_port

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


@pytest.mark.parametrize("nonsense", [b"{}", b"[]", b'{"type":"LinkRefused"}'])
def test_what_central_says_that_cannot_be_read_is_passed_over(nonsense: bytes) -> None:
    async def scene() -> None:
        ear = Ear()
        async with serving(ear) as door, serving(Ear()) as engine:

            async def answer(_: Request) -> Response:
                return JSONResponse({"tcp_port": door.port})

            async with (
                web_server(registry(answer), HOST, 0) as (_, port),
                watching(settings_for(port), engine.port) as ward,
            ):
                await ward.until_linked()
                assert await ear.next() == "opened"
                ear.links[-1].send(nonsense)
                report_to(ward)
                assert isinstance(await ear.next(), bytes)
                assert ear.quiet

    asyncio.run(scene())


def test_a_link_that_lasted_makes_up_for_failures_before_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(central_link, "STEADY", 0)

    async def scene() -> None:
        waits: list[int] = []
        link = CentralLink("CP-001", lambda *_: None, lambda *_: None, None, lambda it: waits.append(it.wait))
        for _ in range(3):
            link.on_retry("No.")
        ear = Ear()
        async with serving(ear) as door:
            link.connect(Address(HOST, door.port), Connector(HOST, door.port, link, chance=Random(1)))
            assert await ear.next() == "opened"
            while not link.is_open:
                await asyncio.sleep(0.01)
            await link.close()
        link.on_retry("No.")
        assert waits == [0, 2, 3, 1, 0]

    asyncio.run(scene())


# Several Centrals


def test_a_monitor_whose_central_is_gone_goes_to_the_next_one_and_back_when_that_is_gone_too() -> None:
    async def scene() -> None:
        async with AsyncExitStack() as stack:
            engine = await stack.enter_async_context(serving(Ear()))
            second = await stack.enter_async_context(living())
            other = await stack.enter_async_context(AsyncExitStack())
            port = await other.enter_async_context(central_at(second))
            both = settings_for(central_host=f"{HOST}:{http_port},{HOST}:{port}")
            async with living() as first, central_at(first, tcp_port, http_port):
                ward = await stack.enter_async_context(watching(both, engine.port))
                await ward.until_linked()
                assert (known_to(first), known_to(second)) == (["CP-001"], [])
            await ward.until_linked()
            assert [text for _, text in ward.said if "Central" in text] == [
                f"Connected to Central at {HOST}:{door}" for door in (tcp_port, second.health.tcp_port)
            ]
            async with living() as first, central_at(first, tcp_port, http_port):
                await other.aclose()
                await ward.until_linked()
        assert [text for level, text in ward.said if level == "warning"] == []

    with free_port() as http_port, free_port() as tcp_port:
        asyncio.run(scene())


def test_a_point_registers_at_the_next_central_if_that_does_not_know_it() -> None:
    async def scene() -> None:
        async with AsyncExitStack() as stack:
            engine = await stack.enter_async_context(serving(Ear()))
            second = await stack.enter_async_context(living())
            port = await stack.enter_async_context(central_at(second))
            async with living() as first, central_at(first) as http_port:
                both = settings_for(central_host=f"{HOST}:{http_port},{HOST}:{port}")
                ward = await stack.enter_async_context(watching(both, engine.port))
                await ward.until_linked()
            await ward.until_linked()
            report_to(ward)
            await ward.until_linked()
            assert known_to(second) == ["CP-001"]

    asyncio.run(scene())


def test_where_the_door_for_links_stays_shut_the_next_central_is_tried() -> None:
    async def scene() -> None:
        async def answer(_: Request) -> Response:
            return JSONResponse({"tcp_port": shut})

        async with (
            serving(Ear()) as engine,
            living() as world,
            web_server(registry(answer), HOST, 0) as (_, first),
            central_at(world) as second,
            watching(settings_for(central_host=f"{HOST}:{first},{HOST}:{second}"), engine.port) as ward,
        ):
            await ward.until_linked()
        warnings = [text for level, text in ward.said if level == "warning"]
        assert warnings == [f"Cannot reach Central at {HOST}:{shut}, retrying: Connection refused."]

    with free_port() as shut:
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
