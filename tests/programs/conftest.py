"""What tests of whole programs share, some of it with the plain ones."""

from pathlib import Path

import pytest

from evcharging.tests.conftest import alone, log_as_it_was

__all__ = ["alone", "log_as_it_was"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder, but for the requests of a driver."""
    (tmp_path / "mine.txt").write_text("CP-001\n")
    return tmp_path
