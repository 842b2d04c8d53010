"""One reader of Kafka: a thread that fetches and decodes, and the subscription that takes from it in the event loop.
`docs/decisions/0004-kafka-bus.md` says where a reader begins, and why."""

import time
from asyncio import AbstractEventLoop
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from threading import Event, Lock, Thread

from confluent_kafka import OFFSET_BEGINNING, OFFSET_END, Consumer, KafkaError, KafkaException, TopicPartition
from confluent_kafka import Message as Record

from evcharging.adapters.bus import END, NOW, Fetched, Place
from evcharging.adapters.bus.kafka.forward import Forwarder
from evcharging.adapters.bus.kafka.inbox import FetchBuffer
from evcharging.adapters.bus.kafka.places import behind, committed_of, shared_by
from evcharging.adapters.bus.kafka.records import Doubt, SetAside, Sorter, Stray
from evcharging.adapters.bus.kafka.security import REFUSALS, Settings
from evcharging.adapters.bus.kafka.topics import GONE, Cluster, ends_of
from evcharging.adapters.seals import Seals
from evcharging.common.kafka import Topic

WAIT = 0.05
"""Seconds until a thread looks up from waiting for messages: how long a seek or a close takes, at most."""

BATCH = 1000
PATIENCE = 1.0
"""Seconds that a full inbox is waited for before reading is paused, since a pause takes almost a second to end."""

ASK_WITHIN = 5.0
COMMIT_EVERY = 1.0
BEGIN_AGAIN_AFTER = ASK_AGAIN_AFTER = 1.0
"""Seconds: for an answer of Kafka, between commits, after a reader failed, for an answer that is asked for again."""

CONSUMER: Settings = {
    "enable.auto.commit": False,
    "auto.offset.reset": "error",  # an offset that there is not is noticed, and then means the oldest that there is
    "check.crcs": True,  # what was damaged on its way is fetched again, and not set aside as if it stood there so
    "partition.assignment.strategy": "range",
    "session.timeout.ms": 6000,
    "heartbeat.interval.ms": 1000,
    "fetch.queue.backoff.ms": 20,
    "queued.max.messages.kbytes": 16_384,
}


@dataclass(frozen=True, slots=True)
class ReaderContext:
    """Event loop and callbacks that all readers share. The callbacks are thread-safe: `set_aside` gets a record that
    cannot be read and the reason, `doubt` one that is not believed by `seals`, `on_passed_on` records for another
    partition, `on_gap` an offset that does not exist, `on_error` a broker that does not answer or a topic that is gone,
    `on_refused` what Kafka gives no right to. While `holds_back`, readers hand nothing out."""

    loop: AbstractEventLoop
    holds_back: Callable[[], bool]
    set_aside: SetAside
    seals: Seals
    doubt: Doubt
    on_passed_on: Callable[[list[Stray]], None]
    on_gap: Callable[[Place], None]
    on_error: Callable[[KafkaError], None]
    on_refused: Callable[[str], None]


