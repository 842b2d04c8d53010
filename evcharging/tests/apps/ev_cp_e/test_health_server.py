"""The engines' door for their monitors, over real loopback links."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import pytest

from evcharging.adapters.bus.memory import MemoryBus
from evcharging.adapters.clock import SteppedClock
from evcharging.adapters.store.memory import MemoryStore
from evcharging.adapters.tcp import LinkServer, serve
from evcharging.apps.ev_cp_e import health_server
from evcharging.apps.ev_cp_e.health_server import HealthServer
from evcharging.common.messages import Action
from evcharging.common.messages_link import EngineHealth, HealthQuery
from evcharging.common.utils import to_json
from evcharging.protocols.bundle import bundles, unbundled
from evcharging.roles.engine.orders import ByHand
from evcharging.roles.engine.setup import EngineSetup
from evcharging.runtime.host import Host
from evcharging.runtime.live import LiveHost
from evcharging.runtime.programs import add_engines
from evcharging.tests.stages.tcp_stage import HOST, Ear, connecting, soon

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
POINTS = ["CP-001", "CP-002"]


@asynccontextmanager
async def opened() -> AsyncIterator[tuple[LinkServer, Host]]:
    """Two engines behind one door."""
    live = LiveHost(SteppedClock(NOW), lambda text: None, inline=True)
    store = MemoryStore()
    host = Host(store, bus := MemoryBus(1), on_ready=live.wake)
    add_engines(host, store, bus, [EngineSetup(cp_id=cp_id) for cp_id in POINTS])
    door = HealthServer(POINTS, host.tell, lambda: NOW)
    host.send_by(EngineHealth, door.answer)
    task = asyncio.create_task(live.run(host))
    server = await serve(HOST, 0, lambda link: door)
    try:
        yield server, host
    finally:
        await soon(server.close())
        await live.stop(host)
        await task


async def ask(ear: Ear, cp_id: str) -> dict[str, object]:
    """What an engine answers to a question over the newest link."""
    ear.links[-1].send(to_json(HealthQuery(ts=NOW, cp_id=cp_id)))
    answer = await ear.next()
    assert isinstance(answer, bytes)
    told: dict[str, object] = json.loads(answer)
    assert told["type"] == "EngineHealth"
    return told


def test_each_engine_answers_for_itself() -> None:
    async def scene() -> None:
        ear = Ear()
        async with opened() as (server, _), connecting(ear, server.port):
            assert await ear.next() == "opened"
            for cp_id in POINTS:
                answer = await ask(ear, cp_id)
                assert (answer["cp_id"], answer["asked"], answer["well"]) == (cp_id, cp_id, True)

    asyncio.run(scene())


def test_an_engine_that_is_not_well_says_why() -> None:
    async def scene() -> None:
        ear = Ear()
        async with opened() as (server, host), connecting(ear, server.port):
            assert await ear.next() == "opened"
            host.tell("CP-001", ByHand(action=Action.FAULT))
            answer = await ask(ear, "CP-001")
            assert (answer["well"], answer["reason"]) == (False, "fault reported at the point")
            assert (await ask(ear, "CP-002"))["well"] is True

    asyncio.run(scene())


def test_who_asks_for_several_points_at_once_is_answered_for_all_of_them_together() -> None:
    async def scene() -> None:
        ear = Ear()
        async with opened() as (server, _), connecting(ear, server.port):
            assert await ear.next() == "opened"
            for wanted in (["CP-001", "CP-404", "CP-002"], ["CP-002"]):
                queries = [to_json(HealthQuery(ts=NOW, cp_id=cp_id)) for cp_id in wanted]
                for payload in bundles(queries):
                    ear.links[-1].send(payload)
                answer = await ear.next()
                assert isinstance(answer, bytes)
                told = [json.loads(text) for text in unbundled(answer)]
                assert [each["asked"] for each in told] == wanted

    asyncio.run(scene())


def test_a_question_for_a_point_elsewhere_is_answered_by_one_that_is_here() -> None:
    async def scene() -> None:
        ear = Ear()
        async with opened() as (server, _), connecting(ear, server.port):
            assert await ear.next() == "opened"
            answer = await ask(ear, "CP-404")
            assert (answer["cp_id"], answer["asked"]) == ("CP-001", "CP-404")

    asyncio.run(scene())


def test_a_monitor_that_comes_back_is_answered_on_its_new_link() -> None:
    async def scene() -> None:
        old, new = Ear(), Ear()
        async with opened() as (server, _), connecting(old, server.port), connecting(new, server.port):
            assert await old.next() == await new.next() == "opened"
            await ask(old, "CP-001")
            await ask(new, "CP-001")
            assert old.quiet

    asyncio.run(scene())


def test_the_end_of_an_old_link_leaves_the_new_one_alone() -> None:
    async def scene() -> None:
        old, new = Ear(), Ear()
        async with opened() as (server, _), connecting(new, server.port):
            assert await new.next() == "opened"
            async with connecting(old, server.port):
                assert await old.next() == "opened"
                await ask(old, "CP-001")
                await ask(new, "CP-001")
            assert (await ask(new, "CP-001"))["well"] is True

    asyncio.run(scene())


@pytest.mark.parametrize(
    "payload",
    [
        b"{}",
        b"[]",
        b"null",
        b'{"type":"HealthReport"}',
        b'{"type":"HealthQuery","cp_id":"CP-001"}',
        b'{"type":"HealthQuery","ts":"2026-01-01T00:00:00Z","cp_id":"../CP-001"}',
    ],
)
def test_what_is_no_question_is_hung_up_on_and_harms_nobody(payload: bytes) -> None:
    async def scene() -> None:
        ear, other = Ear(), Ear()
        async with opened() as (server, _), connecting(ear, server.port), connecting(other, server.port):
            assert await ear.next() == await other.next() == "opened"
            ear.links[-1].send(payload)
            assert await ear.next() == "closed: The peer ended the talk."
            assert (await ask(other, "CP-002"))["well"] is True

    asyncio.run(scene())


def test_who_asks_for_ever_more_points_that_are_not_here_is_hung_up_on(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        ear, other = Ear(), Ear()
        async with opened() as (server, _), connecting(ear, server.port), connecting(other, server.port):
            assert await ear.next() == await other.next() == "opened"
            for number in range(20):
                ear.links[-1].send(to_json(HealthQuery(ts=NOW, cp_id=f"stray-{number}")))
            while await ear.next() != "closed: The peer ended the talk.":
                pass
            assert (await ask(other, "CP-001"))["well"] is True

    monkeypatch.setattr(health_server, "STRAYS", 10)
    asyncio.run(scene())
