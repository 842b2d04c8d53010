"""Writes to Kafka: in order, each message once, and says of each when Kafka has it. Knows no message."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import count
from threading import Event, Thread

from confluent_kafka import KafkaError, KafkaException, Producer
from confluent_kafka import Message as Record

from evcharging.adapters.bus.kafka.security import AGAIN_AFTER, REFUSALS, LogLine, Settings
from evcharging.adapters.bus.kafka.topics import GONE
from evcharging.common.utils import counted

WAIT = 0.05
FLUSH_WITHIN = 5.0

PRODUCER: Settings = {
    "enable.idempotence": True,
    "acks": "all",
    "compression.type": "lz4",
    "linger.ms": 1,
    "message.timeout.ms": 0,
    "queue.buffering.max.messages": 100_000,
}

AGAIN = GONE | {
    KafkaError._DESTROY,
    KafkaError._FATAL,
    KafkaError._PURGE_QUEUE,
    KafkaError._PURGE_INFLIGHT,
    KafkaError._UNDERFLOW,
    KafkaError._BAD_MSG,
    KafkaError.INVALID_MSG,
    KafkaError.OUT_OF_ORDER_SEQUENCE_NUMBER,
}
"""Why a record has not arrived that may well arrive when it is sent once more."""

SILENT = logging.getLogger("evcharging.librdkafka")
"""What takes librdkafka's own lines: it would write some to stderr whatever its log level. Errors are heard besides."""

SILENT.propagate = False
SILENT.addHandler(logging.NullHandler())

OnSent = Callable[[], None]
Headers = tuple[tuple[str, bytes], ...]
Outgoing = tuple[str, int, bytes, bytes, Headers, OnSent | None]
"""Topic, partition, key, value, headers, and whom to tell."""


