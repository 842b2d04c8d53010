"""The ledger over HTTP: sessions, tickets, requests, drivers and messages, filtered and page by page."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from evcharging.adapters.store import Commit, Store
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.common.messages import EndReason
from evcharging.domain.notice import Notice
from evcharging.domain.record import Record
from evcharging.domain.session import Request, Session, SessionStatus, bill_of
from evcharging.tests.stages.central_world import START, Json, World, in_world, living

COUNT = 23
LEDGERS = {"sessions": "session_id", "tickets": "session_id", "requests": "request_id", "messages": "notice_id"}


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Store]:
    """A database with some history: every third session is driver-b's, every second is at CP-2."""
    with closing(SqlStore(f"sqlite:///{tmp_path}/central.db")) as store:
        store.commit(Commit(records=[("0", record) for number in range(1, COUNT + 1) for record in records(number)]))
        yield store


def records(number: int) -> list[Record]:
    """One session of the past, with its request, its bill and a notice about it."""
    at = START - timedelta(hours=COUNT - number)
    driver_id = "driver-b" if number % 3 == 0 else "driver-a"
    cp_id = "CP-2" if number % 2 == 0 else "CP-1"
    session_id, request_id = f"session-{number}", f"request-{number}"
    session = Session(
        session_id=session_id,
        request_id=request_id,
        driver_id=driver_id,
        cp_id=cp_id,
        micro_euros_per_kwh=300_000,
        status=SessionStatus.COMPLETED,
        requested_at=at,
        started_at=at,
        ended_at=at,
        register_start_mwh=7,
        register_stop_mwh=1_000_007,
        ended_by=EndReason.COMPLETE,
    )
    bill = bill_of(session)
    request = Request(
        request_id=request_id,
        driver_id=driver_id,
        cp_id=cp_id,
        limit_mwh=None,
        requested_at=at,
        accepted=True,
        session_id=session_id,
    )
    return [session, bill, request, Notice(notice_id=f"notice-{number}", ts=at, level="info", text="x", cp_id=cp_id)]


def with_ledger(ledger: Store, test: Callable[[World], Awaitable[None]]) -> None:
    async def scenario() -> None:
        async with living(ledger) as world:
            await test(world)

    asyncio.run(scenario())


async def walk(world: World, path: str) -> list[list[Json]]:
    """All pages, as the Link headers lead."""
    pages = []
    url: str | None = path
    while url is not None:
        answer = await world.http.get(url)
        assert answer.status_code == 200, answer.text
        pages.append(answer.json())
        url = answer.links.get("next", {}).get("url")
    return pages


@pytest.mark.parametrize("limit", [1, 7, COUNT, 500])
def test_pages_walk_everything_exactly_once_newest_first(ledger: Store, limit: int) -> None:
    async def test(world: World) -> None:
        for name, key in LEDGERS.items():
            pages = await walk(world, f"/{name}?limit={limit}")
            found = [row[key] for page in pages for row in page]
            wanted = [f"{key.removesuffix('_id')}-{number}" for number in range(COUNT, 0, -1)]
            assert [each for each in found if each in wanted] == wanted
            assert len(set(found)) == len(found)
            assert [len(page) for page in pages[:-1]] == [limit] * (len(pages) - 1)
            assert pages[-1]

    with_ledger(ledger, test)


def test_without_a_limit_a_page_has_fifty_at_most(ledger: Store) -> None:
    async def test(world: World) -> None:
        ledger.commit(Commit(records=[("0", record) for number in range(100, 140) for record in records(number)]))
        assert [len(page) for page in await walk(world, "/sessions")] == [50, 13]

    with_ledger(ledger, test)


def test_new_entries_while_one_walks_move_no_page(ledger: Store) -> None:
    async def test(world: World) -> None:
        first = await world.http.get("/sessions?limit=10")
        ledger.commit(Commit(records=[("0", record) for record in records(999)]))
        rest = await walk(world, first.links["next"]["url"])
        found = [row["session_id"] for page in [first.json(), *rest] for row in page]
        assert found == [f"session-{number}" for number in range(COUNT, 0, -1)]

    with_ledger(ledger, test)


