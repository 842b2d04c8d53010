"""What happened over time, over HTTP."""

from datetime import timedelta

import pytest

from evcharging.common.utils import iso
from evcharging.domain.charging_point import LastReading
from evcharging.domain.meter_value import MeterValue
from evcharging.domain.session import Session
from evcharging.domain.totals import Step, begin_of
from evcharging.tests.stages.central_world import World, in_world
from evcharging.tests.stages.store_world import put

TWO = ("CP-001", "CP-002")


async def charge(world: World, cp_id: str) -> None:
    await world.drive(cp_id)
    await world.pass_time(11)


@in_world(*TWO)
async def test_series_add_up_to_the_tickets(world: World) -> None:
    await world.post("/cp/register", json={"cp_id": "CP-001", "site_id": "SITE-1"})
    for _ in range(3):
        await charge(world, "CP-001")
    await charge(world, "CP-002")
    tickets = await world.get("/tickets")

    async def total(query: str) -> float:
        answer = await world.get(f"/api/v1/series?{query}")
        return round(sum(float(span["value"]) for span in answer["spans"]), 6)

    assert await total("of=sessions") == len(tickets) == 4
    assert await total("of=revenue&step=hour") == pytest.approx(sum(ticket["euros"] for ticket in tickets))
    assert await total("of=energy&step=hour") == pytest.approx(sum(ticket["kwh"] for ticket in tickets))
    assert await total("of=sessions&point=CP-002") == 1
    assert await total("of=sessions&site=SITE-1&step=hour") == 3
    assert await total("of=sessions&site=SITE-9") == 0


@in_world("CP-001")
async def test_every_span_is_there_whether_something_was_or_not(world: World) -> None:
    await charge(world, "CP-001")
    now = world.clock.now()
    first = begin_of(Step.HOUR, now - timedelta(hours=26))
    asked = f"from={iso(first + timedelta(minutes=20))}&to={iso(now)}"
    answer = await world.get(f"/api/v1/series?of=energy&step=hour&{asked}")
    assert (answer["of"], answer["step"]) == ("energy", "hour")
    moments = [span["at"] for span in answer["spans"]]
    assert moments[:2] == [iso(first), iso(first + timedelta(hours=1))]
    assert moments == sorted(set(moments))
    assert moments[-1] <= iso(now)
    assert [span["value"] > 0 for span in answer["spans"]].count(True) == 1
    assert len((await world.get("/api/v1/series?of=power"))["spans"]) == 31
    assert len((await world.get("/api/v1/series?of=power&step=hour"))["spans"]) == 48


@in_world("CP-001")
async def test_power_is_the_energy_of_a_span_in_the_mean(world: World) -> None:
    await charge(world, "CP-001")
    [energy, power] = [(await world.get(f"/api/v1/series?of={of}"))["spans"][-1] for of in ("energy", "power")]
    assert power["value"] == pytest.approx(energy["value"] / 24, abs=1e-6)


@pytest.mark.parametrize(
    "query",
    [
        "step=day",
        "of=weather",
        "of=energy&step=second",
        "of=energy&from=2026-03-01T00:00:00",
    ],
)
def test_what_no_series_can_be_made_of_is_refused(query: str) -> None:
    @in_world("CP-001")
    async def scene(world: World) -> None:
        problem = await world.get(f"/api/v1/series?{query}", status=422)
        assert problem["code"] == "invalid"
        assert ": " in problem["detail"]

    scene()


@in_world("CP-001")
async def test_a_time_that_ends_before_it_begins_has_no_spans(world: World) -> None:
    answer = await world.get("/api/v1/series?of=energy&from=2026-03-02T00:00:00Z&to=2026-03-01T00:00:00Z")
    assert answer["spans"] == []


