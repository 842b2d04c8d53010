"""The Central that most tests of it begin with."""

import pytest

from evcharging.tests.stages.central_stage import CentralStage


@pytest.fixture
def central() -> CentralStage:
    """A Central with one free, healthy point."""
    stage = CentralStage()
    stage.open_point()
    return stage
