"""A real Central in one event loop, with the roles of its points and a clock that the test turns by hand."""

import asyncio
import functools
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import httpx
from fastapi import FastAPI

from evcharging.adapters.bus.memory import MemoryBus
from evcharging.adapters.clock import SteppedClock
from evcharging.adapters.provider import answered
from evcharging.adapters.provider.in_process import InProcessProvider
from evcharging.adapters.provider.simulated.machine import SimulatedBooks
from evcharging.adapters.store import Store
from evcharging.adapters.store.memory import MemoryStore
from evcharging.apps.ev_central.access.contract import Access
from evcharging.apps.ev_central.access.denial_notes import DenialNotes
from evcharging.apps.ev_central.access.everybody import EverybodyHere
from evcharging.apps.ev_central.access.service import AccessService
from evcharging.apps.ev_central.commands import Commands
from evcharging.apps.ev_central.dashboard import Entrance, create_app, let_in
from evcharging.apps.ev_central.health import CentralHealth
from evcharging.apps.ev_central.queries import Queries
from evcharging.apps.shell.key_desk import KeyDesk
from evcharging.common.kafka import DRIVER_UPDATES, HEALTH_ANSWERS, HEALTH_QUERIES, SHOWN, Topic
from evcharging.common.messages import DriverRequest, DriverUpdate
from evcharging.common.messages_alerts import ErrandDue
from evcharging.common.messages_payments import ProviderDue
from evcharging.common.utils import changed
from evcharging.domain.access.action import OperatorAction
from evcharging.domain.access.keys import derived_key
from evcharging.domain.holding import PaymentTerms
from evcharging.domain.provider import ProviderOutcome
from evcharging.domain.webhook import ErrandOutcome
from evcharging.roles.cadences import FULL, Cadences
from evcharging.roles.engine.setup import EngineSetup
from evcharging.roles.live_view import LiveView
from evcharging.roles.monitor import MonitorSetup
from evcharging.roles.role import LinkDown, LinkUp, Peer
from evcharging.runtime.addresses import Address, by_key, to_one
from evcharging.runtime.central_program import add_central, point_home, webhooks_home
from evcharging.runtime.errands import Answer, add_errands, add_provider
from evcharging.runtime.host import Host
from evcharging.runtime.live import LiveHost
from evcharging.runtime.programs import add_engines, add_monitors
from evcharging.runtime.work import Observer
from evcharging.tests.contracts.api_contract import ApiContract

START = datetime(2026, 1, 1, 12, tzinfo=UTC)
NAME = "central.test"
ORIGIN = f"http://{NAME}:8000"
PANEL = "panel"
MASTER = bytes(range(32))
"""What the keys of points are made of."""

Json = Any
T = TypeVar("T")


@functools.cache
def shared_app() -> FastAPI:
    """An app for all worlds, one after another, since the first request to each app is slow."""
    queries = Queries(LiveView(), MemoryStore(), lambda: START)
    commands = Commands(queries, MemoryBus(1), lambda: None)
    return create_app(commands, queries, CentralHealth(lambda: None), {NAME})


@functools.cache
def contract() -> ApiContract:
    """What Central's OpenAPI document promises."""
    return ApiContract(shared_app().openapi())


