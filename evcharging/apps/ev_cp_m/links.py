"""The two framed links of each monitor, to its engine and to Central: signals and messages in, frames out."""

import asyncio
from collections.abc import Awaitable, Callable
from random import Random
from typing import Final

from evcharging.adapters.deadlines import Deadlines
from evcharging.adapters.tcp import Connector, Link
from evcharging.apps.ev_cp_m.registration import Registrar
from evcharging.common.config import MonitorSettings
from evcharging.common.kafka import HEALTH_ANSWERS, SCHEMAS
from evcharging.common.messages import HealthQuery, HealthReport, LinkRefused, Message
from evcharging.common.utils import BadJson, json_decoder, to_json
from evcharging.roles.role import Input, LinkDown, LinkUp, Peer

read_refusal = json_decoder(LinkRefused)

LOST_AFTER: Final = 3
"""Attempts in a row that fail until Central is asked where its links are: it may have come back elsewhere."""

Ask = Callable[[str, str | None], Awaitable[int | None]]


class _Side:
    """One link of one monitor, and the talk with its role about it."""

    def __init__(
        self,
        cp_id: str,
        peer: Peer,
        tell: Callable[[str, Input], None],
        read: Callable[["_Side", bytes], None],
        say: Callable[[str, str], None],
        on_lost: Callable[[], None] = lambda: None,
    ) -> None:
        self.cp_id = cp_id
        self.connector: Connector | None = None
        self.port = 0
        """Where the link leads; 0 where that is not known."""
        self._peer = peer
        self._tell = tell
        self._read = read
        self._say = say
        self._on_lost = on_lost
        self._failures = 0

    def opened(self, link: Link) -> None:
        """The role may use the link."""
        self._failures = 0
        self._say("info" if self._peer is Peer.CENTRAL else "debug", f"Connected to {self._peer} at {link.peer}")
        self._tell(self.cp_id, LinkUp(peer=self._peer))

    def received(self, link: Link, payload: bytes) -> None:
        """Read what the peer says."""
        self._read(self, payload)

    def closed(self, link: Link, reason: str) -> None:
        """The role must do without."""
        self._tell(self.cp_id, LinkDown(peer=self._peer))

    def on_retry(self, sentence: str) -> None:
        """Say once that the peer cannot be reached."""
        self._failures += 1
        if self._failures == 1:
            self._say("warning", sentence)
        self._tell(self.cp_id, LinkDown(peer=self._peer))
        if self._failures % LOST_AFTER == 0:
            self._on_lost()

    def connect(self, host: str, port: int, chance: Random, deadlines: Deadlines) -> None:
        """Open the link, and open it again whenever it is lost."""
        self.port = port
        self.connector = Connector(
            host, port, self, chance=chance, name=str(self._peer), on_retry=self.on_retry, deadlines=deadlines
        )
        self.connector.start()

    @property
    def is_open(self) -> bool:
        """Whether the peer agreed to talk."""
        link = self.connector.link if self.connector else None
        return link is not None and link.opened_at is not None

    def send(self, message: Message) -> None:
        """Send, if there is a link; the role hears of it when there is none."""
        link = self.connector.link if self.connector else None
        if link is not None:
            link.send(to_json(message))

    async def close(self) -> None:
        """Hang up for good."""
        if self.connector is not None:
            await self.connector.close()


class MonitorLinks:
    """The links of a fleet of monitors. A point that Central does not know registers again."""

    def __init__(
        self,
        settings: MonitorSettings,
        registrar: Registrar,
        chance: Random,
        tell: Callable[[str, Input], None],
        say_for: Callable[[str], Callable[[str, str], None]],
    ) -> None:
        self._settings = settings
        self._registrar = registrar
        self._chance = chance
        self._tell = tell
        self._say_for = say_for
        self._deadlines = Deadlines()
        self._engines: dict[str, _Side] = {}
        self._centrals: dict[str, _Side] = {}
        self._registering: dict[str, asyncio.Task[None]] = {}
        self._hushed = False
        self.locations: dict[str, str] = {}
        """Where points are, of those that are elsewhere than the settings say."""

    def open_to(self, peer: Peer) -> int:
        """How many links to this kind of peer are open; may be called in any thread."""
        sides = self._centrals if peer is Peer.CENTRAL else self._engines
        return sum(side.is_open for side in list(sides.values()))

    def begin(self, cp_id: str, engine_port: int, central_port: int) -> None:
        """Connect a monitor to its engine, and to Central once the point is registered at its HTTP port."""
        self._registrar.central_port = central_port
        voice = self._say_for(cp_id)

        def say(level: str, text: str) -> None:
            if not self._hushed:
                voice(level, text)

        engine = self._engines[cp_id] = _Side(cp_id, Peer.ENGINE, self._tell, self._from_engine, say)
        self._centrals[cp_id] = _Side(
            cp_id, Peer.CENTRAL, self._tell, self._from_central, say, lambda: self._ask(cp_id, self._registrar.ask)
        )
        engine.connect(self._settings.cp_e_host, engine_port, self._chance, self._deadlines)
        self._ask(cp_id, self._registrar.register)

    def to_engine(self, message: Message) -> None:
        """Send a health query."""
        if isinstance(message, HealthQuery):
            self._engines[message.cp_id].send(message)

    def to_central(self, message: Message) -> None:
        """Send a health report."""
        if isinstance(message, HealthReport):
            self._centrals[message.cp_id].send(message)

    def _ask(self, cp_id: str, ask: Ask) -> None:
        """One registration of a point at a time, however often its link is refused or fails meanwhile."""
        if cp_id not in self._registering:
            task = self._registering[cp_id] = asyncio.create_task(self._register(cp_id, ask))
            task.add_done_callback(lambda _: self._registering.pop(cp_id))

    async def _register(self, cp_id: str, ask: Ask) -> None:
        port = await ask(cp_id, self.locations.get(cp_id, self._settings.location))
        central = self._centrals[cp_id]
        if port is not None and port != central.port:
            await central.close()
            central.connect(self._settings.central_host, port, self._chance, self._deadlines)

    def _from_engine(self, side: _Side, payload: bytes) -> None:
        try:
            self._tell(side.cp_id, SCHEMAS[HEALTH_ANSWERS.name].decode(payload))
        except BadJson as error:
            self._say_for(side.cp_id)("warning", f"The engine's answer cannot be read: {error}")

    def _from_central(self, side: _Side, payload: bytes) -> None:
        try:
            refusal = read_refusal(payload)
        except BadJson:
            return
        self._say_for(side.cp_id)("warning", f"Central refuses the link: {refusal.reason}")
        side.port = 0
        self._ask(side.cp_id, self._registrar.register)

    def hush(self) -> None:
        """Complain no more, and report no more: what breaks off from now on does so because everything stops."""
        self._hushed = True
        for cp_id in self._centrals:
            self._tell(cp_id, LinkDown(peer=Peer.CENTRAL))

    async def close(self) -> None:
        """Hang up everything."""
        tasks = list(self._registering.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        sides = [*self._engines.values(), *self._centrals.values()]
        await asyncio.gather(*(side.close() for side in sides))
