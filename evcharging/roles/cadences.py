"""How often roles do what they do although nothing happens: signs of life, and what others should know already."""

from datetime import timedelta

from evcharging.common.utils import Frozen
from evcharging.domain.holding import PaymentTerms
from evcharging.domain.reservation import TERMS, Terms


class Cadences(Frozen, frozen=True, kw_only=True):
    """`asks`: whether a monitor goes on asking an engine that is well. `silent_after`: how long after a monitor's last
    report its point is shown as disconnected. `alive_every`: how often the live view is told that a shard lives, and
    `show_every`, how often a site is told what it should know.
    `positions_every`: how old the last committed position of a reader may grow. With None it never happens. `minutes`:
    whether the ledger is told what each minute comes to. `terms`: how long things of reservations last. `payments`: how
    payments are asked for; with None they are not."""

    asks: bool = True
    silent_after: timedelta | None = timedelta(seconds=10)
    alive_every: timedelta | None = timedelta(seconds=2)
    show_every: timedelta | None = timedelta(seconds=4)
    positions_every: timedelta = timedelta(seconds=5)
    minutes: bool = True
    terms: Terms = TERMS
    payments: PaymentTerms | None = None


FULL = Cadences()
"""Those of the live system."""

QUIET = Cadences(
    asks=False, silent_after=None, alive_every=None, show_every=None, positions_every=timedelta(hours=1), minutes=False
)
"""Presence is known by links that open and end, and nothing is said twice: for time that costs nothing to pass. Where
nothing is lost on its way, sessions, requests and bills come out as with all signs of life."""