@pytest.mark.parametrize("since", ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00%2B23:59", "2020-01-01T00:00:00Z"])
def test_of_too_long_a_time_the_newest_spans_are_told(since: str) -> None:
    @in_world("CP-001")
    async def scene(world: World) -> None:
        await charge(world, "CP-001")
        spans = (await world.get(f"/api/v1/series?of=sessions&step=hour&from={since}"))["spans"]
        assert len(spans) == 10_000
        assert spans[-1]["value"] == 1

    scene()


@in_world("CP-001")
async def test_before_all_time_nothing_was(world: World) -> None:
    assert (await world.get("/api/v1/series?of=energy&to=0001-01-01T00:00:00Z"))["spans"] == []


@in_world("CP-001", "CP-002")
async def test_by_the_minute_points_and_everything_say_the_same_while_a_supply_runs_and_after_it(world: World) -> None:
    await world.post("/cp/register", json={"cp_id": "CP-001", "site_id": "SITE-1"})
    await world.drive("CP-001")
    await world.pass_time(70)
    [ticket] = await world.get("/tickets")

    async def total(query: str) -> float:
        spans = (await world.get(f"/api/v1/series?step=minute&to={iso(end)}&{query}"))["spans"]
        return round(sum(float(span["value"]) for span in spans), 6)

    end = world.clock.now() + timedelta(minutes=2)
    assert await total("of=energy&point=CP-001") == ticket["kwh"] > 0
    assert await total("of=energy") == ticket["kwh"]
    assert await total("of=energy&site=SITE-1") == ticket["kwh"]
    assert await total("of=energy&point=CP-002") == 0
    assert await total("of=sessions&point=CP-001") == await total("of=sessions") == 1
    assert await total("of=revenue&point=CP-001") == await total("of=revenue") == ticket["euros"]


@in_world("CP-001")
async def test_the_meter_of_a_session_is_told_from_its_begin_to_its_end(world: World) -> None:
    await charge(world, "CP-001")
    [session] = await world.get("/sessions")
    path = f"/api/v1/sessions/{session['session_id']}"
    answer = await world.get(f"{path}/meter-values")
    assert [value["context"] for value in answer["items"]] == ["Transaction.Begin", "Transaction.End"]
    assert [value["at"] for value in answer["items"]] == [session["started_at"], session["ended_at"]]
    assert [value["kwh"] for value in answer["items"]] == [0, session["kwh"]]
    assert (await world.get("/api/v1/sessions/S-404/meter-values", status=404))["code"] == "unknown_session"


@pytest.mark.parametrize("step", ["minute", "hour", "day"])
@in_world("CP-001")
async def test_the_end_of_all_time_is_a_time_like_others(world: World, step: str) -> None:
    for to in ("9999-12-31T23:59:59-14:00", "9999-12-31T23:59:59%2B14:00", "0001-01-01T00:00:00%2B14:00"):
        for where in ("", "&point=CP-001"):
            await world.get(f"/api/v1/series?of=energy&step={step}&to={to}{where}")


@in_world("CP-001")
async def test_a_reading_that_is_older_than_the_newest_meter_value_counts_nothing(world: World) -> None:
    await charge(world, "CP-001")
    [session] = await world.get("/sessions")
    [kept] = await world.queries.history(lambda store: store.fetch(Session, [session["session_id"]]))
    assert kept.started_at is not None
    at, half = kept.started_at + timedelta(seconds=5), kept.register_start_mwh + kept.energy_mwh // 2
    value = MeterValue(session_id=kept.session_id, at=at, register_mwh=half, power_w=22_000)
    older = LastReading(cp_id="CP-001", session_id=kept.session_id, register_mwh=half - 9, heard_at=kept.started_at)
    put(world.store, value, older, shard="other")
    spans = (await world.get("/api/v1/series?of=energy&step=minute&point=CP-001"))["spans"]
    assert round(sum(span["value"] for span in spans), 6) == session["kwh"]


@in_world("CP-001")
async def test_a_number_is_no_moment(world: World) -> None:
    for said in ("7100", "1e3", "-1.5", "2026"):
        await world.get(f"/api/v1/series?of=energy&step=day&from={said}", status=422)
