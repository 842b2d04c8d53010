"""Tells engines when Central's orders cannot reach them, and when what reaches them may be old."""

from collections.abc import Iterator
from contextlib import contextmanager

from evcharging.adapters.bus import Bus
from evcharging.apps.shell.status import Status
from evcharging.roles.role import BusBack, BusLost
from evcharging.runtime.host import Host
from evcharging.runtime.live import LiveHost


@contextmanager
def hearing(host: Host, bus: Bus, status: Status | None, live: LiveHost | None = None) -> Iterator[None]:
    """Until the block is left, every role of the host hears that the bus is lost or back, and that the process stood
    still or could write nothing down, before it is handed what came meanwhile."""
    standstills = status.on_standstill if status is not None else []

    def tell(away: bool) -> None:
        host.tell_all(BusLost() if away else BusBack())

    def stood_still() -> None:
        tell(False)
        if bus.away:
            tell(True)

    bus.on_away.append(tell)
    standstills.append(stood_still)
    if live is not None:
        live.on_well = stood_still
    if bus.away:
        tell(True)
    try:
        yield
    finally:
        bus.on_away.remove(tell)
        standstills.remove(stood_still)
        if live is not None:
            live.on_well = lambda: None
