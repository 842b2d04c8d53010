"""Where secrets are, where people find Central, and who reaches it, by its settings."""

from pathlib import Path

import pytest

from evcharging.apps.shell.access_place import is_local, keys_file, setup_address
from evcharging.common.config import CentralSettings

pytestmark = pytest.mark.usefixtures("alone")


def settings(**given: object) -> CentralSettings:
    return CentralSettings.model_validate(given)


@pytest.mark.parametrize(
    ("given", "file"),
    [
        ({}, "data/keys.json"),
        ({"db_url": "sqlite:////var/lib/ev/central.db"}, "/var/lib/ev/keys.json"),
        ({"db_url": "postgresql://user@host/name"}, "data/keys.json"),
        ({"keys": "/run/secrets/keys"}, "/run/secrets/keys"),
    ],
)
def test_secret_keys_are_beside_the_ledger_or_where_it_is_said(given: dict[str, object], file: str) -> None:
    assert keys_file(settings(**given)) == Path(file)


@pytest.mark.parametrize(
    ("given", "local"),
    [
        ({}, True),
        ({"http_host": "0.0.0.0"}, False),
        ({"listen_host": "192.0.2.7"}, False),
        ({"kafka_bootstrap": "localhost:9092,kafka:9092"}, False),
        ({"http_host": "::1", "listen_host": "localhost", "kafka_bootstrap": "127.0.0.1"}, True),
    ],
)
def test_central_is_local_where_all_that_leads_to_it_is(given: dict[str, object], local: bool) -> None:
    assert is_local(settings(**given)) is local


def test_a_bus_in_memory_is_local_whatever_is_said_of_kafka() -> None:
    assert is_local(settings(kafka_bootstrap="kafka:9092"), on_kafka=False)


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ({}, "http://localhost:8000/setup#x"),
        ({"http_host": "0.0.0.0"}, "http://localhost:8000/setup#x"),
        ({"http_host": "::", "http_names": "b.example, a.example"}, "http://a.example:8000/setup#x"),
        ({"http_host": "ev.example", "tls_cert": "cert.pem", "http_port": 443}, "https://ev.example:443/setup#x"),
        ({"http_host": "2001:db8::7"}, "http://[2001:db8::7]:8000/setup#x"),
    ],
)
def test_a_link_leads_to_where_people_find_central(given: dict[str, object], address: str) -> None:
    assert setup_address(settings(**given), "x") == address


def test_a_link_leads_to_the_port_that_was_found_where_none_was_given() -> None:
    assert setup_address(settings(http_port=0), "x", 40_001) == "http://localhost:40001/setup#x"
