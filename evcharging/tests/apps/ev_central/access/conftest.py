"""What each test of signing in begins with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from evcharging.tests.stages.access_world import AccessWorld, hash_quickly


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AccessWorld]:
    """A Central on this machine alone."""
    hash_quickly(monkeypatch)
    world = AccessWorld(tmp_path)
    yield world
    world.close()