class KafkaWriter:
    """Sends records. When Kafka takes no more for now, volatile records are dropped and others wait, without bound:
    they are few, and whoever published them has them in an outbox until `on_sent`. Once Kafka has lost a topic, or its
    memory of what came last, all wait for `go_on`. Made in a running event loop, where `on_trouble` is called then, and
    when a broker does not answer."""

    def __init__(self, settings: Settings, log: LogLine) -> None:
        self.on_trouble: Callable[[], None] = lambda: None
        self.on_refused: Callable[[str], None] = lambda what: None
        """Told, in any thread, what Kafka gives no right to."""
        self.dropped = 0
        """Volatile records that were dropped."""
        self._loop = asyncio.get_running_loop()
        self._say = log
        self._settings = {**PRODUCER, **settings, "error_cb": self.on_error, "logger": SILENT}
        self._producer = Producer(self._settings)
        self._numbers = count()
        self._waiting: deque[Outgoing] = deque()
        self._sent: deque[OnSent] = deque()
        self._returned: list[tuple[int, Outgoing]] = []
        self._held = False
        self._refused = 0
        self._closed = Event()
        self._thread = Thread(target=self._run, name="kafka writer", daemon=True)
        self._thread.start()

    @property
    def unsent(self) -> int:
        """Records that Kafka does not have yet, and for a moment what its client still has to say; may be asked in any
        thread."""
        return len(self._producer) + len(self._waiting) + len(self._returned)

    def send(self, record: Outgoing, *, volatile: bool) -> None:
        """Send one record, after all that were sent before it."""
        if not (self._waiting or self._held) and self._produce(record, volatile=volatile):
            return
        if volatile:
            self.dropped += 1
        else:
            self._waiting.append(record)

    def drop_off(self, topic: str, partition: int, key: bytes, value: bytes) -> None:
        """Send a record if there is room; may be called in any thread."""
        self._produce((topic, partition, key, value, (), None), volatile=True)

    def go_on(self, *, anew: bool = False) -> None:
        """Kafka is well, and has all topics: what it has not said to have is sent again, in order, where it was held
        up, or where topics are other ones now, of which a producer may know too much (`anew`)."""
        if self._held or anew:
            self._held = True
            self._producer.purge()
            self._drain(FLUSH_WITHIN)
            self._producer = Producer(self._settings)
            self._waiting.extendleft(record for _, record in sorted(self._returned, reverse=True))
            self._returned.clear()
            self._held = False
        self._settle()

    def come_back(self) -> None:
        """Kafka answers again. Connections may have died without a word: what has nothing on its way begins on new
        ones, and what has something sends that again by itself, which makes no message come twice."""
        if not self._held and not len(self._producer):
            self._producer = Producer(self._settings)

    async def close(self, *, hurry: bool = False) -> None:
        """Stop, once Kafka has everything, or after a little while, or at once in a hurry."""
        if self._closed.is_set():
            return
        left = await asyncio.to_thread(self._flush, 0 if hurry else FLUSH_WITHIN)
        if left:
            self._say("warning", f"{counted(left, 'message')} {'has' if left == 1 else 'have'} not reached Kafka")

    def _flush(self, seconds: float) -> int:
        left = self._drain(seconds) + len(self._waiting) + len(self._returned)
        self._closed.set()
        self._thread.join()
        self._producer.purge()
        return left

    def _drain(self, seconds: float) -> int:
        try:
            return self._producer.flush(seconds)
        except KafkaException:
            return len(self._producer)

    def _produce(self, record: Outgoing, *, volatile: bool) -> bool:
        topic, partition, key, value, headers, on_sent = record
        number = None if volatile else next(self._numbers)
        unwatched = volatile and on_sent is None
        on_delivery = None if unwatched else partial(self._on_delivery, number, record)
        try:
            if headers:
                self._producer.produce(topic, value, key, partition, on_delivery=on_delivery, headers=[*headers])
            else:
                self._producer.produce(topic, value, key, partition, on_delivery=on_delivery)
        except BufferError:
            return False
        except KafkaException as failure:
            return not self._is_to_wait(topic, failure.args[0])
        return True

    def _is_to_wait(self, topic: str, error: KafkaError) -> bool:
        """Whether a record may be taken later; if never, that is said."""
        if error.code() in REFUSALS:
            self._held = True
            self.on_refused(f"write to {topic}")
            self._in_loop(self._look_later)
            return True
        if error.code() in AGAIN:
            self._held = True
            self._in_loop(self.on_trouble)
            return True
        self._refused += 1
        # 1, 2, 4, 8 ...: many of them do not become as many sentences.
        if self._refused.bit_count() == 1:
            text = f"Kafka does not take a message for {topic}: {error.str()}"
            self._in_loop(lambda: self._say("error", text))
        return False

    def _look_later(self) -> None:
        self._loop.call_later(AGAIN_AFTER, self.on_trouble)

    def _in_loop(self, call: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(call)

    def _settle(self) -> None:
        while self._sent:
            self._sent.popleft()()
        while self._waiting and not self._held and self._produce(self._waiting[0], volatile=False):
            self._waiting.popleft()

    # In the thread

    def _run(self) -> None:
        while not self._closed.is_set():
            try:
                self._producer.poll(WAIT)
            except KafkaException as failure:
                self.on_error(failure.args[0])
                self._closed.wait(WAIT)
            if self._sent or (self._waiting and not self._held):
                self._in_loop(self._settle)

    def _on_delivery(self, number: int | None, record: Outgoing, error: KafkaError | None, __: Record) -> None:
        on_sent = record[-1]
        if error is None:
            if on_sent is not None:
                self._sent.append(on_sent)
        elif not self._closed.is_set() and self._is_to_wait(record[0], error) and number is not None:
            self._returned.append((number, record))

    def on_error(self, error: KafkaError) -> None:
        """A broker does not answer, or more is amiss; called in any thread."""
        self._held = self._held or error.fatal()
        self._in_loop(self.on_trouble)
