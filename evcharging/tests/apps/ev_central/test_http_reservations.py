"""Points are booked over HTTP: by drivers for themselves, by operators for anybody, at a point or at a site."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from evcharging.common.utils import iso
from evcharging.tests.laws.depth import DEPTH
from evcharging.tests.stages.central_world import START, World, in_world
from evcharging.tests.stages.phones import ALICE, BOB, Phone

PATH = "/api/v1/reservations"


def times(at: float = 60, lasts: float = 60) -> dict[str, str]:
    """From so many minutes after the beginning, for so many."""
    begin = START + timedelta(minutes=at)
    return {"from": iso(begin), "to": iso(begin + timedelta(minutes=lasts))}


def wish(**fields: object) -> dict[str, object]:
    return {"cp_id": "CP-001", **times(), **fields}


async def book(phone: Phone, status: int = 201, **fields: object) -> Any:
    return await phone.ask("POST", PATH, status, wish(**fields))


@in_world("CP-001", "CP-002")
async def test_a_driver_books_a_point_finds_it_and_cancels_it(world: World) -> None:
    alice, bob = Phone(world), Phone(world, BOB)
    booked = await book(alice)
    assert (booked["driver_id"], booked["cp_id"], booked["status"]) == (ALICE, "CP-001", "BOOKED")
    assert alice.answer.headers["Location"] == f"{PATH}/{booked['reservation_id']}"
    assert (await alice.ask("GET", PATH))["items"] == [booked]
    assert (await bob.ask("GET", PATH))["items"] == []
    path = f"{PATH}/{booked['reservation_id']}"
    assert await alice.ask("GET", path) == booked
    await bob.ask("GET", path, 404)
    await bob.ask("DELETE", path, 404)
    cancelled = await alice.ask("DELETE", path)
    assert (cancelled["status"], cancelled["euros"]) == ("CANCELLED", 0.0)
    assert await alice.ask("DELETE", path) == cancelled
    assert (await book(bob))["driver_id"] == BOB


@in_world("CP-001")
async def test_a_time_that_is_taken_is_a_conflict_that_says_when(world: World) -> None:
    await book(Phone(world))
    problem = await book(Phone(world, BOB), 409)
    assert problem["detail"] == (
        "CP-001 is reserved from 2026-01-01 13:00 UTC to 2026-01-01 14:00 UTC: leave 5 minutes between"
    )


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (times(-30), "from: a reservation cannot begin in the past: it is 2026-01-01 12:00 UTC already"),
        (times(10 * 365 * 24 * 60), "from: a reservation begins within 7 days: before 2026-01-08 12:00 UTC"),
        (times(60, 5), "from: a reservation lasts 15 minutes at least"),
        ({"from": "2026-01-01T13:00:00"}, "from: Input should have timezone info"),
        ({"from": 1767272400}, "from: give ISO 8601 with a time zone, such as 2026-01-01T12:00:00Z"),
        ({"site_id": "SITE-1"}, "The body: say cp_id or site_id, and not both"),
    ],
)
@in_world("CP-001")
async def test_what_cannot_be_booked_is_refused_in_one_sentence(world: World, said: dict[str, Any], why: str) -> None:
    assert (await book(Phone(world), 422, **said))["detail"] == why


@in_world("CP-001")
async def test_an_unknown_point_or_site_is_not_found(world: World) -> None:
    await book(Phone(world), 404, cp_id="CP-404")
    await Phone(world).ask("POST", PATH, 404, {"site_id": "SITE-404", **times()})


@in_world("CP-001")
async def test_a_driver_books_for_nobody_else_and_sees_nobody_elses(world: World) -> None:
    alice = Phone(world)
    problem = await book(alice, 403, driver_id=BOB)
    assert problem["detail"] == f"{ALICE} books for {ALICE} alone, and not for {BOB}"
    await alice.ask("GET", f"{PATH}?driver_id={BOB}", 403)


@in_world("CP-001")
async def test_an_operator_books_for_a_driver_and_cancels_at_no_cost(world: World) -> None:
    operator = Phone(world, "operator")
    await book(operator, 422)
    booked = await book(operator, driver_id=ALICE)
    assert booked["driver_id"] == ALICE
    freed = await operator.ask("DELETE", f"{PATH}/{booked['reservation_id']}")
    assert (freed["status"], freed["reason"], freed["euros"]) == ("FAILED", "an operator cancelled it", 0.0)
    await Phone(world, "viewer").ask("POST", PATH, 403, wish(driver_id=ALICE))


@in_world("CP-001")
async def test_the_same_key_books_once(world: World) -> None:
    alice = Phone(world)
    key = {"Idempotency-Key": "one"}
    first = await alice.ask("POST", PATH, 201, wish(), **key)
    assert await alice.ask("POST", PATH, 201, wish(), **key) == first
    await alice.ask("POST", PATH, 409, wish(**times(180)), **key)
    assert len((await alice.ask("GET", PATH))["items"]) == 1


@in_world("CP-001")
async def test_of_two_who_book_one_time_at_once_one_has_it(world: World) -> None:
    phones = Phone(world), Phone(world, BOB)
    for _ in range(20 * DEPTH):
        both = await asyncio.gather(*(phone.send("POST", PATH, wish()) for phone in phones))
        assert sorted(answer.status_code for answer in both) == [201, 409]
        for phone, answer in zip(phones, both, strict=True):
            if answer.status_code == 201:
                await phone.ask("DELETE", answer.headers["Location"])


@in_world("CP-001", "CP-002")
async def test_any_point_of_a_site_is_booked_until_none_is_left(world: World) -> None:
    for cp_id in ("CP-001", "CP-002"):
        await world.post("/cp/register", json={"cp_id": cp_id, "site_id": "SITE-1"})
    await world.pass_time(10)
    at_site = {"site_id": "SITE-1", **times()}
    alice, bob = Phone(world), Phone(world, BOB)
    first = await alice.ask("POST", PATH, 201, at_site)
    second = await bob.ask("POST", PATH, 201, at_site)
    assert {first["cp_id"], second["cp_id"]} == {"CP-001", "CP-002"}
    assert (first["is_any_point"], first["site_id"]) == (True, "SITE-1")
    third = await Phone(world, "operator").ask("POST", PATH, 409, {**at_site, "driver_id": "driver-carol"})
    assert third["detail"].startswith("no point is free then: ")
    listed = await Phone(world, "operator").ask("GET", f"{PATH}?site_id=SITE-1&status=BOOKED")
    assert len(listed["items"]) == 2


@in_world("CP-001", "CP-002")
async def test_a_reservation_of_any_point_is_moved_where_its_point_fails_and_its_driver_charges_there(
    world: World,
) -> None:
    for cp_id in ("CP-001", "CP-002"):
        await world.post("/cp/register", json={"cp_id": cp_id, "site_id": "SITE-1"})
    await world.pass_time(10)
    alice, operator = Phone(world), Phone(world, "operator")
    first = await alice.ask("POST", PATH, 201, {"site_id": "SITE-1", **times(2)})
    await operator.ask("POST", f"/cp/{first['cp_id']}/fault")
    await world.pass_time(2 * 60 + 45)
    moved = await alice.ask("GET", f"{PATH}/{first['reservation_id']}")
    assert (moved["status"], moved["euros"]) == ("MOVED", 0.0)
    second = await alice.ask("GET", f"{PATH}/{moved['moved_to']}")
    assert (second["status"], second["request_id"]) == ("HELD", first["request_id"])
    assert second["cp_id"] != first["cp_id"]
    await alice.charge(second["cp_id"])
    assert (await alice.ask("GET", f"{PATH}/{moved['moved_to']}"))["status"] == "USED"


@in_world("CP-001")
async def test_the_calendar_of_a_point_says_which_times_are_taken_and_whose_only_to_whom_it_concerns(
    world: World,
) -> None:
    alice, path = Phone(world), "/api/v1/points/CP-001/calendar"
    booked = await book(alice)
    [own] = (await alice.ask("GET", path))["items"]
    assert (own["is_own"], own["reservation_id"]) == (True, booked["reservation_id"])
    [other] = (await Phone(world, BOB).ask("GET", path))["items"]
    assert (other["is_own"], other["reservation_id"], other["driver_id"]) == (False, None, None)
    assert (other["begins_at"], other["ends_at"]) == (booked["begins_at"], booked["ends_at"])
    [seen] = (await Phone(world, "operator").ask("GET", path))["items"]
    assert seen["driver_id"] == ALICE
    later = f"{path}?from={booked['ends_at']}"
    assert (await alice.ask("GET", later))["items"] == []
    ever = f"{path}?from=0001-01-01T00:00:00Z&to=9999-12-31T23:59:59Z"
    assert (await alice.ask("GET", ever))["items"] == [own]


@in_world("CP-001")
async def test_a_point_shows_its_next_reservation_and_a_fee_has_a_receipt(world: World) -> None:
    operator = Phone(world, "operator")
    tariff = {
        "zone": "UTC",
        "elements": [{"energy_micro_euros_per_kwh": 300_000}],
        "late_cancel_micro_euros": 2_000_000,
    }
    await Phone(world, "admin").ask("PUT", "/api/v1/points/CP-001/tariff", 200, tariff)
    alice = Phone(world)
    booked = await alice.ask("POST", PATH, 201, wish(**times(20)))
    assert booked["late_cancel_euros"] == 2.0
    point = await operator.ask("GET", "/api/v1/points/CP-001")
    assert point["reserved_from"] == booked["begins_at"]
    path = f"{PATH}/{booked['reservation_id']}"
    await alice.ask("GET", f"{path}/receipt", 404)
    assert (await alice.ask("DELETE", path))["euros"] == 2.0
    receipt = await alice.ask("GET", f"{path}/receipt")
    [line] = receipt["lines"]
    assert (line["name"], receipt["euros"], receipt["readings"]) == ("Reservation cancelled late", 2.0, [])
    page = await alice.send("GET", f"{path}/receipt", None, Accept="text/html")
    assert "Reservation cancelled late" in page.text
    [ticket] = (await operator.ask("GET", "/api/v1/tickets"))["items"]
    assert (ticket["reservation_id"], ticket["euros"], ticket["kwh"]) == (booked["reservation_id"], 2.0, 0.0)
    csv = await operator.send("GET", "/api/v1/exports/tickets.csv", None)
    assert csv.text.splitlines()[1].endswith(booked["reservation_id"])
    revenue = await operator.ask("GET", "/api/v1/revenue?by=driver")
    assert (revenue["total"]["sessions"], revenue["total"]["euros"]) == (0, 2.0)


@in_world("CP-001", "CP-002")
async def test_a_driver_has_five_reservations_at_most_wherever_they_are(world: World) -> None:
    alice = Phone(world)
    places = [(cp_id, at) for at in (60, 180, 300) for cp_id in ("CP-001", "CP-002")]
    booked = [await alice.ask("POST", PATH, 201, wish(cp_id=cp_id, **times(at))) for cp_id, at in places[:5]]
    cp_id, at = places[5]
    problem = await alice.ask("POST", PATH, 409, wish(cp_id=cp_id, **times(at)))
    assert problem["detail"] == f"{ALICE} has 5 reservations already, which is the most: use or cancel one first"
    await Phone(world, BOB).ask("POST", PATH, 201, wish(cp_id=cp_id, **times(at)))
    await alice.ask("DELETE", f"{PATH}/{booked[0]['reservation_id']}")
    await alice.ask("POST", PATH, 201, wish(**times(420)))


@in_world("CP-001")
async def test_a_request_with_a_key_is_answered_again_to_who_has_five_reservations(world: World) -> None:
    alice, key = Phone(world), {"Idempotency-Key": "one"}
    first = await alice.ask("POST", PATH, 201, wish(), **key)
    for number in range(1, 5):
        await alice.ask("POST", PATH, 201, wish(**times(60 + 120 * number)))
    assert await alice.ask("POST", PATH, 201, wish(), **key) == first


@in_world("CP-001")
async def test_what_was_refused_is_listed_to_who_asks_for_that(world: World) -> None:
    booked = await book(Phone(world))
    bob = Phone(world, BOB)
    await book(bob, 409)
    assert (await bob.ask("GET", PATH))["items"] == []
    refused = (await bob.ask("GET", f"{PATH}?status=REFUSED"))["items"]
    assert [each["status"] for each in refused] == ["REFUSED"]
    assert (await Phone(world, "operator").ask("GET", PATH))["items"] == [booked]
