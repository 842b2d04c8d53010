"""All mutants by name."""

from evcharging.tests.mutants import (
    alerts,
    deciding,
    drivers,
    idling,
    lasting,
    limits,
    mending,
    noting,
    payments,
    power,
    queues,
    reservations,
    sites,
    tariffs,
    thieves,
)
from evcharging.tests.mutants.mutant import MUTANTS

__all__ = [
    "MUTANTS",
    "alerts",
    "deciding",
    "drivers",
    "idling",
    "lasting",
    "limits",
    "mending",
    "noting",
    "payments",
    "power",
    "queues",
    "reservations",
    "sites",
    "tariffs",
    "thieves",
]
