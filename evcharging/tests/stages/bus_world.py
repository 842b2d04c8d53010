"""What the tests of buses are made of: small messages, a world that a bus lives in, and readers that remember."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Protocol

from evcharging.adapters.bus import Bus, Fetched, Place
from evcharging.adapters.bus.memory import MemoryBus
from evcharging.common.kafka import CENTRAL_COMMANDS, Topic, partition_of
from evcharging.common.messages import CPTelemetry, Message, MonitorDisconnected, StopSupply, SupplyRefused

NOW = datetime(2026, 3, 1, 12, 30, 15, 123456, tzinfo=UTC)
KEYS = tuple(f"CP-{number}" for number in range(1, 13))
PARTITIONS = 4
ALL = frozenset(range(PARTITIONS))
STREAM = CENTRAL_COMMANDS
READING = CPTelemetry(ts=NOW, cp_id="CP-1", kw=22, euros=0.1, driver_id="driver-1", session_id="S-1")


def order(number: int, key: str = "CP-1") -> StopSupply:
    return StopSupply(ts=NOW, seq=number, cp_id=key, session_id=f"S-{number}")


def orders(*numbers: int) -> list[Message]:
    """An order to CP-1 for each number."""
    return [order(number) for number in numbers]


def order_each() -> list[Message]:
    """An order to every key, numbered."""
    return [order(number, key) for number, key in enumerate(KEYS)]


def refusal(number: int, key: str = "CP-1") -> SupplyRefused:
    return SupplyRefused(ts=NOW, seq=number, cp_id=key, session_id=f"S-{number}", reason="busy")


def hung_up(number: int, key: str = "CP-1") -> MonitorDisconnected:
    return MonitorDisconnected(ts=NOW, seq=number, cp_id=key, link=1)


def place_of(key: str, topic: Topic = STREAM) -> Place:
    return topic.name, partition_of(key, PARTITIONS)


class World(Protocol):
    """A bus, and how to let time pass around it."""

    @property
    def bus(self) -> Bus:
        """The bus."""
        ...

    def wake(self) -> None:
        """Something may have come of it."""
        ...

    def settle(self, until: Callable[[], bool]) -> None:
        """Let the bus work until this is so; fails if it does not become so."""
        ...


class MemoryWorld:
    """A memory bus does everything at once: nothing is left to wait for."""

    def __init__(self) -> None:
        self.bus: Bus = MemoryBus(PARTITIONS)

    def wake(self) -> None:
        pass

    def settle(self, until: Callable[[], bool]) -> None:
        assert any(until() for _ in range(100))


class Reader:
    """A reader that does what hosts do, and remembers what it was given. `store` is where positions are kept, which
    members of a group have in common."""

    def __init__(
        self,
        world: World,
        *topics: Topic,
        group: str = "group",
        partitions: Iterable[int] | None = None,
        store: dict[Place, int] | None = None,
        bus: Bus | None = None,
    ) -> None:
        self.wakes = 0
        self.got: list[Message] = []
        self.places: dict[Place, list[Message]] = defaultdict(list)
        self.positions: dict[Place, int] = {}
        self.store = {} if store is None else store
        self._world = world
        self._had: frozenset[int] = frozenset()
        self.subscription = (bus or world.bus).subscribe(
            topics or (STREAM,), group=group, partitions=partitions, on_ready=self._on_ready
        )

    def _on_ready(self) -> None:
        self.wakes += 1
        self._world.wake()

    def poll(self, limit: int = 1000) -> list[Fetched]:
        """Take what there is; partitions that are new to it first go to where the store says."""
        assigned = self.subscription.assignment()
        if assigned != self._had:
            fresh = assigned - self._had
            self._had = assigned
            self.subscription.seek({place: offset for place, offset in self.store.items() if place[1] in fresh})
        batch = self.subscription.poll(limit)
        for fetched in batch:
            place = (fetched.topic.name, fetched.partition)
            self.got += fetched.messages
            self.places[place] += fetched.messages
            self.positions[place] = fetched.next_offset
        return batch

    def read(self, count: int) -> list[int]:
        """The numbers of all that came, once there are so many; it is an error if there are more."""

        def enough() -> bool:
            self.poll()
            return len(self.got) >= count

        self._world.settle(enough)
        self.poll()
        assert len(self.got) == count
        return [message.seq for message in self.got]

    def commit(self) -> None:
        """Store how far it is, and say that it is done with that."""
        self.store |= self.positions
        self.subscription.done(self.positions)

    def assigned(self) -> frozenset[int]:
        """The partitions that it has now."""
        self.poll()
        return self.subscription.assignment()


def until_any(world: World, reader: Reader, limit: int) -> None:
    """Poll until something has come."""
    world.settle(lambda: bool(reader.poll(limit)))


def share(world: World, *readers: Reader) -> None:
    """Wait until these members have all partitions among them, each at least one."""

    def is_shared() -> bool:
        shares = [reader.assigned() for reader in readers]
        return all(shares) and sum(map(len, shares)) == PARTITIONS and frozenset[int]().union(*shares) == ALL

    world.settle(is_shared)


def read_together(world: World, one: Reader, other: Reader, count: int) -> None:
    """Wait until two readers have so many messages between them."""

    def enough() -> bool:
        one.poll()
        other.poll()
        return len(one.got) + len(other.got) >= count

    world.settle(enough)
    assert len(one.got) + len(other.got) == count


def send(world: World, messages: Iterable[Message]) -> list[int]:
    """Publish, and wait until the bus has all of it; the numbers in the order in which it said so."""
    told: list[int] = []
    wanted = list(messages)

    def teller(number: int) -> Callable[[], None]:
        def tell() -> None:
            told.append(number)
            world.wake()

        return tell

    for message in wanted:
        world.bus.publish(message, teller(message.seq))
    world.settle(lambda: len(told) >= len(wanted))
    return told
