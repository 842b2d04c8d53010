"""Tariffs that are published by any Central, over Kafka and PostgreSQL: a session is billed by the version in force
when it was authorised, whoever publishes, and whoever is dead when another version begins."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from evcharging.common.utils import iso
from evcharging.tests.stages.postgres import Postgres
from tests.real.network import Network
from tools.broker.broker import Broker

VAT_PERMILLE = 210
CENTRALS = ("central 1", "central 2")
SOON = timedelta(seconds=20)
"""Until another version begins: longer than it takes to kill both Centrals and drive before."""


@pytest.fixture(scope="module")
def shared(running_broker: Broker, postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with Network(tmp_path_factory.mktemp("published"), running_broker, postgres) as network:
        for name in CENTRALS:
            network.add_central(name)
        network.add_fleet("V", 4, CENTRALS)
        yield network


@pytest.fixture
def network(shared: Network) -> Iterator[Network]:
    """One network for all tests; each begins with two Centrals that share it, and ends with books that are right."""
    shared.restore()
    shared.until(lambda: [shared.shards_of(name) for name in CENTRALS] == [4, 4], "each Central has half of the shards")
    yield shared
    shared.check_books()


def publish(network: Network, central: str, tariff_id: str, price: int, begin: datetime | None = None) -> str:
    """Have a Central publish the next version of a tariff, of energy alone; its ID."""
    network.look_at(central)
    tariff = {
        "zone": "Europe/Madrid",
        "elements": [{"energy_micro_euros_per_kwh": price}],
        "vat_permille": VAT_PERMILLE,
    }
    body = {"tariff_id": tariff_id, "tariff": tariff, "from": begin and iso(begin)}
    url = f"http://localhost:{network.central_port}/api/v1/tariffs"
    answer = httpx.post(url, json=body, trust_env=False, timeout=15).raise_for_status()
    return str(answer.json()["version_id"])


def check_bill(network: Network, name: str, version_id: str, price: int) -> None:
    """The only ticket of a driver is by this version, exactly."""
    [ticket] = network.get(f"/tickets?driver_id={name}-001")
    said: dict[str, Any] = ticket["price"]
    mwh = round(ticket["kwh"] * 1_000_000)
    net = (2 * mwh * price + 1_000_000) // 2_000_000
    vat = (2 * net * VAT_PERMILLE + 1000) // 2000
    assert ticket["tariff"] == version_id
    assert [(line["quantity"], line["unit_micro_euros"]) for line in said["lines"]] == [(mwh, price)]
    assert (said["net"], said["vat"], said["gross"]) == (net, vat, net + vat)
    assert round(ticket["euros"] * 1_000_000) == net + vat


def charge(network: Network, name: str, cp_id: str) -> None:
    network.drive(name, [cp_id])
    network.until_served(name)


@pytest.mark.parametrize(("first", "second"), [CENTRALS, CENTRALS[::-1]])
def test_what_one_central_has_published_counts_at_once_at_the_points_of_the_other(
    network: Network, first: str, second: str
) -> None:
    tariff_id = f"at-once-{first[-1]}"
    version_id = publish(network, first, tariff_id, 200_000)
    network.look_at(second)
    for cp_id in network.points:
        network.put(f"/api/v1/points/{cp_id}/tariff", {"tariff_id": tariff_id})
    newer = publish(network, second, tariff_id, 300_001)
    names = [f"{first[-1]}{cp_id.lower()}" for cp_id in network.points]
    for name, cp_id in zip(names, network.points, strict=True):
        network.drive(name, [cp_id])
    assert (version_id, newer) == (f"{tariff_id}@1", f"{tariff_id}@2")
    for name in names:
        network.until_served(name)
        check_bill(network, name, newer, 300_001)


def test_a_version_begins_at_its_moment_though_both_centrals_are_dead_then(network: Network) -> None:
    network.look_at("central 1")
    cp_id = network.points[0]
    registration = {"cp_id": cp_id, "site_id": "SITE-1"}
    url = f"http://localhost:{network.central_port}/cp/register"
    httpx.post(url, json=registration, trust_env=False, timeout=15).raise_for_status()
    network.until(lambda: network.get("/api/v1/sites/SITE-1") is not None, "the site is known")
    own = url.replace("/cp/register", f"/api/v1/points/{cp_id}/tariff")
    httpx.delete(own, trust_env=False, timeout=15).raise_for_status()
    publish(network, "central 2", "dated", 200_000)
    network.put("/api/v1/sites/SITE-1/tariff", {"tariff_id": "dated"})
    begin = datetime.now(UTC) + SOON
    assert publish(network, "central 1", "dated", 400_000, begin) == "dated@2"
    charge(network, "before", cp_id)
    check_bill(network, "before", "dated@1", 200_000)
    assert datetime.now(UTC) < begin
    for name in CENTRALS:
        network[name].kill()
    network.until(lambda: datetime.now(UTC) > begin, "the moment has come", SOON.total_seconds() + 1)
    network.restore()
    charge(network, "after", cp_id)
    check_bill(network, "after", "dated@2", 400_000)
