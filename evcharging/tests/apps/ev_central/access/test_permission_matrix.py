"""Every route of Central, asked by somebody of every kind: one rule for each, and nothing beside it."""

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.routing import BaseRoute, Mount
from starlette.types import Message

from evcharging.apps.ev_central.access.guarded import GuardedMount, GuardedRoute, GuardedSocket, allows
from evcharging.apps.ev_central.access.routes import PUBLIC, ROUTES, SOCKET, is_public
from evcharging.apps.ev_central.access.who import LOCAL, NEIGHBOUR, READER
from evcharging.apps.ev_central.dashboard import APIS
from evcharging.apps.ev_central.pages_api import api as pages
from evcharging.common.messages_operators import ActorKind
from evcharging.domain.access.modes import Mode
from evcharging.domain.access.permissions import OF_POINT, OF_ROLE, SCOPES, AccountRole, Permission
from evcharging.domain.records import LEDGER
from evcharging.tests.stages.central_world import ORIGIN, World, in_world, shared_app
from evcharging.tests.stages.known_people import EVERYBODY, KnownPeople, bearer, somebody

VERBS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW")
GUARDED = (GuardedRoute, GuardedSocket, GuardedMount)


def routes_of(app: FastAPI) -> list[BaseRoute]:
    """Every route of the app, those of its parts included."""
    own = [route for route in app.routes if hasattr(route, "path")]
    return [*own, *(route for api in (*APIS, pages) for route in api.routes if route not in own)]


def lines_of(route: BaseRoute) -> Iterator[tuple[str, str]]:
    """What a route is called in the table of rules."""
    path = str(getattr(route, "path_format", getattr(route, "path", "")))
    if isinstance(route, GuardedSocket):
        yield SOCKET, path
    elif isinstance(route, Mount):
        yield "GET", path
    else:
        for method in sorted(getattr(route, "methods", None) or ()):
            yield method, path


LINES = sorted({line for route in routes_of(shared_app()) for line in lines_of(route)})


EXAMPLES = {"action": "stop", "cp_id": "CP-001"}


def asked(path: str) -> str:
    """A path of this kind; what else it names is unknown."""
    return re.sub(r"\{(\w+)\}", lambda found: EXAMPLES.get(found[1], "X-404"), path)


def test_every_route_looks_at_who_asks() -> None:
    for route in routes_of(shared_app()):
        assert isinstance(route, GUARDED), f"{route} is no guarded route"


def test_every_route_has_a_rule_and_every_rule_a_route() -> None:
    assert len(LINES) > 60
    assert set(ROUTES) - set(LINES) == set()
    for line in LINES:
        assert line in ROUTES, f"{line} has no line in evcharging/apps/ev_central/access/routes.py"


@pytest.mark.parametrize("who", sorted(EVERYBODY))
@in_world("CP-001")
async def test_a_role_may_ask_what_its_permissions_say_and_nothing_else(world: World, who: str) -> None:
    world.let_in(KnownPeople())
    wrong = []
    for method, path in LINES:
        may = allows(ROUTES[method, path], EVERYBODY[who])
        if method == SOCKET:
            status = await upgraded(world.app, asked(path), bearer(who))
        else:
            status = (await world.http.request(method, asked(path), headers=bearer(who))).status_code
        if (status not in (401, 403)) != may:
            wrong.append((method, path, status))
    assert wrong == []


@in_world("CP-001")
async def test_without_a_credential_only_what_is_public_is_answered_whatever_the_verb(world: World) -> None:
    world.let_in(KnownPeople())
    for verb in VERBS:
        for path in dict.fromkeys(path for method, path in LINES if method != SOCKET):
            answer = await world.http.request(
                verb, asked(path), headers={"Origin": ORIGIN, "X-Forwarded-For": "192.0.2.1"}
            )
            expected = is_public("GET" if verb == "HEAD" else verb, path)
            assert (answer.status_code != 401) == expected, (verb, path, answer.status_code)
    assert {await upgraded(world.app, path, {}) for method, path in LINES if method == SOCKET} == {401}
    world.let_in(KnownPeople(Mode.OPEN))
    assert await world.states() == {"CP-001": "ACTIVATED"}


