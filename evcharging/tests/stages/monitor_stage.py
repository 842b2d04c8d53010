"""What the tests of monitors share: registration and links on real sockets, at a Central that tests
begin and end."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from random import Random
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from evcharging.adapters.link_proofs import PointKeys
from evcharging.adapters.tcp import serve
from evcharging.apps.ev_central.tcp_server import ControlPlane
from evcharging.apps.ev_cp_m.links import LinkManager
from evcharging.apps.ev_cp_m.proving import KeyOf, no_key
from evcharging.apps.ev_cp_m.registration import Registrar
from evcharging.apps.web.server import web_server
from evcharging.common.config import MonitorSettings
from evcharging.roles.role import Input, LinkUp, Peer
from evcharging.tests.stages.central_world import World
from evcharging.tests.stages.tcp_stage import HOST, QUICK, soon

Said = list[tuple[str, str]]


NOBODY = 1
"""A port where nothing listens."""


def settings_for(central_port: int = NOBODY, **others: Any) -> MonitorSettings:
    """Settings of a monitor whose Central is at the port."""
    fields = {"cp_id": "CP-001", "central_host": HOST, "cp_e_host": HOST, "health_interval": 0.02, **others}
    return MonitorSettings.model_construct(central_port=central_port, **fields)


@asynccontextmanager
async def registering(settings: MonitorSettings, said: Said) -> AsyncIterator[Registrar]:
    registrar = Registrar(settings, Random(1), lambda level, text: said.append((level, text)))
    try:
        yield registrar
    finally:
        await registrar.close()


@asynccontextmanager
async def central_at(
    world: World, tcp_port: int = 0, http_port: int = 0, keys: PointKeys | None = None
) -> AsyncIterator[int]:
    """Central's two doors; gives its HTTP port."""
    panel = world.queries.panel
    plane = ControlPlane(
        world.bus.publish,
        panel.points.__contains__,
        panel.retired.__contains__,
        world.clock.now,
        lambda level, text: None,
        keys=keys,
    )
    links = await serve(HOST, tcp_port, lambda _: plane)
    world.health.tcp_port = links.port
    try:
        async with web_server(world.app, HOST, http_port) as (_, port):
            yield port
    finally:
        plane.end()
        await soon(links.close())


def known_to(world: World) -> list[str]:
    """The points that have registered there."""
    return list(world.queries.panel.points)


def registry(answer: Callable[[Request], Awaitable[Response]]) -> Starlette:
    """Something that is asked to register points, or where its links are, and answers what a test wants."""
    paths = ("/cp/register", "/cp/register/many", "/health")
    return Starlette(routes=[Route(path, answer, methods=["POST", "GET"]) for path in paths])


class Ward:
    """What the links of a monitor told its role, and what they said aloud."""

    def __init__(self) -> None:
        self.said: Said = []
        self.links: LinkManager
        self._told: asyncio.Queue[Input] = asyncio.Queue()

    def tell(self, cp_id: str, message: Input) -> None:
        self._told.put_nowait(message)

    async def until_linked(self, peer: Peer = Peer.CENTRAL) -> None:
        await self.until_told(LinkUp(peer=peer))

    async def until_told(self, signal: Input) -> None:
        while await self.next() != signal:
            pass

    async def next(self) -> Input:
        """What its role is told next."""
        told: Input = await soon(self._told.get())
        return told

    def log(self, level: str, text: str) -> None:
        self.said.append((level, text))


@asynccontextmanager
async def watching(
    settings: MonitorSettings, engine_port: int, *cp_ids: str, key_of: KeyOf = no_key
) -> AsyncIterator[Ward]:
    """The links of a monitor, or of a fleet, from begin to end."""
    ward = Ward()
    async with registering(settings, ward.said) as registrar:
        ward.links = LinkManager(
            settings, registrar, Random(1), ward.tell, ward.log, lambda _: ward.log, QUICK, key_of=key_of
        )
        ward.links.begin(cp_ids or [settings.cp_id], engine_port)
        try:
            yield ward
        finally:
            await soon(ward.links.close())
