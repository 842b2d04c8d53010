"""The bus on a real Kafka keeps the contract of all buses."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from evcharging.tests.bus_contract import BusContract
from evcharging.tests.bus_world import World
from evcharging.tests.kafka_world import QUICK, forget_topics, kafka_world
from tools.broker.broker import Broker

SETTINGS = {**QUICK, "session.timeout.ms": 6000}
"""A real broker takes no shorter session."""


class TestKafkaBusOnARealBroker(BusContract):
    broker: Broker

    @pytest.fixture(autouse=True)
    def on(self, broker: Broker) -> None:
        self.broker = broker

    @contextmanager
    def opened(self) -> Iterator[World]:
        forget_topics(self.broker.bootstrap)
        with kafka_world(self.broker.bootstrap, SETTINGS) as world:
            yield world
