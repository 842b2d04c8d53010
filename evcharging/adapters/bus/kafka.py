"""A bus on Apache Kafka. `kafka_topics` finds it, `kafka_writer` writes, `kafka_reader` reads.
`docs/decisions/0004-kafka-bus.md` says where readers begin, and why."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from functools import partial

from confluent_kafka import Message as Record
from confluent_kafka.admin import AdminClient

from evcharging.adapters.bus import checked
from evcharging.adapters.bus.kafka_reader import Home, KafkaSubscription
from evcharging.adapters.bus.kafka_topics import DEAD_LETTERS, Cluster, Say, Settings, client_settings, find, is_still
from evcharging.adapters.bus.kafka_writer import Writer
from evcharging.common.kafka import TOPIC_OF, Topic, is_volatile, key_of, partition_of
from evcharging.common.messages import Message
from evcharging.common.utils import Frozen, to_json

SHOWN = 8192
"""Bytes of a dead letter, and of its key, that are kept."""

CLOSE_WITHIN = 5.0
LOOK_EVERY = 10.0
LOOK_AGAIN = 2.0

KEYS_KNOWN = 100_000
"""Keys whose partition is remembered, at most."""


class DeadLetter(Frozen, frozen=True, kw_only=True):
    """A message that could not be read: where it is, why, and how it begins."""

    topic: str
    partition: int
    offset: int
    reason: str
    text: str


@asynccontextmanager
async def open_kafka(
    bootstrap: str, partitions: int | None, say: Say, settings: Settings | None = None
) -> AsyncIterator["KafkaBus"]:
    """A bus, once Kafka is reached and has all topics, until the block is left. `partitions` says with how many to
    make topics that are missing; None waits until they are made. `say` is told, in a sentence, what is amiss;
    `settings` are librdkafka's own. Raises ValueError where topics have other numbers of partitions."""
    wanted = client_settings(bootstrap, settings or {})
    look = partial(find, wanted, partitions)
    # A writer that is there some time before its first message sends that one at once, and not half a second later.
    writer = Writer(wanted, say)
    try:
        bus = KafkaBus(await look(say), writer, say, look)
        try:
            yield bus
        finally:
            await bus.close()
    finally:
        await writer.close()


class KafkaBus:
    """Made and used in a running event loop; everything that it calls back, it calls there."""

    is_shared = True

    def __init__(self, cluster: Cluster, writer: Writer, say: Say, look: Callable[[Say], Awaitable[Cluster]]) -> None:
        self.partitions = cluster.partitions
        self.log_id = cluster.log_id
        self.away = False
        self.dead_letters = 0
        self._cluster = cluster
        self._say = say
        self._look = look
        self._writer = writer
        self._trouble = asyncio.Event()
        self._writer.on_trouble = self._trouble.set
        self._home = Home(asyncio.get_running_loop(), self._set_aside, writer.on_error)
        self._readers: list[KafkaSubscription] = []
        self._watch = asyncio.create_task(self._watch_over())
        self._places: dict[str, tuple[int, bytes]] = {}

    @property
    def dropped(self) -> int:
        return self._writer.dropped

    @property
    def unsent(self) -> int:
        return self._writer.unsent

    def publish(self, message: Message, on_sent: Callable[[], None] | None = None) -> None:
        topic = TOPIC_OF[type(message)]
        if topic.link:
            _refuse_link(topic)
        key = key_of(message)
        place = self._places.get(key) or self._learn(key)
        self._writer.send((topic.name, *place, to_json(message), on_sent), volatile=is_volatile(message))

    def _learn(self, key: str) -> tuple[int, bytes]:
        if len(self._places) >= KEYS_KNOWN:
            self._places.clear()
        place = self._places[key] = partition_of(key, self.partitions), key.encode()
        return place

    def publish_all(self, messages: Iterable[Message]) -> None:
        for message in messages:
            self.publish(message)

    def subscribe(
        self,
        topics: Iterable[Topic],
        *,
        group: str,
        partitions: Iterable[int] | None = None,
        on_ready: Callable[[], None] | None = None,
    ) -> KafkaSubscription:
        wanted = tuple(topics)
        for topic in wanted:
            _refuse_link(topic)
        fixed = None if partitions is None else checked(partitions, self.partitions)
        self._readers = [reader for reader in self._readers if reader.thread.is_alive()]
        before = [reader.thread for reader in self._readers if reader.is_closed and reader.group == group]
        reader = KafkaSubscription(self._cluster, self._home, wanted, group, fixed, on_ready, before)
        self._readers.append(reader)
        return reader

    async def close(self) -> None:
        """Stop reading, wait a little until all that was published is sent, and let go."""
        for reader in self._readers:
            reader.close()
        await asyncio.gather(asyncio.to_thread(self._join), self._writer.close(hurry=self.away))
        self._watch.cancel()
        with suppress(asyncio.CancelledError):
            await self._watch

    def _join(self) -> None:
        for reader in self._readers:
            reader.thread.join(CLOSE_WITHIN)

    async def _watch_over(self) -> None:
        """See to it that Kafka is well whenever something is amiss, and every now and then: topics that were made anew
        are not always noticed."""
        admin = AdminClient(self._cluster.settings)
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY):
                    await self._trouble.wait()
            if self._trouble.is_set() or not await asyncio.to_thread(is_still, self._cluster, admin):
                await self._look_after()

    async def _look_after(self) -> None:
        """Wait until Kafka is there. If it has lost its topics they are made anew, and all is read that comes in
        them."""
        found = await self._found()
        # What was amiss until now is over; many a client tells of it late.
        self._trouble.clear()
        if found.partitions != self.partitions:
            self._say("error", f"Kafka topics had {self.partitions} partitions and now have {found.partitions}")
        elif found.log_id != self.log_id:
            self._say("warning", "Kafka has lost its messages")
            self._cluster = found
            self.log_id = found.log_id
            for reader in self._readers:
                reader.start_over()
        self._writer.go_on()

    async def _found(self) -> Cluster:
        """Kafka, once it is there and as it must be."""
        said = ""
        while True:
            try:
                return await self._look(self._say_of_kafka)
            except ValueError as error:
                if said != (said := str(error)):
                    self._say("error", said)
                await asyncio.sleep(LOOK_AGAIN)

    def _say_of_kafka(self, level: str, text: str) -> None:
        self.away = level == "warning"
        self._say(level, text)

    def _set_aside(self, record: Record, reason: str) -> None:
        """Give a record that cannot be read to the dead letters; called in a reader's thread."""
        topic, partition, offset = record.topic() or "", record.partition() or 0, record.offset() or 0
        text = (record.value() or b"")[:SHOWN].decode(errors="replace")
        letter = DeadLetter(topic=topic, partition=partition, offset=offset, reason=reason, text=text)
        self._writer.drop_off(DEAD_LETTERS, partition, (record.key() or b"")[:SHOWN], to_json(letter))
        with suppress(RuntimeError):  # the loop has ended
            self._home.loop.call_soon_threadsafe(self._tell_of, letter)

    def _tell_of(self, letter: DeadLetter) -> None:
        self.dead_letters += 1
        # 1, 2, 4, 8 ...: a flood of them does not become a flood of sentences.
        if self.dead_letters.bit_count() == 1:
            place = f"{letter.topic} partition {letter.partition} offset {letter.offset}"
            self._say("warning", f"Set aside a message that cannot be read, at {place}: {letter.reason}")


def _refuse_link(topic: Topic) -> None:
    if topic.link:
        raise ValueError(f"{topic.name} travels on framed TCP, not on Kafka")
