"""A journal of an engine, which is rewritten soon."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from evcharging.adapters.store.journal.journal import JournalStore
from evcharging.domain.supply import Reading


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "engine.journal"


@pytest.fixture
def store(file: Path) -> Iterator[JournalStore]:
    store = JournalStore(file, volatile=frozenset({Reading}), compact_from=20_000)
    yield store
    store.close()
