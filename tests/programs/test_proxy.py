"""A network behind nginx, set up as `docs/deployment.md` says: below a path, over TLS, WebSocket and all."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.typing import Origin

from evcharging.tests.places import ROOT
from evcharging.tests.stages.tls_stage import trust
from tests.programs.network_process import SOON, Network, network
from tools.broker.broker import free_ports, is_free

PAGE = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
pytestmark = pytest.mark.skipif(NGINX is None and "CI" not in os.environ, reason="there is no nginx")
CONFIGURATION = re.findall(r"```nginx\n(.*?)```", PAGE, re.DOTALL)
BEHIND = ("--proxies", "127.0.0.1", "--root-path", "/charging", "--http-names", "ev.example", "--auth", "off")
NAME = "ev.example"


@contextmanager
def nginx(folder: Path, to: int, port: int) -> Iterator[str]:
    """The page's nginx with free ports in the place of its own, before what listens at a port of this machine; gives
    where it shows Central."""
    [text] = CONFIGURATION
    assert text.count(":8000") == text.count(" 8443 ") == 1
    (folder / "tls").mkdir()
    shutil.copy(trust().pair.cert, folder / "tls" / "server.pem")
    shutil.copy(trust().pair.key, folder / "tls" / "server.key")
    (folder / "nginx.conf").write_text(text.replace(":8000", f":{to}").replace(" 8443 ", f" {port} "))
    own = "daemon off; pid nginx.pid; error_log stderr;"
    with subprocess.Popen(
        [NGINX or "nginx", "-p", str(folder), "-c", "nginx.conf", "-e", "stderr", "-g", own]
    ) as process:
        try:
            end = time.monotonic() + SOON
            while is_free(port):
                assert process.poll() is None
                assert time.monotonic() < end
                time.sleep(0.02)
            yield f"https://localhost:{port}/charging/"
        finally:
            process.terminate()


def client() -> httpx.AsyncClient:
    return httpx.AsyncClient(trust_env=False, verify=trust().asking(), timeout=SOON)


async def pages(up: Network, http: httpx.AsyncClient, url: str) -> None:
    page = await http.get(url)
    assert page.headers["content-type"].startswith("text/html")
    for part in re.findall(r'(?:src|href)="(\./[^"]+)"', page.text):
        assert (await http.get(url + part)).status_code == 200, part
    assert [point["cp_id"] for point in (await http.get(f"{url}cp")).json()] == ["CP-001", "CP-002"]
    past = await http.get(f"{url}cp?limit=1")
    assert past.links["next"]["url"].startswith("/charging/cp?")
    assert (await http.get(f"{url[:-10]}{past.links['next']['url']}")).status_code == 200
    lost = await http.get(f"{url}nowhere")
    assert (lost.status_code, lost.json()["instance"]) == (404, "/charging/nowhere")
    assert (await http.put(f"{url}cp", content=b"{}")).headers["Allow"]
    assert (await http.get(f"{url}openapi.json")).json()["servers"] == [{"url": ".", "description": "This Central"}]


async def orders(http: httpx.AsyncClient, url: str) -> None:
    own = url.removesuffix("/charging/")
    for origin, status in ((own, 200), (own.replace("https", "http"), 403), ("https://elsewhere.example", 403)):
        answer = await http.post(f"{url}cp/CP-001/stop", headers={"Origin": origin})
        assert answer.status_code == status, origin


async def views(url: str) -> None:
    at, own = url.replace("https", "wss") + "ws", Origin(url.removesuffix("/charging/"))
    async with connect(at, proxy=None, ssl=trust().asking(), origin=own) as socket:
        first = json.loads(await asyncio.wait_for(socket.recv(), SOON))
        assert first["type"] == "snapshot"


def test_a_network_is_shown_below_a_path_of_a_proxy_that_speaks_tls(folder: Path) -> None:
    async def scene() -> None:
        async with network(folder, *BEHIND) as up, client() as http:
            (port,) = free_ports(1)
            with nginx(folder, up.http.base_url.port or 80, port) as url:
                await pages(up, http, url)
                await orders(http, url)
                await views(url)
                there = await http.get(f"{url}health", headers={"Host": NAME})
                assert there.headers["Strict-Transport-Security"] == "max-age=31536000"
                assert "Strict-Transport-Security" not in (await http.get(f"{url}health")).headers
            assert [point["cp_id"] for point in await up.get("/cp")] == ["CP-001", "CP-002"]

    asyncio.run(scene())


def test_a_proxy_that_nobody_named_is_refused(folder: Path) -> None:
    async def scene() -> None:
        async with network(folder) as up, client() as http:
            (port,) = free_ports(1)
            with nginx(folder, up.http.base_url.port or 80, port) as url:
                answer = await http.get(f"{url}cp")
                assert (answer.status_code, answer.json()["code"]) == (403, "unknown_proxy")

    asyncio.run(scene())
