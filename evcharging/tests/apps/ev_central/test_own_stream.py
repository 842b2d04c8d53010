"""A driver's stream: how things stand, then each word that is said to this driver and to nobody else; over real
sockets."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from evcharging.adapters.store import StoreUnavailable
from evcharging.apps.ev_central import own_stream
from evcharging.apps.ev_central.own_stream import OF_ONE_AT_ONCE, WAITING, OwnListener
from evcharging.apps.web.server import web_server
from evcharging.common.messages import DriverUpdate, UpdateStatus
from evcharging.tests.stages.central_world import START, World, contract, in_world
from evcharging.tests.stages.known_people import EVERYBODY, bearer
from evcharging.tests.stages.phones import ALICE, BOB, Drivers

Frame = dict[str, Any]
NAMES = {"snapshot": "OwnSnapshotFrame", "update": "OwnUpdateFrame", "heartbeat": "HeartbeatFrame"}


@asynccontextmanager
async def serving(world: World) -> AsyncIterator[str]:
    """Central with its streams; where they are."""
    world.let_in(Drivers())
    async with web_server(world.app, "127.0.0.1", 0) as (url, _):
        yield url.replace("http", "ws") + "/api/v1/me/stream"


def listening(url: str, driver_id: str = ALICE) -> connect:
    return connect(url, proxy=None, additional_headers=bearer(driver_id))


async def next_frame(client: ClientConnection) -> Frame:
    """The next frame, of the shape that is promised."""
    async with asyncio.timeout(10):
        frame: Frame = json.loads(await client.recv())
    schema = {"$ref": f"#/components/schemas/{NAMES[frame['type']]}"}
    assert contract().errors(schema, frame) == []
    return frame


async def until(client: ClientConnection, holds: Callable[[Frame], bool]) -> list[Frame]:
    """All frames up to the first for which something holds."""
    frames = [await next_frame(client)]
    while not holds(frames[-1]):
        frames.append(await next_frame(client))
    return frames


async def closed_with(client: ClientConnection) -> tuple[int, str]:
    """How Central closed it."""
    with pytest.raises(ConnectionClosed) as closed:
        async with asyncio.timeout(10):
            while True:
                await client.recv()
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code, closed.value.rcvd.reason


@in_world("CP-001")
async def test_a_driver_hears_each_word_from_the_quote_to_the_ticket(world: World) -> None:
    async with serving(world) as url, listening(url) as client:
        snapshot = await next_frame(client)
        assert (snapshot["type"], snapshot["sessions"], snapshot["ticket"]) == ("snapshot", [], None)
        await world.drive("CP-001", ALICE, kwh=0.05)
        await world.pass_time(15)
        frames = await until(client, lambda frame: frame.get("status") == "COMPLETED")
    accepted, *readings, last = [frame for frame in frames if frame["type"] == "update"]
    assert (accepted["status"], accepted["quote"]["kwh"]) == ("ACCEPTED", 0.05)
    assert {frame["status"] for frame in readings} == {"IN_PROGRESS"}
    assert [frame["kwh"] for frame in readings] == sorted(frame["kwh"] for frame in readings)
    assert (last["ticket"]["kwh"], last["ticket"]["session_id"]) == (0.05, accepted["session_id"])


@in_world("CP-001", "CP-002")
async def test_nobody_hears_what_is_said_to_another_one(world: World) -> None:
    async with serving(world) as url, listening(url, BOB) as client:
        await next_frame(client)
        alices = await world.drive("CP-001", ALICE)
        await world.pass_time(15)
        bobs = await world.drive("CP-002", BOB)
        await world.pass_time(15)
        frames = await until(client, lambda frame: frame.get("status") == "COMPLETED")
        text = json.dumps(frames)
    assert bobs in text
    assert alices not in text
    assert ALICE not in text


@in_world("CP-001", "CP-002")
async def test_who_comes_while_a_session_goes_on_sees_how_it_stands_and_the_last_ticket(world: World) -> None:
    await world.drive("CP-001", ALICE)
    await world.pass_time(15)
    await world.drive("CP-001", ALICE)
    await world.drive("CP-002", BOB)
    await world.pass_time(4)
    async with serving(world) as url, listening(url) as client:
        snapshot = await next_frame(client)
    [session], ticket = snapshot["sessions"], snapshot["ticket"]
    assert (session["cp_id"], session["status"], session["kw"]) == ("CP-001", "SUPPLYING", 22.0)
    assert 0.018 < session["kwh"] < 0.031
    assert (ticket["driver_id"], ticket["kwh"]) == (ALICE, 0.061111)
    assert BOB not in json.dumps(snapshot)


@in_world("CP-001")
async def test_updates_are_read_only_while_somebody_listens(world: World) -> None:
    feed = world.commands.feed
    assert not feed.is_read
    async with serving(world) as url:
        async with listening(url) as one, listening(url) as other:
            await next_frame(one)
            await next_frame(other)
            assert feed.is_read
        async with asyncio.timeout(10):
            while feed.is_read:
                await asyncio.sleep(0)
        async with listening(url) as again:
            await next_frame(again)
            await world.drive("CP-001", ALICE)
            assert (await next_frame(again))["status"] == "ACCEPTED"


@in_world("CP-001")
async def test_silence_is_broken_by_a_heartbeat(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_stream, "HEARTBEAT", 0.01)
    async with serving(world) as url, listening(url) as client:
        await next_frame(client)
        assert await next_frame(client) == {"type": "heartbeat", "ts": "2026-01-01T12:00:00Z"}


@in_world("CP-001")
async def test_a_ticket_opens_a_stream_once(world: World) -> None:
    async with serving(world) as url:
        ticket = world.access.ticket_for(EVERYBODY["driver"])
        words = [Subprotocol(f"ticket.{ticket}")]
        async with connect(url, proxy=None, subprotocols=words) as client:
            assert client.subprotocol == words[0]
            assert (await next_frame(client))["type"] == "snapshot"
        with pytest.raises(InvalidStatus) as refused:
            await connect(url, proxy=None, subprotocols=words)
    assert refused.value.response.status_code == 401


@in_world("CP-001")
async def test_who_may_not_listen_any_more_is_sent_away(world: World) -> None:
    access = Drivers()
    async with serving(world) as url:
        world.app.state.access = access
        async with listening(url, "driver") as client:
            await next_frame(client)
            access.revoked.add("driver")
            assert await closed_with(client) == (1008, "Sign in again")


@pytest.mark.parametrize(("word", "status"), [("viewer", 403), ("admin", 403), ("CP-001", 403), ("nobody", 401)])
@in_world("CP-001")
async def test_nobody_listens_but_a_driver(world: World, word: str, status: int) -> None:
    async with serving(world) as url:
        with pytest.raises(InvalidStatus) as refused:
            await listening(url, word)
    assert refused.value.response.status_code == status


@in_world("CP-001")
async def test_where_nobody_signs_in_there_is_no_driver_who_listens(world: World) -> None:
    async with web_server(world.app, "127.0.0.1", 0) as (url, _):
        with pytest.raises(InvalidStatus) as refused:
            await connect(url.replace("http", "ws") + "/api/v1/me/stream", proxy=None)
    assert refused.value.response.status_code == 401


@in_world("CP-001")
async def test_one_driver_may_listen_a_few_times_at_once(world: World) -> None:
    async with serving(world) as url, AsyncExitStack() as stack:
        for _ in range(OF_ONE_AT_ONCE):
            client = await stack.enter_async_context(listening(url))
            await next_frame(client)
        async with listening(url) as more:
            assert await closed_with(more) == (1013, own_stream.FULL)
        async with listening(url, BOB) as other:
            assert (await next_frame(other))["type"] == "snapshot"


@in_world("CP-001")
async def test_without_the_ledger_a_driver_is_asked_to_come_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(question: object) -> None:
        raise StoreUnavailable("The database is away")

    async with serving(world) as url:
        monkeypatch.setattr(world.queries, "history", away)
        async with listening(url) as client:
            assert await closed_with(client) == (1013, own_stream.NO_LEDGER)


def test_who_is_too_slow_is_sent_away_and_hears_nothing_old() -> None:
    async def scenario() -> None:
        listener = OwnListener()
        update = DriverUpdate(
            ts=START, request_id="R-1", driver_id=ALICE, cp_id="CP-001", status=UpdateStatus.IN_PROGRESS
        )
        for _ in range(WAITING + 5):
            listener.hear(update)
        assert (listener.waiting.get_nowait(), listener.waiting.empty()) == (None, True)
        assert listener.farewell == (1013, own_stream.TOO_SLOW)

    asyncio.run(scenario())
