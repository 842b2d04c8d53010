"""A whole network on virtual time, each of its TCP links through a fault proxy; and what was said over them."""

import asyncio
import io
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, closing
from functools import partial
from pathlib import Path
from random import Random

import httpx
import pytest

from evcharging.adapters.bus.memory import MemoryBus
from evcharging.adapters.store.journal.journal import JournalStore
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.apps.ev_central.central import Up, central
from evcharging.apps.ev_cp_e.engines import engines, open_journal
from evcharging.apps.ev_cp_m.monitors import monitors
from evcharging.apps.shell.logs import configure
from evcharging.apps.shell.status import Status
from evcharging.common.config import CentralSettings, EngineSettings, MonitorSettings
from evcharging.common.messages import DriverRequest
from evcharging.common.messages_view import PointShown
from evcharging.common.setting_values import Address
from evcharging.common.states import CPState
from evcharging.domain.session import Bill, Session, SessionStatus
from evcharging.domain.supply import Reading
from evcharging.protocols.control import Received, Talk, TalkEvent
from evcharging.runtime.live import LiveHost
from evcharging.tests.stages.fault_proxy import HOST, FaultProxy, proxied
from evcharging.tests.stages.virtual_loop import LoopClock

CP = "CP-001"


class Wire:
    """Every payload that a talk was given to send, and that a talk took for sent."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.sent: set[bytes] = set()
        self.received: list[bytes] = []
        send, receive = Talk.send, Talk.receive_data

        def tapped_send(talk: Talk, payload: bytes, now: float) -> None:
            self.sent.add(payload)
            send(talk, payload, now)

        def tapped_receive(talk: Talk, data: bytes, now: float) -> list[TalkEvent]:
            events = receive(talk, data, now)
            self.received += [event.payload for event in events if isinstance(event, Received)]
            return events

        patch.setattr(Talk, "send", tapped_send)
        patch.setattr(Talk, "receive_data", tapped_receive)


class Network:
    """Central, one point's engine and its monitor; each link is a proxy to be switched."""

    def __init__(
        self, folder: Path, up: Up, bus: MemoryBus, clock: LoopClock, links: dict[str, FaultProxy], said: io.StringIO
    ) -> None:
        self.up = up
        self.links = links
        self.said = said
        """What the programs logged."""
        self._bus = bus
        self._clock = clock
        self._folder = folder
        self._asked = 0

    @property
    def shown(self) -> PointShown:
        """The point, as it is shown."""
        return self.up.panel.points[CP]

    @property
    def is_free(self) -> bool:
        """Whether the point is in service and nobody charges there."""
        return self.shown.state is CPState.ACTIVATED and self.shown.session is None

    def drive(self) -> None:
        """A driver asks for a charge."""
        self._asked += 1
        self._bus.publish(
            DriverRequest(ts=self._clock.now(), request_id=f"R-{self._asked}", driver_id="driver-alice", cp_id=CP)
        )

    @asynccontextmanager
    async def monitor(self, seed: int) -> AsyncIterator[None]:
        """A monitor of the point, until the block is left."""
        control, engine, registration = (self.links[name].port for name in ("control", "engine", "registration"))
        settings = MonitorSettings.model_construct(central_host=HOST, cp_e_host=HOST, central_tcp_port=control)
        async with monitors(settings, [CP], self._bus, self._clock, Random(seed)) as links:
            links.begin([CP], engine, Address(HOST, registration))
            yield
            links.hush()

    async def until(self, holds: Callable[[], bool], within: float) -> float:
        """Let time pass until something holds; how many seconds it took, which must be few enough."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        while not holds():
            assert loop.time() - began < within, f"not within {within} s; shown is {self.shown}"
            await asyncio.sleep(0.1)
        return loop.time() - began

    async def until_shown(self, state: CPState, within: float) -> float:
        """Let time pass until the point is shown so."""
        return await self.until(lambda: CP in self.up.panel.points and self.shown.state is state, within)

    def ends(self) -> list[tuple[SessionStatus, int]]:
        """How each session ended, and what it was billed, in mWh; all bills together must be what the meter says."""
        with closing(SqlStore(f"sqlite:///{self._folder}/central.db")) as store:
            billed = {bill.session_id: bill.energy_mwh for bill in store.facts(Bill)}
            assert sum(billed.values()) == sum(bill.energy_mwh for bill in store.facts(Bill)) == self._register_mwh()
            return [(session.status, billed[session.session_id]) for session in store.select(Session)]

    def _register_mwh(self) -> int:
        with closing(JournalStore(self._folder / "engine.journal")) as journal:
            return max(reading.register_mwh for reading in journal.select(Reading))


@asynccontextmanager
async def network(
    folder: Path, patch: pytest.MonkeyPatch, spoil: Callable[[FaultProxy], None] | None = None, seed: int = 1
) -> AsyncIterator[Network]:
    """A network until the block is left, in service but where `spoil` befalls the link by which the point registers.
    Its log may have nothing in it that a user should not see."""
    patch.setattr("evcharging.apps.shell.program.LiveHost", partial(LiveHost, inline=True))
    clock, bus, said = LoopClock(), MemoryBus(2), io.StringIO()
    configure("DEBUG", clock.now, said)
    troubles: list[object] = []
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: troubles.append(context))
    central_settings = CentralSettings.model_construct(
        http_port=0, listen_port=0, db_url=f"sqlite:///{folder}/central.db"
    )
    engine_settings = EngineSettings.model_construct(journal=str(folder / "engine.journal"))
    async with AsyncExitStack() as stack:
        enter = stack.enter_async_context
        journal = stack.enter_context(open_journal(engine_settings, folder, clock))
        up = await enter(central(central_settings, bus, clock, Status()))
        engine_port = await enter(engines(engine_settings, [CP], journal, bus, clock, port=0))
        ports = {"registration": up.http_port, "control": await _tcp_port(up), "engine": engine_port}
        proxies = {name: await enter(proxied(to, seed)) for name, to in ports.items()}
        there = Network(folder, up, bus, clock, proxies, said)
        if spoil:
            spoil(there.links["registration"])
        await enter(there.monitor(seed))
        if not spoil:
            await there.until_shown(CPState.ACTIVATED, 5)
        yield there
    assert troubles == []
    for sign in ("Traceback", "mistake", "Error("):
        assert sign not in said.getvalue()


async def _tcp_port(up: Up) -> int:
    """Where monitors open their links, as Central says to who registers."""
    async with httpx.AsyncClient(trust_env=False) as http:
        answer = await http.post(f"http://{HOST}:{up.http_port}/cp/register", json={"cp_id": "CP-000"})
        return int(answer.json()["tcp_port"])
