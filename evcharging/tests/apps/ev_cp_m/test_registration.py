"""Registration over real sockets: at a Central that is away, is none, refuses; at several Centrals; of whole fleets."""

import asyncio
import json
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from evcharging.apps.web.server import web_server
from evcharging.common.config import MonitorSettings
from evcharging.common.setting_values import Address
from evcharging.tests.stages.central_world import living
from evcharging.tests.stages.monitor_stage import (
    Said,
    known_to,
    registering,
    registry,
    settings_for,
)
from evcharging.tests.stages.tcp_stage import HOST, free_port, soon


def test_registration_is_tried_until_central_is_there_and_complained_of_once() -> None:
    async def scene() -> None:
        said: Said = []
        async with living() as world, registering(settings_for(port), said) as registrar:
            task = asyncio.create_task(registrar.register("CP-001", {"location": "Bay 1"}))
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


@pytest.mark.parametrize("body", [b"<html>", b"[1]", b'{"title": "Bad Gateway"}'])
def test_a_refusal_without_a_reason_is_told_by_its_status(body: bytes) -> None:
    async def refuse(_: Request) -> Response:
        return Response(body, 502)

    async def scene() -> None:
        said: Said = []
        async with (
            web_server(registry(refuse), HOST, 0) as (_, port),
            registering(settings_for(port), said) as registrar,
        ):
            task = asyncio.create_task(registrar.register("CP-001", None))
            while not said:
                await asyncio.sleep(0.01)
            task.cancel()
        assert said == [("warning", f"Central at {HOST}:{port} does not register CP-001: status 502, retrying")]

    asyncio.run(scene())


# Several Centrals


def settings_for_both(first: int, second: int, **others: Any) -> MonitorSettings:
    return settings_for(central_host=f"{HOST}:{first},{HOST}:{second}", **others)


def test_the_first_central_that_answers_registers_the_point_and_is_asked_first_from_then_on() -> None:
    async def scene() -> None:
        said: Said = []
        async with living() as world, web_server(world.app, HOST, 0) as (_, here):
            async with registering(settings_for_both(away, here), said) as registrar:
                assert await soon(registrar.register("CP-001", None)) == (HOST, 9999)
                async with living() as late, web_server(late.app, HOST, away):
                    await soon(registrar.register("CP-002", None))
                    assert known_to(late) == []
            assert known_to(world) == ["CP-001", "CP-002"]
        assert said == []

    with free_port() as away:
        asyncio.run(scene())


def test_where_none_answers_one_sentence_names_them_all() -> None:
    async def scene() -> None:
        said: Said = []
        async with registering(settings_for_both(first, second), said) as registrar:
            task = asyncio.create_task(registrar.register("CP-001", None))
            while not said:
                await asyncio.sleep(0.01)
            task.cancel()
        assert said == [("warning", f"Cannot reach Central at {HOST}:{first} or {HOST}:{second}, retrying")]

    with free_port() as first, free_port() as second:
        asyncio.run(scene())


def test_a_central_to_which_no_link_comes_about_is_asked_after_all_others() -> None:
    async def scene() -> None:
        looked = 0

        async def answer(request: Request) -> Response:
            nonlocal looked
            looked += request.method == "GET"
            return JSONResponse({"tcp_port": 4711})

        said: Said = []
        async with (
            living() as world,
            web_server(registry(answer), HOST, 0) as (_, shut),
            web_server(world.app, HOST, 0) as (_, open_port),
            registering(settings_for_both(shut, open_port), said) as registrar,
        ):
            door = await soon(registrar.register("CP-001", None))
            assert door == (HOST, 4711)
            doors = await soon(asyncio.gather(*(registrar.locate(door, shut=True) for _ in range(100))))
            assert set(doors) == {(HOST, 9999)}
            assert await soon(registrar.locate(door, shut=True)) == (HOST, 9999)
            assert looked == 0
            assert await soon(registrar.locate(door, shut=False)) == (HOST, 9999)
            assert await soon(registrar.register("CP-001", None)) == (HOST, 9999)
            assert await soon(registrar.locate(Address(HOST, 9999), shut=True)) == door
            assert looked == 1
        assert said == []

    asyncio.run(scene())


def test_a_point_that_is_registered_waits_for_any_central_without_registering_again() -> None:
    async def scene() -> None:
        said: Said = []
        async with living() as world, registering(settings_for_both(away, later), said) as registrar:
            task = asyncio.create_task(registrar.locate(Address(HOST, 4711), shut=True))
            while not said:
                await asyncio.sleep(0.01)
            async with web_server(world.app, HOST, later):
                assert await soon(task) == (HOST, 9999)
            assert known_to(world) == []
        assert said == [("warning", f"Cannot reach Central at {HOST}:{away} or {HOST}:{later}, retrying")]

    with free_port() as away, free_port() as later:
        asyncio.run(scene())


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ({"status": "failing", "reason": "Waiting for Kafka"}, "Central at {} is starting: Waiting for Kafka"),
        ({"status": "ok", "reason": None}, "What answers at {} is not Central"),
        ({"tcp_port": 65_536}, "What answers at {} is not Central"),
        ([], "What answers at {} is not Central"),
    ],
)
def test_a_central_that_takes_no_links_yet_is_told_from_what_is_none(body: Any, complaint: str) -> None:
    async def answer(_: Request) -> Response:
        return JSONResponse(body, 503)

    async def scene() -> None:
        said: Said = []
        async with (
            web_server(registry(answer), HOST, 0) as (_, port),
            registering(settings_for(port), said) as registrar,
        ):
            task = asyncio.create_task(registrar.locate(Address(HOST, 4711), shut=True))
            while not said:
                await asyncio.sleep(0.01)
            task.cancel()
        assert said == [("warning", f"{complaint.format(f'{HOST}:{port}')}, retrying")]

    asyncio.run(scene())


def test_a_search_that_finds_nobody_ends_with_the_program() -> None:
    async def scene() -> None:
        said: Said = []
        async with registering(settings_for(port), said) as registrar:
            task = asyncio.create_task(registrar.locate(Address(HOST, 4711), shut=True))
            while not said:
                await asyncio.sleep(0.01)
        assert await soon(task) == (HOST, 4711)

    with free_port() as port:
        asyncio.run(scene())


# Fleets


def test_a_fleet_registers_many_points_in_one_request_and_again_those_that_were_not_done() -> None:
    async def scene() -> None:
        batches: list[list[str]] = []

        async def answer(request: Request) -> Response:
            body = await request.json()
            batches.append([point["cp_id"] for point in body.get("points", [body])])
            slow = {"P007": "Central did not decide within 5 s"} if len(batches) == 1 else {}
            failed = [{"cp_id": cp_id, "reason": reason} for cp_id, reason in slow.items()]
            return JSONResponse({"tcp_port": 4711, "done": 0, "failed": failed})

        said: Said = []
        async with (
            web_server(registry(answer), HOST, 0) as (_, port),
            registering(settings_for(port), said) as registrar,
        ):
            ids = [f"P{number:03}" for number in range(1, 201)]
            doors = await soon(asyncio.gather(*(registrar.register(cp_id, None) for cp_id in ids)))
        assert set(doors) == {(HOST, 4711)}
        assert sorted(cp_id for batch in batches for cp_id in batch) == sorted([*ids, "P007"])
        assert [len(batch) for batch in batches] == [64, 64, 64, 8, 1]
        reason = f"Central at {HOST}:{port} does not register P007: Central did not decide within 5 s, retrying"
        assert said == [("warning", reason)]

    asyncio.run(scene())
