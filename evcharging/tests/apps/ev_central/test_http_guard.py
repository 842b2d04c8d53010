"""Who may ask Central over HTTP and WebSocket: programs and its own pages, under names that are its own. No page of
another site may, whatever name it lets lead here."""

import asyncio
import json
from contextlib import closing
from typing import Any

import httpx
import pytest
from starlette.types import Message
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from evcharging.apps.ev_central.starting import starting
from evcharging.apps.shell.status import Status
from evcharging.apps.web.answers import SECURITY_HEADERS, WRONG_HOST
from evcharging.apps.web.server import web_server
from evcharging.apps.web.status_server import StatusServer, pages, status_port
from evcharging.common.config import CentralSettings, read
from evcharging.tests.apps.ev_central.test_http_bad_input import assert_is_problem
from evcharging.tests.apps.ev_central.test_http_wire import over_wire
from evcharging.tests.contracts.api_contract import PROBLEM
from evcharging.tests.stages.central_world import NAME, ORIGIN, World, in_world
from evcharging.tests.stages.tcp_stage import HOST

FOREIGN_ORIGINS = (
    "http://evil.example",
    "http://central.test",
    "https://central.test:8000",
    "http://central.test:8000.evil.example",
    "http://central.test:8000@evil.example",
    "http://central.test:8000/",
    "http://[",
    "null",
    "x",
    "",
)
PAGES = ("/", "/docs", "/favicon.svg")
PATHS = (*PAGES, "/cp", "/cp/CP-001", "/health", "/health/live", "/metrics", "/openapi.json", "/nothing")
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW")
NAVIGATION = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}


def assert_is_refused(answer: httpx.Response, status: int, detail: str) -> None:
    """A problem that carries the security headers."""
    assert answer.status_code == status, answer.request
    assert answer.headers["Content-Type"] == PROBLEM
    assert SECURITY_HEADERS.items() <= {name: answer.headers.get(name) for name in SECURITY_HEADERS}.items()
    if answer.request.method != "HEAD":
        assert assert_is_problem(answer.json(), status) == detail


# The name that is asked for


@pytest.mark.parametrize("method", METHODS)
@in_world("CP-001")
async def test_a_name_that_leads_here_by_another_sites_doing_is_refused_for_every_method_and_path(
    world: World, method: str
) -> None:
    evil = {"Host": "evil.example:8000", "Origin": "http://evil.example:8000"}
    for path in (*PATHS, "/cp/CP-001/stop"):
        assert_is_refused(await world.http.request(method, path, headers=evil), 421, WRONG_HOST)
    assert await world.states() == {"CP-001": "ACTIVATED"}


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "[::1]:8000", "LOCALHOST", f"{NAME.upper()}:1", "10.1.2.3"])
@in_world("CP-001")
async def test_an_address_localhost_and_a_given_name_are_answered(world: World, host: str) -> None:
    headers = {"Host": host, "Origin": f"http://{host}"}
    assert (await world.http.post("/cp/stop", headers=headers)).json() == {"done": 1, "failed": []}


@in_world("CP-001")
async def test_two_names_or_none_are_refused(world: World) -> None:
    for hosts in (
        [],
        [("Host", "localhost"), ("Host", "localhost")],
        [("Host", "localhost"), ("host", "evil.example")],
    ):
        request = world.http.build_request("GET", "/cp")
        request.headers = httpx.Headers(hosts)
        assert_is_refused(await world.http.send(request), 421, WRONG_HOST)


@in_world("CP-001")
async def test_names_are_looked_at_on_the_wire_too_whatever_the_version_of_http(world: World) -> None:
    async with web_server(world.app, HOST, 0) as (_, port):
        for head in (
            b"GET /cp HTTP/1.1\r\n",
            b"GET /cp HTTP/1.0\r\n",
            b"GET /cp HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n",
            b"GET /cp HTTP/1.1\r\nHost: evil.example\r\n",
            b"GET /cp HTTP/1.1\r\nHost: localhost evil.example\r\n",
            b"GET /ws HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nHost: evil.example\r\n",
        ):
            answer = await over_wire(port, head + b"Connection: close\r\n\r\n")
            assert answer.startswith(b"HTTP/1.1 421 "), head
            assert b"x-content-type-options: nosniff" in answer.lower()
            assert json.loads(answer.partition(b"\r\n\r\n")[2])["detail"] == WRONG_HOST


# The page that asks


@pytest.mark.parametrize("method", ["POST", "GET", "DELETE"])
@in_world("CP-001")
async def test_pages_of_other_sites_may_neither_act_nor_read(world: World, method: str) -> None:
    for origin in FOREIGN_ORIGINS:
        for path in ("/cp/stop", "/cp", "/cp/CP-001", "/health"):
            answer = await world.http.request(method, path, headers={"Origin": origin})
            assert_is_refused(answer, 403, "Only pages of this Central may do this")
            assert "Access-Control-Allow-Origin" not in answer.headers
    assert await world.states() == {"CP-001": "ACTIVATED"}


