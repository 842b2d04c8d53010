"""All mutants by name."""

from evcharging.tests.mutants import (
    deciding,
    drivers,
    idling,
    lasting,
    limits,
    mending,
    noting,
    sites,
    tariffs,
    thieves,
)
from evcharging.tests.mutants.mutant import MUTANTS

__all__ = [
    "MUTANTS",
    "deciding",
    "drivers",
    "idling",
    "lasting",
    "limits",
    "mending",
    "noting",
    "sites",
    "tariffs",
    "thieves",
]
