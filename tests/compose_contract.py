"""What the compose file's network does, wherever its programs run. Kafka and PostgreSQL are real, and are set up as the
compose file says."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
from confluent_kafka.admin import AdminClient

from evcharging.adapters.bus.kafka.topics import NAMES
from evcharging.tests.stages.docker_files import added_in, compose, environment_of
from evcharging.tests.stages.postgres import QUICK, running_postgres
from tests.compose_run import ComposeRun, Runner
from tests.topology import HERE, Ports
from tools.broker.broker import Broker

SERVICES = compose()["services"]
ADDED = added_in("README.md")
BUILT = [name for name, service in SERVICES.items() if "build" in service]


@contextmanager
def kafka(ports: Ports, folder: Path) -> Iterator[None]:
    """Apache Kafka with the compose file's own settings."""
    given = ports.environment("kafka", environment_of(SERVICES["kafka"])) | {"KAFKA_LOG_DIRS": "{data}"}
    settings = {name: value for name, value in given.items() if name.startswith("KAFKA_") and name != "KAFKA_HEAP_OPTS"}
    template = "".join(f"{name[6:].lower().replace('_', '.')}={value}\n" for name, value in settings.items())
    broker = Broker(folder / "kafka", ports.of("kafka", 9092), ports.of("kafka", 9093), template=template)
    broker.start()
    try:
        yield
    finally:
        broker.stop()


@contextmanager
def postgres(ports: Ports) -> Iterator[None]:
    """PostgreSQL with the compose file's own user, password and database."""
    settings = environment_of(SERVICES["postgres"])
    user, password, database = (settings[f"POSTGRES_{name}"] for name in ("USER", "PASSWORD", "DB"))
    with running_postgres(**QUICK) as server:
        server.ask(f"CREATE ROLE {user} LOGIN PASSWORD '{password}'")
        server.ask(f"CREATE DATABASE {database} OWNER {user}")
        ports.set("postgres", 5432, server.port)
        yield


def central(network: ComposeRun) -> str:
    """Where Central's API is published."""
    return f"http://{HERE}:{network.ports.of('ev-central', 8000)}"


def points_of(network: ComposeRun) -> dict[str, str]:
    """The points that Central shows, each with its state."""
    answer = httpx.get(f"{central(network)}/cp", trust_env=False).raise_for_status()
    return {point["cp_id"]: point["state"] for point in answer.json()}


@contextmanager
def compose_network(run: Runner, folder: Path) -> Iterator[ComposeRun]:
    """The network of the compose file, with its programs run by this runner."""
    ports = Ports([*SERVICES, *ADDED])
    with kafka(ports, folder), postgres(ports), ComposeRun(ports, run, folder) as network:
        network.up(SERVICES)
        yield network


class ComposeContract:
    """To be given the network as the fixture `network`; one for all tests will do."""

    def test_the_driver_is_served_while_every_program_is_well(self, network: ComposeRun) -> None:
        network.until_said("ev-driver", "COMPLETED")
        assert [name for name in BUILT if not network.is_well(name)] == []

    def test_a_program_on_this_machine_reaches_kafka_by_a_listener_of_its_own(self, network: ComposeRun) -> None:
        port = network.ports.of("kafka", 9092)
        found = AdminClient({"bootstrap.servers": f"localhost:{port}"}).list_topics(timeout=10)
        assert {broker.port for broker in found.brokers.values()} == {port}
        assert found.topics.keys() >= NAMES

    def test_a_point_that_is_added_as_the_readme_says_takes_part(self, network: ComposeRun) -> None:
        network.up(ADDED)
        network.until("ev-cp-m-3", lambda: points_of(network).get("CP-003") == "ACTIVATED")

    def test_all_end_in_good_order_and_the_next_start_knows_what_was(self, network: ComposeRun) -> None:
        network.until_said("ev-driver", "COMPLETED")
        assert set(network.down().values()) == {0}
        network.up(SERVICES)
        tickets = httpx.get(f"{central(network)}/tickets", trust_env=False).raise_for_status().json()
        assert [ticket["driver_id"] for ticket in tickets] == ["driver-alice"] * len(tickets) != []
