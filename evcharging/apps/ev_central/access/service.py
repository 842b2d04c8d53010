"""People and keys for one Central: who they are, how they come in, who looks after them. It composes, and decides
nothing."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Final, ParamSpec, TypeVar

from evcharging.adapters.key_files import KeysFile
from evcharging.adapters.passwords import Passwords
from evcharging.adapters.store import StoreUnavailable
from evcharging.adapters.store.accounts import Accounts, Overtaken
from evcharging.apps.ev_central.access.proofs import Proofs
from evcharging.apps.ev_central.access.remembered import Remembered
from evcharging.apps.ev_central.access.sign_in import SignIn
from evcharging.apps.ev_central.access.threads import Threads
from evcharging.apps.shell.people import Now, People, SecretLink
from evcharging.apps.shell.same_keys import CENTRAL, SameKeys, has_made_keys
from evcharging.domain.access.modes import Auth, Mode

P = ParamSpec("P")
T = TypeVar("T")

LOOK_EVERY_S: Final = 1.0
TIDY_EVERY: Final = 600
"""Looks between times that what has expired is removed."""


class AccessService:
    """`proofs` tell who asks; `sign_in` lets people in; `people` is asked in threads, by `do`. `keys_file` is made
    where there is none, unless keys were derived from one before. `has_charged`: whether
    the ledger knows a driver. Raises KeyFileUnusable and StoreUnavailable."""

    def __init__(
        self,
        accounts: Accounts,
        keys_file: Path,
        now: Now,
        *,
        auth: Auth,
        is_local: bool,
        has_charged: Callable[[str], bool] = lambda driver_id: False,
        moment: Callable[[], float] = monotonic,
    ) -> None:
        self._threads = Threads()
        self._passwords = Passwords()
        self.accounts = accounts
        self.keys = KeysFile(keys_file, may_make=not has_made_keys(accounts))
        self._same_keys = SameKeys(accounts, lambda: self.keys.keys.master, now)
        self._same_keys.check(keys_file)
        self.key_trouble: str | None = None
        """That other Centrals of this ledger have other secrets, in a sentence."""
        self.people = People(accounts, now)
        self._remembered = Remembered(accounts, moment)
        self.proofs = Proofs(accounts, self.keys, now, self._threads, self._remembered, auth=auth, is_local=is_local)
        self.sign_in = SignIn(
            accounts, self.people, self.keys, self._passwords, now, self._threads, self._look, has_charged
        )
        self._now = now

    async def do(self, work: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
        """What some work with people or keys gives, done in a thread; what it changed counts here at once."""
        try:
            return await self._threads.do(work, *args, **named)
        finally:
            await self._look()

    async def _look(self) -> None:
        with suppress(StoreUnavailable):
            await self.proofs.look(now=True)

    async def setup_link(self) -> SecretLink | None:
        """A link for the first administrator, where people have to sign in and nobody can; None otherwise."""
        await self.proofs.look(now=True)
        return await self.do(self.people.setup_link, CENTRAL) if self.proofs.needs_setup else None

    async def look_at_keys(self) -> None:
        """See whether other Centrals of this ledger have the same secrets: where nobody proves anything, that is no
        matter."""
        if self.proofs.mode is Mode.OPEN:
            self.key_trouble = None
            return
        self.key_trouble = await self._threads.do(self._remembered.get, ("same_keys", ""), self._same_keys.trouble)

    async def run(self) -> None:
        """Follow what others change, and remove what has expired, until cancelled. While the store cannot be reached,
        all stays as it was."""
        looks = 0
        while True:
            try:
                await self.proofs.look()
                await self.look_at_keys()
                if looks % TIDY_EVERY == 0:
                    await self._threads.do(self.accounts.tidy, self._now())
                looks += 1
            except (StoreUnavailable, Overtaken):
                # Another Central may just have changed the same.
                pass
            await asyncio.sleep(LOOK_EVERY_S)

    def close(self) -> None:
        """End its threads."""
        self._threads.close()
        self._passwords.close()
