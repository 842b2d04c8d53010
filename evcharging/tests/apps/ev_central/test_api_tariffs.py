"""Points have tariffs over HTTP, everybody can ask what a charge will cost, and tickets have lines."""

import pytest

from evcharging.tests.stages.central_world import Json, World, in_world

NIGHT = {
    "version_id": "night@2",
    "zone": "Europe/Madrid",
    "elements": [
        {"energy_micro_euros_per_kwh": 100_000, "local_from": "22:00", "local_to": "08:00"},
        {"energy_micro_euros_per_kwh": 400_000, "idle_micro_euros_per_minute": 50_000},
    ],
    "vat_permille": 210,
}
TARIFF = "/api/v1/points/CP-001/tariff"
ESTIMATE = "/api/v1/points/CP-001/estimate"


@in_world("CP-001")
async def test_a_point_is_given_a_tariff_and_says_it_until_it_is_taken_away(world: World) -> None:
    without = {"cp_id": "CP-001", "euros_per_kwh": 0.3, "by": None, "tariff_id": None, "tariff": None}
    assert await world.get(TARIFF) == without
    given = await world.put(TARIFF, json=NIGHT)
    assert given == await world.get(TARIFF)
    assert (given["tariff"]["version_id"], given["euros_per_kwh"]) == ("night@2", 0.1)
    assert (await world.get("/cp/CP-001"))["euros_per_kwh"] == 0.1
    await world.delete(TARIFF)
    assert (await world.get(TARIFF))["tariff"] is None


@in_world("CP-001")
async def test_a_whole_number_may_be_written_with_a_point(world: World) -> None:
    given = await world.put(TARIFF, json={**NIGHT, "vat_permille": 210.0})
    assert given["tariff"]["vat_permille"] == 210
    assert "got `float`" in (await world.put(TARIFF, json={**NIGHT, "vat_permille": 210.5}, status=422))["detail"]
    for body in (b"{", b"\xff", b"[" * 9_999):
        answer = await world.http.put(TARIFF, content=body, headers={"Content-Type": "application/json"})
        assert (answer.status_code, answer.json()["detail"]) == (422, "Tariff: this is not JSON in UTF-8")


@in_world("CP-001")
async def test_a_ticket_has_the_lines_of_its_tariff_and_the_totals_are_with_vat(world: World) -> None:
    await world.put(TARIFF, json=NIGHT)
    await world.drive("CP-001")
    await world.pass_time(11)
    [ticket] = await world.get("/tickets")
    assert (ticket["tariff"], ticket["kwh"], ticket["euros"]) == ("night@2", 0.061111, 0.029577)
    price = ticket["price"]
    assert [(line["component"], line["element"], line["micro_euros"]) for line in price["lines"]] == [
        ("energy", 2, 24_444)
    ]
    assert (price["net"], price["vat"], price["gross"]) == (24_444, 5_133, 29_577)
    [session] = await world.get("/sessions")
    assert session["tariff"] == "night@2"
    revenue = await world.get("/api/v1/series?of=revenue&step=hour")
    assert revenue["spans"][-1]["value"] == 0.029577


@in_world("CP-001")
async def test_an_estimate_is_for_energy_or_time_at_a_moment_and_adds_up(world: World) -> None:
    await world.put(TARIFF, json=NIGHT)
    found = await world.get(f"{ESTIMATE}?kwh=22&at=2026-11-23T21:30:00%2B01:00&idle_minutes=10")
    assert (found["kw"], found["kwh"], found["minutes"]) == (22.0, 22.0, 60.0)
    assert [(line["element"], line["micro_euros"]) for line in found["price"]["lines"]] == [
        (1, 1_100_000),
        (2, 4_400_000),
        (2, 500_000),
    ]
    assert found["price"]["gross"] == 7_260_000
    shorter = await world.get(f"{ESTIMATE}?minutes=15&kwh=22&at=2026-11-23T12:00:00Z")
    assert (shorter["kwh"], shorter["price"]["net"]) == (5.5, 2_200_000)
    assert (await world.get(ESTIMATE))["minutes"] == 30.0


@in_world("CP-001")
async def test_without_a_tariff_an_estimate_is_by_the_single_price(world: World) -> None:
    found = await world.get(f"{ESTIMATE}?kwh=10")
    assert (found["price"]["gross"], found["price"]["vat"]) == (3_000_000, 0)


@in_world("CP-001")
async def test_the_estimate_of_what_then_happens_is_the_bill(world: World) -> None:
    await world.put(TARIFF, json=NIGHT)
    found = await world.get(f"{ESTIMATE}?minutes={10 / 60}")
    await world.drive("CP-001")
    await world.pass_time(11)
    [ticket] = await world.get("/tickets")
    assert ticket["price"] == found["price"]


@pytest.mark.parametrize(
    ("tariff", "said"),
    [
        ([], "Expected `object`, got `array`"),
        ({**NIGHT, "colour": "red"}, "unknown field `colour`"),
        ({**NIGHT, "vat_permille": 1001}, "Expected `int` <= 1000"),
        ({"elements": []}, "missing required field `zone`"),
    ],
)
@in_world("CP-001")
async def test_a_body_that_is_no_tariff_is_a_422_in_one_sentence(world: World, tariff: Json, said: str) -> None:
    problem = await world.put(TARIFF, json=tariff, status=422)
    assert said in problem["detail"]


@pytest.mark.parametrize(
    ("tariff", "said"),
    [
        ({**NIGHT, "zone": "Europe/Nowhere"}, "'Europe/Nowhere' is no time zone"),
        ({**NIGHT, "elements": []}, "the tariff has no price"),
        (
            {**NIGHT, "elements": [{"energy_micro_euros_per_kwh": 1, "min_s": 9, "max_s": 9}]},
            "element 1: it never holds",
        ),
    ],
)
@in_world("CP-001")
async def test_a_tariff_that_cannot_be_used_is_refused_with_the_reason(world: World, tariff: Json, said: str) -> None:
    problem = await world.put(TARIFF, json=tariff, status=409)
    assert said in problem["detail"]


@in_world("CP-001")
async def test_a_point_that_is_not_there_has_no_tariff_and_no_estimate(world: World) -> None:
    for path in ("/api/v1/points/CP-404/tariff", "/api/v1/points/CP-404/estimate"):
        assert (await world.get(path, status=404))["code"] == "unknown_point"
    assert (await world.put("/api/v1/points/CP-404/tariff", json=NIGHT, status=404))["code"] == "unknown_point"


@pytest.mark.parametrize("query", ["kwh=0", "kwh=nan", "minutes=-1", "at=noon", "kwh=1001", "idle_minutes=inf"])
@in_world("CP-001")
async def test_an_estimate_of_what_cannot_be_is_a_422(world: World, query: str) -> None:
    await world.get(f"{ESTIMATE}?{query}", status=422)
