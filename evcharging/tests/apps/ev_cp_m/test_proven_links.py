"""Monitors that have their point's key: at a Central that asks for it, at one that does not, and at who is neither."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from evcharging.adapters.clock import WallClock
from evcharging.adapters.tcp import Link
from evcharging.apps.ev_cp_m import central_link
from evcharging.apps.ev_cp_m.proving import HeldKey, KeyOf, no_key
from evcharging.apps.web.server import web_server
from evcharging.common.messages import HealthReport
from evcharging.common.messages_link import LinkRefused
from evcharging.common.utils import to_json
from evcharging.protocols.proof import hello
from evcharging.roles.role import LinkDown, Peer
from evcharging.tests.stages.control_plane_stage import NOW, opened
from evcharging.tests.stages.link_keys import Keys, key_of
from evcharging.tests.stages.monitor_stage import Ward, registry, settings_for, watching
from evcharging.tests.stages.proof_stage import CHALLENGE, KEY
from evcharging.tests.stages.tcp_stage import HOST, Ear, serving


def held(cp_id: str) -> HeldKey:
    return HeldKey(1, key_of(cp_id))


def another(cp_id: str) -> HeldKey:
    return HeldKey(1, KEY)


@asynccontextmanager
async def at(door_port: int, key_of: KeyOf) -> AsyncIterator[Ward]:
    """The monitor of a point that registers anywhere, and has its link at a door."""

    async def answer(_: Request) -> Response:
        return JSONResponse({"cp_id": "CP-001", "tcp_port": door_port})

    async with AsyncExitStack() as stack:
        _, port = await stack.enter_async_context(web_server(registry(answer), HOST, 0))
        engine = await stack.enter_async_context(serving(Ear()))
        yield await stack.enter_async_context(watching(settings_for(port), engine.port, key_of=key_of))


def report_over(ward: Ward) -> None:
    ward.links.to_central(HealthReport(ts=WallClock().now(), cp_id="CP-001", well=True))


async def until_said(ward: Ward, part: str) -> None:
    while not any(part in text for _, text in ward.said):
        await ward.next()


def test_a_monitor_with_its_key_is_linked_where_keys_are_asked_for() -> None:
    async def scene() -> None:
        async with opened(Keys()) as (door, server), at(server.port, held) as ward:
            await ward.until_linked()
            assert ward.links.open_to(Peer.CENTRAL) == 1
            report_over(ward)
            report_over(ward)
            for _ in range(2):
                assert isinstance(await door.next(), HealthReport)

    asyncio.run(scene())


def test_a_monitor_is_not_linked_before_both_sides_have_proven_themselves() -> None:
    async def scene() -> None:
        ear = Ear()
        async with serving(ear) as server, at(server.port, held) as ward:
            assert await ear.next() == "opened"
            ear.links[-1].send(hello(CHALLENGE))
            await ear.next()
            assert ward.links.open_to(Peer.CENTRAL) == 0
            report_over(ward)
            ear.links[-1].send(b'{"mac":""}')
            await until_said(ward, "has not proven that it is Central")
            assert await ear.next() != "opened"

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        (another, "Central refuses the link: It was proven with another key: "),
        (no_key, "Central refuses the link: CP-001 has not proven that it has its key: "),
    ],
)
def test_a_monitor_with_a_wrong_key_or_none_hears_what_to_do(key: KeyOf, sentence: str) -> None:
    async def scene() -> None:
        async with opened(Keys()) as (door, server), at(server.port, key) as ward:
            if key is no_key:
                await ward.until_linked()
                report_over(ward)
            await until_said(ward, f"{sentence}`evcharging points enrol`")
            assert door.quiet

    asyncio.run(scene())


def test_a_monitor_with_a_key_goes_on_without_where_nobody_asks_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(central_link, "GREETED_WITHIN", 0.01)

    async def scene() -> None:
        keys = Keys()
        keys.are_asked_for = False
        async with opened(keys) as (door, server), at(server.port, held) as ward:
            await ward.until_linked()
            report_over(ward)
            assert isinstance(await door.next(), HealthReport)
            for link in server.links:
                link.close()
            await ward.until_told(LinkDown(peer=Peer.CENTRAL))
            await ward.until_linked()
            said = ("info", "Central does not ask for the key of CP-001, which goes on without")
            assert ward.said.count(said) == 1

    asyncio.run(scene())


def test_a_link_that_is_lost_is_proven_again() -> None:
    async def scene() -> None:
        async with opened(Keys()) as (door, server), at(server.port, held) as ward:
            for _ in range(3):
                await ward.until_linked()
                report_over(ward)
                assert isinstance(await door.next(), HealthReport)
                for link in server.links:
                    link.close()
                await ward.until_told(LinkDown(peer=Peer.CENTRAL))
                await door.next()

    asyncio.run(scene())


class Impostor:
    """Asks for a proof, and says that the point was retired without one of its own."""

    def __init__(self) -> None:
        self.heard = 0

    def opened(self, link: Link) -> None:
        link.send(hello(CHALLENGE))

    def received(self, link: Link, payload: bytes) -> None:
        self.heard += 1
        link.send(to_json(LinkRefused(ts=NOW, reason="CP-001 was retired", retired=True)))
        link.close()

    def closed(self, link: Link, reason: str) -> None:
        pass


def test_who_has_not_proven_to_be_central_cannot_retire_a_point() -> None:
    async def scene() -> None:
        async with serving(Ear()) as server:
            impostor = Impostor()
            server.handler = lambda _: impostor
            async with at(server.port, held) as ward:
                await until_said(ward, "Central refuses the link: CP-001 was retired")
                while impostor.heard < 2:
                    await ward.next()
                assert ward.links.retired == 0

    asyncio.run(scene())


def test_a_point_that_central_has_retired_is_given_up() -> None:
    async def scene() -> None:
        async with opened(Keys()) as (door, server), at(server.port, held) as ward:
            await ward.until_linked()
            door.retired.add("CP-001")
            report_over(ward)
            await until_said(ward, "CP-001 was retired: its monitor stops")
            assert ward.links.retired == 1

    asyncio.run(scene())


def test_a_monitor_whose_key_is_revoked_hears_why_and_reports_no_more() -> None:
    async def scene() -> None:
        keys = Keys()
        async with opened(keys) as (door, server), at(server.port, held) as ward:
            await ward.until_linked()
            keys.counting.clear()
            door.plane.look()
            await until_said(ward, "Central refuses the link: The key of CP-001 was revoked: enrol it again")
            await ward.until_told(LinkDown(peer=Peer.CENTRAL))
            assert ward.links.open_to(Peer.CENTRAL) == 0

    asyncio.run(scene())