@pytest.mark.parametrize("origin", [ORIGIN, ORIGIN.upper(), None])
@in_world("CP-001")
async def test_its_own_page_and_programs_that_are_no_browsers_may_act(world: World, origin: str | None) -> None:
    headers = {"Origin": origin} if origin else {}
    assert (await world.http.post("/cp/stop", headers=headers)).json() == {"done": 1, "failed": []}


@in_world("CP-001")
async def test_two_origins_are_refused_even_if_both_are_its_own(world: World) -> None:
    for second in (ORIGIN, "http://evil.example"):
        headers = [("Origin", ORIGIN), ("Origin", second)]
        answer = await world.http.post("/cp/stop", headers=headers)
        assert_is_refused(answer, 403, "Only pages of this Central may do this")


@in_world("CP-001")
async def test_what_a_browser_asks_across_sites_is_refused_but_a_link_may_be_followed(world: World) -> None:
    async def status(method: str, **changes: str) -> int:
        headers = {**NAVIGATION, **{name.replace("_", "-"): value for name, value in changes.items()}}
        return (await world.http.request(method, "/openapi.json", headers=headers)).status_code

    assert await status("GET") == 200
    assert await status("POST") == 403
    for changes in (
        {"Sec_Fetch_Dest": "iframe"},
        {"Sec_Fetch_Dest": "empty"},
        {"Sec_Fetch_Mode": "cors", "Sec_Fetch_Dest": "empty"},
        {"Sec_Fetch_Mode": "no-cors", "Sec_Fetch_Dest": "image"},
    ):
        assert await status("GET", **changes) == 403, changes
    for site in ("same-origin", "same-site", "none"):
        assert await status("GET", Sec_Fetch_Site=site, Sec_Fetch_Mode="cors", Sec_Fetch_Dest="empty") == 200


# Viewers


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example:8000"}, 421),
        ({"Host": "evil.example:8000", "Origin": "http://evil.example:8000"}, 421),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        (NAVIGATION, 403),
    ],
    ids=str,
)
@in_world("CP-001")
async def test_a_websocket_is_guarded_as_everything_else_and_says_why(
    world: World, headers: dict[str, str], status: int
) -> None:
    async with web_server(world.app, HOST, 0) as (url, port):
        with pytest.raises(InvalidStatus) as refused:
            # The client adds its own Host header, so that one for another name has to be asked for by its address.
            host = headers.get("Host", f"localhost:{port}")
            rest = {name: value for name, value in headers.items() if name != "Host"}
            await connect(f"ws://{host}/ws", host=HOST, port=port, proxy=None, additional_headers=rest)
    answer = refused.value.response
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, PROBLEM)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert url.startswith("http://localhost")


@in_world("CP-001")
async def test_a_server_that_cannot_refuse_a_websocket_with_a_sentence_closes_it(world: World) -> None:
    said: list[Message] = []

    async def hear() -> Message:
        return {"type": "websocket.connect"}

    async def log(message: Any) -> None:
        said.append(message)

    scope = {"type": "websocket", "path": "/ws", "headers": [(b"host", b"evil.example")], "query_string": b""}
    await world.app({**scope, "scheme": "ws", "subprotocols": [], "root_path": ""}, hear, log)
    assert [message["type"] for message in said] == ["websocket.close"]


# What answers before Central, and beside it


def answered(port: int, host: str) -> httpx.Response:
    return httpx.get(f"http://{HOST}:{port}/health", headers={"Host": host}, timeout=10, trust_env=False)


def test_while_central_starts_its_port_is_guarded_as_well() -> None:
    settings = read(CentralSettings, {"http_port": 0, "http_names": "ev-central"})
    with closing(StatusServer(pages(Status()), HOST, 0)) as free:
        port = free.port
    with starting(settings.model_copy(update={"http_port": port}), Status()):
        assert answered(port, "ev-central:8000").status_code == 503
        assert answered(port, f"localhost:{port}").status_code == 503
        refused = answered(port, "evil.example")
        assert (refused.status_code, refused.json()["detail"]) == (421, WRONG_HOST)


@pytest.mark.parametrize(("host", "status"), [("evil.example", 421), ("localhost:1", 503), ("[::1]", 503)])
def test_the_status_of_a_program_that_listens_on_this_machine_is_told_to_this_machine(host: str, status: int) -> None:
    async def scene() -> int:
        async with status_port(Status(), HOST, 0, lambda level, text: None) as port:
            return (await asyncio.to_thread(answered, port, host)).status_code

    assert asyncio.run(scene()) == status


def test_the_status_of_a_program_that_listens_to_others_is_told_under_any_name() -> None:
    async def scene() -> int:
        async with status_port(Status(), "0.0.0.0", 0, lambda level, text: None) as port:
            return (await asyncio.to_thread(answered, port, "ev-cp-e-1:8000")).status_code

    assert asyncio.run(scene()) == 503
