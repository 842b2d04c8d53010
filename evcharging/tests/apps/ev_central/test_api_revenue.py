"""Revenue over HTTP: the same bills, however they are looked at."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from evcharging.adapters.store.memory import MemoryStore
from evcharging.common.messages_tariff import Price
from evcharging.common.utils import changed, iso
from evcharging.domain.session import Bill
from evcharging.tests.stages.central_world import START, World, in_world, living
from evcharging.tests.stages.exported import bill_for
from evcharging.tests.stages.store_world import put

PRICE = Price(lines=(), net=100_000, vat_permille=210, vat=21_000, gross=121_000)
WAYS = ("day", "site", "point", "tariff", "driver")


def bill(number: int, ended_at: datetime, **fields: Any) -> Bill:
    """A bill of ten minutes, of 1.5 kWh and 0.45 euros."""
    begin = ended_at - timedelta(minutes=10)
    return changed(bill_for(f"S-{number}", ended_at=ended_at), started_at=begin, **fields)


BILLS = (
    bill(1, START - timedelta(days=40), site_id="SITE-1"),
    bill(2, START - timedelta(days=2), site_id="SITE-1", cp_id="CP-2", driver_id="bob"),
    bill(3, START - timedelta(days=2, hours=1), site_id="SITE-2", tariff="day@1", price=PRICE, micro_euros=121_000),
    bill(4, START - timedelta(minutes=10), driver_id="bob"),
)


def in_history(test: Callable[[World], Awaitable[None]]) -> Callable[[], None]:
    """Makes a test of one that is given a world with these bills."""

    def run() -> None:
        async def scene() -> None:
            store = MemoryStore()
            put(store, *BILLS)
            async with living(store) as world:
                await test(world)

        asyncio.run(scene())

    run.__name__ = test.__name__
    return run


def values(answer: dict[str, Any]) -> list[tuple[Any, int, float]]:
    return [(item["value"], item["sessions"], item["euros"]) for item in answer["items"]]


@in_history
async def test_every_way_to_look_at_them_comes_to_the_same_total(world: World) -> None:
    for by in WAYS:
        answer = await world.get(f"/api/v1/revenue?by={by}")
        total = answer["total"]
        assert (total["sessions"], total["kwh"], total["euros"]) == (3, 4.5, 1.021), by
        assert sum(item["sessions"] for item in answer["items"]) == 3
        assert round(sum(item["euros"] for item in answer["items"]), 6) == 1.021
        assert (answer["begins_at"], answer["ends_at"]) == (iso(START - timedelta(days=30)), iso(START))


@in_history
async def test_groups_have_the_most_money_first_and_those_of_none_are_told_too(world: World) -> None:
    assert values(await world.get("/api/v1/revenue?by=site")) == [
        (None, 1, 0.45),
        ("SITE-1", 1, 0.45),
        ("SITE-2", 1, 0.121),
    ]
    assert values(await world.get("/api/v1/revenue?by=driver")) == [("bob", 2, 0.9), ("driver-1", 1, 0.121)]
    assert values(await world.get("/api/v1/revenue?by=point")) == [("CP-1", 2, 0.571), ("CP-2", 1, 0.45)]
    assert values(await world.get("/api/v1/revenue?by=tariff")) == [(None, 2, 0.9), ("day@1", 1, 0.121)]
    few = await world.get("/api/v1/revenue?by=driver&limit=1")
    assert (values(few), few["groups"], few["total"]["sessions"]) == ([("bob", 2, 0.9)], 2, 3)
    assert (await world.get("/api/v1/revenue?by=site&limit=1"))["groups"] == 3


@in_history
async def test_net_and_vat_are_told_of_the_bills_that_say_them(world: World) -> None:
    answer = await world.get("/api/v1/revenue?by=tariff")
    said = {"euros": 0.121, "net_euros": 0.1, "vat_euros": 0.021}
    assert answer["total"]["vat"] == said
    assert {item["value"]: item["vat"] for item in answer["items"]} == {None: None, "day@1": said}
    assert (await world.get("/api/v1/revenue?by=site"))["total"]["vat"] is None


@in_history
async def test_every_day_is_told_whether_something_was_in_it_or_not(world: World) -> None:
    answer = await world.get(f"/api/v1/revenue?by=day&from={iso(START - timedelta(days=3, hours=1))}")
    assert values(answer) == [
        ("2025-12-29", 0, 0.0),
        ("2025-12-30", 2, 0.571),
        ("2025-12-31", 0, 0.0),
        ("2026-01-01", 1, 0.45),
    ]
    assert answer["groups"] == 4
    nothing = await world.get(f"/api/v1/revenue?by=day&from={iso(START)}&to={iso(START)}")
    assert (nothing["items"], nothing["total"]["sessions"]) == ([], 0)


@in_history
async def test_hours_count_whole_at_both_ends(world: World) -> None:
    since, until = START - timedelta(days=2, minutes=61), START - timedelta(days=2, minutes=59)
    for by in WAYS:
        answer = await world.get(f"/api/v1/revenue?by={by}&from={iso(since)}&to={iso(until)}")
        assert answer["begins_at"] == iso(START - timedelta(days=2, hours=2))
        assert answer["ends_at"] == iso(START - timedelta(days=2))
        assert answer["total"]["sessions"] == 2, by


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "by: "),
        ("by=colour", "by: "),
        ("by=day&colour=red", "colour: there is no such parameter here"),
        ("by=day&limit=0", "limit: "),
        ("by=site&from=0001-01-01T00:00:00Z", "from: give a moment of the years 2 to 9998"),
        ("by=site&to=9999-01-01T00:00:00Z", "to: give a moment of the years 2 to 9998"),
        ("by=day&from=2020-01-01T00:00:00Z", "from: give a moment at most 366 days before the end"),
    ],
)
@in_world()
async def test_what_cannot_be_told_is_refused_in_a_sentence(world: World, query: str, said: str) -> None:
    assert said in (await world.get(f"/api/v1/revenue?{query}", 422))["detail"]
