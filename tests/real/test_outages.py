"""What happens when Kafka or the database is killed or hangs, during supplies and at rest."""

from collections.abc import Callable, Iterator

import pytest

from evcharging.tests.stages.postgres import Postgres
from tests.real.network import Network
from tools.broker.broker import Broker

THREE = ["P001", "P002", "P003"]
READY = "/health/ready"


@pytest.fixture(scope="module")
def shared(running_broker: Broker, postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with Network(tmp_path_factory.mktemp("outages"), running_broker, postgres) as network:
        network.add_central()
        network.add_fleet("P", 4, ["central"])
        yield network


@pytest.fixture
def network(shared: Network) -> Iterator[Network]:
    """One network for all tests; each begins with all of it running, and ends with books that are right, no program
    having been started again."""
    shared.restore()
    before = shared.starts()
    yield shared
    assert {name: shared.starts()[name] for name in before} == before
    shared.check_books()


def reason_not_ready(network: Network) -> str:
    """Why Central says it is not ready; empty while it is."""
    answer = network.ask(READY)
    return answer.json()["reason"] if answer is not None and answer.status_code == 503 else ""


def check_refused(network: Network, reason: str) -> None:
    """An operator's order is refused, with this reason, and leaves nothing behind."""
    answer = network.post("/cp/P004/stop")
    assert (answer.status_code, reason in answer.json()["detail"]) == (503, True), answer.text


def let_supplies_end(network: Network, name: str, die: Callable[[], None]) -> None:
    """Three drivers charge; then this dies, and their supplies end while it is away."""
    begun = len(network["engine P"].lines)
    network.drive(name, THREE)
    die()
    network.until_said("engine P", "Session completed", len(THREE), after=begun)


def check_served(network: Network, name: str) -> None:
    """All supplies of these drivers went to their end, and the point that was not to be stopped is free."""
    network.until_served(name)
    assert len(network[name].said("🎫 .* supply complete")) == len(network.supplies_of(name)) >= len(THREE)
    network.until_all_are("ACTIVATED")


# Kafka


def test_when_kafka_dies_engines_go_on_metering_and_every_end_arrives_once_it_is_back(network: Network) -> None:
    said = {name: len(network[name].lines) for name in ("central", "engine P")}
    let_supplies_end(network, "kd", network.broker.kill)
    away = f"Cannot reach Kafka at {network.broker.bootstrap}"
    network.until(lambda: away in reason_not_ready(network), "Central says that it is not ready")
    check_refused(network, away)
    network.until_all_are("DISCONNECTED")
    for name, after in {**said, "kd": 0}.items():
        network.until_said(name, f"{away}, retrying", after=after)
    network.broker.start()
    network.seconds_until(
        lambda: len(network["kd"].said("🎫")) >= len(THREE), "drivers have tickets, from when Kafka serves"
    )
    check_served(network, "kd")
    for name, after in {**said, "kd": 0}.items():
        assert len(network[name].said(f"{away}, retrying", after)) == 1
        assert len(network[name].said("Kafka at .* answers again", after)) == 1


def test_a_kafka_that_dies_at_rest_is_served_again_by_everybody(network: Network) -> None:
    said = len(network["monitor P"].lines)
    network.broker.kill()
    network.until(lambda: bool(reason_not_ready(network)), "Central says that it is not ready")
    network.until_all_are("DISCONNECTED")
    network.broker.start()
    network.until_said("monitor P", "Engine is well", len(network.points), after=said)
    network.seconds_until(
        lambda: not reason_not_ready(network) and network.are("ACTIVATED"), "all is well, from when engines have Kafka"
    )
    network.drive("kr", THREE)
    check_served(network, "kr")


# The database


def test_when_the_database_dies_requests_wait_or_are_refused_and_supplies_are_billed_later(network: Network) -> None:
    let_supplies_end(network, "bd", network.postgres.kill)
    network.until(lambda: "Cannot use the database" in reason_not_ready(network), "Central says that it is not ready")
    check_refused(network, "Cannot use the database")
    tickets = network.ask("/tickets")
    assert tickets is not None
    assert (tickets.status_code, "Cannot use the database" in tickets.json()["detail"]) == (503, True)
    waiting = network.add_drivers("bw", ["P004"])
    waiting.start()
    network.until_said("bw", "Requested charging at P004")
    assert not network["bd"].said("🎫")
    network.postgres.start()
    network.seconds_until(
        lambda: len(network["bd"].said("🎫")) >= len(THREE), "drivers have tickets, from when the database serves"
    )
    network.until_served("bw")
    assert waiting.said("P004 . COMPLETED")
    check_served(network, "bd")


def test_when_the_database_hangs_nothing_is_half_done_and_all_goes_on_with_it(network: Network) -> None:
    let_supplies_end(network, "bh", network.postgres.pause)
    network.until(lambda: "has not answered for" in reason_not_ready(network), "Central says that it is not ready")
    assert network.post("/cp/P004/stop").status_code == 503
    assert not network["bh"].said("🎫")
    network.postgres.resume()
    network.seconds_until(
        lambda: len(network["bh"].said("🎫")) >= len(THREE), "drivers have tickets, from when the database goes on"
    )
    network.until(lambda: network.post("/cp/P004/resume").is_success, "an operator's order is carried out")
    check_served(network, "bh")


def test_an_order_that_finds_the_database_dead_at_rest_is_refused_in_a_sentence(network: Network) -> None:
    network.postgres.kill()
    answer = network.post("/cp/P004/stop")
    assert (answer.status_code, "Cannot use the database" in answer.json()["detail"]) == (503, True), answer.text
    network.postgres.start()
    network.until(lambda: network.post("/cp/P004/resume").is_success, "an operator's order is carried out")
    network.until_all_are("ACTIVATED")
