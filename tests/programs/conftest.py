"""What tests of whole programs share with the plain ones."""

from evcharging.tests.conftest import alone, log_as_it_was

__all__ = ["alone", "log_as_it_was"]
