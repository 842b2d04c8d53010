"""Drivers with an app, who ask Central over HTTP in a world whose clock the test turns."""

import asyncio
from typing import Any

import httpx

from evcharging.apps.ev_central.access.contract import Who
from evcharging.common.messages_operators import ActorKind
from evcharging.tests.stages.central_world import World
from evcharging.tests.stages.known_people import KnownPeople, bearer, somebody

ALICE, BOB = "driver-alice", "driver-bob"
WAIT = {"Prefer": "wait=5"}


class Drivers(KnownPeople):
    """Who brings a driver's ID is that driver."""

    async def by_bearer(self, token: str) -> Who:
        return somebody(ActorKind.DRIVER, token, "driver") if token.startswith("driver-") else self._found(token)


class Phone:
    """The app of a driver."""

    def __init__(self, world: World, driver_id: str = ALICE) -> None:
        world.let_in(Drivers())
        self.driver_id = driver_id
        self._world = world

    async def ask(self, method: str, path: str, status: int = 200, body: object = None, **headers: str) -> Any:
        self.answer = await self.send(method, path, body, **headers)
        assert self.answer.status_code == status, self.answer.text
        return self.answer.json()

    async def send(self, method: str, path: str, body: object = None, **headers: str) -> httpx.Response:
        """Ask for something; the answer, whatever it is."""
        said = {**bearer(self.driver_id), **{name.replace("_", "-"): value for name, value in headers.items()}}
        answering = asyncio.create_task(self._world.http.request(method, path, json=body, headers=said))
        while not answering.done():
            await self._world.settle()
            # What the store is asked for comes from a thread.
            await asyncio.wait([answering], timeout=0.005)
        return answering.result()

    async def get(self, path: str, status: int = 200) -> Any:
        return await self.ask("GET", f"/api/v1/me/{path}", status)

    async def post(self, path: str, status: int = 200, body: object = None, **headers: str) -> Any:
        return await self.ask("POST", f"/api/v1/me/{path}", status, body, **headers)

    async def charge(self, cp_id: str = "CP-001", status: int = 201, **wanted: object) -> Any:
        return await self.post("sessions", status, {"cp_id": cp_id, **wanted}, **WAIT)
