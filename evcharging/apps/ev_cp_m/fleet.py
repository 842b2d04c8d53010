"""The monitors of one process, of which some may be killed, and more may come. Knows not why."""

from collections.abc import Sequence
from datetime import timedelta

from evcharging.apps.ev_cp_m.links import LinkManager
from evcharging.roles.monitor import Monitor, MonitorSetup
from evcharging.roles.role import LinkUp, Peer
from evcharging.runtime.host import Host


class MonitorFleet:
    """Monitors that share a host, asking every `interval`, and their links."""

    def __init__(self, host: Host, links: LinkManager, interval: timedelta) -> None:
        self.links = links
        self._host = host
        self._interval = interval
        self.dead: set[str] = set()
        """Monitors that were killed."""

    def add(self, cp_ids: Sequence[str], engine_port: int) -> None:
        """More monitors, of engines at this port; what is said of their points is in `links.own`."""
        for cp_id in cp_ids:
            self._move_in(cp_id)
        self.links.join(cp_ids, engine_port)

    async def kill(self, cp_id: str) -> None:
        """End a monitor without a last word; its link to Central breaks."""
        self.dead.add(cp_id)
        self._host.remove(cp_id)
        await self.links.cut(cp_id)

    def revive(self, cp_id: str) -> None:
        """Begin a monitor anew; it remembers nothing."""
        self.dead.discard(cp_id)
        self._move_in(cp_id)
        if self.links.is_open(cp_id, Peer.ENGINE):
            self._host.tell(cp_id, LinkUp(peer=Peer.ENGINE))
        self.links.mend(cp_id)

    def _move_in(self, cp_id: str) -> None:
        setup = MonitorSetup(cp_id=cp_id, interval=self._interval)
        self._host.add(cp_id, Monitor(setup), shard=cp_id, epoch=0)
