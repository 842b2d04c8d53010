"""Who counts: lookers-on of hosts, and what is asked when somebody wants the numbers. Knows no HTTP."""

from collections import Counter
from collections.abc import Callable, Iterator

from evcharging.adapters.bus import Bus
from evcharging.adapters.metrics import Histogram, Metric, Sample, Source
from evcharging.adapters.tcp import LinkServer
from evcharging.apps.shell import metrics as m
from evcharging.common.kafka import TOPIC_OF
from evcharging.common.messages import EndReason
from evcharging.domain.record import Record
from evcharging.domain.supply import Supply
from evcharging.roles.role import Input
from evcharging.runtime.host import Host
from evcharging.runtime.live import LiveHost
from evcharging.runtime.work import ALL_KINDS, Work

WATT_HOUR = 1_000
"""Milliwatt-hours."""


class HostMeter:
    """Counts what one host does; `program` says whose host it is."""

    quiet = ALL_KINDS

    def __init__(self, program: str, host: Host, live: LiveHost) -> None:
        self._program = program
        self._host = host
        self._live = live
        self._handled: Counter[type] = Counter()
        self._published: Counter[type] = Counter()
        self._poisoned = 0
        self._seconds = Histogram(m.SECONDS)
        self._sizes = Histogram(m.SIZES)

    def committed(self, work: Work) -> None:
        """Count a round."""
        for fetched in work.taken:
            self._handled.update(map(type, fetched.messages))
        if work.told:
            self._handled.update(map(type, work.told))
        if work.outgoing:
            self._published.update(map(type, work.outgoing))
        if work.commit_seconds is not None:
            self._seconds.observe(work.commit_seconds)
            self._sizes.observe(len(work.commit.records) + len(work.commit.outbox))

    def failed(self, address: str, message: Input | None, error: Exception) -> None:
        """Count a failure."""
        self._poisoned += 1

    def samples(self) -> Iterator[Sample]:
        """What was counted, and how the host is."""
        program, intake = (self._program,), self._host.intake
        yield m.ROLES, program, len(self._host.hosted_roles)
        yield from self._by_kind(m.HANDLED, self._handled)
        yield from self._by_kind(m.PUBLISHED, self._published)
        yield m.POISONED, program, self._poisoned
        yield m.COMMIT_SECONDS, program, self._seconds
        yield m.COMMIT_SIZE, program, self._sizes
        yield m.STORE_FAILING, program, int(self._live.failing is not None)
        if intake is not None:
            yield m.WAITING, program, intake.waiting

    def _by_kind(self, metric: Metric, counts: Counter[type]) -> Iterator[Sample]:
        for kind, count in list(counts.items()):
            topic = TOPIC_OF.get(kind)
            if topic is not None:
                yield metric, (self._program, topic.name, kind.__name__), count


class RecordMeter:
    """Counts what is in the records that lasted, by kind."""

    quiet = ALL_KINDS

    def __init__(self, count: dict[type[Record], Callable[..., None]]) -> None:
        self._count = count

    def committed(self, work: Work) -> None:
        """Count a round."""
        for _, record in work.commit.records:
            count = self._count.get(type(record))
            if count is not None:
                count(record)

    def failed(self, address: str, message: Input | None, error: Exception) -> None:
        """Nothing of it lasted."""


class SupplyMeter:
    """Counts the supplies of engines."""

    def __init__(self) -> None:
        self.observer = RecordMeter({Supply: self._on_supply})
        self._ended: Counter[EndReason] = Counter()
        self._energy_mwh = 0

    def _on_supply(self, supply: Supply) -> None:
        if supply.ended_by is not None:
            self._ended[supply.ended_by] += 1
            self._energy_mwh += supply.register_stop_mwh - supply.register_start_mwh

    def samples(self) -> Iterator[Sample]:
        """What was counted."""
        for reason, count in list(self._ended.items()):
            yield m.SUPPLIES_ENDED, (reason.value,), count
        yield m.ENERGY_DELIVERED, (), self._energy_mwh / WATT_HOUR


def bus_samples(bus: Bus) -> Source:
    """How the bus is."""

    def samples() -> Iterator[Sample]:
        yield m.BUS_AWAY, (), int(bus.away)
        yield m.BUS_UNSENT, (), bus.unsent
        yield m.BUS_DROPPED, (), bus.dropped
        yield m.DEAD_LETTERS, (), bus.dead_letters
        yield m.UNBELIEVED, (), bus.unbelieved

    return samples


def link_samples(program: str, server: LinkServer) -> Source:
    """How the links are that monitors opened to a program."""

    def samples() -> Iterator[Sample]:
        yield m.LINKS_OPEN, (program, "monitor"), sum(link.opened_at is not None for link in list(server.links))
        yield m.FRAMES_REFUSED, (program,), server.refused
        yield m.LINKS_FLOODED, (program,), server.flooded
        yield m.LINKS_PAUSED, (program,), sum(link.is_paused for link in list(server.links))

    return samples
