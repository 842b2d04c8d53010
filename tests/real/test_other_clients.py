"""Clients that know nothing of CRC-32 are served: without a key, with Java's default partitioner, whatever they say."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from evcharging.common.kafka import partition_of
from evcharging.tests.places import ROOT
from evcharging.tests.stages.postgres import Postgres
from tests.real.foreign import Json, Point, console_producer, heard
from tests.real.network import Network
from tools.broker.broker import Broker

PARTITIONS = 8
SPECIFIED = (
    '{"request_id":"%s","driver_id":"driver-alice","cp_id":"%s","ts":"2025-10-13T12:00:00Z"}'  # as the document has it
)
SHORT = {"CP_ENGINE_SUPPLY_TICKS": "1", "CP_ENGINE_TELEMETRY_INTERVAL": "0.2"}


@pytest.fixture(scope="module")
def network(running_broker: Broker, postgres: Postgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    with Network(tmp_path_factory.mktemp("others"), running_broker, postgres) as network:
        network.add_central()
        network.add_fleet("S", 2, ["central"], **SHORT)
        network.restore()
        yield network


def ends(updates: list[Json]) -> dict[str, str]:
    """How requests ended, by their number."""
    return {update["request_id"]: update["status"] for update in updates if update["status"] in ("COMPLETED", "DENIED")}


def test_the_request_of_the_specification_from_the_console_producer_ends_in_a_ticket(network: Network) -> None:
    bootstrap = network.broker.bootstrap
    with heard(bootstrap, "driver.updates", PARTITIONS) as updates:
        lines = [SPECIFIED % (f"req-{number}", cp_id) for number, cp_id in enumerate(["S001", "S002"])]
        console_producer(bootstrap, "driver.requests", *lines)
        network.until(lambda: len(ends(updates())) == 2, "both drivers hear how it ended")
        assert set(ends(updates()).values()) == {"COMPLETED"}
        assert all(update["ticket"] for update in updates() if update["status"] == "COMPLETED")


def test_the_example_of_a_driver_in_plain_kafka_is_served(network: Network) -> None:
    script = str(ROOT / "examples" / "kafka_driver.py")
    words = [sys.executable, script, "S001", network.broker.bootstrap]
    said = subprocess.run(words, capture_output=True, text=True, timeout=60, check=True).stdout.splitlines()
    assert said[0].startswith("ACCEPTED")
    assert said[-1].startswith("COMPLETED")


def test_a_charging_point_of_another_make_is_served_wherever_it_puts_its_messages(network: Network) -> None:
    bootstrap, cp_id = network.broker.bootstrap, "M-001"
    with Point(bootstrap, cp_id, PARTITIONS) as point, heard(bootstrap, "driver.updates", PARTITIONS) as updates:
        network.until(lambda: network.state_of(cp_id) == "ACTIVATED", "the point is free")
        console_producer(bootstrap, "driver.requests", SPECIFIED % ("req-m", cp_id))
        network.until(lambda: "req-m" in ends(updates()), "the driver hears how it ended")
        steps = [update for update in updates() if update["request_id"] == "req-m"]
    assert [steps[0]["status"], steps[-1]["status"]] == ["ACCEPTED", "COMPLETED"]
    assert "IN_PROGRESS" in {step["status"] for step in steps}
    assert steps[-1]["ticket"]["kwh"] > 0
    right = partition_of(cp_id, PARTITIONS)
    for topic in ("operator.requests", "cp.health", "cp.status", "cp.telemetry"):
        assert right not in point.partitions[topic], topic
    assert not network["central"].said("Set aside")
    assert network["central"].said("Passed on a message of")
