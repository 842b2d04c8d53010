"""The web side of Central: the dashboard's pages, the HTTP API and the WebSocket, as one FastAPI app."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from starlette.types import ASGIApp
from starlette.websockets import WebSocket

from evcharging.apps.ev_central import health_api, history_api, pages_api, points_api, sites_api
from evcharging.apps.ev_central.access.contract import Access
from evcharging.apps.ev_central.access.denial_notes import DenialNotes
from evcharging.apps.ev_central.access.described import describe_access
from evcharging.apps.ev_central.access.everybody import EverybodyHere
from evcharging.apps.ev_central.access.gate import Gate
from evcharging.apps.ev_central.access.guarded import GuardedSocket
from evcharging.apps.ev_central.access.service import AccessService
from evcharging.apps.ev_central.access.staying import Stays
from evcharging.apps.ev_central.answers import ANYWHERE, all_schemas
from evcharging.apps.ev_central.api_v1 import (
    alerts_api,
    audit_api,
    auth_api,
    books_api,
    bus_api,
    cards_api,
    catalogue_api,
    console_api,
    exports_api,
    identities_api,
    keys_api,
    lab_api,
    ledger_api,
    ledger_audits_api,
    limits_api,
    me_api,
    now_api,
    own_account_api,
    own_api,
    own_sites_api,
    payments_api,
    power_api,
    preview_api,
    queue_api,
    receipts_api,
    reconcile_api,
    refunds_api,
    replay_api,
    reservations_api,
    revenue_api,
    series_api,
    site_api,
    states_api,
    tariffs_api,
    users_api,
    utilisation_api,
    webhooks_api,
)
from evcharging.apps.ev_central.bus_stream import BusStreams
from evcharging.apps.ev_central.commands import Commands
from evcharging.apps.ev_central.guard import Guard
from evcharging.apps.ev_central.health import CentralHealth
from evcharging.apps.ev_central.meters import HttpDurations, HttpMeter
from evcharging.apps.ev_central.own_stream import DRIVERS_AT_ONCE, OwnStreams
from evcharging.apps.ev_central.problems import add_problem_handlers, describe_problems
from evcharging.apps.ev_central.push import VIEWERS_AT_ONCE, Push
from evcharging.apps.ev_central.queries import Queries
from evcharging.apps.ev_central.web import HeadAsGet, access_in, compressed
from evcharging.apps.shell.key_desk import KeyDesk
from evcharging.apps.web.listener import room_for_clients
from evcharging.domain.access.modes import Mode

HERE = {"url": ".", "description": "This Central"}
"""Where the API is: beside its description, so that it is found below a proxy's path too."""


APIS = (
    points_api.api,
    sites_api.api,
    history_api.api,
    health_api.api,
    identities_api.api,
    now_api.api,
    ledger_api.api,
    series_api.api,
    states_api.api,
    utilisation_api.api,
    replay_api.api,
    revenue_api.api,
    audit_api.api,
    bus_api.api,
    alerts_api.api,
    webhooks_api.api,
    ledger_audits_api.api,
    exports_api.api,
    tariffs_api.api,
    limits_api.api,
    site_api.api,
    preview_api.api,
    catalogue_api.api,
    receipts_api.api,
    me_api.api,
    auth_api.api,
    console_api.api,
    users_api.api,
    keys_api.api,
    own_api.api,
    cards_api.api,
    # Before those whose path has a part that varies.
    reconcile_api.api,
    payments_api.api,
    refunds_api.api,
    own_account_api.api,
    own_sites_api.api,
    power_api.api,
    queue_api.api,
    reservations_api.api,
    lab_api.api,
    books_api.api,
)
"""All that programs can ask over HTTP."""


class CentralApi(FastAPI):
    """FastAPI, whose description tells problems from answers, and which `around` is put around, errors and all."""

    around: Callable[[ASGIApp], ASGIApp]

    def build_middleware_stack(self) -> ASGIApp:
        """All that a request passes."""
        return self.around(super().build_middleware_stack())

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document."""
        if self.openapi_schema is None:
            document = super().openapi()
            document["components"]["schemas"].update(all_schemas())
            self.openapi_schema = describe_access(describe_problems(document))
        return self.openapi_schema


@dataclass(frozen=True, slots=True)
class Entrance:
    """Who comes in: `access` tells who asks, the `desk` gives out keys, the `service` looks after people, and `denials`
    keep what was asked by who may not."""

    access: Access = field(default_factory=EverybodyHere)
    desk: KeyDesk | None = None
    service: AccessService | None = None
    denials: DenialNotes | None = None


def create_app(
    commands: Commands,
    queries: Queries,
    health: CentralHealth,
    names: Collection[str] = (),
    entrance: Entrance | None = None,
) -> FastAPI:
    """The app over one Central's commands, queries and health; `names` are what it may be called beside IP addresses
    and localhost. Without an `entrance` everybody may do everything."""
    stays = Stays(lambda: access_in(app), queries.now)
    push = Push(queries, stays, room=min(VIEWERS_AT_ONCE, room_for_clients() // 2))
    queries.watchers.append(push)
    streams = OwnStreams(queries, commands.feed, stays, room=min(DRIVERS_AT_ONCE, room_for_clients() // 4))
    bus = BusStreams(commands.bus_watch, stays)
    app = _described(_running(push, stays))
    commands.bus_watch.judge.is_secure = lambda: access_in(app).mode is Mode.SECURE
    app.state.commands, app.state.queries, app.state.health = commands, queries, health
    let_in(app, entrance or Entrance())
    durations = HttpDurations()

    def around(inner: ASGIApp) -> ASGIApp:
        return HeadAsGet(HttpMeter(Guard(Gate(compressed(inner), lambda: access_in(app)), names), durations))

    app.around = around
    health.metrics.add(durations.samples)
    health.metrics.add(push.samples)
    add_problem_handlers(app)
    for each in (*APIS, pages_api.api):
        app.include_router(each)
    sockets = {"/ws": push.serve, "/api/v1/me/stream": streams.serve, "/api/v1/bus/stream": bus.serve}
    for path, serve in sockets.items():
        app.router.routes.append(GuardedSocket(path, _endpoint(serve)))
    pages_api.add_files(app)
    return app


def let_in(app: FastAPI, entrance: Entrance) -> None:
    """From now on, people and programs come in so."""
    app.state.access, app.state.desk = entrance.access, entrance.desk
    app.state.service, app.state.denials = entrance.service, entrance.denials


def _described(lifespan: Callable[[FastAPI], AbstractAsyncContextManager[None]]) -> CentralApi:
    return CentralApi(
        title="EV Central",
        version=version("evcharging"),
        summary="Charging points, drivers' sessions and the ledger of a charging network",
        lifespan=lifespan,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        servers=[HERE],
        root_path_in_servers=False,
        responses=ANYWHERE,
    )


def _running(*parts: Push | Stays) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """What lets these parts go on for as long as the app does."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(each.run()) for each in parts]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    return lifespan


def _endpoint(serve: Callable[[WebSocket], Awaitable[None]]) -> Callable[[WebSocket], Awaitable[None]]:
    """A function, by whose arguments FastAPI knows what to give it."""

    async def endpoint(socket: WebSocket) -> None:
        await serve(socket)

    return endpoint
