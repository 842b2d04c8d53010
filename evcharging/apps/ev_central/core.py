"""What of one Central decides, and may be killed while its web side goes on: its roles, and its monitors' links."""

from collections.abc import Callable
from typing import Final

from evcharging.apps.shell.program import Running

DEAD: Final = "Central was killed in the lab: it decides nothing until it begins again"


class Core:
    """Killed, it loses what is in memory alone, as the process would, and its links break; it begins again from the
    ledger. `shut` and `open_again` are what the door for monitors does then."""

    def __init__(self, life: Running) -> None:
        self.shut: Callable[[], None] = lambda: None
        self.open_again: Callable[[], None] = lambda: None
        self._life = life

    @property
    def is_dead(self) -> bool:
        """Whether it was killed, and has not begun again."""
        return self._life.live.is_dead

    def trouble(self) -> str | None:
        """That it is dead, while it is."""
        return DEAD if self.is_dead else None

    def kill(self) -> None:
        """End without a last word."""
        self._life.live.kill()
        self.shut()

    def revive(self) -> None:
        """Begin again."""
        self._life.live.revive()
        self.open_again()
