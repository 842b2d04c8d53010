"""The virtual host's clock: time jumps from one deadline to the next, so that a day takes seconds and the same
start gives the same run. Knows no role."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial

from evcharging.adapters.bus import Bus
from evcharging.adapters.store import Ledger
from evcharging.common.kafka import Topic
from evcharging.common.moments import LAST
from evcharging.roles.cadences import FULL, Cadences
from evcharging.runtime.addresses import Address, by_key
from evcharging.runtime.host import Host
from evcharging.runtime.work import Observer


class VirtualTime:
    """Runs hosts against one another. A message takes no time; hosts that have something to do take turns in the
    order in which they got it."""

    def __init__(self, start: datetime, cadences: Cadences = FULL) -> None:
        self.now = start
        self.cadences = cadences
        self._hosts: list[Host] = []
        self._dues: list[datetime] = []
        self._ready: dict[int, None] = {}

    def host(
        self,
        store: Ledger,
        bus: Bus,
        *,
        address: Callable[[Topic, int], Address] = by_key,
        observer: Observer | None = None,
    ) -> Host:
        """A new host that lives in this time."""
        number = len(self._hosts)
        mark = partial(self._ready.__setitem__, number, None)
        host = Host(store, bus, address=address, observer=observer, on_ready=mark, cadences=self.cadences)
        self._hosts.append(host)
        self._dues.append(LAST)
        return host

    def step_clock(self, by: timedelta) -> None:
        """Set the clock of all these hosts."""
        self.now += by
        for number, host in enumerate(self._hosts):
            host.step_clock(by)
            self._ready[number] = None

    def run_until(self, until: datetime) -> None:
        """Let everything happen that is due before or at a moment; then it is that moment."""
        while True:
            self._settle()
            due = min(self._dues, default=LAST)
            if due > until:
                self.now = max(self.now, until)
                return
            self.now = max(self.now, due)
            for number, at in enumerate(self._dues):
                if at <= self.now:
                    self._ready[number] = None

    def _settle(self) -> None:
        ready = self._ready
        while ready:
            number = next(iter(ready))
            del ready[number]
            host = self._hosts[number]
            if host.cycle(self.now):
                ready[number] = None
            else:
                self._dues[number] = host.next_due() or LAST
