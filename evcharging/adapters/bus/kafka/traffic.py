"""Looking on at all that passes on Kafka: a consumer of its own, for as long as somebody looks, which is member of no
group and commits nothing. Judges no message."""

from asyncio import AbstractEventLoop
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from threading import Event, Thread

from confluent_kafka import OFFSET_END, Consumer, KafkaException, TopicPartition
from confluent_kafka import Message as Record

from evcharging.adapters.bus.kafka.reader import CONSUMER, KafkaSubscription
from evcharging.adapters.bus.kafka.records import seal_of
from evcharging.adapters.bus.kafka.security import Settings
from evcharging.adapters.bus.traffic import WATCHED, Hear, Passing, SetAside
from evcharging.adapters.seals import Seals

GROUP = "onlookers"
"""Only a name, which Kafka wants of every consumer: nothing joins it, and nothing is kept under it."""

TAIL: Settings = {
    **CONSUMER,
    "auto.offset.reset": "latest",  # who looks on goes on with what is new, whatever was lost
    "queued.max.messages.kbytes": 4096,
}
WAIT = 0.05
BATCH = 500
BEGIN_AGAIN_AFTER = 1.0
_TOPICS = {topic.name: topic for topic in WATCHED}


class KafkaTail:
    """A thread that fetches, and hands over one batch after the other: it fetches no more while one is not taken."""

    def __init__(self, settings: Settings, partitions: int, loop: AbstractEventLoop, hear: Hear) -> None:
        self._settings: Settings = {**TAIL, **settings, "group.id": GROUP}
        self._places = [(topic.name, number) for topic in WATCHED for number in range(partitions)]
        self._loop = loop
        self._hear = hear
        self._closed = Event()
        self._anew = Event()
        self._taken = Event()
        self.thread = Thread(target=self._run, name="kafka tail", daemon=True)
        self.thread.start()

    def close(self) -> None:
        """See Tail."""
        self._closed.set()
        self._taken.set()

    @property
    def is_closed(self) -> bool:
        """Whether it looks on no longer."""
        return self._closed.is_set()

    def begin_again(self) -> None:
        """Kafka was away, or its topics are other ones now."""
        self._anew.set()

    def _run(self) -> None:
        while not self._closed.is_set():
            self._anew.clear()
            consumer = Consumer(self._settings)
            try:
                consumer.assign([TopicPartition(*place, OFFSET_END) for place in self._places])
                while not (self._closed.is_set() or self._anew.is_set()):
                    self._hand_over([each for each in consumer.consume(BATCH, WAIT) if each.error() is None])
            except KafkaException:
                self._closed.wait(BEGIN_AGAIN_AFTER)
            finally:
                consumer.close()

    def _hand_over(self, records: list[Record]) -> None:
        if records:
            self._taken.clear()
            with suppress(RuntimeError):  # the loop has ended
                self._loop.call_soon_threadsafe(self._take, records)
                while not (self._closed.is_set() or self._taken.wait(WAIT)):
                    pass

    def _take(self, records: Iterable[Record]) -> None:
        for record in records:
            if self._closed.is_set():
                break
            passing = _passing(record)
            if passing is not None:
                self._hear(passing)
        self._taken.set()


def _passing(record: Record) -> Passing | None:
    topic, partition = _TOPICS.get(record.topic() or ""), record.partition()
    if topic is None or partition is None:
        return None
    key, value = record.key() or b"", record.value() or b""
    said = key.decode(errors="replace") if isinstance(key, bytes) else key
    return Passing(topic, partition, record.offset(), said, bytes(value), seal_of(record))


class KafkaTraffic:
    """What can be seen on one bus; `settings` and `readers` are those of the bus, as they are just now."""

    def __init__(
        self,
        seals: Seals,
        partitions: int,
        settings: Callable[[], Settings],
        readers: Callable[[], Iterable[KafkaSubscription]],
        loop: AbstractEventLoop,
    ) -> None:
        self.seals = seals
        self.on_set_aside: list[Callable[[SetAside], None]] = []
        self._partitions = partitions
        self._settings = settings
        self._readers = readers
        self._loop = loop
        self._tails: list[KafkaTail] = []

    def behind(self) -> Mapping[str, int]:
        """See Traffic."""
        most: Counter[str] = Counter()
        for reader in self._readers():
            most |= reader.behind()
        return {name: most[name] for reader in self._readers() for name in reader.topics}

    def tail(self, hear: Hear) -> KafkaTail:
        """See Traffic."""
        self._tails = [tail for tail in self._tails if tail.thread.is_alive()]
        tail = KafkaTail(self._settings(), self._partitions, self._loop, hear)
        self._tails.append(tail)
        return tail

    def begin_again(self) -> None:
        """Kafka was away, or its topics are other ones now."""
        for tail in self._tails:
            tail.begin_again()

    def close(self) -> list[Thread]:
        """Nobody looks on any more; the threads end soon."""
        for tail in self._tails:
            tail.close()
        return [tail.thread for tail in self._tails]

    def tell_of(self, letter: SetAside) -> None:
        """This was set aside."""
        for tell in list(self.on_set_aside):
            tell(letter)