class World:
    """Central with its web side, and points whose monitors speak over the bus. Nothing takes time but `pass_time`."""

    def __init__(self, store: Store, terms: PaymentTerms | None = None) -> None:
        self.clock = SteppedClock(START)
        self.bus = MemoryBus(2)
        self.store = store
        self.warnings: list[str] = []
        self._lives: list[tuple[LiveHost, Host]] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._asked = 0
        self._told = self.bus.subscribe((DRIVER_UPDATES,), group="test", partitions=range(2))
        self._updates: list[DriverUpdate] = []
        ledger = self._host(store, cadences=changed(FULL, payments=terms))
        self.queries = Queries(LiveView(), store, self.clock.now)
        self.commands = Commands(self.queries, self.bus, self._failing)
        self.health = CentralHealth(self._failing)
        self.health.tcp_port = 9999
        panel = self._host(MemoryStore(), to_one(PANEL), self.commands)
        panel.watch(self.queries)
        panel.subscribe(SHOWN, group=PANEL, partitions=range(2))
        panel.add(PANEL, self.queries.panel, shard=PANEL, epoch=0)
        self.posted: list[ErrandDue] = []
        self.outcome = ErrandOutcome(status=204)
        self.books = SimulatedBooks()
        self.provider = InProcessProvider(self.books, self.clock.now)
        if terms is not None:
            self.commands.provider, self.commands.hold_limit_cents = self.provider, terms.most_cents
            add_provider(ledger, self._pay, point_home(2))
        self.commands.secret_of = lambda webhook_id: f"whsec_{webhook_id}"
        add_errands(ledger, self._post, webhooks_home(2))
        add_central(ledger, store, self.bus)
        self._desk_store = MemoryStore()
        self.desk = KeyDesk(self._desk_store.accounts, partial(derived_key, MASTER), self.clock.now)
        app = shared_app()
        self.let_in(EverybodyHere())
        app.state.commands, app.state.queries, app.state.health = self.commands, self.queries, self.health
        self.http = httpx.AsyncClient(
            transport=httpx.ASGITransport(app, raise_app_exceptions=False),
            base_url=ORIGIN,
            event_hooks={"response": [contract().hold]},
        )

    @functools.cached_property
    def app(self) -> FastAPI:
        """An app of its own, whose viewers are shown what happens here."""
        return create_app(self.commands, self.queries, self.health, {NAME}, self._entrance)

    def noted(self) -> list[OperatorAction]:
        """What was noted of keys."""
        return list(self._desk_store.facts(OperatorAction))

    @property
    def access(self) -> Access:
        """What tells who asks."""
        return self._entrance.access

    def let_in(self, access: Access, service: AccessService | None = None, denials: DenialNotes | None = None) -> None:
        """From now on, this tells who asks, looks after people, and keeps what they may not; before, everybody may do
        everything."""
        self._entrance = Entrance(access, self.desk, service, denials)
        let_in(shared_app(), self._entrance)

    def _post(self, errand: ErrandDue, answer: Answer) -> None:
        """A receiver of webhooks, which answers as the test says."""
        self.posted.append(errand)
        answer(self.outcome)

    def _pay(self, due: ProviderDue, answer: Callable[[ProviderOutcome], None]) -> None:
        """The simulated provider, which answers at once."""
        answer(at_once(answered(self.provider, due)))

    def _failing(self) -> str | None:
        """Why nothing can be decided, while nothing can."""
        return self._lives[0][0].failing

    def _host(
        self,
        store: Store,
        address: Callable[[Topic, int], Address] = by_key,
        observer: Observer | None = None,
        cadences: Cadences = FULL,
    ) -> Host:
        live = LiveHost(self.clock, self.warnings.append, inline=True)
        host = Host(store, self.bus, address=address, observer=observer, on_ready=live.wake, cadences=cadences)
        self._lives.append((live, host))
        self._tasks.append(asyncio.create_task(live.run(host)))
        return host

    async def add_points(self, *cp_ids: str, manual: bool = False, ticks: int = 10) -> None:
        """Points with an engine and a monitor, registered and in service."""
        setups = [EngineSetup(cp_id=cp_id, manual=manual, ticks=ticks) for cp_id in cp_ids]
        engines_store = MemoryStore()
        add_engines(self._host(engines_store), engines_store, self.bus, setups, links=(HEALTH_QUERIES,))
        await self.settle()
        self.monitors = self._host(MemoryStore())
        add_monitors(self.monitors, self.bus, [MonitorSetup(cp_id=cp_id) for cp_id in cp_ids], links=(HEALTH_ANSWERS,))
        for cp_id in cp_ids:
            await self.post("/cp/register", json={"cp_id": cp_id})
        self.monitors.tell_all(LinkUp(peer=Peer.ENGINE))
        await self.settle()
        self.connect_monitors()
        await self.settle()

    def connect_monitors(self) -> None:
        """All monitors have a link to Central."""
        self.monitors.tell_all(LinkUp(peer=Peer.CENTRAL))

    async def lose_monitors(self) -> None:
        """All monitors fall silent, for long enough that Central gives their points up."""
        self.monitors.tell_all(LinkDown(peer=Peer.CENTRAL))
        await self.pass_time(11)

    async def pass_time(self, seconds: float) -> None:
        """Let everything happen that these seconds bring."""
        await self.clock.run_until(self.clock.now() + timedelta(seconds=seconds))
        await self.settle()

    async def settle(self) -> None:
        """Let everything happen that needs no time."""
        await self.clock.run_until(self.clock.now())

    async def drive(self, cp_id: str, driver_id: str = "driver-alice", *, kwh: float | None = None) -> str:
        """A driver asks for a charge; gives the id of the request."""
        self._asked += 1
        request_id = f"req-{self._asked}"
        self.bus.publish(
            DriverRequest(ts=self.clock.now(), request_id=request_id, driver_id=driver_id, cp_id=cp_id, kwh=kwh)
        )
        await self.settle()
        return request_id

    def told(self, request_id: str) -> list[DriverUpdate]:
        """What the driver of a request has heard so far."""
        for fetched in self._told.poll(10_000):
            self._updates += [message for message in fetched.messages if isinstance(message, DriverUpdate)]
        return [update for update in self._updates if update.request_id == request_id]

    async def get(self, path: str, status: int = 200) -> Json:
        """The JSON of an answer that must have this status."""
        return self._json(await self.http.get(path), status)

    async def post(self, path: str, status: int = 200, **body: Any) -> Json:
        """The JSON of an answer that must have this status."""
        return self._json(await self.http.post(path, **body), status)

    async def put(self, path: str, status: int = 200, **body: Any) -> Json:
        """PUT; the answer's JSON."""
        return self._json(await self.http.put(path, **body), status)

    async def delete(self, path: str) -> None:
        """DELETE, which answers nothing."""
        assert (await self.http.delete(path)).status_code == 204

    def _json(self, answer: httpx.Response, status: int) -> Json:
        assert answer.status_code == status, answer.text
        return answer.json()

    async def states(self) -> dict[str, str]:
        """The state of every point, as shown."""
        return {point["cp_id"]: point["state"] for point in await self.get("/cp")}

    async def end(self) -> None:
        """Let every program say its last word."""
        for live, host in reversed(self._lives):
            await live.stop(host)
        await asyncio.gather(*self._tasks)
        await self.http.aclose()


