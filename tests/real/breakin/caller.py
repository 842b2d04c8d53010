"""How people, programs and thieves ask a Central over HTTP. Knows no attack."""

import ssl
from collections.abc import Mapping
from typing import Any, Self

import httpx

V1 = "/api/v1"
PATIENCE = 30.0
"""Seconds that an answer is waited for."""

TIMES = 3
TLS = ssl.create_default_context()
"""Made once, which takes longer than a request; nothing here is asked over TLS."""


def bearer(token: str) -> dict[str, str]:
    """The header of an app, a program or a point."""
    return {"Authorization": f"Bearer {token}"}


class Caller:
    """Asks one Central, with the same headers each time."""

    def __init__(self, port: int, headers: Mapping[str, str] | None = None) -> None:
        self.origin = f"http://127.0.0.1:{port}"
        self._http = httpx.Client(base_url=self.origin, trust_env=False, timeout=PATIENCE, verify=TLS)
        self._headers = dict(headers or {})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def with_cookie(self, cookie: str) -> None:
        """Be a browser that has signed in from now on."""
        self._headers = {"Cookie": f"session={cookie}", "Origin": self.origin}

    def answer(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Whatever is answered; `headers` instead of the same."""
        answer = self._http.request(method, path, json=body, headers=self._headers if headers is None else headers)
        self._http.cookies.clear()
        return answer

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """What is answered to what has to do; raises AssertionError."""
        answer = self.answer(method, path, body)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text[:300]}"
        return answer.json() if answer.content else None


class _Patient(httpx.AsyncHTTPTransport):
    """Asks again where a connection ended that was kept for the next request."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        for _ in range(TIMES):
            try:
                return await super().handle_async_request(request)
            except (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError):
                continue
        return await super().handle_async_request(request)


def crowd(port: int, address: str = "127.0.0.1", at_once: int = 32) -> httpx.AsyncClient:
    """Many requests at once, from an address of this machine."""
    limits = httpx.Limits(max_connections=at_once, max_keepalive_connections=at_once)
    transport = _Patient(local_address=address, limits=limits, trust_env=False, verify=TLS)
    return httpx.AsyncClient(
        base_url=f"http://127.0.0.1:{port}", transport=transport, timeout=PATIENCE, trust_env=False, verify=TLS
    )
