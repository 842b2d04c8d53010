"""Before messages are decided, roles are reminded of all that the ledger has of what these are about."""

from collections.abc import Sequence
from datetime import datetime

from evcharging.adapters.bus import Fetched
from evcharging.adapters.store import Commit
from evcharging.adapters.store.memory import MemoryStore
from evcharging.common.kafka import TARIFF_NEWS
from evcharging.common.messages import Message
from evcharging.common.messages_catalogue import TariffNews
from evcharging.domain.catalogue import Catalogue, SiteTariff, TariffVersion, version_name
from evcharging.domain.record import Record
from evcharging.domain.tariff import single
from evcharging.roles.role import NOTHING, Effects, Input
from evcharging.runtime.recall import Recall
from evcharging.tests.stages.scenario import T0

NEWS = TariffNews(ts=T0, place="a", site_id="SITE-1")


class Reader:
    """A role that wants to know what a site names, and the versions of that."""

    deadline: datetime | None = None

    def __init__(self) -> None:
        self.known = Catalogue()

    def on_message(self, message: Input, now: datetime) -> Effects:
        return NOTHING

    def on_deadline(self, now: datetime) -> Effects:
        return NOTHING

    def forgotten(self, message: Message) -> Sequence[tuple[type[Record], str]]:
        return self.known.look_up(None, "SITE-1")

    def remember(self, record: Record) -> None:
        self.known.learn(record)


def published(*numbers: int) -> list[TariffVersion]:
    return [
        TariffVersion(
            version_id=version_name("day", number),
            tariff_id="day",
            number=number,
            from_at=T0,
            published_at=T0,
            request_id=f"R-{number}",
            tariff=single(number),
        )
        for number in numbers
    ]


def a_store(*records: Record) -> MemoryStore:
    store = MemoryStore()
    store.commit(Commit(epochs=store.claim(["s"]), records=[("s", record) for record in records], serial=1))
    return store


def in_partitions(*partitions: int) -> list[Fetched]:
    return [Fetched(TARIFF_NEWS, partition, 1, [NEWS]) for partition in partitions]


def test_what_is_read_elsewhere_is_looked_up_for_each_role_until_nothing_is_new() -> None:
    readers = [Reader(), Reader()]
    # One of them knows already what its site names, and asks for the first version before the other can.
    site = SiteTariff(site_id="SITE-1", tariff_id="day", named_at=T0)
    readers[0].remember(site)
    store = a_store(site, *published(1, 2, 3))
    recall = Recall(store, [TARIFF_NEWS], lambda fetched: lambda message: readers[fetched.partition])
    recall.remind(in_partitions(0, 1))
    for reader in readers:
        assert [version.number for version in reader.known.versions["day"]] == [1, 2, 3]


def test_nobody_waits_for_another_who_reads_the_same() -> None:
    readers = [Reader(), Reader()]
    recall = Recall(a_store(), [TARIFF_NEWS], lambda fetched: lambda message: readers[fetched.partition])
    batch = in_partitions(0, 1)
    assert recall.divide(batch) == (batch, [])
