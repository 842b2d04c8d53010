"""Passes on what other clients put into another partition than the one of its key. Knows no message.
`docs/decisions/0004-kafka-bus.md` says who does so, and why nothing is lost or runs in a circle."""

from collections.abc import Callable, Iterable
from functools import partial

from confluent_kafka import KafkaError, KafkaException, Producer
from confluent_kafka import Message as Record

from evcharging.adapters.bus.kafka.records import SetAside, Stray
from evcharging.adapters.bus.kafka.security import REFUSALS, Settings
from evcharging.adapters.bus.kafka.writer import AGAIN, PRODUCER

WAIT = 0.05


class Forwarder:
    """Belongs to one reader, and is used in its thread. It begins to live with the first record that has to be passed
    on, since most readers never see one. What Kafka will never take is set aside."""

    def __init__(self, settings: Settings, on_error: Callable[[KafkaError], None], set_aside: SetAside) -> None:
        # Whatever Kafka once took is no longer than what it takes again.
        self._settings = {**PRODUCER, "message.max.bytes": 100_000_000, **settings, "error_cb": on_error}
        self._set_aside = set_aside
        self._producer: Producer | None = None
        self._failed: KafkaError | None = None

    def pass_on(self, strays: Iterable[Stray], is_over: Callable[[], bool]) -> bool:
        """Whether Kafka has a copy of each in its partition, in their order; False if it `is_over` before that.
        Raises KafkaException where they are to be read and passed on once more."""
        producer = self._producer = self._producer or Producer(self._settings)
        for stray in strays:
            while not self._produce(producer, stray):
                if is_over():
                    return False
                producer.poll(WAIT)
        while len(producer):
            if is_over():
                return False
            producer.poll(WAIT)
        failed, self._failed = self._failed, None
        if failed is not None:
            self._producer = None
            raise KafkaException(failed)
        return True

    def _produce(self, producer: Producer, stray: Stray) -> bool:
        record, on_delivery = stray.record, partial(self._on_delivery, stray.record)
        headers, value = record.headers() or [], record.value()
        try:
            producer.produce(
                stray.topic, value, stray.key.encode(), stray.partition, on_delivery=on_delivery, headers=headers
            )
        except BufferError:
            return False
        except KafkaException as failure:
            self._on_delivery(record, failure.args[0], record)
        return True

    def _on_delivery(self, record: Record, error: KafkaError | None, _: Record) -> None:
        if error is None:
            return
        if error.code() in AGAIN | REFUSALS or error.retriable() or error.fatal():
            self._failed = error
        else:
            self._set_aside(record, f"It cannot be passed on to its partition: {error.str()}")