def test_filters_choose_and_stay_on_through_the_pages(ledger: Store) -> None:
    async def test(world: World) -> None:
        for name in LEDGERS:
            pages = await walk(world, f"/{name}?limit=2&cp_id=CP-2")
            rows = [row for page in pages for row in page]
            assert len(rows) == COUNT // 2
            assert {row["cp_id"] for row in rows} == {"CP-2"}

    with_ledger(ledger, test)


def test_filters_add_up(ledger: Store) -> None:
    async def test(world: World) -> None:
        for name in ("sessions", "tickets", "requests"):
            rows = await world.get(f"/{name}?driver_id=driver-b&cp_id=CP-2")
            assert [row["session_id"] for row in rows] == ["session-18", "session-12", "session-6"]
            assert await world.get(f"/{name}?driver_id=nobody") == []

    with_ledger(ledger, test)


def test_one_session_can_be_asked_for(ledger: Store) -> None:
    async def test(world: World) -> None:
        for name in ("sessions", "tickets"):
            assert [row["session_id"] for row in await world.get(f"/{name}?session_id=session-5")] == ["session-5"]

    with_ledger(ledger, test)


def test_drivers_come_in_order_of_their_ids_with_what_they_asked_for_and_were_billed(ledger: Store) -> None:
    async def test(world: World) -> None:
        pages = await walk(world, "/drivers?limit=1")
        assert [row for page in pages for row in page] == [
            {"driver_id": "driver-a", "requests": 16, "tickets": 16, "kwh": 16.0, "euros": 4.8},
            {"driver_id": "driver-b", "requests": 7, "tickets": 7, "kwh": 7.0, "euros": 2.1},
        ]

    with_ledger(ledger, test)


@in_world("CP-001")
async def test_a_session_shows_its_energy_only_once_it_has_ended(world: World) -> None:
    await world.drive("CP-001")
    await world.pass_time(3)
    session = (await world.get("/sessions"))[0]
    assert (session["status"], session["kwh"], session["ended_by"]) == ("SUPPLYING", None, None)
    await world.pass_time(8)
    session = (await world.get("/sessions"))[0]
    assert (session["status"], session["kwh"], session["ended_by"]) == ("COMPLETED", 0.061111, "supply complete")


@in_world("CP-001")
async def test_a_denied_request_is_kept_with_its_reason(world: World) -> None:
    await world.drive("CP-001")
    await world.drive("CP-001", "driver-bob", kwh=1.5)
    denied, accepted = await world.get("/requests")
    assert (denied["decision"], denied["reason"], denied["session_id"]) == ("DENIED", "CP-001 is busy", None)
    assert (denied["driver_id"], denied["kwh"]) == ("driver-bob", 1.5)
    assert (accepted["decision"], accepted["reason"], accepted["kwh"]) == ("ACCEPTED", None, None)
    assert accepted["session_id"] == (await world.get("/cp/CP-001"))["session"]["session_id"]


@in_world("CP-001")
async def test_a_driver_who_was_only_denied_is_listed_without_tickets(world: World) -> None:
    await world.drive("CP-404", "driver-bob")
    assert await world.get("/drivers") == [
        {"driver_id": "driver-bob", "requests": 1, "tickets": 0, "kwh": 0.0, "euros": 0.0}
    ]


@in_world("CP-001")
async def test_a_ticket_has_the_figures_that_its_driver_was_told(world: World) -> None:
    request_id = await world.drive("CP-001", kwh=0.05)
    await world.pass_time(60)
    told = world.told(request_id)[-1].ticket
    ticket = (await world.get("/tickets"))[0]
    assert told is not None
    assert (ticket["session_id"], ticket["kwh"], ticket["euros"]) == (told.session_id, told.kwh, told.euros)
    assert (ticket["kwh"], ticket["euros"], ticket["euros_per_kwh"]) == (0.05, 0.015, 0.3)


@in_world("CP-001")
async def test_messages_tell_what_happened_newest_first(world: World) -> None:
    await world.post("/cp/CP-001/stop")
    await world.post("/cp/CP-001/resume")
    messages = await world.get("/messages")
    assert [(message["level"], message["text"]) for message in messages] == [
        ("info", "CP-001 back in service"),
        ("warning", "CP-001 stopped by the operator"),
        ("info", "CP-001 online"),
        ("info", "CP-001 registered"),
        ("info", "Central status OK"),
    ]
    assert [message["text"] for message in await world.get("/messages?cp_id=CP-404")] == []
