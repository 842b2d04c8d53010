"""When in the week the network is used, over HTTP."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest

from evcharging.apps.ev_central.api_v1 import states_api
from evcharging.common.utils import iso
from evcharging.tests.stages.central_world import START, World, in_world

TWO = ("CP-001", "CP-002")
USE = "/api/v1/utilisation"
NOW = "THURSDAY", 12
"""The hour of the week in which the world begins."""


async def charge(world: World, cp_id: str) -> None:
    await world.drive(cp_id)
    await world.pass_time(20)


def hour_of(answer: dict[str, Any], weekday: str, hour: int) -> dict[str, Any]:
    return next(item for item in answer["items"] if (item["weekday"], item["hour"]) == (weekday, hour))


@in_world(*TWO)
async def test_the_week_has_all_that_was_billed(world: World) -> None:
    await world.post("/cp/register", json={"cp_id": "CP-001", "site_id": "SITE-1"})
    for cp_id in ("CP-001", "CP-001", "CP-002"):
        await charge(world, cp_id)
    tickets = await world.get("/tickets")
    for query, known in (("", TWO), ("&site=SITE-1", TWO[:1]), ("&point=CP-002", TWO[1:]), ("&site=SITE-9", ())):
        answer = await world.get(f"{USE}?from={quote(iso(START - timedelta(days=7)))}{query}")
        expected = sum(ticket["kwh"] for ticket in tickets if ticket["cp_id"] in known)
        assert sum(item["kwh"] for item in answer["items"]) == pytest.approx(expected)
        assert hour_of(answer, *NOW)["kwh"] == pytest.approx(expected)
        assert [item["hour"] for item in answer["items"]] == 7 * [*range(24)]


@in_world("CP-001")
async def test_a_point_has_the_share_of_the_time_in_which_it_supplied(world: World) -> None:
    await charge(world, "CP-001")
    await world.pass_time(3600 - 20)
    session = (await world.get("/api/v1/sessions"))["items"][0]
    began, ended = (datetime.fromisoformat(session[name]) for name in ("started_at", "ended_at"))
    answer = await world.get(f"{USE}?from={quote(iso(START))}&point=CP-001")
    now = hour_of(answer, *NOW)
    assert (now["hours"], now["kw"]) == (1, pytest.approx(now["kwh"]))
    assert now["share"] == pytest.approx((ended - began) / timedelta(hours=1), abs=1e-6)
    elsewhere = hour_of(answer, "MONDAY", 0)
    assert (elsewhere["hours"], elsewhere["kwh"], elsewhere["kw"], elsewhere["share"]) == (0, 0, None, None)
    everything = hour_of(await world.get(USE), *NOW)
    assert (everything["share"], everything["kwh"]) == (None, now["kwh"])


@in_world("CP-001")
async def test_the_share_is_of_the_time_whose_sessions_were_looked_at(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(3):
        await charge(world, "CP-001")
    monkeypatch.setattr(states_api, "MOST_RECORDS", 1)
    answer = await world.get(f"{USE}?point=CP-001")
    session = (await world.get("/api/v1/sessions"))["items"][0]
    began, ended = (datetime.fromisoformat(session[name]) for name in ("requested_at", "ended_at"))
    share = hour_of(answer, *NOW)["share"]
    assert share == pytest.approx((ended - began) / (world.clock.now() - began), abs=0.1)
    assert hour_of(answer, "MONDAY", 0)["share"] is None


@in_world("CP-001")
async def test_more_than_a_year_is_refused_in_a_sentence(world: World) -> None:
    answer = await world.get(f"{USE}?from={quote(iso(START - timedelta(days=367)))}", 422)
    assert "at most 366 days before the end" in answer["detail"]
    usual = await world.get(USE)
    assert usual["begins_at"] == iso(START - timedelta(days=30))
