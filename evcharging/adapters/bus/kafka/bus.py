"""A bus on Apache Kafka. `topics` finds it, `writer` writes, `reader` reads.
`docs/decisions/0004-kafka-bus.md` says where readers begin, and why."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from functools import partial
from threading import Thread
from typing import TypeVar

from confluent_kafka import Message as Record

from evcharging.adapters.bus import Place, checked
from evcharging.adapters.bus.kafka.reader import KafkaSubscription, ReaderContext
from evcharging.adapters.bus.kafka.records import Stray
from evcharging.adapters.bus.kafka.security import LogLine, Rights, Settings
from evcharging.adapters.bus.kafka.topics import DEAD_LETTERS, Cluster, client_settings, find
from evcharging.adapters.bus.kafka.traffic import KafkaTraffic
from evcharging.adapters.bus.kafka.watch import Watch
from evcharging.adapters.bus.kafka.writer import Headers, KafkaWriter
from evcharging.adapters.bus.traffic import SetAside
from evcharging.adapters.seals import NO_SEALS, Seals
from evcharging.common.kafka import TOPIC_OF, Topic, is_volatile, key_of, partition_of
from evcharging.common.messages import Message
from evcharging.common.utils import Frozen, to_json
from evcharging.protocols.seal import HEADER

SHOWN = 8192
"""Bytes of a dead letter, and of its key, that are kept."""

CLOSE_WITHIN = 5.0

KEYS_KNOWN = 100_000
"""Keys whose partition is remembered, at most."""


T = TypeVar("T")


class DeadLetter(Frozen, frozen=True, kw_only=True):
    """A message that could not be read, or was not believed: where it is, why, and how it begins."""

    topic: str
    partition: int
    offset: int
    reason: str
    text: str


@asynccontextmanager
async def open_kafka(
    bootstrap: str,
    partitions: int | None,
    log: LogLine,
    settings: Settings | None = None,
    seals: Seals = NO_SEALS,
) -> AsyncIterator["KafkaBus"]:
    """A bus, once Kafka is reached and has all topics, until the block is left. `partitions` says with how many to
    make topics that are missing; None waits until they are made. `log` hears, in a sentence, what is wrong; `settings`
    are librdkafka's own, and `seals` say whose word counts. Raises ValueError where
    topics have other numbers of partitions."""
    wanted = client_settings(bootstrap, settings or {})
    # A writer that is there some time before its first message sends that one at once, and not half a second later.
    writer = KafkaWriter(wanted, log)
    try:
        cluster = await find(wanted, partitions, log)
        look = partial(find, wanted, partitions, had=cluster.partitions)
        bus = KafkaBus(cluster, writer, log, look, seals)
        try:
            yield bus
        finally:
            await bus.close()
    finally:
        await writer.close()


class KafkaBus:
    """Made and used in a running event loop; everything that it calls back, it calls there."""

    is_shared = True

    def __init__(
        self,
        cluster: Cluster,
        writer: KafkaWriter,
        log: LogLine,
        look: Callable[[LogLine], Awaitable[Cluster]],
        seals: Seals = NO_SEALS,
    ) -> None:
        self.partitions = cluster.partitions
        self.dead_letters = 0
        self.unbelieved = 0
        self.passed_on = 0
        """Messages that other clients had put into another partition than that of their key."""
        self._say = log
        self._writer = writer
        self._seals = seals
        self._watch = Watch(cluster, log, look, moved=self._start_over, sure=self._wake, well=self._go_on)
        self._watch.on_away.append(self._come_back)
        self._writer.on_trouble = self._watch.alarm
        self._writer.on_refused = self._on_refused
        self._rights = Rights(cluster.settings, log)
        self._loop = asyncio.get_running_loop()
        self._context = ReaderContext(
            self._loop,
            self._holds_back,
            self._set_aside,
            self._seals,
            self._doubt,
            self._on_passed_on,
            self._on_gap,
            writer.on_error,
            self._on_refused,
        )
        self._readers: list[KafkaSubscription] = []
        self.traffic = KafkaTraffic(
            seals, self.partitions, lambda: self._watch.cluster.settings, self._reading, self._loop
        )
        self._places: dict[str, tuple[int, bytes]] = {}

    @property
    def log_id(self) -> str:
        return self._watch.cluster.log_id

    @property
    def away(self) -> bool:
        return self._watch.away

    @property
    def on_away(self) -> list[Callable[[bool], None]]:
        return self._watch.on_away

    @property
    def trouble(self) -> str | None:
        return self._watch.trouble or self._rights.trouble

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
        body = to_json(message)
        seal = self._seals.seal(topic, message, body)
        self._send(topic, message, body, () if seal is None else ((HEADER, seal),), on_sent)

    def _send(
        self, topic: Topic, message: Message, body: bytes, headers: Headers, on_sent: Callable[[], None] | None
    ) -> None:
        key = key_of(message)
        place = self._places.get(key) or self._learn(key)
        self._writer.send((topic.name, *place, body, headers, on_sent), volatile=is_volatile(message))

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
        reader = KafkaSubscription(self._watch.cluster, self._context, wanted, group, fixed, on_ready, before)
        self._readers.append(reader)
        return reader

    async def close(self) -> None:
        """Stop reading and looking on, wait a little until all that was published is sent, and let go."""
        for reader in self._readers:
            reader.close()
        threads = [*self.traffic.close(), *(reader.thread for reader in self._readers)]
        await asyncio.gather(asyncio.to_thread(_join, threads), self._writer.close(hurry=self.away))
        await self._watch.close()

    def _reading(self) -> list[KafkaSubscription]:
        return [reader for reader in self._readers if not reader.is_closed]

    # What the watch finds

    def _come_back(self, away: bool) -> None:
        if not away:
            self._writer.come_back()
            for reader in self._readers:
                reader.come_back()
            self.traffic.begin_again()

    def _start_over(self, topics: frozenset[str]) -> None:
        for reader in self._readers:
            reader.start_over(topics)
        self.traffic.begin_again()

    def _go_on(self, is_changed: bool) -> None:
        self._writer.go_on(anew=is_changed)

    def _wake(self) -> None:
        for reader in self._readers:
            reader.wake()

    def _holds_back(self) -> bool:
        return self.away or self._watch.is_unsure

    # What readers find, in their threads

    def _set_aside(self, record: Record, reason: str) -> None:
        """Give a record that cannot be read to the dead letters."""
        self._in_loop(self._tell_of, self._bury(record, reason))

    def _doubt(self, record: Record, message: Message, reason: str) -> None:
        """Give a record whose sender is not proven to the dead letters."""
        self._in_loop(self._tell_of_doubt, (self._bury(record, reason), message))

    def _bury(self, record: Record, reason: str) -> DeadLetter:
        topic, partition, offset = record.topic() or "", record.partition() or 0, record.offset() or 0
        text = (record.value() or b"")[:SHOWN].decode(errors="replace")
        letter = DeadLetter(topic=topic, partition=partition, offset=offset, reason=reason, text=text)
        self._writer.drop_off(DEAD_LETTERS, partition, (record.key() or b"")[:SHOWN], to_json(letter))
        return letter

    def _on_passed_on(self, strays: list[Stray]) -> None:
        self._in_loop(self._tell_of_strays, strays)

    def _on_refused(self, what: str) -> None:
        self._in_loop(self._rights.refuse, what)

    def _on_gap(self, place: Place) -> None:
        self._in_loop(self._watch.miss, place)

    def _in_loop(self, call: Callable[[T], None], what: T) -> None:
        with suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(call, what)

    def _tell_of_strays(self, strays: list[Stray]) -> None:
        before, self.passed_on = self.passed_on, self.passed_on + len(strays)
        if before.bit_length() != self.passed_on.bit_length():
            stray = strays[0]
            text = f"Passed on a message of {stray.topic}: {stray.key} belongs to partition {stray.partition}"
            self._say("info", f"{text}, not {stray.record.partition()}")

    def _tell_of(self, letter: DeadLetter) -> None:
        self.dead_letters += 1
        self.traffic.tell_of(_set_aside(letter, is_unbelieved=False))
        # 1, 2, 4, 8 ...: a flood of them does not become a flood of sentences.
        if self.dead_letters.bit_count() == 1:
            self._say("warning", f"Set aside a message that cannot be read, at {_place(letter)}: {letter.reason}")

    def _tell_of_doubt(self, doubted: tuple[DeadLetter, Message]) -> None:
        letter, message = doubted
        self.unbelieved += 1
        self.traffic.tell_of(_set_aside(letter, is_unbelieved=True))
        if self.unbelieved.bit_count() == 1:
            self._say("warning", f"Set aside a message that is not believed, at {_place(letter)}: {letter.reason}")
        answer = self._seals.answer(message)
        if answer is not None:
            self._send(TOPIC_OF[type(answer)], answer, to_json(answer), (), None)


def _join(threads: list[Thread]) -> None:
    for thread in threads:
        thread.join(CLOSE_WITHIN)


def _set_aside(letter: DeadLetter, *, is_unbelieved: bool) -> SetAside:
    where = letter.topic, letter.partition, letter.offset
    return SetAside(*where, letter.reason, letter.text, is_unbelieved)


def _place(letter: DeadLetter) -> str:
    return f"{letter.topic} partition {letter.partition} offset {letter.offset}"


def _refuse_link(topic: Topic) -> None:
    if topic.link:
        raise ValueError(f"{topic.name} travels on framed TCP, not on Kafka")
