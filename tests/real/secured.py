"""A real Kafka that tells its users apart: their passwords, how a program or librdkafka speaks as one, and their
rights."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from evcharging.adapters.bus.kafka.rights import Party
from evcharging.adapters.bus.kafka.security import Settings, sasl_ssl
from evcharging.adapters.bus.kafka.topics import client_settings
from evcharging.tests.stages.cli_stage import evcharging
from tools.broker.broker import free_ports
from tools.broker.secured import SecuredBroker

PASSWORDS = {name: f"{name}-4711-qwer" for name in ("admin", "central", "points", "drivers", "deaf", "nobody")}
SASL = ["--kafka-security", "sasl_ssl"]


@contextmanager
def a_secured_broker(folder: Path) -> Iterator[SecuredBroker]:
    """A broker with these users, who have no rights yet, until the block is left."""
    port, controller_port = free_ports(2)
    broker = SecuredBroker(folder, port, controller_port, PASSWORDS)
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()


def user(broker: SecuredBroker, name: str, **more: str) -> Settings:
    """How librdkafka speaks as this user."""
    return client_settings(broker.bootstrap, {**sasl_ssl(name, PASSWORDS[name], str(broker.ca)), **more})


def flags(broker: SecuredBroker, name: str) -> list[str]:
    """How a program speaks as this user; its password comes by the environment."""
    return ["--kafka-bootstrap", broker.bootstrap, *SASL, "--kafka-user", name, "--kafka-ca", str(broker.ca)]


def give_all(broker: SecuredBroker, *more: str) -> None:
    """Give all their rights, by the command that operators use; with `--open` drivers without keys hear of their
    charges."""
    given = ["kafka-acls", "--apply", *more, *flags(broker, "admin")]
    result = evcharging(*given, env={"CENTRAL_KAFKA_PASSWORD": PASSWORDS["admin"]})
    assert result.output == "".join(f"{party} has the rights of {party}\n" for party in Party)
