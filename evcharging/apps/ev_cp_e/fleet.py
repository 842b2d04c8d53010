"""The engines of one process, of which some may be killed, and more may come. Knows not why."""

from collections.abc import Callable, Sequence
from functools import partial
from random import getrandbits

from evcharging.adapters.store import Ledger
from evcharging.adapters.tcp import LinkServer
from evcharging.apps.ev_cp_e.health_server import HealthServer
from evcharging.apps.shell.program import Running
from evcharging.common.messages import Action
from evcharging.roles.engine.orders import ByHand
from evcharging.roles.engine.setup import EngineSetup
from evcharging.runtime.programs import Visits, recovered_engines


class EngineFleet:
    """Engines that share a host and a journal. `visits` gives the vehicles that come to a point, and over `links`
    they answer their monitors."""

    def __init__(
        self,
        life: Running,
        store: Ledger,
        health: HealthServer,
        links: LinkServer,
        setups: Sequence[EngineSetup],
        visits: Visits,
        new_run: Callable[[], int] = lambda: getrandbits(63),
    ) -> None:
        self.links = links
        self._life = life
        self._store = store
        self._health = health
        self._visits = visits
        self._new_run = new_run
        self._setups = {setup.cp_id: setup for setup in setups}
        self.dead: set[str] = set()
        """Engines that were killed."""

    @property
    def port(self) -> int:
        """Where they answer their monitors."""
        return self.links.port

    @property
    def size(self) -> int:
        """How many engines there are."""
        return len(self._setups)

    def setup(self, cp_id: str) -> EngineSetup:
        """What kind of point it is."""
        return self._setups[cp_id]

    async def add(self, setups: Sequence[EngineSetup]) -> None:
        """More engines; raises StoreUnavailable."""
        await self._begin(setups)
        self._setups.update({setup.cp_id: setup for setup in setups})
        self._health.add([setup.cp_id for setup in setups])

    def kill(self, cp_id: str) -> None:
        """End an engine without a last word: what it has not written down is lost."""
        self.dead.add(cp_id)
        self._life.host.remove(cp_id)

    async def revive(self, cp_id: str) -> None:
        """Begin an engine anew, from its journal; raises StoreUnavailable."""
        await self._begin([self._setups[cp_id]])
        self.dead.discard(cp_id)

    def by_hand(self, cp_id: str, action: Action) -> None:
        """Somebody at the point does something."""
        self._life.host.tell(cp_id, ByHand(action=action))

    async def _begin(self, setups: Sequence[EngineSetup]) -> None:
        job = partial(recovered_engines, self._store, setups, run=self._new_run(), visits=self._visits)
        (await self._life.live.in_turn(job)).move_in(self._life.host)
