"""Where engines live in the proof, and what kinds of points they are. Knows no fault."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random

from evcharging.proof.journals import FileJournal, Journal
from evcharging.proof.stores import Weather
from evcharging.roles.engine.setup import EngineSetup

PRICES = (300_000, 500_000, 333_333, 123_457)
POWERS = (7_400, 22_000, 50_001)


@dataclass(eq=False, slots=True)
class House:
    """Where engines live: a process with one journal for all of them. `tears`: it dies within its next commit."""

    name: str
    cp_ids: list[str]
    weather: Weather
    journal: Journal
    tears: bool = False

    def is_torn(self) -> bool:
        """Whether that is now."""
        tears, self.tears = self.tears, False
        return tears

    def use_file(self, folder: Path, torn: Callable[[], None], chance: Random, next_epoch: Callable[[], int]) -> None:
        """Keep the journal in a file; `torn` is told when the torn end of it was cut off."""
        self.journal = FileJournal(folder / f"{self.name}.journal", self.is_torn, torn, chance, next_epoch)


def some_setup(chance: Random, cp_id: str) -> EngineSetup:
    """A kind of point by chance."""
    return EngineSetup(
        cp_id=cp_id,
        power_w=chance.choice(POWERS),
        micro_euros_per_kwh=chance.choice(PRICES),
        interval=timedelta(seconds=chance.choice((1, 2, 2.5))),
        ticks=chance.randint(2, 5),
        manual=chance.random() < 0.2,
        plug_wait=timedelta(seconds=12),
    )
