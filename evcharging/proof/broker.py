"""One bus in the middle and a client in every process, between which messages are late, lost, doubled or held up.
What a client has not yet handed over dies with its process. Order within a partition is kept. Knows no role."""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from random import Random

from evcharging.adapters.bus import Fetched, Place
from evcharging.adapters.bus.memory import MemoryBus, MemorySubscription
from evcharging.adapters.bus.traffic import NoTraffic
from evcharging.adapters.seals import NO_SEALS, Seals
from evcharging.common.kafka import TOPIC_OF, Topic, is_volatile, key_of, partition_of
from evcharging.common.messages import CPTelemetry, Message
from evcharging.common.messages_view import PointShown, ShardAlive
from evcharging.common.utils import to_json
from evcharging.proof.agenda import Agenda
from evcharging.proof.carried import SealedTraffic
from evcharging.proof.process import Life
from evcharging.proof.rare import Rare

OnSent = Callable[[], None]
OnSaid = Callable[[Message], None]
OnSeen = Callable[[Rare], None]
Outgoing = tuple[Message, bytes | None, OnSent | None]
"""A message, its seal, and whom to tell."""

ACK = 0.003
"""Seconds until a client hears that the bus has its message."""

DOUBLED_WITHIN = 2.0
"""Seconds after which a message comes again, at most."""

NOTICED, FOUND_WITHIN = 2.0, 0.5
"""Seconds after which a process knows that it cannot reach the broker, and within which, that it can again."""

SESSION = 6.0
"""Seconds after which a member of a group that is not heard of is held for dead."""


class FaultyBroker:
    """`away`: nobody reaches it. `loss`, `doubling`: how likely a volatile message is lost, and any comes twice.
    `latency`: how long the next message is on its way, in seconds. `muted`: points whose readings, and
    shards whose signs of life, are all lost, and until when. `lost_views`: when the last word was lost of how a point
    is to be shown, or that a shard lives. `traffic`: what it carries of seals, where it carries any; `seals_of` gives
    those of a life."""

    def __init__(
        self,
        agenda: Agenda,
        partitions: int,
        chance: Random,
        said: Callable[[Message], None],
        seen: Callable[[Rare], None],
    ) -> None:
        self.bus = MemoryBus(partitions, log_id="proof")
        self.agenda = agenda
        self.chance = chance
        self.away = False
        self.loss = 0.0
        self.doubling = 0.0
        self.latency: Callable[[], float] = lambda: 0.0
        self.muted: dict[str, datetime] = {}
        self.lost_views: dict[str, datetime] = {}
        self.traffic: SealedTraffic | None = None
        self.seals_of: Callable[[Life], Seals] = lambda life: NO_SEALS
        self._said = said
        self.seen = seen
        self._clients: list[Client] = []

    def client(self, life: Life) -> "Client":
        """The way to the broker for one life."""
        client = Client(self, life)
        self._clients.append(client)
        life.last_words.append(client.die)
        return client

    def forget(self, client: "Client") -> None:
        """A client is no more, and has nothing left on its way."""
        self._clients.remove(client)

    def leave(self) -> None:
        """Nobody reaches it from now on."""
        self.away = True
        for client in list(self._clients):
            client.miss()

    def come_back(self) -> None:
        """It can be reached again."""
        self.away = False
        for client in list(self._clients):
            client.go_on()

    def arrive(self, message: Message, seal: bytes | None = None) -> None:
        """It has a message now; whoever says it without a seal can make a true one."""
        self._said(message)
        if self.traffic is not None:
            message = self.traffic.said(message, seal or self.traffic.true_seal(message))
        self.bus.publish(message)
        if self.doubling and self.chance.random() < self.doubling:
            self.agenda.after(self.chance.random() * DOUBLED_WITHIN, lambda: self.bus.publish(message))

    def mute(self, whom: str, seconds: float) -> None:
        """For so long the readings of a point, or the signs of life of a shard, are lost."""
        until = self.agenda.now + timedelta(seconds=seconds)
        self.muted[whom] = max(until, self.muted.get(whom, until))

    def loses(self, message: Message) -> bool:
        """Whether this one gets lost, which only volatile ones may."""
        is_lost = self._is_muted(message)
        is_lost = is_lost or (bool(self.loss) and is_volatile(message) and self.chance.random() < self.loss)
        if is_lost and isinstance(message, PointShown | ShardAlive):
            self.lost_views[message.cp_id if isinstance(message, PointShown) else message.shard] = self.agenda.now
        return is_lost

    def _is_muted(self, message: Message) -> bool:
        if not isinstance(message, CPTelemetry | ShardAlive):
            return False
        whom = message.cp_id if isinstance(message, CPTelemetry) else message.shard
        return self.agenda.now < self.muted.get(whom, self.agenda.now)


