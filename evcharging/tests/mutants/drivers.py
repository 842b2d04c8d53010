"""Mutants of what drivers may do with sessions."""

from evcharging.roles.central import ending
from evcharging.tests.mutants.mutant import Target, mutant


@mutant("ends-of-others")
def ends_of_others() -> list[Target]:
    """A driver may end a session of another one."""
    return [(ending, "_may_end", lambda actor, session: True)]