@asynccontextmanager
async def living(store: Store | None = None, terms: PaymentTerms | None = None) -> AsyncIterator[World]:
    """A world, until the block is left."""
    world = World(store or MemoryStore(), terms)
    try:
        yield world
    finally:
        await world.end()


def at_once(answering: Coroutine[Any, Any, T]) -> T:
    """What comes of something that waits for nothing."""
    try:
        answering.send(None)
    except StopIteration as done:
        found: T = done.value
        return found
    raise AssertionError("it waits")


def in_world(
    *cp_ids: str, manual: bool = False, terms: PaymentTerms | None = None
) -> Callable[[Callable[..., Awaitable[None]]], Callable[..., None]]:
    """Makes a plain test of one that is given a world with these points as its first argument. By `terms` sessions are
    paid there."""

    def make(test: Callable[..., Awaitable[None]]) -> Callable[..., None]:
        async def scenario(*args: Any, **kwargs: Any) -> None:
            async with living(terms=terms) as world:
                if cp_ids:
                    await world.add_points(*cp_ids, manual=manual)
                await test(world, *args, **kwargs)

        @functools.wraps(test)
        def run(*args: Any, **kwargs: Any) -> None:
            asyncio.run(scenario(*args, **kwargs))

        others: Sequence[inspect.Parameter] = list(inspect.signature(test).parameters.values())[1:]
        vars(run)["__signature__"] = inspect.Signature(others)
        return run

    return make