class Client:
    """A bus as one process sees it."""

    is_shared = True
    dead_letters = 0
    dropped = 0

    def __init__(self, broker: FaultyBroker, life: Life) -> None:
        self.partitions = broker.bus.partitions
        self.log_id = broker.bus.log_id
        self.readers: list[Reader] = []
        self.on_away: list[Callable[[bool], None]] = []
        self.unbelieved = 0
        self.traffic = NoTraffic()
        self.seals = broker.seals_of(life)
        self._broker = broker
        self._life = life
        self._is_cut = False
        self.is_missed = False
        self._is_held = False
        self._pace = 0.0
        self._queues: dict[Place, deque[Outgoing]] = {}

    @property
    def away(self) -> bool:
        return self._broker.away or self._is_cut

    def cut_off(self) -> None:
        """This process alone cannot reach the broker any more."""
        self._is_cut = True
        self.miss()

    def hold(self, seconds: float, pace: float = 0.0) -> None:
        """For so long it hears all and is not heard: what it says waits, and comes one word after another then."""
        self._is_held, self._pace = True, pace
        self._life.later(seconds, self._release)

    def _release(self) -> None:
        self._is_held = False
        self.go_on()

    def miss(self) -> None:
        """The process notices it after a while, if it lasts."""
        self._life.later(NOTICED, self._notice)

    def _notice(self) -> None:
        if self.away and not self.is_missed:
            self.is_missed = True
            self._tell()

    def _find(self) -> None:
        if not self.away and self.is_missed:
            self.is_missed = False
            self._tell()

    def _tell(self) -> None:
        for tell in self.on_away:
            tell(self.is_missed)

    @property
    def trouble(self) -> str | None:
        return "The broker is away" if self.away else None

    @property
    def unsent(self) -> int:
        return sum(map(len, self._queues.values()))

    def publish(self, message: Message, on_sent: OnSent | None = None) -> None:
        broker = self._broker
        if broker.loses(message):
            return
        topic, seconds = TOPIC_OF[type(message)], broker.latency()
        seal = self.seals.seal(topic, message, to_json(message)) if broker.traffic is not None else None
        if seconds <= 0 and not self.away and not self._is_held and not self._queues:
            self._hand_over(message, seal, on_sent)
            return
        place = (topic.name, partition_of(key_of(message), self.partitions))
        queue = self._queues.setdefault(place, deque())
        queue.append((message, seal, on_sent))
        if len(queue) == 1:
            broker.agenda.after(seconds, lambda: self._arrive(place))

    def publish_all(self, messages: Iterable[Message]) -> None:
        for message in messages:
            self.publish(message)

    def _arrive(self, place: Place) -> None:
        queue = self._queues.get(place)
        if queue is None or self.away or self._is_held:
            return
        message, seal, on_sent = queue.popleft()
        if queue:
            self._broker.agenda.after(self._broker.latency() + self._pace, lambda: self._arrive(place))
        else:
            del self._queues[place]
        self._hand_over(message, seal, on_sent)

    def _hand_over(self, message: Message, seal: bytes | None, on_sent: OnSent | None) -> None:
        self._broker.arrive(message, seal)
        if on_sent is not None:
            self._life.later(ACK, on_sent)

    def go_on(self) -> None:
        """The broker can be reached again: what waits notices it at once, and the process a little later."""
        self._is_cut = False
        if self.away:
            return
        self._life.later(self._broker.chance.random() * FOUND_WITHIN, self._find)
        for place in list(self._queues):
            self._broker.agenda.after(self._broker.chance.random() * 0.05, partial(self._arrive, place))
        for reader in self.readers:
            reader.on_ready()

    def expel(self) -> None:
        """Its groups hold it for dead, until it notices and comes back."""
        for reader in self.readers:
            if reader.is_member:
                reader.expel()

    def die(self) -> None:
        """What is on its way may still arrive, up to a point; nobody will hear of it. Nothing is on its way where the
        broker cannot be reached."""
        for place, queue in list(self._queues.items()):
            for _ in range(len(queue) if self.away else self._broker.chance.randint(0, len(queue))):
                message, *_ = queue.pop()
                if not is_volatile(message):
                    self._broker.seen(Rare.LOST_QUEUE)
            if not queue:
                del self._queues[place]
        for reader in self.readers:
            reader.die()

    def subscribe(
        self,
        topics: Iterable[Topic],
        *,
        group: str,
        partitions: Iterable[int] | None = None,
        on_ready: Callable[[], None] | None = None,
    ) -> "Reader":
        ready = on_ready or (lambda: None)
        subscription = self._broker.bus.subscribe(topics, group=group, partitions=partitions, on_ready=ready)
        reader = Reader(self, self._broker, self._life, subscription, ready, is_member=partitions is None)
        self.readers.append(reader)
        return reader


