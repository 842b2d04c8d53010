"""How Central is, over HTTP: whether it lives, whether it can do its work, and its numbers."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from evcharging.apps.ev_central.access.guarded import GuardedRoute
from evcharging.apps.ev_central.answers import Responses, answer, answers
from evcharging.apps.ev_central.views_ledger import Health, HealthVerdict
from evcharging.apps.ev_central.web import TheAccess, TheHealth, TheQueries, json_response
from evcharging.apps.shell.status import verdict

NOT_READY: Responses = {503: answer(HealthVerdict)}

api = APIRouter(tags=["health"], route_class=GuardedRoute)


@api.get("/health", responses=answers(Health, {503: answer(Health)}), summary="Health check")
async def health(request: Request, central: TheHealth, queries: TheQueries, access: TheAccess) -> Response:
    """Failing while the ledger cannot be written to, while Kafka cannot be reached, and where `evcharging run` has no
    charging point that is linked; a reason while all is `ok` is worth knowing."""
    failing = central.trouble()
    view = {
        **verdict(failing),
        "reason": failing or central.remark(),
        "version": request.app.version,
        "points": len(queries.panel.points),
        "tcp_port": central.tcp_port,
        "uptime_s": central.uptime_s(),
        "auth": access.mode,
    }
    return json_response(view, 503 if failing else 200)


@api.get("/health/live", responses=answers(HealthVerdict), summary="Whether the process lives")
async def live() -> Response:
    """Whoever gets this answer knows that the event loop turns."""
    return json_response(verdict(None))


@api.get("/health/ready", responses=answers(HealthVerdict, NOT_READY), summary="Whether Central can do its work")
async def ready(central: TheHealth) -> Response:
    """Not ready while the ledger cannot be written to, Kafka cannot be reached, or no shard is assigned."""
    obstacle = central.obstacle()
    return json_response(verdict(obstacle), 503 if obstacle else 200)


@api.get("/metrics", include_in_schema=False)
async def metrics(request: Request, central: TheHealth) -> Response:
    """The process's numbers, as Prometheus reads them."""
    kind, page = central.metrics.text(request.headers.get("accept", ""))
    return Response(page, headers={"Content-Type": kind})
