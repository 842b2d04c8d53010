"""Rights at Kafka are printed as commands of Kafka's own tool, or given; what does not work is one sentence."""

import pytest

from evcharging.adapters.bus.kafka import rights
from evcharging.tests.stages.cli_stage import evcharging
from evcharging.tests.stages.tcp_stage import free_port


def test_rights_are_printed_as_commands_unless_they_are_to_be_given() -> None:
    said = evcharging("kafka-acls", "--kafka-bootstrap", "kafka.example:9093").output.splitlines()
    assert all(line.startswith("kafka-acls.sh --bootstrap-server kafka.example:9093 --command-config") for line in said)
    reads = [line for line in said if "User:drivers" in line and "--operation Read" in line]
    assert reads == [], "drivers hear by Central's stream"
    with_open = evcharging("kafka-acls", "--open").output.splitlines()
    assert [line.rpartition("--operation ")[2] for line in with_open if "User:drivers" in line][-2:] == [
        "Read --topic 'driver.updates'",
        "Read --group 'drivers-' --resource-pattern-type prefixed",
    ]


def test_a_kafka_that_is_away_is_told_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rights, "WITHIN", 0.2)
    with free_port() as port:
        said = evcharging("kafka-acls", "--apply", "--kafka-bootstrap", f"localhost:{port}")
    assert said.exit_code == 1
    assert said.output == (
        f"Error: Kafka at localhost:{port} does not do it: it cannot be reached, or does not answer\n"
    )
