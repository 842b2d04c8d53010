"""Exports as they are sent: a piece at a time, whoever takes them and whatever happens meanwhile."""

import asyncio
import gc
import tracemalloc
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from itertools import islice
from typing import Any

import pytest
from starlette.types import Message

from evcharging.adapters.store import Commit, Store, StoreUnavailable
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.apps.ev_central import exports
from evcharging.apps.ev_central.exports import Export
from evcharging.apps.ev_central.queries import PageAnswer, PageQuestion
from evcharging.common.utils import changed
from evcharging.domain.record import Record
from evcharging.tests.stages.central_world import NAME, World, living
from evcharging.tests.stages.empty_ledger import empty_ledger
from evcharging.tests.stages.exported import bill_for, listed, rows_in, some_history
from evcharging.tests.stages.store_world import NOW, put, session

MANY, AT_ONCE = 30_000, 5_000
ROOM = 800_000
"""Bytes that an export may hold; its file is several times as large."""


@pytest.fixture
def store() -> Store:
    return some_history()


class Client:
    """Takes what an app sends, as a server does; it goes away after so many parts."""

    def __init__(self, stays_for: int | None = None) -> None:
        self.lengths: list[int] = []
        self.is_whole = False
        self._stays_for = stays_for
        self._gone = asyncio.Event()

    async def receive(self) -> Message:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        await asyncio.sleep(0)
        if message["type"] == "http.response.body":
            self.lengths.append(len(message.get("body", b"")))
            self.is_whole = not message.get("more_body")
        if len(self.lengths) == self._stays_for:
            self._gone.set()

    async def ask(self, world: World, path: str, query: str = "") -> None:
        """Ask a world's app for a path."""
        scope = {
            "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "method": "GET",
            "scheme": "http", "path": path, "raw_path": path.encode(), "root_path": "", "query_string": query.encode(),
            "headers": [(b"host", NAME.encode())], "client": ("127.0.0.1", 1), "server": (NAME, 80), "state": {},
        }  # fmt: skip
        await world.app(scope, self.receive, self.send)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A ledger of so many tickets."""
    file = tmp_path_factory.mktemp("large") / "central.db"
    with closing(SqlStore(empty_ledger(file))) as store:
        bill = bill_for("S")
        bills: Iterator[Record] = (changed(bill, session_id=f"S-{number}") for number in range(MANY))
        while some := [("0", each) for each in islice(bills, AT_ONCE)]:
            store.commit(Commit(records=some))
        yield store


def test_a_large_export_is_never_in_memory_as_a_whole(large: Store) -> None:
    """What is held at most is measured once the app and the store are warm."""

    async def scene() -> None:
        async with living(large) as world:
            path, client = "/api/v1/exports/tickets.csv", Client()
            await Client().ask(world, path, "q=S-27777")
            gc.collect()
            tracemalloc.start()
            try:
                await client.ask(world, path)
                _, peak = tracemalloc.get_traced_memory()
            finally:
                tracemalloc.stop()
            assert client.is_whole
            assert sum(client.lengths) > 4 * ROOM
            assert peak < ROOM

    asyncio.run(scene())


def test_every_session_is_exported_once_while_new_ones_come(store: Store) -> None:
    class Coming:
        """Answers nothing, and has another session begin with each question."""

        count = 0

        async def answer(self, question: PageQuestion) -> PageAnswer | None:
            self.count += 1
            put(store, changed(session(f"new-{self.count}"), requested_at=NOW + timedelta(days=self.count)))
            return None

    async def scene() -> None:
        async with living(store) as world:
            wanted = [each["session_id"] for each in await listed(world, "/api/v1/sessions")]
            world.queries.elsewhere = coming = Coming()
            for query in ("", "sort=oldest"):
                rows = rows_in((await world.http.get(f"/api/v1/exports/sessions.csv?{query}")).text)
                found = [row["session_id"] for row in rows]
                assert len(found) == len(set(found))
                assert [each for each in found if not each.startswith("new-")] == wanted[:: -1 if query else 1]
            assert coming.count > 5

    asyncio.run(scene())


def test_the_work_ends_when_the_client_goes_away(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[Export] = []
    plain = exports.piece_of

    async def counted(queries: Any, asked: Export) -> Any:
        read.append(asked)
        return await plain(queries, asked)

    monkeypatch.setattr("evcharging.apps.ev_central.api_v1.exports_api.piece_of", counted)
    monkeypatch.setattr(exports, "PIECE", 5)

    async def scene() -> None:
        async with living(store) as world:
            client = Client(stays_for=3)
            await client.ask(world, "/api/v1/exports/sessions.csv")
            assert not client.is_whole
            assert 2 <= len(read) < 10

    asyncio.run(scene())


def test_a_ledger_that_cannot_be_read_is_said_before_anything_else(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object) -> None:
        raise StoreUnavailable("The disk is gone: put it back")

    monkeypatch.setattr(exports, "read_piece", lost)

    async def scene() -> None:
        async with living(store) as world:
            answer = await world.get("/api/v1/exports/sessions.csv", 503)
            assert answer["detail"] == "The disk is gone: put it back"

    asyncio.run(scene())
    question = PageQuestion(exports.PATH, b'{"kind":"sessions","form":"csv"}', "", NOW)
    assert exports.answered(store, question) == PageAnswer(503, (), b"The disk is gone: put it back")
