"""The bus on a real Kafka keeps the contract of all buses."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from evcharging.tests.contracts.bus_contract import BusContract
from evcharging.tests.stages.bus_world import World
from tests.real.conftest import fresh_world
from tools.broker.broker import Broker


class TestKafkaBusOnARealBroker(BusContract):
    broker: Broker

    @pytest.fixture(autouse=True)
    def on(self, broker: Broker) -> None:
        self.broker = broker

    @contextmanager
    def opened(self) -> Iterator[World]:
        with fresh_world(self.broker) as world:
            yield world
