"""Each topic is deleted while the whole network runs and a supply goes on: it is made again within 10 s, and all is
well again without any program having been started again."""

import time
from collections.abc import Iterator

import pytest
from confluent_kafka import KafkaError, KafkaException, TopicCollection
from confluent_kafka.admin import AdminClient

from evcharging.adapters.bus.kafka.topics import NAMES
from evcharging.tests.stages.postgres import Postgres
from tests.real.network import Network
from tools.broker.broker import Broker

NOTICED_WITHIN = 10.0
LONG = {"CP_ENGINE_SUPPLY_TICKS": "1000"}
SHORT = {"CP_ENGINE_SUPPLY_TICKS": "1", "CP_ENGINE_TELEMETRY_INTERVAL": "0.2"}


@pytest.fixture(scope="module")
def network(running_broker: Broker, postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with Network(tmp_path_factory.mktemp("topics"), running_broker, postgres) as network:
        network.add_central()
        network.add_fleet("L", 1, ["central"], **LONG)
        network.add_fleet("S", 1, ["central"], **SHORT)
        network.restore()
        yield network


def topic_id(admin: AdminClient, topic: str) -> str:
    """What Kafka calls a topic; nothing while it is not there."""
    try:
        return str(admin.describe_topics(TopicCollection([topic]))[topic].result().topic_id)
    except KafkaException as error:
        if error.args[0].code() == KafkaError.UNKNOWN_TOPIC_OR_PART:
            return ""
        raise


def delete(network: Network, admin: AdminClient, topic: str) -> float:
    """Delete a topic, and wait until it is there again and all have noticed; how many seconds that took."""
    before, said = topic_id(admin, topic), {name: len(network[name].lines) for name in ("central", "engine L")}
    began = time.monotonic()
    admin.delete_topics([topic])[topic].result()
    network.until(lambda: topic_id(admin, topic) not in ("", before), f"{topic} is there again")
    for name, after in said.items():
        network.until_said(name, f"Kafka has lost the messages of {topic}$", after=after)
    return time.monotonic() - began


def check_served(network: Network, name: str) -> None:
    """Central is well, a driver is served, and the long supply goes on."""
    network.until(lambda: network.get("/health")["status"] == "ok", "Central is well")
    driver = network.add_drivers(name, ["S001"])
    driver.start()
    network.until_served(name)
    assert driver.said("🎫 .* supply complete")
    # While the topic of readings was away, their absence may have been shown as a fault.
    network.until(lambda: network.state_of("L001") == "SUPPLYING", "the long supply is seen to go on")


def test_every_topic_may_be_deleted_while_supplies_go_on(network: Network) -> None:
    admin = AdminClient({"bootstrap.servers": network.broker.bootstrap, "log_level": 0})
    long, topics = network.drive("long", ["L001"]), sorted(NAMES)
    for number, topic in enumerate(topics):
        assert delete(network, admin, topic) < NOTICED_WITHIN, topic
        if number % 3 == 2:
            check_served(network, f"s{number}")
    assert network.post("/cp/L001/stop").is_success
    network.until_said("long", "🎫 .* stopped by the operator")
    long.stop()
    network.check_books()
    assert {network.starts()[name] for name in ("central", "engine L", "monitor L", "engine S", "monitor S")} == {1}
