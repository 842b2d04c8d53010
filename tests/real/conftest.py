"""A real Apache Kafka for the tests in this folder."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tools.broker.broker import Broker, free_ports


@contextmanager
def a_broker(folder: Path) -> Iterator[Broker]:
    """A broker that serves, with its data in the folder, until the block is left."""
    broker = Broker(folder, *free_ports(2))
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """One for all tests; it serves before each of them, and no test relies on what is in it."""
    with a_broker(tmp_path_factory.mktemp("kafka")) as broker:
        yield broker
