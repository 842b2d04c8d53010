"""All that was ever said on Kafka of requests, sessions and energy. Knows no verdict."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any

from confluent_kafka import Consumer, TopicPartition

from evcharging.adapters.bus.kafka.topics import DEAD_LETTERS, NAMES, client_settings
from evcharging.common.kafka import (
    CENTRAL_COMMANDS,
    CP_STATUS,
    CP_TELEMETRY,
    DRIVER_REQUESTS,
    DRIVER_UPDATES,
    SCHEMAS,
    Topic,
)
from evcharging.common.messages import (
    CPTelemetry,
    DriverRequest,
    DriverUpdate,
    StartSupply,
    SupplyEnded,
    SupplyStarted,
    Ticket,
    UpdateStatus,
)
from evcharging.roles.driver import ENDS

READ = (DRIVER_REQUESTS, DRIVER_UPDATES, CENTRAL_COMMANDS, CP_STATUS, CP_TELEMETRY)
AT_ONCE, SOON, WITHIN = 5000, 0.2, 10.0

Order = tuple[str, str, str, int]
"""What an order says: request, point, driver, price in micro-euro a kWh."""


class OnKafka:
    """By request or session: what was asked, ordered, metered and told. The same may have been said several times."""

    def __init__(self) -> None:
        self.asked: dict[str, DriverRequest] = {}
        self.ends: dict[str, set[UpdateStatus]] = defaultdict(set)
        self.sessions: dict[str, set[str]] = defaultdict(set)
        self.tickets: dict[str, set[Ticket]] = defaultdict(set)
        self.orders: dict[str, set[Order]] = defaultdict(set)
        self.finals: dict[str, set[SupplyEnded]] = defaultdict(set)
        self.registers: dict[str, set[tuple[str, int]]] = defaultdict(set)
        """The least and the greatest reading of a session's point while it supplied."""
        self.dead_letters = 0
        self._see: dict[type, Callable[[Any], None]] = {
            DriverRequest: self._asked,
            DriverUpdate: self._told,
            StartSupply: self._ordered,
            SupplyStarted: self._metered,
            CPTelemetry: self._metered,
            SupplyEnded: self._ended,
        }

    def see(self, message: object) -> None:
        """Take one message down, if it matters here."""
        take = self._see.get(type(message))
        if take is not None:
            take(message)

    def _asked(self, request: DriverRequest) -> None:
        self.asked[request.request_id] = request

    def _told(self, update: DriverUpdate) -> None:
        if update.session_id is not None:
            self.sessions[update.request_id].add(update.session_id)
        if update.status in ENDS:
            self.ends[update.request_id].add(update.status)
        if update.ticket is not None:
            self.tickets[update.ticket.session_id].add(update.ticket)

    def _ordered(self, order: StartSupply) -> None:
        said = order.request_id, order.cp_id, order.driver_id, order.micro_euros_per_kwh
        self.orders[order.session_id].add(said)

    def _metered(self, reading: SupplyStarted | CPTelemetry) -> None:
        before = self.registers[reading.session_id]
        every = [*before, (reading.cp_id, reading.register_mwh)]
        self.registers[reading.session_id] = {min(every), max(every)}

    def _ended(self, final: SupplyEnded) -> None:
        # Said again by a later run, it has another number and is the same word.
        self.finals[final.session_id].add(without_number(final))


def without_number(final: SupplyEnded) -> SupplyEnded:
    """A final reading, whoever said it and however often."""
    return SupplyEnded(
        ts=final.ts,
        cp_id=final.cp_id,
        session_id=final.session_id,
        started_at=final.started_at,
        register_start_mwh=final.register_start_mwh,
        register_stop_mwh=final.register_stop_mwh,
        ended_by=final.ended_by,
        detail=final.detail,
    )


def read_kafka(bootstrap: str, partitions: int) -> OnKafka:
    """Read all from the beginning; raises KafkaException."""
    found = OnKafka()
    for topic in READ:
        decode = SCHEMAS[topic.name].decode
        for value in _values(bootstrap, topic, partitions):
            found.see(decode(value))
    found.dead_letters = _count(bootstrap, [DEAD_LETTERS], partitions)
    return found


def message_count(bootstrap: str, partitions: int) -> int:
    """How many messages any of our topics has had since it was made."""
    return _count(bootstrap, sorted(NAMES), partitions)


def _values(bootstrap: str, topic: Topic, partitions: int) -> Iterator[bytes]:
    settings = {**client_settings(bootstrap, {}), "group.id": "auditor", "enable.auto.commit": False}
    with Consumer(settings) as reader:
        for number in range(partitions):
            place = TopicPartition(topic.name, number)
            begin, end = reader.get_watermark_offsets(place, WITHIN)
            reader.assign([TopicPartition(topic.name, number, begin)])
            while begin < end:
                for record in reader.consume(AT_ONCE, SOON):
                    value, offset = record.value(), record.offset()
                    if record.error() is None and value is not None and offset is not None:
                        begin = offset + 1
                        yield value


def _count(bootstrap: str, names: list[str], partitions: int) -> int:
    places = [TopicPartition(name, number) for name in names for number in range(partitions)]
    with Consumer({**client_settings(bootstrap, {}), "group.id": "count"}) as asker:
        return sum(end for _, end in (asker.get_watermark_offsets(place, WITHIN) for place in places))
