"""Exports over HTTP: every row of the list once, with its filters, and each value as a table can hold it."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from evcharging.adapters.store import Store
from evcharging.adapters.store.memory import MemoryStore
from evcharging.apps.ev_central import exports
from evcharging.apps.ev_central.api_v1.exports_api import file_name
from evcharging.apps.ev_central.exports import Export, Exported, Form
from evcharging.common.utils import changed
from evcharging.domain.charging_point import Point
from evcharging.domain.session import SessionStatus
from evcharging.tests.stages.central_world import World, in_world, living
from evcharging.tests.stages.exported import bill_for, listed, rows_in, some_history
from evcharging.tests.stages.store_world import NOW, put, session

FORMS = ("sessions.csv", "sessions.json", "tickets.csv", "tickets.json")


@pytest.fixture
def store() -> Store:
    return some_history()


HOUR = "from=2026-03-01T15:00:00Z&to=2026-03-01T16:00:00Z"
QUERIES = ("", "driver_id=driver-1", "q=S-01", "cp_id=CP-1&sort=oldest", HOUR, "q=nothing")


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize("kind", ["sessions", "tickets"])
def test_an_export_has_every_row_of_the_list_once_in_its_order(store: Store, kind: str, query: str) -> None:
    async def scene() -> None:
        async with living(store) as world:
            wanted = await listed(world, f"/api/v1/{kind}?{query}")
            assert await world.get(f"/api/v1/exports/{kind}.json?{query}") == wanted
            rows = rows_in((await world.http.get(f"/api/v1/exports/{kind}.csv?{query}")).text)
            assert [row["session_id"] for row in rows] == [each["session_id"] for each in wanted]
            assert bool(wanted) is (query != "q=nothing")

    asyncio.run(scene())


def test_a_search_that_looks_far_goes_on_where_a_look_ended(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = Export.search
    monkeypatch.setattr(Export, "search", lambda self: replace(plain(self), look_at=20))

    async def scene() -> None:
        async with living(store) as world:
            wanted = await listed(world, "/api/v1/sessions?q=S-0003")
            assert await world.get("/api/v1/exports/sessions.json?q=S-0003") == wanted != []

    asyncio.run(scene())


@in_world("CP-001")
async def test_a_session_of_a_charge_stands_in_a_row_with_what_it_cost(world: World) -> None:
    await world.drive("CP-001")
    await world.pass_time(11)
    [listed_one] = (await world.get("/api/v1/sessions"))["items"]
    [ticket] = (await world.get("/api/v1/tickets"))["items"]
    answer = await world.http.get("/api/v1/exports/sessions.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8; header=present"
    assert answer.headers["content-disposition"] == 'attachment; filename="sessions.csv"'
    [row] = rows_in(answer.text)
    assert list(row) == list(exports.SESSION_COLUMNS)
    for name in ("session_id", "request_id", "status", "cp_id", "driver_id", "requested_at", "ended_at", "ended_by"):
        assert row[name] == listed_one[name]
    assert float(row["kwh"]) == listed_one["kwh"] == ticket["kwh"]
    assert float(row["euros"]) == ticket["euros"]
    assert (row["tariff"], row["settled_note"]) == ("", "")
    [row] = rows_in((await world.http.get("/api/v1/exports/tickets.csv")).text)
    assert list(row) == list(exports.TICKET_COLUMNS)
    assert (float(row["euros"]), row["net_euros"], row["ended_at"]) == (ticket["euros"], "", ticket["ended_at"])


@in_world("CP-001")
async def test_a_ticket_by_a_tariff_says_net_and_vat(world: World) -> None:
    tariff = {
        "version_id": "day@1",
        "zone": "UTC",
        "elements": [{"energy_micro_euros_per_kwh": 400_000}],
        "vat_permille": 210,
    }
    await world.put("/api/v1/points/CP-001/tariff", json=tariff)
    await world.drive("CP-001")
    await world.pass_time(11)
    [row] = rows_in((await world.http.get("/api/v1/exports/tickets.csv")).text)
    [price] = [each["price"] for each in (await world.get("/api/v1/tickets"))["items"]]
    assert (row["tariff"], row["vat_percent"]) == ("day@1", "21")
    assert [round(float(row[name]) * 1e6) for name in ("net_euros", "vat_euros", "euros")] == [
        price["net"], price["vat"], price["gross"]
    ]  # fmt: skip


def test_no_text_of_strangers_is_a_formula() -> None:
    store = MemoryStore()
    settled = changed(session("=S"), settled_note="=HYPERLINK(1)", settled_by="@me", settled_at=NOW, driver_id="-d")
    put(store, settled, bill_for("=S", driver_id="+1", cp_id="@c", ended_by="\tx"))

    async def scene() -> None:
        async with living(store) as world:
            [row] = rows_in((await world.http.get("/api/v1/exports/sessions.csv")).text)
            names = ("session_id", "settled_note", "settled_by", "driver_id")
            assert [row[name] for name in names] == ["'=S", "'=HYPERLINK(1)", "'@me", "'-d"]
            [row] = rows_in((await world.http.get("/api/v1/exports/tickets.csv")).text)
            assert [row[name] for name in ("driver_id", "cp_id", "ended_by")] == ["'+1", "'@c", "'\tx"]

    asyncio.run(scene())


@pytest.mark.parametrize("name", FORMS)
@in_world()
async def test_what_no_export_has_is_refused_in_a_sentence(world: World, name: str) -> None:
    for query, said in (
        ("colour=red", "colour: there is no such parameter here; there are cp_id"),
        ("from=7100", "from: give ISO 8601 with a time zone"),
        ("limit=5", "limit: there is no such parameter here"),
        ("q=a&q=b", "q: this is given more than once"),
    ):
        answer = await world.get(f"/api/v1/exports/{name}?{query}", 422)
        assert said in answer["detail"]
    await world.get("/api/v1/exports/points.csv", 404)
    await world.get("/api/v1/exports/sessions.csv?status=LOST", 422)


@in_world()
async def test_an_export_of_nothing_is_a_head_or_an_empty_array(world: World) -> None:
    assert (await world.http.get("/api/v1/exports/tickets.csv")).text == ",".join(exports.TICKET_COLUMNS) + "\r\n"
    assert await world.get("/api/v1/exports/tickets.json") == []


def test_only_sessions_of_a_status_are_exported() -> None:
    store = MemoryStore()
    put(store, Point(cp_id="CP-1"), session("S-1"), session("S-2", status=SessionStatus.SUSPECT))

    async def scene() -> None:
        async with living(store) as world:
            rows = rows_in((await world.http.get("/api/v1/exports/sessions.csv?status=SUSPECT")).text)
            assert [row["session_id"] for row in rows] == ["S-2"]
            assert [each["session_id"] for each in await world.get("/api/v1/exports/sessions.json?status=SUSPECT")] == [
                "S-2"
            ]

    asyncio.run(scene())


def moment(day: str) -> datetime:
    return datetime.fromisoformat(day).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("begin", "end", "name"),
    [
        (None, None, "sessions.csv"),
        ("2026-10-01", "2026-11-01", "sessions-2026-10.csv"),
        ("2026-02-01", "2026-03-01", "sessions-2026-02.csv"),
        ("2026-10-01", "2026-10-16", "sessions-2026-10-01-to-2026-10-15.csv"),
        ("2026-10-01", "2026-12-01", "sessions-2026-10-01-to-2026-11-30.csv"),
        ("2026-10-01", None, "sessions-2026-10-01.csv"),
        (None, "2026-10-01", "sessions-to-2026-09-30.csv"),
        (None, "0001-01-01", "sessions-to-0001-01-01.csv"),
    ],
)
def test_a_file_is_called_by_its_month_or_its_days(begin: str | None, end: str | None, name: str) -> None:
    since, until = (None if day is None else moment(day) for day in (begin, end))
    asked = Export(kind=Exported.SESSIONS, form=Form.CSV, since=since, until=until)
    assert file_name(asked) == name
