"""From where Central is reached, as its settings say."""

import pytest

from evcharging.apps.shell.access_place import is_local
from evcharging.common.config import CentralSettings, read

pytestmark = pytest.mark.usefixtures("alone")


@pytest.mark.parametrize(
    ("flags", "on_kafka", "expected"),
    [
        ({}, False, True),
        ({}, True, True),
        ({"kafka_bootstrap": "127.0.0.1:9092,localhost:9093,[::1]:9094"}, True, True),
        ({"kafka_bootstrap": "PLAINTEXT://localhost:9092, PLAINTEXT://127.0.0.1:9093"}, True, True),
        ({"kafka_bootstrap": "PLAINTEXT://kafka:9092"}, True, False),
        ({"kafka_bootstrap": "kafka:9092"}, False, True),
        ({"kafka_bootstrap": "localhost:9092,10.0.0.1:9092"}, True, False),
        ({"kafka_bootstrap": "?"}, True, False),
        ({"http_host": "0.0.0.0"}, False, False),
        ({"http_host": "::"}, False, False),
        ({"listen_host": "192.0.2.7"}, False, False),
        ({"http_host": "::1", "listen_host": "localhost"}, False, True),
    ],
    ids=str,
)
def test_it_is_this_machine_alone_where_http_links_and_kafka_all_are(
    flags: dict[str, str], on_kafka: bool, expected: bool
) -> None:
    assert is_local(read(CentralSettings, flags), on_kafka=on_kafka) is expected
