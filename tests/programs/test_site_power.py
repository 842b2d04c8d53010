"""The power of a site in `evcharging run`, as HTTP shows it, with a building beside the points."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from tests.programs.network_process import SOON, Network, network

LONG = ("--drivers", "2", "--supply-ticks", "86400")
POWER = "/api/v1/sites/SITE-001/power"


async def shown(running: Network, holds: Any) -> dict[str, Any]:
    """The power of the site, once a condition holds for it."""
    async with asyncio.timeout(SOON):
        while True:
            answer = await running.http.get(POWER)
            if answer.status_code == HTTPStatus.OK and holds(answer.json()):
                found: dict[str, Any] = answer.json()
                return found
            await asyncio.sleep(0.1)


def granted(power: dict[str, Any]) -> list[int]:
    return [point["granted_ma"] for point in power["points"]]


@asynccontextmanager
async def meter(answer: bytes) -> AsyncIterator[str]:
    """A meter that answers so; its address."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 200 OK\r\ncontent-length: {len(answer)}\r\nconnection: close\r\n\r\n"
        writer.write(head.encode() + answer)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}/meter"


def test_two_vehicles_share_what_the_site_carries(tmp_path: Path) -> None:
    async def scene() -> None:
        async with network(tmp_path, *LONG, "--site-limit", "32A") as running:
            power = await shown(running, lambda power: sum(granted(power)) == 32_000)
            assert granted(power) == [16_000, 16_000]

    asyncio.run(scene())


def test_what_a_building_takes_by_its_meter_is_left_to_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        async with meter(b'{"l1_ma": 12000, "l2_ma": 12000, "l3_ma": 12000}') as address:
            monkeypatch.setenv("CENTRAL_METERS", f"SITE-001/main={address}")
            async with network(tmp_path, *LONG, "--site-limit", "32A") as running:
                power = await shown(running, lambda power: granted(power) == [10_000, 10_000])
                assert power["circuits"][0]["bound_ma"] == [32_000] * 3

    asyncio.run(scene())


def test_a_simulated_building_takes_its_part(tmp_path: Path) -> None:
    async def scene() -> None:
        async with network(tmp_path, *LONG, "--site-limit", "32A", "--building", "16A") as running:
            power = await shown(running, lambda power: min(granted(power)) > 0)
            assert 32_000 - sum(point["bound_ma"] for point in power["points"]) >= 0.4 * 16_000

    asyncio.run(scene())


def test_a_meter_that_is_none_is_refused_in_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene() -> None:
        async with network(tmp_path, *LONG):
            pass

    monkeypatch.setenv("CENTRAL_METERS", "SITE-001=here")
    with pytest.raises(AssertionError, match=r"CENTRAL_METERS.* is no meter: write its circuit and its address"):
        asyncio.run(scene())
