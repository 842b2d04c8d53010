"""The network as it was, over HTTP: what it answers afterwards is what the panel showed at the time."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from evcharging.common.utils import changed, iso
from evcharging.domain.charging_point import Point
from evcharging.domain.meter_value import MeterValue
from evcharging.domain.notice import NoticeCode, noticed
from evcharging.domain.session import SessionStatus, bill_of
from evcharging.tests.stages.central_world import START, World, in_world
from evcharging.tests.stages.store_world import put, session

Json = dict[str, Any]
REPLAY = "/api/v1/replay"
SECOND = timedelta(seconds=1)


def at(moment: datetime) -> str:
    return f"{REPLAY}?at={quote(iso(moment))}"


def between(begin: datetime, end: datetime, kind: str = "changes") -> str:
    return f"{REPLAY}/{kind}?from={quote(iso(begin))}&to={quote(iso(end))}"


def looks(point: Json) -> Json:
    """What of a point is shown live and afterwards alike."""
    session = point["session"]
    return {
        **{name: point[name] for name in ("cp_id", "station_id", "site_id", "location", "state", "free", "limit")},
        "driver": session and session["driver_id"],
        "session": session and session["session_id"],
        "status": session and session["status"],
        "requested_at": session and session["requested_at"],
    }


async def watched(world: World, seconds: int) -> list[tuple[datetime, list[Json]]]:
    """What is shown in the middle of each of these seconds."""
    found = []
    for _ in range(seconds):
        await world.pass_time(0.5)
        found.append((world.clock.now(), await world.get("/cp")))
        await world.pass_time(0.5)
    return found


async def lived(world: World) -> list[tuple[datetime, list[Json]]]:
    """Charges, orders, faults, a lost link, and another point; what was shown meanwhile."""
    seen = await watched(world, 2)
    await world.drive("CP-001")
    seen += await watched(world, 13)
    await world.drive("CP-002", "driver-bob")
    for order in ("stop", "resume", "fault", "recover"):
        await world.post(f"/cp/CP-001/{order}")
        seen += await watched(world, 3)
    await world.put("/api/v1/points/CP-002/limit", json={"watts": 7_000})
    await world.drive("CP-001")
    seen += await watched(world, 3)
    await world.post("/cp/register", json={"cp_id": "CP-003", "location": "Calle Mayor 1"})
    seen += await watched(world, 2)
    await world.post("/cp/register", json={"cp_id": "CP-003", "location": "Calle Menor 2", "site_id": "SITE-1"})
    seen += await watched(world, 2)
    await world.lose_monitors()
    seen += await watched(world, 12)
    world.connect_monitors()
    await world.settle()
    await world.delete("/cp/CP-003")
    return seen + await watched(world, 2)


@in_world("CP-001", "CP-002")
async def test_what_was_shown_is_what_is_told_of_each_moment(world: World) -> None:
    seen = await lived(world)
    states = set()
    for moment, points in seen:
        told = await world.get(at(moment))
        states |= {point["state"] for point in told["points"]}
        assert [looks(point) for point in told["points"]] == [looks(point) for point in points], moment
        for then, shown in zip(told["points"], points, strict=True):
            assert abs(datetime.fromisoformat(then["since"]) - datetime.fromisoformat(shown["since"])) <= SECOND
    assert states == {"ACTIVATED", "SUPPLYING", "STOPPED", "FAULT", "DISCONNECTED"}


@in_world("CP-001", "CP-002")
async def test_what_changed_makes_of_one_moment_the_other(world: World) -> None:
    seen = await lived(world)
    moments = [moment for moment, _ in seen]
    for begin, end in [(moments[0], moments[-1]), (moments[9], moments[20]), (moments[20], moments[21])]:
        before, after = await world.get(at(begin)), await world.get(at(end))
        points = {point["cp_id"]: point for point in before["points"]}
        for change in await told_in_pages(world, between(begin, end), limit=4):
            if change["point"]:
                points[change["point"]["cp_id"]] = change["point"]
            elif change["gone"]:
                del points[change["gone"]]
        assert [looks(point) for point in points.values()] == [looks(point) for point in after["points"]]
        assert [growth(point) for point in points.values()] == [growth(point) for point in after["points"]]


def growth(point: Json) -> Any:
    return point["session"] and point["session"]["growth"]


def moments_of(items: list[Json]) -> list[datetime]:
    return [datetime.fromisoformat(item["at"]) for item in items]


async def told_in_pages(world: World, path: str, limit: int) -> list[Json]:
    """All items of a list, page by page."""
    found: list[Json] = []
    more = ""
    while True:
        answer = await world.get(f"{path}&limit={limit}{more}")
        assert len(answer["items"]) <= limit
        found += answer["items"]
        if answer["next"] is None:
            return found
        more = f"&after={answer['next']}"


@in_world("CP-001", "CP-002")
async def test_pages_of_changes_are_the_whole_list_in_order(world: World) -> None:
    await lived(world)
    path = between(START, world.clock.now())
    whole = (await world.get(path))["items"]
    assert moments_of(whole) == sorted(moments_of(whole))
    assert await told_in_pages(world, path, 1) == whole
    messages = [change["message"]["notice_id"] for change in whole if change["message"]]
    assert set(messages) <= {notice["notice_id"] for notice in await world.get("/messages?limit=500")}
    assert [change["gone"] for change in whole if change["gone"]] == ["CP-003"]


@in_world("CP-001", "CP-002")
async def test_totals_and_messages_are_those_of_the_moment(world: World) -> None:
    seen = await lived(world)
    for moment, points in seen[::7]:
        told = await world.get(at(moment))
        states = [point["state"] for point in points]
        assert told["totals"]["points"] == {state: states.count(state) for state in told["totals"]["points"]}
        assert told["totals"]["free"] == sum(point["free"] for point in points)
        assert told["totals"]["unknown"] == 0
        assert all(datetime.fromisoformat(message["ts"]) <= moment for message in told["messages"])
    assert told["messages"]


@in_world("CP-001", "CP-002")
async def test_incidents_are_told_newest_or_oldest_first_page_by_page(world: World) -> None:
    await lived(world)
    path = between(START, world.clock.now() + SECOND, "incidents")
    whole = (await world.get(f"{path}&limit=500"))["items"]
    assert {incident["kind"] for incident in whole} == {"fault", "offline", "alert", "central_began"}
    assert moments_of(whole) == sorted(moments_of(whole), reverse=True)
    assert await told_in_pages(world, path, 1) == whole
    assert await told_in_pages(world, f"{path}&sort=oldest", 2) == whole[::-1]
    fault = next(incident for incident in whole if incident["kind"] == "fault")
    assert (fault["cp_id"], fault["session_id"]) == ("CP-001", None)


MIDNIGHT = START - timedelta(hours=12)


def ledger() -> list[Any]:
    """CP-1 came at midnight; it supplied 10 kWh from 1:00 to 2:00, of which 8 kWh in the first quarter; it was told to
    be faulty at 4:00, and a Central began at 5:00."""
    begun = MIDNIGHT + timedelta(hours=1)
    charge = changed(
        session(status=SessionStatus.COMPLETED),
        requested_at=begun - timedelta(minutes=1),
        started_at=begun,
        ended_at=begun + timedelta(hours=1),
        register_start_mwh=5_000_000,
        register_stop_mwh=15_000_000,
    )
    codes = ((NoticeCode.POINT_REGISTERED, 0), (NoticeCode.POINT_ONLINE, 0.5), (NoticeCode.POINT_FAULTY, 4))
    said = [
        noticed(code, f"N-{hour}", MIDNIGHT + timedelta(hours=hour), "CP-1", detail="a fuse") for code, hour in codes
    ]
    return [
        Point(cp_id="CP-1", registered_at=MIDNIGHT),
        charge,
        bill_of(charge),
        MeterValue(session_id="S-1", at=begun + timedelta(minutes=15), register_mwh=13_000_000, power_w=32_000),
        *said,
        noticed(NoticeCode.CENTRAL_OK, "N-c", MIDNIGHT + timedelta(hours=5), None),
        noticed(NoticeCode.POINT_FAULTY, "N-f", MIDNIGHT + timedelta(hours=6), "CP-1", detail="a fuse"),
    ]


@in_world()
async def test_between_readings_energy_and_money_grow_evenly(world: World) -> None:
    put(world.store, *ledger())
    kw = {}
    for minutes, kwh in ((0, 0), (7.5, 4), (15, 8), (37.5, 9), (59.999, 10)):
        told = await world.get(at(MIDNIGHT + timedelta(hours=1, minutes=minutes)))
        [point] = [each for each in told["points"] if each["cp_id"] == "CP-1"]
        assert point["session"]["kwh"] == pytest.approx(kwh, abs=0.001)
        assert point["session"]["euros"] == pytest.approx(0.3 * kwh, abs=0.001)
        kw[minutes] = point["session"]["kw"]
    assert kw == {0: 32.0, 7.5: 32.0, 15: 2.667, 37.5: 2.667, 59.999: 2.667}


@in_world()
async def test_what_the_ledger_does_not_say_is_null(world: World) -> None:
    put(world.store, *ledger())

    async def then(hour: float) -> Json:
        [point] = [
            each
            for each in (await world.get(at(MIDNIGHT + timedelta(hours=hour))))["points"]
            if each["cp_id"] == "CP-1"
        ]
        return {name: point[name] for name in ("state", "since", "reason", "euros_per_kwh")}

    offline = {"state": "DISCONNECTED", "reason": "no link to its monitor", "euros_per_kwh": None}
    assert await then(0.25) == {**offline, "since": iso(MIDNIGHT)}
    assert (await then(3))["state"] == "ACTIVATED"
    assert (await then(1.5))["euros_per_kwh"] == 0.3
    assert (await then(4.5))["reason"] == "a fuse"
    nobody_knows = {"state": None, "since": None, "reason": None, "euros_per_kwh": None}
    assert await then(5.5) == nobody_knows
    assert (await then(6))["state"] == "FAULT"


@in_world("CP-001")
async def test_a_limit_and_a_price_are_those_of_the_moment(world: World) -> None:
    moments = []
    for watts in (7_000, 5_000, None):
        moments.append(world.clock.now() - SECOND / 2)
        await world.pass_time(2)
        if watts is None:
            await world.delete("/api/v1/points/CP-001/limit")
        else:
            await world.put("/api/v1/points/CP-001/limit", json={"watts": watts})
        await world.pass_time(1)
    await world.post("/cp/register", json={"cp_id": "CP-001", "euros_per_kwh": 0.5})
    moments.append(world.clock.now())
    told = [(await world.get(at(max(moment, START))))["points"][0] for moment in moments]
    assert [point["limit"] and point["limit"]["watts"] for point in told] == [None, 7_000, 5_000, None]
    assert [point["euros_per_kwh"] for point in told] == [None, None, None, 0.5]


@in_world("CP-001")
async def test_a_moment_that_cannot_be_told_is_refused_in_a_sentence(world: World) -> None:
    now = world.clock.now()
    for moment, why in (
        (iso(now + SECOND), "this is later than now, which is 2026-01-01T12:00:00"),
        (iso(START - SECOND), "the ledger begins at 2026-01-01T12:00:00"),
        ("2026-01-01T12:00:00", "timezone"),
        ("7100", "give ISO 8601 with a time zone"),
        ("yesterday", "at: "),
    ):
        answer = await world.get(f"{REPLAY}?at={quote(moment)}", 422)
        assert why in answer["detail"], answer
        assert answer["detail"].count("\n") == 0
    long_ago = quote(iso(now - timedelta(hours=7)))
    assert "at most 6 hours" in (await world.get(f"{REPLAY}/changes?from={long_ago}", 422))["detail"]
    answer = await world.get(f"{between(now, now)}&after=0.3", 422)
    assert "no place in the time" in answer["detail"]


@in_world()
async def test_before_anything_was_written_nothing_can_be_replayed(world: World) -> None:
    await world.settle()
    answer = await world.get(at(START - timedelta(days=400)), 422)
    assert "the ledger begins at" in answer["detail"]


@in_world("CP-001")
async def test_nothing_changes_where_nothing_happened(world: World) -> None:
    now = world.clock.now()
    await world.pass_time(5)
    answer = await world.get(between(now + SECOND, now + 4 * SECOND))
    assert answer == {
        "begins_at": iso(now + SECOND),
        "ends_at": iso(now + 4 * SECOND),
        "items": [],
        "next": None,
    }
