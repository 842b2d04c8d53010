"""`evcharging run` where people have to sign in: its own points and drivers go on, and nobody else comes in unasked."""

import asyncio
import re
from pathlib import Path

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from evcharging.tests.stages.tls_stage import trust
from tests.programs.network_process import Network, network

SOON = 40.0
CUT_WITHIN = 5.0
PASSWORD = "violet horses run at dawn"
WITHOUT = ("/cp", "/cp/CP-001", "/cp/free", "/sessions", "/api/v1/points", "/api/v1/users", "/nothing")


def test_a_secured_network_works_whole_and_lets_in_who_has_its_link(tmp_path: Path) -> None:
    async def scene() -> None:
        async with network(tmp_path, "--auth", "on") as run:
            for path in WITHOUT:
                assert (await run.http.get(path)).status_code == 401, path
            assert (await run.get("/health"))["auth"] == "secure"
            await set_up(run)
            points = await until_charging(run)
            assert {point["cp_id"] for point in points} == {"CP-001", "CP-002"}
            assert {point["state"] for point in points} <= {"ACTIVATED", "SUPPLYING"}
            await leave_and_be_cut(run)
        assert (tmp_path / "data" / "keys.json").stat().st_mode & 0o077 == 0

    asyncio.run(scene())


def test_a_network_that_is_served_over_tls_reaches_itself(tmp_path: Path) -> None:
    async def scene() -> None:
        served = ("--auth", "on", *trust().flags)
        async with network(tmp_path, *served, trusted=trust().asking()) as run:
            await set_up(run)
            await until_charging(run)
            assert "Cannot reach Central" not in "".join(run.said)

    asyncio.run(scene())


async def set_up(run: Network) -> None:
    """Make the first administrator by the link that was said, in a browser that keeps the cookie."""
    link = re.search(r"/setup#([\w-]{43}),", "".join(run.said))
    assert link is not None
    body = {"token": link[1], "name": "Ana", "password": PASSWORD}
    assert (await run.http.post("/api/v1/auth/setup", json=body)).status_code == 201


async def until_charging(run: Network) -> list[dict[str, str]]:
    """All points, once one supplies: it registered, linked and obeys."""
    async with asyncio.timeout(SOON):
        while True:
            points: list[dict[str, str]] = await run.get("/cp")
            if any(point["state"] == "SUPPLYING" for point in points):
                return points
            await asyncio.sleep(0.1)


async def leave_and_be_cut(run: Network) -> None:
    """Sign out, which ends what this browser looks on with, too."""
    url = httpx.URL(run.http.base_url)
    page = {"Origin": f"http://{url.netloc.decode()}"}
    signed_in = {**page, "Cookie": f"session={run.http.cookies['session']}"}
    async with connect(f"ws://{url.netloc.decode()}/ws", proxy=None, additional_headers=signed_in) as viewer:
        await viewer.recv()
        assert (await run.http.delete("/api/v1/auth/session", headers=page)).status_code == 204
        try:
            async with asyncio.timeout(CUT_WITHIN):
                while True:
                    await viewer.recv()
        except ConnectionClosed as error:
            assert error.rcvd is not None
            assert error.rcvd.code == 1008
    assert (await run.http.get("/cp", headers={"Cookie": signed_in["Cookie"]})).status_code == 401
