"""The drivers of one process, of whom some may be killed, and more may come. Knows not why."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import NamedTuple
from uuid import uuid4

from evcharging.adapters.metrics import Sample
from evcharging.adapters.store import Ledger
from evcharging.apps.shell.metrics import DRIVERS_ENDS, REQUESTS_ENDED
from evcharging.apps.shell.program import Running
from evcharging.domain.driving import DriverMemory
from evcharging.roles.driver import ChargeIntent, Driver
from evcharging.runtime.programs import Recovered, recovered_drivers

Wishes = Callable[[], Iterator[ChargeIntent]]
"""What a driver wishes for, from the first wish on."""


class WishPlan(NamedTuple):
    """What a driver wishes for, and by which name this is known again, where it is to be."""

    wishes: Wishes
    name: str | None


def request_id() -> str:
    """One that no other request has."""
    return f"req-{uuid4().hex}"


def roles_of(plans: Mapping[str, WishPlan], store: Ledger, linked: Iterable[str] = ()) -> list[Driver]:
    """Drivers, each with what the store knows of it."""
    memories = {memory.driver_id: memory for memory in store.select(DriverMemory)}
    own = frozenset(linked)
    return [
        Driver(
            driver_id,
            plan.wishes(),
            request_id,
            plan=plan.name,
            memory=memories.get(driver_id),
            linked=driver_id in own,
        )
        for driver_id, plan in plans.items()
    ]


class DriverFleet:
    """Drivers that share a host and a memory; `roles` are those that live or lived last, by their IDs."""

    def __init__(self, life: Running, store: Ledger, plans: Mapping[str, WishPlan], roles: dict[str, Driver]) -> None:
        self.roles = roles
        self._life = life
        self._store = store
        self._plans = dict(plans)
        self.dead: set[str] = set()
        """Drivers that were killed."""

    @property
    def ids(self) -> list[str]:
        """All drivers, in the order in which they came."""
        return [*self._plans]

    async def add(self, plans: Mapping[str, WishPlan]) -> None:
        """More drivers; raises StoreUnavailable."""
        await self._begin(plans)
        self._plans.update(plans)

    def kill(self, driver_id: str) -> None:
        """End a driver without a last word; what was asked goes on."""
        self.dead.add(driver_id)
        self._life.host.remove(driver_id)

    def remove(self, driver_id: str) -> None:
        """Let a driver go for good, in the same way."""
        if driver_id not in self.dead:
            self.kill(driver_id)
        self.dead.discard(driver_id)
        del self._plans[driver_id], self.roles[driver_id]

    async def revive(self, driver_id: str) -> None:
        """Begin a driver anew, with what it had written down; raises StoreUnavailable."""
        await self._begin({driver_id: self._plans[driver_id]})
        self.dead.discard(driver_id)

    def samples(self) -> Iterator[Sample]:
        """How many requests ended, by how; may be asked in any thread."""
        roles = [*self.roles.values()]
        for status in DRIVERS_ENDS:
            yield REQUESTS_ENDED, (status.value,), sum(role.ends[status] for role in roles)

    async def _begin(self, plans: Mapping[str, WishPlan]) -> None:
        recovered = await self._life.live.in_turn(partial(_recovered, self._store, plans))
        self.roles.update(recovered.roles)
        recovered.move_in(self._life.host)


def _recovered(store: Ledger, plans: Mapping[str, WishPlan]) -> Recovered[Driver]:
    return recovered_drivers(store, roles_of(plans, store))
