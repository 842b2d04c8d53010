"""Families of roles that come and go with the partitions of a process. Partition p of every topic concerns whatever
hashes to p, whatever the key is: the process that has p runs a role of each family there. Knows no clock."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from evcharging.adapters.bus import Bus
from evcharging.adapters.store import Ledger
from evcharging.common.kafka import Topic
from evcharging.roles.cadences import Cadences
from evcharging.roles.role import Role
from evcharging.runtime.host import Host

Recover = Callable[[Ledger, int, Mapping[str, int], Cadences], Iterable[tuple[str, Role]]]
"""From a store, the count of all partitions, the new run of each shard, and cadences: the roles of these shards, each
with what the store has of it."""


@dataclass(frozen=True, slots=True)
class Family:
    """Roles of one kind, one a partition. `prefix` begins the names of its shards, which are claimed and fenced one by
    one. Roles are reminded of what messages of the `recalled` topics are about."""

    prefix: str
    reads: tuple[Topic, ...]
    recalled: tuple[Topic, ...]
    recover: Recover

    def shard(self, partition: int) -> str:
        """The shard of a partition, which is the address of its role as well."""
        return f"{self.prefix}{partition}"


class Families:
    """All roles of one process that come and go."""

    def __init__(self, host: Host, store: Ledger, bus: Bus, families: Sequence[Family]) -> None:
        self._host = host
        self._store = store
        self._bus = bus
        self._families = families
        self._family_of = {topic.name: family for family in families for topic in family.reads}

    def shard_at(self, topic: str, partition: int) -> str:
        """The shard of the family that reads a topic."""
        return self._family_of[topic].shard(partition)

    def adopt(self, assigned: frozenset[int]) -> Callable[[], None]:
        """Begin a new run of each shard that is new here; in any thread. The rest is for the thread of the host."""
        wanted = {family.shard(number) for family, number in product(self._families, sorted(assigned))}
        fresh = sorted(wanted - self._host.hosted_roles.keys())
        epochs = self._store.claim(fresh)
        roles = [each for family in self._families for each in self._recovered(family, epochs)]
        unsent = self._store.unsent(fresh)

        def move() -> None:
            for shard in self._host.hosted_roles.keys() - wanted:
                self._host.remove(shard)
            for shard, role in roles:
                self._host.add(shard, role, shard=shard, epoch=epochs[shard])
            self._host.resend(unsent)

        return move

    def _recovered(self, family: Family, epochs: Mapping[str, int]) -> Iterable[tuple[str, Role]]:
        own = {shard: epoch for shard in map(family.shard, range(self._bus.partitions)) if (epoch := epochs.get(shard))}
        return family.recover(self._store, self._bus.partitions, own, self._host.cadences) if own else ()
