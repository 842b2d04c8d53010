"""The framed links of a fleet of monitors, to their engines and to whichever Central answers.
Knows not what its roles make of them."""

import asyncio
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from random import Random

from evcharging.adapters.deadlines import Deadlines
from evcharging.adapters.metrics import Sample
from evcharging.adapters.tcp import Backoff, Budget, Connector
from evcharging.apps.ev_cp_m.central_link import CentralLink
from evcharging.apps.ev_cp_m.engine_link import EngineLink
from evcharging.apps.ev_cp_m.link_summary import LinkSummary
from evcharging.apps.ev_cp_m.proving import KeyOf, no_key
from evcharging.apps.ev_cp_m.registration import Registrar
from evcharging.apps.shell.fleets import ON_ONE_LINK
from evcharging.apps.shell.metrics import LINKS_OPEN
from evcharging.common.config import MonitorSettings
from evcharging.common.messages import HealthReport, Message
from evcharging.common.messages_link import HealthQuery
from evcharging.common.setting_values import Address
from evcharging.roles.role import Input, LinkDown, Peer

AT_ONCE = 512
"""How many links to Central are being opened at the same time."""

LogLine = Callable[[str, str], None]


class LinkManager:
    """A point registers before its link to Central is opened, and again where Central does not know it. Where no link
    comes about any more, whichever Central answers is the next. A point that was retired is given up. `log` speaks for
    the whole fleet, `say_for` for one monitor."""

    def __init__(
        self,
        settings: MonitorSettings,
        registrar: Registrar,
        chance: Random,
        tell: Callable[[str, Input], None],
        log: LogLine,
        say_for: Callable[[str], LogLine],
        backoff: Backoff | None = None,
        budget: Budget | None = None,
        key_of: KeyOf = no_key,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._settings = settings
        self._registrar = registrar
        self._chance = chance
        self._tell = tell
        self._say = log
        self._say_for = say_for
        self._backoff = backoff or Backoff()
        self._budget = budget
        self._key_of = key_of
        self._tls = tls
        self._deadlines = Deadlines()
        self._room = asyncio.Semaphore(AT_ONCE)
        self._tallies: dict[Peer, LinkSummary] = {}
        self._engines: dict[str, EngineLink] = {}
        self._centrals: dict[str, CentralLink] = {}
        self._looking: dict[str, asyncio.Task[None]] = {}
        self._retired: set[str] = set()
        self.cut_off: set[str] = set()
        """Points whose link was cut, and not mended since."""
        self._hushed = False
        self.own: dict[str, dict[str, object]] = {}
        """What is said of single points when they are registered."""

    @property
    def size(self) -> int:
        """How many points there are."""
        return len(self._centrals)

    @property
    def links_to_engines(self) -> int:
        """How many links there are by which engines are asked."""
        return len(set(self._engines.values()))

    @property
    def retired(self) -> int:
        """How many points were given up."""
        return len(self._retired)

    def open_to(self, peer: Peer) -> int:
        """How many of the other points have their link to this kind of peer; may be called in any thread."""
        links: Mapping[str, CentralLink | EngineLink] = self._centrals if peer is Peer.CENTRAL else self._engines
        return sum(link.is_open for cp_id, link in list(links.items()) if cp_id not in self._retired)

    @property
    def is_looking(self) -> bool:
        """Whether a link to Central is being sought for any point."""
        return bool(self._looking)

    def lacks(self, peer: Peer) -> bool:
        """Whether no point has its link to this kind of peer, though there is one that should."""
        is_over = bool(self._centrals) and len(self._retired) == len(self._centrals)
        return not is_over and not self.open_to(peer)

    def samples(self) -> Iterator[Sample]:
        """How many links are open; may be asked in any thread."""
        yield LINKS_OPEN, ("monitor", "central"), self.open_to(Peer.CENTRAL)
        yield LINKS_OPEN, ("monitor", "engine"), sum(link.is_open for link in set(self._engines.values()))

    def begin(
        self, cp_ids: Sequence[str], engine_port: int, central: Address | None = None, door: Address | None = None
    ) -> None:
        """Connect each monitor to its engine, and to Central once the point is registered; `central` is where that is
        done if not where the settings say, and `door` where links are taken, if not as registration says."""
        if central is not None:
            self._registrar.look_at(central, door)
        if len(cp_ids) > 1:
            self._tallies = {peer: LinkSummary(len(cp_ids), str(peer), self._say) for peer in Peer}
        self._begin_each(cp_ids, engine_port)

    def join(self, cp_ids: Sequence[str], engine_port: int) -> None:
        """Connect monitors that come later in the same way."""
        for tally in self._tallies.values():
            tally.grow(len(cp_ids))
        self._begin_each(cp_ids, engine_port)

    async def cut(self, cp_id: str) -> None:
        """Break the link of a point to Central, and open none before it is mended."""
        self.cut_off.add(cp_id)
        looking = self._looking.get(cp_id)
        if looking is not None:
            looking.cancel()
            await asyncio.gather(looking, return_exceptions=True)
        await self._centrals[cp_id].close()

    def mend(self, cp_id: str) -> None:
        """Let the point have a link again."""
        if cp_id in self.cut_off:
            self.cut_off.discard(cp_id)
            self._centrals[cp_id].wait = 0
            self._start_looking(self._centrals[cp_id])

    def is_open(self, cp_id: str, peer: Peer) -> bool:
        """Whether a point has its link to this kind of peer."""
        return (self._centrals if peer is Peer.CENTRAL else self._engines)[cp_id].is_open

    def _begin_each(self, cp_ids: Sequence[str], engine_port: int) -> None:
        engine = Address(self._settings.cp_e_host, engine_port)
        for first in range(0, len(cp_ids), ON_ONE_LINK):
            # One link after the other, so that not all questions of a fleet are asked at the same moment of a second.
            wait = self._settings.health_interval * first / len(cp_ids)
            self._begin_asking(cp_ids[first : first + ON_ONE_LINK], engine, wait)
        for cp_id in cp_ids:
            tally = self._tallies.get(Peer.CENTRAL)
            link = CentralLink(cp_id, self._tell, self._voice(cp_id), tally, self._start_looking, self._key_of)
            self._centrals[cp_id] = link
            self._start_looking(link)

    def go_inside(self, credential: str, key_of: KeyOf) -> None:
        """Central runs in this process, and knows its points by this; to be called before `begin`."""
        self._registrar.credential, self._key_of = credential, key_of

    def to_engine(self, message: Message) -> None:
        """Send a health query."""
        if isinstance(message, HealthQuery):
            self._engines[message.cp_id].ask(message)

    def to_central(self, message: Message) -> None:
        """Send a health report."""
        if isinstance(message, HealthReport):
            self._centrals[message.cp_id].report(message)

    def _voice(self, cp_id: str) -> LogLine:
        voice = self._say_for(cp_id)
        in_fleet = bool(self._tallies)

        def log(level: str, text: str) -> None:
            if not self._hushed:
                voice("debug" if in_fleet else level, text)

        return log

    def _begin_asking(self, cp_ids: Sequence[str], engine: Address, wait: float) -> None:
        link = EngineLink(cp_ids, self._tell, self._voice(cp_ids[0]), self._tallies.get(Peer.ENGINE))
        self._engines.update(dict.fromkeys(cp_ids, link))
        link.connect(self._connector(engine, Peer.ENGINE, link, None), wait)

    def _connector(
        self, at: Address, peer: Peer, link: EngineLink | CentralLink, room: asyncio.Semaphore | None
    ) -> Connector:
        return Connector(
            *at,
            link,
            chance=self._chance,
            name=str(peer),
            on_retry=link.on_retry,
            backoff=self._backoff,
            deadlines=self._deadlines,
            room=room,
            budget=self._budget,
            tls=self._tls if peer is Peer.CENTRAL else None,
        )

    def _start_looking(self, link: CentralLink) -> None:
        """One search for a point at a time, however often its link is lost or refused meanwhile."""
        if link.is_retired:
            self._give_up(link.cp_id)
        if not self._hushed and link.cp_id not in self._looking and link.cp_id not in self.cut_off:
            task = self._looking[link.cp_id] = asyncio.create_task(self._look(link))
            task.add_done_callback(lambda _: self._looking.pop(link.cp_id))

    async def _look(self, link: CentralLink) -> None:
        """Have the link opened where a Central answers, at which the point is registered first if that is new."""
        await link.close()
        if link.is_retired:
            await self._stop_asking(self._engines[link.cp_id])
            return
        if link.wait:
            await asyncio.sleep(self._backoff.pause(link.wait, self._chance))
        if link.door is None:
            door = await self._registrar.register(link.cp_id, self.own.get(link.cp_id))
        else:
            door = await self._registrar.locate(link.door, shut=link.shut)
        link.connect(door, self._connector(door, Peer.CENTRAL, link, self._room))

    def _give_up(self, cp_id: str) -> None:
        """The point was retired: only another start of this program brings it back."""
        if cp_id in self._retired:
            return
        self._retired.add(cp_id)
        for tally in self._tallies.values():
            tally.leave(cp_id)
        if not self._hushed:
            text = f"{cp_id} was retired: its monitor stops. To bring the point back, start the program again"
            self._say_for(cp_id)("warning", text)

    async def _stop_asking(self, engine: EngineLink) -> None:
        """Hang up, unless there is a point of this link that is not retired."""
        if self._retired.issuperset(engine.cp_ids):
            await engine.close()

    def hush(self) -> None:
        """Complain no more, and report no more: what breaks off from now on does so because everything stops."""
        self._hushed = True
        for tally in self._tallies.values():
            tally.end()
        for cp_id in self._centrals:
            self._tell(cp_id, LinkDown(peer=Peer.CENTRAL))

    async def close(self) -> None:
        """Hang up everything."""
        self.hush()
        tasks = list(self._looking.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        links: set[EngineLink | CentralLink] = {*self._engines.values(), *self._centrals.values()}
        await asyncio.gather(*(link.close() for link in links))
