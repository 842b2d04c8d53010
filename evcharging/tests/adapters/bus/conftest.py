"""What tests of the Kafka bus share: a mock cluster, and a world on it."""

from collections.abc import Iterator

import pytest

from evcharging.adapters.bus.kafka import topics as kafka_topics
from evcharging.tests.stages.kafka_world import KafkaWorld, mock_world
from evcharging.tests.stages.mock_kafka import MockKafka


@pytest.fixture
def there() -> Iterator[tuple[MockKafka, KafkaWorld]]:
    with mock_world() as there:
        yield there


@pytest.fixture
def world(there: tuple[MockKafka, KafkaWorld]) -> KafkaWorld:
    return there[1]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Kafka is given up on soon, and tried again at once."""
    monkeypatch.setattr(kafka_topics, "ANSWER_WITHIN", 1.0)
    monkeypatch.setattr(kafka_topics, "BACKOFF", (0.01,))
