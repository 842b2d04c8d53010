"""Webhooks are signed as Standard Webhooks says, and go to public addresses alone unless others are allowed."""

import asyncio
import base64
import hmac
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from hashlib import sha256

import pytest

from evcharging.adapters import webhook_http
from evcharging.adapters.webhook_http import WebhookPoster, secret_text, signed
from evcharging.common.messages_alerts import ErrandDue
from evcharging.common.utils import changed
from evcharging.domain.webhook import ErrandOutcome, why_not_public

NOW = datetime(2026, 1, 1, tzinfo=UTC)
KEY = bytes(range(32))
ERRAND = ErrandDue(
    ts=NOW, errand_id="webhook-1-alert-1-opened", webhook_id="webhook-1", url="http://x/", body='{"a":1}', attempt=1
)
OK = b"HTTP/1.1 204 No Content\r\n\r\n"


@asynccontextmanager
async def receiver(answer: bytes | None) -> AsyncIterator[tuple[int, list[bytes]]]:
    """A server that hears whole requests and says always the same, or nothing; its port, and what it heard."""
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(re.findall(rb"(?i)content-length: (\d+)", head)[0])
        heard.append(head + await reader.readexactly(length))
        if answer is None:
            await reader.read()
        else:
            writer.write(answer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], heard


async def posted(url: str, *, private: bool = True) -> ErrandOutcome:
    poster = WebhookPoster(lambda _: KEY, lambda: NOW, private=private)
    try:
        return await poster.post(changed(ERRAND, url=url))
    finally:
        await poster.close()


def test_the_signature_is_that_of_the_example_of_standard_webhooks() -> None:
    key = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    errand = changed(ERRAND, errand_id="msg_p5jXN8AQM9LWM0D4loKWxJek", body='{"test": 2432232314}')
    assert signed(errand, key, datetime.fromtimestamp(1614265330, UTC)) == {
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    assert secret_text(key) == "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_what_arrives_is_what_was_to_be_said_and_its_signature_counts() -> None:
    async def scene() -> None:
        async with receiver(OK) as (port, heard):
            assert await posted(f"http://localhost:{port}/alerts?a=b") == ErrandOutcome(status=204)
        [request] = heard
        head, _, body = request.partition(b"\r\n\r\n")
        lines = head.decode().split("\r\n")
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:])}
        assert lines[0] == "POST /alerts?a=b HTTP/1.1"
        assert headers["host"] == f"localhost:{port}"
        assert headers["content-type"] == "application/json"
        assert headers["webhook-id"] == ERRAND.errand_id
        said = f"{ERRAND.errand_id}.{headers['webhook-timestamp']}.{body.decode()}".encode()
        expected = base64.b64encode(hmac.digest(KEY, said, sha256)).decode()
        assert headers["webhook-signature"] == f"v1,{expected}"

    asyncio.run(scene())


@pytest.mark.parametrize("url", ["http://localhost:{}/", "http://127.0.0.1:{}/", "http://[::ffff:127.0.0.1]:{}/"])
def test_a_private_address_is_refused_before_anything_is_said_to_it(url: str) -> None:
    async def scene() -> None:
        async with receiver(OK) as (port, heard):
            outcome = await posted(url.format(port), private=False)
        assert heard == []
        assert outcome.status is None
        assert "CENTRAL_WEBHOOKS_PRIVATE=1" in (outcome.trouble or "")

    asyncio.run(scene())


def test_a_name_is_looked_up_once_and_the_connection_goes_to_what_was_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def scene() -> None:
        asked: list[str] = []
        async with receiver(OK) as (port, heard):

            def found(host: str, *rest: object, **more: object) -> list[object]:
                # A name that is public when it is looked at, and private when it is connected to.
                asked.append(host)
                return [(2, 1, 6, "", ("127.0.0.1", port))]

            monkeypatch.setattr(socket, "getaddrinfo", found)
            assert (await posted(f"http://rebound.example:{port}/")).status == 204
        assert asked[0] == "rebound.example"
        assert "rebound.example" not in asked[1:]
        assert b"Host: rebound.example" in heard[0]

    asyncio.run(scene())


def test_a_redirect_is_not_followed() -> None:
    async def scene() -> None:
        answer = b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"
        async with receiver(answer) as (port, heard):
            assert await posted(f"http://127.0.0.1:{port}/") == ErrandOutcome(status=302)
        assert len(heard) == 1

    asyncio.run(scene())


def test_what_a_receiver_says_without_end_is_not_read() -> None:
    async def scene() -> None:
        endless = b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" + bytes(100_000)
        async with receiver(endless) as (port, _):
            assert await posted(f"http://127.0.0.1:{port}/") == ErrandOutcome(status=200)

    asyncio.run(scene())


def test_a_receiver_that_says_nothing_or_nonsense_or_is_not_there_is_told_in_a_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(webhook_http, "WITHIN", 0.2)

    async def scene() -> None:
        async with receiver(None) as (port, _):
            assert (await posted(f"http://127.0.0.1:{port}/")).trouble == "no answer within 0.2 s"
        async with receiver(b"nonsense\r\n\r\n") as (port, _):
            assert (await posted(f"http://127.0.0.1:{port}/")).trouble
        assert (await posted(f"http://127.0.0.1:{port}/")).trouble
        assert (await posted("http://name.invalid/")).trouble

    asyncio.run(scene())


@pytest.mark.parametrize(
    ("address", "is_public"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1:248:1893:25c8:1946", True),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("127.0.0.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fc00::1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:93.184.216.34", True),
        ("64:ff9b::a00:1", False),
        ("2002:a00:1::", False),
        ("64:ff9b:1::7f00:1", False),
        ("::127.0.0.1", False),
        ("::ffff:0:7f00:1", False),
        ("fec0::1", False),
        ("192.0.0.192", False),
    ],
)
def test_which_addresses_are_public(address: str, is_public: bool) -> None:
    assert (why_not_public(address) is None) is is_public