class KafkaSubscription:
    """A reader of all partitions that its group leaves to it, or of `fixed` ones; `on_ready` is called in the loop.
    It begins once the threads that it comes `after` have ended, which read under the same name and were closed."""

    def __init__(
        self,
        cluster: Cluster,
        context: ReaderContext,
        topics: Iterable[Topic],
        group: str,
        fixed: frozenset[int] | None,
        on_ready: Callable[[], None] | None,
        after: Iterable[Thread],
    ) -> None:
        self.group = group
        self._cluster = cluster
        self._context = context
        self._settings = {**CONSUMER, **cluster.settings, "group.id": group, "error_cb": context.on_error}
        self._topics = {topic.name: topic for topic in topics}
        self._fixed = fixed
        self._on_ready = on_ready
        self._after = tuple(after)
        self._inbox = FetchBuffer(fixed or frozenset(), self._tell)
        self._forwarder = Forwarder(cluster.settings, context.on_error, context.set_aside)
        self._passed_on: dict[Place, int] = {}
        self._lock = Lock()
        self._done: dict[Place, int] = {}
        self._begun = Event()
        self._anew = Event()
        self._closed = Event()
        self._held: frozenset[int] = frozenset()
        self._ends: dict[Place, int] = {}
        self._turn = -1
        self._paused = False
        self._commit_at = 0.0
        self._behind: Counter[str] = Counter()
        self.thread = Thread(target=self._run, name=f"kafka {group}", daemon=True)
        self.thread.start()
        # Positions that are set before the loop goes on are known when reading begins.
        context.loop.call_soon(self._begun.set)

    # In the event loop

    def assignment(self) -> frozenset[int]:
        return self._inbox.assignment()

    @property
    def waiting(self) -> int:
        return self._inbox.waiting + self._behind.total()

    @property
    def topics(self) -> Collection[str]:
        """The names of what it reads."""
        return self._topics

    def behind(self) -> Counter[str]:
        """How many messages of each topic are before it, as far as is known; may be asked in any thread."""
        return self._inbox.by_topic() + self._behind

    def poll(self, limit: int) -> list[Fetched]:
        return [] if self._context.holds_back() else self._inbox.poll(limit)

    def come_back(self) -> None:
        """The bus is back. Connections may have died without a word; a group would have to wait until it misses a
        member that begins on new ones."""
        if self._fixed is not None:
            self._anew.set()
        self.wake()

    def wake(self) -> None:
        """There may be something to be polled."""
        if self._on_ready is not None:
            self._on_ready()

    def seek(self, positions: Mapping[Place, int]) -> None:
        if not self._closed.is_set():
            self._inbox.seek({place: offset for place, offset in positions.items() if self._may_read(place)})

    def done(self, positions: Mapping[Place, int]) -> None:
        with self._lock:
            self._done.update({place: offset for place, offset in positions.items() if self._may_read(place)})

    def start_over(self, topics: Collection[str]) -> None:
        """Read these topics from their beginning, since they are other ones now; the rest goes on where it was."""
        if mine := self._topics.keys() & set(topics):
            numbers = self._held if self._fixed is None else self._fixed
            self._inbox.seek({(topic, number): 0 for topic in mine for number in numbers})
            with self._lock:
                self._done = {place: offset for place, offset in self._done.items() if place[0] not in mine}
                self._passed_on = {place: last for place, last in self._passed_on.items() if place[0] not in mine}
            self._anew.set()

    @property
    def is_closed(self) -> bool:
        """Whether it will read no more."""
        return self._closed.is_set()

    def close(self, *, for_good: bool = False) -> None:
        # Kafka keeps what it keeps, whoever comes back.
        self._closed.set()
        self._begun.set()
        self._inbox.close()

    def _may_read(self, place: Place) -> bool:
        topic, partition = place
        return topic in self._topics and (self._fixed is None or partition in self._fixed)

    # In the thread

    def _tell(self) -> None:
        if self._on_ready is not None:
            with suppress(RuntimeError):  # the loop has ended
                self._context.loop.call_soon_threadsafe(self._on_ready)

    def _run(self) -> None:
        self._begun.wait()
        for thread in self._after:
            thread.join()
        while not self._closed.is_set():
            self._anew.clear()
            consumer = Consumer(self._settings)
            try:
                self._begin(consumer)
                while not (self._closed.is_set() or self._anew.is_set()):
                    self._round(consumer)
                if self._closed.is_set():
                    self._commit(consumer)
            except KafkaException as failure:
                for error in (failure.args[0], *self._said_beside(consumer)):
                    self._look_at(error)
                self._closed.wait(BEGIN_AGAIN_AFTER)
            finally:
                consumer.close()

    def _look_at(self, error: KafkaError) -> None:
        if error.code() == KafkaError.GROUP_AUTHORIZATION_FAILED:
            self._context.on_refused(f"read in the group {self.group}")
        elif error.code() in REFUSALS:
            self._context.on_refused(f"read {', '.join(self._topics)}")

    def _said_beside(self, consumer: Consumer) -> list[KafkaError]:
        """Why Kafka did not say in time where the group is: who has no right to that is told so here alone."""
        record = consumer.poll(0) if self._fixed is not None else None
        error = record.error() if record is not None else None
        return [error] if error is not None else []

    def _begin(self, consumer: Consumer) -> None:
        # What another consumer fetched and nobody has taken is fetched again.
        self._inbox.drop()
        self._turn = -1
        # A reader that knows beforehand who leads each partition begins at once, and not up to a second later.
        consumer.list_topics(timeout=ASK_WITHIN)
        if self._fixed is None:
            consumer.subscribe(
                list(self._topics), on_assign=self._on_assign, on_revoke=self._on_revoke, on_lost=self._on_revoke
            )
            return
        self._held = self._fixed
        _, known = self._inbox.starts()
        # Where the log ended when the bus was opened: what came since is wanted too, such as an answer.
        self._inbox.seek({place: self._cluster.ends[place] for place, offset in known.items() if offset == END})
        if fresh_ones := [place for place, offset in known.items() if offset == NOW]:
            self._inbox.seek(ends_of(consumer, fresh_ones))
        unknown = [place for place in self._places() if place not in known]
        if unknown:
            committed = committed_of(consumer, unknown, ASK_WITHIN)
            fresh = {
                place: self._cluster.ends[place] for place in self._places() if place not in {**known, **committed}
            }
            self._inbox.begin({**fresh, **committed})
            with self._lock:
                # Where it first began is what it comes back to if it ends before it is done with anything.
                self._done = {**fresh, **self._done}

    def _round(self, consumer: Consumer) -> None:
        if self._inbox.turn != self._turn:
            self._assign(consumer)
        if time.monotonic() >= self._commit_at:
            self._commit(consumer)
            self._behind = behind(consumer)
        self._pause_or_resume(consumer)
        record = consumer.poll(WAIT)
        if record is not None:
            records = [record, *consumer.consume(BATCH - 1, 0)]
            if self._inbox.turn == self._turn:
                self._hand_over(consumer, records)

    def _places(self) -> list[Place]:
        return [(topic, partition) for topic in self._topics for partition in sorted(self._held)]

    def _assign(self, consumer: Consumer) -> None:
        turn, starts = self._inbox.starts()
        unknown = [place for place in self._places() if place not in starts]
        # Asked for here, since a client that is left to find it out never does if Kafka dies before it answers.
        with suppress(KafkaException):
            begins = dict.fromkeys(unknown, OFFSET_BEGINNING) | committed_of(consumer, unknown, ASK_AGAIN_AFTER)
            ends = {place: self._ends.pop(place, OFFSET_END) for place, at in starts.items() if at in (END, NOW)}
            wanted = begins | starts | ends
            if self._paused:
                self._paused = False
                consumer.resume(consumer.assignment())
            consumer.assign([TopicPartition(*place, wanted[place]) for place in self._places()])
            self._turn = turn

    def _on_assign(self, consumer: Consumer, places: list[TopicPartition]) -> None:
        self._held = shared_by(places, self._cluster.partitions)
        # Whoever hears of the new partitions may be answered before its first fetch asks where a log ends.
        with suppress(KafkaException):
            self._ends = ends_of(consumer, [place for place in self._places() if self._topics[place[0]].volatile])
        self._inbox.assign(self._held)
        # Nothing is fetched before the next round, so that what a poll returns is of one turn only.
        consumer.assign([])

    def _on_revoke(self, consumer: Consumer, _: list[TopicPartition]) -> None:
        self._commit(consumer)
        self._held, self._ends = frozenset(), {}
        self._inbox.drop()
        consumer.unassign()

    def _commit(self, consumer: Consumer) -> None:
        with self._lock:
            done, self._done = self._done, {}
        self._commit_at = time.monotonic() + COMMIT_EVERY
        offsets = [TopicPartition(*place, offset) for place, offset in done.items() if place[1] in self._held]
        if offsets:
            consumer.commit(offsets=offsets, asynchronous=True)

    def _pause_or_resume(self, consumer: Consumer) -> None:
        full = not self._context.seals.is_ready or not self._inbox.wait_for_room(0 if self._paused else PATIENCE)
        if full != self._paused:
            self._paused = full
            (consumer.pause if full else consumer.resume)(consumer.assignment())

    def _hand_over(self, consumer: Consumer, records: list[Record]) -> None:
        """Put into the inbox what was fetched, once Kafka has all of it that is to be passed on."""
        keeper = self.group if self._fixed is None else None
        context, partitions = self._context, self._cluster.partitions
        if not context.seals.is_ready:
            # They are fetched again, and judged by those who know more by then.
            self._inbox.drop()
            return
        sorter = Sorter(self._topics, partitions, keeper, context.set_aside, context.seals, context.doubt)
        failed = [record for record in records if record.error() is not None]
        for record in failed:
            self._on_error(consumer, record)
        sorter.sort([record for record in records if record.error() is None] if failed else records)
        if not sorter.strays or self._pass_on(sorter.strays):
            self._inbox.put(self._turn, sorter.batches.values())

    def _pass_on(self, strays: list[Stray]) -> bool:
        fresh = [stray for stray in strays if stray.offset >= self._passed_on.get(stray.place, 0)]
        is_done = self._forwarder.pass_on(fresh, lambda: self._closed.is_set() or self._anew.is_set())
        if is_done and fresh:
            # What is read once more in this process, after a seek, is not passed on once more.
            with self._lock:
                if self._inbox.turn == self._turn:
                    self._passed_on.update((stray.place, stray.offset + 1) for stray in fresh)
            self._context.on_passed_on(fresh)
        return is_done

    def _on_error(self, consumer: Consumer, record: Record) -> None:
        topic, partition, error = record.topic(), record.partition(), record.error()
        if error is not None and error.code() in REFUSALS:
            # Another consumer asks again at once where this one would wait for minutes.
            raise KafkaException(error)
        if error is not None and error.code() in GONE:
            self._context.on_error(error)
        elif error is not None and error.code() == KafkaError._AUTO_OFFSET_RESET and topic and partition is not None:
            self._find_way(consumer, (topic, partition))

    def _find_way(self, consumer: Consumer, place: Place) -> None:
        """Go on where the owner was, if a damaged answer has led the client astray; or else, if the log does not have
        that, with the oldest that it has."""
        _, starts = self._inbox.starts()
        oldest, end = consumer.get_watermark_offsets(TopicPartition(*place), ASK_AGAIN_AFTER)
        start = starts[place] if place in starts else committed_of(consumer, [place], ASK_AGAIN_AFTER).get(place, 0)
        if start >= 0 and not oldest <= start <= end:
            start = OFFSET_BEGINNING
            with self._lock:
                self._passed_on.pop(place, None)
            self._context.on_gap(place)
        self._inbox.seek({place: start})
