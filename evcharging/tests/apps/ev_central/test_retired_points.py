"""A point that was retired: Central's door refuses its link with a sentence, and its monitor gives it up for good."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from evcharging.adapters.tcp import LinkServer
from evcharging.apps.ev_cp_m import link_summary as tally
from evcharging.apps.ev_cp_m.link_summary import LinkSummary
from evcharging.apps.web.server import web_server
from evcharging.common.messages import HealthReport, MonitorDisconnected
from evcharging.common.states import CPState
from evcharging.common.utils import changed
from evcharging.roles.role import LinkDown, Peer
from evcharging.tests.stages.control_plane_stage import NOW, Door, call, opened, report, shown
from evcharging.tests.stages.monitor_stage import Said, Ward, registry, settings_for, watching
from evcharging.tests.stages.tcp_stage import HOST, Ear, connecting, serving
from evcharging.tests.stages.virtual_loop import on_virtual_time

GIVEN_UP = "{} was retired: its monitor stops. To bring the point back, start the program again"


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tally, "GATHERED_FOR", 0)


class Central:
    """Both doors: it registers whatever asks, and counts that."""

    def __init__(self, door: Door, links: LinkServer) -> None:
        self.door = door
        self.links = links
        self.registered: list[str] = []
        self.port = 0

    async def answer(self, request: Request) -> Response:
        if request.method == "POST":
            body = await request.json()
            self.registered += [point["cp_id"] for point in body.get("points", [body])]
        return JSONResponse({"tcp_port": self.links.port})

    def retire(self, cp_id: str) -> None:
        self.door.retired.add(cp_id)
        self.door.plane.shown(changed(shown(cp_id, CPState.DISCONNECTED), retired=True))


@asynccontextmanager
async def central() -> AsyncIterator[Central]:
    async with opened() as (door, links):
        there = Central(door, links)
        async with web_server(registry(there.answer), HOST, 0) as (_, there.port):
            yield there


def report_for(ward: Ward, cp_id: str) -> None:
    ward.links.to_central(HealthReport(ts=NOW, cp_id=cp_id, well=True))


async def until_given_up(said: Said, cp_id: str) -> None:
    async with asyncio.timeout(10):
        while ("warning", GIVEN_UP.format(cp_id)) not in said:
            await asyncio.sleep(0.01)


async def refusal(ear: Ear) -> dict[str, object]:
    answer = await ear.next()
    assert isinstance(answer, bytes)
    told: dict[str, object] = json.loads(answer)
    assert await ear.next() == "closed: The peer ended the talk."
    return told


# Central's door


def test_a_link_for_a_retired_point_is_refused_and_told_that_this_is_why() -> None:
    async def scene() -> None:
        ear = Ear()
        async with opened() as (door, server), connecting(ear, server.port):
            door.retired.add("CP-003")
            await call(ear, report("CP-003"))
            told = await refusal(ear)
            assert (told["type"], told["reason"], told["retired"]) == ("LinkRefused", "CP-003 was retired", True)

    asyncio.run(scene())


def test_a_point_that_is_not_known_is_not_called_retired() -> None:
    async def scene() -> None:
        ear = Ear()
        async with opened() as (_, server), connecting(ear, server.port):
            await call(ear, report("CP-404"))
            assert (await refusal(ear))["retired"] is False

    asyncio.run(scene())


def test_a_point_that_is_retired_while_its_link_is_open_is_refused_then_and_no_other_is() -> None:
    async def scene() -> None:
        one, two = Ear(), Ear()
        async with opened() as (door, server), connecting(one, server.port), connecting(two, server.port):
            for ear, cp_id in ((one, "CP-001"), (two, "CP-002")):
                await call(ear, report(cp_id))
                await door.next()
            door.plane.shown(changed(shown("CP-001", CPState.DISCONNECTED), retired=True))
            door.plane.shown(changed(shown("CP-404", CPState.DISCONNECTED), retired=True))
            told = await refusal(one)
            assert (told["reason"], told["retired"]) == ("CP-001 was retired", True)
            gone = await door.next()
            assert isinstance(gone, MonitorDisconnected)
            assert gone.cp_id == "CP-001"
            two.links[-1].send(report("CP-002", well=False))
            assert isinstance(await door.next(), HealthReport)

    asyncio.run(scene())


# Its monitor


def test_a_monitor_whose_point_is_retired_says_so_once_and_neither_connects_nor_registers_again() -> None:
    async def scene() -> None:
        engine = Ear()
        async with (
            central() as there,
            serving(engine) as engines,
            watching(settings_for(there.port), engines.port) as ward,
        ):
            await ward.until_linked()
            report_for(ward, "CP-001")
            await there.door.next()
            there.retire("CP-001")
            await ward.until_told(LinkDown(peer=Peer.CENTRAL))
            await until_given_up(ward.said, "CP-001")
            assert await engine.next() == "opened"
            assert await engine.next() == "closed: The peer ended the talk."
            assert [text for level, text in ward.said if level == "warning"] == [GIVEN_UP.format("CP-001")]
            assert there.registered == ["CP-001"]
            assert not ward.links.is_looking
            assert not ward.links.lacks(Peer.CENTRAL)
            assert not ward.links.lacks(Peer.ENGINE)
            assert ward.links.open_to(Peer.CENTRAL) == 0

    asyncio.run(scene())


def test_a_monitor_that_comes_back_to_a_retired_point_gives_it_up_too() -> None:
    async def scene() -> None:
        async with (
            central() as there,
            serving(Ear()) as engines,
            watching(settings_for(there.port), engines.port) as ward,
        ):
            await ward.until_linked()
            there.door.retired.add("CP-001")
            for link in list(there.links.links):
                link.close()
            await ward.until_told(LinkDown(peer=Peer.CENTRAL))
            await ward.until_linked()
            report_for(ward, "CP-001")
            await until_given_up(ward.said, "CP-001")
            assert there.registered == ["CP-001"]

    asyncio.run(scene())


def test_the_others_of_a_fleet_go_on_and_none_is_said_to_be_lacking() -> None:
    async def scene() -> None:
        async with (
            central() as there,
            serving(Ear()) as engines,
            watching(settings_for(there.port), engines.port, "CP-001", "CP-002") as ward,
        ):
            for _ in range(2):
                await ward.until_linked()
            for cp_id in ("CP-001", "CP-002"):
                report_for(ward, cp_id)
                await there.door.next()
            there.retire("CP-001")
            await until_given_up(ward.said, "CP-001")
            # The other one is lost and comes back, for which there was time enough for both.
            for _ in range(3):
                async with asyncio.timeout(10):
                    while len(there.links.links) != 1:
                        await asyncio.sleep(0.01)
                [link] = there.links.links
                link.close()
                await ward.until_linked()
            assert there.registered == ["CP-001", "CP-002"]
            assert ward.links.open_to(Peer.CENTRAL) == 1
            assert sum("was retired" in text for _, text in ward.said) == 1
            assert not any("1 of 2" in text and "Central" in text and "retired" in text for _, text in ward.said)

    asyncio.run(scene())


def test_a_point_that_has_left_a_tally_is_no_change_and_counts_no_more() -> None:
    async def scene() -> None:
        said: Said = []
        count = LinkSummary(3, "Central", lambda level, text: said.append((level, text)))

        async def settle() -> None:
            await asyncio.sleep(1)

        count.up(["A", "B", "C"], "here")
        await settle()
        for _ in range(2):
            count.leave("A")
            count.down(["A"], "CP-001 was retired")
        await settle()
        count.up(["A"], "here")
        await settle()
        assert said == [("info", "All 3 points are connected to Central at here")]
        count.down(["B"], "The connection was lost.")
        await settle()
        assert said[1:] == [("warning", "1 of 2 points are connected to Central at here. The connection was lost.")]

    on_virtual_time(scene())
