"""A world where people sign in, with an administrator, and the apps and browsers of those who do."""

import functools
import inspect
from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from evcharging.adapters.store.memory import MemoryStore
from evcharging.apps.ev_central.access.service import AccessService
from evcharging.apps.shell.people import SecretLink
from evcharging.apps.shell.same_keys import CENTRAL
from evcharging.domain.access.modes import Auth
from evcharging.domain.access.permissions import AccountRole
from evcharging.tests.stages.access_world import hash_quickly
from evcharging.tests.stages.central_world import ORIGIN, Json, World, in_world

PASSWORD = "violet horses run at dawn"
ADMIN = "Ana Torres"
AUTH = "/api/v1/auth"


class Guests:
    """All who come to one world."""

    def __init__(self, world: World, folder: Path, auth: Auth) -> None:
        self.world = world
        now = world.clock.now
        assert isinstance(world.store, MemoryStore)
        self.service = AccessService(
            world.store.accounts, folder / "keys.json", now, auth=auth, is_local=True, moment=self._moment
        )
        self._seconds = 0.0
        world.let_in(self.service.proofs, self.service)

    def _moment(self) -> float:
        """Seconds that go on with every look, so that nothing is remembered for longer than a test takes."""
        self._seconds += 1
        return self._seconds

    async def ask(self, method: str, path: str, status: int = 200, who: str | None = None, **more: Any) -> Json:
        """The JSON of an answer that must have this status; `who` is an access token."""
        headers = {**({"Authorization": f"Bearer {who}"} if who else {}), **more.pop("headers", {})}
        answer = await self.world.http.request(method, path, headers=headers, **more)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None

    async def setup_link(self) -> SecretLink:
        """The link for the first administrator, as it is shown at the start."""
        link = await self.service.setup_link()
        assert link is not None
        return link

    async def set_up(self) -> None:
        """The first administrator makes an account, in a browser that forgets the cookie."""
        body = {"token": (await self.setup_link()).token, "name": ADMIN, "password": PASSWORD}
        await self.ask("POST", f"{AUTH}/setup", 201, json=body)
        self.world.http.cookies.clear()

    async def add(self, name: str, role: AccountRole) -> str:
        """Somebody who signs in with an app; gives an access token."""
        made = await self.service.do(self.service.people.add, CENTRAL, name, role, None)
        await self.ask(
            "POST", f"{AUTH}/setup", 201, json={"token": made.link.token, "name": name, "password": PASSWORD}
        )
        self.world.http.cookies.clear()
        return await self.sign_in(name)

    async def sign_in(self, name: str = ADMIN, password: str = PASSWORD) -> str:
        """An access token."""
        tokens = await self.ask("POST", f"{AUTH}/login", json={"name": name, "password": password})
        return str(tokens["access_token"])

    async def browser(self, name: str = ADMIN) -> dict[str, str]:
        """The headers of a browser that is signed in, on a page of Central."""
        answer = await self.world.http.post(f"{AUTH}/session", json={"name": name, "password": PASSWORD})
        assert answer.status_code == 200, answer.text
        self.world.http.cookies.clear()
        return {"Cookie": f"session={answer.cookies['session']}", "Origin": ORIGIN}


Scene = Callable[..., Awaitable[None]]


def with_guests(*cp_ids: str, auth: Auth = Auth.ON, empty: bool = False) -> Callable[[Scene], Callable[..., None]]:
    """Makes a plain test of one that is given those who come to a world with these points, and has an administrator
    unless it is `empty`."""

    def make(test: Scene) -> Callable[..., None]:
        async def scene(world: World, **others: Any) -> None:
            with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
                hash_quickly(patch)
                guests = Guests(world, Path(folder), auth)
                try:
                    await guests.service.proofs.look(now=True)
                    if not empty:
                        await guests.set_up()
                    await test(guests, **others)
                finally:
                    guests.service.close()

        functools.update_wrapper(scene, test)
        first, *rest = inspect.signature(test).parameters.values()
        vars(scene)["__signature__"] = inspect.Signature([first.replace(annotation=World), *rest])
        return in_world(*cp_ids)(scene)

    return make
