"""Every page and series of the HTTP API over a long history, through the whole app, as users would ask; beside them a
bare app, which asks the database's own driver and answers. Knows no figure of any run."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from time import perf_counter
from typing import Any
from urllib.parse import quote

import httpx
import psycopg

from benchmarks.history.past import END, Plan
from evcharging.adapters.bus.memory import MemoryBus
from evcharging.adapters.store.sql.engine import file_of
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.apps.ev_central.commands import Commands
from evcharging.apps.ev_central.dashboard import create_app
from evcharging.apps.ev_central.health import CentralHealth
from evcharging.apps.ev_central.queries import Queries
from evcharging.apps.ev_central.views_figures import By
from evcharging.common.utils import iso, to_json
from evcharging.domain.charging_point import Point
from evcharging.roles.live_view import LiveView
from evcharging.roles.role import Started

Asgi = Any
"""An app as ASGI has it."""

NOWHERE = "nobody-at-all"
TIMES = 7
PATIENCE_S = 120.0


@dataclass(frozen=True)
class Waited:
    """How long an answer took, in ms, once all was warm: at best, in the median and at worst; and its HTTP status."""

    what: str
    path: str
    best_ms: float
    median_ms: float
    worst_ms: float
    status: int


@dataclass(frozen=True)
class Sample:
    """A session in the middle of it all, by which is asked, and when it was."""

    session_id: str
    request_id: str
    driver_id: str
    cp_id: str
    requested_at: datetime


def app_over(store: SqlStore) -> Asgi:
    """Central's app over a ledger, with all its points on the panel, at the end of its past."""
    panel = LiveView(store.select(Point))
    panel.on_message(Started(), END)
    queries = Queries(panel, store, lambda: END)
    commands = Commands(queries, MemoryBus(1), lambda: None)
    return create_app(commands, queries, CentralHealth(lambda: None), {"central"})


