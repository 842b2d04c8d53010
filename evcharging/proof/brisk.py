"""How long things of reservations and payments last where a world lasts for a minute."""

from datetime import timedelta
from typing import Final

from evcharging.domain.reservation import Terms

BRISK: Final = Terms(
    clear=timedelta(seconds=2),
    shortest=timedelta(seconds=3),
    longest=timedelta(seconds=20),
    ahead=timedelta(seconds=60),
    grace=timedelta(seconds=3),
    free_before=timedelta(seconds=4),
    least_charge=timedelta(seconds=2),
    moved_after=timedelta(seconds=2),
    begins_within=timedelta(seconds=3),
    away_after=timedelta(seconds=1),
    notice=timedelta(seconds=4),
)
"""Those of the proof."""

USED_AGAIN_WITHIN: Final = timedelta(seconds=25)
RELEASED_WITHIN: Final = timedelta(seconds=20)
"""How old a hold may be that is used again, and how long after its session one may be there that is not."""

LAST_AGAIN: Final = timedelta(seconds=3)
FIND_AFTER: Final = timedelta(seconds=12)
KEYS_LAST: Final = timedelta(seconds=20)
"""How long after an unknown outcome the next try follows at most; from when on a payment is looked up first; and for
how long the provider knows a key: as 5 minutes, 20 h and 24 h are."""
