"""What the health of a network in one process says beyond that of its Central: that its monitors are linked."""

from collections.abc import Callable
from time import monotonic
from typing import Protocol

from evcharging.adapters.link import address
from evcharging.common.setting_values import Address
from evcharging.roles.role import Peer


class Links(Protocol):
    """The links of all monitors."""

    @property
    def size(self) -> int:
        """How many points there are."""
        ...

    @property
    def retired(self) -> int:
        """How many points need none any more."""
        ...

    def open_to(self, peer: Peer) -> int:
        """How many of the others have theirs."""
        ...


LINKED_WITHIN = 5.0
"""Seconds that links may take at the start."""


class OwnLinks:
    """The monitors' links to Central and to their engines, where these listen: all are open, some are not, or none is.
    Begins with the network."""

    def __init__(self, links: Links, central: Address, engines: Address, now: Callable[[], float] = monotonic) -> None:
        self._links = links
        self._peers = {
            Peer.CENTRAL: f"a link to Central at {address(*central)}",
            Peer.ENGINE: f"a link to its engine at {address(*engines)}",
        }
        self._now = now
        self._began = now()

    def trouble(self) -> str | None:
        """That no monitor has its link, so that no point can be used."""
        return self._lacking("No monitor has", enough=1)

    def remark(self) -> str | None:
        """How many monitors have their link, where some have not."""
        return self._lacking("Only {} of {} monitors have", enough=self._links.size)

    def _lacking(self, said: str, enough: int) -> str | None:
        if self._now() - self._began < LINKED_WITHIN:
            return None
        count = self._links.size - self._links.retired
        for peer, link in self._peers.items():
            number = self._links.open_to(peer)
            if number < min(enough, count):
                return f"{said.format(number, count)} {link}: points without it cannot be used"
        return None
