"""Drivers who ask for any point of a site over Kafka are served in turn, each once, whichever Central is killed."""

from collections.abc import Iterator

import httpx
import pytest

from evcharging.tests.stages.postgres import Postgres
from tests.real.network import Network
from tools.broker.broker import Broker

POINTS = ["S001", "S002"]
DRIVERS = 6
SITE = "SITE-1"


@pytest.fixture(scope="module")
def shared(running_broker: Broker, postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with Network(tmp_path_factory.mktemp("queue"), running_broker, postgres) as network:
        network.add_central("central 1")
        network.add_central("central 2")
        network.add_fleet("S", len(POINTS), ["central 1", "central 2"])
        yield network


@pytest.fixture
def network(shared: Network) -> Iterator[Network]:
    """One network for all tests, whose points are at one site; each test ends with books that are right."""
    shared.restore()
    for cp_id in POINTS:
        url = f"http://localhost:{shared.central_port}/cp/register"
        httpx.post(url, json={"cp_id": cp_id, "site_id": SITE}, trust_env=False, timeout=15).raise_for_status()
    shared.until(lambda: free(shared) == len(POINTS), "the site shows its points")
    yield shared
    shared.check_books()


def free(network: Network) -> int:
    """How many points of the site are shown to be free."""
    site = network.get(f"/sites/{SITE}")
    return site["points"]["ACTIVATED"] if site else 0


def waiting(network: Network) -> int:
    """How many wait at the site, as it is shown."""
    site = network.get(f"/sites/{SITE}")
    return site["waiting"] if site else 0


def ask_together(network: Network, name: str) -> None:
    """Drivers ask at the site, until both points supply and the others wait."""
    network.add_drivers(name, [f"@{SITE}"] * DRIVERS).start()
    network.until(lambda: waiting(network) >= DRIVERS - len(POINTS) - 1, "drivers wait at the site")


def test_who_waits_is_served_in_turn_and_once(network: Network) -> None:
    ask_together(network, "w")
    network.until_served("w")
    drivers = network["w"]
    assert len(drivers.said("🎫 .* supply complete")) == DRIVERS == len(network.supplies_of("w"))
    assert len(drivers.said("in the queue")) >= DRIVERS - len(POINTS)
    assert drivers.said("is kept until")
    network.until(lambda: waiting(network) == 0, "nobody waits any more")


@pytest.mark.parametrize(("dead", "alive"), [("central 1", "central 2"), ("central 2", "central 1")])
def test_who_waits_is_served_though_a_central_is_killed(network: Network, dead: str, alive: str) -> None:
    name = f"k{dead[-1]}"
    ask_together(network, name)
    network[dead].kill()
    network.look_at(alive)
    network.until_served(name)
    drivers = network[name]
    assert len(drivers.said("🎫 .* supply complete")) == DRIVERS == len(network.supplies_of(name))
    network.until(lambda: waiting(network) == 0, "nobody waits any more")
    network[dead].start()
