"""The web side of Central: the dashboard's pages, the HTTP API and the WebSocket, as one FastAPI app."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp
from starlette.websockets import WebSocket

from evcharging.apps.ev_central import health_api, history_api, points_api, sites_api
from evcharging.apps.ev_central.answers import ANYWHERE, all_schemas
from evcharging.apps.ev_central.api_v1 import (
    catalogue_api,
    ledger_api,
    limits_api,
    now_api,
    preview_api,
    receipts_api,
    series_api,
    tariffs_api,
)
from evcharging.apps.ev_central.commands import Commands
from evcharging.apps.ev_central.guard import Guard
from evcharging.apps.ev_central.health import CentralHealth
from evcharging.apps.ev_central.meters import HttpDurations, HttpMeter
from evcharging.apps.ev_central.problems import add_problem_handlers, describe_problems, problem
from evcharging.apps.ev_central.push import VIEWERS_AT_ONCE, Push
from evcharging.apps.ev_central.queries import Queries
from evcharging.apps.ev_central.web import HeadAsGet, compressed
from evcharging.apps.web.listener import room_for_clients

PAGES = Path(__file__).parent / "static"
NOT_BUILT = "The dashboard was not built: `pip install .` builds it; the API is described at /openapi.json"
NO_DOCS = "This page was not built: `pip install .` builds it; /openapi.json describes the API to programs"
HERE = {"url": ".", "description": "This Central"}
"""Where the API is: beside its description, so that it is found below a proxy's path too."""


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
            self.openapi_schema = describe_problems(document)
        return self.openapi_schema


def create_app(commands: Commands, queries: Queries, health: CentralHealth, names: Collection[str] = ()) -> FastAPI:
    """The app over one Central's commands, queries and health; `names` are what it may be called beside IP addresses
    and localhost."""
    push = Push(queries, room=min(VIEWERS_AT_ONCE, room_for_clients() // 2))
    queries.watchers.append(push)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(push.run())
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task

    app = CentralApi(
        title="EV Central",
        version=version("evcharging"),
        summary="Charging points, drivers' sessions and the ledger of a charging network",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        servers=[HERE],
        root_path_in_servers=False,
        responses=ANYWHERE,
    )
    app.state.commands, app.state.queries, app.state.health = commands, queries, health
    durations = HttpDurations()
    app.around = lambda inner: HeadAsGet(HttpMeter(Guard(compressed(inner), names), durations))
    health.metrics.add(durations.samples)
    health.metrics.add(push.samples)
    add_problem_handlers(app)
    app.include_router(points_api.api)
    app.include_router(sites_api.api)
    app.include_router(history_api.api)
    app.include_router(health_api.api)
    app.include_router(now_api.api)
    app.include_router(ledger_api.api)
    app.include_router(series_api.api)
    app.include_router(tariffs_api.api)
    app.include_router(limits_api.api)
    app.include_router(preview_api.api)
    app.include_router(catalogue_api.api)
    app.include_router(receipts_api.api)

    @app.websocket("/ws")
    async def ws(socket: WebSocket) -> None:
        await push.serve(socket)

    _add_pages(app)
    return app


def _add_pages(app: FastAPI) -> None:
    @app.get("/", include_in_schema=False)
    async def index(request: Request) -> Response:
        return _page(request, "index.html", {"Cache-Control": "no-cache"}, NOT_BUILT)

    @app.get("/docs", include_in_schema=False)
    async def docs(request: Request) -> Response:
        return _page(request, "docs.html", {"Cache-Control": "no-cache"}, NO_DOCS)

    @app.get("/favicon.svg", include_in_schema=False)
    async def icon(request: Request) -> Response:
        return _page(request, "favicon.svg", {}, NOT_BUILT)

    if (PAGES / "assets").is_dir():
        app.mount("/assets", StaticFiles(directory=PAGES / "assets"), name="assets")


def _page(request: Request, name: str, headers: dict[str, str], missing: str) -> Response:
    page = PAGES / name
    return FileResponse(page, headers=headers) if page.exists() else problem(request, 404, missing)