class Reader:
    """A subscription that gives nothing while the broker is away, and may be thrown out of its group."""

    def __init__(
        self,
        client: Client,
        broker: FaultyBroker,
        life: Life,
        subscription: MemorySubscription,
        on_ready: Callable[[], None],
        *,
        is_member: bool,
    ) -> None:
        self.is_member = is_member
        self.on_ready = on_ready
        self._client = client
        self._broker = broker
        self._life = life
        self._inner = subscription
        self._expelled = False

    def assignment(self) -> frozenset[int]:
        return self._inner.assignment()

    def seek(self, positions: Mapping[Place, int]) -> None:
        self._inner.seek(positions)

    @property
    def waiting(self) -> int:
        return self._inner.waiting

    def poll(self, limit: int) -> list[Fetched]:
        if self._client.away or not self._client.seals.is_ready:
            return []
        fetched = self._inner.poll(limit)
        if self._broker.traffic is not None:
            fetched = [self._judged(each, self._broker.traffic) for each in fetched]
        if self._expelled:
            self._expelled = False
            self._broker.bus.join(self._inner)
        return fetched

    def _judged(self, fetched: Fetched, traffic: SealedTraffic) -> Fetched:
        """What is believed of it; of the rest, who sent it may hear why."""
        seals, topic, believed = self._client.seals, fetched.topic, list[Message]()
        for word in fetched.messages:
            if seals.why_not(topic, word, to_json(word), traffic.seal_of(word)) is None:
                believed.append(word)
                continue
            self._client.unbelieved += 1
            answer = seals.answer(word)
            if answer is not None:
                self._broker.bus.publish(traffic.forge(answer, None, "an answer to somebody who is not proven"))
        return replace(fetched, messages=believed)

    def done(self, positions: Mapping[Place, int]) -> None:
        if not self._client.away:
            self._inner.done(positions)

    def close(self, *, for_good: bool = False) -> None:
        self._inner.close(for_good=for_good)

    def expel(self) -> None:
        """The group goes on without it, until it notices and comes back."""
        if not self._expelled and self._life.alive:
            self._expelled = True
            self._broker.bus.expel(self._inner)

    def die(self) -> None:
        """Its group hears of it late."""
        if self.is_member:
            self._broker.agenda.after(SESSION * self._broker.chance.random(), self._inner.close)
        else:
            self._inner.close()
