"""Writes to Kafka: in order, each message once, and says of each when Kafka has it. Knows no message."""

import asyncio
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from threading import Event, Thread

from confluent_kafka import KafkaError, Producer
from confluent_kafka import Message as Record

from evcharging.adapters.bus.kafka_topics import Say, Settings
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

OnSent = Callable[[], None]
Outgoing = tuple[str, int, bytes, bytes, OnSent | None]
"""Topic, partition, key, value, and whom to tell."""


class Writer:
    """Sends records. When Kafka takes no more for now, volatile records are dropped and others wait, without bound:
    they are few, and whoever published them has them in an outbox until `on_sent`. Made in a running event loop,
    where `on_trouble` is called when a broker does not answer."""

    def __init__(self, settings: Settings, say: Say) -> None:
        self.on_trouble: Callable[[], None] = lambda: None
        self._loop = asyncio.get_running_loop()
        self._say = say
        self._producer = Producer({**PRODUCER, **settings, "error_cb": self.on_error})
        self._waiting: deque[Outgoing] = deque()
        self._sent: deque[OnSent] = deque()
        self._refused = 0
        self._closed = Event()
        self._thread = Thread(target=self._run, name="kafka writer", daemon=True)
        self._thread.start()

    def send(self, record: Outgoing, *, volatile: bool) -> None:
        """Send one record, after all that were sent before it."""
        if not self._waiting and self._produce(record):
            return
        if not volatile:
            self._waiting.append(record)

    def drop_off(self, topic: str, partition: int, key: bytes, value: bytes) -> None:
        """Send a record if there is room; may be called in any thread."""
        self._produce((topic, partition, key, value, None))

    async def close(self, *, hurry: bool = False) -> None:
        """Stop, once Kafka has everything, or after a little while, or at once in a hurry."""
        if self._closed.is_set():
            return
        left = await asyncio.to_thread(self._flush, 0 if hurry else FLUSH_WITHIN)
        if left:
            self._say("warning", f"{counted(left, 'message')} {'has' if left == 1 else 'have'} not reached Kafka")

    def _flush(self, seconds: float) -> int:
        left = self._producer.flush(seconds) + len(self._waiting)
        self._closed.set()
        self._thread.join()
        self._producer.purge()
        return left

    def _produce(self, record: Outgoing) -> bool:
        topic, partition, key, value, on_sent = record
        on_delivery = None if on_sent is None else partial(self._on_delivery, on_sent)
        try:
            self._producer.produce(topic, value, key, partition, on_delivery=on_delivery)
        except BufferError:
            return False
        return True

    def _in_loop(self, call: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the loop has ended
            self._loop.call_soon_threadsafe(call)

    def _settle(self) -> None:
        while self._sent:
            self._sent.popleft()()
        while self._waiting and self._produce(self._waiting[0]):
            self._waiting.popleft()

    # In the thread

    def _run(self) -> None:
        while not self._closed.is_set():
            self._producer.poll(WAIT)
            if self._sent or self._waiting:
                self._in_loop(self._settle)

    def _on_delivery(self, on_sent: OnSent, error: KafkaError | None, record: Record) -> None:
        if error is None:
            self._sent.append(on_sent)
        elif error.code() not in (KafkaError._PURGE_QUEUE, KafkaError._PURGE_INFLIGHT):
            self._refused += 1
            # 1, 2, 4, 8 ...: many of them do not become as many sentences.
            if self._refused.bit_count() == 1:
                text = f"Kafka does not take a message for {record.topic()}: {error.str()}"
                self._in_loop(lambda: self._say("error", text))

    def on_error(self, _: KafkaError) -> None:
        """A broker does not answer; called in any thread."""
        self._in_loop(self.on_trouble)
