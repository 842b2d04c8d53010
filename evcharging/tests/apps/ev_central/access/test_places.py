"""From where Central can be reached."""

import pytest

from evcharging.apps.ev_central.access.places import is_local, kafka_hosts
from evcharging.common.config import CentralSettings, read

pytestmark = pytest.mark.usefixtures("alone")


@pytest.mark.parametrize(
    ("flags", "has_own_bus", "expected"),
    [
        ({}, True, True),
        ({}, False, True),
        ({"kafka_bootstrap": "127.0.0.1:9092,localhost:9093,[::1]:9094"}, False, True),
        ({"kafka_bootstrap": "kafka:9092"}, False, False),
        ({"kafka_bootstrap": "kafka:9092"}, True, True),
        ({"kafka_bootstrap": "localhost:9092,10.0.0.1:9092"}, False, False),
        ({"kafka_bootstrap": "?"}, False, False),
        ({"http_host": "0.0.0.0"}, True, False),
        ({"http_host": "::"}, True, False),
        ({"http_host": "192.0.2.7"}, True, False),
        ({"listen_host": "0.0.0.0"}, True, False),
        ({"http_host": "::1", "listen_host": "localhost"}, True, True),
    ],
    ids=str,
)
def test_it_is_local_where_http_links_and_kafka_all_are(
    flags: dict[str, str], has_own_bus: bool, expected: bool
) -> None:
    assert is_local(read(CentralSettings, flags), has_own_bus=has_own_bus) is expected


def test_brokers_are_read_as_kafkas_clients_read_them() -> None:
    assert kafka_hosts("PLAINTEXT://a:1, b:2,[::1]:3") == ["a", "b", "::1"]
