"""The receipt of a session over HTTP: for programs, and as a page to be printed."""

from datetime import timedelta
from typing import Any

import pytest

from evcharging.apps.ev_central.api_v1.receipts_api import wants_html
from evcharging.tests.stages.central_world import START, World, in_world

TARIFF = {
    "version_id": "steps@1",
    "zone": "Europe/Madrid",
    "elements": [
        {"energy_micro_euros_per_kwh": 400_000, "min_s": 3},
        {"energy_micro_euros_per_kwh": 200_000, "session_micro_euros": 350_000},
        {"idle_micro_euros_per_minute": 200_000},
    ],
    "idle_grace_s": 60,
    "vat_permille": 210,
}


async def newest(world: World) -> dict[str, Any]:
    """The newest session."""
    session: dict[str, Any] = (await world.get("/api/v1/sessions"))["items"][0]
    return session


async def charge(world: World, tariff: dict[str, Any] | None = TARIFF) -> str:
    """A charge of ten seconds by this tariff; its session."""
    if tariff is not None:
        await world.put("/api/v1/points/CP-001/tariff", json=tariff)
    await world.drive("CP-001")
    await world.pass_time(11)
    return str((await newest(world))["session_id"])


@in_world("CP-001")
async def test_a_receipt_has_lines_that_add_up_and_the_readings_that_they_follow_from(world: World) -> None:
    session_id = await charge(world)
    receipt = await world.get(f"/api/v1/sessions/{session_id}/receipt")
    ticket = await world.get(f"/api/v1/tickets/{session_id}")
    assert [(line["name"], line["quantity_text"], line["unit_price_text"]) for line in receipt["lines"]] == [
        ("Session fee", "1", "0.35 EUR"),
        ("Energy", "0.042778 kWh", "0.40 EUR/kWh"),
        ("Energy", "0.018333 kWh", "0.20 EUR/kWh"),
    ]
    assert sum(line["micro_euros"] for line in receipt["lines"]) == receipt["net"]
    assert receipt["net"] + receipt["vat"] == receipt["gross"] == ticket["price"]["gross"]
    assert [(each["what"], each["at"], each["kwh"]) for each in receipt["readings"]] == [
        ("first", "2026-01-01T12:00:00Z", 0.0),
        ("mark", "2026-01-01T12:00:03Z", 0.018333),
        ("last", "2026-01-01T12:00:10Z", 0.061111),
    ]
    assert (receipt["tariff"], receipt["kwh"], receipt["unplugged_at"]) == ("steps@1", ticket["kwh"], None)


@in_world("CP-001")
async def test_a_single_price_has_a_receipt_of_one_line_without_vat(world: World) -> None:
    receipt = await world.get(f"/api/v1/sessions/{await charge(world, None)}/receipt")
    assert [(line["name"], line["micro_euros"]) for line in receipt["lines"]] == [("Energy", 18_333)]
    assert (receipt["net"], receipt["vat"], receipt["gross"], receipt["tariff"]) == (18_333, 0, 18_333, None)


@in_world("CP-001", manual=True)
async def test_idle_time_is_on_the_receipt_with_until_when_the_vehicle_was_plugged_in(world: World) -> None:
    await world.put("/api/v1/points/CP-001/tariff", json=TARIFF)
    await world.drive("CP-001", kwh=0.055)
    await world.post("/cp/CP-001/plug")
    await world.pass_time(30)
    session = await newest(world)
    path = f"/api/v1/sessions/{session['session_id']}/receipt"
    assert session["status"] == "IDLE"
    assert "its vehicle is still plugged in" in (await world.get(path, 409))["detail"]
    await world.pass_time(120)
    await world.post("/cp/CP-001/unplug")
    await world.settle()
    receipt = await world.get(path)
    assert receipt["unplugged_at"] == f"{START + timedelta(seconds=150):%Y-%m-%dT%H:%M:%SZ}"
    idle = [line for line in receipt["lines"] if line["component"] == "idle_time"]
    assert [line["unit_price_text"] for line in idle] == ["0.20 EUR/min"]
    assert "Plugged in until" in (await world.http.get(f"{path}.html")).text


@in_world("CP-001")
async def test_a_page_is_given_to_who_wants_one_by_either_way(world: World) -> None:
    path = f"/api/v1/sessions/{await charge(world)}/receipt"
    by_accept = await world.http.get(path, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    by_name = await world.http.get(f"{path}.html")
    assert by_accept.headers["Content-Type"] == by_name.headers["Content-Type"] == "text/html; charset=utf-8"
    assert by_accept.headers["Vary"] == "Accept"
    assert by_accept.text == by_name.text
    for word in ("<h1>Receipt</h1>", "0.042778 kWh", "0.40 EUR/kWh", "VAT 21 %", "Europe/Madrid", "13:00:03"):
        assert word in by_name.text
    assert "<script" not in by_name.text
    assert "http" not in by_name.text


@in_world("CP-001")
async def test_what_others_wrote_is_no_markup_on_the_page(world: World) -> None:
    place = "<script>alert(1)</script>"
    await world.post("/cp/register", json={"cp_id": "CP-001", "location": place})
    page = (await world.http.get(f"/api/v1/sessions/{await charge(world)}/receipt.html")).text
    assert place not in page
    assert "&lt;script&gt;" in page


@in_world("CP-001")
async def test_a_session_that_goes_on_has_no_receipt_yet(world: World) -> None:
    await world.drive("CP-001")
    await world.pass_time(3)
    session_id = (await newest(world))["session_id"]
    for name in ("receipt", "receipt.html"):
        problem = await world.get(f"/api/v1/sessions/{session_id}/{name}", 409)
        assert problem["detail"] == f"{session_id} has not ended: its receipt is there once it has"


@in_world("CP-001", manual=True)
async def test_a_session_that_never_began_has_no_receipt(world: World) -> None:
    await world.drive("CP-001")
    await world.pass_time(120)
    session_id = (await newest(world))["session_id"]
    problem = await world.get(f"/api/v1/sessions/{session_id}/receipt", 404)
    assert "it never began, and nothing was billed" in problem["detail"]


@in_world("CP-001")
async def test_nobody_has_the_receipt_of_an_unknown_session(world: World) -> None:
    assert (await world.get("/api/v1/sessions/nobody/receipt", 404))["detail"] == "nobody is not a known session"


@pytest.mark.parametrize(
    ("accept", "page"),
    [
        ("text/html", True),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", True),
        ("TEXT/HTML;q=0.5", True),
        ("application/json, text/html", False),
        ("application/json;q=0.5, text/html", True),
        ("text/html;q=0.1, */*", False),
        ("text/html;q=zero", False),
        ("*/*", False),
        ("", False),
    ],
)
def test_a_page_is_wanted_only_where_it_is_named_and_weighs_more_than_json(accept: str, page: bool) -> None:
    assert wants_html(accept) is page
