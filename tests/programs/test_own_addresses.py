"""The monitors of a network in one process find its Central and its engines wherever these listen, and where they do
not, its health says so."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from evcharging.adapters.clock import WallClock
from evcharging.adapters.listening import reached_at
from evcharging.apps.ev_central import central as central_module
from evcharging.apps.ev_central.central import Up
from evcharging.apps.network import health as own_health
from evcharging.apps.network.ids import point_ids
from evcharging.apps.network.network import NetworkSetup, infrastructure, until_connected
from evcharging.apps.shell.logs import configure
from evcharging.common.config import (
    CentralSettings,
    DriverSettings,
    EngineSettings,
    NetworkSettings,
    read,
)
from evcharging.common.setting_values import Address
from evcharging.common.states import CPState
from evcharging.roles.role import Peer
from evcharging.tests.stages.central_world import living

IDS = point_ids(2)


@pytest.fixture(autouse=True)
def quiet() -> None:
    configure("ERROR", WallClock().now)


def has(host: str) -> bool:
    """Whether this machine lets a program listen there."""
    try:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.bind((host, 0))
    except OSError:
        return False
    return True


ADDRESSES = [host for host in ("127.0.0.1", "127.0.0.2", "::1", "0.0.0.0", "::", "localhost") if has(host)]
ELSEWHERE = [host for host in ("::1", "127.0.0.2") if has(host)]


@asynccontextmanager
async def network(folder: Path, http_host: str = "127.0.0.1", listen_host: str = "127.0.0.1") -> AsyncIterator[Up]:
    setup = NetworkSetup(
        NetworkSettings.model_construct(points=len(IDS)),
        CentralSettings.model_construct(
            http_port=0,
            listen_port=0,
            http_host=http_host,
            listen_host=listen_host,
            db_url=f"sqlite:///{folder}/central.db",
        ),
        read(EngineSettings, {"journal": str(folder / "engines.journal")}),
        DriverSettings.model_construct(),
    )
    async with asyncio.timeout(60), infrastructure(setup, IDS, WallClock()) as (_, up):
        yield up


def connected(folder: Path, **hosts: str) -> list[CPState]:
    """How the points of a network are shown, once they are there."""

    async def act() -> list[CPState]:
        async with network(folder, **hosts) as up:
            await until_connected(up.panel, IDS, asyncio.Event())
            return [up.panel.points[cp_id].state for cp_id in IDS]

    return asyncio.run(act())


async def health(up: Up) -> tuple[int, str, str | None]:
    async with httpx.AsyncClient(base_url=up.url, trust_env=False) as http:
        answer = await http.get("/health")
    return answer.status_code, answer.json()["status"], answer.json()["reason"]


@pytest.mark.parametrize("host", ADDRESSES)
def test_monitors_register_wherever_http_is_served(tmp_path: Path, host: str) -> None:
    assert connected(tmp_path, http_host=host) == [CPState.ACTIVATED] * 2


@pytest.mark.parametrize("host", ADDRESSES)
def test_monitors_open_their_links_wherever_those_are_taken(tmp_path: Path, host: str) -> None:
    assert connected(tmp_path, listen_host=host) == [CPState.ACTIVATED] * 2


@pytest.mark.parametrize("host", [*ELSEWHERE, "203.0.113.1"])
def test_where_separate_programs_would_be_does_not_concern_a_network_in_one_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    monkeypatch.setenv("CP_ENGINE_HEALTH_HOST", host)
    monkeypatch.setenv("CP_MONITOR_CENTRAL_HOST", host)
    monkeypatch.setenv("CP_MONITOR_CENTRAL_TCP_PORT", "1")
    monkeypatch.setenv("CP_MONITOR_CP_E_HOST", host)
    assert connected(tmp_path) == [CPState.ACTIVATED] * 2


def test_health_fails_with_one_sentence_where_no_monitor_reaches_central(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(own_health, "LINKED_WITHIN", 0.0)
    monkeypatch.setattr(central_module, "reached_at", lambda host: "127.0.0.3")

    async def act() -> None:
        async with network(tmp_path) as up:
            where = f"127.0.0.3:{up.links.port}"
            sentence = f"No monitor has a link to Central at {where}: points without it cannot be used"
            assert await health(up) == (503, "failing", sentence)

    asyncio.run(act())


def test_health_is_well_once_monitors_are_linked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_health, "LINKED_WITHIN", 0.0)

    async def act() -> None:
        async with network(tmp_path) as up:
            await until_connected(up.panel, IDS, asyncio.Event())
            assert await health(up) == (200, "ok", None)

    asyncio.run(act())


class Links:
    """Of five points, of which some may be retired."""

    def __init__(self, to_central: int, to_engines: int, retired: int = 0) -> None:
        self.size, self.retired = 5, retired
        self._open = {Peer.CENTRAL: to_central, Peer.ENGINE: to_engines}

    def open_to(self, peer: Peer) -> int:
        return self._open[peer]


CENTRAL = "a link to Central at [::1]:9999: points without it cannot be used"
ENGINES = "a link to its engine at 127.0.0.1:8001: points without it cannot be used"


@pytest.mark.parametrize(
    ("links", "trouble", "remark"),
    [
        (Links(5, 5), None, None),
        (Links(5, 0), f"No monitor has {ENGINES}", f"Only 0 of 5 monitors have {ENGINES}"),
        (Links(0, 5), f"No monitor has {CENTRAL}", f"Only 0 of 5 monitors have {CENTRAL}"),
        (Links(4, 5), None, f"Only 4 of 5 monitors have {CENTRAL}"),
        (Links(5, 1), None, f"Only 1 of 5 monitors have {ENGINES}"),
        (Links(3, 3, retired=2), None, None),
        (Links(2, 3, retired=2), None, f"Only 2 of 3 monitors have {CENTRAL}"),
        (Links(0, 3, retired=2), f"No monitor has {CENTRAL}", f"Only 0 of 3 monitors have {CENTRAL}"),
        (Links(0, 0, retired=5), None, None),
    ],
)
def test_links_that_are_not_open_are_told_of_but_not_at_once(
    links: Links, trouble: str | None, remark: str | None
) -> None:
    now = 0.0
    own = own_health.OwnLinks(links, Address("::1", 9999), Address("127.0.0.1", 8001), lambda: now)
    assert (own.trouble(), own.remark()) == (None, None)
    now = own_health.LINKED_WITHIN
    assert (own.trouble(), own.remark()) == (trouble, remark)


def test_a_remark_is_a_reason_though_all_is_well() -> None:
    async def act() -> None:
        async with living() as world:
            world.health.remarks.append(lambda: "The network is slow")
            said = await world.get("/health")
            assert (said["status"], said["reason"]) == ("ok", "The network is slow")
            world.health.troubles.append(lambda: "Nobody is linked")
            said = await world.get("/health", 503)
            assert (said["status"], said["reason"]) == ("failing", "Nobody is linked")

    asyncio.run(act())


def test_what_listens_everywhere_is_reached_at_the_machines_own_address() -> None:
    hosts = ("0.0.0.0", "", "::", "::0", "127.0.0.2", "::1", "localhost")
    assert [reached_at(host) for host in hosts] == [
        "127.0.0.1",
        "127.0.0.1",
        "::1",
        "::1",
        "127.0.0.2",
        "::1",
        "127.0.0.1",
    ]
