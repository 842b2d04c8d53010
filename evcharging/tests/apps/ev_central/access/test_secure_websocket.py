"""The dashboard's WebSocket where people sign in, over real sockets: who may look on, and for how long."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from evcharging.apps.ev_central.access.staying import POLICY, SIGN_IN_AGAIN
from evcharging.apps.web.server import web_server
from evcharging.domain.access.modes import Mode
from evcharging.tests.stages.central_world import World, in_world
from evcharging.tests.stages.known_people import EVERYBODY, KnownPeople, bearer

CUT_WITHIN = 5.0


@asynccontextmanager
async def serving(world: World, access: KnownPeople) -> AsyncIterator[str]:
    """A secured Central on a real port; the address of its WebSocket."""
    world.let_in(access)
    async with web_server(world.app, "127.0.0.1", 0) as (url, _):
        yield f"ws{url.removeprefix('http')}/ws"


def signed_in(url: str, word: str) -> dict[str, str]:
    """The headers of a browser that is signed in, on Central's own page."""
    return {"Cookie": f"session={word}", "Origin": f"http{url.removeprefix('ws').removesuffix('/ws')}"}


async def refused(url: str, **options: Any) -> tuple[int, str]:
    """The status and code with which a viewer is turned away."""
    with pytest.raises(InvalidStatus) as error:
        await connect(url, proxy=None, **options)
    answer = error.value.response
    return answer.status_code, json.loads(answer.body)["code"]


async def last_words(viewer: ClientConnection) -> tuple[int, str]:
    """How a viewer is sent away, in time."""
    async with asyncio.timeout(CUT_WITHIN):
        with pytest.raises(ConnectionClosed) as error:
            while True:
                await viewer.recv()
    assert error.value.rcvd is not None
    return error.value.rcvd.code, error.value.rcvd.reason


@in_world("CP-001")
async def test_a_cookie_from_its_own_page_a_token_or_a_ticket_lets_look_on(world: World) -> None:
    access = KnownPeople()
    async with serving(world, access) as url:
        ticket = Subprotocol(f"ticket.{access.ticket_for(EVERYBODY['operator'])}")
        async with (
            connect(url, proxy=None, additional_headers=signed_in(url, "viewer")) as by_cookie,
            connect(url, proxy=None, additional_headers=bearer("machine")) as by_token,
            connect(url, proxy=None, subprotocols=[ticket]) as by_ticket,
        ):
            for viewer in (by_cookie, by_token, by_ticket):
                assert json.loads(await viewer.recv())["type"] == "snapshot"
            assert (by_cookie.subprotocol, by_ticket.subprotocol) == (None, ticket)
        assert await refused(url, subprotocols=[ticket]) == (401, "unknown_credential")


@in_world("CP-001")
async def test_who_may_not_look_on_is_turned_away_and_told_why(world: World) -> None:
    async with serving(world, KnownPeople()) as url:
        assert await refused(url) == (401, "unauthenticated")
        assert await refused(url, additional_headers=bearer("wrong")) == (401, "unknown_credential")
        assert await refused(url, additional_headers=bearer("driver")) == (403, "forbidden")
        assert await refused(url, additional_headers=bearer("CP-001")) == (403, "forbidden")
        no_page = {"Cookie": "session=viewer"}
        assert await refused(url, additional_headers=no_page) == (403, "foreign_page")
        foreign = {**no_page, "Origin": "http://evil.example"}
        assert await refused(url, additional_headers=foreign) == (403, "foreign_page")
        assert await refused(f"{url}/nothing") == (401, "unauthenticated")


@in_world("CP-001")
async def test_who_is_revoked_is_sent_away_and_others_look_on(world: World) -> None:
    access = KnownPeople()
    async with (
        serving(world, access) as url,
        connect(url, proxy=None, additional_headers=signed_in(url, "admin")) as revoked,
        connect(url, proxy=None, additional_headers=signed_in(url, "viewer")) as other,
    ):
        await revoked.recv()
        await other.recv()
        access.revoked.add("admin")
        assert await last_words(revoked) == (POLICY, SIGN_IN_AGAIN)
        await world.post("/health", 401)
        assert (await world.http.post("/cp/CP-001/stop", headers=bearer("operator"))).status_code == 200
        assert json.loads(await other.recv())["points"][0]["state"] == "STOPPED"
        assert await refused(url, additional_headers=signed_in(url, "admin")) == (401, "revoked")


@in_world("CP-001")
async def test_once_people_have_to_sign_in_those_who_had_not_to_are_sent_away(world: World) -> None:
    access = KnownPeople(Mode.OPEN)
    async with serving(world, access) as url, connect(url, proxy=None) as viewer:
        await viewer.recv()
        access.mode = Mode.SECURE
        assert await last_words(viewer) == (POLICY, SIGN_IN_AGAIN)
