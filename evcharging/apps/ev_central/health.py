"""The health of one Central: why it cannot work, what operators should know, its metrics, and where monitors open their
links. Knows no HTTP."""

from time import monotonic

from evcharging.adapters.metrics import Metrics
from evcharging.apps.shell.status import Check, first


class CentralHealth:
    """The health of one Central: `failing` says why nothing can be decided, while nothing can; `obstacle`, why Central
    cannot do its work, which may have other reasons too; `tcp_port` is where monitors open their links."""

    def __init__(self, failing: Check, obstacle: Check | None = None, metrics: Metrics | None = None) -> None:
        self.failing = failing
        self.obstacle = obstacle or failing
        self.metrics = metrics or Metrics()
        self.troubles: list[Check] = []
        """What makes the health fail, though Central can decide."""
        self.remarks: list[Check] = []
        """What is worth saying of its health, though nothing fails."""
        self.tcp_port = 0
        self.began = monotonic()

    def trouble(self) -> str | None:
        """Why the health fails, if it does."""
        return self.failing() or first(self.troubles)

    def remark(self) -> str | None:
        """What an operator should know although Central works, if there is anything."""
        return "; ".join(found for check in self.remarks if (found := check())) or None

    def uptime_s(self) -> float:
        """Seconds since Central began, however the clock is set."""
        return round(monotonic() - self.began, 3)
