"""A price that changes while energy flows, over Kafka and PostgreSQL: the bill has both lines, whoever is killed."""

from collections.abc import Iterator
from typing import Any

import pytest

from evcharging.tests.stages.postgres import Postgres
from tests.real.network import Network
from tools.broker.broker import Broker

EDGE_S = 3
UNTIL_THE_EDGE = 22_000_000 * EDGE_S // 3600
"""What 22 kW give in that time, in mWh."""

TARIFF = {
    "version_id": "steps@1",
    "zone": "Europe/Madrid",
    "elements": [
        {"energy_micro_euros_per_kwh": 400_000, "min_s": EDGE_S},
        {"energy_micro_euros_per_kwh": 200_000},
    ],
    "vat_permille": 210,
}


@pytest.fixture(scope="module")
def shared(running_broker: Broker, postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with Network(tmp_path_factory.mktemp("tariffs"), running_broker, postgres) as network:
        network.add_central()
        network.add_fleet("T", 2, ["central"])
        yield network


@pytest.fixture
def network(shared: Network) -> Iterator[Network]:
    """One network for all tests; each ends with books that are right."""
    shared.restore()
    for cp_id in shared.points:
        shared.put(f"/api/v1/points/{cp_id}/tariff", TARIFF)
    yield shared
    shared.check_books()


def lines_of(network: Network, name: str) -> list[tuple[int, int]]:
    """The quantities of energy, in mWh, and their prices, in micro-euro a kWh, of a driver's only ticket."""
    [ticket] = network.get(f"/tickets?driver_id={name}-001")
    price: dict[str, Any] = ticket["price"]
    assert sum(line["quantity"] for line in price["lines"]) == round(ticket["kwh"] * 1_000_000)
    assert price["gross"] == round(ticket["euros"] * 1_000_000)
    assert price["net"] == sum(line["micro_euros"] for line in price["lines"])
    return [(line["quantity"], line["unit_micro_euros"]) for line in reversed(price["lines"])]


def test_a_bill_has_a_line_for_each_price(network: Network) -> None:
    network.drive("ta", ["T001"])
    network.until_served("ta")
    assert lines_of(network, "ta") == [(UNTIL_THE_EDGE, 200_000), (UNTIL_THE_EDGE, 400_000)]


def test_so_it_has_when_central_is_killed_before_the_price_changes_and_starts_after_the_end(network: Network) -> None:
    begun = len(network["engine T"].lines)
    network.drive("tb", ["T001"])
    network["central"].kill()
    network.until_said("engine T", "T001 . Session completed", after=begun)
    network["central"].start()
    network.until_served("tb")
    assert lines_of(network, "tb") == [(UNTIL_THE_EDGE, 200_000), (UNTIL_THE_EDGE, 400_000)]


def test_so_it_has_when_the_engine_is_killed_just_after_the_price_has_changed(network: Network) -> None:
    network.drive("tc", ["T001"])
    network.until_said("tc", "IN_PROGRESS .* kW", 2 * EDGE_S + 1)
    network["engine T"].kill()
    network["engine T"].start()
    network.until_served("tc")
    [first, second] = lines_of(network, "tc")
    assert first == (UNTIL_THE_EDGE, 200_000)
    assert second[1] == 400_000
    assert 0 < second[0] < UNTIL_THE_EDGE
