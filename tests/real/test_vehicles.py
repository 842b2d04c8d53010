"""A vehicle that tapers, is limited twice, crosses a price edge and stays plugged in, over Kafka and PostgreSQL: its
driver holds a bill whose lines add up."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from evcharging.tests.stages.postgres import Postgres
from tests.real.network import Network
from tests.real.small_vehicles import BATTERY
from tools.broker.broker import Broker

EDGE_S = 10
TARIFF = {
    "version_id": "day@1",
    "zone": "Europe/Madrid",
    "elements": [
        {"energy_micro_euros_per_kwh": 400_000, "min_s": EDGE_S},
        {"energy_micro_euros_per_kwh": 200_000, "session_micro_euros": 500_000},
        {"idle_micro_euros_per_minute": 300_000},
    ],
    "idle_grace_s": 1,
    "vat_permille": 210,
}
LIMIT = "/api/v1/points/V001/limit"
SECOND = timedelta(seconds=1)


@pytest.fixture(scope="module")
def shared(running_broker: Broker, postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with Network(tmp_path_factory.mktemp("vehicles"), running_broker, postgres) as network:
        network.add_central()
        network.add_fleet("V", 2, ["central"], "tests.real.small_vehicles", CP_ENGINE_VEHICLES="true")
        yield network


@pytest.fixture
def network(shared: Network) -> Iterator[Network]:
    """One network for all tests; each ends with books that are right."""
    shared.restore()
    for cp_id in shared.points:
        shared.put(f"/api/v1/points/{cp_id}/tariff", TARIFF)
    yield shared
    shared.check_books()


def power_at(network: Network, cp_id: str) -> float:
    """The power of the newest reading, in kW; -1 without one."""
    readings = network.get("/telemetry") or []
    return next((float(reading["kw"]) for reading in readings if reading["cp_id"] == cp_id), -1.0)


def limit(network: Network, limit: dict[str, int] | None, kw: float) -> None:
    """Limit the point, and wait until its readings show that."""
    if limit is None:
        network.delete(LIMIT)
    else:
        network.put(LIMIT, limit)
    network.until(lambda: power_at(network, "V001") == kw, f"{kw} kW flow")


def session_of(network: Network, name: str) -> dict[str, Any]:
    sessions: list[dict[str, Any]] = network.get(f"/sessions?driver_id={name}-001")
    return sessions[0]


def until_idle(network: Network, name: str) -> None:
    network.until(lambda: session_of(network, name)["status"] == "IDLE", f"{name} idles")


def seconds(since: str, until: str) -> float:
    return (datetime.fromisoformat(until) - datetime.fromisoformat(since)) / SECOND


def check_bill(network: Network, name: str) -> dict[tuple[str, int], dict[str, Any]]:
    """The lines of a driver's only ticket, by their components and elements, after a look at what they say."""
    [ticket] = network.get(f"/tickets?driver_id={name}-001")
    price = ticket["price"]
    lines = {(line["component"], line["element"]): line for line in price["lines"]}
    energy = sum(line["quantity"] for line in price["lines"] if line["component"] == "energy")
    assert energy == round(ticket["kwh"] * 1_000_000)
    assert price["net"] == sum(line["micro_euros"] for line in price["lines"])
    assert price["gross"] == price["net"] + price["vat"] == round(ticket["euros"] * 1_000_000)
    assert lines["session", 2]["micro_euros"] == 500_000
    idle_s = seconds(ticket["ended_at"], ticket["unplugged_at"]) - 1
    assert lines["idle_time", 3]["quantity"] == round(idle_s * 1_000_000) > 0
    return lines


def test_a_charge_is_limited_twice_tapers_crosses_an_edge_and_idles(network: Network) -> None:
    network.drive("va", ["V001"])
    limit(network, {"milliamperes": 10_000}, 6.9)
    limit(network, {"watts": 15_000}, 14.999)
    limit(network, None, 21.999)
    network.until(lambda: 0 < power_at(network, "V001") < 15, "the power tapers")
    until_idle(network, "va")
    network.until_said("va", "unplug the vehicle, idle time is billed")
    stays = datetime.now().astimezone()
    network.until(lambda: datetime.now().astimezone() - stays > 2 * SECOND, "the grace is over")
    network.post("/cp/V001/unplug")
    network.until_served("va")
    lines = check_bill(network, "va")
    before, after = lines["energy", 2]["quantity"], lines["energy", 1]["quantity"]
    assert 0 < before < 22_000_000 * EDGE_S // 3600
    assert BATTERY.capacity_mwh * 9 // 10 < before + after < BATTERY.capacity_mwh


def test_central_may_die_while_the_vehicle_idles_and_the_bill_is_the_same(network: Network) -> None:
    network.drive("vb", ["V002"])
    until_idle(network, "vb")
    network["central"].kill()
    network["central"].start()
    network.until(lambda: network.are("ACTIVATED"), "all are back")
    network.post("/cp/V002/unplug")
    network.until_served("vb")
    check_bill(network, "vb")


def test_an_engine_that_dies_while_its_vehicle_idles_ends_that(network: Network) -> None:
    network.drive("vc", ["V001"])
    until_idle(network, "vc")
    network["engine V"].kill()
    network.until_served("vc")
    network["engine V"].start()
    [ticket] = network.get("/tickets?driver_id=vc-001")
    assert 0 <= seconds(ticket["ended_at"], ticket["unplugged_at"]) < 60
