"""How long things of reservations last where a world lasts for a minute."""

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
