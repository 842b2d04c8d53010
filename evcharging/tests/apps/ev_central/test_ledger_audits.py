"""The audit of the ledger over HTTP: in a process of its own, one at a time, and told in sentences."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any

import psutil
import pytest

from evcharging.adapters.store.sql.store import SqlStore
from evcharging.apps.ev_central.audit_program import Auditing, Progress
from evcharging.apps.ev_central.ledger_audits import ledger_audits
from evcharging.common.messages import EndReason
from evcharging.common.utils import changed
from evcharging.domain.session import SessionStatus, bill_of, request_of
from evcharging.tests.stages.central_world import World, in_world, living
from evcharging.tests.stages.empty_ledger import empty_ledger
from evcharging.tests.stages.lost_files import moved_away
from evcharging.tests.stages.store_world import LATER, NOW, put, session

PATH = "/api/v1/ledger-audits"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "central.db"


@pytest.fixture
def store(file: Path) -> Iterator[SqlStore]:
    """A ledger with a session that was billed."""
    done = changed(
        session("S-1", status=SessionStatus.COMPLETED, stop=2_000_000),
        started_at=NOW,
        ended_at=LATER,
        ended_by=EndReason.COMPLETE,
    )
    with closing(SqlStore(empty_ledger(file))) as store:
        put(store, request_of(done), done, bill_of(done))
        yield store


@asynccontextmanager
async def auditing(store: SqlStore, file: Path) -> AsyncIterator[World]:
    async with living(store) as world, ledger_audits(f"sqlite:///{file}", world.clock.now) as audits:
        world.queries.audits = audits
        yield world


async def audited(world: World) -> dict[str, Any]:
    """What an audit found, once it has ended."""
    begun = await world.post(PATH, 202)
    assert begun["running_since"] is not None
    while (found := await world.get(PATH))["running_since"] is not None:
        assert found["progress"] is None or 0 <= found["progress"] <= 1
        await asyncio.sleep(0.02)
    last: dict[str, Any] = found["last"]
    return last


def test_a_ledger_without_a_difference_is_told_as_that(store: SqlStore, file: Path) -> None:
    async def scene() -> None:
        async with auditing(store, file) as world:
            assert await world.get(PATH) == {"running_since": None, "progress": None, "last": None}
            last = await audited(world)
            assert last["problem"] is None
            names = ("sessions", "bills", "kwh", "euros", "differences", "findings", "remarks")
            assert [last["seen"][name] for name in names] == [1, 1, 2.0, 0.6, 0, [], []]
            assert last["seen"]["facts"] >= 2

    asyncio.run(scene())


def test_what_does_not_agree_is_told_in_sentences(store: SqlStore, file: Path) -> None:
    with closing(sqlite3.connect(file)) as stranger, stranger:
        stranger.execute("UPDATE tickets SET micro_euros = 1")

    async def scene() -> None:
        async with auditing(store, file) as world:
            seen = (await audited(world))["seen"]
            assert seen["differences"] == len(seen["findings"]) > 0
            assert any("Bill S-1 has micro_euros 1 in its table" in each for each in seen["findings"])

    asyncio.run(scene())


def test_there_is_one_audit_at_a_time_and_it_ends_with_central(store: SqlStore, file: Path) -> None:
    before = set(psutil.Process().children())

    async def scene() -> None:
        async with auditing(store, file) as world:
            await world.post(PATH, 202)
            refusal = await world.post(PATH, 409)
            assert refusal["detail"].startswith("The ledger is being audited already, since 2026-01-01 12:00:00 UTC")
            audits = world.queries.audits
            assert audits is not None
        assert audits.running_since is None
        assert set(psutil.Process().children()) <= before

    asyncio.run(scene())


def test_a_ledger_that_cannot_be_read_is_told_and_can_be_audited_later(store: SqlStore, file: Path) -> None:
    async def scene() -> None:
        async with auditing(store, file) as world:
            heal = moved_away(file)
            last = await audited(world)
            assert last["seen"] is None
            assert "There is no ledger in" in last["problem"]
            heal()
            assert (await audited(world))["seen"]["differences"] == 0

    asyncio.run(scene())


@in_world()
async def test_a_central_without_a_ledger_in_a_database_says_so(world: World) -> None:
    for answer in (await world.post(PATH, 409), await world.get(PATH, 409)):
        assert answer["detail"] == "This Central keeps no ledger that can be audited"


def test_the_process_knows_how_far_it_is(store: SqlStore, file: Path) -> None:
    process = Auditing(f"sqlite:///{file}")
    assert process.progress == Progress()
    assert process.run().report is not None
    assert 0 < process.progress.done <= process.progress.rows
    assert "There is no ledger" in str(Auditing(f"sqlite:///{file}.none").run().problem)
