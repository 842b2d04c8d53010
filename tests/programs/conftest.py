"""What tests of whole programs share with the plain ones."""

from evcharging.tests.conftest import alone

__all__ = ["alone"]
