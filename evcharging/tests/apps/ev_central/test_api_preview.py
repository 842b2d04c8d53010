"""What a tariff would have made of past sessions, and the import of OCPI, over HTTP."""

from datetime import timedelta

import pytest

from evcharging.apps.ev_central.api_v1 import preview_api
from evcharging.common.utils import iso
from evcharging.tests.apps.ev_central.test_api_catalogue import CHEAP, DEAR, TARIFFS, publish, ticket_of
from evcharging.tests.stages.central_world import START, Json, World, in_world

PREVIEW = f"{TARIFFS}/preview"
OCPI = {
    "country_code": "DE",
    "party_id": "ALL",
    "id": "16",
    "currency": "EUR",
    "last_updated": "2015-06-29T20:39:09Z",
    "elements": [{"price_components": [{"type": "ENERGY", "price": 0.25, "vat": 10.0, "step_size": 1}]}],
}


@in_world("CP-001", "CP-002")
async def test_a_preview_says_what_sessions_cost_and_would_have_cost(world: World) -> None:
    first = await ticket_of(world)
    await world.post("/cp/register", json={"cp_id": "CP-001", "euros_per_kwh": 0.9})
    second = await ticket_of(world, before=1)
    found = await world.post(PREVIEW, json={"tariff": DEAR})
    assert (found["sessions"], found["is_cut"], found["kwh"]) == (2, False, 0.122222)
    assert found["billed"] == round((first["euros"] + second["euros"]) * 1_000_000)
    assert found["would_be"] == 2 * 48_889
    assert (found["dearer"], found["cheaper"]) == (1, 1)
    assert [example["session_id"] for example in found["examples"]] == [first["session_id"], second["session_id"]]
    assert found["examples"][0]["would_be"]["lines"][0]["unit_micro_euros"] == 800_000
    assert (await world.get(TARIFFS))["items"] == []


@in_world("CP-001")
async def test_a_preview_of_the_tariff_that_counted_is_what_was_billed(world: World) -> None:
    stepped = {
        "zone": "UTC",
        "elements": [
            {"energy_micro_euros_per_kwh": 400_000, "min_s": 4},
            {"energy_micro_euros_per_kwh": 100_000, "charging_micro_euros_per_minute": 70_001},
        ],
        "vat_permille": 75,
    }
    await publish(world, "day", stepped)
    await world.put("/api/v1/points/CP-001/tariff", json={"tariff_id": "day"})
    ticket = await ticket_of(world)
    found = await world.post(PREVIEW, json={"tariff": stepped})
    assert found["examples"][0]["would_be"] == found["examples"][0]["price"] == ticket["price"]
    assert found["would_be"] == found["billed"]


@in_world("CP-001")
async def test_a_preview_looks_at_a_time_and_at_so_many_sessions(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview_api, "MOST_SESSIONS", 2)
    monkeypatch.setattr(preview_api, "AT_ONCE", 1)
    for before in range(3):
        await ticket_of(world, before=before)
    found = await world.post(PREVIEW, json={"tariff": CHEAP})
    assert (found["sessions"], found["is_cut"]) == (2, True)
    none = {"from": iso(START - timedelta(days=9)), "to": iso(START)}
    found = await world.post(PREVIEW, json={"tariff": CHEAP, **none})
    assert (found["sessions"], found["would_be"], found["from"]) == (0, 0, none["from"])


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"tariff": {**CHEAP, "elements": []}}, "the tariff has no price"),
        ({"from": "1999-01-01T00:00:00Z"}, "no moment of the years 2000 to 2099"),
        ({"to": "0001-01-01T00:00:00Z"}, "no moment of the years 2000 to 2099"),
    ],
)
@in_world()
async def test_what_cannot_be_tried_is_refused(world: World, more: Json, said: str) -> None:
    assert said in (await world.post(PREVIEW, json={"tariff": CHEAP, **more}, status=409))["detail"]


@in_world()
async def test_a_tariff_of_ocpi_is_published_by_its_own_id_or_another(world: World) -> None:
    published = await world.post(f"{TARIFFS}/ocpi?zone=Europe/Berlin", json=OCPI)
    assert (published["version_id"], published["tariff"]["zone"]) == ("16@1", "Europe/Berlin")
    [element] = published["tariff"]["elements"]
    assert (element["energy_micro_euros_per_kwh"], published["tariff"]["vat_permille"]) == (250_000, 100)
    begin = iso(START + timedelta(days=1))
    query = f"zone=Europe/Berlin&tariff_id=day&from={begin}"
    published = await world.post(f"{TARIFFS}/ocpi?{query}", json=OCPI)
    assert (published["version_id"], published["from"]) == ("day@1", begin)


@pytest.mark.parametrize(
    ("change", "zone", "said"),
    [
        ({"currency": "USD"}, "UTC", "prices here are in euro"),
        ({}, "Europe/Nowhere", "is no time zone"),
        (
            {"elements": [{"price_components": [{"type": "ENERGY", "price": 0.25, "vat": 10, "step_size": 1000}]}]},
            "UTC",
            "only steps of 1 are read",
        ),
    ],
)
@in_world()
async def test_a_tariff_of_ocpi_that_cannot_be_taken_over_is_a_422_in_one_sentence(
    world: World, change: Json, zone: str, said: str
) -> None:
    problem = await world.post(f"{TARIFFS}/ocpi?zone={zone}", json={**OCPI, **change}, status=422)
    assert said in problem["detail"]
    assert "; " not in problem["detail"]
    assert (await world.get(TARIFFS))["items"] == []
