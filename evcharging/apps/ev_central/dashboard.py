"""The web side of Central: the dashboard's pages, the HTTP API and the WebSocket, as one FastAPI app."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.requests import HTTPConnection, Request
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.websockets import WebSocket

from evcharging.apps.ev_central import health_api, history_api, points_api
from evcharging.apps.ev_central.desk import Desk
from evcharging.apps.ev_central.meters import HttpDurations, HttpMeter
from evcharging.apps.ev_central.problems import add_problem_handlers, describe_problems, problem
from evcharging.apps.ev_central.push import Push
from evcharging.apps.ev_central.schemas import Problem
from evcharging.apps.ev_central.web import HeadAsGet

PAGES = Path(__file__).parent / "static"
NOT_BUILT = "The dashboard was not built: `pip install .` builds it; the API is described at /openapi.json"
LARGEST_BODY = 64 * 1024
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
    " connect-src 'self' ws: wss:; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class CentralApi(FastAPI):
    """FastAPI, whose description tells problems from answers."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document."""
        if self.openapi_schema is None:
            self.openapi_schema = describe_problems(super().openapi())
        return self.openapi_schema


def create_app(desk: Desk) -> FastAPI:
    """The app; `desk` is what it asks."""
    push = Push(desk)
    desk.watchers.append(push)

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
        responses={422: {"model": Problem}, "default": {"model": Problem, "description": "Any other error"}},
    )
    app.state.desk = desk
    app.middleware("http")(_guard)
    durations = HttpDurations()
    app.add_middleware(HttpMeter, durations)
    app.add_middleware(HeadAsGet)
    desk.metrics.add(durations.samples)
    desk.metrics.add(push.samples)
    add_problem_handlers(app)
    app.include_router(points_api.api)
    app.include_router(history_api.api)
    app.include_router(health_api.api)

    @app.websocket("/ws")
    async def ws(socket: WebSocket) -> None:
        await push.serve(socket, is_own_page)

    _add_pages(app)
    return app


def _add_pages(app: FastAPI) -> None:
    @app.get("/", include_in_schema=False)
    async def index(request: Request) -> Response:
        page = PAGES / "index.html"
        if not page.exists():
            return problem(request, 404, NOT_BUILT)
        return FileResponse(page, headers={"Cache-Control": "no-cache"})

    @app.get("/favicon.svg", include_in_schema=False)
    async def icon() -> Response:
        return FileResponse(PAGES / "favicon.svg")

    app.mount("/assets", StaticFiles(directory=PAGES / "assets", check_dir=False), name="assets")


def is_own_page(connection: HTTPConnection) -> bool:
    """Whether a browser's page that asks is one of this Central's; programs that are no browsers name no origin."""
    origin = connection.headers.get("origin")
    with suppress(ValueError):
        return origin is None or urlsplit(origin).netloc == connection.headers.get("host")
    return False


async def _guard(request: Request, proceed: Callable[[Request], Awaitable[Response]]) -> Response:
    """Refuse other sites' pages and bodies that are too large, before anything reads them."""
    if request.method != "GET" and not is_own_page(request):
        return problem(request, 403, "Only pages of this Central may do this")
    length = request.headers.get("content-length", "0")
    if request.method in ("POST", "PUT", "PATCH") and (
        "transfer-encoding" in request.headers or not length.isdecimal() or int(length) > LARGEST_BODY
    ):
        return problem(request, 413, f"The body must declare its length and be at most {LARGEST_BODY} bytes")
    answer = await proceed(request)
    answer.headers.update(SECURITY_HEADERS)
    return answer
