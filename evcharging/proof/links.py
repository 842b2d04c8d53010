"""Monitors' links as TCP gives them: to the engine and to a Central, whichever answers. They break when a process dies,
hang when one stands still, and are opened again. Knows no role."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from random import Random

from evcharging.adapters.monitor_links import LinkRejected, MonitorLinks
from evcharging.common.messages import HealthReport, Message
from evcharging.proof.process import Life, Process
from evcharging.roles.role import LinkDown, LinkUp, Peer

AGAIN = 1.0
"""Seconds between attempts to open a link."""

LATENCY = 0.002
PATIENCE = 5.0
"""Seconds without an acknowledgement after which a link is given up."""


@dataclass(frozen=True, eq=False, slots=True)
class SimulatedConnection:
    """One connection, from a monitor in one life to a peer in one life."""

    cp_id: str
    monitor: Life
    peer: Life


class _Link:
    """One link of one monitor: up, or sought. `cut`: nothing gets through, and nobody is told."""

    peer: Peer

    def __init__(self, cp_id: str, monitor: Process, peers: Sequence[Process], chance: Random) -> None:
        self.cp_id = cp_id
        self.cut = False
        self.connection: SimulatedConnection | None = None
        self._monitor = monitor
        self._peers = peers
        self._chance = chance
        monitor.on_birth.append(lambda _: self._open())
        monitor.on_death.append(lambda _: self._forget())
        for peer in peers:
            peer.on_death.append(self._peer_died)

    def _open(self) -> None:
        life = self._monitor.life
        if life is None or self.connection is not None:
            return
        up = [peer.life for peer in self._peers if peer.life is not None and not peer.paused]
        if not up or self.cut:
            life.tell(self.cp_id, LinkDown(peer=self.peer))
            life.later(AGAIN, self._open)
            return
        self.connection = SimulatedConnection(self.cp_id, life, up[self._chance.randrange(len(up))])
        life.tell(self.cp_id, LinkUp(peer=self.peer))

    def _forget(self) -> None:
        """The connection is no more."""
        self.connection = None

    def _peer_died(self, peer: Process) -> None:
        if self.connection is not None and self.connection.peer.process is peer:
            self.drop()

    def drop(self) -> None:
        """The link breaks."""
        if self.connection is None:
            return
        life = self.connection.monitor
        self._forget()
        life.tell(self.cp_id, LinkDown(peer=self.peer))
        life.later(self._chance.random() * AGAIN, self._open)

    def _give_up(self, connection: SimulatedConnection) -> None:
        if self.connection is connection:
            self.drop()


class SimulatedEngineLink(_Link):
    """From a monitor to its engine: questions there, answers back."""

    peer = Peer.ENGINE

    def ask(self, query: Message) -> None:
        """Bring a question to the engine."""
        there = self.connection
        if there is not None and not self.cut:
            there.peer.later(LATENCY, lambda: there.peer.tell(self.cp_id, query))

    def answer(self, answer: Message) -> None:
        """Bring an answer to the monitor."""
        there = self.connection
        if there is not None and not self.cut:
            there.monitor.later(LATENCY, lambda: there.monitor.tell(self.cp_id, answer))


class SimulatedCentralLink(_Link):
    """From a monitor to a Central: reports, each acknowledged; `doors` are those of the Centrals that live."""

    peer = Peer.CENTRAL

    def __init__(
        self,
        cp_id: str,
        monitor: Process,
        centrals: Sequence[Process],
        chance: Random,
        doors: dict[Life, MonitorLinks[SimulatedConnection]],
        register: Callable[[str, Life], None],
        heard: Callable[[str], None],
    ) -> None:
        super().__init__(cp_id, monitor, centrals, chance)
        self._doors = doors
        self._register = register
        self._heard = heard

    def report(self, report: Message) -> None:
        """Bring a report to Central; without an acknowledgement the link is given up."""
        there = self.connection
        if there is None or not isinstance(report, HealthReport):
            return
        if self.cut or there.peer.process.paused:
            there.monitor.later(PATIENCE, lambda: self._give_up(there))
        if not self.cut:
            there.peer.later(LATENCY, lambda: self._arrive(there, report))

    def _arrive(self, there: SimulatedConnection, report: HealthReport) -> None:
        self._heard(self.cp_id)
        try:
            self._doors[there.peer].received(there, report)
        except LinkRejected:
            if self.connection is there:
                self._register(self.cp_id, there.peer)
                self.drop()

    def hung_up(self, there: SimulatedConnection) -> None:
        """Central has ended a connection."""
        self._doors[there.peer].closed(there)
        if self.connection is there:
            self.drop()

    def _forget(self) -> None:
        there = self.connection
        if there is not None and not self.cut:
            there.peer.later(LATENCY, lambda: self._doors[there.peer].closed(there))
        super()._forget()
