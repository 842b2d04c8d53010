"""Kafka over TLS with passwords and rights: the programs charge with theirs, and nobody has more. Each thing that is
amiss is one sentence."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka import Consumer, KafkaError, Producer, TopicPartition
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._acl import AclBindingFilter, AclOperation, AclPermissionType
from confluent_kafka.admin._resource import ResourcePatternType, ResourceType

from evcharging.adapters.bus.kafka.rights import Party, give, rights_of
from evcharging.adapters.bus.kafka.security import Settings
from evcharging.adapters.bus.kafka.topics import NAMES
from evcharging.common.kafka import CP_STATUS
from tests.real.secured import PASSWORDS, SASL, a_secured_broker, flags, give_all, user
from tests.real.stack import Stack
from tools.broker.broker import free_ports
from tools.broker.secured import SecuredBroker


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SecuredBroker]:
    with a_secured_broker(tmp_path_factory.mktemp("secured")) as broker:
        yield broker


@pytest.fixture
def stack(broker: SecuredBroker, tmp_path: Path) -> Iterator[Stack]:
    """All programs, each with the user and the password of its kind."""
    http, links, health = free_ports(3)
    (tmp_path / "requests.txt").write_text("CP-001\n")
    with Stack(tmp_path) as stack:
        stack.central_port = http
        for name, variable, words in (
            ("central", "CENTRAL", ["--http-port", str(http), "--listen-port", str(links), "--auth", "off"]),
            ("engine", "CP_ENGINE", ["--health-port", str(health), "--supply-ticks", "3"]),
            ("driver", "DRIVER", ["--request-interval", "0.5"]),
        ):
            party = {"engine": "points", "driver": "drivers"}.get(name, name)
            secret = tmp_path / f"{party}.secret"
            secret.write_text(f"{PASSWORDS[party]}\n")
            command = ["python", "-m", "evcharging.apps.shell.cli", name, *flags(broker, party), *words]
            stack.add(name, command, **{f"{variable}_KAFKA_PASSWORD_FILE": str(secret)})
        monitor = ["python", "-m", "evcharging.apps.shell.cli", "monitor", "--cp-e-port", str(health)]
        stack.add("monitor", [*monitor, "--central-port", str(http)])
        yield stack


def refused(broker: SecuredBroker, name: str, topic: str) -> tuple[bool, bool]:
    """Whether a user may not write to a topic, and may not read it."""
    written: list[int | None] = []
    producer = Producer(user(broker, name))
    producer.produce(topic, b"{}", on_delivery=lambda error, _: written.append(error.code() if error else None))
    assert producer.flush(20) == 0
    denied = KafkaError.TOPIC_AUTHORIZATION_FAILED
    assert written in ([denied], [None])
    return written == [denied], read_of(broker, name, topic) == denied


def read_of(broker: SecuredBroker, name: str, topic: str) -> int | None:
    """What a user hears who reads a topic: that it has ended, or a refusal; None where it has a message."""
    reading = user(broker, name) | {"group.id": f"{name}-probe", "enable.partition.eof": True}
    with Consumer(dict(reading)) as consumer:
        consumer.assign([TopicPartition(topic, 0, 0)])
        while True:
            record = consumer.poll(30)
            assert record is not None
            error = record.error()
            # A user without a group hears that too.
            if error is None or error.code() != KafkaError.GROUP_AUTHORIZATION_FAILED:
                return error.code() if error is not None else None


def test_all_programs_charge_over_kafka_with_no_more_rights_than_they_need(broker: SecuredBroker, stack: Stack) -> None:
    give_all(broker, "--open")
    stack.start("central", "engine", "monitor")
    stack.until_shown("CP-001", "ACTIVATED")
    stack.start("driver")
    stack.until_said("driver", r"✔️ CP-001 \| COMPLETED")
    stack.until_said("driver", "🎫 .*CP-001 .* supply complete")
    (ticket,) = stack.get("/tickets")
    assert (ticket["cp_id"], ticket["driver_id"]) == ("CP-001", "driver-alice")
    said = "".join(line for program in stack.programs.values() for line in program.lines)
    assert [secret for secret in PASSWORDS.values() if secret in said] == []
    held = b"".join(path.read_bytes() for path in stack.folder.glob("data/*") if path.is_file())
    assert [secret for secret in PASSWORDS.values() if secret.encode() in held] == []


@pytest.mark.parametrize("name", ["points", "drivers"])
def test_what_is_no_business_of_a_user_is_refused(broker: SecuredBroker, stack: Stack, name: str) -> None:
    give_all(broker, "--open")
    stack.start("central")
    stack.until(lambda: stack.get("/health") is not None and stack.get("/health")["status"] == "ok", "Central is up")
    rights = list(rights_of(Party(name), is_open=True))
    writes = {right.name for right in rights if right.operation == "Write"}
    reads = {right.name for right in rights if right.operation == "Read"}
    for topic in sorted(NAMES):
        assert refused(broker, name, topic) == (topic not in writes, topic not in reads), topic


def test_who_was_given_nothing_does_not_even_see_a_topic(broker: SecuredBroker) -> None:
    admin = AdminClient(dict(user(broker, "nobody")))
    assert admin.list_topics(timeout=20).topics == {}
    for topic in sorted(NAMES):
        error = admin.list_topics(topic, timeout=20).topics[topic].error
        assert error is not None
        assert error.code() == KafkaError.TOPIC_AUTHORIZATION_FAILED


@pytest.mark.parametrize(
    ("name", "password", "ca", "sentence"),
    [
        ("points", "wrong", True, "does not let points in: no such user, or a wrong password; retrying"),
        ("stranger", "any", True, "does not let stranger in: no such user, or a wrong password; retrying"),
        ("points", None, False, "shows a certificate that --kafka-ca, or this system, does not trust; retrying"),
        ("nobody", None, True, r"refuses nobody a right that this program needs \(.*\); retrying"),
    ],
    ids=["a wrong password", "no such user", "an unknown authority", "no rights"],
)
def test_what_is_amiss_is_one_sentence(
    broker: SecuredBroker, tmp_path: Path, name: str, password: str | None, ca: bool, sentence: str
) -> None:
    (port,) = free_ports(1)
    trusted = ["--kafka-ca", str(broker.ca)] if ca else []
    words = ["--kafka-bootstrap", broker.bootstrap, *SASL, "--kafka-user", name, *trusted, "--health-port", str(port)]
    with Stack(tmp_path) as stack:
        command = ["python", "-m", "evcharging.apps.shell.cli", "engine", *words]
        stack.add("engine", command, CP_ENGINE_KAFKA_PASSWORD=password or PASSWORDS[name])
        stack.start("engine")
        stack.until_said("engine", rf"WARNING \| CP_E:CP-001 \| Kafka at {broker.bootstrap} {sentence}$")
        assert stack["engine"].is_running
        assert (stack["engine"].health() or {})["status"] == "failing"


def test_a_right_that_is_missing_is_told_and_once_it_is_given_all_goes_on(broker: SecuredBroker, stack: Stack) -> None:
    give_all(broker, "--open")
    stack.start("central")
    stack.until(lambda: stack.get("/health") is not None and stack.get("/health")["status"] == "ok", "Central is up")
    admin = user(broker, "admin")
    take(admin, "points", CP_STATUS.name)
    stack.start("engine", "monitor")
    stack.until_said("engine", r"ERROR .* does not let points write to cp.status: give it that right, retrying")
    assert re.search("points write to cp.status", (stack["engine"].health() or {})["reason"])
    give(admin, "points", list(rights_of(Party.POINTS)))
    stack.until_shown("CP-001", "ACTIVATED")
    stack.until(lambda: (stack["engine"].health() or {}).get("status") == "ok", "the engine is well")


def take(admin: Settings, name: str, topic: str) -> None:
    """The right of a user to write to a topic."""
    right = AclBindingFilter(
        ResourceType.TOPIC,
        topic,
        ResourcePatternType.LITERAL,
        f"User:{name}",
        "*",
        AclOperation.WRITE,
        AclPermissionType.ALLOW,
    )
    client = AdminClient(dict(admin))
    for each in client.delete_acls([right]).values():
        assert len(each.result(10)) == 1
