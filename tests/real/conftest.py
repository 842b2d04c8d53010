"""A real Apache Kafka and a real PostgreSQL for the tests in this folder."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from evcharging.adapters.bus.kafka import watch as kafka_watch
from evcharging.tests.stages.fault_line import Line, line_to
from evcharging.tests.stages.kafka_world import QUICK, KafkaWorld, forget_topics, kafka_world
from evcharging.tests.stages.postgres import QUICK as UNSYNCED
from evcharging.tests.stages.postgres import Postgres, running_postgres
from tools.broker.broker import HOST, TEMPLATE, Broker, free_ports

SETTINGS = {**QUICK, "session.timeout.ms": 6000}
"""A real broker takes no shorter session."""


def pytest_configure() -> None:
    """Whoever ends the tests ends what they have started too."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


@contextmanager
def a_broker(folder: Path) -> Iterator[Broker]:
    """A broker that serves, with its data in the folder, until the block is left."""
    broker = Broker(folder, *free_ports(2))
    broker.start()
    try:
        yield broker
    finally:
        broker.resume()
        broker.stop()


@contextmanager
def fresh_world(broker: Broker) -> Iterator[KafkaWorld]:
    """A world on a broker that has no topics of ours yet."""
    forget_topics(broker.bootstrap)
    with kafka_world(broker.bootstrap, SETTINGS) as world:
        yield world


@pytest.fixture(scope="session")
def running_broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    with a_broker(tmp_path_factory.mktemp("kafka")) as broker:
        yield broker


@pytest.fixture
def broker(running_broker: Broker) -> Broker:
    """One for all tests; it serves before each of them, whatever the last one did to it."""
    if running_broker.is_running:
        running_broker.resume()
    else:
        running_broker.start()
    return running_broker


@pytest.fixture
def world(broker: Broker, monkeypatch: pytest.MonkeyPatch) -> Iterator[KafkaWorld]:
    monkeypatch.setattr(kafka_watch, "LOOK_EVERY", 1.0)
    with fresh_world(broker) as world:
        yield world


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One for all tests, each of which has a database of its own."""
    with running_postgres(**UNSYNCED) as server:
        yield server


@dataclass(frozen=True)
class Far:
    """A broker that clients reach over a line, or without it at the address `near`."""

    line: Line
    near: str


@pytest.fixture(scope="session")
def far(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Far]:
    port, controller_port, near = free_ports(3)
    with line_to(port) as line:
        template = TEMPLATE
        for old, new in (
            ("listeners=PLAINTEXT://{host}:{port},", f"listeners=PLAINTEXT://{{host}}:{{port}},NEAR://{HOST}:{near},"),
            ("PLAINTEXT://{host}:{port}\n", f"PLAINTEXT://{HOST}:{line.proxy.port},NEAR://{HOST}:{near}\n"),
            ("PLAINTEXT:PLAINTEXT", "PLAINTEXT:PLAINTEXT,NEAR:PLAINTEXT"),
        ):
            assert old in template
            template = template.replace(old, new)
        broker = Broker(tmp_path_factory.mktemp("far"), port, controller_port, template=template)
        broker.start()
        try:
            yield Far(line, f"{HOST}:{near}")
        finally:
            broker.stop()
