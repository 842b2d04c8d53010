"""What tests of every file may ask for: a real PostgreSQL, started when the first test wants it, and to be alone."""

import signal
from collections.abc import Iterator
from contextlib import chdir, closing
from pathlib import Path

import pytest
import structlog
from hypothesis import settings

from evcharging.adapters.store.sql.store import SqlStore
from evcharging.common.config import GROUPS
from evcharging.common.setting import settings_of
from evcharging.tests.stages.postgres import QUICK, Postgres, running_postgres

for _number in (signal.SIGHUP, signal.SIGINT):
    # Programs that tests start obey these, though the tests themselves may run under `nohup` or in the background.
    if signal.getsignal(_number) is signal.SIG_IGN:
        signal.signal(_number, signal.SIG_DFL)

# What is searched is the same in every run, however fast the machine is.
settings.register_profile("steady", derandomize=True, deadline=None)
settings.load_profile("steady")


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


@pytest.fixture(autouse=True)
def log_as_it_was() -> Iterator[None]:
    """However a test lets programs log, the next one knows nothing of it."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[None]:
    """No setting from outside: an empty folder, an empty environment."""
    with chdir(tmp_path), pytest.MonkeyPatch.context() as patch:
        for group in GROUPS:
            for setting in settings_of(group):
                patch.delenv(setting.variable, raising=False)
        yield
