"""The process that reads Central's history: the routes of the past over a ledger that Central keeps. Central starts it;
nobody else has a use for it."""

import asyncio
import os
from collections.abc import MutableMapping
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from fastapi import FastAPI
from starlette.types import ASGIApp

from evcharging.adapters.helper import Answering, answer_all
from evcharging.adapters.store.history import History
from evcharging.adapters.store.sql.reader import SqlReader
from evcharging.apps.ev_central import exports, history_api
from evcharging.apps.ev_central.access.who import READER, remember
from evcharging.apps.ev_central.api_v1 import (
    alerts_api,
    audit_api,
    books_api,
    ledger_api,
    payments_api,
    replay_api,
    revenue_api,
    series_api,
    states_api,
    utilisation_api,
)
from evcharging.apps.ev_central.history_wire import pack_answer, pack_mistake, read_question
from evcharging.apps.ev_central.problems import add_problem_handlers
from evcharging.apps.ev_central.queries import PageAnswer, PageQuestion, Queries
from evcharging.apps.ev_central.web import compressed
from evcharging.roles.live_view import LiveView

YIELDS = 10
"""How much it gives way to commits where processors are few; see `nice`."""

OF_THE_PAST = (
    history_api,
    ledger_api,
    series_api,
    states_api,
    utilisation_api,
    revenue_api,
    replay_api,
    audit_api,
    alerts_api,
    books_api,
    payments_api,
)
"""Their routes ask nothing but the store."""

_now: ContextVar[datetime] = ContextVar("now")


def history_app(store: History) -> ASGIApp:
    """The routes of the past. A mistake is raised, for Central to tell of."""
    app = FastAPI(openapi_url=None)
    add_problem_handlers(app)
    del app.exception_handlers[Exception]
    app.state.queries = Queries(LiveView(), store, _now.get)
    for each in OF_THE_PAST:
        app.include_router(each.api)
    return compressed(app)


def opened(greeting: bytes) -> Answering:
    """Answers questions about the ledger at the URL that the greeting is; raises StoreUnavailable."""
    os.nice(YIELDS)
    store = SqlReader(greeting.decode())
    app = history_app(store)

    async def answer(question: bytes) -> bytes:
        try:
            asked = read_question(question)
            if asked.path == exports.PATH:
                return pack_answer(await asyncio.to_thread(exports.answered, store, asked))
            return pack_answer(await ask(app, asked))
        except Exception as error:
            return pack_mistake(error)

    return answer


async def ask(app: ASGIApp, question: PageQuestion) -> PageAnswer:
    """What an app answers."""
    _now.set(question.now)
    said: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        said.append(message)

    scope = _scope(question)
    remember(scope, READER)
    await app(scope, receive, send)
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in said[0]["headers"])
    return PageAnswer(said[0]["status"], headers, b"".join(message["body"] for message in said[1:]))


def _scope(question: PageQuestion) -> dict[str, Any]:
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": question.path,
        "raw_path": question.path.encode(),
        "root_path": question.root_path,
        "query_string": question.query,
        "headers": [(b"accept-encoding", question.accept_encoding.encode("latin-1"))],
        "client": None,
        "server": None,
        "state": {},
    }


if __name__ == "__main__":
    answer_all(opened)
