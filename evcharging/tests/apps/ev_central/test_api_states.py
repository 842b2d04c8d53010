"""How a point was, over HTTP: what it answers afterwards is what the panel showed at the time."""

import asyncio
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from evcharging.adapters.store.memory import MemoryStore
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.apps.ev_central.api_v1 import states_api
from evcharging.common.utils import changed, iso
from evcharging.domain.charging_point import Point
from evcharging.domain.notice import NoticeCode, noticed
from evcharging.domain.session import SessionStatus
from evcharging.tests.stages.central_world import START, World, in_world, living
from evcharging.tests.stages.empty_ledger import empty_ledger
from evcharging.tests.stages.store_world import put, session

SHOWN = {
    "ACTIVATED": {"free", "occupied"},
    "SUPPLYING": {"charging"},
    "STOPPED": {"stopped"},
    "FAULT": {"faulty"},
    "DISCONNECTED": {"offline"},
}
"""What each state that is shown may be called afterwards."""

STATES = "/api/v1/points/CP-001/states"


async def watched(world: World, seconds: int) -> list[tuple[datetime, str]]:
    """What is shown in the middle of each of these seconds."""
    found = []
    for _ in range(seconds):
        await world.pass_time(0.5)
        found.append((world.clock.now(), (await world.states())["CP-001"]))
        await world.pass_time(0.5)
    return found


def state_at(spans: list[dict[str, str]], moment: datetime) -> str:
    return next(span["state"] for span in spans if moment < datetime.fromisoformat(span["ends_at"]))


@in_world("CP-001")
async def test_what_was_shown_is_what_is_told_of_it(world: World) -> None:
    seen = await watched(world, 2)
    await world.drive("CP-001")
    seen += await watched(world, 13)
    for order in ("stop", "resume", "fault", "recover"):
        await world.post(f"/cp/CP-001/{order}")
        seen += await watched(world, 3)
    await world.drive("CP-001")
    seen += await watched(world, 3)
    await world.lose_monitors()
    seen += await watched(world, 12)
    world.connect_monitors()
    await world.settle()
    seen += await watched(world, 2)
    answer = await world.get(f"{STATES}?from={quote(iso(START))}")
    assert {state for _, state in seen} == set(SHOWN)
    for moment, state in seen:
        assert state_at(answer["spans"], moment) in SHOWN[state], (moment, answer["spans"])
    seconds = answer["availability"]["seconds"]
    assert sum(seconds.values()) == (world.clock.now() - START).total_seconds()
    assert (seconds["unknown"], answer["is_exact"]) == (0, True)
    known = sum(seconds.values())
    assert answer["availability"]["uptime"] == pytest.approx(
        (seconds["free"] + seconds["charging"] + seconds["occupied"]) / known
    )


@in_world("CP-001")
async def test_a_day_until_now_is_told_unless_another_time_is_asked_for(world: World) -> None:
    await world.pass_time(60)
    answer = await world.get(STATES)
    now = world.clock.now()
    assert (answer["begins_at"], answer["ends_at"]) == (iso(now - timedelta(days=1)), iso(now))
    assert [span["state"] for span in answer["spans"]] == ["unknown", "free"]
    later = quote(iso(now + timedelta(days=400)))
    assert (await world.get(f"{STATES}?from={later}&to={later}"))["spans"] == []


@in_world("CP-001")
async def test_a_time_that_cannot_be_told_is_refused_in_a_sentence(world: World) -> None:
    long_ago = quote(iso(START - timedelta(days=32)))
    answer = await world.get(f"{STATES}?from={long_ago}", 422)
    assert "at most 31 days before the end" in answer["detail"]
    assert "years 2 to 9998" in (await world.get(f"{STATES}?to=0001-01-01T00:00:00Z", 422))["detail"]
    assert "not a known charging point" in (await world.get("/api/v1/points/CP-009/states", 404))["detail"]


def notices(*said: tuple[NoticeCode, float]) -> list[Any]:
    """Notices of CP-1, in hours before START."""
    return [
        noticed(code, f"N-{number}", START - timedelta(hours=hours), "CP-1" if code != NoticeCode.CENTRAL_OK else None)
        for number, (code, hours) in enumerate(said)
    ]


PAST = (
    Point(cp_id="CP-1"),
    *notices(
        (NoticeCode.POINT_ONLINE, 100),
        (NoticeCode.BILL_HELD, 99),
        (NoticeCode.POINT_STOPPED, 6),
        (NoticeCode.CENTRAL_OK, 5),
        (NoticeCode.POINT_STOPPED, 4),
        (NoticeCode.POINT_IN_SERVICE, 3),
    ),
    changed(
        session(status=SessionStatus.COMPLETED),
        requested_at=START - timedelta(hours=30),
        started_at=START - timedelta(hours=30),
        ended_at=START - timedelta(hours=10),
    ),
)
EXPECTED = [("charging", 14.0), ("free", 4.0), ("stopped", 1.0), ("unknown", 1.0), ("stopped", 1.0), ("free", 3.0)]


def lasted(answer: dict[str, Any]) -> list[tuple[str, float]]:
    found = []
    for span in answer["spans"]:
        begin, end = (datetime.fromisoformat(span[name]) for name in ("begins_at", "ends_at"))
        found.append((span["state"], (end - begin) / timedelta(hours=1)))
    return found


@pytest.mark.parametrize("kind", ["memory", "sqlite"])
def test_what_was_before_the_time_tells_how_it_begins(kind: str, tmp_path: Path) -> None:
    async def told(store: Any) -> dict[str, Any]:
        async with living(store) as world:
            answer: dict[str, Any] = await world.get("/api/v1/points/CP-1/states")
            return answer

    with closing(SqlStore(empty_ledger(tmp_path / "central.db"))) as sqlite:
        store = sqlite if kind == "sqlite" else MemoryStore()
        put(store, *PAST)
        assert lasted(asyncio.run(told(store))) == EXPECTED


@in_world("CP-001")
async def test_of_too_many_sessions_the_newest_are_told_and_before_them_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        await world.drive("CP-001")
        await world.pass_time(20)
    whole = await world.get(STATES)
    monkeypatch.setattr(states_api, "MOST_RECORDS", 2)
    monkeypatch.setattr(states_api, "MOST_SPANS", 50)
    answer = await world.get(STATES)
    assert answer["is_exact"]
    assert answer["spans"][0]["state"] == "unknown"
    assert answer["spans"][-4:] == whole["spans"][-4:]
    monkeypatch.setattr(states_api, "MOST_SPANS", 2)
    coarse = await world.get(STATES)
    assert not coarse["is_exact"]
    assert coarse["availability"] == answer["availability"]
