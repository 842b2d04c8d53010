"""What a proxy says of who asks: believed of named ones alone, and below a path."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Message, Receive, Scope, Send

from evcharging.apps.ev_central.guard import Guard
from evcharging.apps.ev_central.proxied import Proxied
from evcharging.apps.shell.access_place import is_local
from evcharging.common.config import BadSettings, CentralSettings, read
from evcharging.common.hosts import networks_of

PROXIES = networks_of("127.0.0.1, 10.0.0.0/8, ::1")
KINDS = ("http", "websocket")


def scope_of(client: str | None, headers: dict[str, str], path: str = "/cp", kind: str = "http") -> Scope:
    lines = [(name.lower().encode(), value.encode("latin-1")) for name, value in headers.items()]
    return {
        "type": kind,
        "scheme": "http" if kind == "http" else "ws",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"host", b"ev.example"), *lines],
        "client": None if client is None else (client, 4711),
        "extensions": {"websocket.http.response": {}},
    }


def seen(scope: Scope, proxies: str = "", root_path: str = "") -> tuple[Scope | None, list[Message]]:
    """What the app behind is asked, if it is, and what is answered."""
    asked: list[Scope] = []
    said: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        asked.append(scope)
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    async def send(message: Message) -> None:
        said.append(message)

    asyncio.run(Proxied(Guard(app, {"ev.example"}), networks_of(proxies), root_path)(scope, receive, send))
    return (asked[0] if asked else None), said


def status_of(said: list[Message]) -> int:
    status: int = next(message["status"] for message in said if "status" in message)
    return status


FORWARDED = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("client", ["127.0.0.1", "10.1.2.3", "::1"])
def test_what_is_said_for_somebody_is_believed_of_named_proxies_alone(client: str, kind: str) -> None:
    asked, _ = seen(scope_of(client, FORWARDED, kind=kind), "127.0.0.1, 10.0.0.0/8, ::1")
    assert asked is not None
    assert (asked["client"], asked["scheme"]) == (("203.0.113.9", 0), "https" if kind == "http" else "wss")

    for proxies in ("", "192.168.0.1"):
        asked, said = seen(scope_of(client, FORWARDED, kind=kind), proxies)
        assert asked is None
        assert status_of(said) == 403


@pytest.mark.parametrize(
    ("forwarded", "asks"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("1.2.3.4, 203.0.113.9", "203.0.113.9"),
        ("1.2.3.4, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
        ("127.0.0.1, 203.0.113.9", "203.0.113.9"),
        ("2001:db8::1", "2001:db8::1"),
        ("10.0.0.2, 10.0.0.1", "127.0.0.1"),
        ("unknown", "127.0.0.1"),
        ("203.0.113.9, unknown", "127.0.0.1"),
        ("", "127.0.0.1"),
    ],
)
def test_who_asks_is_the_last_one_that_is_no_proxy(forwarded: str, asks: str) -> None:
    asked, _ = seen(scope_of("127.0.0.1", {"X-Forwarded-For": forwarded}), "127.0.0.1, 10.0.0.0/8")
    assert asked is not None
    assert asked["client"][0] == asks


def test_a_proxy_may_say_by_what_name_it_was_called() -> None:
    scope = scope_of("127.0.0.1", {"X-Forwarded-Host": "localhost:8443"})
    asked, _ = seen(scope, "127.0.0.1")
    assert asked is not None
    assert [value for name, value in asked["headers"] if name == b"host"] == [b"localhost:8443"]
    _, said = seen(scope_of("127.0.0.1", {"X-Forwarded-Host": "elsewhere.example"}), "127.0.0.1")
    assert status_of(said) == 421


def test_who_is_no_proxy_and_says_nothing_of_others_is_as_ever() -> None:
    scope = scope_of("127.0.0.1", {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "elsewhere.example"})
    asked, said = seen(scope)
    assert asked is not None
    assert (asked["scheme"], asked["client"], status_of(said)) == ("http", ("127.0.0.1", 4711), 200)
    assert seen(scope_of(None, {}))[0] is not None


@pytest.mark.parametrize(
    ("path", "whole"),
    [
        ("/cp", "/charging/cp"),
        ("/charging/cp", "/charging/cp"),
        ("/", "/charging/"),
        ("/charging", "/charging"),
        ("/chargingx", "/charging/chargingx"),
    ],
)
def test_central_is_below_its_path_whether_or_not_a_proxy_cuts_that_off(path: str, whole: str) -> None:
    asked, _ = seen(scope_of("127.0.0.1", {}, path), root_path="/charging")
    assert asked is not None
    assert (asked["path"], asked["raw_path"], asked["root_path"]) == (whole, whole.encode(), "/charging")


def test_who_calls_central_by_a_name_over_tls_comes_by_tls_from_now_on() -> None:
    def told(host: str, **forwarded: str) -> bool:
        headers = {name.replace("_", "-"): value for name, value in forwarded.items()}
        scope = scope_of("127.0.0.1", headers)
        scope["headers"] = [(b"host", host.encode()), *scope["headers"][1:]]
        _, said = seen(scope, "127.0.0.1")
        return (b"strict-transport-security", b"max-age=31536000") in said[0]["headers"]

    assert told("ev.example", X_Forwarded_Proto="https")
    assert not told("ev.example")
    assert not told("localhost:8443", X_Forwarded_Proto="https")
    assert not told("127.0.0.1", X_Forwarded_Proto="https")


def test_every_answer_tells_browsers_what_not_to_do() -> None:
    for scope in (scope_of("127.0.0.1", {}), scope_of("127.0.0.1", {"Origin": "https://elsewhere.example"})):
        headers = dict(seen(scope)[1][0]["headers"])
        assert headers[b"x-content-type-options"] == b"nosniff"
        assert headers[b"referrer-policy"] == b"no-referrer"
        assert b"frame-ancestors 'none'" in headers[b"content-security-policy"]


@given(st.text(max_size=40), st.sampled_from(KINDS))
def test_whatever_is_said_is_answered(text: str, kind: str) -> None:
    said = {"X-Forwarded-For": text.encode(errors="replace").decode("latin-1"), "X-Forwarded-Proto": "https, " + "x"}
    asked, _ = seen(scope_of("127.0.0.1", said, kind=kind), "127.0.0.1")
    assert asked is not None


@pytest.mark.parametrize(
    "given",
    [
        {"proxies": "proxy.example"},
        {"proxies": "10.0.0.0/99"},
        {"root_path": "charging"},
        {"root_path": "/a/"},
        {"root_path": "/a b"},
    ],
)
def test_settings_that_cannot_be_are_one_sentence(given: dict[str, Any]) -> None:
    with pytest.raises(BadSettings, match=r"no IP address, and no network|a path is such as /charging"):
        read(CentralSettings, given)


def test_a_central_behind_a_proxy_is_not_this_machines_own() -> None:
    assert is_local(CentralSettings.model_construct(), on_kafka=False)
    assert not is_local(CentralSettings.model_construct(proxies="127.0.0.1"), on_kafka=False)
