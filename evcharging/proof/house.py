"""Where engines live in the proof. Knows no fault."""

from dataclasses import dataclass

from evcharging.proof.journals import Journal
from evcharging.proof.stores import Weather


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
