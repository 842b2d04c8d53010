"""Deadlines whose clock a test turns: however fast the machine is, no time passes but by hand."""

from evcharging.adapters.deadlines import TICK, Deadlines


class HandDeadlines(Deadlines):
    """To be made on a running loop."""

    def __init__(self) -> None:
        self._moment = 1000.0
        super().__init__(lambda: self._moment)

    def pass_time(self, seconds: float) -> None:
        """So much later, all whose moment has come by then are woken."""
        self._moment += seconds + 2 * TICK
        self.look()
