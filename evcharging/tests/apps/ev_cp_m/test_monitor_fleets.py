"""A fleet of monitors over real sockets: they ask over a few links, and are spoken of together."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from evcharging.adapters.bus.memory import MemoryBus
from evcharging.adapters.clock import WallClock
from evcharging.apps.ev_cp_e.engines import engines, open_journal
from evcharging.apps.ev_cp_m import link_summary as tally
from evcharging.apps.ev_cp_m.link_summary import LinkSummary
from evcharging.common.config import EngineSettings
from evcharging.common.messages_link import EngineHealth, HealthQuery
from evcharging.common.utils import to_json
from evcharging.roles.role import Peer
from evcharging.tests.stages.central_world import living
from evcharging.tests.stages.monitor_stage import Said, central_at, settings_for, watching
from evcharging.tests.stages.tcp_stage import HOST, Ear, free_port, serving, soon

IDS = [f"P{number:03}" for number in range(1, 301)]


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tally, "GATHERED_FOR", 0)


@asynccontextmanager
async def running_engines(folder: Path, port: int) -> AsyncIterator[int]:
    settings = EngineSettings.model_construct()
    with open_journal(settings, folder / "fleet.journal", WallClock()) as journal:
        async with engines(settings, IDS, journal, MemoryBus(8), WallClock(), port=port) as bound:
            yield bound


async def until_said(said: Said, level: str, text: str) -> None:
    async with asyncio.timeout(10):
        while (level, text) not in said:
            await asyncio.sleep(0.01)


def test_a_fleet_links_up_asks_all_its_engines_and_says_so_in_a_sentence_for_each_kind_of_link(tmp_path: Path) -> None:
    async def scene() -> None:
        async with (
            living() as world,
            central_at(world) as port,
            running_engines(tmp_path, 0) as engine_port,
            watching(settings_for(port), engine_port, *IDS) as ward,
        ):
            await until_said(ward.said, "info", f"All 300 points are connected to the engine at {HOST}:{engine_port}")
            await until_said(
                ward.said, "info", f"All 300 points are connected to Central at {HOST}:{world.health.tcp_port}"
            )
            assert (ward.links.open_to(Peer.CENTRAL), ward.links.open_to(Peer.ENGINE)) == (300, 300)
            assert len(await world.get("/cp")) == 300
            for cp_id in IDS:
                ward.links.to_engine(HealthQuery(ts=WallClock().now(), cp_id=cp_id))
            left = set(IDS)
            while left:
                told = await ward.next()
                if isinstance(told, EngineHealth):
                    assert told.cp_id == told.asked
                    left.discard(told.asked)
        assert {level for level, _ in ward.said} == {"info", "debug"}

    asyncio.run(scene())


def test_a_fleet_whose_engines_are_away_says_so_once_and_once_when_they_are_back(tmp_path: Path) -> None:
    async def scene() -> None:
        async with (
            living() as world,
            central_at(world) as http_port,
            watching(settings_for(http_port), port, *IDS) as ward,
        ):
            away = f"Cannot reach the engine at {HOST}:{port}, retrying: Connection refused."
            await until_said(ward.said, "warning", f"0 of 300 points are connected to the engine. {away}")
            async with running_engines(tmp_path, port):
                await until_said(ward.said, "info", f"All 300 points are connected to the engine at {HOST}:{port}")

    with free_port() as port:
        asyncio.run(scene())


def test_questions_of_one_moment_go_out_together() -> None:
    async def scene() -> None:
        ear = Ear()
        async with serving(ear) as engine, watching(settings_for(), engine.port, "P001", "P002") as ward:
            await ward.until_linked(Peer.ENGINE)
            assert await ear.next() == "opened"
            queries = [HealthQuery(ts=WallClock().now(), cp_id=cp_id) for cp_id in ("P001", "P002")]
            for query in queries:
                ward.links.to_engine(query)
            assert await ear.next() == b"[%b]" % b",".join(map(to_json, queries))
            ward.links.to_engine(queries[0])
            assert await ear.next() == to_json(queries[0])

    asyncio.run(scene())


def test_the_count_of_links_is_said_when_it_has_changed_and_not_again_when_it_has_not() -> None:
    async def scene() -> None:
        said: Said = []
        count = LinkSummary(3, "Central", lambda level, text: said.append((level, text)))

        async def settle() -> None:
            for _ in range(3):
                await asyncio.sleep(0)

        count.down(["A", "B", "C"], "Nobody is there.")
        await settle()
        count.down(["A"], "Nobody is there.")
        await settle()
        count.up(["A"], "x:1")
        count.up(["B"], "y:1")
        await settle()
        count.up(["C"], "y:1")
        await settle()
        count.down(["B"], "The connection was lost.")
        count.up(["B"], "x:1")
        await settle()
        count.down(["C"], "The connection was lost.")
        await settle()
        count.end()
        count.up(["C"], "y:1")
        await settle()
        assert said == [
            ("warning", "0 of 3 points are connected to Central. Nobody is there."),
            ("info", "2 of 3 points are connected to Central at x:1 and y:1"),
            ("info", "All 3 points are connected to Central at x:1 and y:1"),
            ("warning", "2 of 3 points are connected to Central at x:1. The connection was lost."),
        ]

    asyncio.run(soon(scene()))
