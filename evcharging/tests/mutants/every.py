"""All mutants by name."""

from evcharging.tests.mutants import deciding, lasting, mending, sites, tariffs
from evcharging.tests.mutants.mutant import MUTANTS

__all__ = ["MUTANTS", "deciding", "lasting", "mending", "sites", "tariffs"]