@contextmanager
def bare_app(url: str, statement: str, *given: str) -> Iterator[Asgi]:
    """Answers with the row of one statement, asked with the database's own driver in a thread."""
    with closing(_connection(url)) as connection:
        text = statement if file_of(url) else statement.replace("?", "%s")

        def ask() -> Any:
            return connection.execute(text, given).fetchone() or ()

        async def app(_: Any, __: Any, send: Any) -> None:
            body = to_json(await asyncio.to_thread(ask))
            headers = [(b"content-type", b"application/json")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": body})

        yield app


def _connection(url: str) -> Any:
    """One of the database's own driver."""
    file = file_of(url)
    if file is not None:
        return sqlite3.connect(file, check_same_thread=False)
    return psycopg.connect(url.replace("+psycopg", ""), autocommit=True)


@asynccontextmanager
async def asking(app: Asgi) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody who asks an app."""
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://central", timeout=PATIENCE_S) as client:
        yield client


async def waited(client: httpx.AsyncClient, what: str, path: str, times: int = TIMES) -> Waited:
    """Ask once, and then as often as is measured."""
    answer = await client.get(path)
    moments = [perf_counter()]
    for _ in range(times):
        answer = await client.get(path)
        moments.append(perf_counter())
    spans_ms = [(after - before) * 1000 for before, after in pairwise(moments)]
    return Waited(what, path, min(spans_ms), median(spans_ms), max(spans_ms), answer.status_code)


async def sample(client: httpx.AsyncClient, plan: Plan) -> Sample:
    """The session that is newest in the middle of the past, of those that were not held."""
    middle = quote(iso(END - timedelta(days=plan.days / 2)))
    answer = await client.get(f"/api/v1/tickets?limit=1&to={middle}")
    session_id = answer.raise_for_status().json()["items"][0]["session_id"]
    found = (await client.get(f"/api/v1/sessions/{session_id}")).raise_for_status().json()
    at = datetime.fromisoformat(found.pop("requested_at"))
    return Sample(**{name: found[name] for name in ("session_id", "request_id", "driver_id", "cp_id")}, requested_at=at)


def questions(like: Sample, plan: Plan) -> list[tuple[str, str]]:
    """What is asked, in words and as a path."""
    return [
        *_lists(like),
        *_single(like),
        *_series(like, plan),
        *_revenue(plan),
        *_past(like, plan),
        *_older(like),
        *_now(like),
    ]


def _lists(like: Sample) -> list[tuple[str, str]]:
    past = quote(iso(like.requested_at))
    found = []
    for kind, key in (("sessions", like.session_id), ("tickets", like.session_id), ("requests", like.request_id)):
        found += [
            (f"{kind}, first page", f"/api/v1/{kind}"),
            (f"{kind}, 500 of them", f"/api/v1/{kind}?limit=500"),
            (f"{kind}, in the middle of the past", f"/api/v1/{kind}?to={past}"),
            (f"{kind}, oldest first", f"/api/v1/{kind}?sort=oldest"),
            (f"{kind}, search that finds much", f"/api/v1/{kind}?q=cp-000"),
            (f"{kind}, search for a point", f"/api/v1/{kind}?q={like.cp_id}"),
            (f"{kind}, search for an ID", f"/api/v1/{kind}?q={key}"),
            (f"{kind}, search that finds nothing", f"/api/v1/{kind}?q={NOWHERE}"),
            (f"{kind}, of a point", f"/api/v1/{kind}?cp_id={like.cp_id}"),
            (f"{kind}, of a driver", f"/api/v1/{kind}?driver_id={like.driver_id}"),
            (f"{kind}, of nobody", f"/api/v1/{kind}?driver_id={NOWHERE}"),
        ]
    return [
        *found,
        ("sessions, held", "/api/v1/sessions?status=SUSPECT"),
        ("sessions, held, before the middle", f"/api/v1/sessions?status=SUSPECT&to={past}"),
        ("sessions, of a point, held", f"/api/v1/sessions?status=SUSPECT&cp_id={like.cp_id}"),
        ("drivers, first page", "/api/v1/drivers"),
        ("drivers, from one on", f"/api/v1/drivers?after={like.driver_id}"),
        ("drivers, 500 of them", "/api/v1/drivers?limit=500"),
    ]


def _single(like: Sample) -> list[tuple[str, str]]:
    return [
        ("one session", f"/api/v1/sessions/{like.session_id}"),
        ("its meter values", f"/api/v1/sessions/{like.session_id}/meter-values"),
        ("its ticket", f"/api/v1/tickets/{like.session_id}"),
        ("its request", f"/api/v1/requests/{like.request_id}"),
        ("its driver", f"/api/v1/drivers/{like.driver_id}"),
    ]


def _series(like: Sample, plan: Plan) -> list[tuple[str, str]]:
    year = f"from={quote(iso(END - timedelta(days=plan.days)))}"
    begin = like.requested_at.replace(hour=0, minute=0, second=0, microsecond=0)
    past = f"from={quote(iso(begin))}&to={quote(iso(begin + timedelta(days=1)))}"
    day = f"from={quote(iso(END - timedelta(days=1)))}"
    point, site, path = f"point={like.cp_id}", "site=SITE-001", "/api/v1/series?of=energy&step"
    return [
        ("series, all of it by the day", f"{path}=day&{year}"),
        ("series, all of it by the hour", f"{path}=hour&{year}"),
        ("series, a point by the day", f"{path}=day&{year}&{point}"),
        ("series, a point by the hour", f"{path}=hour&{year}&{point}"),
        ("series, a site by the hour", f"{path}=hour&{year}&{site}"),
        ("series, everything by the minute of a day", f"{path}=minute&{day}"),
        ("series, a site by the minute of a day", f"{path}=minute&{day}&{site}"),
        ("series, a point by the minute of a day", f"{path}=minute&{day}&{point}"),
        ("series, a point by the minute of a day long ago", f"{path}=minute&{past}&{point}"),
    ]


def _revenue(plan: Plan) -> list[tuple[str, str]]:
    """A month by all that bills have in common, and a year as bills are added up."""
    month, year = (f"from={quote(iso(END - timedelta(days=days)))}" for days in (min(plan.days, 30), plan.days))
    return [
        *((f"revenue of a month by {by}", f"/api/v1/revenue?by={by}&{month}") for by in By),
        *((f"revenue of all of it by {by}", f"/api/v1/revenue?by={by}&{year}") for by in (By.DAY, By.SITE)),
    ]


def _past(like: Sample, plan: Plan) -> list[tuple[str, str]]:
    """How a point was, and when in the week all of it is used, over a month."""
    month = f"from={quote(iso(END - timedelta(days=min(plan.days, 30))))}"
    return [
        ("states of a point in a day", f"/api/v1/points/{like.cp_id}/states"),
        ("states of a point in a month", f"/api/v1/points/{like.cp_id}/states?{month}"),
        ("utilisation of a month", f"/api/v1/utilisation?{month}"),
        ("utilisation of a month, a site", f"/api/v1/utilisation?{month}&site=SITE-001"),
        ("utilisation of a month, a point", f"/api/v1/utilisation?{month}&point={like.cp_id}"),
    ]


def _older(like: Sample) -> list[tuple[str, str]]:
    return [
        ("older list of sessions", "/sessions"),
        ("older list of sessions, of a driver", f"/sessions?driver_id={like.driver_id}"),
        ("older list of sessions, held", "/sessions?status=SUSPECT"),
        ("older list of tickets", "/tickets"),
        ("older list of requests", "/requests"),
        ("older list of drivers", "/drivers"),
    ]


def _now(like: Sample) -> list[tuple[str, str]]:
    return [
        ("figures of the network", "/api/v1/stats"),
        ("points, first page", "/api/v1/points"),
        ("points, search", f"/api/v1/points?q={like.cp_id}"),
        ("notices, first page", "/api/v1/notices"),
    ]
