"""For how long faults have kept words back: when they arrive, nobody can tell how old they are. Knows no fault."""

from datetime import datetime, timedelta

from evcharging.proof.agenda import Agenda


class Delays:
    """All of them, by the world's clock."""

    def __init__(self, agenda: Agenda) -> None:
        self._agenda = agenda
        self._held_up: list[tuple[datetime, timedelta]] = []

    def hold_up(self, seconds: float) -> None:
        """A fault keeps words back for so long."""
        span = timedelta(seconds=seconds)
        self._held_up.append((self._agenda.now + span, span))

    def held_up(self, lately: timedelta) -> timedelta:
        """Upper bound on the delay of messages that arrive about now, adding up consecutive faults."""
        together = timedelta(0)
        for ended, span in sorted(self._held_up, reverse=True):
            if self._agenda.now - ended >= lately + together:
                break
            together += span
        return together
