"""What the health of a network in one process says beyond that of its Central: that its monitors are linked."""

from collections.abc import Callable
from time import monotonic
from typing import Protocol

from evcharging.adapters.link import address
from evcharging.apps.status import Check
from evcharging.common.config import Address
from evcharging.roles.role import Peer


class Links(Protocol):
    """The links of all monitors."""

    def open_to(self, peer: Peer) -> int:
        """How many points have theirs."""
        ...


LINKED_WITHIN = 5.0
"""Seconds that the first link may take."""


def unlinked(links: Links, central: Address, engines: Address, now: Callable[[], float] = monotonic) -> Check:
    """Finds that no monitor of the network has a link to Central, or none to its engine, where these listen."""
    began = now()

    def check() -> str | None:
        if now() - began < LINKED_WITHIN:
            return None
        if not links.open_to(Peer.CENTRAL):
            return f"No monitor has a link to Central at {address(*central)}: all points are shown as disconnected"
        if not links.open_to(Peer.ENGINE):
            return f"No monitor has a link to its engine at {address(*engines)}: all points are shown as out of order"
        return None

    return check
