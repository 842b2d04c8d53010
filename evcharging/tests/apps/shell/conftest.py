"""What several tests of programs ask for."""

import pytest

from evcharging.adapters.clock import WallClock
from evcharging.apps.shell.logs import configure


@pytest.fixture
def quiet() -> None:
    """Programs say nothing but errors."""
    configure("ERROR", WallClock().now)
