"""The pages of the console and the drivers' app and what belongs to them, as files, and the description of the API.
Knows nothing of what they show."""

from pathlib import Path

from fastapi import APIRouter, FastAPI
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles

from evcharging.apps.ev_central.access.guarded import GuardedMount, GuardedRoute
from evcharging.apps.ev_central.problems import problem

PAGES = Path(__file__).parent / "static"
APP = Path(__file__).parent / "app_static"
NOT_BUILT = "The dashboard was not built: `pip install .` builds it; the API is described at /openapi.json"
NO_DOCS = "This page was not built: `pip install .` builds it; /openapi.json describes the API to programs"
NO_APP = "The drivers' app was not built: `make app` builds it; start again then"
NO_CACHE = {"Cache-Control": "no-cache"}

api = APIRouter(include_in_schema=False, route_class=GuardedRoute)


@api.get("/")
async def index(request: Request) -> Response:
    """The console."""
    return _page(request, PAGES / "index.html", NO_CACHE, NOT_BUILT)


@api.get("/setup")
async def setup(request: Request) -> Response:
    """The console, where a link leads that is used once: what stands behind its # stays in the browser."""
    return _page(request, PAGES / "index.html", NO_CACHE, NOT_BUILT)


@api.get("/docs")
async def docs(request: Request) -> Response:
    """What the API offers, for people."""
    return _page(request, PAGES / "docs.html", NO_CACHE, NO_DOCS)


@api.get("/favicon.svg")
async def icon(request: Request) -> Response:
    """The console's picture."""
    return _page(request, PAGES / "favicon.svg", {}, NOT_BUILT)


@api.get("/app")
async def app_door(request: Request) -> Response:
    """To the drivers' app, whose files are found from there."""
    return RedirectResponse("app/", 307) if _is_built(APP) else problem(request, 404, NO_APP)


@api.get("/app/{path:path}")
async def app_file(request: Request, path: str) -> Response:
    """The drivers' app, and what it loads."""
    if not path or not _is_built(APP):
        return _page(request, APP / "index.html", NO_CACHE, NO_APP)
    return await StaticFiles(directory=APP, check_dir=False).get_response(path, request.scope)


@api.get("/openapi.json")
async def openapi(request: Request) -> Response:
    """What the API offers, for programs."""
    return JSONResponse(request.app.openapi())


def add_files(app: FastAPI) -> None:
    """What the pages load, where they were built."""
    if (PAGES / "assets").is_dir():
        files = StaticFiles(directory=PAGES / "assets")
        app.router.routes.append(GuardedMount("/assets", files, name="assets"))


def _is_built(pages: Path) -> bool:
    return (pages / "index.html").exists()


def _page(request: Request, page: Path, headers: dict[str, str], missing: str) -> Response:
    return FileResponse(page, headers=headers) if page.exists() else problem(request, 404, missing)
