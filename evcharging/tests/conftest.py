"""What tests of every file may ask for: a real PostgreSQL, started when the first test wants it."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from evcharging.adapters.store.sql import SqlStore
from evcharging.tests.postgres import QUICK, Postgres, running_postgres


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The server that tests share, with a database `ledger` in it; who kills or pauses one starts another."""
    with running_postgres(**QUICK) as server:
        server.ask("CREATE DATABASE ledger")
        with closing(SqlStore(server.url("ledger"))):
            yield server


@pytest.fixture
def ledger(postgres: Postgres) -> str:
    """The address of an empty ledger on PostgreSQL."""
    return postgres.emptied("ledger")
