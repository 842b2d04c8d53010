"""A driver's app: asks whichever Central it is told, and follows its stream. Knows no test."""

import json
from typing import Any

import httpx
from websockets.sync.client import ClientConnection, connect

from tests.real.network import Network

PASSWORD = "a long enough word for tests"


class App:
    """A driver's app, which asks whichever Central it is told."""

    def __init__(self, network: Network, driver_id: str) -> None:
        self._network = network
        self.driver_id = driver_id
        body = {"name": driver_id, "password": PASSWORD, "driver_id": driver_id}
        self._token = self.ask("central 1", "POST", "auth/register", 201, json=body)["tokens"]["access_token"]

    @property
    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"} if hasattr(self, "_token") else {}

    def ask(self, central: str, method: str, path: str, status: int = 200, **said: Any) -> Any:
        self._network.look_at(central)
        headers = {**self._headers, **said.pop("headers", {})}
        url = f"http://localhost:{self._network.central_port}/api/v1/{path}"
        answer = httpx.request(method, url, headers=headers, timeout=20, trust_env=False, **said)
        assert answer.status_code == status, answer.text
        return answer.json()

    def charge(self, central: str, cp_id: str, key: str, status: int = 201) -> Any:
        headers = {"Prefer": "wait=10", "Idempotency-Key": key}
        return self.ask(central, "POST", "me/sessions", status, headers=headers, json={"cp_id": cp_id})

    def stream(self, central: str) -> ClientConnection:
        self._network.look_at(central)
        url = f"ws://localhost:{self._network.central_port}/api/v1/me/stream"
        return connect(url, additional_headers=self._headers, proxy=None)


def until(stream: ClientConnection, status: str) -> list[dict[str, Any]]:
    """All updates until one with this status."""
    frames: list[dict[str, Any]] = []
    while not frames or frames[-1].get("status") != status:
        frames.append(json.loads(stream.recv(timeout=30)))
    return [frame for frame in frames if frame["type"] == "update"]