async def upgraded(app: FastAPI, path: str, headers: dict[str, str]) -> int:
    """The status with which a WebSocket is answered: 101 where it is opened."""
    said: list[Message] = []
    heard = asyncio.Queue[Message]()
    for kind in ("websocket.connect", "websocket.disconnect"):
        heard.put_nowait({"type": kind, "code": 1001})

    async def send(message: Any) -> None:
        said.append(message)

    raw = [(b"host", b"central.test:8000"), *((k.lower().encode(), v.encode()) for k, v in headers.items())]
    scope = {"type": "websocket", "path": path, "headers": raw, "query_string": b"", "root_path": "", "scheme": "ws"}
    await app({**scope, "subprotocols": [], "extensions": {"websocket.http.response": {}}}, heard.get, send)
    return 101 if said[0]["type"] == "websocket.accept" else int(said[0]["status"])


# The table itself


@in_world("CP-001")
async def test_what_is_only_looked_at_changes_nothing_that_is_kept(world: World) -> None:
    before = [list(world.store.facts(kind)) for kind in LEDGER]
    for method, path in LINES:
        if method == "GET":
            await world.http.get(asked(path))
            await world.http.head(asked(path))
    await world.settle()
    assert [list(world.store.facts(kind)) for kind in LEDGER] == before != [[] for _ in LEDGER]


def test_what_is_public_is_known_by_its_path_alone() -> None:
    public = {path for (_, path), needs in ROUTES.items() if needs is PUBLIC}
    assert {path for path in public if "{" in path} == {"/assets/{path}", "/app/{path}"}
    assert is_public("GET", "/assets/index.js")
    assert is_public("GET", "/app/")
    assert not is_public("GET", "/apples")
    assert not is_public("POST", "/assets/index.js")
    assert not is_public("GET", "/assets/{path}"[:7])


def test_a_role_needs_only_one_of_several_permissions() -> None:
    needs = ROUTES["POST", "/cp/register"]
    assert allows(needs, EVERYBODY["admin"])
    assert allows(needs, EVERYBODY["CP-001"])
    assert not allows(needs, EVERYBODY["operator"])


def test_what_has_no_rule_is_for_nobody_who_has_signed_in() -> None:
    assert not any(allows(None, who) for who in EVERYBODY.values())
    assert allows(None, LOCAL)
    assert not allows(None, None)


def test_everybody_who_is_local_may_do_everything_and_helpers_of_central_read_the_past() -> None:
    assert all(allows(needs, LOCAL) for needs in ROUTES.values())
    assert {line for line, needs in ROUTES.items() if allows(needs, NEIGHBOUR) and isinstance(needs, frozenset)} == {
        ("GET", "/metrics")
    }
    reads = {line for line, needs in ROUTES.items() if allows(needs, READER) and isinstance(needs, frozenset)}
    read_by = {needs for line, needs in ROUTES.items() if line in reads and isinstance(needs, frozenset)}
    assert {needs - {Permission.OWN_WRITE} for needs in read_by} == {
        frozenset({permission}) for permission in (Permission.LEDGER_READ, Permission.AUDIT_READ)
    }


def test_no_permission_is_without_a_holder_and_none_of_a_role_without_a_route() -> None:
    held = {each for of in (*OF_ROLE.values(), OF_POINT, SCOPES) for each in of}
    asked_for = {each for needs in ROUTES.values() if isinstance(needs, frozenset) for each in needs}
    assert held == asked_for == set(Permission)


def test_an_unknown_role_may_do_nothing() -> None:
    assert somebody(ActorKind.PERSON, "x", "king").permissions == frozenset()
    assert set(AccountRole) == set(OF_ROLE)
