"""People who sign in at a Central, for tests: its clocks are turned by hand, and their passwords are hashed quickly."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from functools import cache, wraps
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher

from evcharging.adapters import passwords
from evcharging.adapters.store.memory import MemoryStore
from evcharging.adapters.store.sql.store import SqlStore
from evcharging.apps.ev_central.access.contract import BadCredential
from evcharging.apps.ev_central.access.service import AccessService
from evcharging.apps.ev_central.access.sign_in import ConsoleAccess
from evcharging.apps.shell.people import Newcomer
from evcharging.apps.shell.same_keys import CENTRAL
from evcharging.domain.access.action import OperatorAction
from evcharging.domain.access.modes import Auth
from evcharging.domain.access.permissions import AccountRole
from evcharging.tests.stages.store_world import NOW

PASSWORD, OTHER_PASSWORD = "correct horse battery", "another horse, another battery"
HERE, ELSEWHERE = "192.0.2.1", "192.0.2.99"


def lived(test: "Callable[[AccessWorld], Coroutine[Any, Any, None]]") -> "Callable[[AccessWorld], None]":
    """A test that waits for what it does."""

    @wraps(test)
    def run(world: AccessWorld) -> None:
        asyncio.run(test(world))

    return run


class Hands:
    """Two clocks that a test turns: the time of day, and seconds that only go forward."""

    def __init__(self) -> None:
        self.time = NOW
        self.seconds = 1000.0

    def now(self) -> datetime:
        return self.time

    def moment(self) -> float:
        return self.seconds

    def turn(self, by: timedelta) -> None:
        self.time += by
        self.seconds += by.total_seconds()


class AccessWorld(AccessService):
    """One Central's people and keys, on a store that others may share."""

    def __init__(
        self,
        folder: Path,
        store: MemoryStore | SqlStore | None = None,
        *,
        auth: Auth = Auth.AUTO,
        is_local: bool = True,
        hands: Hands | None = None,
    ) -> None:
        self.store = store or MemoryStore(keep_facts=True)
        self.hands = hands or Hands()
        super().__init__(
            self.store.accounts,
            folder / "keys.json",
            self.hands.now,
            auth=auth,
            is_local=is_local,
            has_charged=lambda driver_id: driver_id == "driver-of-before",
            moment=self.hands.moment,
        )

    def turn(self, **by: float) -> None:
        self.hands.turn(timedelta(**by))

    async def newcomer(self, name: str = "Ana", role: AccountRole = AccountRole.ADMIN) -> Newcomer:
        """Somebody who has a link, and no password yet."""
        return await self.do(self.people.add, CENTRAL, name, role)

    async def somebody(self, name: str = "Ana", role: AccountRole = AccountRole.ADMIN) -> ConsoleAccess:
        """Somebody who has set a password, and is signed in at the console with that."""
        newcomer = await self.newcomer(name, role)
        return await self.sign_in.set_up(newcomer.link.token, name, PASSWORD, HERE)

    def actions(self) -> list[OperatorAction]:
        return self.store.facts(OperatorAction)

    def noted(self) -> list[tuple[str, str | None]]:
        """What was done, and why not, in order."""
        return [(action.action, action.refusal) for action in self.actions()]


async def refused(coming: Coroutine[Any, Any, object]) -> str:
    """The code of a credential that does not count."""
    with pytest.raises(BadCredential) as refusal:
        await coming
    assert "\n" not in str(refusal.value)
    return refusal.value.code


def hash_quickly(patch: pytest.MonkeyPatch) -> None:
    """Let passwords be hashed as if nobody wanted to guess them."""
    patch.setattr(passwords, "_HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    # The hash of nobody's password is kept: that of this test is not for the next one.
    patch.setattr(passwords, "_nobodys", cache(passwords._nobodys.__wrapped__))
